// SPDX-License-Identifier: GPL-2.0-only
/* Checks the host: module, device, clocks, and packets of the network namespace. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "clocksource.h"
#include "doctor/doctor.h"
#include "host/module.h"

#define DEVICE "/dev/bully"

static void versions(struct doctor *d)
{
	char version[32];

	d->check = "version";
	module_version(version, sizeof(version));
	if (!version[0])
		doctor_find(d, FINDING_WARNING, NULL,
			    "the module does not tell its version; bullyctl is " BULLYCTL_VERSION);
	else if (strcmp(version, BULLYCTL_VERSION))
		doctor_find(d, FINDING_WARNING,
			    "load the module that was installed with this bullyctl, or install the "
			    "bullyctl of the loaded module",
			    "the module is %s, bullyctl " BULLYCTL_VERSION, version);
	else
		doctor_find(d, FINDING_OK, NULL, "module and bullyctl are both %s", version);
}

/* Reports a module that was upgraded on the disk, but not loaded yet. */
static void build(struct doctor *d)
{
	char loaded[64], installed[64];

	module_builds(loaded, installed, sizeof(loaded));
	if (!loaded[0] || !installed[0])
		return;
	if (!strcmp(loaded, installed))
		doctor_find(d, FINDING_OK, NULL, "the loaded module is the installed one");
	else
		doctor_find(d, FINDING_WARNING,
			    "rmmod bully; modprobe bully; bullyctl setconf FILE; if this node "
			    "leads, run 'bullyctl resign' first; a guard keeps the module loaded "
			    "until 'group set NAME guard none': see Documentation/upgrading.rst",
			    "the loaded module is another build than the one on the disk, which "
			    "the next boot loads (srcversion %s, and %s)",
			    loaded, installed);
}

bool doctor_module(struct doctor *d)
{
	struct bully_stats *s;
	int ret;

	d->check = "module";
	ret = module_absent() ? -ENOPKG : bully_stats_get(d->ctl->b, NULL, &s);
	if (ret == -ENOPKG) {
		doctor_absent(d);
		return false;
	}
	if (ret) {
		doctor_find(d, FINDING_FAIL,
			    ret == -EPROTO ? "install the same version of both" : NULL, "%s",
			    bully_error(d->ctl->b));
		return false;
	}
	bully_stats_free(s);
	doctor_find(d, FINDING_OK, NULL, "the kernel module bully is loaded and answers");
	versions(d);
	build(d);
	return true;
}

static void device(struct doctor *d)
{
	struct stat st;
	int fd;

	d->check = "device";
	if (stat(DEVICE, &st)) {
		doctor_find(d, FINDING_WARNING,
			    "let udev make the device, or give it to the container; its number is "
			    "in /proc/misc",
			    DEVICE ": %s; programs cannot read there whether they lead",
			    strerror(errno));
		return;
	}
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	if (!S_ISCHR(st.st_mode) || fd < 0)
		doctor_find(d, FINDING_WARNING, "ls -l " DEVICE, DEVICE " cannot be opened: %s",
			    S_ISCHR(st.st_mode) ? strerror(errno) : "it is not a device");
	else
		doctor_find(d, FINDING_OK, NULL, DEVICE " is there");
	if (fd >= 0)
		close(fd);
}

/* Checks the cost of reading the clock, and the time of day. */
static void clocksource(struct doctor *d)
{
	const char *help = "cat /sys/devices/system/clocksource/clocksource0/available_clocksource";
	char name[64];

	d->check = "clock";
	file_line(BULLY_CLOCKSOURCE, name, sizeof(name));
	if (bully_clocksource_is_cheap(name))
		doctor_find(d, FINDING_OK, NULL, "the clock '%s' is read without a system call",
			    name);
	else if (bully_clocksource_is_unclear(name))
		doctor_find(d, FINDING_OK, NULL,
			    "cannot tell from inside this machine whether reading the clock '%s' "
			    "costs a system call",
			    name);
	else
		doctor_find(d, FINDING_WARNING, help,
			    "the clock '%s' costs a system call to read: asking whether this node "
			    "leads takes longer",
			    name[0] ? name : "unknown");
	if (clock_ns(CLOCK_REALTIME) / 1000000000 < BUILT_S)
		doctor_find(d, FINDING_FAIL, "set the clock, and keep it set with NTP",
			    "the wall clock is years behind: this node's epochs will be refused "
			    "or look old");
}

void doctor_host(struct doctor *d)
{
	device(d);
	clocksource(d);
}

void doctor_net(struct doctor *d, const struct bully_stats *s)
{
	size_t len;
	const uint64_t *drops = bully_stats_drops(s, &len);
	uint64_t strange = drops[BULLY_DROP_LENGTH] + drops[BULLY_DROP_MAGIC];

	d->check = "packets";
	if (drops[BULLY_DROP_VERSION])
		doctor_find(d, FINDING_WARNING, "install the same version on all nodes",
			    "%" PRIu64 " messages were of another version of the protocol",
			    drops[BULLY_DROP_VERSION]);
	if (drops[BULLY_DROP_GROUP])
		doctor_find(d, FINDING_WARNING, "%s show",
			    "%" PRIu64 " messages were for groups that do not exist here",
			    drops[BULLY_DROP_GROUP]);
	if (strange)
		doctor_find(d, FINDING_WARNING, "tcpdump -ni any udp port 28559",
			    "%" PRIu64
			    " packets were not bully messages: another program uses the "
			    "port",
			    strange);
	if (!strange && !drops[BULLY_DROP_VERSION] && !drops[BULLY_DROP_GROUP])
		doctor_find(d, FINDING_OK, NULL, "nothing arrived that belongs to no group");
}
