/* SPDX-License-Identifier: GPL-2.0 */
/* core.h - owns the interface of the decision: step(core, event, actions) */
#ifndef BULLY_CORE_CORE_H
#define BULLY_CORE_CORE_H

#include "wire.h"

/*
 * The core is the election of one group as a pure function. It allocates
 * nothing, reads no clock, sends nothing and cannot fail: an event goes in with
 * the time at which it happened, actions come out in a table that the caller
 * owns, bully_core_deadline() says when the core wants to be woken.
 *
 * The caller serialises all calls for one core (the kernel's shell by the
 * group's lock), and turns actions into datagrams and notifications after it
 * has let go of that lock, strictly in their order.
 *
 * All times are nanoseconds of one clock that never goes back (CLOCK_BOOTTIME).
 * The wall clock is only handed through: it seeds epochs. Rules are cited by
 * the numbers of Documentation/protocol.rst.
 */

#define BULLY_NEVER		(~0ULL)
#define BULLY_PROBES		128	/* power of two, above BULLY_MISSES_MAX */
#define BULLY_SENT		8	/* messages to a peer whose time is remembered */
#define BULLY_LATE_BUCKETS	24	/* below 1 us, 2 us, ... 4 s, and above */
#define BULLY_ACTIONS		24	/* more than any step can ask for */

/**
 * struct bully_opts - what an operator may set
 * @heartbeat_ns: interval of a follower's probes
 * @preempt_delay_ns: how long a node follows a lower leader before it claims
 * @look_ns: from a deadline that judges somebody to the second look at it (R9);
 *	the shell's, not the operator's
 * @misses: probes that may stand unanswered before the leader is gone
 * @role: enum bully_role
 * @preempt: claim leadership from a live leader with a lower id
 * @lease_ns: how long a grant lasts; 0 in classic mode
 * @holddown_delay_ns: the first hold-down
 * @holddown_max_ns: the longest
 * @holddown_half_life_ns: a peer's penalty halves in this time
 * @holddown_free: session changes that cost nothing
 * @quorum: enum bully_quorum
 * @candidate: stand at all
 * @alone: may lead in quorum mode without another voter (``voters 1``)
 * @holddown: tell others of hold-downs, and heed them
 */
struct bully_opts {
	u64 heartbeat_ns;
	u64 preempt_delay_ns;
	u64 look_ns;
	u64 lease_ns;
	u64 holddown_delay_ns;
	u64 holddown_max_ns;
	u64 holddown_half_life_ns;
	u32 holddown_free;
	u32 misses;
	u8 role;
	u8 quorum;
	bool preempt;
	bool candidate;
	bool alone;
	bool holddown;
};

/* Counters of a peer; they only rise. */
struct bully_peer_stats {
	u64 tx[__BULLY_MSG_MAX];
	u64 rx[__BULLY_MSG_MAX];
	u64 drops[__BULLY_DROP_MAX];
	u64 sessions;
	u64 downs;
};

/* Counters of a group; they only rise. */
struct bully_stats {
	u64 tx[__BULLY_MSG_MAX];
	u64 rx[__BULLY_MSG_MAX];
	u64 drops[__BULLY_DROP_MAX];
	u64 elections[__BULLY_REASON_MAX];
	u64 leader_changes;
	u64 late_max;			/* ns */
	u64 late_bucket[BULLY_LATE_BUCKETS];
	u64 voided;
	u64 duplicates;
	u64 mismatches;
	u64 actions_lost;		/* more than BULLY_ACTIONS in a step: a bug */
};

/**
 * struct bully_peer - what the core knows of a peer
 *
 * @id: its id, not 0
 * @role: enum bully_role
 *
 * The caller embeds it in an object of its own and keeps it until
 * BULLY_EV_PEER_DEL has been stepped. Set @id, @role and @stats (to zero)
 * before BULLY_EV_PEER_ADD; everything else is the core's.
 */
struct bully_peer {
	u32 id;
	u8 role;

	/* private: written by the core only; the caller may read it between two steps */
	u8 state;		/* enum bully_peer_state */
	u8 shown;		/* the state that the last event told */
	bool proved;		/* @session answered a HELLO since it was last lost */
	bool answered;		/* a HELLO since this node began to listen */
	bool stands;		/* would lead if there were no leader */
	bool declined;		/* will not take over in this election */
	bool mismatch;		/* its heartbeat, misses, voters or ids differ */
	bool acked;		/* knows of this node's claim, or needs not */
	bool alone;		/* hears us, and has no leader to speak for it */
	bool voters_differ;	/* its hash of the voters is neither ours nor next to it (R7) */
	u8 vote;		/* enum bully_vote: what it said to our claim */
	u64 session;		/* 0 until known */
	u64 prev_session;
	u64 proved_at;		/* when @session last answered a HELLO */
	u64 heard;		/* last accepted message; 0 for never */
	u64 seen;		/* last proof of life, also by others' word (R12) */
	u64 rtt;		/* smoothed; 0 until measured */
	u64 detection;		/* its own detection time, by its last message; 0 until then */
	u64 ask_seq;		/* newest question that measures @rtt */
	u64 ask_at;
	u64 hello_floor;	/* older HELLOs prove nothing any more */
	u64 hello_seq;
	u64 hello_at;
	u64 hello_due;		/* next HELLO of the leader's own accord */
	u64 challenge_at;	/* when a doubtful message may cause a HELLO again */
	u64 answers_at;		/* start of the interval in which @answers counts */
	u64 claim_due;		/* next COORDINATOR to it */
	u64 claim_until;	/* down if nothing is heard by then */
	u64 rx_seq;		/* replay window */
	u64 rx_window;
	u64 dup_until;
	u8 hello_tries;
	u8 claim_tries;
	u8 answers;
	u8 sent_head;
	bool settled;		/* its hash of the voters is ours (R7) */
	struct {
		u64 seq;
		u64 at;
	} sent[BULLY_SENT];	/* quorum mode: what was sent to it last, and when (R3) */
	u64 vote_at;		/* send time of our message that its last grant echoes (R3) */
	u64 vote_epoch;
	u32 vote_members;	/* the set that it granted with (R7) */
	u64 settled_at;		/* since when @settled */
	struct bully_peer_stats stats;
};

/* The core's timers; each is documented where timer.c fires it. */
enum bully_timer {
	BULLY_T_TICK,		/* follower: next probe; leader: look at the followers */
	BULLY_T_GONE,		/* follower: the leader is judged */
	BULLY_T_PROBE,		/* follower: an extra probe is judged */
	BULLY_T_PHASE,		/* init, election, waiting: the wait ends */
	BULLY_T_HELLO,		/* HELLOs are due */
	BULLY_T_CLAIM,		/* COORDINATORs are due again */
	BULLY_T_PREEMPT,	/* the preempt-delay is over */
	BULLY_T_DUPLICATE,	/* the word that our id is borne twice gets stale */
	BULLY_T_LEASE,		/* leader: the lease ends; follower: the leader's word does */
	BULLY_T_AGAIN,		/* follower: a probe that is not answered is repeated (R13) */
	BULLY_TIMERS
};

/* What the end of BULLY_T_PHASE means. */
enum bully_phase {
	BULLY_PHASE_NONE,
	BULLY_PHASE_LISTEN,	/* HELLOs were sent: decide by what was heard */
	BULLY_PHASE_OK,		/* ELECTION was sent: nobody higher answered */
	BULLY_PHASE_COORD,	/* somebody should have claimed: listen again */
	BULLY_PHASE_STAGGER,	/* higher nodes had their chance: start an election */
	BULLY_PHASE_CLAIM,	/* quorum mode: no majority has granted the claim */
};

/**
 * struct bully_core - the election of one group on one node
 *
 * The caller owns the memory; what is in it is the core's. Fields in the first
 * part may be read by the caller between two steps.
 */
struct bully_core {
	/* private: written by the core only; the caller may read these between two steps */
	char name[BULLY_NAME_LEN];
	u32 id;
	u64 session;
	struct bully_opts opts;
	u8 state;		/* enum bully_state */
	u8 reason;		/* enum bully_reason, of the last event */
	u8 link;		/* enum bully_link */
	bool resigned;
	bool duplicate;
	bool stopped;
	u32 leader;		/* 0 for none */
	u64 epoch;		/* of @leader, or of the last one */
	u64 event_seq;		/* of the last event handed out */
	struct {
		u8 state;
		u8 reason;
		u32 leader;
		u64 epoch;
	} shown;		/* as that event told it; later ones may wait */
	struct bully_stats stats;
	u32 n_peers;
	struct bully_peer *peer[BULLY_PEERS_MAX];	/* in rising order of ids */

	/* and these are nobody else's */
	u64 now;		/* of this step */
	u64 wall_us;		/* of this step, or what epochs may begin at */
	u64 seq;		/* of the last step that sent */
	u64 reported;		/* highest epoch told to the user */
	u64 highest;		/* highest epoch seen in any accepted message */
	u64 timer[BULLY_TIMERS];
	u32 looked;		/* timers that wait for their second look */
	u8 phase;		/* enum bully_phase */
	u8 why;			/* enum bully_reason, of the election under way */
	u8 tries;		/* rounds without a leader */
	u8 probe_tries;
	u64 rng;
	u32 members;
	u32 roster;
	u32 told;		/* whom others follow; 0 for none */
	u64 told_at;		/* when that was last known to be true */
	u64 proof;		/* send time of the last probe that was answered */
	u64 base;		/* the same, later by what we forgive ourselves */
	u64 probed;		/* send time of the last probe */
	u32 unanswered;		/* probes sent since @proof */
	u32 probe_head;
	struct {
		u64 seq;
		u64 at;
		bool again;	/* a repeat: not one of the misses */
	} probe[BULLY_PROBES];
	u64 claimed_at;
	u64 claimed_above;	/* highest epoch known at the claim */
	u64 spare_until;	/* leader: followers are not judged before (own lateness) */
	u64 duplicate_until;
	u32 reported_leader;	/* of @reported */
	bool ripe;		/* the preempt-delay is over */
	bool shut_out;		/* @duplicate, and the other bearer gets our answers */
	u64 abstain_until;	/* R4 */
	u64 floor;		/* the wall clock at the start (R5) */
	struct {
		u32 id;
		bool resigned;
		u64 session;
		u64 epoch;	/* no voter grants below its last grant */
		u64 seq;	/* of the very message that was answered (R3) */
		u64 at;
	} grant;		/* the last one of this voter (R2) */
	u64 claim;		/* epoch that this node claims or holds; 0 for none */
	u64 vote_at;		/* this node's vote for itself is one like any other (R2) */
	u64 vote_epoch;
	u64 lease_base;		/* a majority granted what was sent then or later (R3) */
	u64 lease_until;
	u64 led_until;		/* follower: its leader's own word ends */
	u8 refusal;		/* follower: enum bully_vote, why its leader has no grant */
	u32 heir;		/* whom a RESIGN of the claim names */
	u8 ask_tries;
	bool asked;		/* the leader for a handover (R11) */
	bool seen_leader;	/* in this session (R7) */
	u32 voters;
	u32 voters_prev;	/* before the last change, or 0 */
	u32 members_prev;
	u64 changed_at;		/* when this node's own set last changed */
	u32 asked_voter;	/* for its set, last */
	u32 added;		/* the voter that the last change added, or 0 */
	u32 left;		/* the leader that resigned to us or others last */
	u64 left_epoch;
	struct bully_actions *out;	/* of this step */
};

enum bully_event_type {
	BULLY_EV_START,		/* @opts; the link is what @link says */
	BULLY_EV_TIMER,		/* the deadline has passed (early calls do no harm) */
	BULLY_EV_MSG,		/* @msg, decoded, for this group's name */
	BULLY_EV_DROP,		/* @drop: a message that never became one; counted */
	BULLY_EV_LINK,		/* @link */
	BULLY_EV_OPTS,		/* @opts, already checked */
	BULLY_EV_PEER_ADD,	/* @peer, its id not present, room for it */
	BULLY_EV_PEER_SET,	/* @peer, role or address changed: @role */
	BULLY_EV_PEER_DEL,	/* @peer */
	BULLY_EV_ELECT,		/* bully_core_may_elect() said yes */
	BULLY_EV_RESIGN,	/* bully_core_may_resign() said yes */
	BULLY_EV_DOUBT,		/* the clock may have stood still, or the machine was cloned (R8) */
	BULLY_EV_STOP,		/* @reason; the last event of a core */
};

/**
 * struct bully_event - what happened
 * @type: enum bully_event_type
 * @now: when; an earlier time than the last step's is taken as that
 * @wall_us: microseconds since 1970
 * @msg: what was received
 * @drop: why nothing was
 * @link: what it is now
 * @opts: what is to be
 * @peer: which one
 * @reason: why it ends
 * @role: of @peer, with BULLY_EV_PEER_SET
 * @session: with BULLY_EV_DOUBT: this node's from now on, where the machine was cloned; else 0
 */
struct bully_event {
	enum bully_event_type type;
	u64 now;
	u64 wall_us;
	union {
		const struct bully_msg *msg;
		enum bully_drop drop;
		enum bully_link link;
		const struct bully_opts *opts;
		struct bully_peer *peer;
		enum bully_reason reason;
	};
	u8 role;
	u64 session;
};

enum bully_action_kind {
	BULLY_ACT_SEND,		/* expand with bully_core_next_msg() */
	BULLY_ACT_EVENT,	/* expand with bully_core_next_event() */
};

enum bully_target {
	BULLY_TO_PEER,		/* the configured address of peer @id */
	BULLY_TO_SOURCE,	/* where the message of this step came from; peer @id */
	BULLY_TO_HIGHER,	/* every candidate with a higher id */
	BULLY_TO_ALL,		/* every peer */
};

enum bully_event_kind {
	BULLY_NOTE_LEADER,	/* leader or epoch changed */
	BULLY_NOTE_STATE,	/* only the state did */
	BULLY_NOTE_PEERS,	/* peers went up or down; expands to one a peer */
	BULLY_NOTE_CONFIG,
};

/**
 * struct bully_action - what is to be done, in the order of the table
 * @kind: enum bully_action_kind
 * @target: enum bully_target (SEND)
 * @type: enum bully_msg_type (SEND) or enum bully_event_kind (EVENT)
 * @state: enum bully_state after the change
 * @reason: enum bully_reason (EVENT)
 * @flags: BULLY_F_* (SEND)
 * @id: the peer that is meant (SEND to one)
 * @leader: after the change (EVENT), or the one to name (SEND); 0 for none
 * @to_session: the session to name (SEND to a source)
 * @at: the time of the step
 * @seq: of the message
 * @echo: of the message
 * @epoch: of @leader, or of the last one
 * @reported: the highest epoch told to the user
 * @leader_at: when @leader was last known to live (SEND)
 * @leader_session: of @leader, where it is not this node's; 0 if not known (SEND)
 * @remain_us: of the message
 * @refusal: of the message
 * @heard: say whom this node hears itself (SEND)
 */
struct bully_action {
	u8 kind;
	u8 target;
	u8 type;
	u8 state;
	u8 reason;
	u16 flags;
	u32 id;
	u32 leader;
	u64 to_session;
	u64 at;
	u64 seq;
	u64 echo;
	u64 epoch;
	u64 reported;
	u64 leader_at;
	u64 leader_session;
	u32 remain_us;
	u8 refusal;
	bool heard;
};

/* The table that a step fills. */
struct bully_actions {
	u32 n;
	struct bully_action act[BULLY_ACTIONS];
};

/* One event as user space gets it. */
struct bully_note {
	u8 kind;		/* enum bully_event_kind */
	u8 state;		/* enum bully_state */
	u8 reason;		/* enum bully_reason */
	u8 peer_state;		/* enum bully_peer_state, with BULLY_NOTE_PEERS */
	u32 leader;		/* 0 for none */
	u32 peer;		/* with BULLY_NOTE_PEERS */
	u64 epoch;
	u64 seq;
	u64 time;		/* ns */
};

/**
 * bully_core_init() - make a core
 * @core: memory of any content
 * @name: the group's, valid
 * @id: this node's, not 0
 * @session: random, not 0
 * @seed: random; makes the jitter
 *
 * The core does nothing until BULLY_EV_START.
 */
void bully_core_init(struct bully_core *core, const char *name, u32 id, u64 session, u64 seed);

/**
 * bully_core_step() - let something happen
 * @core: the core
 * @ev: what
 * @out: set to what is to be done for it
 *
 * Return: for BULLY_EV_MSG the verdict; else BULLY_DROP_NONE.
 */
enum bully_drop bully_core_step(struct bully_core *core, const struct bully_event *ev,
				struct bully_actions *out);

/**
 * bully_core_deadline() - when to step with BULLY_EV_TIMER
 * @core: the core
 *
 * Return: ns, or BULLY_NEVER
 */
u64 bully_core_deadline(const struct bully_core *core);

/**
 * bully_core_next_msg() - the next message that an action stands for
 * @core: the core, which may have been stepped since
 * @act: a BULLY_ACT_SEND
 * @cursor: 0 at first; where the last call left off
 * @msg: set
 *
 * Peers removed since then, and those whose session is not known where one must
 * be named, are left out. Counts the message as sent.
 *
 * Return: the peer that it is for, or NULL when there are no more.
 */
struct bully_peer *bully_core_next_msg(struct bully_core *core, const struct bully_action *act,
				       u32 *cursor, struct bully_msg *msg);

/**
 * bully_core_next_event() - the next event that an action stands for
 * @core: the core, which may have been stepped since
 * @act: a BULLY_ACT_EVENT
 * @cursor: 0 at first; where the last call left off
 * @note: set
 *
 * Gives out the group's event sequence numbers, without gaps.
 *
 * Return: false when there are no more.
 */
bool bully_core_next_event(struct bully_core *core, const struct bully_action *act,
			   u32 *cursor, struct bully_note *note);

/**
 * bully_core_find() - look a peer up
 * @core: the core
 * @id: its id
 *
 * Return: the peer or NULL
 */
struct bully_peer *bully_core_find(const struct bully_core *core, u32 id);

/* Why a command is refused: a sentence for the user, or NULL where it is not. */
const char *bully_core_may_elect(const struct bully_core *core);
const char *bully_core_may_resign(const struct bully_core *core);

/**
 * bully_core_may_change() - may a voter be added, removed or changed? (R7)
 * @core: the core
 * @laggards: set to ids of voters that were not seen with the present set
 * @max: room for so many
 * @n: set to their number
 *
 * Return: NULL, or a sentence that says why not
 */
const char *bully_core_may_change(const struct bully_core *core, u32 *laggards, u32 max, u32 *n);

/**
 * struct bully_quorum_view - a node in quorum mode at one instant; times are durations in ns
 * @lease_remaining_ns: 0 where no lease is held
 * @abstain_remaining_ns: 0 where the voter may grant
 * @grant_remaining_ns: of the grant to @grant_to
 * @grant_to: whom this voter has granted, 0 for nobody
 * @majority: grants that a leader needs
 * @grants: grants that live, of this node's lease or claim
 * @seen_leader: there was a leader in this session
 */
struct bully_quorum_view {
	u64 lease_remaining_ns;
	u64 abstain_remaining_ns;
	u64 grant_remaining_ns;
	u32 grant_to;
	u32 majority;
	u32 grants;
	bool seen_leader;
};

/* Fill a view; all zero in classic mode. */
void bully_core_quorum(const struct bully_core *core, u64 now, struct bully_quorum_view *view);

/**
 * bully_core_members() - hash of the voters
 * @core: the core
 *
 * 32-bit FNV-1a over the name (16 bytes), the lease in ns (8), the quorum mode
 * (4) and, in rising order, id and role (4 each) of every voter (R7).
 */
u32 bully_core_members(const struct bully_core *core);

#endif /* BULLY_CORE_CORE_H */
