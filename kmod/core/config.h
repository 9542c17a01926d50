/* SPDX-License-Identifier: GPL-2.0-only */
/* config.h - owns what an operator changes */
#ifndef BULLY_CORE_CONFIG_H
#define BULLY_CORE_CONFIG_H

#include "base.h"

void bully_config_step(struct bully_core *c, const struct bully_event *ev);

#endif /* BULLY_CORE_CONFIG_H */
