// SPDX-License-Identifier: GPL-2.0-only
/* Finds which node of a shared file this host is, by --id, by its addresses or by its name. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "config/conf.h"
#include "host/own.h"
#include "values/values.h"

#define LIST_LEN 280

/**
 * struct pick - how the node of this host is found
 * @ctl: the run of the tool
 * @file: name of the file, for errors
 * @conf: the content of the file
 * @id: the id of the node, or 0: by addresses and name
 * @all: take no node, and check each
 * @host: the name of this host
 */
struct pick {
	struct ctl *ctl;
	const char *file;
	struct conf *conf;
	uint32_t id;
	bool all;
	char host[HOST_NAME_LEN];
};

/* Compares two names of hosts, of which either may lack its domain. */
static bool same_name(const char *a, const char *b)
{
	size_t a_len = strcspn(a, "."), b_len = strcspn(b, ".");

	if (!*a || !*b)
		return false;
	if (a[a_len] && b[b_len])
		return !strcasecmp(a, b);
	return a_len == b_len && !strncasecmp(a, b, a_len);
}

static bool has_addr(const struct bully_addr *a)
{
	struct bully_addr addr = *a;

	if (!addr.family)
		return false;
	addr.scope = addr.scope_name[0] ? if_nametoindex(addr.scope_name) : 0;
	return (!addr.scope_name[0] || addr.scope) && own_addr(&addr, 0);
}

static bool is_here(const struct pick *p, const struct node *n)
{
	return same_name(n->host, p->host) || has_addr(bully_peer_addr(n->peer)) ||
	       has_addr(bully_group_local(n->own));
}

/* Adds an item to a list in @buf (@size), or "..." where there is no room for it. */
static void list_add(char *buf, size_t size, const char *item)
{
	size_t len = strlen(buf);

	if (len >= 3 && !strcmp(buf + len - 3, "..."))
		return;
	if (len + strlen(item) + sizeof(", , ...") > size)
		item = "...";
	snprintf(buf + len, size - len, "%s%s", len ? ", " : "", item);
}

/* Writes the nodes of group number @i to @buf (LIST_LEN). */
static void list_nodes(const struct pick *p, size_t i, char *buf)
{
	char addr[ADDR_STRLEN], item[ADDR_STRLEN + HOST_NAME_LEN + 32];
	const struct shared *s = &p->conf->shared[i];
	size_t k;

	buf[0] = '\0';
	for (k = 0; k < s->len; k++) {
		snprintf(item, sizeof(item), "%u (%s%s%s)", PEER32(s->nodes[k].peer, ID),
			 format_addr(bully_peer_addr(s->nodes[k].peer), addr),
			 s->nodes[k].host[0] ? ", host " : "", s->nodes[k].host);
		list_add(buf, LIST_LEN, item);
	}
}

/* Writes what was compared with the nodes to @buf (2 * LIST_LEN). */
static void list_own(const struct pick *p, char *buf)
{
	char list[LIST_LEN];

	own_list(list, sizeof(list));
	snprintf(buf, 2 * LIST_LEN, "the name of this host is '%.64s', its addresses are %s",
		 p->host, list[0] ? list : "none");
}

static int fail_several(const struct pick *p, size_t i, const struct node *first,
			const struct node *second)
{
	char nodes[LIST_LEN], own[2 * LIST_LEN];

	list_nodes(p, i, nodes);
	list_own(p, own);
	return fail(p->ctl, CTL_USAGE, 0,
		    "%.200s:%d: group '%s': this host is node %u and node %u; write --id N to "
		    "choose: %s; the nodes are %s",
		    p->file, second->line, bully_group_name(p->conf->groups[i]),
		    PEER32(first->peer, ID), PEER32(second->peer, ID), own, nodes);
}

/* Prints that no group has a node for this host, or none with the id of --id. */
static int fail_none(const struct pick *p)
{
	char nodes[LIST_LEN], own[2 * LIST_LEN], all[2 * LIST_LEN] = "", item[2 * LIST_LEN];
	bool check = option_given(p->ctl, "--check");
	size_t i;

	for (i = 0; i < p->conf->len; i++) {
		list_nodes(p, i, nodes);
		snprintf(item, sizeof(item), "group '%s' has %s",
			 bully_group_name(p->conf->groups[i]), nodes);
		list_add(all, i ? LIST_LEN : sizeof(all), item);
	}
	if (p->id)
		return fail(p->ctl, CTL_USAGE, 0, "%.200s: --id: there is no node %u; %s", p->file,
			    p->id, all);
	list_own(p, own);
	return fail(p->ctl, CTL_NO_NODE, 0,
		    "%.200s: this host is none of the nodes; write %s: "
		    "%s; %s",
		    p->file,
		    check ? "--id N, or --id all to check the file for all" : "--id N if it is one",
		    own, all);
}

/*
 * Sets *@node to the node of group number @i that is this host, or to NULL. Returns 0, or an exit
 * status after an error message.
 */
static int find(const struct pick *p, size_t i, const struct node **node)
{
	const struct shared *s = &p->conf->shared[i];
	size_t k;

	*node = p->id ? shared_find(s, p->id) : NULL;
	for (k = 0; k < s->len && !p->id; k++) {
		if (!is_here(p, &s->nodes[k]))
			continue;
		if (*node)
			return fail_several(p, i, *node, &s->nodes[k]);
		*node = &s->nodes[k];
	}
	return CTL_DONE;
}

/* Prints what does not fit in two groups of one host, at the heading of a node if @line is not 0.
 */
static int fail_beside(const struct pick *p, int line, const char *err)
{
	if (line)
		return fail(p->ctl, CTL_USAGE, 0, "%s:%d: %s", p->file, line, err);
	return fail(p->ctl, CTL_USAGE, 0, "%s: %s", p->file, err);
}

/* Makes group number @i the group of @node, if it has nodes, and exchanges it with number @to. */
static int take(const struct pick *p, size_t i, const struct node *node, size_t to)
{
	struct conf *conf = p->conf;
	struct bully_group *group;

	if (node) {
		group = shared_group(conf->groups[i], &conf->shared[i], node);
		if (!group)
			return fail(p->ctl, CTL_REFUSED, ENOMEM, "out of memory");
		bully_group_free(conf->groups[i]);
		conf->groups[i] = group;
		shared_free(&conf->shared[i]);
	}
	conf_exchange(conf, i, to);
	return CTL_DONE;
}

/* Keeps the groups of this host, each as its node runs it. */
static int pick_nodes(const struct pick *p)
{
	struct conf *conf = p->conf;
	char err[SENTENCE_LEN];
	size_t i, kept = 0;
	int ret = CTL_DONE;

	for (i = 0; i < conf->len && !ret; i++) {
		bool shared = conf->shared[i].len;
		const struct node *node = NULL;
		int line = 0;

		if (shared)
			ret = find(p, i, &node);
		if (ret || (shared && !node))
			continue;
		if (node)
			line = node->line;
		ret = take(p, i, node, kept);
		if (!ret && conf_check_beside(conf, kept, err))
			ret = fail_beside(p, line, err);
		kept++;
	}
	if (!ret && !kept)
		ret = fail_none(p);
	if (!ret)
		conf_cut(conf, kept);
	return ret;
}

static bool one_host(const struct node *a, const struct node *b)
{
	return addr_same_host(bully_peer_addr(a->peer), bully_peer_addr(b->peer)) ||
	       same_name(a->host, b->host);
}

/* Checks @node of group number @i beside the nodes of earlier groups that are on the same host. */
static int check_node(const struct pick *p, size_t i, const struct node *node)
{
	const struct bound bound = shared_bound(p->conf->groups[i], node);
	char err[SENTENCE_LEN];
	size_t j, k;

	for (j = 0; j < i; j++)
		for (k = 0; k < p->conf->shared[j].len; k++) {
			const struct node *other = &p->conf->shared[j].nodes[k];
			const struct bound its = shared_bound(p->conf->groups[j], other);

			if (one_host(node, other) && conf_beside(&bound, &its, err))
				return fail_beside(p, node->line, err);
		}
	return CTL_DONE;
}

/* Checks what the groups are on each host, and leaves none. */
static int check_all(const struct pick *p)
{
	struct conf *conf = p->conf;
	int ret = CTL_DONE;
	size_t i, k;

	for (i = 0; i < conf->len; i++)
		for (k = 0; k < conf->shared[i].len && !ret; k++)
			ret = check_node(p, i, &conf->shared[i].nodes[k]);
	if (!ret)
		conf_cut(conf, 0);
	return ret;
}

/* Reads --id. Returns 0, or an exit status after an error message. */
static int take_id(struct pick *p)
{
	const char *id = option_given(p->ctl, "--id");
	char err[SENTENCE_LEN];

	if (!id)
		return CTL_DONE;
	if (!strcmp(id, "all")) {
		p->all = true;
		return option_given(p->ctl, "--check")
			       ? CTL_DONE
			       : fail(p->ctl, CTL_USAGE, 0,
				      "%s: '--id all' is for --check; write the id of this host's "
				      "node",
				      p->ctl->cmd->name);
	}
	return parse_u32("--id", id, 1, UINT32_MAX, &p->id, err)
		       ? fail(p->ctl, CTL_USAGE, 0, "%s: %s", p->ctl->cmd->name, err)
		       : CTL_DONE;
}

/* Returns 0 if --id may be given: all groups have nodes. */
static int check_id(const struct pick *p)
{
	size_t i;

	for (i = 0; i < p->conf->len && (p->id || p->all); i++)
		if (!p->conf->shared[i].len)
			return fail(p->ctl, CTL_USAGE, 0,
				    "%s: --id: group '%s' has 'id' and is for one host; write its "
				    "nodes as [node ID], or leave --id out",
				    p->file, bully_group_name(p->conf->groups[i]));
	return CTL_DONE;
}

int conf_read_arg(struct ctl *ctl, int argc, char **argv, struct conf *conf)
{
	struct pick p = {.ctl = ctl, .conf = conf};
	int ret;

	if (check_args(ctl, argc, argv, 1, 1) || take_id(&p))
		return CTL_USAGE;
	p.file = conf_name(argv[0]);
	ret = conf_read(ctl, argv[0], conf);
	if (ret)
		return ret;
	if (gethostname(p.host, sizeof(p.host) - 1))
		p.host[0] = '\0';
	ret = check_id(&p);
	if (!ret)
		ret = p.all ? check_all(&p) : pick_nodes(&p);
	if (ret)
		conf_free(conf);
	return ret;
}
