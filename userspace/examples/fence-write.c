// SPDX-License-Identifier: MIT
/*
 * fence-write GROUP ADDRESS PORT - sends lines of standard input to a fence-store, as leader of
 * GROUP.
 *
 *     cc -o fence-write fence-write.c $(pkg-config --cflags --libs libbully)
 *
 * Each line is a transaction. The program reads the epoch when the transaction begins, before it
 * reads the data: the whole transaction depends on that leadership. To read the epoch just before
 * the write would be wrong, because another leader may have changed the data in between.
 *
 * Exit status: 0 if all lines were written, 3 if this node does not lead, 2 if the store refused or
 * cannot be reached.
 */
#include <inttypes.h>
#include <libbully.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int call(const char *address, const char *port)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
	struct addrinfo *list, *ai;
	int fd = -1;

	if (getaddrinfo(address, port, &hints, &list))
		return -1;
	for (ai = list; ai; ai = ai->ai_next) {
		fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC, 0);
		if (fd >= 0 && !connect(fd, ai->ai_addr, ai->ai_addrlen))
			break;
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	return fd;
}

/* Sends one line and prints the store's answer. Returns true if the store accepted the line. */
static bool written(char **where, uint64_t epoch, const char *text)
{
	int fd = call(where[0], where[1]);
	FILE *store = fd < 0 ? NULL : fdopen(fd, "r");
	char answer[200] = "";

	if (!store) {
		perror("fence-write: the store");
		return false;
	}
	dprintf(fd, "%" PRIu64 " %s", epoch, text);
	if (!fgets(answer, sizeof(answer), store))
		strcpy(answer, "no answer\n");
	fclose(store);
	fputs(answer, stdout);
	return !strcmp(answer, "ok\n");
}

static int transactions(struct bully_leadership *l, char **where)
{
	char text[400];

	for (;;) {
		uint64_t epoch = bully_epoch(l);

		if (!epoch) {
			fprintf(stderr, "fence-write: this node does not lead\n");
			return 3;
		}
		printf("epoch %" PRIu64 "\n", epoch);
		fflush(stdout);
		if (!fgets(text, sizeof(text), stdin))
			return 0;
		if (!written(where, epoch, text))
			return 2;
	}
}

int main(int argc, char **argv)
{
	struct bully *b = bully_open();
	struct bully_leadership *l;
	int ret;

	if (argc != 4 || !b) {
		fprintf(stderr, "usage: fence-write GROUP ADDRESS PORT\n");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	if (bully_leadership_open(b, argv[1], &l)) {
		fprintf(stderr, "fence-write: %s: %s\n", argv[1], bully_error(b));
		bully_close(b);
		return 2;
	}
	ret = transactions(l, argv + 2);
	bully_leadership_close(l);
	bully_close(b);
	return ret;
}
