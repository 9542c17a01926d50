// SPDX-License-Identifier: GPL-2.0
/* bullyctl show [NAME] */
#include <inttypes.h>
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "values/values.h"
#include "view/remarks.h"
#include "view/view.h"

static void show_peers(struct ctl *ctl, const struct bully_group *g)
{
	int width = 7; /* of "ADDRESS" */
	uint64_t now = g->time_ns; /* the kernel's clock, time namespace or not */
	char addr[ADDR_STRLEN], rtt[DUR_STRLEN], seen[DUR_STRLEN];
	size_t i;

	for (i = 0; i < g->peers_len; i++) {
		int len = snprintf(NULL, 0, "%s", format_addr(&g->peers[i].addr, addr));

		if (len > width)
			width = len;
	}
	printf("    %-10s  %-*s  %-9s  %-7s  %-8s  %s\n", "PEER", width, "ADDRESS", "ROLE", "STATE",
	       "RTT", "LAST SEEN");
	for (i = 0; i < g->peers_len; i++) {
		const struct bully_peer *p = &g->peers[i];
		const char *state = bully_peer_state_name(p->state);
		uint64_t age = now > p->last_seen_ns ? now - p->last_seen_ns : 0;

		printf("    %-10u  %-*s  %-9s  %s%-7s%s  %-8s  %s%s", p->id, width,
		       format_addr(&p->addr, addr), bully_role_name(p->role), colour_of(ctl, state),
		       state, colour_end(ctl),
		       BULLY_HAS(p, BULLY_A_PEER_RTT) ? format_dur_short(p->rtt_ns, rtt) : "-",
		       BULLY_HAS(p, BULLY_A_PEER_LAST_SEEN) ? format_dur_short(age, seen) : "never",
		       BULLY_HAS(p, BULLY_A_PEER_LAST_SEEN) ? " ago" : "");
		print_remarks(stdout, g, p);
		putchar('\n');
	}
}

static void show_options(const struct bully_group *g)
{
	char heartbeat[DUR_STRLEN], delay[DUR_STRLEN];
	char local[ADDR_STRLEN];

	format_local(g, local);
	printf("    role %s  candidate %s  heartbeat %s  misses %u  preempt %s  preempt-delay %s  "
	       "holddown %s\n",
	       bully_role_name(g->role), bully_candidate_name(g->candidate),
	       format_dur(g->heartbeat_ns, heartbeat), g->misses, g->preempt ? "on" : "off",
	       format_dur(g->preempt_delay_ns, delay), g->holddown ? "on" : "off");
	printf("    local %s%s%s\n", local[0] ? local : "any", g->dev_name[0] ? "  dev " : "",
	       g->dev_name);
}

/* Options that say something only where they are not the default. */
static void show_holddown(const struct bully_group *g)
{
	char delay[DUR_STRLEN], max[DUR_STRLEN], half[DUR_STRLEN];

	if (!g->holddown || (g->holddown_free == BULLY_HOLDDOWN_FREE &&
			     g->holddown_delay_ns == BULLY_HOLDDOWN_DELAY_NS &&
			     g->holddown_max_ns == BULLY_HOLDDOWN_MAX_NS &&
			     g->holddown_half_life_ns == BULLY_HOLDDOWN_HALF_LIFE_NS))
		return;
	printf("    holddown-free %u  holddown-delay %s  holddown-max %s  holddown-half-life %s\n",
	       g->holddown_free, format_dur(g->holddown_delay_ns, delay),
	       format_dur(g->holddown_max_ns, max), format_dur(g->holddown_half_life_ns, half));
}

/* Which socket keeps the node standing, or that none does. */
static void show_owner(struct ctl *ctl, const struct bully_group *g)
{
	char deadline[DUR_STRLEN], left[DUR_STRLEN];

	if (!g->owned && g->candidate == BULLY_CANDIDATE_OWNER)
		printf("    %snobody owns its candidacy: it does not stand%s\n",
		       colour_of(ctl, "waiting"), colour_end(ctl));
	if (!g->owned)
		return;
	printf("    owner: netlink port %u", g->owner_portid);
	if (g->owner_deadline_ns)
		printf("  deadline %s  left %s", format_dur(g->owner_deadline_ns, deadline),
		       format_dur_short(g->owner_remaining_ns, left));
	putchar('\n');
}

/* Where the node stands in quorum mode, and with its hold-down. */
static void show_stands(struct ctl *ctl, const struct bully_group *g)
{
	char dur[DUR_STRLEN];

	if (BULLY_HAS(g, BULLY_A_GROUP_MAJORITY)) {
		printf("    lease %s", format_dur(bully_group_lease(g), dur));
		if (g->voters)
			printf("  voters %u", g->voters);
		printf("  majority %u  grants %u", g->majority, g->grants);
		if (BULLY_HAS(g, BULLY_A_GROUP_LEASE_REMAINING))
			printf("  lease left %s", format_dur_short(g->lease_remaining_ns, dur));
		putchar('\n');
	}
	/* its own it would not be without */
	if (BULLY_HAS(g, BULLY_A_GROUP_GRANT_TO) && g->grant_to != g->id)
		printf("    granted %u for another %s\n", g->grant_to,
		       format_dur_short(g->grant_remaining_ns, dur));
	if (BULLY_HAS(g, BULLY_A_GROUP_ABSTAIN_REMAINING))
		printf("    %sstarted just now: grants nothing for another %s%s\n",
		       colour_of(ctl, "waiting"), format_dur_short(g->abstain_remaining_ns, dur),
		       colour_end(ctl));
	if (BULLY_HAS(g, BULLY_A_GROUP_HOLDDOWN_REMAINING))
		printf("    %sheld down: takes over from no live leader for another %s%s\n",
		       colour_of(ctl, "waiting"), format_dur_short(g->holddown_remaining_ns, dur),
		       colour_end(ctl));
}

static void show_auth(const struct bully_group *g)
{
	size_t i;

	if (g->auth == BULLY_AUTH_OFF)
		return;
	printf("    auth %s  keys", bully_auth_name(g->auth));
	for (i = 0; i < g->key_ids_len; i++)
		printf(" %u%s", g->key_ids[i], i ? "" : " (active)");
	putchar('\n');
}

/* A clock that was far ahead, here or at a peer, leaves its mark for good. */
static void show_epoch(struct ctl *ctl, const struct bully_group *g)
{
	uint64_t now = clock_ns(CLOCK_REALTIME) / 1000;
	char ahead[DUR_STRLEN];

	if (g->epoch > now && (g->epoch - now) / 1000000 > 86400)
		printf("    %sthe epoch is %s ahead of this host's clock: see bully(7), "
		       "EPOCHS%s\n",
		       colour_of(ctl, "warning"),
		       format_dur_short((g->epoch - now) * 1000, ahead), colour_end(ctl));
}

static void show_group(struct ctl *ctl, const struct bully_group *g)
{
	const char *state = bully_state_name(g->state);
	const char *link = bully_link_name(g->link);
	char leader[16], since[SINCE_STRLEN];

	printf("%s: id %u  %s%s%s  leader %s%s\n", g->name, g->id, colour_of(ctl, state), state,
	       colour_end(ctl), format_leader(g, leader, sizeof(leader)),
	       format_since(g, since, sizeof(since)));
	printf("    epoch %" PRIu64 "  quorum %s  link %s%s%s  last change %s\n", g->epoch,
	       bully_quorum_name(g->quorum), colour_of(ctl, link), link, colour_end(ctl),
	       bully_reason_name(g->reason));
	if (g->duplicate)
		printf("    %sanother node bears id %u: neither leads%s\n",
		       colour_of(ctl, "warning"), g->id, colour_end(ctl));
	if (g->resigned)
		printf("    resigned: stands again when its successor is lost, or on 'bullyctl "
		       "elect %s'\n",
		       g->name);
	show_epoch(ctl, g);
	show_stands(ctl, g);
	show_owner(ctl, g);
	show_options(g);
	show_holddown(g);
	show_auth(g);
	if (g->peers_len)
		show_peers(ctl, g);
	else
		printf("    no peers\n");
}

int cmd_show(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct bully_group *groups;
	char err[SENTENCE_LEN];
	size_t len, i;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "show: %s", err);
	if (bully_groups_get(ctl->b, name, &groups, &len))
		return name ? fail_lib(ctl, "group %s", name) : fail_lib(ctl, "show");
	sort_groups(groups, len);
	if (ctl->json) {
		struct json_object *o = json_object_new_array();

		for (i = 0; i < len; i++)
			json_object_array_add(o, json_group(&groups[i]));
		json_print(ctl, stdout, o);
	} else {
		for (i = 0; i < len; i++) {
			if (i)
				putchar('\n');
			show_group(ctl, &groups[i]);
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
