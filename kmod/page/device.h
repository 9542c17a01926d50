/* SPDX-License-Identifier: GPL-2.0-only */
/* device.h - owns /dev/bully */
#ifndef BULLY_DEVICE_H
#define BULLY_DEVICE_H

int bully_device_init(void);
void bully_device_ready(void);
void bully_device_exit(void);

#endif /* BULLY_DEVICE_H */
