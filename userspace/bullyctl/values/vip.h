/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings of 'bullyctl vip': one table for command line and files. */
#ifndef BULLYCTL_VIP_SETTINGS_H
#define BULLYCTL_VIP_SETTINGS_H

#include "values/words.h"

#define VIP_ADDRS_MAX 32
#define VIP_TRACKS_MAX 8
#define VIP_STRLEN 64
#define VIP_ANNOUNCE_NS 60000000000u
#define VIP_ANNOUNCE_MIN_NS 1000000000u
#define VIP_ANNOUNCE_MAX_NS 86400000000000u

/**
 * struct vip_addr - a virtual address
 * @family: 4 or 6
 * @bytes: the address in network byte order; the first 4 or 16 bytes are used
 * @len: length of the prefix
 * @dev: name of its interface
 */
struct vip_addr {
	uint8_t family;
	uint8_t bytes[16];
	uint8_t len;
	char dev[BULLY_DEV_NAME_MAX + 1];
};

/**
 * struct vip_settings - the settings of one group
 * @addrs: the virtual addresses
 * @addrs_len: number of @addrs
 * @begun: number of @addrs when the present section began
 * @dev: interface of the present section, or an empty string
 * @tracks: names of the tracked interfaces
 * @tracks_len: number of @tracks
 * @announce_ns: interval of announcements; 0 for none
 * @announce_given: @announce_ns was given
 */
struct vip_settings {
	struct vip_addr addrs[VIP_ADDRS_MAX];
	size_t addrs_len;
	size_t begun;
	char dev[BULLY_DEV_NAME_MAX + 1];
	char tracks[VIP_TRACKS_MAX][BULLY_DEV_NAME_MAX + 1];
	size_t tracks_len;
	uint64_t announce_ns;
	bool announce_given;
};

extern const struct words vip_words;

/*
 * vip_begin() begins a section of a file, or the command line; vip_end() checks it and gives its
 * addresses their interface. vip_take() reads one setting, and finds those that are given twice.
 * take and end return 0, or -1 and a sentence in @err (SENTENCE_LEN).
 */
void vip_begin(struct vip_settings *s);
int vip_take(struct vip_settings *s, const struct word *w, const char *value, char *err);
int vip_end(struct vip_settings *s, char *err);
/* Writes the address with its length: 10.0.0.100/24. Returns @buf (VIP_STRLEN). */
const char *format_vip(const struct vip_addr *a, char *buf);
/* Returns the number of bytes in @bytes. */
size_t vip_size(const struct vip_addr *a);

#endif /* BULLYCTL_VIP_SETTINGS_H */
