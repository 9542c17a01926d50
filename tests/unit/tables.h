/* SPDX-License-Identifier: GPL-2.0 */
/* tables.h - owns the list of tables: UNIT_TABLE() is expanded once for each, in their order */
/* leaves */
UNIT_TABLE(wire)
UNIT_TABLE(flip)
UNIT_TABLE(clock)
UNIT_TABLE(epoch)
UNIT_TABLE(hearsay)
UNIT_TABLE(stand)
UNIT_TABLE(wait)
UNIT_TABLE(outbox)
UNIT_TABLE(duplicate)
UNIT_TABLE(preempt)
UNIT_TABLE(hello)
/* mechanisms */
UNIT_TABLE(peers)
UNIT_TABLE(set)
UNIT_TABLE(session)
/* steps */
UNIT_TABLE(step_peer)
UNIT_TABLE(step_check)
UNIT_TABLE(step_elect)
UNIT_TABLE(step_time)
UNIT_TABLE(step_holddown)
UNIT_TABLE(step_vote)
UNIT_TABLE(step_lease)
UNIT_TABLE(step_voters)
UNIT_TABLE(step_auth)
