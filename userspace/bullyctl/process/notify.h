/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to systemd, as sd_notify(3) has them. */
#ifndef BULLYCTL_NOTIFY_H
#define BULLYCTL_NOTIFY_H

/*
 * Sends assignments such as "READY=1\n" to the service manager, if it has started this process
 * with a socket for them. Never blocks; errors are ignored, because the message is for people.
 */
void notify_service(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif /* BULLYCTL_NOTIFY_H */
