# SPDX-License-Identifier: GPL-2.0-only
"""Implements the election of Raft in quorum mode (F1 to F7)."""

import random

from codec import (
    STATES, ELECTION, OK, COORDINATOR_ACK, REFUSE, HELLO, LEASE_HELD, GRANT, ALIVE,
    UNASKED, ANOTHERS, ABSTAINS, EPOCH, VOTERS, UNHEARD, LEADS, AHEAD, HEARS)
from node import Node


class RaftNode(Node):  # pylint: disable=too-many-instance-attributes
    """A member of a group with the election of Raft"""

    def __init__(self, args):
        self.anchor = self.now()                                # F2: the wait counts from then
        self.hearing, self.unheard = 0, False                   # E1: it listens until then. R14: no majority answered
        self.questions, self.said_ok, self.refusals, self.ask_at, self.end = set(), set(), {}, {}, 0    # F3
        self.claimed_at, self.out, self.answered_at = 0, {}, {}                                         # F5, R15
        super().__init__(args)

    def stands(self, now):
        return super().stands(now) and not self.unheard

    def deadline(self, now):
        """Returns a time one to two leases after the anchor, or up to a lease from now if one has passed"""
        late = now - self.anchor > self.T
        return now + random.randint(0, self.T) if late else self.anchor + random.randint(self.T, 2 * self.T)

    def wait_longer(self, now, reason):
        self.wait(now, self.deadline(now) - now, reason)

    def listen(self, now, span, state="init"):
        """Listens (E1, R14); the wait of F2 runs meanwhile"""
        super().listen(now, span, state)
        self.hearing, self.until = now + span, self.deadline(now)

    def tick_init(self, now):
        self.tick_waiting(now)

    def tick_waiting(self, now):
        if self.listening:
            missing = [p for p in self.peers.values() if not p.answered]
            heard = self.majority(set(self.ids) - {p.id for p in missing})
            if not missing or (now >= self.hearing and heard):
                self.unheard = False
                self.wait(now, self.until - now, self.reason)
                return
            self.unheard = now >= self.hearing                  # R14: it asks on, and does not stand
            if now >= self.next_hello:
                self.next_hello = now + self.hb // 2
                for p in missing:
                    self.send(p, HELLO, now)
        elif now >= self.until:
            if not self.stands(now):
                self.wait_longer(now, self.reason)
            elif self.told and now - self.told[1] < self.detect and self.told[1] > self.lost_at:
                self.until = now + self.hb                      # E8: another node receives a leader
            else:
                self.election(now, self.reason)

    def leader_lost(self, now, reason, chosen=False, heir=0):
        """Handles the loss of the leader (F2); a successor claims at once (F6)"""
        self.lost_at = self.anchor = now
        if reason == "leader-timeout":
            self.lost_at, self.anchor = min(self.probes.values(), default=now), self.proof
        self.leader = self.leader_session = 0
        (self.claim if chosen else self.wait_longer)(now, reason)

    def step_down(self, now, reason, successor=0):
        self.anchor = now
        super().step_down(now, reason, successor)
        if reason == "lease-lost":                              # R14
            self.listen(now, self.hb, "waiting")

    def follow(self, p, m, now, since, reason=None):
        self.listening = self.unheard = False
        super().follow(p, m, now, since, reason)

    def election(self, now, reason):
        """Asks all nodes whether they would grant a claim (F3)"""
        self.state, self.leader, self.leader_session = "election", 0, 0
        self.anchor, self.end = now, now + self.T
        self.questions, self.said_ok, self.refusals = set(), set(), {}
        self.report(reason)
        for p in self.peers.values():
            self.ask(p, now)
        self.count_answers(now)

    def ask(self, p, now):
        self.questions.add(self.send(p, ELECTION, now, leader=0))
        self.ask_at[p.id] = now + max(self.hb // 4, 2 * (p.rtt or 0))

    def count_answers(self, now):
        g = self.grant
        free = now >= self.abstain and not (g and g[0] != self.id and not g[4] and now < g[3] + self.T)
        if self.majority(self.said_ok | ({self.id} if free else set())):
            self.claim(now, self.reason)
            return
        behind = {i for i, why in self.refusals.items() if why == AHEAD}
        if now >= self.end or not self.majority(set(self.voters) - behind):
            answered = self.said_ok | set(self.refusals) | {self.id}
            self.wait_longer(now, self.reason)
            if not self.majority(answered):                     # R14
                self.listen(now, self.hb, "waiting")

    def tick_election(self, now):
        if self.claiming:
            return
        for p in self.peers.values():
            if p.id in self.voters and p.id not in self.said_ok and now >= self.ask_at.get(p.id, 0):
                self.ask(p, now)
        self.count_answers(now)

    def on_election(self, m, p, now, back):
        why = self.refusal_of(m, p, now, question=True)
        if m.leader:                                            # R11
            if self.near(m) and m.flags & ALIVE and self.state == "leader":
                self.asked_for_lead(m, p, now, back)
        elif why and m.lease:                                   # E14
            self.refuse(m, p, now, back, why)
        elif m.lease:
            self.send(p, OK, now, back, echo=m.seq, leader=0, leader_age=0, leader_session=0)

    def asking(self, m):
        return self.state == "election" and not self.claiming and m.echo in self.questions and self.near(m)

    def on_ok(self, m, p, now, _back):
        if self.asking(m) and not m.leader:
            self.said_ok.add(p.id)
            self.refusals.pop(p.id, None)
            self.count_answers(now)

    def on_refuse(self, m, p, now, _back):
        if self.asking(m) and m.refusal:
            self.said_ok.discard(p.id)
            self.refusals[p.id] = m.refusal
            self.ask_at[p.id] = now + (m.remain + random.randint(0, self.hb // 4) if m.remain else self.hb)
            self.count_answers(now)
        elif self.claiming and m.refusal:
            self.refused(m, p, now)

    def refusal_of(self, m, p, now, renewal=False, question=False):
        """Returns the first reason not to grant that applies, or 0 (R2, F3, F4)"""
        g = self.grant
        same = g and g[:2] == [p.id, m.from_session]
        lives = g and not g[4] and now < g[3] + self.T
        again = same and m.epoch == g[2] and not g[4]
        mine = self.state == "follower" and (self.leader, self.leader_session) == (p.id, m.from_session)
        heard = now - p.sent.get(m.echo, -1e18) <= max(self.detect, self.T)
        leads = self.state == "leader"
        for why, applies in (
                (LEADS, leads),
                (VOTERS, not self.near(m)),
                (ABSTAINS, now < self.abstain),
                (HEARS, question and self.state == "follower" and not mine),
                (ANOTHERS if g and g[0] != self.id else LEADS, lives and not same),
                (EPOCH, not question and not again and m.epoch <= max(g[2] if g else 0, self.floor)),
                (UNHEARD, not (same or renewal or question or heard)),
                (AHEAD, not renewal and not mine and self.args.position > (m.position_term, m.position_index))):
            if applies:
                return why
        return UNASKED

    def refuse(self, m, p, now, back, why):
        g = self.grant
        fields = {"leader": 0, "leader_age": 0, "leader_session": 0}
        voted = max(0, int(g[3] + self.T - now)) if g and not g[4] else 0
        if why == ABSTAINS:
            fields["remain"] = int(self.abstain - now)
        elif why == EPOCH:
            fields["epoch"] = max(g[2] if g else 0, self.floor)
        elif why == LEADS:
            fields.update(leader=self.id, leader_session=self.session, remain=voted)
        elif why == ANOTHERS:
            fields.update(leader=g[0], leader_session=g[1], epoch=g[2], leader_age=int(now - g[3]), remain=voted)
        elif why == HEARS:
            missed = min(self.proof + self.detect, self.said + self.T)
            fields["remain"] = max(0, int(missed - now), voted)
        self.send(p, REFUSE, now, back, echo=m.seq, refusal=why, **fields)

    def on_quorum_coordinator(self, m, p, now, back):
        if m.flags & LEASE_HELD or not m.lease:                 # E14
            return super().on_quorum_coordinator(m, p, now, back) if m.lease else None
        why = self.refusal_of(m, p, now)
        if why:
            return self.refuse(m, p, now, back, why)
        if self.claiming:
            self.give_claim_up(now)                             # R2
        self.vote(m, p, now, renewal=False)
        if (self.leader, self.leader_session) != (p.id, m.from_session):
            self.anchor = now                                   # F2
            self.wait_longer(now, self.reason)
        return self.send(p, COORDINATOR_ACK, now, back, echo=m.seq, flags=GRANT, epoch=m.epoch)

    def claim(self, now, reason):
        self.claimed_at, self.out, self.answered_at = now, {}, {}
        if self.state != "leader":
            self.anchor = now
        super().claim(now, reason)

    def refused(self, m, p, now):
        """Handles a voter's refusal of the claim (R13, R15)"""
        self.out.pop(p.id, None)
        claims = m.epoch > m.reported if m.refusal == ANOTHERS else m.state == STATES.index("election")
        if m.refusal == AHEAD:
            self.out[p.id] = now                                # F4
        elif m.refusal in (ANOTHERS, LEADS) and claims:
            self.out[p.id] = now + self.hb // 8
        elif (m.refusal == ANOTHERS and m.state == STATES.index("follower") and now - m.leader_age > self.lost_at
                and not self.has_resigned(m)):
            self.out[p.id] = now
        super().refused(m, p, now)
        if m.refusal in (ANOTHERS, LEADS):
            p.again = now + (self.hb // 16 if claims else min(max(m.remain, self.hb // 32), self.hb // 2))
            if m.refusal == ANOTHERS and self.has_resigned(m):
                p.again = min(p.again, self.soon(p, now))
        elif m.refusal == VOTERS:
            p.again = now + self.hb
        self.answered_at[p.id] = max(now, p.again)              # it is silent only if it was asked

    def tick_claim(self, now):
        trips = max((p.rtt or 0 for p in self.peers.values()), default=0)
        silent = now - min(self.detect, max(4 * trips, self.hb // 2))
        counts = [p.id for p in self.peers.values()
                  if p.grant_epoch == self.claiming or (
                      now < self.out.get(p.id, now + 1) and self.answered_at.get(p.id, self.claimed_at) > silent)]
        if self.state != "leader" and not self.majority(counts + [self.id]):
            self.give_claim_up(now)                             # R15
        else:
            super().tick_claim(now)

    def successor(self):
        return max(((p.position, p.id) for p in self.peers.values() if p.up and p.stands and p.role == 0),
                   default=(0, 0))[1]

    def asked_for_lead(self, m, p, now, back):
        live = [(q.id, q.position) for q in self.peers.values() if q.up] + [(self.id, self.args.position)]
        if self.majority([i for i, position in live if position <= p.position]):
            super().asked_for_lead(m, p, now, back)
        else:
            self.send(p, REFUSE, now, back, echo=m.seq, refusal=AHEAD, leader=0, leader_session=0)
