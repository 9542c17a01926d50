// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads events and reports every gap. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>

#include "internal.h"
#include "timens.h"

#define LOOK_AGAIN_MS 2000 /* how often to search for an absent module: its notice may get lost */
#define LATE_READS 16 /* unwanted datagrams that are read after the time is up */

/* The newest event that is known of a group. */
struct known {
	char name[BULLY_GROUP_NAME_MAX + 1];
	uint64_t session;
	uint64_t seq;
	uint64_t time_ns;
};

/**
 * struct bully_monitor - a monitor
 * @b: the caller's handle, for requests
 * @sk: receives events, and notices that families were added or removed
 * @buf: the datagram that is being read
 * @pos: next message in @buf
 * @left: bytes from @pos to the end of the datagram
 * @filtered: only the group @name is wanted
 * @name: the wanted group
 * @known: the newest known event of each group
 * @known_len: number of @known
 * @look: a snapshot is due
 * @cause: cause of the resync that is reported first, or BULLY_CAUSE_NONE
 * @first: no snapshot was taken yet
 * @module: the module was loaded at the last check
 * @since_ns: the kernel's CLOCK_BOOTTIME before the last snapshot
 * @snap: the last snapshot
 * @snap_len: number of groups in @snap
 * @snap_pos: index in @snap of the next group to report
 * @snap_none: an event without a group is due, because there is no group
 * @group: group of the current event
 * @peer: peer of the current event
 * @ev: the current event
 */
struct bully_monitor {
	struct bully *b;
	struct nl_sock *sk;
	unsigned char *buf;
	struct nlmsghdr *pos;
	int left;
	bool filtered;
	char name[BULLY_GROUP_NAME_MAX + 1];
	struct known *known;
	size_t known_len;
	bool look;
	enum bully_cause cause;
	bool first;
	bool module;
	uint64_t since_ns;
	struct bully_group **snap;
	size_t snap_len;
	size_t snap_pos;
	bool snap_none;
	struct bully_group group;
	struct bully_peer peer;
	struct bully_event ev;
};

static int monitor_open(struct bully *b, const char *name, struct bully_monitor **monitor)
{
	struct bully_monitor *m;
	int ret;

	if (name && (!*name || strlen(name) > BULLY_GROUP_NAME_MAX))
		return bully_error_set(b, BULLY_ERR_REFUSED, EINVAL,
				       "a group's name is 1 to 15 bytes long");
	m = calloc(1, sizeof(*m));
	if (!m)
		return bully_error_memory(b);
	m->b = b;
	m->look = true;
	m->first = true;
	if (name) {
		m->filtered = true;
		strncpy(m->name, name, BULLY_GROUP_NAME_MAX);
	}
	m->buf = malloc(BULLY_BUF_SIZE);
	ret = m->buf ? bully_socket_open(b, &m->sk) : bully_error_memory(b);
	if (!ret && !b->sk)
		ret = bully_socket_open(b, &b->sk);
	if (ret) {
		bully_monitor_close(m);
		return ret;
	}
	/* A large queue, as far as the kernel allows; an overrun leads to a resync. */
	nl_socket_set_buffer_size(m->sk, 1 << 20, 0);
	/* The multicast group of the controller has a fixed number. */
	if (nl_socket_add_membership(m->sk, GENL_ID_CTRL) < 0) {
		bully_monitor_close(m);
		return bully_error_set(b, BULLY_ERR_LOCAL, 0,
				       "cannot listen for the kernel module to be loaded");
	}
	*monitor = m;
	return BULLY_OK;
}

int bully_monitor_open(struct bully *b, const char *name, struct bully_monitor **monitor)
{
	return bully_error_code(b, monitor_open(b, name, monitor));
}

void bully_monitor_close(struct bully_monitor *m)
{
	if (!m)
		return;
	bully_groups_free(m->snap, m->snap_len);
	nl_socket_free(m->sk);
	free(m->known);
	free(m->buf);
	free(m);
}

int bully_monitor_fd(const struct bully_monitor *m)
{
	return nl_socket_get_fd(m->sk);
}

static struct known *known_find(struct bully_monitor *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->known_len; i++)
		if (!strcmp(m->known[i].name, name))
			return &m->known[i];
	return NULL;
}

static void known_set(struct known *k, const struct bully_group *g)
{
	memcpy(k->name, g->name, sizeof(k->name));
	k->session = g->num[BULLY_A_GROUP_SESSION];
	k->seq = g->num[BULLY_A_GROUP_EVENT_SEQ];
	k->time_ns = g->num[BULLY_A_GROUP_TIME];
}

static int known_add(struct bully_monitor *m, const struct bully_group *g)
{
	struct known *more;

	more = realloc(m->known, (m->known_len + 1) * sizeof(*more));
	if (!more)
		return bully_error_memory(m->b);
	m->known = more;
	known_set(&m->known[m->known_len++], g);
	return BULLY_OK;
}

static void known_del(struct bully_monitor *m, struct known *k)
{
	*k = m->known[--m->known_len];
}

static bool wanted(const struct bully_monitor *m, const char *name)
{
	return !m->filtered || !strcmp(m->name, name);
}

/* Requests only the wanted group, so that the number of other groups does not matter. */
static int list_groups(struct bully_monitor *m)
{
	int ret = bully_groups_list(m->b, m->filtered ? m->name : NULL, &m->snap, &m->snap_len);

	/* the wanted group may be missing: that is a valid snapshot */
	if (ret == BULLY_ERR_REFUSED && m->filtered && m->b->err.sys_errno == ENOENT)
		return BULLY_OK;
	return ret;
}

/* Joins the multicast group before it lists: later events have higher numbers than the list. */
static int take_snapshot(struct bully_monitor *m)
{
	size_t i, kept = 0;
	int ret;

	bully_groups_free(m->snap, m->snap_len);
	m->snap = NULL;
	m->snap_len = 0;
	m->snap_pos = 0;
	m->known_len = 0;
	m->look = false;

	ret = bully_family_find(m->b, m->first);
	m->first = false;
	if (!ret) {
		if (nl_socket_add_membership(m->sk, (int)m->b->events) < 0)
			ret = bully_error_set(m->b, BULLY_ERR_ABSENT, ENOENT,
					      "the kernel module bully was unloaded");
	}
	m->since_ns = bully_kernel_now(); /* is_news() compares it with the time of events */
	if (!ret)
		ret = list_groups(m);
	if (ret && ret != BULLY_ERR_ABSENT)
		return ret;
	m->module = !ret;
	for (i = 0; i < m->snap_len; i++) {
		struct bully_group *g = m->snap[i];

		if (wanted(m, g->name))
			m->snap[kept++] = g;
		else
			bully_group_free(g);
	}
	m->snap_len = kept;
	for (i = 0; i < m->snap_len; i++)
		if (known_add(m, m->snap[i]))
			return m->b->err.status;
	m->snap_none = !m->snap_len;
	return BULLY_OK;
}

static void look_again(struct bully_monitor *m, enum bully_cause cause)
{
	m->look = true;
	m->cause = cause;
}

/* Returns true if the event is new. A gap makes a new snapshot due. */
static bool is_news(struct bully_monitor *m, const struct bully_group *g, int type)
{
	struct known *k = known_find(m, g->name);
	bool fresh = type == BULLY_EVENT_GROUP_NEW;
	uint64_t seq = g->num[BULLY_A_GROUP_EVENT_SEQ], time = g->num[BULLY_A_GROUP_TIME];

	if (!k) {
		if (fresh) {
			if (!known_add(m, g))
				return true;
			look_again(m, BULLY_CAUSE_OVERRUN);
			return false;
		}
		/* The group was deleted before the snapshot, or its GROUP_NEW was missed. */
		if (type != BULLY_EVENT_GROUP_DEL && time >= m->since_ns)
			look_again(m, BULLY_CAUSE_GAP);
		return false;
	}
	if (g->num[BULLY_A_GROUP_SESSION] != k->session) {
		if (time < k->time_ns)
			return false; /* from an earlier group of that name */
		if (!fresh && seq != k->seq + 1) {
			look_again(m, BULLY_CAUSE_GAP);
			return false;
		}
	} else {
		/* GROUP_DEL has the number of the group's last event. */
		bool last = type == BULLY_EVENT_GROUP_DEL && seq == k->seq;

		if (seq <= k->seq && !last)
			return false; /* older than the snapshot */
		if (seq != k->seq + 1 && !last) {
			look_again(m, BULLY_CAUSE_GAP);
			return false;
		}
	}
	if (type == BULLY_EVENT_GROUP_DEL)
		known_del(m, k);
	else
		known_set(k, g);
	return true;
}

static int event_type(uint8_t cmd)
{
	switch (cmd) {
	case BULLY_CMD_GROUP_NEW_NTF:
		return BULLY_EVENT_GROUP_NEW;
	case BULLY_CMD_GROUP_DEL_NTF:
		return BULLY_EVENT_GROUP_DEL;
	case BULLY_CMD_CONFIG_NTF:
		return BULLY_EVENT_CONFIG;
	case BULLY_CMD_LEADER_NTF:
		return BULLY_EVENT_LEADER;
	case BULLY_CMD_STATE_NTF:
		return BULLY_EVENT_STATE;
	case BULLY_CMD_PEER_NTF:
		return BULLY_EVENT_PEER;
	}
	return -1; /* an event of a later version: its number counts, but it is not reported */
}

static bool on_event(struct bully_monitor *m, struct nlmsghdr *nlh)
{
	struct nlattr *tb[BULLY_A_MAX + 1];
	int type;

	if (bully_decode_top(nlh, tb) < 0 || !tb[BULLY_A_GROUP])
		return false;
	memset(&m->group, 0, sizeof(m->group));
	memset(&m->peer, 0, sizeof(m->peer));
	if (bully_decode_group(tb[BULLY_A_GROUP], &m->group) < 0 ||
	    bully_decode_owners(nlh, &m->group) < 0)
		return false;
	if (tb[BULLY_A_PEER] && bully_decode_peer(tb[BULLY_A_PEER], &m->peer) < 0)
		return false;
	if (!wanted(m, m->group.name))
		return false;
	type = event_type(genlmsg_hdr(nlh)->cmd);
	if (!is_news(m, &m->group, type) || type < 0)
		return false;
	m->ev.type = (enum bully_event_type)type;
	m->ev.group = &m->group;
	m->ev.peer = m->peer.set ? &m->peer : NULL;
	return true;
}

static void on_family(struct bully_monitor *m, struct nlmsghdr *nlh)
{
	uint8_t cmd;

	if (!genlmsg_valid_hdr(nlh, 0) || !bully_family_is_ours(nlh))
		return;
	cmd = genlmsg_hdr(nlh)->cmd;
	if (cmd == CTRL_CMD_DELFAMILY && m->module)
		look_again(m, BULLY_CAUSE_MODULE_GONE);
	else if (cmd == CTRL_CMD_NEWFAMILY && !m->module)
		look_again(m, BULLY_CAUSE_MODULE_LOADED);
}

/* Reads the rest of the datagram until there is an event to report; returns true if so. */
static bool read_on(struct bully_monitor *m)
{
	while (!m->look && m->left && nlmsg_ok(m->pos, m->left)) {
		struct nlmsghdr *nlh = m->pos;

		m->pos = nlmsg_next(nlh, &m->left);
		if (nlh->nlmsg_type == GENL_ID_CTRL)
			on_family(m, nlh);
		else if (m->module && nlh->nlmsg_type == m->b->family && on_event(m, nlh))
			return true;
	}
	if (!m->look)
		m->left = 0;
	return false;
}

static int receive(struct bully_monitor *m)
{
	int n = bully_socket_recv(m->sk, m->buf, MSG_DONTWAIT);

	if (n == -EAGAIN)
		return BULLY_OK;
	if (n == -ENOBUFS || n == -EMSGSIZE) {
		look_again(m, BULLY_CAUSE_OVERRUN);
		return BULLY_OK;
	}
	if (n < 0)
		return bully_error_set(m->b, BULLY_ERR_LOCAL, -n, "cannot receive events: %s",
				       strerror(-n));
	m->pos = (struct nlmsghdr *)m->buf;
	m->left = n;
	return BULLY_OK;
}

/* Sets m->ev to the next event that needs no waiting; *@have is false if there is none. */
static int pending(struct bully_monitor *m, bool *have)
{
	*have = true;
	memset(&m->ev, 0, sizeof(m->ev));
	if (m->look && m->cause) {
		m->ev.type = BULLY_EVENT_RESYNC;
		m->ev.cause = m->cause;
		m->ev.module = m->cause == BULLY_CAUSE_MODULE_LOADED ||
			       (m->module && m->cause != BULLY_CAUSE_MODULE_GONE);
		m->cause = BULLY_CAUSE_NONE;
		return BULLY_OK;
	}
	if (m->look && take_snapshot(m)) {
		m->look = true; /* the next call tries again */
		return m->b->err.status;
	}
	m->ev.module = m->module;
	if (m->snap_pos < m->snap_len) {
		m->ev.group = m->snap[m->snap_pos++];
		return BULLY_OK;
	}
	if (m->snap_none) {
		m->snap_none = false;
		return BULLY_OK;
	}
	*have = read_on(m);
	return BULLY_OK;
}

static int monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev)
{
	uint64_t start = bully_monotonic_now();
	int late = 0;

	*ev = NULL;
	for (;;) {
		struct pollfd fd = {.fd = bully_monitor_fd(m), .events = POLLIN};
		uint64_t spent = (bully_monotonic_now() - start) / 1000000;
		int ret, wait = -1;
		bool have;

		ret = pending(m, &have);
		if (ret)
			return ret;
		if (have) {
			*ev = &m->ev;
			return BULLY_OK;
		}
		if (m->look)
			continue;
		if (timeout_ms >= 0)
			wait = spent >= (uint64_t)timeout_ms ? 0 : timeout_ms - (int)spent;
		if (!m->module && (wait < 0 || wait > LOOK_AGAIN_MS))
			wait = LOOK_AGAIN_MS;
		ret = poll(&fd, 1, wait);
		if (ret < 0 && errno != EINTR)
			return bully_error_set(m->b, BULLY_ERR_LOCAL, errno,
					       "cannot wait for events: %s", strerror(errno));
		if (ret > 0 && receive(m))
			return m->b->err.status;
		/* endless events of other groups must not prolong the wait */
		if (ret > 0 && !wait && ++late == LATE_READS)
			return BULLY_OK;
		if (ret > 0)
			continue;
		if (!m->module && !bully_family_find(m->b, false))
			look_again(m, BULLY_CAUSE_MODULE_LOADED);
		else if (m->module || m->b->err.status == BULLY_ERR_ABSENT)
			m->b->err.status = BULLY_OK;
		else if (m->b->err.status)
			return m->b->err.status;
		if (timeout_ms >= 0 && spent >= (uint64_t)timeout_ms && !m->look)
			return BULLY_OK;
	}
}

int bully_monitor_next(struct bully_monitor *m, int timeout_ms, const struct bully_event **ev)
{
	return bully_error_code(m->b, monitor_next(m, timeout_ms, ev));
}
