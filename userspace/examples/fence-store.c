// SPDX-License-Identifier: MIT
/*
 * fence-store PORT FILE - a store that rejects late writes of former leaders.
 *
 *     cc -o fence-store fence-store.c
 *
 * A leader may be stopped between the check that it leads and the arrival of its write: by the
 * scheduler, by a full network, or by a snapshot of its virtual machine. No clock prevents this. So
 * the store compares: each write carries the epoch of its writer. The store keeps the highest epoch
 * on disk, together with the data, and rejects lower epochs.
 *
 * A client sends one line, "EPOCH TEXT"; the answer is "ok" or "refused: ..." (see fence-write.c).
 * Only in quorum mode does each epoch belong to one leader. In classic mode both sides of a
 * partition have leaders, and the store can only order their epochs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 5 /* time limit for a client that sends nothing */

/* Returns the epoch at the beginning of a line, or 0. */
static uint64_t epoch_of(const char *line)
{
	char *end;
	uint64_t epoch;

	errno = 0;
	epoch = strtoull(line, &end, 10);
	return *line < '0' || *line > '9' || *end != ' ' || errno ? 0 : epoch;
}

/*
 * Reads the highest epoch of the file. A last line without its line feed was left by a full disk or
 * a power failure, before its client got an answer. It is removed: a part of an epoch is another
 * epoch, and the next line would be appended to it.
 */
static int highest_in(FILE *file, uint64_t *highest)
{
	char *line = NULL;
	off_t whole = 0;
	size_t size = 0;
	ssize_t len;

	*highest = 0;
	rewind(file);
	while ((len = getline(&line, &size, file)) > 0 && line[len - 1] == '\n') {
		if (epoch_of(line) > *highest)
			*highest = epoch_of(line);
		whole += len;
	}
	free(line);
	return !feof(file) || ftruncate(fileno(file), whole);
}

/* Appends a line, and returns when it is on the disk. */
static int append(FILE *file, const char *line)
{
	return fseek(file, 0, SEEK_END) || fputs(line, file) == EOF || fflush(file) ||
	       fdatasync(fileno(file));
}

static int serve(int conn, FILE *client, FILE *file, uint64_t *highest)
{
	char line[512];
	uint64_t epoch;

	if (!fgets(line, sizeof(line), client) || !strchr(line, '\n'))
		return 0; /* nothing, or too much */
	epoch = epoch_of(line);
	if (!epoch) {
		dprintf(conn, "refused: that line has no epoch\n");
	} else if (epoch < *highest) {
		dprintf(conn, "refused: epoch %" PRIu64 " is older than %" PRIu64 "\n", epoch,
			*highest);
	} else {
		if (append(file, line))
			return -1;
		*highest = epoch;
		dprintf(conn, "ok\n");
	}
	return 0;
}

static int listen_on(const char *word)
{
	struct sockaddr_in6 addr = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT};
	const int one = 1;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin6_port = htons((uint16_t)atoi(word));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 16))
		return -1;
	return fd;
}

int main(int argc, char **argv)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	uint64_t highest;
	FILE *file;
	int fd;

	if (argc != 3) {
		fprintf(stderr, "usage: fence-store PORT FILE\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	file = fopen(argv[2], "a+");
	fd = listen_on(argv[1]);
	if (!file || fd < 0 || highest_in(file, &highest)) {
		perror("fence-store");
		return 1;
	}
	printf("highest epoch %" PRIu64 "\n", highest);
	fflush(stdout);
	for (;;) {
		int conn = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		FILE *client;

		if (conn < 0)
			continue;
		setsockopt(conn, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		client = fdopen(conn, "r");
		if (!client) {
			close(conn);
			continue;
		}
		if (serve(conn, client, file, &highest)) {
			perror(argv[2]);
			return 1;
		}
		fclose(client);
	}
}
