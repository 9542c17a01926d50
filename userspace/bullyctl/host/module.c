// SPDX-License-Identifier: GPL-2.0-only
/* What /sys says of the module, and modinfo(8) of its file. */
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

void module_builds(char *loaded, char *installed, size_t len)
{
	/* it is in no path of an ordinary user */
	static char *const programs[] = {"modinfo", "/sbin/modinfo"};
	size_t i;

	file_line("/sys/module/bully/srcversion", loaded, len);
	installed[0] = '\0';
	for (i = 0; i < sizeof(programs) / sizeof(*programs); i++) {
		char *command[] = {programs[i], "-F", "srcversion", "bully", NULL};
		int status = capture(command, installed, len);

		installed[strcspn(installed, "\n")] = '\0';
		if (status >= 0 && status)
			installed[0] = '\0';
		if (status >= 0)
			return;
	}
}
