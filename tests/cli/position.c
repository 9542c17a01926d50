// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests which files run takes for a position, and how it follows one: written in place, replaced,
 * malformed, gone, its folder gone. The current folder is empty, and is written to.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/run.h"

#define SECOND 1000000000ULL
#define MAX UINT64_MAX
#define ZEROS "00000000000000000000000000000000000000000000000000000000000000000000000000000000"

static uint64_t now_ns = 1000 * SECOND;
static char said[512];
static int warnings, failed;
static bool room = true;

uint64_t run_now(void)
{
	return now_ns;
}

bool has_room(int fd)
{
	(void)fd;
	return room;
}

int fail(struct ctl *ctl, int status, int sys_errno, const char *fmt, ...)
{
	(void)ctl, (void)sys_errno, (void)fmt;
	return status;
}

void warn(struct ctl *ctl, const char *fmt, ...)
{
	va_list args;

	(void)ctl;
	va_start(args, fmt);
	vsnprintf(said, sizeof(said), fmt, args);
	va_end(args);
	warnings++;
}

static void is(bool so, const char *what)
{
	if (so)
		return;
	printf("%s; said '%s' (%d)\n", what, said, warnings);
	failed++;
}

static const struct {
	const char *text;
	bool good;
	uint64_t term, index;
} texts[] = {
	{"3 5000\n", true, 3, 5000},
	{"0 0\n", true, 0, 0},
	{"0 1\n", true, 0, 1},
	{"007 08\n", true, 7, 8},
	{"3\t5000\n", true, 3, 5000},
	{"3 \t 5000\n", true, 3, 5000},
	{"18446744073709551615 18446744073709551615\n", true, MAX, MAX},
	{"3 0/16B3748\n", true, 3, 23803720},
	{"3 0/16b3748\n", true, 3, 23803720},
	{"10 a/0\n", true, 10, 10ULL << 32},
	{"1 10/10\n", true, 1, (16ULL << 32) + 16},
	{"1 FFFFFFFF/FFFFFFFF\n", true, 1, MAX},
	{"1 " ZEROS "1\n", true, 1, 1},
	{.text = ""},
	{.text = "\n"},
	{.text = "3\n"},
	{.text = "3 \n"},
	{.text = "3 5000"}, /* the writer may not be done */
	{.text = "3 0/16B3748"},
	{.text = " 3 5000\n"},
	{.text = "3 5000 \n"},
	{.text = "3 5000\r\n"},
	{.text = "3 5000\n\n"},
	{.text = "3 5000\n3 5001\n"},
	{.text = "3\n5000\n"},
	{.text = "3 5000 1\n"},
	{.text = "-3 5000\n"},
	{.text = "3 -5000\n"},
	{.text = "+3 5000\n"},
	{.text = "3 0x10\n"},
	{.text = "3 5000.0\n"},
	{.text = "3 16B3748\n"},
	{.text = "a 5000\n"},
	{.text = "3 /16B3748\n"},
	{.text = "3 0/\n"},
	{.text = "3 0/1/2\n"},
	{.text = "3 0 /1\n"},
	{.text = "3 0/ 1\n"},
	{.text = "3 0/g\n"},
	{.text = "3 100000000/0\n"},
	{.text = "3 0/100000000\n"},
	{.text = "18446744073709551616 0\n"},
	{.text = "0 18446744073709551616\n"},
	{.text = "0 99999999999999999999999999\n"},
	{.text = "3/0 5\n"},
	{.text = "1 " ZEROS ZEROS "1\n"},
	{.text = "garbage\n"},
};

static void test_texts(void)
{
	uint64_t term, index;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		bool good;

		term = index = 77;
		good = position_parse(texts[i].text, strlen(texts[i].text), &term, &index);
		is(good == texts[i].good, texts[i].text);
		is(!good || (term == texts[i].term && index == texts[i].index), texts[i].text);
		is(good || (term == 77 && index == 77), "a malformed text changes no number");
	}
	is(!position_parse("3 5\0\n", 5, &term, &index), "a NUL is malformed");
	is(!position_parse("3 \x80\n", 4, &term, &index), "a byte above 127 is malformed");
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	is(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text),
	   "the file is written");
	close(fd);
}

static void replace(const char *path, const char *text)
{
	put("folder/new", text);
	is(!rename("folder/new", path), "the file is renamed");
}

static bool ready(const struct position *p)
{
	struct pollfd fd = {.fd = position_fd(p), .events = POLLIN};

	return poll(&fd, 1, 0) > 0;
}

/* Returns true if a changed file was noticed, and @term and @index are the position. */
static bool follows(struct position *p, uint64_t term, uint64_t index)
{
	bool noticed = ready(p);

	return position_update(NULL, p) && noticed && !ready(p) && p->known && p->term == term &&
	       p->index == index;
}

/* Returns true if the file has changed, the position stays, and @more warnings came. */
static bool stays(struct position *p, uint64_t term, uint64_t index, int more)
{
	bool noticed = ready(p);
	int before = warnings;

	return !position_update(NULL, p) && noticed && p->term == term && p->index == index &&
	       warnings == before + more;
}

static void test_file(void)
{
	struct position p = {.path = "folder/position"};
	int before;

	is(!mkdir("folder", 0755) && !position_open(NULL, &p), "a folder is watched");
	is(!p.known && warnings == 1 && strstr(said, "No such file"), "a missing file is told");
	is(strstr(said, "there is no position until") != NULL, "what follows is told");
	is(!position_update(NULL, &p) && warnings == 1, "it is told once");
	put("folder/position", "1 5\n");
	is(follows(&p, 1, 5), "a new file is followed");
	put("folder/position", "1 5\n");
	is(stays(&p, 1, 5, 0), "the same position again is no news");
	put("folder/position", "1 4\n");
	is(follows(&p, 1, 4), "a lower position is a position, too");
	replace("folder/position", "2 0/10\n");
	is(follows(&p, 2, 16), "a file that is renamed over it is followed");
	put("folder/other", "9 9\n");
	is(stays(&p, 2, 16, 0), "another file is not read");
	put("folder/position", "garbage\n");
	is(stays(&p, 2, 16, 1) && strstr(said, "is not one line"), "garbage is told");
	is(strstr(said, "the position stays 2/16") != NULL, "the position that stays is told");
	put("folder/position", "");
	is(stays(&p, 2, 16, 0), "more garbage is not");
	unlink("folder/position");
	is(stays(&p, 2, 16, 0), "nor that it vanishes then");
	replace("folder/position", "2 17\n");
	is(follows(&p, 2, 17), "it is followed when it is back");
	unlink("folder/position");
	is(stays(&p, 2, 17, 1), "that it vanishes is told again after that");
	mkfifo("folder/new", 0644);
	rename("folder/new", "folder/position");
	is(stays(&p, 2, 17, 0), "a FIFO has no position, and stops nothing");
	unlink("folder/position");
	mkdir("folder/new", 0755);
	rename("folder/new", "folder/position");
	is(stays(&p, 2, 17, 0) && strstr(p.wrong, "regular"), "nor has a folder");
	rmdir("folder/position");
	replace("folder/position", "2 18\n");
	is(follows(&p, 2, 18), "a file instead of a folder has one");

	room = false;
	put("folder/position", "garbage\n");
	is(stays(&p, 2, 18, 0), "a full pipe gets no warning");
	room = true;
	before = warnings;
	now_ns = position_next(&p);
	is(!position_update(NULL, &p) && warnings == before + 1, "the warning comes later");
	is(position_next(&p) == RUN_NEVER, "and once");
	put("folder/position", "2 18\n");
	is(stays(&p, 2, 18, 0), "the same position after garbage is no news");

	rename("folder", "gone");
	before = warnings;
	is(!position_update(NULL, &p) && warnings == before + 1,
	   "a folder that moves away is told");
	is(position_next(&p) == now_ns + SECOND, "and looked for in a second");
	put("gone/position", "8 8\n");
	is(!position_update(NULL, &p) && p.term == 2, "a folder of another name is not followed");
	mkdir("folder", 0755);
	put("folder/position", "3 1\n");
	is(!position_update(NULL, &p), "before the second is over nothing is looked for");
	now_ns += SECOND;
	is(position_update(NULL, &p) && p.term == 3 && p.index == 1, "a new folder is found");
	is(position_next(&p) == RUN_NEVER, "and looked for no more");
	put("folder/position", "3 2\n");
	is(follows(&p, 3, 2), "and followed");
	position_close(&p);
}

static void test_start(void)
{
	struct position p = {.path = "folder/position"}, none = {.path = NULL};
	struct position here = {.path = "position"};

	put("folder/position", "4 4\n");
	is(!position_open(NULL, &p) && p.known && p.term == 4, "a file is read at the start");
	position_close(&p);
	put("position", "5 5\n");
	is(!position_open(NULL, &here) && here.term == 5, "a file in the current folder is read");
	put("position", "5 6\n");
	is(follows(&here, 5, 6), "and followed");
	position_close(&here);
	is(!position_open(NULL, &none) && !position_update(NULL, &none) && position_fd(&none) < 0 &&
		   position_next(&none) == RUN_NEVER,
	   "without a file nothing happens");
	position_close(&none);
}

int main(void)
{
	alarm(20);
	test_texts();
	test_file();
	test_start();
	return failed != 0;
}
