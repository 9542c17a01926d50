/* SPDX-License-Identifier: GPL-2.0-only */
/* core.h - owns the interface of the decision: step(core, event, actions) */
#ifndef BULLY_CORE_CORE_H
#define BULLY_CORE_CORE_H

#include "state.h"

/*
 * The core is the election of one group as a pure function. It allocates
 * nothing, reads no clock, sends nothing and cannot fail: an event goes in with
 * the time at which it happened, actions come out in a table that the caller
 * owns, bully_core_deadline() says when the core wants to be woken.
 *
 * The caller serialises all calls for one core (the kernel's shell by the
 * group's lock), and turns actions into datagrams, in their order, after it has let
 * go of that lock. Notifications are expanded in their order before the next step,
 * and may be sent later than the datagrams.
 *
 * All times are nanoseconds of one clock that never goes back (CLOCK_BOOTTIME).
 * The wall clock is only handed through: it seeds epochs. Rules are cited by
 * the numbers of Documentation/protocol.rst.
 */

enum bully_event_type {
	BULLY_EV_START,		/* @opts; the link is what @link says */
	BULLY_EV_TIMER,		/* the deadline has passed (early calls do no harm) */
	BULLY_EV_MSG,		/* @msg, decoded, for this group's name */
	BULLY_EV_DROP,		/* @drop: a message that never became one; counted */
	BULLY_EV_LINK,		/* @link */
	BULLY_EV_OPTS,		/* @opts, already checked; @reason, 0 for BULLY_REASON_CONFIG */
	BULLY_EV_PEER_ADD,	/* @peer, its id not present, room for it */
	BULLY_EV_PEER_SET,	/* @peer, role or address changed: @role */
	BULLY_EV_PEER_DEL,	/* @peer */
	BULLY_EV_POSITION,	/* @position of this node's owner; told in every message (F4) */
	BULLY_EV_ELECT,		/* bully_core_may_elect() said yes */
	BULLY_EV_RESIGN,	/* bully_core_may_resign() said yes; or with @peer (S11) */
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
 * @position: what it is now
 * @peer: which one; with BULLY_EV_RESIGN the named successor, or NULL
 * @reason: why it ends, or has other options
 * @role: of @peer, with BULLY_EV_PEER_SET
 * @session: with BULLY_EV_DOUBT: this node's from now on, where the machine was cloned; else 0
 * @tag: enum bully_tag, of @msg
 * @elsewhere: @msg came from another address or port than the configured one of the peer
 *	that it names as its sender (S9)
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
		const struct bully_position *position;
		struct bully_peer *peer;
	};
	enum bully_reason reason;
	u8 role;
	u64 session;
	u8 tag;
	bool elsewhere;
};

enum bully_action_kind {
	BULLY_ACT_SEND,		/* expand with bully_core_next_msg() */
	BULLY_ACT_EVENT,	/* expand with bully_core_next_event() */
};

enum bully_target {
	BULLY_TO_PEER,		/* the configured address of peer @id */
	BULLY_TO_SENDER,	/* the same, in answer to the message of this step */
	BULLY_TO_SOURCE,	/* where the message of this step came from (S9, O4) */
	BULLY_TO_HIGHER,	/* every higher candidate */
	BULLY_TO_ALL,		/* every peer */
};

enum bully_event_kind {
	BULLY_NOTE_LEADER,	/* leader or epoch changed */
	BULLY_NOTE_STATE,	/* only the state did */
	BULLY_NOTE_PEERS,	/* state, address or priority of peers; expands to one a peer */
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
 * @to_session: the session to name, where it is not the one last adopted; else 0 (SEND)
 * @at: the time of the step
 * @seq: of the message
 * @echo: of the message
 * @epoch: of @leader, or of the last one
 * @reported: the highest epoch told to the user
 * @leader_at: when @leader was last known to live (SEND)
 * @leader_session: of @leader, if it is not this node's; 0 if not known (SEND)
 * @remain_us: of the message
 * @refusal: of the message
 * @heard: name the nodes that this node receives itself (SEND)
 * @unnamed: name no session, although one is known (HELLO)
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
	bool unnamed;
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
	u8 peer_address;	/* enum bully_address, the same */
	u32 leader;		/* 0 for none */
	u32 peer;		/* with BULLY_NOTE_PEERS */
	u32 peer_priority;	/* the same; 0 if not known */
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
 * bully_core_inherit() - a group takes the place of another on this node
 * @core: the new one, before BULLY_EV_START
 * @old: the other, after BULLY_EV_STOP
 *
 * R4: grants of the other may live, so the new one abstains for as long as these may.
 */
void bully_core_inherit(struct bully_core *core, const struct bully_core *old);

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
 * @peer: set to the peer that it is for; NULL if that is an unlisted observer, at the source of
 *	the message of the step (O4)
 *
 * Peers removed since then, and those whose session is not known where one must
 * be named, are left out. Counts the message as sent.
 *
 * Return: false when there are no more.
 */
bool bully_core_next_msg(struct bully_core *core, const struct bully_action *act, u32 *cursor,
			 struct bully_msg *msg, struct bully_peer **peer);

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
bool bully_core_next_event(struct bully_core *core, const struct bully_action *act, u32 *cursor,
			   struct bully_note *note);

/**
 * bully_core_peek() - judge a message before its tag is computed
 * @core: the core
 * @msg: decoded, for this group's name
 * @peer: set to the peer that it says it is from, or NULL
 * @ours: set to whether it names this node's session
 *
 * Changes nothing. A message that names our session and is no repetition can only be
 * from somebody who sees what is sent to us (A4).
 *
 * Return: why it will be dropped whatever its tag, or BULLY_DROP_NONE
 */
enum bully_drop bully_core_peek(const struct bully_core *core, const struct bully_msg *msg,
				struct bully_peer **peer, bool *ours);

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
 * bully_core_handover() - say what became of the last BULLY_EV_RESIGN with a peer (S11)
 * @core: the core, which has not been stepped since
 * @again: set to true if the peer was asked, and the same event is to be stepped again soon
 *
 * Return: NULL if this node has handed over, or a sentence that says why it leads on
 */
const char *bully_core_handover(const struct bully_core *core, bool *again);

/* For how long from @now will this node leave a live leader in peace (0 if it leads), and
 * for how long would it tell a peer to (0 if its own hold-down is off)? In ns.
 */
u64 bully_core_holddown(const struct bully_core *core, u64 now);
u64 bully_core_peer_holddown(const struct bully_core *core, const struct bully_peer *peer, u64 now);

/**
 * bully_core_places_size() - the memory that places for unlisted observers need (O4)
 * @n: how many places, up to BULLY_OBSERVERS_MAX
 *
 * Return: bytes; 0 if @n is 0
 */
size_t bully_core_places_size(u32 n);

/**
 * bully_core_places_init() - prepare memory for the places of unlisted observers
 * @memory: bully_core_places_size() bytes, aligned as a u64
 * @n: how many places, not 0
 *
 * This takes long where there are many places, so it needs no core, and no lock.
 */
void bully_core_places_init(void *memory, u32 n);

/**
 * bully_core_lend_places() - give a core other memory for the places of unlisted observers
 * @core: the core, not within a step
 * @memory: from bully_core_places_init(), and not used since; NULL for no places
 * @n: how many places
 * @secret: random; nobody else knows it
 *
 * All places are free then: observers that still ask take one within their heartbeat.
 *
 * Return: the memory that was lent before, which is the caller's again; or NULL
 */
void *bully_core_lend_places(struct bully_core *core, void *memory, u32 n, u64 secret);

/**
 * bully_core_may_change() - say whether a voter may be added, removed or changed (R7)
 * @core: the core
 * @target: bully_core_members_with() of the change
 * @laggards: set to ids of voters that were not seen with the present set
 * @max: room for so many; with 0, @laggards and @n may be NULL
 * @n: set to their number
 *
 * Return: NULL, or a sentence that says why not
 */
const char *bully_core_may_change(const struct bully_core *core, u32 target, u32 *laggards, u32 max,
				  u32 *n);

/**
 * struct bully_quorum_view - a node in quorum mode at one instant; times are durations in ns
 * @lease_remaining_ns: 0 where no lease is held
 * @abstain_remaining_ns: 0 where the voter may grant (R4)
 * @holddown_remaining_ns: this node's own, in classic mode too
 * @grant_remaining_ns: of the grant to @grant_to
 * @grant_to: the node that this voter has granted, 0 for none
 * @majority: grants that a leader needs
 * @grants: grants that live, of this node's lease or claim
 * @seen_leader: there was a leader in this session
 */
struct bully_quorum_view {
	u64 lease_remaining_ns;
	u64 abstain_remaining_ns;
	u64 holddown_remaining_ns;
	u64 grant_remaining_ns;
	u32 grant_to;
	u32 majority;
	u32 grants;
	bool seen_leader;
};

/**
 * bully_core_lease_end() - say until when this node leads
 * @core: the core
 *
 * Return: ns, which may have passed where the timer is late (R1); BULLY_NEVER in classic
 * mode while it leads; 0 where it does not lead
 */
u64 bully_core_lease_end(const struct bully_core *core);

/* Fill a view. In classic mode only the hold-down and @seen_leader are set. */
void bully_core_quorum(const struct bully_core *core, u64 now, struct bully_quorum_view *view);

/**
 * bully_core_members() - hash of the voters
 * @core: the core
 *
 * 32-bit FNV-1a over the name (16 bytes), the lease in ns (8), the quorum mode
 * (4) and, in rising order, id and role (4 each) of every voter (R7).
 */
u32 bully_core_members(const struct bully_core *core);

/* The same, if node @id had @role; an observer is as good as none. */
u32 bully_core_members_with(const struct bully_core *core, u32 id, u8 role);

#endif /* BULLY_CORE_CORE_H */
