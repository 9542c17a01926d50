/* SPDX-License-Identifier: GPL-2.0-only */
/* The sections [node ID] of a group: all nodes, in a file that is the same on all hosts. */
#ifndef BULLYCTL_SHARED_H
#define BULLYCTL_SHARED_H

#include "values/values.h"

#define SHARED_NODES_MAX (BULLY_PEERS_MAX + 1)
#define HOST_NAME_LEN 254

/**
 * struct node - a section [node ID]
 * @peer: id, address and role of the node, as the other nodes are told
 * @own: the options of the group that this node has of its own
 * @host: the name of the node's host, or an empty string
 * @line: line of the heading
 */
struct node {
	struct bully_peer *peer;
	struct bully_group *own;
	char host[HOST_NAME_LEN];
	int line;
};

/**
 * struct shared - the nodes of a group
 * @nodes: the nodes, in the order of the file
 * @len: number of @nodes; 0 if the group has 'id' and [peer ID] instead
 */
struct shared {
	struct node *nodes;
	size_t len;
};

/**
 * struct bound - what two groups of one host must not share
 * @group: name of the group
 * @local: the address and port that it listens on
 * @dev: its interface, or an empty string
 */
struct bound {
	const char *group;
	const struct bully_addr *local;
	const char *dev;
};

/* Returns a new node at the end of @s, or NULL if there is no memory. */
struct node *shared_add(struct shared *s, const char *group, uint32_t id, int line);
void shared_free(struct shared *s);
const struct node *shared_find(const struct shared *s, uint32_t id);
/*
 * Reads @value of the key 'host' into @node. Returns 0, or -1 and a sentence in @err
 * (SENTENCE_LEN).
 */
int shared_parse_host(struct node *node, const char *value, char *err);
/* Checks the options of a group that has nodes. Returns as shared_check_node(). */
const char *shared_check_group(const struct bully_group *g, char *err);
/*
 * Checks the last node alone and against those before it; @g has the options of the group.
 * Returns NULL, or the names of the keys that are wrong, and a sentence in @err (SENTENCE_LEN).
 */
const char *shared_check_node(const struct bully_group *g, const struct shared *s, char *err);
/* Returns what the group @g with @node is bound to; valid as long as both. */
struct bound shared_bound(const struct bully_group *g, const struct node *node);
/*
 * Returns the group as @node runs it: with its id and address, its own options, and the other
 * nodes as peers. Returns NULL if there is no memory.
 */
struct bully_group *shared_group(const struct bully_group *g, const struct shared *s,
				 const struct node *node);

#endif /* BULLYCTL_SHARED_H */
