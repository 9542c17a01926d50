/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the metric families of one snapshot. */
#ifndef BULLYCTL_METRICS_H
#define BULLYCTL_METRICS_H

#include <stdio.h>

#include "view/snapshot.h"

int cmd_metrics(struct ctl *ctl, int argc, char **argv);

/* groups.c prints the present state, counters.c the counters. */
void metrics_groups(FILE *f, const struct snapshot *s);
void metrics_peers(FILE *f, const struct snapshot *s);
void metrics_counters(FILE *f, const struct bully_stats *s);

#endif /* BULLYCTL_METRICS_H */
