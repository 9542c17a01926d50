// SPDX-License-Identifier: GPL-2.0
/* bullyctl show [NAME] */
#include <inttypes.h>
#include <stdio.h>

#include "json.h"
#include "text.h"
#include "values.h"

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

		printf("    %-10u  %-*s  %-9s  %s%-7s%s  %-8s  %s%s%s%s\n", p->id, width,
		       format_addr(&p->addr, addr), bully_role_name(p->role), colour_of(ctl, state),
		       state, colour_end(ctl),
		       BULLY_HAS(p, BULLY_A_PEER_RTT) ? format_dur_short(p->rtt_ns, rtt) : "-",
		       BULLY_HAS(p, BULLY_A_PEER_LAST_SEEN) ? format_dur_short(age, seen) : "never",
		       BULLY_HAS(p, BULLY_A_PEER_LAST_SEEN) ? " ago" : "",
		       p->duplicate ? "  DUPLICATE ID" : "", p->mismatch ? "  OTHER SETTINGS" : "");
	}
}

static void show_options(const struct bully_group *g)
{
	char heartbeat[DUR_STRLEN], delay[DUR_STRLEN];
	char local[ADDR_STRLEN], dev[IF_NAMESIZE + 12];

	format_local(g, local);
	format_dev(g->dev, dev);
	printf("    role %s  candidate %s  heartbeat %s  misses %u  preempt %s  preempt-delay %s  "
	       "holddown %s\n",
	       bully_role_name(g->role), g->candidate ? "on" : "off",
	       format_dur(g->heartbeat_ns, heartbeat), g->misses, g->preempt ? "on" : "off",
	       format_dur(g->preempt_delay_ns, delay), g->holddown ? "on" : "off");
	printf("    local %s%s%s\n", local[0] ? local : "any", dev[0] ? "  dev " : "", dev);
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
	char leader[16];

	printf("%s: id %u  %s%s%s  leader %s  epoch %" PRIu64
	       "  quorum %s  link %s%s%s  last change %s\n",
	       g->name, g->id, colour_of(ctl, state), state, colour_end(ctl),
	       format_leader(g, leader, sizeof(leader)), g->epoch, bully_quorum_name(g->quorum),
	       colour_of(ctl, link), link, colour_end(ctl), bully_reason_name(g->reason));
	if (g->duplicate)
		printf("    %sanother node bears id %u: neither leads%s\n",
		       colour_of(ctl, "warning"), g->id, colour_end(ctl));
	if (g->resigned)
		printf("    resigned: stands again when its successor is lost, or on 'bullyctl "
		       "elect %s'\n",
		       g->name);
	show_epoch(ctl, g);
	show_options(g);
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
