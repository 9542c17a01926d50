/* SPDX-License-Identifier: GPL-2.0-only */
/* Which addresses this host has. */
#ifndef BULLYCTL_OWN_H
#define BULLYCTL_OWN_H

#include "base/ctl.h"

/*
 * Returns true if this network namespace has the address now, whatever its port; on the
 * interface @dev unless that is 0. A loopback address is always this host's.
 */
bool own_addr(const struct bully_addr *a, uint32_t dev);
/* Returns true if it has it and the kernel still asks whether another host has it. */
bool own_tentative(const struct bully_addr *a);

#endif /* BULLYCTL_OWN_H */
