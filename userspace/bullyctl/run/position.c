// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a position from a file, at the start and when the file changes. The folder is watched and
 * not the file, because a writer may replace the file by rename(2). A folder that is missing, or
 * goes away, is looked for once a second.
 *
 * Only a whole line counts: a line without its end may be one that is being written, and its number
 * would be a wrong one.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/run.h"

#define AGAIN_NS 1000000000ULL
#define READS 16 /* of events at a time: a busy folder must not delay 'run' */
#define CHANGES (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE)
#define ENDS (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)

/* Reads a number of base 10 or 16 of up to @max, and advances *@s. Returns false if it is none. */
static bool number(const char **s, const char *end, unsigned int base, uint64_t max, uint64_t *v)
{
	const char *start = *s;
	uint64_t n = 0;

	for (; *s < end && isxdigit((unsigned char)**s); ++*s) {
		char c = **s;
		unsigned int digit = isdigit((unsigned char)c)
					     ? (unsigned int)(c - '0')
					     : (unsigned int)((c | 0x20) - 'a') + 10;

		if (digit >= base || n > (max - digit) / base)
			return false;
		n = n * base + digit;
	}
	*v = n;
	return *s > start;
}

/* "INDEX", or "X/Y", of which X is the upper half. */
static bool index_of(const char **s, const char *end, uint64_t *index)
{
	const char *slash = memchr(*s, '/', (size_t)(end - *s));
	uint64_t low;

	if (!slash)
		return number(s, end, 10, UINT64_MAX, index);
	if (!number(s, end, 16, UINT32_MAX, index) || *s != slash)
		return false;
	++*s;
	if (!number(s, end, 16, UINT32_MAX, &low))
		return false;
	*index = *index << 32 | low;
	return true;
}

bool position_parse(const char *text, size_t len, uint64_t *term, uint64_t *index)
{
	const char *s = text, *end, *blank;
	uint64_t first, second;

	if (!len || len > POSITION_MAX)
		return false;
	end = text + len - 1;
	if (*end != '\n' || !number(&s, end, 10, UINT64_MAX, &first))
		return false;
	for (blank = s; s < end && (*s == ' ' || *s == '\t'); s++)
		;
	if (s == blank || !index_of(&s, end, &second) || s != end)
		return false;
	*term = first;
	*index = second;
	return true;
}

/* Reads the file. Returns false, and sets @wrong, if it has no position. */
static bool read_file(struct position *p, uint64_t *term, uint64_t *index)
{
	char text[POSITION_MAX + 1];
	struct stat st;
	ssize_t n = -1;
	int fd;

	/* O_NONBLOCK: a FIFO must not stop 'run' */
	fd = open(p->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &st) && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else if (fd >= 0)
		n = read(fd, text, sizeof(text));
	if (n < 0 && errno == EINVAL)
		snprintf(p->wrong, sizeof(p->wrong), "is not a regular file");
	else if (n < 0)
		snprintf(p->wrong, sizeof(p->wrong), "cannot be read: %s", strerror(errno));
	else if (!position_parse(text, (size_t)n, term, index))
		snprintf(p->wrong, sizeof(p->wrong), "is not one line 'TERM INDEX' or 'TERM X/Y'");
	else
		p->wrong[0] = '\0';
	if (fd >= 0)
		close(fd);
	return !p->wrong[0];
}

/*
 * Prints once why the file has no position. A full pipe must not block a leader: then it is tried
 * again.
 */
static void say_wrong(struct ctl *ctl, struct position *p)
{
	if (!p->wrong[0] || p->said)
		return;
	if (!has_room(STDERR_FILENO)) {
		p->again_at = run_now() + AGAIN_NS;
		return;
	}
	p->said = true;
	if (p->known)
		warn(ctl, "position file %s %s; the position stays %llu/%llu", p->path, p->wrong,
		     (unsigned long long)p->term, (unsigned long long)p->index);
	else
		warn(ctl, "position file %s %s; there is no position until it has one", p->path,
		     p->wrong);
}

/* Returns true if the position is another one than before. */
static bool read_position(struct position *p)
{
	uint64_t term, index;
	bool news;

	if (!read_file(p, &term, &index))
		return false;
	p->said = false;
	news = !p->known || term != p->term || index != p->index;
	p->known = true;
	p->term = term;
	p->index = index;
	return news;
}

/* Watches the folder, or plans the next attempt. */
static void watch_folder(struct position *p)
{
	p->watch = inotify_add_watch(p->inotify, p->dir,
				     CHANGES | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR);
	if (p->watch < 0)
		p->again_at = run_now() + AGAIN_NS;
}

/* Returns true if the events that wait may mean that the file has changed. */
static bool read_events(struct position *p)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	bool changed = false;
	ssize_t n, at;
	int i;

	for (i = 0; i < READS; i++) {
		n = read(p->inotify, events, sizeof(events));
		for (at = 0; at < n;) {
			const struct inotify_event *e = (const void *)(events + at);

			at += (ssize_t)(sizeof(*e) + e->len);
			if (e->mask & IN_Q_OVERFLOW)
				changed = true;
			if (e->wd != p->watch)
				continue; /* of a folder that was watched before */
			if (e->mask & ENDS) {
				inotify_rm_watch(p->inotify, p->watch);
				p->watch = -1;
				changed = true;
			} else if (e->len && !strcmp(e->name, p->name)) {
				changed = true;
			}
		}
	}
	return changed;
}

bool position_update(struct ctl *ctl, struct position *p)
{
	bool changed, due, news = false;

	if (!p->path)
		return false;
	due = run_now() >= p->again_at;
	changed = read_events(p);
	if (due)
		p->again_at = RUN_NEVER;
	if (p->watch < 0 && (due || changed)) {
		watch_folder(p);
		changed = true; /* it may have changed before it was watched */
	}
	if (changed)
		news = read_position(p);
	say_wrong(ctl, p);
	return news;
}

int position_open(struct ctl *ctl, struct position *p)
{
	const char *slash;

	if (!p->path)
		return CTL_DONE;
	slash = strrchr(p->path, '/');
	p->name = slash ? slash + 1 : p->path;
	if (strlen(p->path) >= sizeof(p->dir))
		return fail(ctl, CTL_RUN_FAILED, ENAMETOOLONG,
			    "run: --position-file: the path is too long; write a shorter one");
	/* the slash belongs to the folder, so that "/" is one, too */
	snprintf(p->dir, sizeof(p->dir), "%.*s", slash ? (int)(p->name - p->path) : 1,
		 slash ? p->path : ".");
	p->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (p->inotify < 0)
		return fail(ctl, CTL_RUN_FAILED, errno,
			    "run: --position-file: cannot watch a folder: %m; raise "
			    "fs.inotify.max_user_instances");
	p->again_at = RUN_NEVER;
	watch_folder(p);
	read_position(p);
	say_wrong(ctl, p);
	return CTL_DONE;
}

int position_fd(const struct position *p)
{
	return p->path ? p->inotify : -1;
}

uint64_t position_next(const struct position *p)
{
	return p->path ? p->again_at : RUN_NEVER;
}

void position_close(struct position *p)
{
	if (p->path && p->inotify >= 0)
		close(p->inotify);
	p->inotify = -1;
}
