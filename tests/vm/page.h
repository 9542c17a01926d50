/* SPDX-License-Identifier: GPL-2.0-only */
/* page.h - declares the functions that the parts of the status page's test program share */
#ifndef BULLY_TEST_PAGE_H
#define BULLY_TEST_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "bully.h"
#include "bully_page.h"

#define PAGE_SLOTS 8
#define PAGE_SIZE 4096
#define PAGE_RETRIES 1000
#define PAGE_PATIENCE_MS 10000

/* page_look.c: page_begin() notes the network namespace of this process, and is called first. */
void page_begin(void);
int64_t page_now_ns(void);
int page_open(const char *ns, int flags);
int page_attach(int fd, const char *name, int64_t *offset);
void page_copy(const struct bully_page *page, struct bully_page *out);

/* Returns how often the read was repeated, or PAGE_RETRIES if each read was torn. */
unsigned int page_snap(const struct bully_page *page, struct bully_page *out);

/* Repeats the read until it is whole: the writer may have to wait for a processor. */
bool page_snap_soon(const struct bully_page *page, struct bully_page *out);

/* Returns the mapped page of a group, or ends the program. */
const struct bully_page *page_look(const char *ns, const char *group, int64_t *offset);

/* page_watch.c: each function returns the program's status and prints one line. */
int page_storm(const char *ns, const char *group, int ms);
int page_order(const char *group, int ms, int n, char **ns);
int page_behind(const char *ns, const char *group);
int page_churn(const char *ns, const char *group);
int page_crowd(const char *ns, const char *group, int n);

#endif /* BULLY_TEST_PAGE_H */
