// SPDX-License-Identifier: GPL-2.0-only
/*
 * candidacy.c - tests libbully's calls for candidacies against the module
 *
 *   candidacy GROUP
 *
 * GROUP exists and has no owner. Prints a line for each failure, and ends with their
 * number.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libbully.h>
#include <linux/netlink.h>

#define MS 1000000u

static const char *group;
static struct bully *b;
static int failed;

static void is(const char *what, bool so, const char *detail)
{
	if (so)
		return;
	printf("%s: %s\n", what, detail);
	failed++;
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static void sleep_ms(unsigned int ms)
{
	const struct timespec ts = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * MS};

	nanosleep(&ts, NULL);
}

static bool owned(uint32_t *portid)
{
	struct bully_group **g;
	bool ret;
	size_t n;

	if (bully_groups_get(b, group, &g, &n))
		return false;
	ret = bully_group_owned(g[0]);
	if (portid)
		*portid = (uint32_t)bully_group_owner(g[0], 0, BULLY_A_OWNER_PORTID);
	bully_groups_free(g, n);
	return ret;
}

static struct bully_candidacy *own(const char *what, uint64_t deadline_ns)
{
	struct bully_candidacy *c = NULL;

	is(what, !bully_candidacy_own(b, group, deadline_ns, &c), bully_error(b));
	if (!c)
		exit(failed);
	return c;
}

static void refused(const char *what, int ret, const char *text, int err)
{
	char detail[300];

	snprintf(detail, sizeof(detail), "returned %d, errno %d, '%s'", ret, -ret, text);
	is(what, ret == -err && text[0], detail);
}

static void life(void)
{
	struct bully_candidacy *c, *second = NULL;
	int ret;

	c = own("a socket owns the candidacy", 0);
	is("the group has an owner", owned(NULL), "it has none");
	is("an owner without a deadline refreshes", !bully_candidacy_refresh(c),
	   bully_candidacy_error(c));
	ret = bully_candidacy_own(b, group, 0, &second);
	refused("a second owner", ret, bully_error(b), EBUSY);
	is("a refused second owner gets no handle", !second, "it got one");
	is("the first owner refreshes", !bully_candidacy_refresh(c), bully_candidacy_error(c));
	ret = bully_candidacy_own(b, "nosuch", 0, &second);
	refused("no such group", ret, bully_error(b), ENOENT);
	ret = bully_candidacy_own(b, group, 1, &second);
	refused("too short a deadline", ret, bully_error(b), ERANGE);
	is("the error names the deadline", !strcmp(bully_error_attr(b), "deadline"),
	   bully_error_attr(b));
	bully_candidacy_release(c);
	is("a released candidacy has no owner", !owned(NULL), "it has one");
	bully_candidacy_release(NULL);

	c = own("a socket owns with a deadline", 300 * (uint64_t)MS);
	sleep_ms(600);
	refused("a late refresh", bully_candidacy_refresh(c), bully_candidacy_error(c), ESTALE);
	is("a late owner has lost the candidacy", !owned(NULL), "it has an owner");
	second = own("another socket owns while the late one is open", 0);
	bully_candidacy_release(c);
	is("the release of a late owner leaves the next owner", owned(NULL), "nobody owns it");
	bully_candidacy_release(second);
}

/* Returns the state of an owner, or -1 if there is none of this name. */
static int state(const char *name)
{
	struct bully_group **g;
	int ret = -1;
	size_t n, i;

	if (bully_groups_get(b, group, &g, &n))
		return -1;
	for (i = 0; i < bully_group_owners(g[0]); i++)
		if (!strcmp(bully_group_owner_name(g[0], i), name))
			ret = (int)bully_group_owner(g[0], i, BULLY_A_OWNER_STATE);
	is("an owner beyond the last has no name", !bully_group_owner_name(g[0], i), "it has one");
	bully_groups_free(g, n);
	return ret;
}

/* Two sockets own together, each under its own name. */
static void together(void)
{
	struct bully_candidacy *first = own("a socket owns under the default name", 0);
	struct bully_candidacy *c = NULL, *weighed = NULL;
	int ret;

	is("the default name is owner", state("owner") == BULLY_OWNER_STATE_OK, "it is not ok");
	ret = bully_candidacy_own_as(b, group, "second", 0, false, &c);
	is("a second socket owns under another name", !ret, bully_error(b));
	if (ret)
		exit(failed);
	is("it is unwilling", state("second") == BULLY_OWNER_STATE_UNWILLING, "it is not");
	is("it becomes willing", !bully_candidacy_set_willing(c, true), bully_candidacy_error(c));
	is("it is willing", state("second") == BULLY_OWNER_STATE_OK, "it is not");
	is("it refreshes", !bully_candidacy_refresh(c), bully_candidacy_error(c));
	is("a refresh changes no will", state("second") == BULLY_OWNER_STATE_OK, "it does");
	ret = bully_candidacy_own_as(b, group, "second", 0, true, &c);
	refused("a third socket under that name", ret, bully_error(b), EBUSY);
	ret = bully_candidacy_own_weight(b, group, "weighed", 256, 0, false, &c);
	refused("a weight of 256", ret, bully_error(b), ERANGE);
	ret = bully_candidacy_own_weight(b, group, "weighed", 255, 0, false, &weighed);
	is("an owner has a weight", !ret && state("weighed") == BULLY_OWNER_STATE_UNWILLING,
	   bully_error(b));
	bully_candidacy_forget(weighed);
	ret = bully_candidacy_own_as(b, group, "a b", 0, true, &c);
	refused("a name with a space", ret, bully_error(b), EINVAL);
	ret = bully_candidacy_own_as(b, group, "", 0, true, &c);
	refused("an empty name", ret, bully_error(b), EINVAL);
	ret = bully_candidacy_own_as(b, group, "a-name-of-more-than-31-characters", 0, true, &c);
	refused("a long name", ret, bully_error(b), EINVAL);
	bully_candidacy_forget(c);
	is("an owner that forgets is not missed", state("second") < 0, "it is");
	bully_candidacy_release(first);
	is("an owner that releases is missed", state("owner") == BULLY_OWNER_STATE_VACANT,
	   "it is not");
	bully_candidacy_forget(NULL);
}

/* Returns true if the owner has this position, and the group has @term/@index of all. */
static bool at(const char *name, uint64_t term, uint64_t index, uint64_t most_term,
	       uint64_t most_index)
{
	struct bully_group **g;
	bool ret = false;
	size_t n, i;

	if (bully_groups_get(b, group, &g, &n))
		return false;
	for (i = 0; i < bully_group_owners(g[0]); i++)
		if (!strcmp(bully_group_owner_name(g[0], i), name))
			ret = bully_group_owner(g[0], i, BULLY_A_OWNER_POSITION_TERM) == term &&
			      bully_group_owner(g[0], i, BULLY_A_OWNER_POSITION_INDEX) == index;
	if (bully_group_has(g[0], BULLY_A_GROUP_POSITION_TERM) != (most_term || most_index) ||
	    bully_group_get(g[0], BULLY_A_GROUP_POSITION_TERM) != most_term ||
	    bully_group_get(g[0], BULLY_A_GROUP_POSITION_INDEX) != most_index)
		ret = false;
	bully_groups_free(g, n);
	return ret;
}

static void positions(void)
{
	struct bully_candidacy *c = own("a socket owns without a position", 1500 * (uint64_t)MS);
	struct bully_candidacy *second = NULL;

	is("it has none", at("owner", 0, 0, 0, 0), "it has one");
	is("it tells one", !bully_candidacy_set_position(c, 3, 5), bully_candidacy_error(c));
	is("the kernel has it", at("owner", 3, 5, 3, 5), "it has not");
	is("an unwilling owner", !bully_candidacy_set_willing(c, false), bully_candidacy_error(c));
	is("the will and a refresh leave it", !bully_candidacy_refresh(c) && at("owner", 3, 5, 3, 5),
	   "it is another one");
	is("it tells another", !bully_candidacy_set_position(c, UINT64_MAX, UINT64_MAX - 1),
	   bully_candidacy_error(c));
	is("the kernel has that, and the will",
	   at("owner", UINT64_MAX, UINT64_MAX - 1, UINT64_MAX, UINT64_MAX - 1) &&
		   state("owner") == BULLY_OWNER_STATE_UNWILLING,
	   "it has not");
	is("it takes it back", !bully_candidacy_set_position(c, 0, 0) && at("owner", 0, 0, 0, 0),
	   bully_candidacy_error(c));
	is("it tells a lower one", !bully_candidacy_set_position(c, 0, 7), bully_candidacy_error(c));
	is("a second socket owns",
	   !bully_candidacy_own_as(b, group, "second", 0, true, &second) &&
		   !bully_candidacy_set_position(second, 1, 0),
	   bully_error(b));
	is("the highest is the group's", at("owner", 0, 7, 1, 0), "it is not");
	bully_candidacy_forget(second);
	is("a forgotten owner has none", at("owner", 0, 7, 0, 7), "it has one");
	sleep_ms(2000);
	refused("a late position", bully_candidacy_set_position(c, 9, 9), bully_candidacy_error(c),
		ESTALE);
	is("a late owner keeps the one it had", at("owner", 0, 7, 0, 7), "it has another one");
	bully_candidacy_release(c);
	is("a released owner has none", at("owner", 0, 0, 0, 0), "it has one");
}

/* A child keeps the socket open, but an exec closes it. */
static void children(void)
{
	struct bully_candidacy *c = own("a socket owns before a fork", 0);
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	bully_candidacy_release(c);
	is("a release counts although a child has the socket", !owned(NULL), "it has an owner");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);

	c = own("a socket owns before an exec", 0);
	pid = fork();
	if (!pid) {
		execlp("sh", "sh", "-c", "! ls -l /proc/self/fd | grep -q socket:", (char *)NULL);
		_exit(127);
	}
	int status = 0;

	waitpid(pid, &status, 0);
	is("the socket is closed by an exec", !status, "it is open in the program");
	bully_candidacy_release(c);
}

/* Sends unrequested messages to a socket without end; that needs CAP_NET_ADMIN. */
static void flood(uint32_t portid)
{
	const struct sockaddr_nl to = {.nl_family = AF_NETLINK, .nl_pid = portid};
	struct {
		struct nlmsghdr nlh;
		char rest[1000];
	} msg = {.nlh = {.nlmsg_len = sizeof(msg), .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = 1}};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);

	for (;;)
		if (sendto(fd, &msg, sizeof(msg), 0, (const struct sockaddr *)&to, sizeof(to)) <
			    0 &&
		    errno != EAGAIN && errno != ENOBUFS)
			_exit(1);
}

static void flooded(void)
{
	struct bully_candidacy *c = own("a socket owns before the flood", 3000 * (uint64_t)MS);
	uint64_t end, worst = 0;
	unsigned int heard = 0, lost = 0;
	char detail[128];
	uint32_t portid;
	int status;
	pid_t pid;

	if (!owned(&portid))
		is("the group has an owner before the flood", false, "it has none");
	pid = fork();
	if (!pid)
		flood(portid);
	sleep_ms(200);
	end = now() + 4000 * (uint64_t)MS;
	while (now() < end) {
		uint64_t begin = now(), took;
		int ret = bully_candidacy_refresh(c);

		took = now() - begin;
		if (took > worst)
			worst = took;
		if (!ret)
			heard++;
		else if (ret == -EAGAIN)
			lost++;
		else
			is("an owner refreshes under the flood", false, bully_candidacy_error(c));
		sleep_ms(20);
	}
	printf("# flooded: %u refreshed, %u answers lost, the longest took %llu us\n", heard, lost,
	       (unsigned long long)worst / 1000);
	is("the flood goes on", !waitpid(pid, &status, WNOHANG), "it ended");
	snprintf(detail, sizeof(detail), "%llu ms", (unsigned long long)worst / MS);
	is("no refresh waits", worst < 3000 * (uint64_t)MS, detail);
	is("the kernel gets the refreshes under the flood", owned(NULL), "the owner was late");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	is("a later refresh succeeds", !bully_candidacy_refresh(c), bully_candidacy_error(c));
	bully_candidacy_release(c);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 125;
	group = argv[1];
	b = bully_open();
	if (!b)
		return 125;
	life();
	together();
	positions();
	children();
	flooded();
	bully_close(b);
	return failed;
}
