// SPDX-License-Identifier: GPL-2.0-only
/*
 * observers.c - runs many unlisted observers in one process, each with a socket of its own
 *
 *   observers N GROUP HEARTBEAT_MS ADDR...
 *
 * ADDR is the IPv4 address of voter 1, 2, and so on, at the default port. Each observer is the
 * core of the module. A line tells how many observers know which leader, at most one each 100 ms:
 *   knowing LEADER COUNT FIRST_NS LAST_NS
 * The times, CLOCK_BOOTTIME, are when the first and when the last of them learnt of this leader's
 * epoch. Ends at SIGTERM, and then each observer gives its place back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core.h"

#define VOTERS_MAX	9
#define OBSERVER_ID	7777
#define BATCH		64
#define TELL_NS		100000000ULL

struct observer {
	struct bully_core core;
	struct bully_peer peer[VOTERS_MAX];
	int fd;
	u64 news;		/* when it learnt of the present leader and epoch */
};

static struct observer *all;
static u32 n_all, n_voters;
static struct sockaddr_in voter[VOTERS_MAX];
static volatile sig_atomic_t ended;

static void end(int sig)
{
	ended = 1;
}

static u64 clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (u64)ts.tv_sec * 1000000000 + (u64)ts.tv_nsec;
}

static u64 chance(void)
{
	u64 value = 0;

	while (!value)
		if (getentropy(&value, sizeof(value)))
			abort();
	return value;
}

static void send_all(struct observer *o, const struct bully_action *act)
{
	u8 buf[BULLY_WIRE_LEN];
	struct bully_peer *peer;
	struct bully_msg msg;
	u32 cursor = 0;

	while (bully_core_next_msg(&o->core, act, &cursor, &msg, &peer)) {
		bully_wire_encode(&msg, buf);
		/* a full queue is a lost packet */
		if (sendto(o->fd, buf, sizeof(buf), MSG_DONTWAIT, (struct sockaddr *)&voter[peer->id - 1],
			   sizeof(*voter)) < 0 && errno != EAGAIN && errno != ENOBUFS && errno != ECONNREFUSED)
			perror("sendto");
	}
}

static void step(struct observer *o, struct bully_event *ev)
{
	static struct bully_actions out;
	u32 leader = o->core.leader, i;
	u64 epoch = o->core.epoch;

	ev->now = clock_ns(CLOCK_BOOTTIME);
	ev->wall_us = clock_ns(CLOCK_REALTIME) / 1000;
	bully_core_step(&o->core, ev, &out);
	if (o->core.leader != leader || o->core.epoch != epoch)
		o->news = ev->now;
	for (i = 0; i < out.n; i++)
		if (out.act[i].kind == BULLY_ACT_SEND)
			send_all(o, &out.act[i]);
}

static void begin(struct observer *o, const char *group, u64 heartbeat_ns)
{
	struct bully_opts opts = {
		.heartbeat_ns = heartbeat_ns, .misses = 3, .lease_ns = 3 * heartbeat_ns,
		.quorum = BULLY_QUORUM_MAJORITY, .role = BULLY_ROLE_OBSERVER, .unlisted = true,
	};
	struct bully_event add = { .type = BULLY_EV_PEER_ADD };
	struct bully_event link = { .type = BULLY_EV_LINK, .link = BULLY_LINK_UP };
	struct bully_event start = { .type = BULLY_EV_START, .opts = &opts };
	u32 i;

	o->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (o->fd < 0) {
		perror("socket");
		exit(1);
	}
	bully_core_init(&o->core, group, OBSERVER_ID, chance(), chance());
	for (i = 0; i < n_voters; i++) {
		o->peer[i].id = i + 1;
		add.peer = &o->peer[i];
		step(o, &add);
	}
	step(o, &link);
	step(o, &start);
}

static void receive(struct observer *o)
{
	struct bully_event ev = { .type = BULLY_EV_MSG };
	u8 buf[BULLY_WIRE_LEN + 1];
	struct bully_msg msg;
	ssize_t len;

	while ((len = recv(o->fd, buf, sizeof(buf), 0)) >= 0) {
		if (bully_wire_decode(&msg, buf, (size_t)len))
			continue;
		ev.msg = &msg;
		step(o, &ev);
	}
}

/* Returns when the next observer wants to be woken, after it has woken those that are due. */
static u64 wake(void)
{
	struct bully_event ev = { .type = BULLY_EV_TIMER };
	u64 now = clock_ns(CLOCK_BOOTTIME), next = BULLY_NEVER, due;
	u32 i;

	for (i = 0; i < n_all; i++) {
		if (bully_core_deadline(&all[i].core) <= now)
			step(&all[i], &ev);
		due = bully_core_deadline(&all[i].core);
		next = due < next ? due : next;
	}
	return next;
}

/* Tells of the leader that most observers know, if that has changed. */
static void tell(void)
{
	static u32 told_leader, told_count;
	static u64 told_at, told_last;
	u32 count[VOTERS_MAX + 1] = { 0 }, i, most = 0;
	u64 now = clock_ns(CLOCK_BOOTTIME), epoch = 0, first = BULLY_NEVER, last = 0;

	if (now - told_at < TELL_NS)
		return;
	told_at = now;
	for (i = 0; i < n_all; i++)
		count[all[i].core.leader]++;
	for (i = 1; i <= n_voters; i++)
		most = count[i] > count[most] || !most ? i : most;
	for (i = 0; i < n_all; i++)
		if (all[i].core.leader == most && all[i].core.epoch > epoch)
			epoch = all[i].core.epoch;
	for (i = 0, count[0] = 0; i < n_all; i++) {
		if (all[i].core.leader != most || all[i].core.epoch != epoch)
			continue;
		count[0]++;
		first = all[i].news < first ? all[i].news : first;
		last = all[i].news > last ? all[i].news : last;
	}
	if (told_leader == most && told_count == count[0] && told_last == last)
		return;
	told_leader = most;
	told_count = count[0];
	told_last = last;
	printf("knowing %u %u %llu %llu\n", most, count[0],
	       (unsigned long long)(count[0] ? first : 0), (unsigned long long)last);
	fflush(stdout);
}

static void run(int poll_fd)
{
	struct epoll_event events[BATCH];
	u64 next, now;
	int n, i, ms;

	while (!ended) {
		next = wake();
		tell();
		now = clock_ns(CLOCK_BOOTTIME);
		ms = next <= now ? 0 : (int)((next - now) / 1000000) + 1;
		n = epoll_wait(poll_fd, events, BATCH, ms < 50 ? ms : 50);
		for (i = 0; i < n; i++)
			receive(events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	struct bully_event stop = { .type = BULLY_EV_STOP, .reason = BULLY_REASON_SHUTDOWN };
	struct rlimit files;
	u64 heartbeat_ns;
	int poll_fd, i;
	u32 k;

	if (argc < 5 || argc > 4 + VOTERS_MAX) {
		fprintf(stderr, "usage: observers N GROUP HEARTBEAT_MS ADDR...\n");
		return 2;
	}
	n_all = strtoul(argv[1], NULL, 10);
	heartbeat_ns = strtoull(argv[3], NULL, 10) * 1000000;
	for (i = 4; i < argc; i++, n_voters++) {
		voter[n_voters].sin_family = AF_INET;
		voter[n_voters].sin_port = htons(BULLY_DEFAULT_PORT);
		if (inet_pton(AF_INET, argv[i], &voter[n_voters].sin_addr) != 1) {
			fprintf(stderr, "observers: %s is no IPv4 address\n", argv[i]);
			return 2;
		}
	}
	files = (struct rlimit){ .rlim_cur = n_all + 64, .rlim_max = n_all + 64 };
	if (setrlimit(RLIMIT_NOFILE, &files))
		perror("setrlimit");
	signal(SIGTERM, end);
	signal(SIGINT, end);
	poll_fd = epoll_create1(EPOLL_CLOEXEC);
	all = calloc(n_all, sizeof(*all));
	if (!all || poll_fd < 0)
		return 1;
	for (k = 0; k < n_all; k++) {
		struct epoll_event event = { .events = EPOLLIN, .data.ptr = &all[k] };

		begin(&all[k], argv[2], heartbeat_ns);
		if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, all[k].fd, &event)) {
			perror("epoll_ctl");
			return 1;
		}
	}
	run(poll_fd);
	for (k = 0; k < n_all; k++)
		step(&all[k], &stop);
	return 0;
}
