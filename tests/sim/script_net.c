// SPDX-License-Identifier: GPL-2.0-only
/* script_net.c - runs the commands for the network: links, packets and addresses */
#include "script.h"

#define W (*s->world)

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

static bool cmd_address(struct script *s)
{
	struct node *n, *peer;

	if (!script_node(s, s->argv[1], &n) || !script_node(s, s->argv[2], &peer))
		return false;
	node_peer_address(W, n, peer, !strcmp(s->argv[0], "wrong"));
	return true;
}

const struct command script_net_commands[] = {
	{ "move", NULL, each_move, 2 },
	{ "return", NULL, each_return, 2 },
	{ "cut", cmd_cut, NULL, 3 },
	{ "heal", cmd_heal, NULL, 1 },
	{ "part", cmd_part, NULL, 3 },
	{ "drop", cmd_rule, NULL, 1 },
	{ "hold", cmd_rule, NULL, 1 },
	{ "dup", cmd_rule, NULL, 1 },
	{ "delay", cmd_rule, NULL, 2 },
	{ "deliver", cmd_deliver, NULL, 1 },
	{ "wrong", cmd_address, NULL, 3 },
	{ "right", cmd_address, NULL, 3 },
	{ NULL, NULL, NULL, 0 }
};
