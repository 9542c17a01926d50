/* SPDX-License-Identifier: GPL-2.0-only */
/* trace.h - owns the tracepoints */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM bully

#if !defined(BULLY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define BULLY_TRACE_H

#include <linux/tracepoint.h>

#include "core/core.h"

/* This node's state, its leader or the leader's epoch changed. */
TRACE_EVENT(bully_state,
	TP_PROTO(const struct bully_core *core, const struct bully_note *note),
	TP_ARGS(core, note),
	TP_STRUCT__entry(
		__array(char, group, BULLY_NAME_LEN)
		__field(u32, id)
		__field(u32, leader)
		__field(u64, epoch)
		__field(u64, seq)
		__field(u8, state)
		__field(u8, reason)
	),
	TP_fast_assign(
		memcpy(__entry->group, core->name, BULLY_NAME_LEN);
		__entry->id = core->id;
		__entry->leader = note->leader;
		__entry->epoch = note->epoch;
		__entry->seq = note->seq;
		__entry->state = note->state;
		__entry->reason = note->reason;
	),
	TP_printk("group=%s id=%u state=%u leader=%u epoch=%llu reason=%u seq=%llu",
		  __entry->group, __entry->id, __entry->state, __entry->leader,
		  __entry->epoch, __entry->reason, __entry->seq)
);

/* The core judged a datagram for a group: verdict 0 is accepted, others are enum bully_drop. */
TRACE_EVENT(bully_receive,
	TP_PROTO(const struct bully_core *core, const struct bully_msg *msg, u32 verdict),
	TP_ARGS(core, msg, verdict),
	TP_STRUCT__entry(
		__array(char, group, BULLY_NAME_LEN)
		__field(u32, id)
		__field(u32, from)
		__field(u32, type)
		__field(u32, verdict)
		__field(u64, seq)
		__field(u64, echo)
		__field(u64, epoch)
	),
	TP_fast_assign(
		memcpy(__entry->group, core->name, BULLY_NAME_LEN);
		__entry->id = core->id;
		__entry->from = msg ? msg->from : 0;
		__entry->type = msg ? msg->type : 0;
		__entry->seq = msg ? msg->seq : 0;
		__entry->echo = msg ? msg->echo : 0;
		__entry->epoch = msg ? msg->epoch : 0;
		__entry->verdict = verdict;
	),
	TP_printk("group=%s id=%u from=%u type=%u seq=%llu echo=%llu epoch=%llu verdict=%u",
		  __entry->group, __entry->id, __entry->from, __entry->type, __entry->seq,
		  __entry->echo, __entry->epoch, __entry->verdict)
);

/* The group's tasklet ran, late_ns after its deadline; 0 if no deadline had come. */
TRACE_EVENT(bully_timer,
	TP_PROTO(const struct bully_core *core, u64 late_ns),
	TP_ARGS(core, late_ns),
	TP_STRUCT__entry(
		__array(char, group, BULLY_NAME_LEN)
		__field(u32, id)
		__field(u64, late_ns)
	),
	TP_fast_assign(
		memcpy(__entry->group, core->name, BULLY_NAME_LEN);
		__entry->id = core->id;
		__entry->late_ns = late_ns;
	),
	TP_printk("group=%s id=%u late_ns=%llu", __entry->group, __entry->id, __entry->late_ns)
);

#endif /* BULLY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH base
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
