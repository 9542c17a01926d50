// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests that run checks its lease under endless events, and tells a position until the kernel has
 * it; this file simulates the library.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "object.h"
#include "run/run.h"

#define MS 1000000ULL

static struct bully_group group = {
	.set = BULLY_BIT(BULLY_A_GROUP_LEADER) | BULLY_BIT(BULLY_A_GROUP_LEASE_REMAINING),
	.name = "g",
	.num = {[BULLY_A_GROUP_ID] = 1,
		[BULLY_A_GROUP_LEADER] = 1,
		[BULLY_A_GROUP_SESSION] = 7,
		[BULLY_A_GROUP_EPOCH] = 9,
		[BULLY_A_GROUP_STATE] = BULLY_STATE_LEADER,
		[BULLY_A_GROUP_QUORUM] = BULLY_QUORUM_MAJORITY},
};
static uint64_t now_ns = 1000 * MS;
static int events, reads, asked, failed, refreshes, places, place_answer;
static uint64_t term, place;
static bool resync;

int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
{
	(void)ctl, (void)sys_errno, (void)fmt;
	return status;
}

int fail_lib(struct ctl *ctl, const char *fmt, ...)
{
	(void)ctl, (void)fmt;
	return CTL_REFUSED;
}

uint64_t clock_ns(clockid_t clock);
uint64_t clock_ns(clockid_t clock)
{
	(void)clock;
	return now_ns;
}

int bully_groups_get(struct bully *b, const char *name, struct bully_group ***groups, size_t *len)
{
	static struct bully_group *list[] = {&group};

	(void)b, (void)name;
	asked++;
	*groups = list;
	group.num[BULLY_A_GROUP_TIME] = now_ns;
	*len = 1;
	return 0;
}

void bully_groups_free(struct bully_group **groups, size_t len)
{
	(void)groups, (void)len;
}

/* Each event takes a millisecond. */
int bully_monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev)
{
	static struct bully_event event;

	(void)m, (void)timeout_ms;
	*ev = NULL;
	if (!events)
		return 0;
	events--;
	reads++;
	now_ns += MS;
	group.num[BULLY_A_GROUP_EVENT_SEQ]++;
	event = (struct bully_event){
		.type = resync ? BULLY_EVENT_RESYNC : BULLY_EVENT_CONFIG,
		.module = true,
		.group = resync ? NULL : &group,
	};
	*ev = &event;
	return 0;
}

int bully_monitor_open(struct bully *b, const char *name, struct bully_monitor **m)
{
	(void)b, (void)name;
	*m = NULL;
	return 0;
}

void bully_monitor_close(struct bully_monitor *m)
{
	(void)m;
}

int bully_candidacy_own_as(struct bully *b, const char *name, const char *owner,
			   uint64_t deadline_ns, bool willing, struct bully_candidacy **c)
{
	(void)b, (void)name, (void)owner, (void)deadline_ns, (void)willing;
	*c = (struct bully_candidacy *)&group;
	return 0;
}

int bully_candidacy_refresh(struct bully_candidacy *c)
{
	(void)c;
	refreshes++;
	return 0;
}

int bully_candidacy_set_position(struct bully_candidacy *c, uint64_t of_term, uint64_t index)
{
	(void)c;
	places++;
	term = of_term;
	place = index;
	return place_answer;
}

void bully_candidacy_release(struct bully_candidacy *c)
{
	(void)c;
}

const char *bully_candidacy_error(const struct bully_candidacy *c)
{
	(void)c;
	return "x";
}

const char *bully_error(const struct bully *b)
{
	(void)b;
	return "x";
}

int bully_error_number(const struct bully *b)
{
	(void)b;
	return 0;
}

const char *bully_reason_name(unsigned int v)
{
	(void)v;
	return "x";
}

const char *bully_role_name(unsigned int v)
{
	(void)v;
	return "x";
}

static void check(bool good, const char *name)
{
	printf("%s - lead: %s\n", good ? "ok" : "not ok", name);
	failed += !good;
}

/* @deadline_ns: that of run, 0 for none. */
static void test_positions(uint64_t deadline_ns)
{
	struct ctl ctl = {0};
	struct lead l = {.ctl = &ctl, .group = "g", .deadline_ns = deadline_ns};

	events = places = refreshes = place_answer = 0;
	lead_place(&l, 3, 5);
	check(!lead_open(&l) && !places, "a position is told to nobody before run owns");
	check(!lead_next(&l) && !lead_update(&l) && places == 1 && term == 3 && place == 5,
	      "a position is told at once when run owns");
	refreshes = 0; /* the first look at the session made one */
	check(lead_next(&l) > now_ns && !lead_update(&l) && places == 1 && !refreshes,
	      "it is told once");
	lead_place(&l, 3, 6);
	check(!lead_next(&l), "a new position is told at once");
	place_answer = -EAGAIN;
	check(!lead_update(&l) && places == 2 && place == 6 && lead_next(&l) > now_ns &&
		      lead_next(&l) <= now_ns + 100 * MS,
	      "it is told again soon if the answer was lost");
	place_answer = 0;
	now_ns = lead_next(&l);
	check(!lead_update(&l) && places == 3 && place == 6, "and it is the same");
	check(lead_next(&l) > now_ns && !lead_update(&l) && places == 3 && !refreshes,
	      "and no more then");
	if (deadline_ns) {
		now_ns += deadline_ns / 2;
		check(!lead_update(&l) && places == 3 && refreshes == 1, "later run only refreshes");
	}
	lead_release(&l);
	lead_place(&l, 4, 1);
	check(!lead_update(&l) && places == 3, "without a candidacy nothing is told");
	check(!lead_stand(&l) && !lead_update(&l) && places == 4 && term == 4 && place == 1,
	      "the last position is told when run owns again");
	check(l.leads, "run still leads");
	place_answer = -ESTALE;
	lead_place(&l, 4, 2);
	check(!lead_update(&l) && !l.leads && !l.candidacy, "a refused position is a loss");
	lead_close(&l);
}

int main(void)
{
	struct ctl ctl = {0};
	struct lead l = {.ctl = &ctl, .group = "g"};

	alarm(20);
	group.num[BULLY_A_GROUP_LEASE_REMAINING] = 50 * MS;
	if (lead_open(&l) || lead_update(&l) || !l.leads)
		return 1;
	/* the lease has ended, and only the kernel knows it: no event reports that */
	group.num[BULLY_A_GROUP_LEASE_REMAINING] = 0;
	events = 1000000;
	while (l.leads && !lead_update(&l))
		check(!l.leads || lead_next(&l) <= now_ns,
		      "run goes on at once while events are left");
	check(!l.leads && reads < 200, "run notices the end of its lease under endless events");
	check(l.lost_at <= 1050 * MS, "run notes the loss at the end of the lease");
	group.num[BULLY_A_GROUP_LEASE_REMAINING] = 50 * MS;
	group.num[BULLY_A_GROUP_EPOCH]++;
	events = 0;
	lead_stand(&l);
	if (lead_update(&l) || !l.leads)
		return 1;
	resync = true;
	events = 1000000;
	reads = asked = 0;
	lead_update(&l);
	check(reads == 1 && asked == 1, "run asks for the state after missed events");
	lead_close(&l);
	resync = false;
	group.num[BULLY_A_GROUP_LEASE_REMAINING] = 1000000 * MS;
	test_positions(2000 * MS);
	test_positions(0);
	return failed != 0;
}
