/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds the Ethernet frames that announce an address. Pure functions, without a socket. */
#ifndef BULLYCTL_FRAMES_H
#define BULLYCTL_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_MAC 6
#define FRAME_ARP 42
#define FRAME_NA 86
#define FRAME_MAX FRAME_NA

/*
 * Writes a gratuitous ARP for @ip from @mac to @frame (FRAME_ARP), a request or a reply.
 * Returns its size.
 */
size_t frame_arp(uint8_t *frame, const uint8_t *mac, const uint8_t *ip, bool reply);
/*
 * Writes an unsolicited neighbour advertisement for @ip from @mac to @frame (FRAME_NA), with the
 * override flag. @router: this host forwards packets. Returns its size.
 */
size_t frame_na(uint8_t *frame, const uint8_t *mac, const uint8_t *ip, bool router);

#endif /* BULLYCTL_FRAMES_H */
