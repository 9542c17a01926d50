// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which watchdogs run refuses, and when it feeds one; this file simulates the device and its
 * folder in sysfs. The linker gives it the calls of watchdog.c (--wrap).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/watchdog.h>

#include "run/run.h"

#define MS 1000000ULL
#define SECOND (1000 * MS)
#define DEVICE_FD 1000
#define NONE "none"

/**
 * struct device - a simulated device
 * @stat_errno: stat() fails
 * @mode: type of the file
 * @minor: its minor number
 * @nowayout: content of the file in sysfs; NULL: of a fit watchdog; NONE: there is no file
 * @state: likewise
 * @open_errno, @support_errno, @set_errno, @feed_errno: the call fails
 * @careless: the driver has no magic close
 * @timeout: the timeout that the driver has after WDIOC_SETTIMEOUT; 0: as it is set
 */
struct device {
	int stat_errno;
	mode_t mode;
	unsigned int minor;
	const char *nowayout, *state;
	int open_errno, support_errno, set_errno, feed_errno;
	bool careless;
	int timeout;
};

static struct device dev;
static char said[512], done[64];
static uint64_t now_ns = 1000 * SECOND;
static int failed;

uint64_t run_now(void)
{
	return now_ns;
}

int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
{
	va_list args;

	(void)ctl, (void)sys_errno;
	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	return status;
}

/* Records a call as one letter. */
static void did(char letter)
{
	size_t len = strlen(done);

	if (len + 1 < sizeof(done))
		done[len] = letter;
}

int __wrap_stat(const char *path, struct stat *st);
int __wrap_stat(const char *path, struct stat *st)
{
	(void)path;
	errno = dev.stat_errno;
	*st = (struct stat){.st_mode = dev.mode ? dev.mode : S_IFCHR,
			    .st_rdev = dev.minor ? makedev(10, dev.minor) : makedev(247, 0)};
	return dev.stat_errno ? -1 : 0;
}

static int file_with(const char *given, const char *fit)
{
	const char *text = given ? given : fit;
	int fd = strcmp(text, NONE) ? memfd_create("attribute", 0) : -1;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		return -1;
	lseek(fd, 0, SEEK_SET);
	return fd;
}

int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
	const char *folder =
		dev.minor == 130 ? "/sys/class/watchdog/watchdog0/" : "/sys/dev/char/247:0/";
	size_t len = strlen(folder);

	if (!strncmp(path, folder, len))
		return strcmp(path + len, "state") ? file_with(dev.nowayout, "0\n")
						   : file_with(dev.state, "inactive\n");
	if (strcmp(path, "/dev/dog") || !(flags & O_CLOEXEC)) {
		printf("unexpected: open '%s' with flags %d\n", path, flags);
		failed++;
	}
	errno = dev.open_errno;
	if (dev.open_errno)
		return -1;
	did('o');
	return DEVICE_FD;
}

int __wrap_ioctl(int fd, unsigned long request, void *arg);
int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	struct watchdog_info *info = arg;
	int *timeout = arg;

	errno = fd == DEVICE_FD ? 0 : EBADF;
	switch (request) {
	case WDIOC_GETSUPPORT:
		errno = dev.support_errno;
		info->options = dev.careless ? 0 : WDIOF_MAGICCLOSE;
		break;
	case WDIOC_SETTIMEOUT:
		errno = dev.set_errno;
		if (!errno && dev.timeout)
			*timeout = dev.timeout;
		break;
	case WDIOC_GETTIMEOUT:
		errno = dev.timeout ? 0 : EOPNOTSUPP;
		*timeout = dev.timeout;
		break;
	case WDIOC_KEEPALIVE:
		errno = dev.feed_errno;
		if (!errno)
			did('f');
		break;
	default:
		errno = ENOTTY;
	}
	return errno ? -1 : 0;
}

ssize_t __real_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len);
ssize_t __wrap_write(int fd, const void *data, size_t len)
{
	if (fd != DEVICE_FD)
		return __real_write(fd, data, len);
	did(len == 1 ? *(const char *)data : '?');
	return (ssize_t)len;
}

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
	if (fd != DEVICE_FD)
		return __real_close(fd);
	did('c');
	return 0;
}

/* What watchdog_open() does, and the sentence with which it refuses a device. */
static const struct {
	struct device dev;
	const char *done, *said;
} devices[] = {
	{{0}, "of", ""},
	{{.minor = 130}, "of", ""},
	{{.timeout = 4}, "of", ""},
	{{.set_errno = EOPNOTSUPP, .timeout = 4}, "of", ""},
	{{.stat_errno = ENOENT}, "", ": No such file or directory; load the driver"},
	{{.stat_errno = EACCES}, "", "watchdog /dev/dog: Permission denied"},
	{{.mode = S_IFREG}, "", " is not a device; write the device of a watchdog"},
	{{.mode = S_IFBLK}, "", " is not a device"},
	{{.nowayout = NONE}, "", " is not in /sys/class/watchdog; write a device that"},
	{{.state = NONE}, "", " is not in /sys/class/watchdog; write a device that"},
	{{.nowayout = "1\n"}, "", "; load its driver with nowayout=0"},
	{{.nowayout = ""}, "", "; load its driver with nowayout=0"},
	{{.state = "active\n"}, "", " runs already: another process holds it, such as"},
	{{.state = ""}, "", " runs already"},
	{{.open_errno = EBUSY}, "", "; stop that process, or write another device"},
	{{.open_errno = EACCES}, "", " cannot be opened: Permission denied"},
	{{.support_errno = ENOTTY}, "oVc", " is not a watchdog: Inappropriate ioctl"},
	{{.careless = true}, "oVc", " (no magic close); write another device"},
	{{.timeout = 64}, "oVc", " 64s instead of 4s; write --watchdog-timeout 64s"},
	{{.timeout = 3}, "oVc", " 3s instead of 4s; write --watchdog-timeout 3s"},
	{{.set_errno = EINVAL, .timeout = 60}, "oVc", "; write --watchdog-timeout 60s"},
	{{.set_errno = EIO}, "oVc", ": its driver refuses a timeout of 4s: Operation not"},
	{{.feed_errno = EIO}, "oVc", " cannot be fed: Input/output error; write another"},
};

static void expect(bool ok, const char *what, size_t row)
{
	if (ok)
		return;
	printf("row %zu: %s; said '%s', did '%s'\n", row, what, said, done);
	failed++;
}

static void begin(const struct device *d)
{
	dev = *d;
	memset(said, 0, sizeof(said));
	memset(done, 0, sizeof(done));
}

static void test_devices(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(devices); i++) {
		struct watchdog w = {.path = "/dev/dog", .timeout_ns = 4 * SECOND};
		bool good = !devices[i].said[0];
		int ret;

		begin(&devices[i].dev);
		ret = watchdog_open(NULL, &w);
		expect(ret == (good ? CTL_DONE : CTL_RUN_FAILED), "another status", i);
		expect(w.open == good, "open, or not", i);
		expect(!strcmp(done, devices[i].done), devices[i].done, i);
		expect(good ? !said[0] : strstr(said, devices[i].said) != NULL, devices[i].said, i);
		expect(good || !strncmp(said, "watchdog /dev/dog", 17), "the device is named", i);
		watchdog_close(&w);
		expect(!good || !strcmp(done, "ofVc"), "the magic close", i);
		watchdog_close(&w);
		begin(&devices[i].dev);
		ret = watchdog_try(NULL, &w);
		expect(ret == (good ? CTL_DONE : CTL_RUN_FAILED) && !w.open, "the trial", i);
		expect(!good || !strcmp(done, "ofVc"), "what the trial does", i);
	}
}

/*
 * Leadership ends at @end, and the processes have to be dead at @bound. The loop is late by up to
 * @late each time. Returns the time of the reset.
 */
static uint64_t starve(struct watchdog *w, uint64_t end, uint64_t bound, uint64_t late)
{
	uint64_t last = 0;

	while (watchdog_next(w) != RUN_NEVER) {
		if (w->until == RUN_NEVER && watchdog_next(w) + late >= end) {
			now_ns = end;
			watchdog_limit(w, bound);
			continue;
		}
		expect(watchdog_next(w) > last || watchdog_next(w) == w->fed_at + w->timeout_ns / 4,
		       "a feed that is asked for again", 0);
		last = watchdog_next(w);
		now_ns = last > now_ns ? last : now_ns;
		now_ns += late;
		watchdog_feed(w, now_ns);
	}
	return w->fed_at + w->timeout_ns;
}

static void test_limit(uint64_t timeout, uint64_t kill_after, uint64_t late)
{
	struct watchdog w = {.path = "/dev/dog", .timeout_ns = timeout};
	uint64_t end, bound, reset, latest, step;

	for (step = 0; step < 20; step++) {
		begin(&devices[0].dev);
		if (watchdog_open(NULL, &w))
			continue; /* test_devices() reports it */
		end = now_ns + 2 * timeout + step * timeout / 20;
		bound = end + kill_after + 100 * MS;
		reset = starve(&w, end, bound, late);
		latest = bound + timeout / 4 * 3 + late;
		if (latest < end + timeout)
			latest = end + timeout;
		expect(reset <= latest, "the reset is late", step);
		expect(late || reset >= bound + timeout / 2, "the reset is early", step);
		expect(reset >= end + timeout / 4 * 3 - late, "the reset is early after a feed",
		       step);
		expect(watchdog_left(&w, reset - MS) == MS && !watchdog_left(&w, reset + 1),
		       "the time that is left", step);
		watchdog_close(&w);
	}
}

static void test_feeds(void)
{
	struct watchdog none = {.timeout_ns = SECOND}, w = {.path = "/dev/dog"};

	begin(&devices[0].dev);
	expect(!watchdog_open(NULL, &none) && !watchdog_try(NULL, &none) && !none.open &&
		       watchdog_next(&none) == RUN_NEVER && !watchdog_feed(&none, now_ns) &&
		       !done[0],
	       "without a device nothing is done", 0);
	w.timeout_ns = 4 * SECOND;
	watchdog_open(NULL, &w);
	expect(watchdog_next(&w) == now_ns + SECOND, "a feed after a quarter", 0);
	expect(!watchdog_feed(&w, now_ns + SECOND - 1) && !strcmp(done, "of"), "no early feed", 0);
	now_ns += SECOND;
	expect(!watchdog_feed(&w, now_ns) && !strcmp(done, "off"), "a feed in time", 0);
	now_ns += SECOND;
	dev.feed_errno = EIO;
	expect(watchdog_feed(&w, now_ns) == EIO, "the error of a feed", 0);
	expect(watchdog_next(&w) == RUN_NEVER, "no feed after one that failed", 0);
	/* just after boot, with a long timeout */
	watchdog_limit(&w, SECOND / 2);
	expect(watchdog_next(&w) == RUN_NEVER, "no feed after a limit before boot", 0);
	watchdog_close(&w);
	expect(watchdog_next(&w) == RUN_NEVER, "no feed of a watchdog that is stopped", 0);
}

int main(void)
{
	static const uint64_t kill_after[] = {0, 500 * MS, SECOND, 3 * SECOND, 30 * SECOND};
	uint64_t timeout;
	size_t i;

	test_devices();
	test_feeds();
	for (timeout = SECOND; timeout <= 10 * SECOND; timeout += SECOND)
		for (i = 0; i < ARRAY_SIZE(kill_after); i++) {
			test_limit(timeout, kill_after[i], 0);
			test_limit(timeout, kill_after[i], timeout / 20);
		}
	return failed > 0;
}
