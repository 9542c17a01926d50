/* SPDX-License-Identifier: GPL-2.0-only */
/* The families of metrics, from one snapshot. */
#ifndef BULLYCTL_METRICS_H
#define BULLYCTL_METRICS_H

#include <stdio.h>

#include "view/snapshot.h"

int cmd_metrics(struct ctl *ctl, int argc, char **argv);

/* groups.c and counters.c: what is, and what has happened */
void metrics_groups(FILE *f, const struct snapshot *s);
void metrics_peers(FILE *f, const struct snapshot *s);
void metrics_counters(FILE *f, const struct bully_stats *s);

#endif /* BULLYCTL_METRICS_H */
