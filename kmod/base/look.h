/* SPDX-License-Identifier: GPL-2.0 */
/* look.h - owns how far apart the two looks are before somebody is judged by silence (R9) */
#ifndef BULLY_LOOK_H
#define BULLY_LOOK_H

#include <linux/types.h>

/* The looks are 1 ms, 1/2, 1/4 or 1/8 ms apart. */
#define BULLY_LOOK_NS 1000000ULL
#define BULLY_LOOK_PERIODS 4

/* How often BULLY_LOOK_NS is halved for a group of this heartbeat. */
static inline unsigned int bully_look_halvings(u64 heartbeat_ns)
{
	unsigned int halvings = 0;

	while ((BULLY_LOOK_NS >> halvings) > heartbeat_ns / 8 && halvings < BULLY_LOOK_PERIODS - 1)
		halvings++;
	return halvings;
}

/**
 * bully_look_ns() - how long a packet may lie in a queue unseen
 * @heartbeat_ns: of the group that wants to know
 *
 * The core looks twice, this long apart, before it judges somebody by silence:
 * reception may be on another processor than the timer (R9). It is well below a
 * quarter of the heartbeat, and the same on all kernels.
 *
 * Return: ns
 */
static inline u64 bully_look_ns(u64 heartbeat_ns)
{
	return BULLY_LOOK_NS >> bully_look_halvings(heartbeat_ns);
}

#endif /* BULLY_LOOK_H */
