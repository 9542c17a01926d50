/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's clock for a process in a time namespace; bullyctl uses this header, too. */
#ifndef LIBBULLY_TIMENS_H
#define LIBBULLY_TIMENS_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BULLY_TIMENS_OFFSETS "/proc/self/timens_offsets"

/*
 * Returns in ns how far CLOCK_BOOTTIME of this time namespace is ahead of the initial one, from
 * the line "boottime SECONDS NANOSECONDS" of @text; 0 if there is no such line.
 */
static inline int64_t bully_timens_parse(const char *text)
{
	const char *line = strstr(text, "boottime");
	long long s, ns;
	char *end;

	if (!line)
		return 0;
	s = strtoll(line + sizeof("boottime") - 1, &end, 10);
	ns = strtoll(end, NULL, 10);
	return (int64_t)s * 1000000000 + ns;
}

/* Returns CLOCK_MONOTONIC in ns, for timeouts. */
static inline uint64_t bully_monotonic_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* Returns CLOCK_BOOTTIME of the initial time namespace in ns, as in the module's messages. */
static inline uint64_t bully_kernel_now(void)
{
	char text[256] = "";
	struct timespec ts;
	ssize_t n = -1;
	int fd;

	fd = open(BULLY_TIMENS_OFFSETS, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec -
	       (uint64_t)bully_timens_parse(text);
}

#endif /* LIBBULLY_TIMENS_H */
