// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts, feeds and stops a watchdog of the host. A watchdog starts when its device is opened. It
 * stops only if 'V' is written before the device is closed (magic close), so it also fires after
 * the death of this process.
 *
 * Feeds belong to the main loop of 'run' and not to a thread: a loop that hangs must not be fed.
 *
 * The state in sysfs is read before the device is opened, because opening cannot be undone if the
 * driver does not stop, and closing would stop a watchdog that is about to reset the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/watchdog.h>

#include "run/run.h"

#define FEEDS 4 /* feeds in one timeout */
#define SECOND_NS 1000000000ULL
#define MISC_MAJOR 10
#define WATCHDOG_MINOR 130 /* /dev/watchdog, another name of the device of watchdog0 */
#define ATTRIBUTE_LEN 32

/* Prints "watchdog PATH" and the rest of a sentence. */
#define refuse(ctl, w, number, fmt, ...)                                                           \
	fail(ctl, CTL_RUN_FAILED, number, "watchdog %s" fmt, (w)->path, ##__VA_ARGS__)

/* Reads a line of the watchdog's folder in sysfs. Returns false if there is none. */
static bool read_attribute(dev_t dev, const char *name, char *line)
{
	char path[96];
	ssize_t n;
	int fd;

	if (dev == makedev(MISC_MAJOR, WATCHDOG_MINOR))
		snprintf(path, sizeof(path), "/sys/class/watchdog/watchdog0/%s", name);
	else
		snprintf(path, sizeof(path), "/sys/dev/char/%u:%u/%s", major(dev), minor(dev),
			 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, ATTRIBUTE_LEN - 1);
	close(fd);
	if (n < 0)
		return false;
	line[n] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return true;
}

/* Checks what can be known before the device is opened. */
static int look(struct ctl *ctl, const struct watchdog *w)
{
	char nowayout[ATTRIBUTE_LEN], state[ATTRIBUTE_LEN];
	struct stat st;

	if (stat(w->path, &st))
		return refuse(ctl, w, errno, ": %s%s", strerror(errno),
			      errno == ENOENT
				      ? "; load the driver of this host's watchdog, or 'modprobe "
					"softdog', and see 'wdctl'"
				      : "");
	if (!S_ISCHR(st.st_mode))
		return refuse(ctl, w, ENOTTY,
			      " is not a device; write the device of a watchdog, as in "
			      "/dev/watchdog0");
	if (!read_attribute(st.st_rdev, "nowayout", nowayout) ||
	    !read_attribute(st.st_rdev, "state", state))
		return refuse(ctl, w, ENOTTY,
			      " is not in /sys/class/watchdog; write a device that 'wdctl' lists, "
			      "as in /dev/watchdog0");
	if (strcmp(nowayout, "0"))
		return refuse(
			ctl, w, EPERM,
			" cannot be stopped, so each end of leadership would reset this host; "
			"load its driver with nowayout=0");
	if (strcmp(state, "inactive"))
		return refuse(ctl, w, EBUSY,
			      " runs already: another process holds it, such as systemd with "
			      "RuntimeWatchdogSec=, or has died and the reset is near; write "
			      "another device, or wait for the reset");
	return CTL_DONE;
}

static int set_timeout(struct ctl *ctl, const struct watchdog *w)
{
	int wanted = (int)(w->timeout_ns / SECOND_NS), got = wanted;

	/* a driver with a fixed timeout refuses to set any */
	if (ioctl(w->fd, WDIOC_SETTIMEOUT, &got) && ioctl(w->fd, WDIOC_GETTIMEOUT, &got))
		return refuse(ctl, w, errno, ": its driver refuses a timeout of %ds: %s", wanted,
			      strerror(errno));
	if (got != wanted)
		return refuse(ctl, w, EINVAL,
			      ": its driver has a timeout of %ds instead of %ds; write "
			      "--watchdog-timeout %ds",
			      got, wanted, got);
	return CTL_DONE;
}

/* Feeds the watchdog. Returns 0 or an errno. */
static int feed(struct watchdog *w, uint64_t now)
{
	if (ioctl(w->fd, WDIOC_KEEPALIVE, NULL))
		return errno;
	w->fed_at = now;
	return 0;
}

/* Prepares the open device: the watchdog runs. */
static int prepare(struct ctl *ctl, struct watchdog *w)
{
	struct watchdog_info info = {0};
	int ret;

	if (ioctl(w->fd, WDIOC_GETSUPPORT, &info))
		return refuse(ctl, w, errno,
			      " is not a watchdog: %s; write a device that 'wdctl' lists",
			      strerror(errno));
	if (!(info.options & WDIOF_MAGICCLOSE))
		return refuse(ctl, w, EOPNOTSUPP,
			      ": its driver stops it when 'run' is killed (no magic close); write "
			      "another device, or 'modprobe softdog'");
	ret = set_timeout(ctl, w);
	if (ret)
		return ret;
	ret = feed(w, run_now());
	if (ret)
		return refuse(ctl, w, ret, " cannot be fed: %s; write another device",
			      strerror(ret));
	return CTL_DONE;
}

static int cannot_open(struct ctl *ctl, const struct watchdog *w, int err)
{
	if (err == EBUSY)
		return refuse(ctl, w, err,
			      ": another process holds it, such as systemd with "
			      "RuntimeWatchdogSec=; stop that process, or write another device");
	return refuse(ctl, w, err, " cannot be opened: %s", strerror(err));
}

int watchdog_open(struct ctl *ctl, struct watchdog *w)
{
	int ret;

	if (!w->path)
		return CTL_DONE;
	ret = look(ctl, w);
	if (ret)
		return ret;
	/* the command must not inherit the device: a copy would delay the close */
	w->fd = open(w->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->fd < 0)
		return cannot_open(ctl, w, errno);
	w->open = true;
	w->until = RUN_NEVER;
	ret = prepare(ctl, w);
	if (ret)
		watchdog_close(w);
	return ret;
}

int watchdog_try(struct ctl *ctl, struct watchdog *w)
{
	int ret = watchdog_open(ctl, w);

	if (!ret)
		watchdog_close(w);
	return ret;
}

int watchdog_feed(struct watchdog *w, uint64_t now)
{
	int ret = 0;

	if (now < watchdog_next(w))
		return 0;
	if (now < w->until)
		ret = feed(w, now);
	/* a feed that is too late, or that fails, is the last: watchdog_next() must not repeat it
	 */
	if (ret || now >= w->until)
		w->until = 0;
	return ret;
}

uint64_t watchdog_next(const struct watchdog *w)
{
	uint64_t due = w->fed_at + w->timeout_ns / FEEDS;

	return w->open && due < w->until ? due : RUN_NEVER;
}

void watchdog_limit(struct watchdog *w, uint64_t bound)
{
	uint64_t early = w->timeout_ns / FEEDS;

	w->until = bound > early ? bound - early : 0;
}

uint64_t watchdog_left(const struct watchdog *w, uint64_t now)
{
	uint64_t at = w->fed_at + w->timeout_ns;

	return now < at ? at - now : 0;
}

void watchdog_close(struct watchdog *w)
{
	if (!w->open)
		return;
	if (write(w->fd, "V", 1) < 0)
		errno = 0; /* the watchdog fires: there is no other way to stop it */
	close(w->fd);
	w->open = false;
}
