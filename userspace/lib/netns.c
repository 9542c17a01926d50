// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Does something in another network namespace. A thread that moved there might not come back, so
 * that is another thread, which ends.
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
	/* signals are for the program's own threads */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&thread, NULL, run, &e);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err)
		return err;
	pthread_join(thread, NULL);
	return e.ret;
}
