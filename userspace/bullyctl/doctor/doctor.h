/* SPDX-License-Identifier: GPL-2.0-only */
/* What doctor finds: a sentence each, and what helps. */
#ifndef BULLYCTL_DOCTOR_H
#define BULLYCTL_DOCTOR_H

#include <json-c/json.h>

#include "view/snapshot.h"

int cmd_doctor(struct ctl *ctl, int argc, char **argv);

#define BUILT_S 1735689600 /* 2025: no host that runs this is older */

enum finding {
	FINDING_OK,
	FINDING_WARNING,
	FINDING_FAIL,
};

/**
 * struct doctor - one visit
 * @ctl: the run of the tool
 * @group: the group that is looked at, or NULL
 * @check: the word for what is looked at
 * @prefix: how a command begins that is to be typed
 * @worst: of what was found
 * @counts: how many of each kind
 * @list: findings, with -j
 */
struct doctor {
	struct ctl *ctl;
	const struct bully_group *group;
	const char *check;
	char prefix[300];
	enum finding worst;
	unsigned int counts[FINDING_FAIL + 1];
	struct json_object *list;
};

/* finding.c: its word in JSON. */
const char *finding_word(enum finding kind);
/* One finding: what helps, or NULL, and a sentence. "%s" in @help is @prefix. */
void doctor_find(struct doctor *d, enum finding kind, const char *help, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Is the module there, and does it answer? Else nothing more can be looked at. */
bool doctor_module(struct doctor *d);
/* The module is not loaded: finds why, if the tools of this host know. */
void doctor_absent(struct doctor *d);
void doctor_host(struct doctor *d);
void doctor_net(struct doctor *d, const struct bully_stats *s);
void doctor_group(struct doctor *d, const struct bully_group *g);
void doctor_link(struct doctor *d, const struct bully_group *g);
/* Whether another host has this node's id, and whether a peer's address is this host's own. */
void doctor_own_id(struct doctor *d, const struct bully_group *g,
		   const struct bully_group_stats *s);
bool doctor_is_own(const struct bully_group *g, const struct bully_peer *p);
void doctor_counters(struct doctor *d, const struct bully_group *g,
		     const struct bully_group_stats *s);
void doctor_peers(struct doctor *d, const struct bully_group *g, const struct bully_group_stats *s);

#endif /* BULLYCTL_DOCTOR_H */
