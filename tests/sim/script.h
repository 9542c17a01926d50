/* SPDX-License-Identifier: GPL-2.0-only */
/* script.h - declares the commands of the transcripts */
#ifndef BULLY_SIM_SCRIPT_H
#define BULLY_SIM_SCRIPT_H

#include "world.h"

#define SCRIPT_ARGS 32

/* One parsed line of a transcript, and the cluster that it acts on. */
struct script {
	struct world **world;
	FILE *out;
	int argc;
	char *argv[SCRIPT_ARGS];
	char error[160];
};

/* A command: its first word, its function, and its lowest number of words. */
struct command {
	const char *name;
	bool (*run)(struct script *s);
	bool (*each)(struct script *s, struct node *n);	/* or for each of the nodes that it names */
	int argc;
};

/* script_node.c and script_net.c: their commands; a row without a name ends a table. */
extern const struct command script_node_commands[];
extern const struct command script_net_commands[];

/* Runs one line. Returns false, with @error set, if the line is wrong. */
bool script_line(struct script *s, char *line);

__attribute__((format(printf, 2, 3)))
bool script_error(struct script *s, const char *fmt, ...);

/* args.c: the words after the first */
const char *script_arg(struct script *s, const char *key);
bool script_time(struct script *s, const char *word, u64 *ns);
bool script_time_arg(struct script *s, const char *key, u64 *ns);
bool script_flag_arg(struct script *s, const char *key, bool *flag);
bool script_u32_arg(struct script *s, const char *key, u32 *value);
bool script_opts(struct script *s, struct bully_opts *opts);
bool script_node(struct script *s, const char *word, struct node **n);
/* Calls @each for every node that @word names: "all" or labels with commas. */
bool script_nodes(struct script *s, const char *word,
		  bool (*each)(struct script *s, struct node *n));

#endif /* BULLY_SIM_SCRIPT_H */
