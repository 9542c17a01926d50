/* SPDX-License-Identifier: GPL-2.0-only */
/* receive.h - owns the way of a message */
#ifndef BULLY_CORE_RECEIVE_H
#define BULLY_CORE_RECEIVE_H

#include "base.h"

enum bully_drop bully_receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag);

#endif /* BULLY_CORE_RECEIVE_H */
