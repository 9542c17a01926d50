/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The status page: who leads, in memory that any process may map read-only. */
#ifndef _UAPI_LINUX_BULLY_PAGE_H
#define _UAPI_LINUX_BULLY_PAGE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Open /dev/bully (read only), name a group of the network namespace in which it was
 * opened by BULLY_PAGE_ATTACH, map one page at offset 0 with PROT_READ. A descriptor
 * names a group once. read() of 8 bytes gives bully_page.changes as it is, and poll()
 * says that the descriptor is readable while that is not what read() gave last.
 *
 * An open descriptor, and a mapping, keep the module loaded, but neither the group nor
 * the namespace: when the group is deleted, gone becomes 1 and the kernel writes
 * nothing more. A group that setconf replaces keeps its page; the numbers of its events
 * start again.
 */
#define BULLY_PAGE_DEVICE	"/dev/bully"
#define BULLY_PAGE_MAGIC	0x62756c79U	/* "buly" */
#define BULLY_PAGE_VERSION	1
#define BULLY_PAGE_NAME_LEN	16		/* with at least one NUL */

/**
 * struct bully_page - a group as it is; the writer is the kernel alone
 * @magic: BULLY_PAGE_MAGIC
 * @version: BULLY_PAGE_VERSION; what is added later comes at the end
 * @seq: odd while the rest is being written; another one after it was
 * @state: enum bully_state
 * @quorum: enum bully_quorum
 * @gone: 1 once the group is deleted
 * @id: of this node
 * @leader: id of the leader, 0 for none
 * @epoch: of that leader, or of the last one
 * @lease_end_ns: a leader leads until then: ns of CLOCK_BOOTTIME of the initial time
 *	namespace; in classic mode ~0 while it leads; 0 where this node does not lead
 * @event_seq: number of the group's newest event
 * @changes: rises with every change of anything but @lease_end_ns and @event_seq
 */
struct bully_page {
	__u32 magic;
	__u32 version;
	__u32 seq;
	__u32 state;
	__u32 quorum;
	__u32 gone;
	__u32 id;
	__u32 leader;
	__u64 epoch;
	__u64 lease_end_ns;
	__u64 event_seq;
	__u64 changes;
};

/**
 * struct bully_page_attach - which group a descriptor is for
 * @name: of the group, NUL padded
 * @boottime_offset_ns: set by the kernel: what CLOCK_BOOTTIME of the caller's time
 *	namespace is ahead of that of the initial one
 */
struct bully_page_attach {
	char name[BULLY_PAGE_NAME_LEN];
	__s64 boottime_offset_ns;
};

/* 0, or -1 with ENOENT (no such group), EINVAL (a bad name), EBUSY (done before). */
#define BULLY_PAGE_ATTACH	_IOWR(0xb5, 0x01, struct bully_page_attach)

#endif /* _UAPI_LINUX_BULLY_PAGE_H */
