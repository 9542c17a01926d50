// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl top [NAME] [--interval DUR] [--once|--count N] */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "host/module.h"
#include "top/screen.h"
#include "top/top.h"
#include "values/values.h"
#include "view/remarks.h"
#include "view/snapshot.h"

#define INTERVAL_NS 1000000000u
#define INTERVAL_MIN_NS 100000000u
#define INTERVAL_MAX_NS 3600000000000u
#define HEAD_LINES 1
#define RATE_STRLEN 16

/**
 * struct top - state of 'top': the last two snapshots
 * @ctl: the run of the tool
 * @name: the wanted group, or NULL for all
 * @interval_ns: time between frames
 * @now: the newest snapshot
 * @now_ns: CLOCK_MONOTONIC of @now; 0 if there is no snapshot
 * @was: the snapshot before @now
 * @was_ns: CLOCK_MONOTONIC of @was, or 0
 */
struct top {
	struct ctl *ctl;
	const char *name;
	uint64_t interval_ns;
	struct snapshot now;
	uint64_t now_ns;
	struct snapshot was;
	uint64_t was_ns;
};

/* Replaces bytes of a group's name that a terminal might interpret. */
static const char *printable(const char *name, char *buf)
{
	char *p;

	snprintf(buf, BULLY_GROUP_NAME_MAX + 1, "%s", name);
	for (p = buf; *p; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
			*p = '?';
	return buf;
}

/* Writes a rate per second, or "-" if it is unknown, for example after a counter restarted. */
static const char *rate(const struct top *t, bool known, uint64_t now, uint64_t was, char *buf)
{
	if (!known || !t->was_ns || t->now_ns <= t->was_ns || now < was)
		snprintf(buf, RATE_STRLEN, "-");
	else
		snprintf(buf, RATE_STRLEN, "%.1f",
			 (double)(now - was) * 1e9 / (double)(t->now_ns - t->was_ns));
	return buf;
}

static const char *peer_rate(const struct top *t, const struct bully_peer_stats *now,
			     const struct bully_peer_stats *was, unsigned int attr, char *buf)
{
	return rate(t, now && was, now ? sum_of_peer(now, attr) : 0,
		    was ? sum_of_peer(was, attr) : 0, buf);
}

static const char *group_rate(const struct top *t, const struct bully_group_stats *now,
			      const struct bully_group_stats *was, unsigned int attr, char *buf)
{
	return rate(t, now && was, now ? sum_of_group(now, attr) : 0,
		    was ? sum_of_group(was, attr) : 0, buf);
}

static void print_peer(const struct top *t, FILE *f, const struct bully_group *g,
		       const struct bully_peer *p, const struct bully_group_stats *now,
		       const struct bully_group_stats *was)
{
	const struct bully_peer_stats *n = peer_stats_of(now, PEER32(p, ID)),
				      *w = peer_stats_of(was, PEER32(p, ID));
	char addr[ADDR_STRLEN], rtt[DUR_STRLEN], seen[DUR_STRLEN];
	char tx[RATE_STRLEN], rx[RATE_STRLEN], drops[RATE_STRLEN];
	const char *state = bully_peer_state_name(PEER(p, STATE));
	uint64_t age =
		GROUP(g, TIME) > PEER(p, LAST_SEEN) ? GROUP(g, TIME) - PEER(p, LAST_SEEN) : 0;

	fprintf(f, "  %-6u %-21s %s%-7s%s %7s %9s %7s %7s %7s  %s", PEER32(p, ID),
		format_addr(bully_peer_addr(p), addr), colour_of(t->ctl, state), state,
		colour_end(t->ctl), PEER_HAS(p, RTT) ? format_dur_short(PEER(p, RTT), rtt) : "-",
		PEER_HAS(p, LAST_SEEN) ? format_dur_short(age, seen) : "never",
		peer_rate(t, n, w, BULLY_A_PEER_STATS_TX, tx),
		peer_rate(t, n, w, BULLY_A_PEER_STATS_RX, rx),
		peer_rate(t, n, w, BULLY_A_PEER_STATS_DROPS, drops),
		bully_role_name(PEER(p, ROLE)));
	print_remarks(f, g, p);
	putc('\n', f);
}

static void print_group(const struct top *t, FILE *f, const struct bully_group *g)
{
	const struct bully_group_stats *now = stats_of(t->now.stats, bully_group_name(g));
	const struct bully_group_stats *was = stats_of(t->was.stats, bully_group_name(g));
	const char *state = bully_state_name(GROUP(g, STATE)),
		   *link = bully_link_name(GROUP(g, LINK));
	char name[BULLY_GROUP_NAME_MAX + 1], leader[16], lease[DUR_STRLEN];
	char tx[RATE_STRLEN], rx[RATE_STRLEN], drops[RATE_STRLEN];
	size_t i, up = 0;

	for (i = 0; i < bully_group_peers(g); i++)
		up += PEER(bully_group_peer(g, i), STATE) == BULLY_PEER_STATE_UP;
	fprintf(f,
		"%s: id %u  %s%s%s  leader %s  epoch %" PRIu64 "  quorum %s  lease left %s%s%s\n",
		printable(bully_group_name(g), name), GROUP32(g, ID), colour_of(t->ctl, state),
		state, colour_end(t->ctl), format_leader(g, leader, sizeof(leader)),
		GROUP(g, EPOCH), bully_quorum_name(GROUP(g, QUORUM)),
		GROUP_HAS(g, LEASE_REMAINING) ? format_dur_short(GROUP(g, LEASE_REMAINING), lease)
					      : "-",
		GROUP(g, DUPLICATE) ? "  DUPLICATE ID" : "",
		GROUP(g, RESIGNED) ? "  resigned" : "");
	fprintf(f,
		"  link %s%s%s  peers up %zu of %zu  changes %" PRIu64
		"  sent %s/s  received %s/s  dropped %s/s\n",
		colour_of(t->ctl, link), link, colour_end(t->ctl), up, bully_group_peers(g),
		now ? COUNT(now, LEADER_CHANGES) : 0, group_rate(t, now, was, BULLY_A_STATS_TX, tx),
		group_rate(t, now, was, BULLY_A_STATS_RX, rx),
		group_rate(t, now, was, BULLY_A_STATS_DROPS, drops));
	if (bully_group_peers(g))
		fprintf(f, "  %-6s %-21s %-7s %7s %9s %7s %7s %7s  %s\n", "PEER", "ADDRESS",
			"STATE", "RTT", "LAST SEEN", "SENT/s", "RECV/s", "DROP/s", "ROLE");
	for (i = 0; i < bully_group_peers(g); i++)
		print_peer(t, f, g, bully_group_peer(g, i), now, was);
}

static void print_frame(const struct top *t, FILE *f, const char *trouble)
{
	char host[65] = "", clock[16], every[DUR_STRLEN], name[BULLY_GROUP_NAME_MAX + 1];
	time_t now = time(NULL);
	struct tm tm;
	size_t i;

	gethostname(host, sizeof(host) - 1);
	strftime(clock, sizeof(clock), "%H:%M:%S", localtime_r(&now, &tm));
	fprintf(f, "bullyctl top  %s%s%s  %s  %zu group%s  every %s\n", host,
		t->ctl->netns ? "  netns " : "", t->ctl->netns ? t->ctl->netns : "", clock,
		t->now.len, t->now.len == 1 ? "" : "s", format_dur(t->interval_ns, every));
	if (trouble)
		fprintf(f, "%s%s%s%s%s\n", colour_of(t->ctl, "warning"),
			t->name ? printable(t->name, name) : "", t->name ? ": " : "", trouble,
			colour_end(t->ctl));
	for (i = 0; i < t->now.len; i++)
		print_group(t, f, t->now.groups[i]);
}

/* Takes a snapshot, and keeps the one before for the rates. Returns 0 or a negative errno. */
static int look(struct top *t)
{
	int ret;

	snapshot_free(&t->was);
	t->was = t->now;
	t->was_ns = t->now_ns;
	memset(&t->now, 0, sizeof(t->now));
	t->now_ns = 0;
	/* 'top' must not load the module, as a request would */
	if (module_absent())
		ret = -ENOPKG;
	else
		ret = snapshot_take(t->ctl->b, t->name, &t->now);
	if (!ret)
		t->now_ns = clock_ns(CLOCK_MONOTONIC);
	return ret;
}

/* Prints @count frames, one below the other. Returns an exit status. */
static int print_frames(struct top *t, uint32_t count)
{
	struct timespec pause = {
		.tv_sec = (time_t)(t->interval_ns / 1000000000),
		.tv_nsec = (long)(t->interval_ns % 1000000000),
	};
	uint32_t i;
	int err;

	for (i = 0; i < count; i++) {
		if (i) {
			nanosleep(&pause, NULL);
			putchar('\n');
		}
		if (look(t) == -ENOPKG)
			return fail(t->ctl, CTL_ABSENT, ENOENT,
				    "the kernel module bully is not loaded");
		if (!t->now_ns)
			return t->name ? fail_lib(t->ctl, "group %s", t->name)
				       : fail_lib(t->ctl, "top");
		print_frame(t, stdout, NULL);
		err = flush_output(t->ctl);
		if (err)
			return CTL_REFUSED; /* main() prints the reason */
	}
	return CTL_DONE;
}

static int draw(struct top *t, const struct screen *s, size_t *scroll)
{
	const char *trouble = NULL, *p;
	size_t len, lines = 0;
	char *text = NULL;
	FILE *f;

	if (!t->now_ns)
		trouble = module_absent() ? "the kernel module bully is not loaded"
					  : bully_error(t->ctl->b);
	f = open_memstream(&text, &len);
	if (!f)
		return ENOMEM;
	print_frame(t, f, trouble);
	if (fclose(f)) {
		free(text);
		return ENOMEM;
	}
	for (p = text; (p = strchr(p, '\n')); p++)
		lines++;
	/* scroll at most until the last line is below the head */
	if (*scroll + HEAD_LINES >= lines)
		*scroll = lines > HEAD_LINES ? lines - HEAD_LINES - 1 : 0;
	screen_draw(s, text, HEAD_LINES, *scroll);
	free(text);
	return 0;
}

static int watch(struct top *t, struct screen *s)
{
	uint64_t next = clock_ns(CLOCK_MONOTONIC), now;
	size_t scroll = 0;

	for (;;) {
		now = clock_ns(CLOCK_MONOTONIC);
		if (now >= next) {
			look(t);
			next = now + t->interval_ns;
		}
		if (draw(t, s, &scroll))
			return ENOMEM;
		switch (screen_wait(s, next > now ? (int)((next - now) / 1000000) + 1 : 0)) {
		case SCREEN_QUIT:
			return 0;
		case SCREEN_UP:
			scroll -= scroll > 0;
			break;
		case SCREEN_DOWN:
			scroll++;
			break;
		case SCREEN_TIME:
		case SCREEN_REDRAW:
			break;
		}
	}
}

static int live(struct top *t)
{
	const char *unfit = screen_unfit();
	struct screen s;
	int err;

	if (unfit)
		return fail(t->ctl, CTL_USAGE, 0, "top: %s; --once prints one frame", unfit);
	err = screen_open(&s);
	if (err)
		return fail(t->ctl, CTL_REFUSED, err, "top: cannot use the terminal: %s",
			    strerror(err));
	err = watch(t, &s);
	screen_close(&s);
	/* the end of the terminal ends 'top' without an error */
	t->ctl->unread = true;
	return err ? fail(t->ctl, CTL_REFUSED, err, "top: out of memory") : CTL_DONE;
}

int cmd_top(struct ctl *ctl, int argc, char **argv)
{
	struct top t = {
		.ctl = ctl,
		.name = argc ? argv[0] : NULL,
		.interval_ns = INTERVAL_NS,
	};
	const char *interval = option_given(ctl, "--interval");
	const char *count = option_given(ctl, "--count");
	bool once = option_given(ctl, "--once");
	char err[SENTENCE_LEN];
	uint32_t frames = once;
	int ret;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (ctl->json)
		return fail(ctl, CTL_USAGE, 0,
			    "top: -j: top has no JSON output; use 'bullyctl -j show' or 'bullyctl "
			    "-j stats'");
	if (once && count)
		return fail(ctl, CTL_USAGE, 0,
			    "top: --once and --count exclude each other; write one of them");
	if (t.name && parse_name(t.name, err))
		return fail(ctl, CTL_USAGE, 0, "top: %s", err);
	if ((interval && parse_dur("--interval", interval, INTERVAL_MIN_NS, INTERVAL_MAX_NS,
				   &t.interval_ns, err)) ||
	    (count && parse_u32("--count", count, 1, UINT32_MAX, &frames, err)))
		return fail(ctl, CTL_USAGE, 0, "top: %s", err);
	ret = frames ? print_frames(&t, frames) : live(&t);
	snapshot_free(&t.now);
	snapshot_free(&t.was);
	return ret;
}
