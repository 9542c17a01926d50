/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks which addresses this host has. */
#ifndef BULLYCTL_OWN_H
#define BULLYCTL_OWN_H

#include "base/ctl.h"

/*
 * Returns true if this network namespace has the address now; the port is ignored. @dev: index of
 * the interface that must have the address, or 0 for any. Each 127.0.0.0/8 address counts as own.
 */
bool own_addr(const struct bully_addr *a, uint32_t dev);
/* Returns true if the address is tentative: duplicate address detection has not finished. */
bool own_tentative(const struct bully_addr *a);

#endif /* BULLYCTL_OWN_H */
