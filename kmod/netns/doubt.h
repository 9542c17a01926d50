/* SPDX-License-Identifier: GPL-2.0-only */
/* doubt.h - owns the notifiers of a machine that sleeps or is copied */
#ifndef BULLY_DOUBT_H
#define BULLY_DOUBT_H

int bully_doubt_init(void);
void bully_doubt_exit(void);

#endif /* BULLY_DOUBT_H */
