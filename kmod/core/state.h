/* SPDX-License-Identifier: GPL-2.0 */
/* state.h - owns what a node remembers: its options, its peers, itself, and what it counts */
#ifndef BULLY_CORE_STATE_H
#define BULLY_CORE_STATE_H

#include "wire.h"

#define BULLY_NEVER		(~0ULL)
#define BULLY_PROBES		128	/* power of two, above BULLY_MISSES_MAX */
#define BULLY_SENT		32	/* power of two; sends to a peer that are remembered */
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
 * @voters: quorum mode: voters that the set needs for its first leader; 0 for two (R18)
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
	bool holddown;
	u16 voters;
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
	u64 claims_limited;		/* claims put off: too many in a heartbeat (R17) */
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
	u8 address;		/* enum bully_address */
	u8 shown_address;	/* the same, as the last event told it */
	u64 address_at;		/* when @address was last found so */
	u64 stranger;		/* session heard from another address, not proved; 0 for none */
	u64 stranger_since;
	u64 notice_seq;		/* of the notice that may be answered (S9); 0 for none */
	u8 blocked;		/* enum bully_blocked: for whom its vote is kept (R15) */
	bool passed;		/* it was waited for, and did not claim (R16) */
	u8 vote;		/* enum bully_vote: what it said to our claim */
	u64 session;		/* 0 until known */
	u64 prev_session;
	u64 proved_at;		/* when @session last answered a HELLO */
	u64 heard;		/* last accepted message; 0 for never */
	u64 seen;		/* last proof of life, also by others' word (R12) */
	u64 both_at;		/* quorum mode: send time of our newest message that it answered */
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
	u64 penalty_at;		/* when its session last changed */
	u32 penalty;		/* then, in 1/65536 of a change (rule P5) */
	u8 hello_tries;
	u8 claim_tries;
	u8 answers;
	u8 sent_head;
	u32 members;		/* its hash of the voters */
	u32 members_prev;
	u64 members_at;		/* since when */
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

/* For whom a voter that refused keeps its vote (R15). */
enum bully_blocked {
	BULLY_BLOCKED_NOT,	/* for nobody to whom this node yields */
	BULLY_BLOCKED_CLAIM,	/* for a higher claimant, whose claim may fail */
	BULLY_BLOCKED_LEASE,	/* for a leader that lives */
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
	BULLY_T_UNREACHED,	/* the word that peers send elsewhere gets stale (S10) */
	BULLY_TIMERS
};

/* What the end of BULLY_T_PHASE means. */
enum bully_phase {
	BULLY_PHASE_NONE,
	BULLY_PHASE_LISTEN,	/* HELLOs were sent: decide by what was heard */
	BULLY_PHASE_OK,		/* ELECTION was sent: nobody higher answered */
	BULLY_PHASE_COORD,	/* somebody should have claimed: listen again */
	BULLY_PHASE_STAGGER,	/* higher nodes had their chance: start an election */
	BULLY_PHASE_CLAIM,	/* quorum mode: until the claim is hopeless (R15) */
	BULLY_PHASE_NEXT,	/* quorum mode: a claim that we granted was given up */
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
	struct bully_stats stats;
	u32 n_peers;
	struct bully_peer *peer[BULLY_PEERS_MAX];	/* in rising order of ids */

	/* and these are nobody else's */
	u64 now;		/* of this step */
	u64 wall_us;		/* of this step, or what epochs may begin at */
	bool elsewhere;		/* the message of this step is not from its peer's address (S9) */
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
	u64 told_for;		/* how long that is news (R12) */
	u64 alone_at;		/* without a leader: no peer was silent before (H8) */
	u64 ask_due;		/* without a leader: the next HELLOs (H8) */
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
	u64 started_at;
	u64 held_until;		/* the longest hold-down that others told us (rule P8) */
	bool unheld;		/* our operator's elect goes before what they tell */
	bool ripe;		/* the preempt-delay is over */
	bool shut_out;		/* @duplicate, and the other bearer gets our answers */
	bool unreached;		/* peers send to another address, and none is received (S10) */
	bool odd_addresses;	/* a peer's @address may be other than ok */
	bool lonely;		/* quorum mode: no majority answered when last asked (R14) */
	bool listened;		/* since there was a leader: who did not answer is silent (R16) */
	u64 claims_full;	/* the bucket of claims (R17) */
	u64 claim_since;	/* when the claim began, whatever its epochs */
	u32 missed;		/* the leader that last fell silent here, and ... */
	u64 missed_at;		/* ... when it should have answered (E8) */
	u64 lease_longest;	/* of any that this node granted for; a group that takes the
				 * place of another on this node starts with that one's
				 */
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
	u32 touched;		/* the node that is being configured */
	u32 added;		/* the voter that the last change added, or 0 */
	u32 successor;		/* whom we have followed since we resigned, or 0 */
	u32 left;		/* the leader that resigned to us or others last */
	u64 left_epoch;
	struct bully_actions *out;	/* of this step */
};

#endif /* BULLY_CORE_STATE_H */
