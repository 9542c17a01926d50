/* SPDX-License-Identifier: GPL-2.0-only */
/* Facts about the module from files and programs of the host, without a netlink request. */
#ifndef BULLYCTL_MODULE_H
#define BULLYCTL_MODULE_H

#include <stdbool.h>
#include <stddef.h>

/* Returns true if the module is certainly not loaded. Unlike a request, does not load it. */
bool module_absent(void);
/* Returns true in a container that has no modules of this kernel to load. */
bool module_is_for_host(void);
/*
 * Runs @program with @args, which end with NULL, from PATH, /sbin or /usr/sbin: the last two are
 * often missing in the PATH of an ordinary user. Stores its output in @buf (@len) as a string.
 * Returns the exit status, or -1 if the program cannot run.
 */
int module_ask(const char *program, char *const *args, char *buf, size_t len);
/* Writes the version of the loaded module, or an empty string. */
void module_version(char *buf, size_t len);
/*
 * Writes the srcversion, which differs between builds, of the loaded module and of the file that
 * modprobe would load. A value is an empty string if it is unknown, as in a container without
 * /lib/modules.
 */
void module_builds(char *loaded, char *installed, size_t len);
/* Writes the first line of a file without its line feed, or an empty string. */
void file_line(const char *path, char *buf, size_t len);

#endif /* BULLYCTL_MODULE_H */
