// SPDX-License-Identifier: GPL-2.0-only
/*
 * The leadership of a group. The status page says whether this node may lead at this moment; events
 * say when to announce again, and when a page can be opened. An open page keeps the module loaded,
 * so a page whose group is gone is closed at once.
 *
 * The candidacy has no deadline: a process that is stopped could not remove the addresses, so
 * nothing is won if another node takes them over meanwhile.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "vip/leader.h"

#define AGAIN_NS 1000000000ULL /* between two attempts, and two searches for an absent module */
#define EVENTS_AT_ONCE 32

static uint64_t now(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

static struct group_leader *of(struct leader *l)
{
	return (struct group_leader *)l; /* the first member */
}

static uint64_t group_epoch(struct leader *l)
{
	return of(l)->page ? bully_epoch(of(l)->page) : 0;
}

static void trouble(struct group_leader *g, const char *why)
{
	snprintf(g->leader.trouble, sizeof(g->leader.trouble), "%s", why);
}

static void close_page(struct group_leader *g)
{
	bully_leadership_close(g->page);
	g->page = NULL;
	g->page_at = now();
}

static void open_page(struct group_leader *g)
{
	if (!bully_leadership_open(g->ctl->b, g->group, &g->page)) {
		g->page_at = LEADER_NEVER;
		g->leader.trouble[0] = '\0';
		return;
	}
	g->page = NULL;
	trouble(g, bully_error(g->ctl->b));
	g->page_at = now() + AGAIN_NS;
}

static void on_event(struct group_leader *g, const struct bully_event *ev)
{
	const struct bully_peer *peer = bully_event_peer(ev);
	enum bully_event_type type = bully_event_type(ev);

	g->module = bully_event_module(ev);
	if (type == BULLY_EVENT_SNAPSHOT || type == BULLY_EVENT_RESYNC ||
	    type == BULLY_EVENT_GROUP_NEW || type == BULLY_EVENT_GROUP_DEL) {
		g->leader.stale = true;
		g->check = true;
		if (!g->page)
			g->page_at = now();
	}
	/* a peer that is back may have led the other side of a split */
	if (peer && PEER(peer, STATE) == BULLY_PEER_STATE_UP)
		g->leader.stale = true;
}

static void read_events(struct group_leader *g)
{
	const struct bully_event *ev;
	int i;

	g->unread = false;
	if (now() < g->read_at)
		return;
	g->read_at = 0;
	for (i = 0; i < EVENTS_AT_ONCE; i++) {
		if (bully_monitor_next(g->monitor, 0, &ev)) {
			g->read_at = now() + AGAIN_NS;
			return;
		}
		if (!ev)
			return;
		on_event(g, ev);
	}
	g->unread = true;
}

static void group_update(struct leader *l)
{
	struct group_leader *g = of(l);

	if (g->page)
		bully_leadership_ack(g->page);
	read_events(g);
	if (g->page && bully_leadership_gone(g->page))
		close_page(g);
	if (!g->page && !g->module) {
		trouble(g, "the kernel module bully is not loaded");
		g->page_at = LEADER_NEVER;
	} else if (!g->page && now() >= g->page_at) {
		open_page(g);
	}
}

static void release(struct group_leader *g)
{
	bully_candidacy_release(g->candidacy);
	g->candidacy = NULL;
}

/* Returns true if the kernel says that this process owns nothing any more. */
static bool is_over(int number)
{
	return number == -ESTALE || number == -ENOENT || number == -ENOPKG;
}

/* Owns the candidacy beside others, such as 'run' and 'check'. Returns 0, or a negative errno. */
static int own(struct group_leader *g, bool fit)
{
	int ret = bully_candidacy_own_as(g->ctl->b, g->group, "vip", 0, fit, &g->candidacy);

	g->fit = fit;
	if (ret)
		g->candidacy = NULL;
	return ret;
}

/* Tells the kernel whether this node may be a candidate. Returns 0, or a negative errno. */
static int tell(struct group_leader *g, bool fit)
{
	int ret = bully_candidacy_set_willing(g->candidacy, fit);

	if (!ret)
		g->fit = fit;
	else if (is_over(ret))
		release(g);
	return ret;
}

static void group_stand(struct leader *l, bool fit)
{
	struct group_leader *g = of(l);

	if (!g->page)
		return; /* the group does not exist */
	if (g->candidacy && g->check && is_over(bully_candidacy_refresh(g->candidacy)))
		release(g);
	g->check = false;
	g->wants = !g->candidacy || g->fit != fit;
	if (!g->wants) {
		g->leader.trouble[0] = '\0';
		return;
	}
	if (now() < g->own_at)
		return;
	g->own_at = now() + AGAIN_NS;
	if (g->candidacy && tell(g, fit)) {
		trouble(g, g->candidacy ? bully_candidacy_error(g->candidacy)
					: "the candidacy was lost");
		return;
	}
	if (!g->candidacy && own(g, fit)) {
		trouble(g, bully_error(g->ctl->b));
		return;
	}
	g->own_at = 0;
	g->wants = false;
	g->leader.trouble[0] = '\0';
}

static size_t group_fds(struct leader *l, struct pollfd *fds)
{
	struct group_leader *g = of(l);

	fds[0] = (struct pollfd){.fd = g->read_at ? -1 : bully_monitor_fd(g->monitor),
				 .events = POLLIN};
	fds[1] = (struct pollfd){.fd = g->page ? bully_leadership_fd(g->page) : -1,
				 .events = POLLIN};
	return 2;
}

static uint64_t group_next(struct leader *l)
{
	struct group_leader *g = of(l);
	uint64_t next = g->page_at;

	if (g->unread)
		return 0;
	if (g->read_at && g->read_at < next)
		next = g->read_at;
	if (!g->module && now() + AGAIN_NS < next)
		next = now() + AGAIN_NS;
	if (g->page && g->wants && g->own_at < next)
		next = g->own_at;
	return next;
}

int group_leader_open(struct group_leader *g, struct ctl *ctl, const char *group, bool owns,
		      bool fit)
{
	memset(g, 0, sizeof(*g));
	g->leader = (struct leader){
		.epoch = group_epoch,
		.update = group_update,
		.stand = group_stand,
		.fds = group_fds,
		.next = group_next,
	};
	g->ctl = ctl;
	g->group = group;
	g->module = true;
	g->page_at = LEADER_NEVER;
	if (bully_leadership_open(ctl->b, group, &g->page) || (owns && own(g, fit)) ||
	    bully_monitor_open(ctl->b, group, &g->monitor))
		return fail_lib(ctl, "group %s", group);
	return CTL_DONE;
}

void group_leader_close(struct group_leader *g)
{
	release(g);
	bully_monitor_close(g->monitor);
	bully_leadership_close(g->page);
	g->monitor = NULL;
	g->page = NULL;
}
