// SPDX-License-Identifier: GPL-2.0-only
/*
 * guard ADDR PORT N - sends N datagrams of 64 bytes, and prints the ns that each has cost
 *
 * The receiver is in another namespace of the same processor, so its work is in the time.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), n, i;
	char data[64] = { 0 };
	long long begin;

	if (argc != 4 || fd < 0 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1)
		return 2;
	to.sin_port = htons(atoi(argv[2]));
	n = atoi(argv[3]);
	if (n < 1 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return 2;
	begin = now_ns();
	for (i = 0; i < n; i++)
		if (send(fd, data, sizeof(data), 0) != sizeof(data))
			return 1;
	printf("%.0f\n", (double)(now_ns() - begin) / n);
	return 0;
}
