// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Calls a function in another network namespace. A thread that enters a namespace may be unable to
 * return, so a short-lived thread enters it.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include "internal.h"

struct errand {
	int netns;
	int (*fn)(void *arg);
	void *arg;
	int ret;
};

static void *run(void *arg)
{
	struct errand *e = arg;

	e->ret = setns(e->netns, CLONE_NEWNET) ? errno : e->fn(e->arg);
	return NULL;
}

int bully_netns_run(const struct bully *b, int (*fn)(void *arg), void *arg)
{
	struct errand e = {.netns = b->netns, .fn = fn, .arg = arg};
	sigset_t all, old;
	pthread_t thread;
	int err;

	if (b->netns < 0)
		return fn(arg);
	/* the program's own threads handle its signals */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, NULL, run, &e);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
		return err;
	pthread_join(thread, NULL);
	return e.ret;
}
