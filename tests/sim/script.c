// SPDX-License-Identifier: GPL-2.0
/* script.c - owns the commands of the transcripts */
#include <stdlib.h>

#include "script.h"

/*
 * cluster ids=1,2,3 [heartbeat= misses= preempt= preempt-delay= look= latency=]
 *	hosts named after their ids, each knowing all the others; nothing runs.
 *	holddown=on has holddown-free= -delay= -max= -half-life= beside it
 * host LABEL id=ID [role=ROLE]		one more host that knows all and that all
 *	know, unless they know the id already (then it is a twin)
 * start|crash|elect|resign NODES	crash is a power cut
 * boot NODES				start, and a second in which nothing is told
 * stop NODES [REASON]			as when the group is deleted
 * pause NODES / resume NODES [timer-first]	time goes on; halt: its clock stands too
 * run TIME / quick TIME		let time pass; quick prints no messages
 * cut A B [oneway] / heal [A B] / part 1,2 3,4
 * drop|hold|dup|delay [from=A] [to=B] [type=T] [count=N] [by=TIME]; deliver
 * opts NODES OPTION=VALUE...		as bullyctl group set
 * owner NODES takes|exits|late		the socket that a candidacy is bound to
 * options too: quorum=majority [lease=TIME] [voters=N]
 * wrong|right NODE PEER		NODE has a wrong address of PEER, or the right one
 * move|return NODES			its address changes, and nobody tells the others; it has the old one again
 * peer-role NODE PEER ROLE / peer-add NODE PEER / peer-del NODE PEER
 * unplug|plug NODES			the network goes, and the shell says so
 * wall NODE OFFSET / late NODES TIME	its wall clock is off, its timers come late
 * log heartbeats|timers|messages on|off
 * show / count
 */

#define W (*s->world)

static bool cmd_cluster(struct script *s)
{
	const char *ids = script_arg(s, "ids");
	struct bully_opts opts;
	char list[128], *save, *one;
	u32 i, j;

	if (!ids)
		return script_error(s, "cluster needs ids");
	world_opts(&opts);
	if (W)
		world_free(W);
	W = world_new(1);
	W->out = s->out;
	W->log_timers = false;
	if (!script_opts(s, &opts) || !script_time_arg(s, "latency", &W->lat_min))
		return false;
	snprintf(list, sizeof(list), "%s", ids);
	for (one = strtok_r(list, ",", &save); one; one = strtok_r(NULL, ",", &save))
		world_add(W, one, (u32)strtoul(one, NULL, 10), opts.role)->opts = opts;
	for (i = 0; i < W->n; i++)
		for (j = 0; j < W->n; j++)
			if (i != j)
				node_peer_add(W, W->node[i], W->node[j], opts.role);
	return true;
}

static bool cmd_host(struct script *s)
{
	const char *role = script_arg(s, "role");
	u32 id = 0, i, j;
	struct node *n;
	int r = 0;

	if (s->argc < 3 || !script_u32_arg(s, "id", &id))
		return script_error(s, "host LABEL id=ID");
	if (role)
		r = print_find(role, print_role, 0, 3);
	if (r < 0)
		return script_error(s, "%s is no role", role);
	n = world_add(W, s->argv[1], id, (u8)r);
	n->opts = W->node[0]->opts;
	n->opts.role = (u8)r;
	for (i = 0; i + 1 < W->n; i++) {
		struct node *other = W->node[i];
		bool known = other->id == id;

		for (j = 0; j < W->n; j++)
			known |= other->slot[j] && other->slot[j]->peer.id == id;
		if (!known)
			node_peer_add(W, other, n, (u8)r);
		if (other->id != id)
			node_peer_add(W, n, other, other->opts.role);
	}
	return true;
}

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

static bool each_resign(struct script *s, struct node *n)
{
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

/* S7, S8: as the shell says it of the owner of a candidacy. */
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

static bool moved(struct script *s, const struct node *n, bool wrong)
{
	u32 i;

	for (i = 0; i < W->n; i++)
		if (W->node[i]->slot[n->addr])
			W->node[i]->slot[n->addr]->wrong = wrong;
	return true;
}

static bool each_move(struct script *s, struct node *n)
{
	return moved(s, n, true);
}

static bool each_return(struct script *s, struct node *n)
{
	return moved(s, n, false);
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

static bool cmd_run(struct script *s)
{
	bool quick = !strcmp(s->argv[0], "quick"), msgs = W->log_msgs;
	u64 ns;

	if (!script_time(s, s->argv[1], &ns))
		return false;
	W->log_msgs &= !quick;
	world_run(W, W->now + ns);
	W->log_msgs = msgs;
	return true;
}

static bool cmd_cut(struct script *s)
{
	struct node *a, *b;

	if (!script_node(s, s->argv[1], &a) || !script_node(s, s->argv[2], &b))
		return false;
	W->cut[a->addr][b->addr] = true;
	if (s->argc == 3)
		W->cut[b->addr][a->addr] = true;
	return true;
}

static bool cmd_heal(struct script *s)
{
	struct node *a, *b;

	if (s->argc == 1) {
		net_clear(W);
		return true;
	}
	if (!script_node(s, s->argv[1], &a) || !script_node(s, s->argv[2], &b))
		return false;
	W->cut[a->addr][b->addr] = false;
	W->cut[b->addr][a->addr] = false;
	return true;
}

/* Every word is a side: no packet passes from one to another. */
static u32 side_of_next;
static u32 side[WORLD_NODES];

static bool each_side(struct script *s, struct node *n)
{
	side[n->addr] = side_of_next;
	return s->argc > 0;
}

static bool cmd_part(struct script *s)
{
	u32 i, j;

	memset(side, 0, sizeof(side));
	for (i = 1; i < (u32)s->argc; i++) {
		side_of_next = i;
		if (!script_nodes(s, s->argv[i], each_side))
			return false;
	}
	for (i = 0; i < W->n; i++)
		for (j = 0; j < W->n; j++)
			W->cut[i][j] = side[i] != side[j];
	return true;
}

static bool cmd_rule(struct script *s)
{
	const char *from = script_arg(s, "from"), *to = script_arg(s, "to");
	const char *type = script_arg(s, "type");
	const char *name = s->argv[0];
	struct rule r = { .count = -1, .kind = !strcmp(name, "drop") ? RULE_DROP :
			  !strcmp(name, "hold") ? RULE_HOLD :
			  !strcmp(name, "dup") ? RULE_DUP : RULE_DELAY };
	struct node *n;
	u32 count = 0;
	int t;

	if (W->rules == WORLD_RULES)
		return script_error(s, "too many rules");
	if (from) {
		if (!script_node(s, from, &n))
			return false;
		r.from = n->addr + 1;
	}
	if (to) {
		if (!script_node(s, to, &n))
			return false;
		r.to = n->addr + 1;
	}
	if (type) {
		t = print_find(type, print_type, 1, __BULLY_MSG_MAX);
		if (t < 0)
			return script_error(s, "%s is no type", type);
		r.type = (u8)t;
	}
	if (!script_u32_arg(s, "count", &count) || !script_time_arg(s, "by", &r.by))
		return false;
	if (count)
		r.count = (int)count;
	W->rule[W->rules++] = r;
	return true;
}

static bool cmd_deliver(struct script *s)
{
	net_release(W);
	return true;
}

/* As an operator would: what R7 forbids is not done. */
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

static bool cmd_address(struct script *s)
{
	struct node *n, *peer;

	if (!script_node(s, s->argv[1], &n) || !script_node(s, s->argv[2], &peer))
		return false;
	node_peer_address(W, n, peer, !strcmp(s->argv[0], "wrong"));
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

static bool cmd_log(struct script *s)
{
	bool on = s->argc == 3 && !strcmp(s->argv[2], "on");

	if (s->argc == 3 && !strcmp(s->argv[1], "heartbeats"))
		W->log_heartbeats = on;
	else if (s->argc == 3 && !strcmp(s->argv[1], "timers"))
		W->log_timers = on;
	else if (s->argc == 3 && !strcmp(s->argv[1], "messages"))
		W->log_msgs = on;
	else
		return script_error(s, "log heartbeats|timers|messages on|off");
	return true;
}

static bool cmd_show(struct script *s)
{
	print_nodes(W);
	return true;
}

/* What was sent since the last count. */
static bool cmd_count(struct script *s)
{
	u8 t;

	fprintf(s->out, "%10.3f  sent:", (double)W->now / MS);
	for (t = 1; t < __BULLY_MSG_MAX; t++)
		if (W->sent.tx[t])
			fprintf(s->out, " %s=%llu", print_type(t),
				(unsigned long long)W->sent.tx[t]);
	fputc('\n', s->out);
	memset(&W->sent, 0, sizeof(W->sent));
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct script *s);
	bool (*each)(struct script *s, struct node *n);
	int argc;
} commands[] = {
	{ "cluster", cmd_cluster, NULL, 2 },	{ "host", cmd_host, NULL, 3 },
	{ "boot", cmd_boot, NULL, 2 },
	{ "start", NULL, each_start, 2 },	{ "crash", NULL, each_crash, 2 },
	{ "stop", NULL, each_stop, 2 },		{ "pause", NULL, each_pause, 2 },
	{ "halt", NULL, each_halt, 2 },		{ "resume", NULL, each_resume, 2 },
	{ "elect", NULL, each_elect, 2 },	{ "resign", NULL, each_resign, 2 },
	{ "opts", NULL, each_opts, 3 },		{ "owner", NULL, each_owner, 3 },
	{ "unplug", NULL, each_unplug, 2 },	{ "plug", NULL, each_plug, 2 },
	{ "late", NULL, each_late, 3 },
	{ "move", NULL, each_move, 2 },		{ "return", NULL, each_return, 2 },
	{ "run", cmd_run, NULL, 2 },		{ "quick", cmd_run, NULL, 2 },
	{ "cut", cmd_cut, NULL, 3 },		{ "heal", cmd_heal, NULL, 1 },
	{ "part", cmd_part, NULL, 3 },		{ "drop", cmd_rule, NULL, 1 },
	{ "hold", cmd_rule, NULL, 1 },		{ "dup", cmd_rule, NULL, 1 },
	{ "delay", cmd_rule, NULL, 2 },		{ "deliver", cmd_deliver, NULL, 1 },
	{ "peer-add", cmd_peer, NULL, 3 },	{ "peer-del", cmd_peer, NULL, 3 },
	{ "wrong", cmd_address, NULL, 3 },	{ "right", cmd_address, NULL, 3 },
	{ "peer-role", cmd_peer, NULL, 4 },	{ "wall", cmd_wall, NULL, 3 },
	{ "log", cmd_log, NULL, 3 },		{ "show", cmd_show, NULL, 1 },
	{ "count", cmd_count, NULL, 1 },
};

bool script_line(struct script *s, char *line)
{
	char *save, *word;
	size_t i;

	s->argc = 0;
	for (word = strtok_r(line, " \t", &save); word && s->argc < SCRIPT_ARGS;
	     word = strtok_r(NULL, " \t", &save))
		s->argv[s->argc++] = word;
	if (!s->argc)
		return true;
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(s->argv[0], commands[i].name))
			continue;
		if (s->argc < commands[i].argc)
			return script_error(s, "%s needs more words", s->argv[0]);
		if (!W && commands[i].run != cmd_cluster)
			return script_error(s, "there is no cluster yet");
		if (commands[i].each)
			return script_nodes(s, s->argv[1], commands[i].each);
		return commands[i].run(s);
	}
	return script_error(s, "%s is no command", s->argv[0]);
}
