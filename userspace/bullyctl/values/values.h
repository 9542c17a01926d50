/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses and formats values: durations, numbers, addresses, names. */
#ifndef BULLYCTL_VALUES_H
#define BULLYCTL_VALUES_H

#include "base/ctl.h"

#define SENTENCE_LEN 512
#define ADDR_STRLEN 96
#define DUR_STRLEN 32
#define GUARD_STRLEN 512 /* BULLY_GUARD_MAX addresses */

/*
 * Each parse function returns 0, or -1 and in @err (SENTENCE_LEN) a sentence that names the option
 * @what and the given text @s.
 */
int parse_dur(const char *what, const char *s, uint64_t min_ns, uint64_t max_ns, uint64_t *ns,
	      char *err);
int parse_u32(const char *what, const char *s, uint32_t min, uint32_t max, uint32_t *v, char *err);
int parse_bool(const char *what, const char *s, bool *v, char *err);
/* The name of a group. */
int parse_name(const char *s, char *err);
/* Another name, of up to @max bytes: @what, such as '--name', is told to the user. */
int parse_word(const char *what, const char *s, size_t max, char *err);
/* @name: BULLY_DEV_NAME_MAX + 1 bytes; empty for 'none'. The interface need not exist. */
int parse_dev(const char *what, const char *s, char *name, char *err);
/* @wild: also accept '*' and '*:PORT', which give no address. */
int parse_addr(const char *what, const char *s, bool wild, struct bully_addr *addr, char *err);
/* Returns the port of @a, the default port if none was given. */
unsigned int addr_port(const struct bully_addr *a);
/* Return true if both are the same address, without and with the port. */
bool addr_same_host(const struct bully_addr *a, const struct bully_addr *b);
bool addr_same(const struct bully_addr *a, const struct bully_addr *b);
/* Refuses an address that no host has; for @wild, advice also names '*'. */
int check_addr(const char *what, const char *s, bool wild, const struct bully_addr *addr,
	       char *err);
/* Reads 'ADDR,ADDR' or 'none' into @g. */
int parse_guard(const char *what, const char *s, struct bully_group *g, char *err);
/* Returns true if @g guards the address; ports do not count. */
bool guard_has(const struct bully_group *g, const struct bully_addr *a);
/*
 * If @s is an IPv6 address whose end looks like a port, as in 2001:db8::1:7400, writes the address
 * with that port, [2001:db8::1]:7400, to @buf (ADDR_STRLEN) and returns @buf; else returns NULL.
 */
const char *addr_with_port(const char *s, char *buf);

/* Writes the exact duration, as parse_dur() reads it: 1500ms. Returns @buf (DUR_STRLEN). */
const char *format_dur(uint64_t ns, char *buf);
/* Writes a rounded duration for users: 1.5s. Returns @buf (DUR_STRLEN). */
const char *format_dur_short(uint64_t ns, char *buf);
/* Writes the address with its port, or "" if there is no address. Returns @buf (ADDR_STRLEN). */
const char *format_addr(const struct bully_addr *a, char *buf);
/* Writes a guarded address. Returns @buf (ADDR_STRLEN). */
const char *format_guard(const struct bully_addr *a, char *buf);
/* Writes the guarded addresses, as parse_guard() reads them, or "". Returns @buf (GUARD_STRLEN). */
const char *format_guards(const struct bully_group *g, char *buf);
/* Writes the address that this node listens on, or "" for the default. Returns @buf. */
const char *format_local(const struct bully_group *g, char *buf);

#endif /* BULLYCTL_VALUES_H */
