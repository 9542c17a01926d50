// SPDX-License-Identifier: GPL-2.0-only
/* Reads facts about the loaded module from /sys, and about its file from modinfo(8). */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "host/module.h"
#include "process/capture.h"

void file_line(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "re");

	buf[0] = '\0';
	if (!f)
		return;
	if (!fgets(buf, (int)len, f))
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	fclose(f);
}

bool module_absent(void)
{
	return !access("/sys/module", F_OK) && access("/sys/module/bully", F_OK);
}

bool module_is_for_host(void)
{
	static const char *const marks[] = {"/run/systemd/container", "/run/.containerenv",
					    "/.dockerenv"};
	struct utsname host;
	char path[sizeof("/lib/modules/") + sizeof(host.release)];
	size_t i;

	if (uname(&host))
		return false;
	snprintf(path, sizeof(path), "/lib/modules/%s", host.release);
	if (!access(path, F_OK))
		return false;
	for (i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (!access(marks[i], F_OK))
			return true;
	return false;
}

void module_version(char *buf, size_t len)
{
	file_line("/sys/module/bully/version", buf, len);
}

int module_ask(const char *program, char *const *args, char *buf, size_t len)
{
	static const char *const folders[] = {"", "/sbin/", "/usr/sbin/"};
	char path[64], *command[8] = {path};
	int status = -1;
	size_t i;

	for (i = 0; args[i] && i + 2 < sizeof(command) / sizeof(*command); i++)
		command[i + 1] = args[i];
	for (i = 0; status < 0 && i < sizeof(folders) / sizeof(*folders); i++) {
		snprintf(path, sizeof(path), "%s%s", folders[i], program);
		status = capture(command, buf, len);
	}
	return status;
}

void module_builds(char *loaded, char *installed, size_t len)
{
	file_line("/sys/module/bully/srcversion", loaded, len);
	if (module_ask("modinfo", (char *[]){"-F", "srcversion", "bully", NULL}, installed, len))
		installed[0] = '\0';
	installed[strcspn(installed, "\n")] = '\0';
}
