/* SPDX-License-Identifier: GPL-2.0 */
/* internal.h - owns what the files of the core say to each other */
#ifndef BULLY_CORE_INTERNAL_H
#define BULLY_CORE_INTERNAL_H

#include "core.h"

/* The time after which a silent leader is gone (rule H3). */
static inline u64 bully_detection(const struct bully_core *c)
{
	return c->opts.heartbeat_ns * c->opts.misses;
}

static inline bool bully_quorum(const struct bully_core *c)
{
	return c->opts.quorum == BULLY_QUORUM_MAJORITY;
}

static inline u64 bully_max(u64 a, u64 b)
{
	return a > b ? a : b;
}

static inline u64 bully_min(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* R12: a peer's word is as good as its own detection time lets it be, where that is longer. */
static inline u64 bully_detection_of(const struct bully_core *c, const struct bully_peer *p)
{
	return bully_max(bully_detection(c), p->detection);
}

static inline void bully_timer_set(struct bully_core *c, enum bully_timer t, u64 when)
{
	c->clock.timer[t] = when;
	c->clock.looked &= ~(1u << t);
}

/* Make a timer fire no later than @when. */
static inline void bully_timer_advance(struct bully_core *c, enum bully_timer t, u64 when)
{
	if (when < c->clock.timer[t])
		bully_timer_set(c, t, when);
}

/* As messages have it. */
static inline u32 bully_lease_ms(const struct bully_core *c)
{
	return bully_div(c->opts.lease_ns + 999999, 1000000);
}

#define bully_for_each_peer(c, i, p) \
	for ((i) = 0; (i) < (c)->n_peers && ((p) = (c)->peer[i], true); (i)++)

/* core.c */
u64 bully_jitter(struct bully_core *c, u64 span);
u64 bully_jittered(struct bully_core *c, u64 span);

/* say.c */
u32 bully_us(u64 ns);
struct bully_action *bully_send(struct bully_core *c, enum bully_target target, u32 id,
				enum bully_msg_type type, u64 echo);
struct bully_action *bully_answer(struct bully_core *c, const struct bully_msg *m,
				  enum bully_msg_type type);
void bully_note(struct bully_core *c, enum bully_event_kind kind, enum bully_reason reason);

/* timer.c */
void bully_timers_clear(struct bully_core *c);
void bully_timers_fire(struct bully_core *c);
bool bully_time_doubt(struct bully_core *c);

/* peer.c */
void bully_peer_insert(struct bully_core *c, struct bully_peer *p);
void bully_peer_remove(struct bully_core *c, struct bully_peer *p);
void bully_peer_forget(struct bully_core *c, struct bully_peer *p);
void bully_peer_up(struct bully_core *c, struct bully_peer *p);
void bully_peer_lost(struct bully_core *c, struct bully_peer *p);
void bully_peer_rtt(struct bully_peer *p, u64 sample);
void bully_peer_hashes(struct bully_core *c);
bool bully_hears(const struct bully_core *c, const struct bully_peer *p, u64 now);
bool bully_answers(const struct bully_core *c, const struct bully_peer *p, u64 now);
u32 bully_alive_voters(const struct bully_core *c, const struct bully_msg *m);
void bully_alive_heard(const struct bully_core *c, u64 at, struct bully_msg *m);
void bully_alive_read(struct bully_core *c, const struct bully_msg *m);
bool bully_alive_write(const struct bully_core *c, u64 at, struct bully_msg *m);

/* session.c */
void bully_hello(struct bully_core *c, struct bully_peer *p);
void bully_hello_all(struct bully_core *c);
void bully_hello_timer(struct bully_core *c);
enum bully_drop bully_answer_hello(struct bully_core *c, struct bully_peer *p,
				   const struct bully_msg *m);
enum bully_drop bully_receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag);

/* address.c */
void bully_address_forget(struct bully_core *c, struct bully_peer *p);
void bully_addresses_expire(struct bully_core *c);
void bully_address_accepted(struct bully_core *c, struct bully_peer *p);
bool bully_address_doubt(struct bully_core *c, struct bully_peer *p);
void bully_stranger(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
enum bully_drop bully_on_notice(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m);
void bully_reached(struct bully_core *c);

/* duplicate.c */
void bully_duplicate(struct bully_core *c, const struct bully_peer *p);
void bully_duplicate_seen(struct bully_core *c, struct bully_peer *p);
void bully_duplicate_over(struct bully_core *c);

/* holddown.c */
void bully_holddown_count(struct bully_core *c, struct bully_peer *p);
u32 bully_holddown_tell(const struct bully_core *c, const struct bully_peer *p, u64 session);
void bully_holddown_told(struct bully_core *c, const struct bully_msg *m);
void bully_holddown_end(struct bully_core *c);
bool bully_held(const struct bully_core *c);

/* elect.c */
bool bully_stands(const struct bully_core *c);
bool bully_would_preempt(const struct bully_core *c);
bool bully_epoch_ok(const struct bully_core *c, u64 epoch, u32 id);
bool bully_told_fresh(const struct bully_core *c);
bool bully_lonely(const struct bully_core *c);
void bully_become_init(struct bully_core *c, enum bully_reason reason);
void bully_become_waiting(struct bully_core *c, enum bully_reason reason,
			  enum bully_phase phase);
void bully_become_follower(struct bully_core *c, struct bully_peer *p, u64 epoch,
			   enum bully_reason reason);
void bully_become_leader(struct bully_core *c, enum bully_reason reason);
void bully_stand_again(struct bully_core *c, enum bully_reason reason);
void bully_wait_for(struct bully_core *c);
void bully_listen_again(struct bully_core *c, enum bully_reason reason);
void bully_claim_withdrawn(struct bully_core *c);
void bully_lease_won(struct bully_core *c);
bool bully_claim_allowed(struct bully_core *c);
u64 bully_next_epoch(const struct bully_core *c);
void bully_elect(struct bully_core *c, enum bully_reason why);
void bully_phase_over(struct bully_core *c);
void bully_listen_check(struct bully_core *c);
void bully_listen_end(struct bully_core *c);

/* wait.c */
bool bully_anybody_may_answer(const struct bully_core *c);
u32 bully_rank(const struct bully_core *c);
u64 bully_ok_wait(const struct bully_core *c);
u64 bully_answer_wait(const struct bully_core *c);
u64 bully_coord_wait(struct bully_core *c);
u64 bully_stagger_wait(const struct bully_core *c);

/* hear.c */
void bully_hear_holder(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_on_election(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_on_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_on_coordinator(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_learn(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);

/* follow.c */
bool bully_follow_answered(const struct bully_core *c);
void bully_follow_begin(struct bully_core *c);
void bully_follow_rhythm(struct bully_core *c);
void bully_follow_probe(struct bully_core *c);
void bully_follow_again(struct bully_core *c);
void bully_follow_suspect(struct bully_core *c);
void bully_follow_tick(struct bully_core *c, u64 late);
void bully_follow_gone(struct bully_core *c);
void bully_follow_probe_over(struct bully_core *c);
bool bully_news(const struct bully_core *c, u32 leader, u64 at);
void bully_leader_lost(struct bully_core *c, enum bully_reason reason);
enum bully_drop bully_on_heartbeat_ack(struct bully_core *c, struct bully_peer *p,
				       const struct bully_msg *m);
enum bully_drop bully_on_resign(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m);

/* lead.c */
void bully_lead_begin(struct bully_core *c);
void bully_lead_tick(struct bully_core *c, u64 late);
void bully_lead_claim_timer(struct bully_core *c);
void bully_lead_tell(struct bully_core *c, struct bully_peer *p);
void bully_lead_again(struct bully_core *c, enum bully_reason reason);
u32 bully_lead_successor(const struct bully_core *c);
void bully_lead_hand_over(struct bully_core *c, u32 heir);
void bully_claim_tick(struct bully_core *c);
void bully_lead_resign(struct bully_core *c, enum bully_reason reason);
void bully_on_heartbeat(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
enum bully_drop bully_on_coordinator_ack(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m);
enum bully_drop bully_on_refuse(struct bully_core *c, struct bully_peer *p,
				const struct bully_msg *m);

/* voter.c */
u64 bully_abstention(const struct bully_core *c);
void bully_abstain(struct bully_core *c);
bool bully_votes(const struct bully_core *c);
u32 bully_granted_to(const struct bully_core *c);
bool bully_members_near(const struct bully_core *c, const struct bully_msg *m);
enum bully_vote bully_vote_self(struct bully_core *c);
u64 bully_vote_self_due(const struct bully_core *c);
enum bully_vote bully_vote_on(const struct bully_core *c, const struct bully_peer *p,
			      const struct bully_msg *m);
bool bully_vote_would_yield(const struct bully_core *c, const struct bully_peer *p,
			    const struct bully_msg *m);
void bully_vote_grant(struct bully_core *c, const struct bully_msg *m);
enum bully_vote bully_vote_renew(struct bully_core *c, const struct bully_msg *m);
u64 bully_vote_free(const struct bully_core *c);
bool bully_vote_claimed(const struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_vote_hear(struct bully_core *c, const struct bully_msg *m);
void bully_vote_release(struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_vote_tell(const struct bully_core *c, struct bully_action *act, enum bully_vote vote);
void bully_vote_refuse(struct bully_core *c, const struct bully_msg *m, enum bully_vote vote);
void bully_vote_in_probe(const struct bully_core *c, struct bully_action *act);

/* lease.c */
u32 bully_majority(const struct bully_core *c);
u32 bully_grants(const struct bully_core *c, u64 now);
void bully_lease_update(struct bully_core *c);
void bully_lease_recount(struct bully_core *c);
void bully_lease_tick(struct bully_core *c);
void bully_lease_check(struct bully_core *c);
void bully_led(struct bully_core *c);
void bully_vote_take(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_claim(struct bully_core *c);
void bully_claim_self(struct bully_core *c);
void bully_claim_above(struct bully_core *c, u64 epoch);
void bully_claim_end(struct bully_core *c);
void bully_on_claim(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_on_handover(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_ask_handover(struct bully_core *c);
bool bully_claiming(const struct bully_core *c);

/* claim.c */
bool bully_claim_hopeless(const struct bully_core *c);
void bully_claim_give_up(struct bully_core *c);
enum bully_drop bully_on_vote_refused(struct bully_core *c, struct bully_peer *p,
				      const struct bully_msg *m);

/* voters.c */
bool bully_linked(const struct bully_core *c);
bool bully_set_complete(const struct bully_core *c);
void bully_voters_changed(struct bully_core *c, u32 was, u32 had);
void bully_voters_seen(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_other_mode(const struct bully_core *c, const struct bully_msg *m);
void bully_voters_ask(struct bully_core *c);

#endif /* BULLY_CORE_INTERNAL_H */
