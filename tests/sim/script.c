// SPDX-License-Identifier: GPL-2.0-only
/* script.c - runs the lines of the transcripts, and the commands for the whole cluster */
#include <stdlib.h>

#include "script.h"

/*
 * cluster ids=1,2,3 [heartbeat= misses= preempt= preempt-delay= priority= look= latency=]
 *	hosts named after their ids; each knows all the others; nothing runs.
 *	holddown=on allows holddown-free= -delay= -max= -half-life=
 * host LABEL id=ID [role=ROLE]		one more host; all hosts know each other, except
 *	if they know the id already (then the host is a twin)
 * start|crash|elect|resign NODES	crash is a power cut
 * resign NODE to ID			hands over to a named node; repeats the request each ms
 * boot NODES				start, and a second without output
 * stop NODES [REASON]			as when the group is deleted
 * pause NODES / resume NODES [timer-first]	time goes on; halt: the clock stands still, too
 * run TIME / quick TIME		let time pass; quick prints no messages
 * cut A B [oneway] / heal [A B] / part 1,2 3,4
 * drop|hold|dup|delay [from=A] [to=B] [type=T] [count=N] [by=TIME]; deliver
 * opts NODES OPTION=VALUE...		as bullyctl group set
 * position NODES TERM/INDEX		how far the data of the node's owner is
 * owner NODES takes|exits|late		the socket that owns a candidacy
 * options too: quorum=majority [lease=TIME] [voters=N] [election=raft]
 * wrong|right NODE PEER		NODE has a wrong address of PEER, or the right one
 * move|return NODES			the address changes, unknown to others; the old one returns
 * peer-role NODE PEER ROLE / peer-add NODE PEER / peer-del NODE PEER
 * unplug|plug NODES			the network is lost, and the shell reports it
 * wall NODE OFFSET / late NODES TIME	the wall clock is wrong, the timers are late
 * log heartbeats|timers|messages on|off
 * show / count
 */

#define W (*s->world)

static bool cmd_cluster(struct script *s)
{
	const char *ids = script_arg(s, "ids");
	struct bully_opts opts;
	char list[128], *save, *one;

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
	world_acquaint(W, W->n);
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

/* Prints what was sent since the last count. */
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

static const struct command commands[] = {
	{ "cluster", cmd_cluster, NULL, 2 },
	{ "host", cmd_host, NULL, 3 },
	{ "run", cmd_run, NULL, 2 },
	{ "quick", cmd_run, NULL, 2 },
	{ "log", cmd_log, NULL, 3 },
	{ "show", cmd_show, NULL, 1 },
	{ "count", cmd_count, NULL, 1 },
	{ NULL, NULL, NULL, 0 }
};

static const struct command *find(const char *name)
{
	const struct command *const tables[] = { commands, script_node_commands, script_net_commands };
	const struct command *c;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (c = tables[i]; c->name; c++)
			if (!strcmp(name, c->name))
				return c;
	return NULL;
}

bool script_line(struct script *s, char *line)
{
	const struct command *c;
	char *save, *word;

	s->argc = 0;
	for (word = strtok_r(line, " \t", &save); word && s->argc < SCRIPT_ARGS;
	     word = strtok_r(NULL, " \t", &save))
		s->argv[s->argc++] = word;
	if (!s->argc)
		return true;
	c = find(s->argv[0]);
	if (!c)
		return script_error(s, "%s is no command", s->argv[0]);
	if (s->argc < c->argc)
		return script_error(s, "%s needs more words", s->argv[0]);
	if (!W && c->run != cmd_cluster)
		return script_error(s, "there is no cluster yet");
	return c->each ? script_nodes(s, s->argv[1], c->each) : c->run(s);
}
