/* SPDX-License-Identifier: GPL-2.0-only */
/* Values as people write them: durations, numbers, addresses, names. */
#ifndef BULLYCTL_VALUES_H
#define BULLYCTL_VALUES_H

#include "base/ctl.h"

#define SENTENCE_LEN 512
#define ADDR_STRLEN 96
#define DUR_STRLEN 32

/*
 * Each of these returns 0, or -1 with a sentence in @err (of SENTENCE_LEN)
 * that names the word @what and the text that was given.
 */
int parse_dur(const char *what, const char *s, uint64_t min_ns, uint64_t max_ns, uint64_t *ns,
	      char *err);
int parse_u32(const char *what, const char *s, uint32_t min, uint32_t max, uint32_t *v, char *err);
int parse_bool(const char *what, const char *s, bool *v, char *err);
int parse_name(const char *s, char *err);
/* @name: BULLY_DEV_NAME_MAX + 1 bytes; empty for 'none'. There need be no such interface. */
int parse_dev(const char *what, const char *s, char *name, char *err);
/* @wild: also '*' and '*:PORT', no address but perhaps a port. */
int parse_addr(const char *what, const char *s, bool wild, struct bully_addr *addr, char *err);
/*
 * The address with a port that somebody may have meant by an IPv6 address whose end looks like
 * a port, as in 2001:db8::1:7400; or NULL.
 */
const char *addr_with_port(const char *s, char *buf);

/* Exactly, as parse_dur() takes it: 1500ms. */
const char *format_dur(uint64_t ns, char *buf);
/* For reading: 1.5s. */
const char *format_dur_short(uint64_t ns, char *buf);
/* With the port; an empty string where there is no address. */
const char *format_addr(const struct bully_addr *a, char *buf);
/* Where this node listens; an empty string for the default. */
const char *format_local(const struct bully_group *g, char *buf);

#endif /* BULLYCTL_VALUES_H */
