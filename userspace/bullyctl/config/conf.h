/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration files: groups and their peers. */
#ifndef BULLYCTL_CONF_H
#define BULLYCTL_CONF_H

#include "base/ctl.h"

/**
 * struct conf - what a file says
 * @groups: what is set there, no defaults filled in
 * @len: how many
 */
struct conf {
	struct bully_group **groups;
	size_t len;
};

/*
 * Reads all of @file ("-" is standard input) and checks all of it. 0, or an
 * exit status after having named file, line and word.
 */
int conf_read(struct ctl *ctl, const char *file, struct conf *conf);
void conf_free(struct conf *conf);
/*
 * check.c; of the last group of the file, and of its last peer: what is wrong with it
 * beside those before it. NULL, or the words that it is about, with a sentence in @err.
 */
const char *conf_check_group(const struct conf *conf, char *err);
const char *conf_check_peer(const struct conf *conf, char *err);
/* The one argument of setconf and syncconf. */
int conf_read_arg(struct ctl *ctl, int argc, char **argv, struct conf *conf);

#endif /* BULLYCTL_CONF_H */
