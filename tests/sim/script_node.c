// SPDX-License-Identifier: GPL-2.0-only
/* script_node.c - runs the commands for hosts: faults, and actions of operators */
#include <stdlib.h>

#include "script.h"

#define W (*s->world)

static bool each_start(struct script *s, struct node *n)
{
	node_start(W, n);
	return true;
}

static bool each_crash(struct script *s, struct node *n)
{
	node_crash(W, n);
	return true;
}

static bool each_pause(struct script *s, struct node *n)
{
	node_pause(W, n, false);
	return true;
}

static bool each_halt(struct script *s, struct node *n)
{
	node_pause(W, n, true);
	return true;
}

static bool each_resume(struct script *s, struct node *n)
{
	node_resume(W, n, s->argc > 2);
	return true;
}

static bool each_stop(struct script *s, struct node *n)
{
	int reason = s->argc > 2 ? print_find(s->argv[2], print_reason, 0, __BULLY_REASON_MAX) :
		     BULLY_REASON_SHUTDOWN;

	if (reason < 0)
		return script_error(s, "%s is no reason", s->argv[2]);
	node_stop(W, n, (enum bully_reason)reason);
	return true;
}

static bool refused(struct script *s, struct node *n, const char *why)
{
	if (why)
		print_line(W, n, "refused: %s", why);
	return s->argc > 0;
}

static bool each_elect(struct script *s, struct node *n)
{
	return n->core ? refused(s, n, node_elect(W, n)) : script_error(s, "it is off");
}

/* As bullyctl: repeats the request until it is decided. */
static bool resign_to(struct script *s, struct node *n)
{
	u32 id = (u32)strtoul(s->argv[3], NULL, 10);
	const char *why;
	bool again;

	why = node_resign_to(W, n, id, &again);
	while (again && n->core) {
		world_run(W, W->now + MS);
		why = node_resign_to(W, n, id, &again);
	}
	return refused(s, n, why);
}

static bool each_resign(struct script *s, struct node *n)
{
	if (n->core && s->argc > 2)
		return s->argc == 4 && !strcmp(s->argv[2], "to") ? resign_to(s, n) :
			script_error(s, "resign NODE to ID");
	return n->core ? refused(s, n, node_resign(W, n)) : script_error(s, "it is off");
}

static bool each_opts(struct script *s, struct node *n)
{
	struct bully_opts opts = n->opts;

	if (!script_opts(s, &opts))
		return false;
	node_set_opts(W, n, &opts, BULLY_REASON_NONE);
	return true;
}

/* S7, S8: passes on to the core what happens to the owner of a candidacy, as the shell does. */
static bool each_owner(struct script *s, struct node *n)
{
	bool takes = !strcmp(s->argv[2], "takes"), late = !strcmp(s->argv[2], "late");
	struct bully_opts opts = n->opts;

	if (!takes && !late && strcmp(s->argv[2], "exits"))
		return script_error(s, "an owner takes, exits or is late");
	opts.candidate = takes;
	node_set_opts(W, n, &opts, takes ? BULLY_REASON_NONE :
				   late	 ? BULLY_REASON_OWNER_LATE :
					   BULLY_REASON_OWNER_EXIT);
	return true;
}

/* F4: the owner of a candidacy tells a position. */
static bool each_position(struct script *s, struct node *n)
{
	char *slash, *end;
	u64 term = strtoull(s->argv[2], &slash, 10), index;

	index = *slash ? strtoull(slash + 1, &end, 10) : 0;
	if (*slash != '/' || *end)
		return script_error(s, "a position is TERM/INDEX");
	node_set_position(W, n, term, index);
	return true;
}

static bool each_unplug(struct script *s, struct node *n)
{
	n->unplugged = true;
	node_set_link(W, n, BULLY_LINK_NO_CARRIER);
	return true;
}

static bool each_plug(struct script *s, struct node *n)
{
	n->unplugged = false;
	node_set_link(W, n, BULLY_LINK_UP);
	return true;
}

static bool each_late(struct script *s, struct node *n)
{
	return script_time(s, s->argv[2], &n->late);
}

static bool cmd_boot(struct script *s)
{
	bool ok;

	W->out = NULL;
	ok = script_nodes(s, s->argv[1], each_start);
	world_run(W, W->now + SEC);
	W->out = s->out;
	return ok;
}

/* Makes a change as an operator; a change that R7 forbids is not made. */
static bool may_change(struct script *s, struct node *n, u32 id, u8 role)
{
	u32 ids[WORLD_NODES], lag, i;
	const char *why = n->core ?
		bully_core_may_change(n->core, bully_core_members_with(n->core, id, role), ids,
				      WORLD_NODES, &lag) : NULL;

	if (!why)
		return true;
	print_line(W, n, "refused: %s", why);
	for (i = 0; i < lag; i++)
		print_line(W, n, "  not seen with it: %u", ids[i]);
	return false;
}

static bool cmd_peer(struct script *s)
{
	struct node *n, *peer;
	u8 role;
	int r;

	if (!script_node(s, s->argv[1], &n) || !script_node(s, s->argv[2], &peer))
		return false;
	role = peer->opts.role;
	if (!strcmp(s->argv[0], "peer-del"))
		role = BULLY_ROLE_OBSERVER;
	else if (strcmp(s->argv[0], "peer-add") && s->argc > 3)
		role = (u8)print_find(s->argv[3], print_role, 0, 3);
	if (!may_change(s, n, peer->id, role))
		return true;
	if (!strcmp(s->argv[0], "peer-del")) {
		node_peer_del(W, n, peer);
	} else if (!strcmp(s->argv[0], "peer-add")) {
		node_peer_add(W, n, peer, peer->opts.role);
	} else {
		r = print_find(s->argc > 3 ? s->argv[3] : "", print_role, 0, 3);
		if (r < 0)
			return script_error(s, "peer-role NODE PEER ROLE");
		node_peer_set(W, n, peer, (u8)r);
	}
	return true;
}

static bool cmd_wall(struct script *s)
{
	struct node *n;
	bool back;
	u64 ns;

	if (s->argc < 3 || !script_node(s, s->argv[1], &n))
		return script_error(s, "wall NODE OFFSET");
	back = s->argv[2][0] == '-';
	if (!script_time(s, s->argv[2] + back, &ns))
		return false;
	n->wall_off = back ? -(int64_t)(ns / US) : (int64_t)(ns / US);
	return true;
}

const struct command script_node_commands[] = {
	{ "boot", cmd_boot, NULL, 2 },
	{ "start", NULL, each_start, 2 },
	{ "crash", NULL, each_crash, 2 },
	{ "stop", NULL, each_stop, 2 },
	{ "pause", NULL, each_pause, 2 },
	{ "halt", NULL, each_halt, 2 },
	{ "resume", NULL, each_resume, 2 },
	{ "elect", NULL, each_elect, 2 },
	{ "resign", NULL, each_resign, 2 },
	{ "opts", NULL, each_opts, 3 },
	{ "owner", NULL, each_owner, 3 },
	{ "position", NULL, each_position, 3 },
	{ "unplug", NULL, each_unplug, 2 },
	{ "plug", NULL, each_plug, 2 },
	{ "late", NULL, each_late, 3 },
	{ "peer-add", cmd_peer, NULL, 3 },
	{ "peer-del", cmd_peer, NULL, 3 },
	{ "peer-role", cmd_peer, NULL, 4 },
	{ "wall", cmd_wall, NULL, 3 },
	{ NULL, NULL, NULL, 0 }
};
