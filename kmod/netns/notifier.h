/* SPDX-License-Identifier: GPL-2.0-only */
/* notifier.h - owns the notifiers of devices, addresses and sockets */
#ifndef BULLY_NOTIFIER_H
#define BULLY_NOTIFIER_H

int bully_notifier_init(void);
void bully_notifier_exit(void);

#endif /* BULLY_NOTIFIER_H */
