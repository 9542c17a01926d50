/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads configuration files: groups and their peers. */
#ifndef BULLYCTL_CONF_H
#define BULLYCTL_CONF_H

#include "values/vip.h"

/**
 * struct conf - content of a file
 * @groups: the groups with the options that the file sets, without defaults
 * @vips: for each group its sections [vip], or NULL; only 'bullyctl vip' uses them
 * @len: number of @groups and of @vips
 */
struct conf {
	struct bully_group **groups;
	struct vip_settings **vips;
	size_t len;
};

/*
 * Reads and checks @file ("-": standard input). Returns 0, or an exit status after an error message
 * that names file, line and key; @conf is empty then.
 */
int conf_read(struct ctl *ctl, const char *file, struct conf *conf);
void conf_free(struct conf *conf);
/*
 * check.c: checks the last group read, and its last peer, alone and against those before it.
 * Returns NULL, or the names of the keys that are wrong, and a sentence in @err (SENTENCE_LEN).
 */
const char *conf_check_group(const struct conf *conf, char *err);
const char *conf_check_peer(const struct conf *conf, char *err);
/* As conf_read(), for the only argument of setconf and syncconf. */
int conf_read_arg(struct ctl *ctl, int argc, char **argv, struct conf *conf);

#endif /* BULLYCTL_CONF_H */
