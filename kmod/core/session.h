/* SPDX-License-Identifier: GPL-2.0-only */
/* session.h - owns the proof of sessions, and the replay window */
#ifndef BULLY_CORE_SESSION_H
#define BULLY_CORE_SESSION_H

#include "base.h"

enum bully_drop bully_session_answer_hello(struct bully_core *c, struct bully_peer *p,
					   const struct bully_msg *m);
enum bully_drop bully_session_check(struct bully_core *c, const struct bully_msg *m,
				    enum bully_tag tag, struct bully_peer **peer, bool *restarted);
enum bully_drop bully_session_admit(struct bully_core *c, struct bully_peer *p,
				    const struct bully_msg *m);

#endif /* BULLY_CORE_SESSION_H */
