// SPDX-License-Identifier: LGPL-2.1-or-later
/* Opens the status page of a group; page.c reads it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "page.h"

#define READY_TRIES 100 /* a millisecond apart */

/* Reports a missing device as ENXIO, because ENOENT means that the group is missing. */
static int no_device(struct bully *b, int err)
{
	if (err == ENODEV)
		return bully_error_set(b, BULLY_ERR_LOCAL, err,
				       "%s is not the device of the loaded module: in a container, "
				       "make it anew with the number in /proc/misc",
				       BULLY_PAGE_DEVICE);
	if (err == ENOENT || err == ENXIO)
		return bully_error_set(b, BULLY_ERR_LOCAL, ENXIO,
				       "the module is loaded, but %s is missing; a container must "
				       "be given this device",
				       BULLY_PAGE_DEVICE);
	return bully_error_set(b, BULLY_ERR_LOCAL, err, "cannot open %s: %s", BULLY_PAGE_DEVICE,
			       strerror(err));
}

/* The device belongs to the network namespace in which it is opened. */
static int open_there(void *fd)
{
	*(int *)fd = open(BULLY_PAGE_DEVICE, O_RDONLY | O_CLOEXEC);
	return *(int *)fd < 0 ? errno : 0;
}

/* Opens the device. If that fails, checks if the module is loaded. */
static int device_try(struct bully *b, int *out)
{
	int err, ret;

	*out = -1;
	err = bully_netns_run(b, open_there, out);
	if (!err)
		return BULLY_OK;
	if (err == ENOENT || err == ENXIO || err == ENODEV) {
		ret = b->sk ? BULLY_OK : bully_socket_open(b, &b->sk);
		/* without loading the module: a module that was just loaded has no groups */
		if (!ret)
			ret = bully_family_find(b, false);
		if (ret)
			return ret;
	}
	return no_device(b, err);
}

/*
 * The module registers its family shortly before its device can be opened, and returns ENODEV
 * until then. A program that reacts to the new family may be too early, so this tries for a while.
 */
static int device_open(struct bully *b, int *out)
{
	const struct timespec moment = {.tv_nsec = 1000000};
	int ret, tries = READY_TRIES;

	do {
		ret = device_try(b, out);
	} while (ret == BULLY_ERR_LOCAL && b->err.sys_errno == ENODEV && --tries &&
		 !nanosleep(&moment, NULL));
	return ret;
}

static int attach(struct bully *b, const char *group, struct bully_leadership *l)
{
	struct bully_page_attach arg = {{0}, 0};
	int ret, err;

	if (!group || strlen(group) >= sizeof(arg.name))
		ret = bully_error_set(b, BULLY_ERR_REFUSED, EINVAL,
				      "a group's name is 1 to %d bytes long", BULLY_GROUP_NAME_MAX);
	else {
		strcpy(arg.name, group);
		if (!ioctl(l->fd, BULLY_PAGE_ATTACH, &arg)) {
			l->offset_ns = arg.boottime_offset_ns;
			return BULLY_OK;
		}
		err = errno;
		if (err == ENOENT)
			ret = bully_error_set(b, BULLY_ERR_REFUSED, err, "there is no such group");
		else if (err == EINVAL)
			ret = bully_error_set(b, BULLY_ERR_REFUSED, err,
					      "a group cannot have this name");
		else if (err == ENOTTY)
			return bully_error_set(b, BULLY_ERR_SKEW, err,
					       "%s is not the device that this library knows",
					       BULLY_PAGE_DEVICE);
		else
			ret = bully_error_set(b, BULLY_ERR_REFUSED, err,
					      "cannot get the group's status page: %s",
					      strerror(err));
	}
	snprintf(b->err.attr, sizeof(b->err.attr), "name");
	return ret;
}

static int map(struct bully *b, struct bully_leadership *l)
{
	void *p;

	l->size = (size_t)sysconf(_SC_PAGESIZE);
	p = mmap(NULL, l->size, PROT_READ, MAP_SHARED, l->fd, 0);
	if (p == MAP_FAILED)
		return bully_error_set(b, BULLY_ERR_LOCAL, errno,
				       "cannot map the group's status page: %s", strerror(errno));
	l->page = p;
	if (l->page->magic != BULLY_PAGE_MAGIC || l->page->version < BULLY_PAGE_VERSION)
		return bully_error_set(
			b, BULLY_ERR_SKEW, EPROTONOSUPPORT,
			"this library does not know the module's status page: install "
			"the same version of both");
	return BULLY_OK;
}

static int leadership_open(struct bully *b, const char *group, struct bully_leadership **out)
{
	struct bully_leadership *l = calloc(1, sizeof(*l));
	int ret;

	if (!l)
		return bully_error_memory(b);
	l->fd = -1;
	ret = device_open(b, &l->fd);
	if (!ret)
		ret = attach(b, group, l);
	if (!ret)
		ret = map(b, l);
	if (!ret && bully_page_watch_forks(l))
		ret = bully_error_set(b, BULLY_ERR_LOCAL, errno,
				      "cannot map the page that detects forks: %s",
				      strerror(errno));
	if (ret) {
		bully_leadership_close(l);
		return ret;
	}
	*out = l;
	return BULLY_OK;
}

int bully_leadership_open(struct bully *b, const char *group, struct bully_leadership **out)
{
	return bully_error_code(b, leadership_open(b, group, out));
}

void bully_leadership_close(struct bully_leadership *l)
{
	if (!l)
		return;
	if (l->mark)
		munmap(l->mark, l->size);
	if (l->page)
		munmap((void *)l->page, l->size);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}
