// SPDX-License-Identifier: GPL-2.0-only
/* Runs another program for a short time and captures its output. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "process/capture.h"
#include "process/child.h"

#define LIMIT_NS 2000000000u

extern char **environ;

/* Appends what can be read to @buf and drops what does not fit. Returns false at the end. */
static bool keep(int fd, char *buf, size_t len, size_t *at)
{
	char more[512];
	ssize_t n = read(fd, more, sizeof(more));
	size_t i;

	for (i = 0; n > 0 && i < (size_t)n && *at + 1 < len; i++)
		buf[(*at)++] = more[i];
	buf[*at] = '\0';
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Returns the child's exit status. */
static int attend(struct child *c, int fd, char *buf, size_t len)
{
	struct pollfd p[] = {{.fd = fd, .events = POLLIN}, {.fd = c->fd, .events = POLLIN}};
	char how[CHILD_HOW_LEN];
	int status = -1;
	size_t at = 0;

	while (!child_check(c, &status, how)) {
		if (poll(p, 2, child_wait_ms(c)) > 0 && p[0].revents &&
		    !keep(fd, buf, len, &at))
			p[0].fd = -1;
	}
	/* read what the child wrote last; do not wait for other processes that have the pipe */
	do
		p[0] = (struct pollfd){.fd = fd, .events = POLLIN};
	while (poll(p, 1, 0) > 0 && keep(fd, buf, len, &at));
	return status;
}

int capture(char *const *command, char *buf, size_t len)
{
	int fds[2], status = -1;
	struct child c;

	buf[0] = '\0';
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	child_init(&c, LIMIT_NS);
	c.out = fds[1];
	if (!child_start(&c, command, environ))
		status = attend(&c, fds[0], buf, len);
	close(fds[0]);
	close(fds[1]);
	return status;
}
