// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl show [NAME] */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "host/own.h"
#include "values/words.h"
#include "view/remarks.h"
#include "view/view.h"

static void show_peers(struct ctl *ctl, const struct bully_group *g)
{
	int width = 7; /* length of "ADDRESS" */
	uint64_t now = GROUP(g, TIME); /* the kernel's clock, in any time namespace */
	char addr[ADDR_STRLEN], rtt[DUR_STRLEN], seen[DUR_STRLEN];
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++) {
		int len = snprintf(NULL, 0, "%s",
				   format_addr(bully_peer_addr(bully_group_peer(g, i)), addr));

		if (len > width)
			width = len;
	}
	printf("    %-10s  %-*s  %-9s  %-7s  %-8s  %s\n", "PEER", width, "ADDRESS", "ROLE", "STATE",
	       "RTT", "LAST SEEN");
	for (i = 0; i < bully_group_peers(g); i++) {
		const struct bully_peer *p = bully_group_peer(g, i);
		const char *state = bully_peer_state_name(PEER(p, STATE));
		uint64_t age = now > PEER(p, LAST_SEEN) ? now - PEER(p, LAST_SEEN) : 0;

		printf("    %-10u  %-*s  %-9s  %s%-7s%s  %-8s  %s%s", PEER32(p, ID), width,
		       format_addr(bully_peer_addr(p), addr), bully_role_name(PEER(p, ROLE)),
		       colour_of(ctl, state), state, colour_end(ctl),
		       PEER_HAS(p, RTT) ? format_dur_short(PEER(p, RTT), rtt) : "-",
		       PEER_HAS(p, LAST_SEEN) ? format_dur_short(age, seen) : "never",
		       PEER_HAS(p, LAST_SEEN) ? " ago" : "");
		print_remarks(stdout, g, p);
		putchar('\n');
	}
}

/* Options that show_changed() leaves out: they have a fixed place in the output. */
static const char *const always[] = {"role",	"candidate",	 "heartbeat", "misses",
				     "preempt", "preempt-delay", "holddown"};
static const char *const of_holddown[] = {"holddown-free", "holddown-delay", "holddown-max",
					  "holddown-half-life"};
static const char *const elsewhere[] = {"id",	  "quorum", "election",	 "lease",
					"voters", "auth",   "observers", "unlisted"};

static bool is_one_of(const char *word, const char *const *list, size_t len)
{
	while (len)
		if (!strcmp(word, list[--len]))
			return true;
	return false;
}

/* Prints "    WORD VALUE  WORD VALUE". */
static void show_line(const struct bully_group *g, const char *const *list, size_t len)
{
	char value[WORD_STRLEN];
	size_t i;

	for (i = 0; i < len; i++) {
		const struct word *w = word_find(&group_words, list[i]);

		printf("%s%s %s", i ? "  " : "    ", w->word,
		       word_format(w, bully_group_get(g, w->attr), value));
	}
	putchar('\n');
}

static bool is_changed(const struct bully_group *g, const struct word *w)
{
	return bully_group_has(g, w->attr) && bully_group_get(g, w->attr) != w->def;
}

/* Prints the other options that are not at their default. */
static void show_changed(const struct bully_group *g)
{
	bool holddown = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(of_holddown); i++)
		holddown |= is_changed(g, word_find(&group_words, of_holddown[i]));
	if (holddown && GROUP(g, HOLDDOWN))
		show_line(g, of_holddown, ARRAY_SIZE(of_holddown));
	for (i = 0; i < group_words.len; i++) {
		const struct word *w = &group_words.word[i];

		if (w->number && is_changed(g, w) &&
		    !is_one_of(w->word, always, ARRAY_SIZE(always)) &&
		    !is_one_of(w->word, of_holddown, ARRAY_SIZE(of_holddown)) &&
		    !is_one_of(w->word, elsewhere, ARRAY_SIZE(elsewhere)))
			show_line(g, &w->word, 1);
	}
}

static void show_options(const struct bully_group *g)
{
	const char *dev = bully_group_dev(g);
	char local[ADDR_STRLEN];

	format_local(g, local);
	show_line(g, always, ARRAY_SIZE(always));
	printf("    local %s%s%s\n", local[0] ? local : "any", dev[0] ? "  dev " : "", dev);
	show_changed(g);
}

static void show_owner(struct ctl *ctl, const struct bully_group *g, size_t i)
{
	unsigned int state = (unsigned int)bully_group_owner(g, i, BULLY_A_OWNER_STATE);
	unsigned int weight = (unsigned int)bully_group_owner(g, i, BULLY_A_OWNER_WEIGHT);
	char deadline[DUR_STRLEN], left[DUR_STRLEN];

	printf("    owner %s: ", bully_group_owner_name(g, i));
	if (state == BULLY_OWNER_STATE_OK)
		fputs(bully_owner_state_name(state), stdout);
	else if (weight)
		printf("%s%s, so this node's priority is lower%s", colour_of(ctl, "waiting"),
		       bully_owner_state_name(state), colour_end(ctl));
	else
		printf("%s%s, so this node is not a candidate%s", colour_of(ctl, "waiting"),
		       bully_owner_state_name(state), colour_end(ctl));
	if (weight)
		printf("  weight %u", weight);
	if (bully_group_owner(g, i, BULLY_A_OWNER_POSITION_TERM) ||
	    bully_group_owner(g, i, BULLY_A_OWNER_POSITION_INDEX))
		printf("  position %" PRIu64 "/%" PRIu64,
		       bully_group_owner(g, i, BULLY_A_OWNER_POSITION_TERM),
		       bully_group_owner(g, i, BULLY_A_OWNER_POSITION_INDEX));
	if (bully_group_owner(g, i, BULLY_A_OWNER_PORTID))
		printf("  netlink port %u",
		       (uint32_t)bully_group_owner(g, i, BULLY_A_OWNER_PORTID));
	if (bully_group_owner(g, i, BULLY_A_OWNER_DEADLINE))
		printf("  deadline %s  left %s",
		       format_dur(bully_group_owner(g, i, BULLY_A_OWNER_DEADLINE), deadline),
		       format_dur_short(bully_group_owner(g, i, BULLY_A_OWNER_REMAINING), left));
	putchar('\n');
}

/* Prints the owners of the candidacy, or that nobody owns it, and what follows for the priority. */
static void show_owners(struct ctl *ctl, const struct bully_group *g)
{
	size_t i;

	if (GROUP(g, EFFECTIVE_PRIORITY) < GROUP(g, PRIORITY))
		printf("    %spriority %u instead of %u, because of owners%s\n",
		       colour_of(ctl, "waiting"), GROUP32(g, EFFECTIVE_PRIORITY),
		       GROUP32(g, PRIORITY), colour_end(ctl));
	if (!bully_group_owned(g) && GROUP(g, CANDIDATE) == BULLY_CANDIDATE_OWNER)
		printf("    %sno process owns its candidacy: it is not a candidate%s\n",
		       colour_of(ctl, "waiting"), colour_end(ctl));
	for (i = 0; i < bully_group_owners(g); i++)
		show_owner(ctl, g, i);
}

/* Prints whom an unlisted observer asks, or how many of them this node answers. */
static void show_observers(struct ctl *ctl, const struct bully_group *g)
{
	bool full = GROUP32(g, OBSERVERS_NOW) >= GROUP32(g, OBSERVERS);

	if (GROUP(g, UNLISTED) && GROUP_HAS(g, ASKED))
		printf("    unlisted on  asks %u\n", GROUP32(g, ASKED));
	else if (GROUP(g, UNLISTED))
		printf("    unlisted on\n");
	if (GROUP(g, OBSERVERS))
		printf("    %sobservers %u of %u%s\n", full ? colour_of(ctl, "warning") : "",
		       GROUP32(g, OBSERVERS_NOW), GROUP32(g, OBSERVERS),
		       full ? colour_end(ctl) : "");
}

/* Prints the node's state in quorum mode and its hold-down. */
static void show_stands(struct ctl *ctl, const struct bully_group *g)
{
	char dur[DUR_STRLEN];

	/* an unlisted observer needs no lease, and gives no grants */
	if (GROUP_HAS(g, MAJORITY) && !GROUP(g, UNLISTED)) {
		printf("    lease %s", format_dur(bully_group_lease(g), dur));
		if (GROUP32(g, VOTERS))
			printf("  voters %u", GROUP32(g, VOTERS));
		printf("  majority %u  grants %u", GROUP32(g, MAJORITY), GROUP32(g, GRANTS));
		if (GROUP_HAS(g, LEASE_REMAINING))
			printf("  lease left %s", format_dur_short(GROUP(g, LEASE_REMAINING), dur));
		putchar('\n');
	}
	/* a leader's grant to itself is not news */
	if (GROUP_HAS(g, GRANT_TO) && GROUP32(g, GRANT_TO) != GROUP32(g, ID))
		printf("    granted %u for another %s\n", GROUP32(g, GRANT_TO),
		       format_dur_short(GROUP(g, GRANT_REMAINING), dur));
	if (GROUP_HAS(g, ABSTAIN_REMAINING))
		printf("    %sstarted just now: grants nothing for another %s%s\n",
		       colour_of(ctl, "waiting"),
		       format_dur_short(GROUP(g, ABSTAIN_REMAINING), dur), colour_end(ctl));
	if (GROUP_HAS(g, HOLDDOWN_REMAINING))
		printf("    %sheld down: cannot take over from a live leader for another %s%s\n",
		       colour_of(ctl, "waiting"),
		       format_dur_short(GROUP(g, HOLDDOWN_REMAINING), dur), colour_end(ctl));
}

static void show_auth(const struct bully_group *g)
{
	const uint32_t *ids;
	size_t i, len = bully_group_key_ids(g, &ids);

	if (GROUP(g, AUTH) == BULLY_AUTH_OFF)
		return;
	printf("    auth %s  keys", bully_auth_name(GROUP(g, AUTH)));
	for (i = 0; i < len; i++)
		printf(" %u%s", ids[i], i ? "" : " (active)");
	putchar('\n');
}

/*
 * Prints the guarded addresses. An address in the wrong place is a warning: on this host while
 * another node leads, or missing where this node leads.
 */
static void show_guard(struct ctl *ctl, const struct bully_group *g)
{
	bool leads = GROUP(g, STATE) == BULLY_STATE_LEADER;
	const struct bully_addr *guard;
	size_t i, len = bully_group_guard(g, &guard);
	char addr[ADDR_STRLEN];

	for (i = 0; i < len; i++) {
		bool here = own_addr(&guard[i], 0);

		printf("    guard %s  %s%s%s\n", format_guard(&guard[i], addr),
		       here == leads ? "" : colour_of(ctl, "warning"),
		       here && leads ? "on this host"
		       : here	     ? "on this host, silenced"
				     : "not on this host",
		       here == leads ? "" : colour_end(ctl));
	}
}

/* Warns of an epoch far ahead of the clock. R5: epochs never fall, so it stays. */
static void show_epoch(struct ctl *ctl, const struct bully_group *g)
{
	uint64_t now = clock_ns(CLOCK_REALTIME) / 1000;
	char ahead[DUR_STRLEN];

	if (GROUP(g, EPOCH) > now && (GROUP(g, EPOCH) - now) / 1000000 > 86400)
		printf("    %sthe epoch is %s ahead of this host's clock: see bully(7), "
		       "EPOCHS%s\n",
		       colour_of(ctl, "warning"),
		       format_dur_short((GROUP(g, EPOCH) - now) * 1000, ahead), colour_end(ctl));
}

static void show_group(struct ctl *ctl, const struct bully_group *g)
{
	const char *state = bully_state_name(GROUP(g, STATE));
	const char *link = bully_link_name(GROUP(g, LINK));
	char leader[16], since[SINCE_STRLEN];

	printf("%s: id %u  %s%s%s  leader %s%s\n", bully_group_name(g), GROUP32(g, ID),
	       colour_of(ctl, state), state, colour_end(ctl),
	       format_leader(g, leader, sizeof(leader)), format_since(g, since, sizeof(since)));
	printf("    epoch %" PRIu64 "  quorum %s%s  link %s%s%s  last change %s\n", GROUP(g, EPOCH),
	       bully_quorum_name(GROUP(g, QUORUM)),
	       GROUP(g, ELECTION) == BULLY_ELECTION_RAFT ? "  election raft" : "",
	       colour_of(ctl, link), link, colour_end(ctl), bully_reason_name(GROUP(g, REASON)));
	if (GROUP(g, DUPLICATE))
		printf("    %sanother node has the same id %u: neither leads%s\n",
		       colour_of(ctl, "warning"), GROUP32(g, ID), colour_end(ctl));
	if (GROUP(g, RESIGNED))
		printf("    resigned: a candidate again when its successor is lost, or on "
		       "'bullyctl elect %s'\n",
		       bully_group_name(g));
	show_epoch(ctl, g);
	show_stands(ctl, g);
	show_observers(ctl, g);
	show_owners(ctl, g);
	show_options(g);
	show_auth(g);
	show_guard(ctl, g);
	if (bully_group_peers(g))
		show_peers(ctl, g);
	else
		printf("    no peers\n");
}

int cmd_show(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct bully_group **groups;
	char err[SENTENCE_LEN];
	size_t len, i;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "show: %s", err);
	if (bully_groups_get(ctl->b, name, &groups, &len))
		return name ? fail_lib(ctl, "group %s", name) : fail_lib(ctl, "show");
	if (ctl->json) {
		struct json_object *o = json_object_new_array();

		for (i = 0; i < len; i++)
			json_object_array_add(o, json_group(groups[i]));
		json_print(ctl, stdout, o);
	} else {
		for (i = 0; i < len; i++) {
			if (i)
				putchar('\n');
			show_group(ctl, groups[i]);
		}
		if (!len)
			printf("no groups\n");
	}
	bully_groups_free(groups, len);
	return CTL_DONE;
}

int show_instead(struct ctl *ctl, int argc, char **argv)
{
	ctl->cmd = command_find(ctl, "show");
	return cmd_show(ctl, argc - 1, argv + 1);
}
