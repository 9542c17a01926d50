/* SPDX-License-Identifier: GPL-2.0-only */
/* rescue.h - owns the timers that keep reception running under real-time load */
#ifndef BULLY_RESCUE_H
#define BULLY_RESCUE_H

#include <linux/types.h>

void bully_rescue_get(u64 heartbeat_ns);
void bully_rescue_put(u64 heartbeat_ns);
int bully_rescue_init(void);
void bully_rescue_exit(void);

#endif /* BULLY_RESCUE_H */
