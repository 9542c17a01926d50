/* SPDX-License-Identifier: GPL-2.0-only */
/* watcher.h - declares what the cases of an unlisted observer share */
#ifndef BULLY_UNIT_WATCHER_H
#define BULLY_UNIT_WATCHER_H

#include "unit.h"

#define W_EPOCH		1000
#define W_DETECTION	(3 * FIX_HB)

/* The five voters. */
extern const u32 w_voters[];

/* Returns unlisted observer 9 of these voters, or of the five; it has just begun to ask. */
struct bully_core *w_observer_of(const u32 *ids);
struct bully_core *w_observer(void);
/* Returns the voter that it asks. */
u32 w_asked(void);
/* Makes voter @from answer the newest question to it: node @leader leads under @epoch. */
enum bully_drop w_answer(u32 from, u32 leader, u64 epoch, u32 refusal);
bool w_follows(u32 leader, u64 epoch);
bool w_has_none(void);
/* Lets a heartbeat pass; voter @from answers for @leader if it is asked. */
void w_beat(u32 from, u32 leader);
/* Makes an observer that follows node 3, and has just asked the same voter again. Returns that. */
u32 w_asked_again(void);

#endif /* BULLY_UNIT_WATCHER_H */
