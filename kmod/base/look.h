/* SPDX-License-Identifier: GPL-2.0-only */
/* look.h - owns the interval between the two looks that precede a verdict of silence */
#ifndef BULLY_LOOK_H
#define BULLY_LOOK_H

#include <linux/types.h>

/* The interval between the two looks is 1, 1/2, 1/4 or 1/8 ms. */
#define BULLY_LOOK_NS 1000000ULL
#define BULLY_LOOK_PERIODS 4

/* Returns how often BULLY_LOOK_NS is halved for a group with this heartbeat. */
static inline unsigned int bully_look_halvings(u64 heartbeat_ns)
{
	unsigned int halvings = 0;

	while ((BULLY_LOOK_NS >> halvings) > heartbeat_ns / 8 && halvings < BULLY_LOOK_PERIODS - 1)
		halvings++;
	return halvings;
}

/**
 * bully_look_ns() - the interval between the two looks of a group
 * @heartbeat_ns: the group's heartbeat
 *
 * The core looks twice before it judges a node by its silence, because another
 * processor than the timer's may still hold a received packet (R9: packets already
 * received are read before a verdict). The interval is well below a quarter of the
 * heartbeat, and the same on all kernels.
 *
 * Return: the interval in ns
 */
static inline u64 bully_look_ns(u64 heartbeat_ns)
{
	return BULLY_LOOK_NS >> bully_look_halvings(heartbeat_ns);
}

#endif /* BULLY_LOOK_H */
