/* SPDX-License-Identifier: GPL-2.0-only */
/* A watchdog of the host, which resets the host unless 'run' feeds it. */
#ifndef BULLYCTL_WATCHDOG_H
#define BULLYCTL_WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ctl.h"

/**
 * struct watchdog - a watchdog of the host
 * @path: the device; NULL: no watchdog
 * @timeout_ns: time from a feed to the reset, a whole number of seconds
 * @open: the device is open, and the watchdog runs
 * @fd: the device, if @open
 * @fed_at: a time not after the last feed
 * @until: no feed from then on; RUN_NEVER: no limit
 */
struct watchdog {
	const char *path;
	uint64_t timeout_ns;
	bool open;
	int fd;
	uint64_t fed_at;
	uint64_t until;
};

/* All times are those of run_now(). Without @path these functions do nothing, and return 0. */

/*
 * Starts the watchdog, sets its timeout and feeds it. Returns 0, or an exit status after an error
 * message; the watchdog is stopped then.
 */
int watchdog_open(struct ctl *ctl, struct watchdog *w);
/* Starts and stops the watchdog. Returns as watchdog_open(). */
int watchdog_try(struct ctl *ctl, struct watchdog *w);
/* Feeds the watchdog if a feed is due at @now. Returns 0, or an errno if the driver refuses. */
int watchdog_feed(struct watchdog *w, uint64_t now);
/* Returns when watchdog_feed() must be called; RUN_NEVER: no more. */
uint64_t watchdog_next(const struct watchdog *w);
/*
 * All processes have to be dead at @bound. The last feed is a quarter of the timeout before @bound:
 * the reset then follows between a half and three quarters of the timeout after @bound.
 */
void watchdog_limit(struct watchdog *w, uint64_t bound);
/* Returns the time from @now to the reset, if there is no feed in between. */
uint64_t watchdog_left(const struct watchdog *w, uint64_t now);
/* Stops the watchdog. Called only when all processes of the command are dead. */
void watchdog_close(struct watchdog *w);

#endif /* BULLYCTL_WATCHDOG_H */
