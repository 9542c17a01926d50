/* SPDX-License-Identifier: GPL-2.0-only */
/* notify.h - owns the messages to all listeners */
#ifndef BULLY_NOTIFY_H
#define BULLY_NOTIFY_H

#include "group/events.h"

extern const struct bully_tell_ops bully_notify_ops;

#endif /* BULLY_NOTIFY_H */
