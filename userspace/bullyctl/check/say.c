// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tells users what a check has found. Only changes are told, and a reader of standard error that
 * does not read must not stop the loop.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "check/check.h"
#include "process/notify.h"

/* Returns true if standard error has room and a reader: a write must neither block nor signal. */
static bool may_write(void)
{
	struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};

	return poll(&p, 1, 0) > 0 && !(p.revents & (POLLERR | POLLHUP | POLLNVAL));
}

void check_tell(const struct check *c, const char *fmt, ...)
{
	char text[512], *p;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	notify_service("STATUS=%s\n", text);
	if (may_write())
		fprintf(stderr, "bullyctl: group %s: %s: %s\n", c->seat.group, c->seat.owner, text);
}

static void tell_verdict(const struct check *c, const char *how)
{
	if (!c->seat.weight && c->verdict.up)
		check_tell(c, "the check succeeds: it lets this node be a candidate");
	else if (!c->seat.weight)
		check_tell(c, "the check failed: this node is not a candidate: %s", how);
	else if (c->verdict.up)
		check_tell(c, "the check succeeds: it leaves this node's priority as it is");
	else
		check_tell(c, "the check failed: this node's priority is lower by %u: %s",
			   c->seat.weight, how);
}

void check_say(const struct check *c, enum verdict_news news, const char *how)
{
	switch (news) {
	case VERDICT_SAME:
		break;
	case VERDICT_UP:
	case VERDICT_DOWN:
		tell_verdict(c, how);
		break;
	case VERDICT_DOUBT:
		check_tell(c, "the check failed, 1 of %u: %s", c->verdict.fall, how);
		break;
	case VERDICT_CALM:
		check_tell(c, "the check succeeds again");
		break;
	}
}
