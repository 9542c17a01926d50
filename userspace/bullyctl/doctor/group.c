// SPDX-License-Identifier: GPL-2.0
/* What doctor looks at in a group: where it stands, and what it is set to. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "doctor/doctor.h"
#include "values/values.h"

#define DAY_US 86400000000u
#define AHEAD_US 10000000u

static void leader(struct doctor *d, const struct bully_group *g)
{
	d->check = "leader";
	if (BULLY_HAS(g, BULLY_A_GROUP_LEADER))
		doctor_find(d, FINDING_OK, NULL, "%u leads, and this node is %s", g->leader,
			    bully_state_name(g->state));
	else
		doctor_find(d, FINDING_FAIL, "%s monitor",
			    "no leader is known; this node is in state %s, the last change was %s",
			    bully_state_name(g->state), bully_reason_name(g->reason));
	if (g->duplicate)
		doctor_find(d, FINDING_FAIL, "%s show; give each node an id of its own",
			    "another node bears this node's id %u: neither leads", g->id);
}

/* What keeps this node from standing. */
static void candidate(struct doctor *d, const struct bully_group *g)
{
	char dur[DUR_STRLEN];

	d->check = "candidate";
	if (g->role != BULLY_ROLE_CANDIDATE)
		doctor_find(d, FINDING_OK, NULL, "this node is a %s and never leads",
			    bully_role_name(g->role));
	else if (g->candidate == BULLY_CANDIDATE_OFF)
		doctor_find(d, FINDING_WARNING, "%s group set NAME candidate on",
			    "candidate is off: this node does not stand");
	else if (g->candidate == BULLY_CANDIDATE_OWNER && !g->owned)
		doctor_find(d, FINDING_WARNING,
			    "start the program that owns it, as 'bullyctl run' does; or "
			    "'group set NAME candidate on'",
			    "nobody owns this node's candidacy, so it does not stand");
	else if (g->resigned)
		doctor_find(d, FINDING_WARNING, "%s elect NAME",
			    "this node has resigned: it stands again when its successor is lost");
	else if (BULLY_HAS(g, BULLY_A_GROUP_HOLDDOWN_REMAINING))
		doctor_find(d, FINDING_WARNING, "%s elect NAME, which goes before a hold-down",
			    "this node restarted too often: it is held down for another %s",
			    format_dur_short(g->holddown_remaining_ns, dur));
	else
		doctor_find(d, FINDING_OK, NULL, "this node stands");
}

static bool is_voter(enum bully_role role)
{
	return role != BULLY_ROLE_OBSERVER;
}

static void majority(struct doctor *d, const struct bully_group *g)
{
	unsigned int voters = is_voter(g->role), up = voters, need;
	char dur[DUR_STRLEN];
	size_t i;

	for (i = 0; i < g->peers_len; i++) {
		voters += is_voter(g->peers[i].role);
		up += is_voter(g->peers[i].role) && g->peers[i].state == BULLY_PEER_STATE_UP;
	}
	need = BULLY_HAS(g, BULLY_A_GROUP_MAJORITY) ? g->majority : voters / 2 + 1;
	if (voters < g->voters && !BULLY_HAS(g, BULLY_A_GROUP_LEADER))
		doctor_find(d, FINDING_FAIL,
			    "%s peer add NAME id ID addr ADDR; or group set NAME voters N",
			    "%u of the %u voters of its option voters are named: it takes part in no "
			    "first election",
			    voters, g->voters);
	else if (up < need)
		doctor_find(d, FINDING_FAIL, "%s show",
			    "%u of %u voters can be reached, and a leader needs %u", up, voters,
			    need);
	else if (voters == 1 && !g->voters)
		doctor_find(d, FINDING_FAIL, "%s peer add NAME id ID addr ADDR",
			    "it has no other voter, and leads nobody unless it has 'voters 1'");
	else if (voters > 1 && voters % 2 == 0)
		doctor_find(d, FINDING_WARNING, "add a witness on another machine",
			    "%u voters bear no more losses than %u would; a leader needs %u",
			    voters, voters - 1, need);
	else
		doctor_find(d, FINDING_OK, NULL,
			    "%u of %u voters can be reached, a leader needs %u", up, voters, need);
	if (BULLY_HAS(g, BULLY_A_GROUP_ABSTAIN_REMAINING))
		doctor_find(d, FINDING_WARNING, NULL,
			    "this node started just now: it grants nothing for another %s",
			    format_dur_short(g->abstain_remaining_ns, dur));
}

static void quorum(struct doctor *d, const struct bully_group *g)
{
	char lease[DUR_STRLEN], detect[DUR_STRLEN];

	d->check = "quorum";
	if (g->quorum == BULLY_QUORUM_OFF) {
		doctor_find(d, FINDING_OK, NULL,
			    "off: each side of a partition has a leader of its own");
		return;
	}
	majority(d, g);
	d->check = "lease";
	if (bully_group_lease(g) < g->heartbeat_ns * g->misses)
		doctor_find(d, FINDING_WARNING,
			    "%s group set NAME lease DUR, before a leader was seen",
			    "the lease of %s is shorter than the %s after which a leader is lost: "
			    "it ends before anybody else may claim",
			    format_dur(bully_group_lease(g), lease),
			    format_dur(g->heartbeat_ns * g->misses, detect));
	else
		doctor_find(d, FINDING_OK, NULL, "%s, not shorter than the detection of a loss",
			    format_dur(bully_group_lease(g), lease));
}

/* The leader claimed before its clock was set: its epoch is below those of earlier leaders. */
static void early(struct doctor *d, const struct bully_group *g)
{
	time_t claimed = (time_t)(g->epoch / 1000000);
	char help[SENTENCE_LEN], where[48] = "", day[16];
	struct tm tm;

	if (BULLY_HAS(g, BULLY_A_GROUP_LEADER) && g->leader != g->id)
		snprintf(where, sizeof(where), ", on node %u, which leads", g->leader);
	snprintf(help, sizeof(help), "%%s elect NAME%s: a new epoch by today's clock%s", where,
		 g->quorum == BULLY_QUORUM_OFF ?
			 "" :
			 "; what compares epochs then refuses the old one: see bully(7), EPOCHS");
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&claimed, &tm));
	doctor_find(d, FINDING_WARNING, help,
		    "it is of %s: the leader's clock was not set when it claimed", day);
}

/* A clock that was wrong when somebody claimed, here or at a peer, leaves its mark. */
static void epoch(struct doctor *d, const struct bully_group *g)
{
	uint64_t now = clock_ns(CLOCK_REALTIME) / 1000;
	char ahead[DUR_STRLEN];

	d->check = "epoch";
	if (g->epoch && g->epoch / 1000000 < BUILT_S && now / 1000000 >= BUILT_S)
		early(d, g);
	else if (g->epoch <= now + AHEAD_US)
		doctor_find(d, FINDING_OK, NULL, "not ahead of this host's clock");
	else
		doctor_find(d, g->epoch - now > DAY_US ? FINDING_FAIL : FINDING_WARNING,
			    "compare the clocks of all nodes; see bully(7), EPOCHS",
			    "%s ahead of this host's clock: the clock of some node is or was wrong",
			    format_dur_short((g->epoch - now) * 1000, ahead));
}

static void auth(struct doctor *d, const struct bully_group *g)
{
	d->check = "keys";
	if (g->auth == BULLY_AUTH_ENFORCE)
		doctor_find(d, FINDING_OK, NULL, "only messages with a right tag are accepted");
	else if (g->auth == BULLY_AUTH_OFF)
		doctor_find(d, FINDING_OK, NULL,
			    "none: whoever can send packets to the port can disturb elections");
	else
		doctor_find(d, FINDING_WARNING,
			    "%s group set NAME auth enforce, once all have keys",
			    "auth is %s: messages without a tag are accepted, whoever sent them",
			    bully_auth_name(g->auth));
}

void doctor_group(struct doctor *d, const struct bully_group *g)
{
	doctor_link(d, g);
	leader(d, g);
	candidate(d, g);
	quorum(d, g);
	epoch(d, g);
	auth(d, g);
}
