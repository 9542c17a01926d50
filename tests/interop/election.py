# SPDX-License-Identifier: GPL-2.0-only
"""Implements elections, claims and their ends (E1 to E12, C2, R5, R6, S1)."""

import random

from codec import (
    STATES, ELECTION, OK, COORDINATOR, COORDINATOR_ACK, REFUSE, RESIGN, LEASE_HELD, GRANT, STANDS, ALIVE)


class Elections:
    """The part of a node that holds elections"""

    def coordinator(self, p, now, seq=None):
        """Sends COORDINATOR; in quorum mode its echo shows the voter that it is received (R10)"""
        fields = {"leader": self.id, "leader_session": self.session, "leader_age": 0}
        if self.claiming:
            fields["epoch"] = self.claiming
        if self.quorum and now - p.heard <= self.detect:
            fields["echo"] = p.heard_seq
        return self.send(p, COORDINATOR, now, seq=seq, **fields)

    def coordinator_to_all(self, now):
        """Sends COORDINATOR to all and plans the repeats (E10, E12)"""
        self.seq += 1
        for p in self.peers.values():
            self.coordinator(p, now, self.seq)
            p.confirmed, p.since = False, now
            p.gap = max(4 * p.rtt, self.hb // 4) if p.rtt else self.hb // 2
            p.again = now + p.gap

    def resign(self, now, successor, epoch, kind="waiting"):
        self.seq += 1
        for p in self.peers.values():
            if p.session:
                self.send(p, RESIGN, now, seq=self.seq, leader=successor, leader_age=0, epoch=epoch,
                          leader_session=0, state=STATES.index(kind))
        if self.grant and self.grant[0] == self.id and epoch >= self.grant[2]:
            self.grant[4] = True

    def leads_by_word(self, m, p):
        return self.near(m) and m.leader == p.id and m.state == 4 and (not self.quorum or m.flags & LEASE_HELD)

    def heed(self, m, p, now, since):
        """Follows or challenges a leader that was found (E1, P1, E11). Returns True if it follows."""
        if m.epoch < self.reported:                             # R5
            return False
        if not self.quorum and self.preempts(p.id, now):
            if self.state != "election" and not self.claiming:
                self.election(now, "preempted")
            return False
        if self.claiming:
            self.give_claim_up(now)
        self.follow(p, m, now, since)
        return True

    def another_leader(self, m, p, now):
        """Handles a second leader (C2)"""
        if self.state != "leader":
            return
        if self.quorum:
            if m.epoch > self.epoch and m.flags & LEASE_HELD:
                self.step_down(now, "superseded")
                self.follow(p, m, now, now)
        elif self.higher(p.id):
            if m.epoch >= self.reported:
                self.follow(p, m, now, now, "superseded")
        elif m.epoch > self.known:
            self.claim(now, "superseded")
        else:
            self.coordinator(p, now)

    def listen(self, now, span, state="init"):
        """Listens for a leader before an election (E1)"""
        self.state, self.leader, self.leader_session, self.until = state, 0, 0, now + span
        self.listening = True
        self.next_hello = now
        for p in self.peers.values():
            p.answered = False
        self.report(self.reason)

    def wait(self, now, span, reason):
        self.state, self.leader, self.leader_session = "waiting", 0, 0
        self.until, self.listening = now + span, False
        self.report(reason)

    def wait_longer(self, now, reason):
        """Waits, twice as long each time (E9)"""
        self.wait(now, self.vary(self.backoff * (self.detect + self.hb)), reason)
        self.backoff = min(8, 2 * self.backoff)

    def election(self, now, reason):
        """Holds an election (E2, E5, E6)"""
        self.leader, self.leader_session = 0, 0
        if not self.stands(now):
            return self.wait_longer(now, reason)
        higher = [p for p in self.peers.values() if self.higher(p.id) and p.role == 0]
        self.state, self.reason = "election", reason
        self.report(reason)
        self.seq += 1
        for p in higher:
            self.send(p, ELECTION, now, seq=self.seq)
        self.pending = {p.id for p in higher if p.up is not False and p.stands}
        trips = [p.rtt for p in higher if p.id in self.pending]
        span = 4 * max(trips) if trips and all(trips) else self.hb
        self.until = now + min(self.detect, max(span, self.hb // 2))
        return None if self.pending else self.claim(now, reason)

    def on_election(self, m, p, now, back):
        if self.higher(p.id):
            if self.quorum and m.flags & ALIVE and self.state == "leader":
                self.asked_for_lead(m, p, now, back)            # R11
            return
        self.send(p, OK, now, back, echo=m.seq)                 # E3
        if self.state == "follower":
            if now - self.proof <= self.hb * 3 // 2:            # E4
                self.quick = self.quick or [3, now]
            else:
                self.election(now, "leader-timeout")

    def on_ok(self, m, p, now, _back):
        if self.leads_by_word(m, p) and not self.leader and not self.claiming:
            if self.higher(p.id) or not self.preempts(p.id, now):
                self.heed(m, p, now, p.sent[m.echo])
            return
        if self.state != "election" or self.claiming:
            return
        content = m.leader and not self.named_higher(m, now) and self.args.preempt  # P2
        if self.higher(p.id) and m.flags & STANDS and not content:
            self.wait_longer(now, self.reason)                  # E9
        else:
            self.pending.discard(p.id)
            if not self.pending:
                self.claim(now, self.reason)

    def unreachable_leader(self, now):
        """Returns True if a peer has received from a leader later than this node could (E8)"""
        if self.quorum or not self.told:
            return False
        rank, proof = self.told
        return (now - proof < self.detect and proof > self.lost_at
                and (rank > self.rank(self.id) or not self.args.preempt))

    def claim(self, now, reason):
        if self.unreachable_leader(now):
            return self.wait_longer(now, reason)
        epoch = max(self.wall(), self.highest + 1, self.claimed + 1)        # R5
        self.known, self.highest, self.claimed, self.reason = self.highest, epoch, epoch, reason
        if not self.quorum:
            self.epoch = epoch
            return self.lead(now, reason)
        self.claiming = epoch
        self.give_up = now + self.vary(2 * self.T) + self.detect
        if self.state != "leader":
            self.state, self.leader, self.leader_session = "election", 0, 0
            self.report(reason)
        self.grant_self(now)
        self.coordinator_to_all(now)
        return self.count_grants(now)

    def lead(self, now, reason):
        if self.state != "leader":
            self.led = now
        self.state, self.leader, self.leader_session, self.backoff = "leader", self.id, self.session, 1
        self.report(reason)
        self.coordinator_to_all(now)
        for p in self.peers.values():                           # S6
            if not p.up:
                p.hello_at, p.hello_gap = now + self.vary(self.hb), self.detect

    def successor(self):
        up = [p.id for p in self.peers.values() if p.up and p.stands and p.role == 0]
        return max(up, key=self.rank, default=0)

    def step_down(self, now, reason, successor=0):
        """Stops leading, and tells the user first (R6)"""
        epoch = max(self.epoch, self.claiming)
        self.claiming, self.gone_epoch = 0, epoch
        self.wait_longer(now, reason)
        self.resign(now, successor, epoch)

    def give_claim_up(self, now):
        """Gives up a claim (R6)"""
        epoch, self.claiming = self.claiming, 0
        self.wait_longer(now, self.reason)
        self.resign(now, 0, epoch)

    def on_coordinator(self, m, p, now, back):
        if self.quorum:
            return self.on_quorum_coordinator(m, p, now, back)
        if m.epoch < self.reported:                             # R5
            return self.send(p, REFUSE, now, back, echo=m.seq)
        if self.state == "leader" and not self.higher(p.id):
            return self.another_leader(m, p, now)
        if (self.state == "follower" and self.rank(p.id) < self.rank(self.leader)
                and now - self.proof <= self.hb * 3 // 2):
            return self.send(p, REFUSE, now, back, echo=m.seq)  # E11
        if self.heed(m, p, now, now):                           # E10
            self.next_probe = now + random.randint(self.hb // 2, self.hb)   # H1
            self.send(p, COORDINATOR_ACK, now, back, echo=m.seq)
        return None

    def on_coordinator_ack(self, m, p, now, _back):
        p.confirmed = True
        if m.flags & GRANT:
            self.granted(m, p, now)

    def on_refuse(self, m, p, now, _back):
        if self.quorum:
            if self.claiming and m.refusal:
                self.refused(m, p, now)
        elif self.state == "leader":
            if max(m.reported, m.epoch) > self.epoch:           # R5
                self.claim(now, "superseded")
            elif self.named_higher(m, now) and m.leader_age < self.detect and m.epoch > self.gone_epoch:
                self.step_down(now, "superseded", m.leader)     # E8

    def on_resign(self, m, p, now, _back):
        g = self.grant
        if g and g[:2] == [p.id, m.from_session] and m.epoch >= g[2]:       # R2
            g[4] = True
        self.gone_epoch = max(self.gone_epoch, m.epoch)
        if m.state == 0:                                        # S1, S4, S5
            self.miss(p, now)
        if p.id == self.leader:
            self.resigned = (p.id, m.epoch)
            chosen = m.leader == self.id and self.stands(now)
            self.leader_lost(now, "resigned", chosen, m.leader)
