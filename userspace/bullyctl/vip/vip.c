// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl vip NAME [addr ADDR/LEN]... [dev IFACE] [OPTION VALUE]... [--remove] */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "config/conf.h"
#include "vip/vip.h"

/* Reads "WORD VALUE" pairs of the command line. Returns an exit status after an error message. */
static int read_words(struct ctl *ctl, int argc, char **argv, struct vip_settings *s)
{
	const struct word *addr = word_find(&vip_words, "addr"), *w;
	char err[SENTENCE_LEN];
	int i;

	vip_begin(s);
	for (i = 0; i < argc; i += 2) {
		w = words_pick(ctl, "vip", &vip_words, WORD_IN_ADD, s->addrs_len ? NULL : addr,
			       argv[i]);
		if (!w)
			return CTL_USAGE;
		if (i + 1 >= argc)
			return fail(ctl, CTL_USAGE, 0, "vip: option '%s' lacks its value %s",
				    w->word, w->arg);
		if (w == word_find(&vip_words, "dev") && s->dev[0])
			return fail(
				ctl, CTL_USAGE, 0,
				"vip: 'dev' is given twice; for two interfaces write a file, or "
				"run the command twice");
		if (vip_take(s, w, argv[i + 1], err))
			return fail(ctl, CTL_USAGE, 0, "vip: %s", err);
	}
	return vip_end(s, err) ? fail(ctl, CTL_USAGE, 0, "vip: %s", err) : CTL_DONE;
}

/* Reads the section [vip] of the group @name. Returns an exit status after an error message. */
static int read_file(struct ctl *ctl, const char *name, struct vip_settings *s)
{
	const char *file = option_given(ctl, "--config");
	char usual[64];
	struct conf conf;
	size_t i;
	int ret;

	snprintf(usual, sizeof(usual), "/etc/bully/%s.conf", name);
	if (!file && access(usual, F_OK))
		return fail(ctl, CTL_USAGE, 0,
			    "vip: 'addr ADDR/LEN' is missing, and there is no file %s", usual);
	file = file ? file : usual;
	ret = conf_read(ctl, file, &conf);
	if (ret)
		return ret;
	for (i = 0; i < conf.len && strcmp(bully_group_name(conf.groups[i]), name); i++)
		;
	if (i == conf.len)
		ret = fail(ctl, CTL_USAGE, 0, "vip: %s has no section [group %s]", file, name);
	else if (!conf.vips[i])
		ret = fail(ctl, CTL_USAGE, 0,
			   "vip: %s: group '%s' has no section [vip]; write one with 'addr' and "
			   "'dev'",
			   file, name);
	else
		*s = *conf.vips[i];
	conf_free(&conf);
	return ret;
}

static int parse(struct ctl *ctl, int argc, char **argv, struct vip_settings *s)
{
	char err[SENTENCE_LEN];

	if (!argc)
		return fail(ctl, CTL_USAGE, 0, "vip: NAME is missing");
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "vip: %s", err);
	if (argc == 1)
		return read_file(ctl, argv[0], s);
	if (option_given(ctl, "--config"))
		return fail(ctl, CTL_USAGE, 0,
			    "vip: --config and '%.64s' exclude each other; write one of them",
			    argv[1]);
	return read_words(ctl, argc - 1, argv + 1, s);
}

/*
 * Locks the memory, so that a machine that swaps does not delay the removal. Without the right to
 * lock any amount of memory nothing is locked, because a limit would make later allocations fail.
 */
static void lock_memory(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY}, is;

	setrlimit(RLIMIT_MEMLOCK, &all);
	if (!getrlimit(RLIMIT_MEMLOCK, &is) && is.rlim_cur == RLIM_INFINITY)
		mlockall(MCL_CURRENT | MCL_FUTURE);
}

/* Returns true if the last request failed because there is no such group, or no module. */
static bool is_missing(const struct ctl *ctl)
{
	int number = bully_error_number(ctl->b);

	return number == -ENOENT || number == -ENOPKG;
}

/*
 * Without a group nothing is known about the addresses, except that those that an earlier run has
 * left here belong to no leader.
 */
static void remove_left(struct keeper *k)
{
	keep_update(k);
	keep_end(k, true, "an earlier run had left it there");
}

static int serve(struct keeper *k, const struct vip_settings *s)
{
	struct announcer a = {.fd = -1};
	struct group_leader leader = {0};
	int ret;

	ret = announce_open(&a, k->ctl, s->announce_ns);
	if (!ret)
		ret = group_leader_open(&leader, k->ctl, k->group, s->tracks_len, keep_fit(k));
	if (!ret) {
		lock_memory();
		ret = vip_loop(k, &a, &leader.leader);
	}
	group_leader_close(&leader);
	announce_close(&a);
	return ret;
}

int cmd_vip(struct ctl *ctl, int argc, char **argv)
{
	static struct keeper k; /* too large for the stack of a locked process */
	struct vip_settings s = {0};
	int ret;

	ret = parse(ctl, argc, argv, &s);
	if (ret)
		return ret;
	ret = keep_open(&k, ctl, argv[0], &s);
	if (!ret && option_given(ctl, "--remove")) {
		ret = check_host(&k);
		if (!ret)
			ret = keep_end(&k, false, "asked to remove it");
	} else if (!ret) {
		ret = check_group(ctl, argv[0], &s);
		if (ret && is_missing(ctl))
			remove_left(&k);
		if (!ret)
			ret = check_host(&k);
		if (!ret)
			ret = serve(&k, &s);
	}
	keep_close(&k);
	return ret;
}
