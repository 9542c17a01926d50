// SPDX-License-Identifier: GPL-2.0-only
/* Signals to process groups, and the exit status of a child. */
#include "process/signals.h"

void heeded_signals(sigset_t *set, const int *signals, size_t len)
{
	struct sigaction now;
	size_t i;

	sigemptyset(set);
	for (i = 0; i < len; i++)
		if (!sigaction(signals[i], NULL, &now) && now.sa_handler != SIG_IGN)
			sigaddset(set, signals[i]);
}

void signal_group(pid_t group, int sig)
{
	kill(-group, sig);
	if (sig == SIGTERM)
		kill(-group, SIGCONT);
}

int shell_status(bool signalled, int number)
{
	return signalled ? SHELL_SIGNALLED + number : number;
}
