// SPDX-License-Identifier: GPL-2.0-only
/* Checks the state and the settings of a group. */
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
	if (GROUP_HAS(g, LEADER))
		doctor_find(d, FINDING_OK, NULL, "%u leads, and this node is %s",
			    GROUP32(g, LEADER), bully_state_name(GROUP(g, STATE)));
	else
		doctor_find(d, FINDING_FAIL, "%s monitor",
			    "no leader is known; this node is in state %s, and the reason of the "
			    "last change is %s",
			    bully_state_name(GROUP(g, STATE)), bully_reason_name(GROUP(g, REASON)));
	if (GROUP(g, DUPLICATE))
		doctor_find(d, FINDING_FAIL, "%s show; give each node its own id",
			    "another node has the same id %u as this node: neither leads",
			    GROUP32(g, ID));
}

static const char *const start_again =
	"start its program again; or '%s group set NAME candidate on', which forgets it";

/* Reports an owner that lowers this node's priority. */
static void weighs(struct doctor *d, const char *name, unsigned int state, unsigned int weight)
{
	doctor_find(d, FINDING_WARNING,
		    state == BULLY_OWNER_STATE_UNWILLING ? "find out why its check fails"
							 : start_again,
		    "the owner '%s' is %s, so this node's priority is lower by %u", name,
		    bully_owner_state_name(state), weight);
}

/*
 * Reports each owner that is not ok or has no effect. Returns true if one keeps this node from
 * being a candidate.
 */
static bool owners(struct doctor *d, const struct bully_group *g)
{
	bool any = false;
	size_t i;

	for (i = 0; i < bully_group_owners(g); i++) {
		unsigned int state = (unsigned int)bully_group_owner(g, i, BULLY_A_OWNER_STATE);
		unsigned int weight = (unsigned int)bully_group_owner(g, i, BULLY_A_OWNER_WEIGHT);
		const char *name = bully_group_owner_name(g, i);

		if (weight && GROUP(g, ELECTION) == BULLY_ELECTION_RAFT) {
			doctor_find(d, FINDING_WARNING, "start its check without --weight",
				    "the owner '%s' has a weight, which has no effect with "
				    "election raft",
				    name);
			continue;
		}
		if (state == BULLY_OWNER_STATE_OK)
			continue;
		if (weight) {
			weighs(d, name, state, weight);
			continue;
		}
		any = true;
		if (state == BULLY_OWNER_STATE_UNWILLING)
			doctor_find(d, FINDING_WARNING, "find out why its check fails",
				    "the owner '%s' is unwilling, so this node is not a candidate",
				    name);
		else
			doctor_find(d, FINDING_WARNING, start_again,
				    "the owner '%s' is %s, so this node is not a candidate", name,
				    bully_owner_state_name(state));
	}
	return any;
}

/* Reports why this node is not a candidate. */
static void candidate(struct doctor *d, const struct bully_group *g)
{
	char dur[DUR_STRLEN];

	d->check = "candidate";
	if (GROUP(g, ROLE) != BULLY_ROLE_CANDIDATE)
		doctor_find(d, FINDING_OK, NULL, "this node's role is %s, so it never leads",
			    bully_role_name(GROUP(g, ROLE)));
	else if (GROUP(g, CANDIDATE) == BULLY_CANDIDATE_OFF)
		doctor_find(d, FINDING_WARNING, "%s group set NAME candidate on",
			    "candidate is off: this node is not a candidate");
	else if (owners(d, g))
		return;
	else if (GROUP(g, CANDIDATE) == BULLY_CANDIDATE_OWNER && !bully_group_owners(g))
		doctor_find(d, FINDING_WARNING,
			    "start the program that owns it, such as 'bullyctl run'; or '%s group "
			    "set NAME candidate on'",
			    "no process owns this node's candidacy, so it is not a candidate");
	else if (GROUP(g, RESIGNED))
		doctor_find(d, FINDING_WARNING, "%s elect NAME",
			    "this node has resigned: it is a candidate again when its successor is "
			    "lost");
	else if (GROUP_HAS(g, HOLDDOWN_REMAINING))
		doctor_find(d, FINDING_WARNING, "%s elect NAME, which overrides the hold-down",
			    "this node restarted too often: it is held down for another %s",
			    format_dur_short(GROUP(g, HOLDDOWN_REMAINING), dur));
	else
		doctor_find(d, FINDING_OK, NULL, "this node is a candidate");
}

static bool is_voter(enum bully_role role)
{
	return role != BULLY_ROLE_OBSERVER;
}

static void majority(struct doctor *d, const struct bully_group *g)
{
	unsigned int voters = is_voter(GROUP(g, ROLE)), up = voters, need;
	char dur[DUR_STRLEN];
	size_t i;

	for (i = 0; i < bully_group_peers(g); i++) {
		voters += is_voter(PEER(bully_group_peer(g, i), ROLE));
		up += is_voter(PEER(bully_group_peer(g, i), ROLE)) &&
		      PEER(bully_group_peer(g, i), STATE) == BULLY_PEER_STATE_UP;
	}
	need = GROUP_HAS(g, MAJORITY) ? GROUP32(g, MAJORITY) : voters / 2 + 1;
	if (voters < GROUP32(g, VOTERS) && !GROUP_HAS(g, LEADER))
		doctor_find(d, FINDING_FAIL,
			    "%s peer add NAME id ID addr ADDR; or %s group set NAME voters N",
			    "%u voters are configured, but the option voters is %u: this node "
			    "takes no part in the first election",
			    voters, GROUP32(g, VOTERS));
	else if (up < need)
		doctor_find(d, FINDING_FAIL, "%s show",
			    "%u of %u voters can be reached, and a leader needs %u", up, voters,
			    need);
	else if (voters == 1 && !GROUP32(g, VOTERS))
		doctor_find(d, FINDING_FAIL, "%s peer add NAME id ID addr ADDR",
			    "it has no other voter: it leads alone only with 'voters 1'");
	else if (voters > 1 && voters % 2 == 0)
		doctor_find(
			d, FINDING_WARNING, "add a witness on another machine",
			"%u voters tolerate the same number of failures as %u; a leader needs %u",
			voters, voters - 1, need);
	else
		doctor_find(d, FINDING_OK, NULL,
			    "%u of %u voters can be reached, a leader needs %u", up, voters, need);
	if (GROUP_HAS(g, ABSTAIN_REMAINING))
		doctor_find(d, FINDING_WARNING, NULL,
			    "this node started just now: it votes for no node for another %s",
			    format_dur_short(GROUP(g, ABSTAIN_REMAINING), dur));
}

static void quorum(struct doctor *d, const struct bully_group *g)
{
	char lease[DUR_STRLEN], detect[DUR_STRLEN];

	d->check = "quorum";
	if (GROUP(g, QUORUM) == BULLY_QUORUM_OFF) {
		doctor_find(d, FINDING_OK, NULL,
			    "off: in a partition each side has its own leader");
		return;
	}
	majority(d, g);
	d->check = "lease";
	if (bully_group_lease(g) < GROUP(g, HEARTBEAT) * GROUP32(g, MISSES))
		doctor_find(
			d, FINDING_WARNING, "%s setconf FILE, on all nodes, with a longer lease",
			"the lease of %s ends before others detect the loss of a leader, after %s",
			format_dur(bully_group_lease(g), lease),
			format_dur(GROUP(g, HEARTBEAT) * GROUP32(g, MISSES), detect));
	else
		doctor_find(d, FINDING_OK, NULL,
			    "%s, not shorter than the detection of a lost leader",
			    format_dur(bully_group_lease(g), lease));
}

/* Reports that the leader claimed before its clock was set: earlier epochs are higher. */
static void early(struct doctor *d, const struct bully_group *g)
{
	time_t claimed = (time_t)(GROUP(g, EPOCH) / 1000000);
	char help[SENTENCE_LEN], where[48] = "", day[16];
	struct tm tm;

	if (GROUP_HAS(g, LEADER) && GROUP32(g, LEADER) != GROUP32(g, ID))
		snprintf(where, sizeof(where), ", on node %u, which leads", GROUP32(g, LEADER));
	snprintf(help, sizeof(help), "%%s elect NAME%s: this makes a new epoch by today's clock%s",
		 where,
		 GROUP(g, QUORUM) == BULLY_QUORUM_OFF ? ""
						      : "; programs that compare epochs then "
							"refuse the old one: see bully(7), EPOCHS");
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&claimed, &tm));
	doctor_find(d, FINDING_WARNING, help,
		    "it is from %s: the leader's clock was not set when it became the leader", day);
}

/* Checks the epoch, which shows if the clock of a claimant was wrong at its claim. */
static void epoch(struct doctor *d, const struct bully_group *g)
{
	uint64_t now = clock_ns(CLOCK_REALTIME) / 1000;
	char ahead[DUR_STRLEN];

	d->check = "epoch";
	if (GROUP(g, EPOCH) && GROUP(g, EPOCH) / 1000000 < BUILT_S && now / 1000000 >= BUILT_S)
		early(d, g);
	else if (GROUP(g, EPOCH) <= now + AHEAD_US)
		doctor_find(d, FINDING_OK, NULL, "not ahead of this host's clock");
	else
		doctor_find(d, GROUP(g, EPOCH) - now > DAY_US ? FINDING_FAIL : FINDING_WARNING,
			    "compare the clocks of all nodes; see bully(7), EPOCHS",
			    "%s ahead of this host's clock: the clock of a node is or was wrong",
			    format_dur_short((GROUP(g, EPOCH) - now) * 1000, ahead));
}

static void auth(struct doctor *d, const struct bully_group *g)
{
	d->check = "keys";
	if (GROUP(g, AUTH) == BULLY_AUTH_ENFORCE)
		doctor_find(d, FINDING_OK, NULL, "only messages with a valid tag are accepted");
	else if (GROUP(g, AUTH) == BULLY_AUTH_OFF)
		doctor_find(
			d, FINDING_OK, NULL,
			"none: any host that can send packets to the port can disturb elections");
	else
		doctor_find(d, FINDING_WARNING,
			    "%s group set NAME auth enforce, when all nodes have keys",
			    "auth is %s: messages without a tag are accepted from any sender",
			    bully_auth_name(GROUP(g, AUTH)));
}

void doctor_group(struct doctor *d, const struct bully_group *g)
{
	doctor_link(d, g);
	if (GROUP(g, UNLISTED)) {
		doctor_asks(d, g);
	} else {
		leader(d, g);
		candidate(d, g);
		quorum(d, g);
	}
	doctor_places(d, g);
	epoch(d, g);
	auth(d, g);
	doctor_guard(d, g);
}
