/* SPDX-License-Identifier: GPL-2.0 */
/*
 * internal.h - owns what the files of the core say to each other, from the ground up
 *
 * A file calls only files above it in this list, and writes only its own part of struct
 * bully_core and struct bully_peer. Documentation/architecture.rst has the layers, and
 * tests/static/layers holds them.
 */
#ifndef BULLY_CORE_INTERNAL_H
#define BULLY_CORE_INTERNAL_H

#include "core.h"
#include "policy.h"

/* H3: the time after which a silent leader is gone. */
static inline u64 bully_detection(const struct bully_core *c)
{
	return c->opts.heartbeat_ns * c->opts.misses;
}

/* Returns true if a leader leads by grants of a majority, for as long as its lease (R1 to R13). */
static inline bool bully_leases(const struct bully_core *c)
{
	return c->policy->leases;
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

/* As messages have it. */
static inline u32 bully_lease_ms(const struct bully_core *c)
{
	return bully_div(c->opts.lease_ns + 999999, 1000000);
}

#define bully_for_each_peer(c, i, p) \
	for ((i) = 0; (i) < (c)->n_peers && ((p) = (c)->peer[i], true); (i)++)

/* clock.c */
u64 bully_jitter(struct bully_core *c, u64 span);
u64 bully_jittered(struct bully_core *c, u64 span);
void bully_clock_init(struct bully_core *c, u64 seed);
void bully_timer_clear_all(struct bully_core *c);
void bully_timer_set(struct bully_core *c, enum bully_timer t, u64 when);
void bully_timer_advance(struct bully_core *c, enum bully_timer t, u64 when);
bool bully_timer_due(const struct bully_core *c, enum bully_timer t);
bool bully_timer_judged(struct bully_core *c, enum bully_timer t);
void bully_clock_count_lateness(struct bully_core *c, u64 late);

/* epoch.c */
void bully_epoch_seen(struct bully_core *c, u64 epoch);
void bully_epoch_reported(struct bully_core *c, u32 leader, u64 epoch);
void bully_epoch_claimed(struct bully_core *c);
bool bully_epoch_ok(const struct bully_core *c, u64 epoch, u32 id);
u64 bully_epoch_next(const struct bully_core *c);

/* stand.c */
bool bully_stand_linked(const struct bully_core *c);
bool bully_stand_set_is_made(const struct bully_core *c);
bool bully_stands(const struct bully_core *c);
void bully_stand_resign(struct bully_core *c);
void bully_stand_return(struct bully_core *c);
void bully_stand_follow(struct bully_core *c, u32 leader);

/* outbox.c */
bool bully_outbox_is_target(const struct bully_core *c, const struct bully_action *act,
			    const struct bully_peer *p);
struct bully_action *bully_send(struct bully_core *c, enum bully_target target, u32 id,
				enum bully_msg_type type, u64 echo);
struct bully_action *bully_answer(struct bully_core *c, const struct bully_msg *m,
				  enum bully_msg_type type);
void bully_note(struct bully_core *c, enum bully_event_kind kind, enum bully_reason reason);
bool bully_outbox_is_full(const struct bully_core *c);
void bully_outbox_begin(struct bully_core *c, struct bully_actions *out);
void bully_outbox_end(struct bully_core *c);
void bully_outbox_void_hellos(const struct bully_core *c, struct bully_peer *p);
void bully_outbox_hello_answered(struct bully_peer *p, u64 seq);
void bully_outbox_ask_answered(struct bully_peer *p);
bool bully_outbox_remembers(const struct bully_peer *p, u64 seq, u64 *at);
u32 bully_outbox_us(u64 ns);

/* hello.c */
void bully_hello(struct bully_core *c, struct bully_peer *p);
void bully_hello_all(struct bully_core *c);
void bully_hello_at(struct bully_core *c, struct bully_peer *p, u64 when);
void bully_hello_reset(struct bully_peer *p);
u64 bully_hello_lost(struct bully_core *c);
bool bully_hello_may_challenge(struct bully_core *c, struct bully_peer *p);
void bully_hello_challenge_again(struct bully_peer *p);

/* peers.c */
bool bully_peers_insert(struct bully_core *c, struct bully_peer *p);
bool bully_peers_remove(struct bully_core *c, struct bully_peer *p);
void bully_peer_forget(struct bully_core *c, struct bully_peer *p);
void bully_peer_set_role(struct bully_peer *p, u8 role);
void bully_peers_unprove(struct bully_core *c);
void bully_peer_proved(struct bully_peer *p);
void bully_peers_unanswered(struct bully_core *c);
void bully_peer_answered(struct bully_peer *p);
void bully_peer_show(struct bully_core *c, struct bully_peer *p, enum bully_peer_state state);
void bully_peer_up(struct bully_core *c, struct bully_peer *p);
void bully_peer_lost(struct bully_core *c, struct bully_peer *p);
void bully_peer_heard(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_peer_seen(struct bully_peer *p, u64 at);
void bully_peer_configured(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_peer_ignored(struct bully_peer *p);
void bully_peer_rtt(struct bully_peer *p, u64 sample);
void bully_peer_both(struct bully_peer *p, u64 at);
bool bully_peer_hears(const struct bully_core *c, const struct bully_peer *p, u64 now);
bool bully_peer_answers(const struct bully_core *c, const struct bully_peer *p, u64 now);

/* set.c */
u32 bully_set_node(const struct bully_core *c, u32 i, u8 *role);
bool bully_set_update(struct bully_core *c);
void bully_set_configure(struct bully_core *c, u32 id);
bool bully_set_is_voter(const struct bully_core *c);
u32 bully_set_majority(const struct bully_core *c);
u32 bully_set_majority_ahead(const struct bully_core *c);
bool bully_set_near(const struct bully_core *c, const struct bully_msg *m);
void bully_set_forget_change(struct bully_core *c);
void bully_set_unsettle(struct bully_core *c);
void bully_set_begin_change(struct bully_core *c, u32 was, u32 had);
bool bully_set_other_mode(const struct bully_core *c, const struct bully_msg *m);
bool bully_set_seen(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_set_ask(struct bully_core *c);

/* address.c */
void bully_address_found(struct bully_core *c, struct bully_peer *p, enum bully_address address);
void bully_address_forget(struct bully_core *c, struct bully_peer *p);
void bully_address_expire(struct bully_core *c);
void bully_address_accepted(struct bully_core *c, struct bully_peer *p);
void bully_address_answered(struct bully_peer *p, u64 session);
bool bully_address_doubt(struct bully_core *c, struct bully_peer *p);
void bully_address_stranger(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
bool bully_address_notice_answered(struct bully_peer *p, const struct bully_msg *m);
bool bully_address_unreached(struct bully_core *c, const struct bully_peer *told);
void bully_address_reached(struct bully_core *c);

/* duplicate.c */
bool bully_duplicate_seen(struct bully_core *c, struct bully_peer *p);
bool bully_duplicate_own(struct bully_core *c, const struct bully_peer *p);
void bully_duplicate_shut_out(struct bully_core *c);
void bully_duplicate_over(struct bully_core *c);

/* session.c */
enum bully_drop bully_session_answer_hello(struct bully_core *c, struct bully_peer *p,
					   const struct bully_msg *m);
enum bully_drop bully_session_check(struct bully_core *c, const struct bully_msg *m,
				    enum bully_tag tag, struct bully_peer **peer, bool *restarted);
enum bully_drop bully_session_admit(struct bully_core *c, struct bully_peer *p,
				    const struct bully_msg *m);

/* hearsay.c */
void bully_hearsay_hear(struct bully_core *c, u32 leader, u64 at, u64 lifetime);
void bully_hearsay_forget(struct bully_core *c);
void bully_hearsay_forget_leader(struct bully_core *c, u32 leader);
bool bully_hearsay_is_fresh(const struct bully_core *c);
void bully_hearsay_missed(struct bully_core *c, u32 leader, u64 at);
bool bully_hearsay_is_news(const struct bully_core *c, u32 leader, u64 at);
void bully_hearsay_resigned(struct bully_core *c, u32 leader, u64 epoch);

/* holddown.c */
void bully_holddown_count(struct bully_core *c, struct bully_peer *p);
u32 bully_holddown_tell(const struct bully_core *c, const struct bully_peer *p, u64 session);
void bully_holddown_begin(struct bully_core *c);
void bully_holddown_told(struct bully_core *c, const struct bully_msg *m);
void bully_holddown_off(struct bully_core *c);
void bully_holddown_end(struct bully_core *c);
bool bully_holddown_holds(const struct bully_core *c);

/* alive.c */
bool bully_alive_write(const struct bully_core *c, u64 at, struct bully_msg *m);
void bully_alive_read(struct bully_core *c, const struct bully_msg *m);
void bully_alive_heard(const struct bully_core *c, u64 at, struct bully_msg *m);
u32 bully_alive_voters(const struct bully_core *c, const struct bully_msg *m);

/* wait.c */
bool bully_wait_for_any(const struct bully_core *c);
u32 bully_wait_rank(const struct bully_core *c);
u64 bully_wait_ok(const struct bully_core *c);
u64 bully_wait_votes(const struct bully_core *c);
void bully_wait_forget_chances(struct bully_core *c);
void bully_wait_claimed(struct bully_peer *p);
bool bully_wait_once(struct bully_peer *p);
bool bully_wait_begin(struct bully_core *c);
void bully_wait_declined(struct bully_peer *p);

/* listen.c */
bool bully_listen_is_lonely(const struct bully_core *c);
void bully_listen_alone(struct bully_core *c);
void bully_listen_over(struct bully_core *c);
void bully_listen_set_lonely(struct bully_core *c, bool lonely);
void bully_listen_done(struct bully_core *c);
void bully_listen_ask(struct bully_core *c);
void bully_listen_ask_back(struct bully_core *c, struct bully_peer *p);

/* preempt.c */
bool bully_preempt_would(const struct bully_core *c);
void bully_preempt_reset(struct bully_core *c);
void bully_preempt_arm(struct bully_core *c);
bool bully_preempt_due(struct bully_core *c);
void bully_preempt_unasked(struct bully_core *c);
void bully_preempt_ask_anew(struct bully_core *c);
void bully_preempt_asked(struct bully_core *c);
void bully_preempt_again(struct bully_core *c);

/* grant.c */
u64 bully_grant_abstention(const struct bully_core *c);
void bully_grant_abstain(struct bully_core *c);
void bully_grant_raise_floor(struct bully_core *c);
void bully_grant_follow(struct bully_core *c);
u32 bully_grant_holder(const struct bully_core *c);
u64 bully_grant_free(const struct bully_core *c);
enum bully_vote bully_grant_own(struct bully_core *c);
void bully_grant_forget_own(struct bully_core *c);
u64 bully_grant_own_due(const struct bully_core *c);
enum bully_vote bully_grant_judge(const struct bully_core *c, const struct bully_peer *p,
				  const struct bully_msg *m);
bool bully_grant_would_yield(const struct bully_core *c, const struct bully_peer *p,
			     const struct bully_msg *m);
void bully_grant_give(struct bully_core *c, const struct bully_msg *m);
enum bully_vote bully_grant_renew(struct bully_core *c, const struct bully_msg *m);
bool bully_grant_is_claimed(const struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_grant_release(struct bully_core *c, u32 id, u64 session, u64 epoch);
void bully_grant_hear(struct bully_core *c, const struct bully_msg *m);
void bully_grant_tell(const struct bully_core *c, struct bully_action *act, enum bully_vote vote);
void bully_grant_refuse(struct bully_core *c, const struct bully_msg *m, enum bully_vote vote);
void bully_grant_in_probe(const struct bully_core *c, struct bully_action *act);

/* probe.c */
bool bully_probe_is_answered(const struct bully_core *c);
void bully_probe_begin(struct bully_core *c);
void bully_probe_rhythm(struct bully_core *c);
void bully_probe_send(struct bully_core *c);
void bully_probe_repeat(struct bully_core *c);
void bully_probe_now(struct bully_core *c);
bool bully_probe_missed(struct bully_core *c);
void bully_probe_tick(struct bully_core *c, u64 late);
u64 bully_probe_first_unanswered(const struct bully_core *c);
bool bully_probe_silent(const struct bully_core *c);
bool bully_probe_gone(struct bully_core *c);
u32 bully_probe_find(const struct bully_core *c, const struct bully_msg *m);
void bully_probe_answered(struct bully_core *c, struct bully_peer *p, u32 i);
void bully_probe_resume(struct bully_core *c, u64 proof, u64 base);

/* announce.c */
void bully_announce_begin(struct bully_core *c);
void bully_announce_repeat(struct bully_core *c, u64 due);
void bully_announce_acked(struct bully_peer *p);
void bully_announce_again(struct bully_core *c, struct bully_peer *p);
void bully_announce_tell(struct bully_core *c, struct bully_peer *p);
void bully_announce_hasten(struct bully_core *c, struct bully_peer *p);
void bully_announce_after(struct bully_core *c, struct bully_peer *p, u64 wait);
u32 bully_announce_successor(const struct bully_core *c);
void bully_announce_judge(struct bully_core *c, u64 late);

/* lease.c */
u32 bully_lease_grants(const struct bully_core *c, u64 now);
bool bully_lease_has_vote(const struct bully_core *c, const struct bully_peer *p);
bool bully_lease_is_claiming(const struct bully_core *c);
bool bully_lease_is_won(struct bully_core *c);
void bully_lease_renew(struct bully_core *c);
void bully_lease_uncount(struct bully_core *c);
enum bully_reason bully_lease_over(struct bully_core *c);
void bully_lease_hear(struct bully_core *c);
enum bully_ballot bully_lease_take_vote(struct bully_core *c, struct bully_peer *p,
					const struct bully_msg *m);
void bully_lease_forget_vote(struct bully_peer *p);
void bully_lease_block(struct bully_peer *p, enum bully_blocked blocked);
void bully_lease_claim(struct bully_core *c);
void bully_lease_name_heir(struct bully_core *c, u32 heir);
void bully_lease_end_claim(struct bully_core *c);

/* claim.c */
bool bully_claim_is_hopeless(const struct bully_core *c);
bool bully_claim_is_unheard(const struct bully_core *c);
enum bully_blocked bully_claim_yields(struct bully_core *c, const struct bully_peer *p,
				      const struct bully_msg *m);
u64 bully_claim_wait(const struct bully_core *c, const struct bully_peer *p,
		     const struct bully_msg *m);

/* role.c */
void bully_role_wait_again(struct bully_core *c);
void bully_role_wait_for(struct bully_core *c, enum bully_phase phase, u64 wait);
void bully_role_count_round(struct bully_core *c);
void bully_role_set_cause(struct bully_core *c, enum bully_reason cause);
bool bully_role_may_claim(struct bully_core *c);
void bully_role_init(struct bully_core *c, enum bully_reason reason);
void bully_role_wait(struct bully_core *c, enum bully_reason reason, enum bully_phase phase);
void bully_role_listen(struct bully_core *c);
void bully_role_listen_anew(struct bully_core *c, enum bully_reason reason);
void bully_role_claim_withdrawn(struct bully_core *c);
void bully_role_election(struct bully_core *c, enum bully_reason reason);
void bully_role_claim(struct bully_core *c, enum bully_reason reason);
void bully_role_follow(struct bully_core *c, struct bully_peer *p, u64 epoch,
		       enum bully_reason reason);
void bully_role_lead(struct bully_core *c, u64 epoch, enum bully_reason reason);
void bully_role_resign(struct bully_core *c, enum bully_reason reason);
bool bully_role_step_down(struct bully_core *c, enum bully_reason reason);
void bully_role_stand_again(struct bully_core *c, enum bully_reason reason);
bool bully_role_doubt(struct bully_core *c);

/* elect.c */
void bully_elect_win(struct bully_core *c, enum bully_reason reason);
void bully_elect(struct bully_core *c, enum bully_reason why);
void bully_elect_declined(struct bully_core *c, struct bully_peer *p);
void bully_elect_phase_over(struct bully_core *c);
void bully_elect_listen_check(struct bully_core *c);
void bully_elect_listen_end(struct bully_core *c);
void bully_elect_leader_lost(struct bully_core *c, enum bully_reason reason);
void bully_elect_suspect(struct bully_core *c);
void bully_elect_probe_over(struct bully_core *c);
void bully_elect_leader_judged(struct bully_core *c);

/* handover.c */
void bully_handover_asked(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_handover_ask(struct bully_core *c);

/* hear.c */
void bully_hear_election(struct bully_core *c, const struct bully_msg *m);
void bully_hear_ok(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
void bully_hear_heartbeat(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);
enum bully_drop bully_hear_heartbeat_ack(struct bully_core *c, struct bully_peer *p,
					 const struct bully_msg *m);
enum bully_drop bully_hear_resign(struct bully_core *c, struct bully_peer *p,
				  const struct bully_msg *m);
void bully_hear_any(struct bully_core *c, struct bully_peer *p, const struct bully_msg *m);

/* notice.c */
void bully_notice_duplicate(struct bully_core *c, const struct bully_peer *p);
void bully_notice_duplicate_over(struct bully_core *c);
void bully_notice_unreached_over(struct bully_core *c);
enum bully_drop bully_notice_receive(struct bully_core *c, struct bully_peer *p,
				     const struct bully_msg *m);

/* receive.c */
enum bully_drop bully_receive(struct bully_core *c, const struct bully_msg *m, enum bully_tag tag);

/* timers.c */
void bully_timers_lease(struct bully_core *c);
void bully_timers_fire(struct bully_core *c);

/* config.c */
void bully_config_step(struct bully_core *c, const struct bully_event *ev);

#endif /* BULLY_CORE_INTERNAL_H */
