// SPDX-License-Identifier: GPL-2.0-only
/* Error messages: one sentence, as text or JSON, and an exit status. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "base/ctl.h"
#include "base/json.h"

int flush_output(struct ctl *ctl)
{
	if (fflush(stdout) && !ctl->output_errno)
		ctl->output_errno = errno;
	if (ferror(stdout) && !ctl->output_errno)
		ctl->output_errno = EIO;
	return ctl->output_errno;
}

bool has_room(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

static int say(struct ctl *ctl, int status, int sys_errno, char *text)
{
	struct json_object *o;
	char *p;

	/* as env(1): an error of bullyctl must not look like the status of the command */
	if (ctl->running && status != CTL_TIMEOUT && status < CTL_RUN_FAILED)
		status = CTL_RUN_FAILED;
	/* A quoted word may contain control characters; the message stays one line. */
	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	flush_output(ctl);
	if (!ctl->json) {
		fprintf(stderr, "bullyctl: %s\n", text);
		return status;
	}
	o = json_object_new_object();
	json_put(o, "error", json_text(text));
	json_put(o, "status", json_object_new_int(status));
	json_put(o, "errno", sys_errno ? json_object_new_int(sys_errno) : NULL);
	json_print(ctl, stderr, o);
	return status;
}

int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return say(ctl, status, sys_errno, text);
}

/* Writes to @buf the sentence about @what for the library's last error. */
static void sentence(struct ctl *ctl, const char *what, char *buf, size_t size)
{
	const char *attr = bully_error_attr(ctl->b), *why = bully_error(ctl->b);
	int number = bully_error_number(ctl->b);

	/* These two errors do not depend on the request. */
	if (number == -ENOPKG || number == -EPROTO)
		snprintf(buf, size, "%s", why);
	else if (attr[0] && !strstr(why, attr) && !strstr(what, attr))
		snprintf(buf, size, "%s: %s: %s", what, attr, why);
	else
		snprintf(buf, size, "%s: %s", what, why);
}

/* Prints the library's last error about @what, followed by @more. Returns an exit status. */
static int fail_error(struct ctl *ctl, const char *what, const char *more)
{
	int number = -bully_error_number(ctl->b), status = CTL_REFUSED;
	char text[1024];
	size_t at;

	sentence(ctl, what, text, sizeof(text));
	at = strlen(text);
	snprintf(text + at, sizeof(text) - at, "%s", more);
	/* JSON shows the errno that the kernel uses for these two errors */
	if (number == ENOPKG) {
		status = CTL_ABSENT;
		number = ENOENT;
	}
	if (number == EPROTO)
		number = EPROTONOSUPPORT;
	return say(ctl, status, number, text);
}

int fail_lib(struct ctl *ctl, const char *fmt, ...)
{
	char what[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_error(ctl, what, "");
}

/* Writes " (other voters at: 3, 5)" or nothing to @buf. Returns the number of bytes written. */
static size_t format_laggards(const struct bully_group *g, char *buf, size_t size)
{
	size_t i, at = 0;

	for (i = 0; i < bully_group_peers(g) && at + sizeof(", 4294967295, ...)") < size; i++)
		if (PEER(bully_group_peer(g, i), VOTERS_DIFFER))
			at += (size_t)snprintf(buf + at, size - at, "%s%u",
					       at ? ", " : " (other voters at: ",
					       PEER32(bully_group_peer(g, i), ID));
	if (at)
		at += (size_t)snprintf(buf + at, size - at, "%s)",
				       i < bully_group_peers(g) ? ", ..." : "");
	return at;
}

/* R7: without a majority only one change of the voters succeeds. Writes what to do then. */
static void format_lost(const struct bully_group *g, char *buf, size_t size)
{
	unsigned int voters = GROUP(g, ROLE) != BULLY_ROLE_OBSERVER, up = voters;
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++) {
		if (PEER(bully_group_peer(g, i), ROLE) == BULLY_ROLE_OBSERVER)
			continue;
		voters++;
		up += PEER(bully_group_peer(g, i), STATE) == BULLY_PEER_STATE_UP;
	}
	if (up < GROUP32(g, MAJORITY))
		snprintf(buf, size,
			 "; %u of %u voters are up: if the others are gone for good, see bully(7), "
			 "Losing a majority for good",
			 up, voters);
}

/* Writes details about the voters that the kernel's sentence lacks. */
static void format_voters(struct ctl *ctl, const char *group, char *buf, size_t size)
{
	struct bully_group **g;
	size_t len, at;

	buf[0] = '\0';
	if (bully_groups_get(ctl->b, group, &g, &len))
		return;
	at = format_laggards(g[0], buf, size / 2);
	format_lost(g[0], buf + at, size - at);
	bully_groups_free(g, len);
}

int fail_conf(struct ctl *ctl, const char *group)
{
	bool absent = bully_error_number(ctl->b) == -ENOPKG;
	char what[32];

	snprintf(what, sizeof(what), "group %s", group);
	return fail_error(ctl, what,
			  absent ? ": 'modprobe bully' loads it; for a container, on its host"
				 : "");
}

int fail_voters(struct ctl *ctl, const char *group, const char *fmt, ...)
{
	char what[256], text[1024], more[512] = "";
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (bully_error_number(ctl->b) != -EBUSY)
		return fail_error(ctl, what, "");
	/* the next request overwrites the library's last error */
	sentence(ctl, what, text, sizeof(text));
	format_voters(ctl, group, more, sizeof(more));
	return fail(ctl, CTL_REFUSED, EBUSY, "%s%s", text, more);
}

/* Returns the leader of @group if that is another node; otherwise 0. */
static uint32_t other_leader(struct ctl *ctl, const char *group)
{
	struct bully_group **g;
	uint32_t leader;
	size_t len;

	if (bully_groups_get(ctl->b, group, &g, &len))
		return 0;
	leader = GROUP32(g[0], LEADER) == GROUP32(g[0], ID) ? 0 : GROUP32(g[0], LEADER);
	bully_groups_free(g, len);
	return leader;
}

int fail_leads(struct ctl *ctl, const char *group, uint32_t to, const char *there)
{
	char what[64], text[1024];
	uint32_t leader;

	snprintf(what, sizeof(what), "group %.20s", group);
	if (bully_error_number(ctl->b) != -EBUSY)
		return fail_error(ctl, what, "");
	/* the next request overwrites the library's last error */
	sentence(ctl, what, text, sizeof(text));
	leader = other_leader(ctl, group);
	if (!leader)
		return fail(ctl, CTL_REFUSED, EBUSY, "%s", text);
	if (leader == to)
		return fail(ctl, CTL_REFUSED, EBUSY, "%s: node %u leads already", what, to);
	return fail(ctl, CTL_REFUSED, EBUSY,
		    "%s: this node does not lead: type '%s' on node %u, which leads", what, there,
		    leader);
}

void warn(struct ctl *ctl, const char *fmt, ...)
{
	char text[1024], *p;
	va_list ap;

	if (ctl->json)
		return; /* in JSON mode, standard error has errors only */
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (p = text; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "bullyctl: warning: %s\n", text);
}

int finish_output(struct ctl *ctl, int status)
{
	int err = flush_output(ctl);

	if (!err || ctl->unread)
		return status;
	return fail(ctl, CTL_REFUSED, err, "cannot write the output: %s", strerror(err));
}

/* Writes the argument number @n of the first form, as "NAME" of "bullyctl elect NAME". */
static void argument(const struct command *c, int n, char *buf, size_t size)
{
	char form[128], *word, *rest;
	bool optional = false; /* within brackets */

	snprintf(form, sizeof(form), "%.*s", (int)strcspn(c->synopsis, "\n"), c->synopsis);
	snprintf(buf, size, "something");
	for (word = strtok_r(form, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		bool skip = optional || word[0] == '[' || !strcmp(word, "bullyctl") ||
			    !strcmp(word, c->name);

		optional = (optional || word[0] == '[') && !strchr(word, ']');
		if (!skip && !n--)
			snprintf(buf, size, "%s", word);
	}
}

int check_args(struct ctl *ctl, int argc, char **argv, int min, int max)
{
	char what[64];

	if (argc < min && ctl->cmd->subs)
		return fail(ctl, CTL_USAGE, 0,
			    "%s: one of '%s show' is missing; see 'bullyctl help %s'",
			    ctl->cmd->name, ctl->cmd->subs, ctl->cmd->name);
	if (argc < min) {
		argument(ctl->cmd, argc, what, sizeof(what));
		return fail(ctl, CTL_USAGE, 0, "%s: %s is missing; the form is '%.*s'",
			    ctl->cmd->name, what, (int)strcspn(ctl->cmd->synopsis, "\n"),
			    ctl->cmd->synopsis);
	}
	if (argc > max)
		return fail(ctl, CTL_USAGE, 0,
			    "%s: '%.64s' is one word too many; the form is '%.*s'", ctl->cmd->name,
			    argv[max], (int)strcspn(ctl->cmd->synopsis, "\n"), ctl->cmd->synopsis);
	return CTL_DONE;
}
