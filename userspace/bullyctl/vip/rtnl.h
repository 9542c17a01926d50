/* SPDX-License-Identifier: GPL-2.0-only */
/* Links and addresses of this network namespace, by rtnetlink. */
#ifndef BULLYCTL_RTNL_H
#define BULLYCTL_RTNL_H

#include "values/vip.h"

/* The protocol (IFA_PROTO) of the addresses that bullyctl adds; ip-address(8) shows it. */
#define RTNL_PROTO 98
#define RTNL_BUFFER 32768
#define RTNL_MAC 6

struct nl_sock;

/**
 * struct rtnl - two sockets: requests and notifications
 * @requests: socket of the requests
 * @events: socket of the notifications
 * @why: sentence of the last failed request
 * @buffer: what was received last
 */
struct rtnl {
	struct nl_sock *requests;
	struct nl_sock *events;
	char why[128];
	char buffer[RTNL_BUFFER] __attribute__((aligned(8)));
};

/**
 * struct rtnl_link - a network interface
 * @index: its index; 0 if no interface has the name
 * @up: it is set up
 * @carrier: it has a carrier and is operational
 * @ethernet: @mac is an Ethernet address
 * @mac: its hardware address
 */
struct rtnl_link {
	int index;
	bool up;
	bool carrier;
	bool ethernet;
	uint8_t mac[RTNL_MAC];
};

/**
 * struct rtnl_addr - an address of an interface
 * @index: index of the interface
 * @family: 4 or 6
 * @bytes: the address in network byte order
 * @len: length of the prefix
 * @ours: it has RTNL_PROTO
 * @temporary: it has a lifetime, as from DHCP
 * @secondary: it is secondary to another IPv4 address
 * @failed: duplicate address detection has not finished, or has failed
 */
struct rtnl_addr {
	int index;
	uint8_t family;
	uint8_t bytes[16];
	uint8_t len;
	bool ours;
	bool temporary;
	bool secondary;
	bool failed;
};

/**
 * struct rtnl_event - a change
 * @overrun: notifications are missing; the other members are empty
 * @index: index of the interface
 * @name: its name, if the interface changed; else an empty string
 * @addr: the address, if that changed; else its @family is 0
 */
struct rtnl_event {
	bool overrun;
	int index;
	char name[BULLY_DEV_NAME_MAX + 1];
	struct rtnl_addr addr;
};

/*
 * Functions that can fail return 0 or a negative errno, and set @why. rtnl_addrs() calls @fn for
 * each address of the interface @index, or of all interfaces if it is 0. rtnl_events() calls @fn
 * for the notifications that have arrived, at most 32 messages. @fn sends no request, because
 * all share @buffer.
 */
int rtnl_open(struct rtnl *r);
void rtnl_close(struct rtnl *r);
/* If there is no such interface, returns 0 and sets @index of @link to 0. */
int rtnl_link(struct rtnl *r, const char *name, struct rtnl_link *link);
int rtnl_addrs(struct rtnl *r, int index, void (*fn)(void *arg, const struct rtnl_addr *a),
	       void *arg);
/* Adds @a to the interface: IPv6 without duplicate address detection, and deprecated. */
int rtnl_add(struct rtnl *r, int index, const struct vip_addr *a);
/* Removes @a, which the interface has with a prefix of length @len. */
int rtnl_del(struct rtnl *r, int index, const struct vip_addr *a, uint8_t len);
int rtnl_fd(const struct rtnl *r);
int rtnl_events(struct rtnl *r, void (*fn)(void *arg, const struct rtnl_event *ev), void *arg);

#endif /* BULLYCTL_RTNL_H */
