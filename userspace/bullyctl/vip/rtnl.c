// SPDX-License-Identifier: GPL-2.0-only
/*
 * libnl builds and parses the messages. They are received here, because libnl 3.7 drops the
 * kernel's sentence about an error, and knows neither IFA_PROTO nor a lost notification.
 */
#include <errno.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "vip/rtnl.h"

#define EVENTS_AT_ONCE 32
#define DUMPS_MAX 5 /* attempts, if the addresses change while they are listed */
#define EVENT_ROOM (1 << 20)

typedef void (*message_fn)(const struct nlmsghdr *h, void *arg);

static int failed(struct rtnl *r, int err)
{
	snprintf(r->why, sizeof(r->why), "%s", strerror(err));
	return -err;
}

static struct nl_sock *open_socket(void)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1, fd;

	if (!sk)
		return NULL;
	if (nl_connect(sk, NETLINK_ROUTE)) {
		nl_socket_free(sk);
		return NULL;
	}
	fd = nl_socket_get_fd(sk);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	return sk;
}

int rtnl_open(struct rtnl *r)
{
	int room = EVENT_ROOM;

	memset(r, 0, sizeof(*r));
	r->requests = open_socket();
	r->events = open_socket();
	if (!r->requests || !r->events)
		return failed(r, errno ? errno : ENOMEM);
	if (setsockopt(rtnl_fd(r), SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(rtnl_fd(r), SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (nl_socket_add_memberships(r->events, RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
				      RTNLGRP_IPV6_IFADDR, 0))
		return failed(r, errno ? errno : EIO);
	return 0;
}

void rtnl_close(struct rtnl *r)
{
	nl_socket_free(r->requests);
	nl_socket_free(r->events);
	r->requests = NULL;
	r->events = NULL;
}

int rtnl_fd(const struct rtnl *r)
{
	return nl_socket_get_fd(r->events);
}

/* Receives one datagram of the kernel. Returns its size or a negative errno. */
static ssize_t receive(struct rtnl *r, const struct nl_sock *sk, int flags)
{
	struct sockaddr_nl from;
	socklen_t len;
	ssize_t n;

	do {
		len = sizeof(from);
		n = recvfrom(nl_socket_get_fd(sk), r->buffer, sizeof(r->buffer), flags,
			     (struct sockaddr *)&from, &len);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid));
	return n < 0 ? -errno : n;
}

/* Stores the kernel's sentence, or the name of the error. Returns a negative errno, or 0. */
static int acknowledge(struct rtnl *r, const struct nlmsghdr *h)
{
	const struct nlmsgerr *e = nlmsg_data(h);
	const struct nlattr *why;

	if (nlmsg_datalen(h) < (int)sizeof(*e))
		return failed(r, EBADMSG);
	if (!e->error)
		return 0;
	failed(r, -e->error);
	why = h->nlmsg_flags & NLM_F_ACK_TLVS
		      ? nlmsg_find_attr((struct nlmsghdr *)h, sizeof(*e), NLMSGERR_ATTR_MSG)
		      : NULL;
	if (why)
		snprintf(r->why, sizeof(r->why), "%.*s", nla_len(why), (const char *)nla_data(why));
	return e->error;
}

/*
 * Handles one datagram of an answer. Returns 1 if there is more to come, 0 at the end, or a
 * negative errno. Sets *@torn if the list changed while the kernel made it.
 */
static int answer(struct rtnl *r, ssize_t n, uint32_t seq, message_fn fn, void *arg, bool *torn)
{
	struct nlmsghdr *h = (struct nlmsghdr *)r->buffer;
	int left = (int)n;

	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left)) {
		if (h->nlmsg_seq != seq)
			continue;
		if (h->nlmsg_flags & NLM_F_DUMP_INTR)
			*torn = true;
		if (h->nlmsg_type == NLMSG_ERROR)
			return acknowledge(r, h);
		if (h->nlmsg_type == NLMSG_DONE) {
			int err = nlmsg_datalen(h) < (int)sizeof(err) ? 0 : *(int *)nlmsg_data(h);

			return err < 0 ? failed(r, -err) : 0;
		}
		if (fn)
			fn(h, arg);
	}
	return 1;
}

/* Sends @msg, which is freed, and handles the answer. */
static int talk(struct rtnl *r, struct nl_msg *msg, message_fn fn, void *arg)
{
	struct nlmsghdr *h;
	bool torn = false;
	uint32_t seq;
	ssize_t n;
	int ret;

	if (!msg)
		return failed(r, ENOMEM);
	nl_complete_msg(r->requests, msg);
	h = nlmsg_hdr(msg);
	seq = h->nlmsg_seq;
	n = send(nl_socket_get_fd(r->requests), h, h->nlmsg_len, 0);
	ret = n < 0 ? failed(r, errno) : 1;
	nlmsg_free(msg);
	while (ret == 1) {
		n = receive(r, r->requests, 0);
		ret = n < 0 ? failed(r, (int)-n) : answer(r, n, seq, fn, arg, &torn);
	}
	return !ret && torn ? failed(r, EINTR) : ret;
}

static void read_link(const struct nlmsghdr *h, struct rtnl_link *link, char *name)
{
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *i = nlmsg_data(h);
	const unsigned int works = IFF_RUNNING | IFF_LOWER_UP;

	memset(link, 0, sizeof(*link));
	name[0] = '\0';
	if (nlmsg_parse((struct nlmsghdr *)h, sizeof(*i), tb, IFLA_MAX, NULL))
		return;
	link->index = i->ifi_index;
	link->up = i->ifi_flags & IFF_UP;
	link->carrier = link->up && (i->ifi_flags & works) == works;
	link->ethernet = i->ifi_type == ARPHRD_ETHER && tb[IFLA_ADDRESS] &&
			 nla_len(tb[IFLA_ADDRESS]) == RTNL_MAC;
	if (link->ethernet)
		memcpy(link->mac, nla_data(tb[IFLA_ADDRESS]), RTNL_MAC);
	if (tb[IFLA_IFNAME])
		nla_strlcpy(name, tb[IFLA_IFNAME], BULLY_DEV_NAME_MAX + 1);
}

static void on_link(const struct nlmsghdr *h, void *arg)
{
	char name[BULLY_DEV_NAME_MAX + 1];

	if (h->nlmsg_type == RTM_NEWLINK)
		read_link(h, arg, name);
}

int rtnl_link(struct rtnl *r, const char *name, struct rtnl_link *link)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK);
	struct ifinfomsg i = {.ifi_family = AF_UNSPEC};
	int ret;

	memset(link, 0, sizeof(*link));
	if (!msg || nlmsg_append(msg, &i, sizeof(i), NLMSG_ALIGNTO) ||
	    nla_put_string(msg, IFLA_IFNAME, name)) {
		nlmsg_free(msg);
		return failed(r, ENOMEM);
	}
	ret = talk(r, msg, on_link, link);
	return ret == -ENODEV ? 0 : ret;
}

/* Returns false if the message is about no IPv4 or IPv6 address. */
static bool read_addr(const struct nlmsghdr *h, struct rtnl_addr *a)
{
	struct nlattr *tb[IFA_MAX + 1], *ip;
	const struct ifaddrmsg *i = nlmsg_data(h);
	uint32_t flags;

	memset(a, 0, sizeof(*a));
	if (nlmsg_parse((struct nlmsghdr *)h, sizeof(*i), tb, IFA_MAX, NULL))
		return false;
	ip = tb[IFA_LOCAL] ? tb[IFA_LOCAL] : tb[IFA_ADDRESS];
	if (i->ifa_family == AF_INET)
		a->family = 4;
	else if (i->ifa_family == AF_INET6)
		a->family = 6;
	if (!a->family || !ip || nla_len(ip) != (a->family == 4 ? 4 : 16))
		return false;
	memcpy(a->bytes, nla_data(ip), (size_t)nla_len(ip));
	flags = tb[IFA_FLAGS] ? nla_get_u32(tb[IFA_FLAGS]) : i->ifa_flags;
	a->index = (int)i->ifa_index;
	a->len = i->ifa_prefixlen;
	a->ours = tb[IFA_PROTO] && nla_get_u8(tb[IFA_PROTO]) == RTNL_PROTO;
	a->temporary = !(flags & IFA_F_PERMANENT);
	a->secondary = a->family == 4 && flags & IFA_F_SECONDARY;
	a->failed = a->family == 6 && flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED);
	return true;
}

/**
 * struct listing - addresses that are being listed
 * @index: index of their interface, or 0
 * @fn: called for each address
 * @arg: its argument
 */
struct listing {
	int index;
	void (*fn)(void *arg, const struct rtnl_addr *a);
	void *arg;
};

static void on_addr(const struct nlmsghdr *h, void *arg)
{
	const struct listing *l = arg;
	struct rtnl_addr a;

	if (h->nlmsg_type == RTM_NEWADDR && read_addr(h, &a) && (!l->index || a.index == l->index))
		l->fn(l->arg, &a);
}

/* If the addresses change meanwhile, lists them again: @fn may see an address twice. */
int rtnl_addrs(struct rtnl *r, int index, void (*fn)(void *arg, const struct rtnl_addr *a),
	       void *arg)
{
	struct ifaddrmsg i = {.ifa_family = AF_UNSPEC, .ifa_index = (unsigned int)index};
	struct listing l = {.index = index, .fn = fn, .arg = arg};
	struct nl_msg *msg;
	int ret, tries = 0;

	do {
		msg = nlmsg_alloc_simple(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
		if (!msg || nlmsg_append(msg, &i, sizeof(i), NLMSG_ALIGNTO)) {
			nlmsg_free(msg);
			return failed(r, ENOMEM);
		}
		ret = talk(r, msg, on_addr, &l);
	} while (ret == -EINTR && ++tries < DUMPS_MAX);
	/* the interface is gone, and so are its addresses */
	return ret == -ENODEV && index ? 0 : ret;
}

static struct nl_msg *addr_request(int type, int flags, int index, const struct vip_addr *a,
				   uint8_t len)
{
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags);
	struct ifaddrmsg i = {
		.ifa_family = a->family == 4 ? AF_INET : AF_INET6,
		.ifa_prefixlen = len,
		.ifa_index = (unsigned int)index,
	};

	if (msg && !nlmsg_append(msg, &i, sizeof(i), NLMSG_ALIGNTO) &&
	    !nla_put(msg, IFA_LOCAL, (int)vip_size(a), a->bytes) &&
	    !nla_put(msg, IFA_ADDRESS, (int)vip_size(a), a->bytes))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/*
 * IPv6: the old leader may still have the address, so it is not tested for duplicates, and this
 * host does not take a deprecated address as the source of its own connections.
 */
int rtnl_add(struct rtnl *r, int index, const struct vip_addr *a)
{
	struct nl_msg *msg = addr_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index, a, a->len);
	struct ifa_cacheinfo life = {.ifa_valid = UINT32_MAX, .ifa_prefered = 0};

	if (!msg || nla_put_u8(msg, IFA_PROTO, RTNL_PROTO) ||
	    (a->family == 6 && (nla_put_u32(msg, IFA_FLAGS, IFA_F_NODAD) ||
				nla_put(msg, IFA_CACHEINFO, sizeof(life), &life)))) {
		nlmsg_free(msg);
		return failed(r, ENOMEM);
	}
	return talk(r, msg, NULL, NULL);
}

int rtnl_del(struct rtnl *r, int index, const struct vip_addr *a, uint8_t len)
{
	return talk(r, addr_request(RTM_DELADDR, 0, index, a, len), NULL, NULL);
}

/* Translates a notification. Returns false if it is about something else. */
static bool read_event(const struct nlmsghdr *h, struct rtnl_event *ev)
{
	const struct ifinfomsg *i = nlmsg_data(h);
	struct rtnl_link link;

	memset(ev, 0, sizeof(*ev));
	if (h->nlmsg_type == RTM_NEWADDR || h->nlmsg_type == RTM_DELADDR) {
		if (!read_addr(h, &ev->addr))
			return false;
		ev->index = ev->addr.index;
		return true;
	}
	if ((h->nlmsg_type != RTM_NEWLINK && h->nlmsg_type != RTM_DELLINK) ||
	    nlmsg_datalen(h) < (int)sizeof(*i) || i->ifi_family != AF_UNSPEC)
		return false;
	read_link(h, &link, ev->name);
	ev->index = link.index;
	return true;
}

int rtnl_events(struct rtnl *r, void (*fn)(void *arg, const struct rtnl_event *ev), void *arg)
{
	struct rtnl_event ev;
	int i, left;
	ssize_t n;

	for (i = 0; i < EVENTS_AT_ONCE; i++) {
		struct nlmsghdr *h = (struct nlmsghdr *)r->buffer;

		n = receive(r, r->events, MSG_DONTWAIT);
		if (n == -EAGAIN)
			return 0;
		if (n == -ENOBUFS) {
			fn(arg, &(struct rtnl_event){.overrun = true});
			continue;
		}
		if (n < 0)
			return failed(r, (int)-n);
		for (left = (int)n; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
			if (read_event(h, &ev))
				fn(arg, &ev);
	}
	return 0;
}
