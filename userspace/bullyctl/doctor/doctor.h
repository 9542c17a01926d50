/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks of doctor. Each finding is a sentence, with advice. */
#ifndef BULLYCTL_DOCTOR_H
#define BULLYCTL_DOCTOR_H

#include <json-c/json.h>

#include "view/snapshot.h"

int cmd_doctor(struct ctl *ctl, int argc, char **argv);

#define BUILT_S 1735689600 /* 2025-01-01: an earlier wall clock is wrong */

enum finding {
	FINDING_OK,
	FINDING_WARNING,
	FINDING_FAIL,
};

/**
 * struct doctor - one run of doctor
 * @ctl: the run of the tool
 * @group: the group that is being checked, or NULL
 * @check: name of the present check
 * @prefix: how commands in advice begin, as in "bullyctl -n NETNS"
 * @worst: the worst finding so far
 * @counts: number of findings of each kind
 * @list: the findings as JSON, or NULL for text
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

/* finding.c: returns the word for @kind in JSON. */
const char *finding_word(enum finding kind);
/*
 * Reports one finding: advice @help, or NULL, and a sentence. In @help, "%s" stands for @prefix and
 * "NAME" for the name of the group.
 */
void doctor_find(struct doctor *d, enum finding kind, const char *help, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Returns true if the module is loaded and answers; else no other check is possible. */
bool doctor_module(struct doctor *d);
/* Reports that the module is not loaded, with the cause if the host's tools know it. */
void doctor_absent(struct doctor *d);
void doctor_host(struct doctor *d);
void doctor_net(struct doctor *d, const struct bully_stats *s);
void doctor_group(struct doctor *d, const struct bully_group *g);
void doctor_link(struct doctor *d, const struct bully_group *g);
/* Checks if there is a place for one more unlisted observer at this node. */
void doctor_places(struct doctor *d, const struct bully_group *g);
/* Checks an unlisted observer: the leader, and the voter that it asks. */
void doctor_asks(struct doctor *d, const struct bully_group *g);
/* Reports a voter at @addr that did not answer this unlisted observer. Most are never asked. */
void doctor_unanswered(struct doctor *d, const struct bully_peer *p, const char *addr);
/* Checks what an unlisted observer knows of the settings of a voter. */
void doctor_voter(struct doctor *d, const struct bully_peer *p);
void doctor_guard(struct doctor *d, const struct bully_group *g);
/* Checks if another host has this node's id. */
void doctor_own_id(struct doctor *d, const struct bully_group *g,
		   const struct bully_group_stats *s);
/* Returns true if the address of @p leads to this group itself. */
bool doctor_is_own(const struct bully_group *g, const struct bully_peer *p);
void doctor_counters(struct doctor *d, const struct bully_group *g,
		     const struct bully_group_stats *s);
void doctor_peers(struct doctor *d, const struct bully_group *g, const struct bully_group_stats *s);

#endif /* BULLYCTL_DOCTOR_H */
