/* SPDX-License-Identifier: GPL-2.0-only */
/* What the host says of the module without being asked over netlink. */
#ifndef BULLYCTL_MODULE_H
#define BULLYCTL_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/* Surely not loaded: unlike a request, the question does not load it. */
bool module_absent(void);
/* Returns true in a container that has no modules of this kernel to load. */
bool module_is_for_host(void);
/*
 * Runs a program of PATH or of the folders of the administrator, which are in no path of an
 * ordinary user, with these arguments, the last of which is NULL. Keeps what the program prints
 * as a string. Returns the exit status, or -1 if the program cannot be run.
 */
int module_ask(const char *program, char *const *args, char *buf, size_t len);
/* Its version, or an empty string. */
void module_version(char *buf, size_t len);
/*
 * What tells builds apart: the srcversion of the loaded module, and of the file that modprobe
 * would load. Each is an empty string where it is not known, as in a container without
 * /lib/modules.
 */
void module_builds(char *loaded, char *installed, size_t len);
/* The first line of a file, or an empty string. */
void file_line(const char *path, char *buf, size_t len);

#endif /* BULLYCTL_MODULE_H */
