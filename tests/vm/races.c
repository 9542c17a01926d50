// SPDX-License-Identifier: GPL-2.0-only
/*
 * races.c - sends every request and makes every change of one node's group as fast as possible,
 * each from its own thread
 *
 *   races GROUP PEER-ID SECONDS
 *
 * Runs in the node's namespace. Prints the number of rounds of each thread; the status is 1
 * if a thread had none. A refusal counts as a round, because a request may be impossible.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libbully.h>

static const char *group;
static uint32_t peer_id;
static atomic_bool over;

/* One round of each thread; @turn rises. */
static void look(struct bully *b, unsigned int turn)
{
	struct bully_group **groups;
	size_t n;

	if (!bully_groups_get(b, turn % 2 ? group : NULL, &groups, &n))
		bully_groups_free(groups, n);
}

static void count(struct bully *b, unsigned int turn)
{
	struct bully_stats *stats;

	if (!bully_stats_get(b, turn % 2 ? group : NULL, &stats))
		bully_stats_free(stats);
}

static void listen_to(struct bully *b, unsigned int turn)
{
	const struct bully_event *ev;
	struct bully_monitor *m;
	int i;

	(void)turn;
	if (bully_monitor_open(b, NULL, &m))
		return;
	for (i = 0; i < 20 && !bully_monitor_next(m, 50, &ev) && ev; i++)
		;
	bully_monitor_close(m);
}

static void read_page(struct bully *b, unsigned int turn)
{
	struct bully_leadership *l;
	unsigned int leads = 0;
	struct pollfd fd;
	int i;

	(void)turn;
	if (bully_leadership_open(b, group, &l))
		return;
	fd = (struct pollfd){.fd = bully_leadership_fd(l), .events = POLLIN};
	for (i = 0; i < 20; i++) {
		bully_leadership_ack(l);
		leads += bully_is_leader(l) && bully_epoch(l);
		poll(&fd, 1, 5);
	}
	bully_leadership_close(l);
}

static void configure(struct bully *b, unsigned int turn)
{
	struct bully_group *g = bully_group_new(group);

	if (!g)
		return;
	bully_group_put(g, BULLY_A_GROUP_MISSES, 3 + turn % 2);
	bully_group_put(g, BULLY_A_GROUP_PREEMPT, turn % 3 != 0);
	bully_group_set(b, g);
	bully_group_free(g);
}

static void command(struct bully *b, unsigned int turn)
{
	const struct timespec pause = {.tv_nsec = 150000000};

	if (turn % 2)
		bully_elect(b, group);
	else
		bully_resign(b, group);
	nanosleep(&pause, NULL);
}

/* Adds or deletes an observer that does not exist. */
static void enlist(struct bully *b, unsigned int turn)
{
	const struct bully_addr nowhere = {.family = 4, .bytes = {10, 7, 0, 99}, .port = 28559};
	struct bully_peer *p = bully_peer_new(peer_id);

	if (!p)
		return;
	bully_peer_put(p, BULLY_A_PEER_ROLE, BULLY_ROLE_OBSERVER);
	bully_peer_put_addr(p, &nowhere);
	if (turn % 2)
		bully_peer_add(b, group, p);
	else
		bully_peer_del(b, group, peer_id);
	bully_peer_free(p);
}

static void own_as(struct bully *b, const char *name, unsigned int turn)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	struct bully_candidacy *c;
	int i;

	if (bully_candidacy_own_as(b, group, name, turn % 2 ? 50000000 : 0, turn % 3, &c))
		return;
	for (i = 0; i < 10 && !bully_candidacy_set_willing(c, (turn + (unsigned int)i) % 4); i++)
		nanosleep(&pause, NULL);
	if (turn % 4)
		bully_candidacy_forget(c);
	else
		bully_candidacy_release(c);
}

static void own(struct bully *b, unsigned int turn)
{
	own_as(b, "owner", turn);
}

/* A second owner: it contends for a name of its own, and now and then for that of the first. */
static void share(struct bully *b, unsigned int turn)
{
	own_as(b, turn % 5 ? "check" : "owner", turn);
}

static struct thread {
	const char *name;
	void (*turn)(struct bully *b, unsigned int turn);
	pthread_t id;
	unsigned int turns;
} threads[] = {
	{.name = "look", .turn = look},		  {.name = "count", .turn = count},
	{.name = "listen", .turn = listen_to},	  {.name = "page", .turn = read_page},
	{.name = "configure", .turn = configure}, {.name = "command", .turn = command},
	{.name = "enlist", .turn = enlist},	  {.name = "own", .turn = own},
	{.name = "share", .turn = share},
};

#define N (sizeof(threads) / sizeof(*threads))

static void *run(void *arg)
{
	struct bully *b = bully_open();
	struct thread *t = arg;

	while (b && !over) {
		t->turn(b, t->turns);
		t->turns++;
	}
	bully_close(b);
	return NULL;
}

int main(int argc, char **argv)
{
	struct timespec length = {0};
	int status = 0;
	size_t i;

	if (argc != 4) {
		fprintf(stderr, "usage: races GROUP PEER-ID SECONDS\n");
		return 2;
	}
	group = argv[1];
	peer_id = (uint32_t)strtoul(argv[2], NULL, 10);
	length.tv_sec = strtol(argv[3], NULL, 10);
	for (i = 0; i < N; i++)
		if (pthread_create(&threads[i].id, NULL, run, &threads[i]))
			return 2;
	nanosleep(&length, NULL);
	over = true;
	for (i = 0; i < N; i++) {
		pthread_join(threads[i].id, NULL);
		printf("%s %u ", threads[i].name, threads[i].turns);
		status |= !threads[i].turns;
	}
	printf("\n");
	return status;
}
