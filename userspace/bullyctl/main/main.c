// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl: parses the command line and runs the command. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "main/args.h"
#include "main/commands.h"
#include "main/netns.h"

static int fail_args(struct ctl *ctl, const struct args *a)
{
	return fail(ctl, CTL_USAGE, 0, "%s; see 'bullyctl help%s%s'", a->bad, ctl->cmd ? " " : "",
		    ctl->cmd ? ctl->cmd->name : "");
}

static int run(struct ctl *ctl, struct args *a)
{
	int skip = 1, ret;

	ctl->cmd = a->len ? command_find(ctl, a->words[0]) : NULL;
	if (ctl->cmd)
		args_take_bare(ctl, a, ctl->cmd);
	if (a->bad[0])
		return fail_args(ctl, a);
	if (a->version)
		return cmd_version(ctl, 0, NULL);
	if (a->help) {
		ctl->cmd = command_find(ctl, "help");
		return cmd_help(ctl, a->len ? 1 : 0, a->words);
	}
	if (!a->len) {
		ctl->cmd = command_find(ctl, "show");
		skip = 0;
	}
	if (!ctl->cmd)
		return command_unknown(ctl, a->words[0]);
	args_check(ctl, a, ctl->cmd);
	if (a->bad[0])
		return fail_args(ctl, a);
	if (ctl->netns) {
		ret = netns_enter(ctl, ctl->netns);
		if (ret)
			return ret;
	}
	return ctl->cmd->run(ctl, a->len - skip, a->words + skip);
}

/*
 * Replaces closed standard descriptors, so that no socket or file gets their numbers. A replacement
 * has the wrong direction (input is write-only), so that its use fails with an error. Returns false
 * on failure.
 */
static bool fill_standard_fds(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct args a = {0};
	struct ctl ctl = {.commands = commands, .commands_len = commands_len};
	int status;

	if (!fill_standard_fds())
		return CTL_REFUSED;
	a.words = calloc((size_t)argc + 1, sizeof(*a.words));
	ctl.b = bully_open();
	if (!a.words || !ctl.b) {
		fprintf(stderr, "bullyctl: out of memory\n");
		return CTL_REFUSED;
	}
	ctl.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	args_scan(&ctl, &a, argc, argv);
	status = finish_output(&ctl, run(&ctl, &a));
	bully_close(ctl.b);
	while (ctl.given_len)
		free((char *)ctl.given[--ctl.given_len].name);
	free(a.words);
	return status;
}
