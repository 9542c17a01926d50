/* SPDX-License-Identifier: GPL-2.0-only */
/* state.h - owns what a node remembers of its peers and of itself */
#ifndef BULLY_CORE_STATE_H
#define BULLY_CORE_STATE_H

#include "opts.h"
#include "stats.h"
#include "wire.h"

struct bully_actions;
struct bully_place;
struct bully_policy;

#define BULLY_NEVER		(~0ULL)
#define BULLY_PROBES		128	/* power of two, above BULLY_MISSES_MAX */
#define BULLY_SENT		32	/* power of two; sends to a peer that are remembered */
#define BULLY_ACTIONS		24	/* more than any step can ask for */

/* R15: the claim for which a voter that refused keeps its vote. */
enum bully_blocked {
	BULLY_BLOCKED_NOT,	/* for none that this node yields to */
	BULLY_BLOCKED_CLAIM,	/* for a higher claimant, whose claim may fail */
	BULLY_BLOCKED_LEASE,	/* for a leader that lives */
	BULLY_BLOCKED_AHEAD,	/* for nodes whose position is not behind its own (F4) */
};

/* The core's timers; clock.c documents each, timers.c fires them. */
enum bully_timer {
	BULLY_T_TICK,		/* follower: next probe; leader: look at the followers */
	BULLY_T_GONE,		/* follower: the leader is judged */
	BULLY_T_PROBE,		/* follower: an extra probe is judged */
	BULLY_T_PHASE,		/* init, election, waiting: the wait ends */
	BULLY_T_HELLO,		/* HELLOs are due */
	BULLY_T_CLAIM,		/* COORDINATORs are due again */
	BULLY_T_PREEMPT,	/* the preempt-delay is over */
	BULLY_T_DUPLICATE,	/* the report that two nodes have our id gets stale */
	BULLY_T_LEASE,		/* leader: the lease ends; follower: the leader's word does */
	BULLY_T_AGAIN,		/* follower: a probe that is not answered is repeated (R13) */
	BULLY_T_UNREACHED,	/* the report that peers send elsewhere gets stale (S10) */
	BULLY_T_PLACES,		/* places of observers that are silent are free again (O4) */
	BULLY_TIMERS
};

/* What the end of BULLY_T_PHASE means. */
enum bully_phase {
	BULLY_PHASE_NONE,
	BULLY_PHASE_LISTEN,	/* HELLOs were sent: decide by the answers */
	BULLY_PHASE_OK,		/* ELECTION was sent: nobody higher answered */
	BULLY_PHASE_ASK,	/* Raft: voters were asked: ask again those that are due (F3) */
	BULLY_PHASE_COORD,	/* somebody should have claimed: listen again */
	BULLY_PHASE_STAGGER,	/* higher nodes had their chance, or the random time is over (F2):
				 * start an election
				 */
	BULLY_PHASE_CLAIM,	/* quorum mode: until the claim is hopeless (R15) */
	BULLY_PHASE_NEXT,	/* quorum mode: a claim that we granted was given up */
};

/**
 * struct bully_peer - what the core knows of a peer
 *
 * @id: its id, not 0
 * @role: enum bully_role
 *
 * The caller embeds it in an object of its own and keeps it until
 * BULLY_EV_PEER_DEL has been stepped. Set @id, @role and @stats (to zero)
 * before BULLY_EV_PEER_ADD; everything else is the core's, and the caller may read it
 * between two steps. Each part is written by the file that its comment names.
 */
struct bully_peer {
	u32 id;
	u8 role;

	/* private: the parts */

	/* peers.c: whether the peer lives, and how far away it is */
	u8 state;		/* enum bully_peer_state */
	bool proved;		/* @session answered a HELLO since the peer was last lost */
	bool answered;		/* a HELLO since this node began to listen */
	bool stands;		/* would lead if there were no leader */
	bool leaderless;	/* receives us, and has no leader to speak for it */
	bool ranked;		/* @priority is what it said last (P11) */
	bool mismatch;		/* its heartbeat, misses, voters or ids differ */
	u64 heard;		/* last accepted message; 0 for never */
	u64 seen;		/* last proof of life, also by others' word (R12) */
	u64 both_at;		/* quorum mode: send time of our newest message that it answered */
	u64 rtt;		/* smoothed; 0 until measured */
	u64 detection;		/* its own detection time, by its last message; 0 until then */
	u32 priority;
	struct bully_position position;		/* by its last message (F4) */

	/* session.c: which life of the peer sends, and which of its messages are new */
	u64 session;		/* 0 until known */
	struct {
		u64 session_before;
		u64 at;		/* when @session last answered a HELLO */
		u64 answers_at;	/* start of the interval in which @answers counts */
		u8 answers;
	} proof;
	struct {
		u64 seq;
		u64 window;
	} replay;

	/* outbox.c: what was sent to the peer */
	struct {
		u64 ask_seq;	/* newest question that measures @rtt */
		u64 ask_at;
		u64 hello_seq;
		u64 hello_at;
		u64 hello_floor;	/* answers to HELLOs up to this sequence prove nothing */
		u8 sent_head;
		struct {
			u64 seq;
			u64 at;
		} sent[BULLY_SENT];	/* quorum mode: the last messages to it (R3) */
	} outbox;

	/* expand.c: what the last event said of the peer */
	struct {
		u8 state;
		u8 address;
		u32 priority;
	} told;

	/* address.c: where the peer is received from (S9) */
	struct {
		u8 found;	/* enum bully_address */
		u64 found_at;	/* when @found was last confirmed */
		u64 stranger;	/* session received from another address, not proved; 0 for none */
		u64 stranger_since;
		u64 notice_seq;	/* of the notice that may be answered; 0 for none */
	} address;

	/* duplicate.c: until when two nodes are taken to have the peer's id (D1) */
	struct {
		u64 until;
	} duplicate;

	/* set.c: the set of voters that the peer elects with (R7) */
	struct {
		u32 members;	/* its hash of the voters */
		u32 members_prev;
		u64 members_at;	/* since when */
		bool settled;	/* @members is ours */
		u64 settled_at;	/* since when */
		bool differ;	/* @members is neither ours nor one change away */
	} set;

	/* hello.c: when to ask the peer for its session */
	struct {
		u64 due;	/* next HELLO of a leader to a lost peer (S6) */
		u8 tries;
		u64 challenged_at;	/* last HELLO that a doubtful message caused */
	} hello;

	/* holddown.c: how often the peer's session changed (P5) */
	struct {
		u64 penalty_at;	/* when the session last changed */
		u32 penalty;	/* then, in 1/65536 of a change */
	} holddown;

	/* wait.c: whether the peer is worth waiting for */
	struct {
		bool declined;	/* it will not take over in this election (E6) */
		bool passed;	/* it was waited for, and did not claim (R16) */
	} election;

	/* announce.c: whether the peer knows of this node's claim (E12) */
	struct {
		bool acked;	/* it knows, or need not know */
		u64 due;	/* next COORDINATOR to it */
		u64 until;	/* the peer is down if nothing is received by then */
		u8 tries;
	} announce;

	/* lease.c: the peer's vote for this node's claim */
	struct {
		u8 vote;	/* enum bully_vote: its last answer, also to a question (F3) */
		u8 blocked;	/* enum bully_blocked: for whom the vote is kept (R15) */
		u64 at;		/* send time of our message that its last grant echoes (R3) */
		u64 epoch;
		u32 members;	/* the set that it granted with (R7) */
	} lease;

	/* raft.c: the question (F3); lease.vote has the answer */
	struct {
		u64 due;	/* when to ask it again */
	} raft;

	/* watch.c: the voter as one that this unlisted observer may ask (O2) */
	struct {
		bool open;	/* it was asked, and has not answered */
		u64 avoid_until;	/* others are asked until then */
	} watch;

	/* any file counts */
	struct bully_peer_stats stats;
};

/**
 * struct bully_core - the election of one group on one node
 *
 * The caller owns the memory; what is in it is the core's. The caller may read it
 * between two steps. Each part is written by the file that its comment names.
 */
struct bully_core {
	/* private: the parts */

	/* config.c: what the operator and the machine say */
	char name[BULLY_NAME_LEN];
	u32 id;
	u64 session;
	struct bully_opts opts;
	const struct bully_policy *policy;	/* by @opts.quorum and @opts.election */
	struct bully_position position;		/* of this node's owner (F4) */
	u8 link;		/* enum bully_link */
	bool stopped;

	/* role.c: what this node is */
	u8 state;		/* enum bully_state */
	u32 leader;		/* 0 for none */
	u64 epoch;		/* of @leader, or of the last one */
	struct {
		u8 phase;	/* enum bully_phase */
		u8 cause;	/* enum bully_reason, of the election under way */
		u8 rounds;	/* without a leader */
		bool seen_leader;	/* in this session (R7) */
		u64 claims_full;	/* the bucket of claims (R17) */
	} role;

	/* peers.c */
	u32 n_peers;
	struct bully_peer *peer[BULLY_PEERS_MAX];	/* in rising order of ids */

	/* outbox.c: what a step says */
	u8 reason;		/* enum bully_reason, of the last event */
	struct {
		struct bully_actions *out;	/* of this step */
		u64 seq;	/* of the last step that sent */
	} outbox;

	/* expand.c */
	u64 event_seq;		/* of the last event handed out */

	/* any file counts */
	struct bully_stats stats;

	/* core.c: the step */
	u64 now;
	u64 wall_us;		/* what epochs may begin at */
	bool elsewhere;		/* the message is not from its peer's address (S9) */

	/* clock.c */
	struct {
		u64 timer[BULLY_TIMERS];
		u32 looked;	/* timers that wait for their second look (R9) */
		u64 rng;
	} clock;

	/* rank.c: the priority that all peers were told (P12) */
	struct {
		u32 told;
	} rank;

	/* stand.c: the operator took this node out of the election (C1) */
	struct {
		bool resigned;
		u32 successor;	/* that this node followed since it resigned, or 0 */
	} stand;

	/* epoch.c */
	struct {
		u64 reported;	/* highest epoch told to the user */
		u32 reported_leader;	/* of @reported */
		u64 highest;	/* highest epoch in any accepted message */
		u64 known_at_claim;	/* highest epoch known when this node claimed */
	} epochs;

	/* set.c: the voters (R7) */
	struct {
		u32 members;	/* hash of the voters */
		u32 roster;	/* hash of all ids */
		u32 voters;
		u32 voters_prev;	/* before the last change, or 0 */
		u32 members_prev;
		u64 changed_at;	/* when this node's own set last changed */
		u32 asked;	/* the voter that was last asked for its set */
		u32 configured;	/* the node that is being configured */
		u32 added;	/* the voter that the last change added, or 0 */
	} set;

	/* address.c */
	struct {
		bool odd;	/* a peer's address may be other than ok */
		bool unreached;	/* peers send to another address, and none is received (S10) */
	} address;

	/* duplicate.c: another node has this id (D2) */
	struct {
		bool own;
		bool shut_out;	/* and the other bearer gets our answers */
	} duplicate;

	/* hearsay.c: what others say of leaders (E8, R12) */
	struct {
		u32 leader;	/* that others follow; 0 for none */
		u32 priority;	/* of @leader, as they said */
		u64 at;		/* when that was last known to be true */
		u64 lifetime;	/* how long that is news */
		u32 missed;	/* the leader that last fell silent here, and ... */
		u64 missed_at;	/* ... when it should have answered */
		u32 resigned;	/* the leader that last resigned to us or others */
		u64 resigned_epoch;
		u32 heir;	/* that the last leader named; it claims first (S11) */
	} hearsay;

	/* listen.c: there is no leader (E1, H8) */
	struct {
		u64 judged_from;	/* no peer was silent before */
		u64 ask_due;	/* the next HELLOs */
		bool done;	/* since there was a leader: who did not answer is silent (R16) */
		bool lonely;	/* quorum mode: no majority answered when last asked (R14) */
	} listen;

	/* holddown.c: this node's own (P8) */
	struct {
		u64 started_at;
		u64 until;	/* the longest hold-down that others told us */
		bool lifted;	/* the operator's elect goes before what they tell (P4) */
	} holddown;

	/* preempt.c: a lower node leads (P1, R11) */
	struct {
		bool delay_over;
		bool asked;	/* the leader for a handover */
		bool greeted;	/* all peers, since this node could ask last (R11) */
		u8 ask_tries;
	} preempt;

	/* handover.c: a leader and the successor that its operator names (S11) */
	struct {
		const char *refusal;	/* what became of the last request; NULL if it was done */
		u32 to;		/* the node that is asked, 0 for none */
		u64 epoch;	/* of the leadership that is asked about */
		u64 since;	/* when this node began to ask */
		u64 due;	/* the next HELLO */
		u64 seq;	/* of the first HELLO */
		u8 tries;
		bool answered;	/* it has answered such a HELLO */
		bool majority;	/* quorum mode: by its answer it receives one */
		u64 greeted_at;	/* follower: when its leader last made it ask all others */
	} handover;

	/* probe.c: a follower and its leader (H1 to H4) */
	struct {
		u64 proof;	/* send time of the last probe that was answered */
		u64 base;	/* the same, later by what this node forgives itself (H4) */
		u32 unanswered;	/* probes sent since @proof */
		u32 head;
		u8 extra;	/* extra probes sent (E4) */
		struct {
			u64 seq;
			u64 at;
			bool again;	/* a repeat: not one of the misses */
		} sent[BULLY_PROBES];
	} probe;

	/* announce.c: a leader and its followers */
	struct {
		u64 at;
		u64 spare_until;	/* followers are not judged before (H4) */
	} announce;

	/* raft.c: the random time, and the question (F2, F3) */
	struct {
		u64 since;	/* when this node last granted a claim, or asked */
		u64 seq;	/* of its first question in this election */
	} raft;

	/* watch.c: an unlisted observer (O2) */
	struct {
		u32 asked;	/* the voter that it asks, or 0 */
		bool settled;	/* @asked has named a leader, and has a place */
		u32 denier;	/* the voter whose last answer named no leader, or 0 */
	} watch;

	/* unlisted.c: the places of unlisted observers (O4) */
	struct {
		struct bully_place *place;	/* @room + 1 of them, and chains; or NULL */
		u64 secret;
		u64 greetings_full;	/* the bucket of answers to those without a place */
		u64 full_at;	/* when the last place was last taken */
		u32 room;
		u32 taken;
		u32 free;	/* the first free place, or 0 */
		bool full;	/* as the user was told */
	} unlisted;

	/* grant.c: the vote of this node */
	struct {
		u32 id;		/* of the last grant (R2) */
		bool resigned;
		u64 session;
		u64 epoch;	/* no voter grants below its last grant (R5) */
		u64 seq;	/* of the very message that was answered (R3) */
		u64 at;
		u64 own_at;	/* a vote for oneself is one like any other (R2) */
		u64 own_epoch;
		u64 abstain_until;	/* R4: what was granted before a restart has ended */
		u64 lease_longest;	/* of any that this node granted for; a group that takes
					 * the place of another starts with that one's
					 */
		u64 floor;	/* the wall clock at the start (R5) */
		u8 refusal;	/* follower: enum bully_vote, why its leader has no grant */
	} grant;

	/* lease.c: what this node claims or holds */
	struct {
		u64 claim;	/* epoch; 0 for none */
		u64 claim_since;	/* when the claim began, whatever its epochs */
		u64 base;	/* a majority granted what was sent then or later (R3) */
		u64 until;
		u32 heir;	/* that a RESIGN of the claim names */
	} lease;
};

#endif /* BULLY_CORE_STATE_H */
