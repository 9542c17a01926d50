/* SPDX-License-Identifier: GPL-2.0-only */
/* bullyctl vip: addresses that follow the leader. */
#ifndef BULLYCTL_VIP_H
#define BULLYCTL_VIP_H

#include "vip/leader.h"
#include "vip/rtnl.h"

int cmd_vip(struct ctl *ctl, int argc, char **argv);

#define VIP_LENS_MAX 4
#define VIP_NICS_MAX (VIP_ADDRS_MAX + VIP_TRACKS_MAX)

/**
 * struct nic - an interface that is used or tracked
 * @name: its name
 * @link: what the kernel last said about it
 * @missed: its absence was reported, or need not be
 * @tracked: this node is not a candidate while the interface has no carrier
 */
struct nic {
	char name[BULLY_DEV_NAME_MAX + 1];
	struct rtnl_link link;
	bool missed;
	bool tracked;
};

/**
 * struct place - a virtual address and its interface
 * @want: the address
 * @nic: its interface
 * @lens: the lengths of the prefixes with which the interface has the address
 * @lens_len: number of @lens
 * @ours: the interface has the address from a bullyctl
 * @broken: the kernel does not use the address: it looks for a duplicate, or has found one
 * @put: bullyctl has put the address there in this leadership
 * @failed: the last request about the address has failed, and that was reported
 * @again_at: when to try again; 0 if there is nothing to do
 * @window_at: when the present second of a dispute began
 * @puts: how often the address was put back in that second
 * @said_at: when the dispute was last reported; 0 for never
 */
struct place {
	const struct vip_addr *want;
	struct nic *nic;
	uint8_t lens[VIP_LENS_MAX];
	size_t lens_len;
	bool ours;
	bool broken;
	bool put;
	bool failed;
	uint64_t again_at;
	uint64_t window_at;
	unsigned int puts;
	uint64_t said_at;
};

/**
 * struct keeper - adds and removes the addresses
 * @ctl: the run of the tool
 * @group: name of the group
 * @rtnl: the way to the kernel
 * @nics: the interfaces
 * @nics_len: number of @nics
 * @places: the addresses
 * @places_len: number of @places
 * @look: links or addresses may have changed, so ask the kernel
 * @fresh: an address was added, or a link is back or has another hardware address
 * @again_at: when to try again to ask the kernel; LEADER_NEVER if that has not failed
 */
struct keeper {
	struct ctl *ctl;
	const char *group;
	struct rtnl rtnl;
	struct nic nics[VIP_NICS_MAX];
	size_t nics_len;
	struct place places[VIP_ADDRS_MAX];
	size_t places_len;
	bool look;
	bool fresh;
	uint64_t again_at;
};

/* keep.c: keep_open() returns 0, or an exit status after an error message. */
int keep_open(struct keeper *k, struct ctl *ctl, const char *group, const struct vip_settings *s);
void keep_close(struct keeper *k);
/* Begins to report interfaces that are absent. */
void keep_begin(struct keeper *k);
/* Reads notifications, and asks the kernel for links and addresses if they may have changed. */
void keep_update(struct keeper *k);
/*
 * Puts each missing address on its interface if that is up. Before each one asks @l if this node
 * may lead. Reports @why.
 */
void keep_put(struct keeper *k, struct leader *l, const char *why);
/*
 * Removes the addresses; with @ours only those of a bullyctl. Reports @why. Returns true if the
 * kernel has confirmed that none is left.
 */
bool keep_remove(struct keeper *k, bool ours, const char *why);
/*
 * As keep_remove(), for the end: tries again for up to 5 s. Returns 0, or an exit status after an
 * error message.
 */
int keep_end(struct keeper *k, bool ours, const char *why);
/* Returns true if an interface has one of the addresses. */
bool keep_has(const struct keeper *k);
/* Returns true if all tracked interfaces have a carrier. */
bool keep_fit(const struct keeper *k);
/* Returns when keep_put() or keep_remove() must be called again, or LEADER_NEVER. */
uint64_t keep_next(const struct keeper *k);

/*
 * check.c: both check before anything is changed, and return 0, or an exit status after an error
 * message. The first one is about the group and its peers, the other one about this host.
 */
int check_group(struct ctl *ctl, const char *group, const struct vip_settings *s);
int check_host(struct keeper *k);

/**
 * struct announcer - announces the addresses
 * @fd: a packet socket
 * @interval_ns: interval when all is quiet; 0 for none
 * @began: when the present series began
 * @step: number of announcements in it
 * @next: when to announce next; LEADER_NEVER if this node does not lead
 * @last: when the last announcement was sent
 * @failed: the last announcement was not sent, and that was reported
 */
struct announcer {
	int fd;
	uint64_t interval_ns;
	uint64_t began;
	unsigned int step;
	uint64_t next;
	uint64_t last;
	bool failed;
};

/* announce.c: announce_open() returns 0, or an exit status after an error message. */
int announce_open(struct announcer *a, struct ctl *ctl, uint64_t interval_ns);
void announce_close(struct announcer *a);
/* Begins a series: at once, and after 100 ms, 1 s and 5 s. */
void announce_begin(struct announcer *a);
void announce_stop(struct announcer *a);
/* Sends what is due. Before each packet asks @l if this node may lead. */
void announce_work(struct announcer *a, struct keeper *k, struct leader *l);

/* loop.c: runs until a signal. Returns an exit status. */
int vip_loop(struct keeper *k, struct announcer *a, struct leader *l);

/* say.c: prints a line about @group, with the time unless the journal has it; never waits. */
void vip_say(struct ctl *ctl, const char *group, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif /* BULLYCTL_VIP_H */
