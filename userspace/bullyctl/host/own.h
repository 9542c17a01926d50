/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks and lists which addresses this host has. */
#ifndef BULLYCTL_OWN_H
#define BULLYCTL_OWN_H

#include "base/ctl.h"

/*
 * Returns true if this network namespace has the address now; the port is ignored. @dev: index of
 * the interface that must have the address, or 0 for any. Each 127.0.0.0/8 address counts as own.
 */
bool own_addr(const struct bully_addr *a, uint32_t dev);
/*
 * Writes the addresses of this network namespace to @buf (@len), without those of the loopback
 * interface and link-local ones; "..." at the end stands for more.
 */
void own_list(char *buf, size_t len);
/* Returns true if the address is tentative: duplicate address detection has not finished. */
bool own_tentative(const struct bully_addr *a);

#endif /* BULLYCTL_OWN_H */
