/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads configuration files: groups and their peers. */
#ifndef BULLYCTL_CONF_H
#define BULLYCTL_CONF_H

#include "base/ctl.h"
#include "config/shared.h"
#include "values/vip.h"

/**
 * struct conf - content of a file
 * @groups: the groups with the options that the file sets, without defaults
 * @shared: the nodes of each of @groups
 * @vips: for each group its sections [vip], or NULL; only 'bullyctl vip' uses them
 * @len: number of @groups, @shared and @vips
 */
struct conf {
	struct bully_group **groups;
	struct shared *shared;
	struct vip_settings **vips;
	size_t len;
};

/* content.c: adds a group without options, nodes and [vip]. Returns it, or NULL without memory. */
struct bully_group *conf_add(struct conf *conf, const char *name);
/* content.c: returns the settings of [vip] of the last group, empty at first, or NULL. */
struct vip_settings *conf_add_vip(struct conf *conf);
/* content.c: exchanges groups number @i and @k with all that belongs to them. */
void conf_exchange(struct conf *conf, size_t i, size_t k);
/* content.c: frees the groups behind the first @len ones. */
void conf_cut(struct conf *conf, size_t len);
/* content.c: frees all; @conf is empty then. */
void conf_free(struct conf *conf);
/* The name of @file in messages. */
const char *conf_name(const char *file);
/*
 * Reads and checks @file ("-": standard input). Returns 0, or an exit status after an error message
 * that names file, line and key; @conf is empty then.
 */
int conf_read(struct ctl *ctl, const char *file, struct conf *conf);
/*
 * check.c: checks the last group read, which has @nodes or not, and its last peer, alone and
 * against those before it. Returns NULL, or the names of the keys that are wrong, and a sentence in
 * @err (SENTENCE_LEN).
 */
const char *conf_check_group(const struct conf *conf, bool nodes, char *err);
const char *conf_check_peer(const struct conf *conf, char *err);
/* check.c: warns of settings that are valid, but have no effect or are probably a mistake. */
void conf_warn(struct ctl *ctl, const char *file, const struct conf *conf);
/* Checks what two groups of one host are bound to. Returns as conf_check_group(). */
const char *conf_beside(const struct bound *g, const struct bound *other, char *err);
/* Checks group number @n against the groups before it that have no nodes, as conf_check_group(). */
const char *conf_check_beside(const struct conf *conf, size_t n, char *err);
/*
 * pick.c: as conf_read(), for the only argument of setconf and syncconf. Each group with nodes is
 * replaced by the group of that node which is this host, or is left out. With '--id all' @conf is
 * empty.
 */
int conf_read_arg(struct ctl *ctl, int argc, char **argv, struct conf *conf);

#endif /* BULLYCTL_CONF_H */
