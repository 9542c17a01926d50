# SPDX-License-Identifier: GPL-2.0-only
"""Implements quorum mode: votes, grants, refusals, the handover (R1 to R13, E13)."""

import random

from codec import (
    ELECTION, COORDINATOR_ACK, REFUSE, HELLO, LEASE_HELD, GRANT, STANDS, ALIVE, UNASKED, ANOTHERS,
    ABSTAINS, EPOCH, VOTERS, UNHEARD, LEADS)


class Voting:
    """The part of a node that votes and counts votes"""

    def near(self, m):
        """Returns True if the sender has our mode and election, and our voters or voters next to them (R7, F1)"""
        if not self.quorum:
            return not m.lease
        return m.lease == self.lease_ms and self.members in (m.members, m.members_prev)     # ours has no hash before

    def refusal_of(self, m, p, now, renewal=False):
        """Returns why the voter does not grant the vote, or 0 (R2, R4, R5, R7, R10)"""
        g = self.grant
        same = g and g[:2] == [p.id, m.from_session]
        again = same and m.epoch == g[2] and not g[4]
        if now < self.abstain:
            return ABSTAINS
        if not self.near(m):
            return VOTERS
        if g and not g[4] and now < g[3] + self.T and not same:
            return ANOTHERS if g[0] != self.id else LEADS
        if not same and not renewal and now - p.sent.get(m.echo, -1e18) > max(self.detect, self.T):
            return UNHEARD
        if not again and m.epoch <= max(g[2] if g else 0, self.floor):
            return EPOCH
        return UNASKED

    def vote(self, m, p, now, renewal=True):
        """Grants the vote to the sender, or returns why not. R3: the grant echoes this message until the next."""
        self.refusal = self.refusal_of(m, p, now, renewal)
        if not self.refusal:
            self.grant = [p.id, m.from_session, m.epoch, now, False]
            self.grant_seq = m.seq
        return self.refusal

    def refuse(self, m, p, now, back, why):
        g, fields = self.grant, {"refusal": why}
        if why == ABSTAINS:
            fields["remain"] = int(self.abstain - now)
        elif why == EPOCH:
            fields["epoch"] = max(g[2] if g else 0, self.floor)
        elif why in (ANOTHERS, LEADS) and g and not g[4] and now < g[3] + self.T:
            fields["remain"] = int(g[3] + self.T - now)
            if why == ANOTHERS:
                fields.update(leader=g[0], leader_session=g[1])
        self.send(p, REFUSE, now, back, echo=m.seq, **fields)

    def on_quorum_coordinator(self, m, p, now, back):
        if m.flags & LEASE_HELD and not self.near(m):           # E14
            return None
        if m.flags & LEASE_HELD:                                # E13
            if m.epoch < self.reported or self.state == "leader" and m.epoch < self.epoch:
                return self.refuse(m, p, now, back, EPOCH)
            if self.state == "leader":
                self.step_down(now, "superseded")
            elif self.claiming:
                self.give_claim_up(now)
            why = self.vote(m, p, now)
            fresh = (self.leader, self.leader_session) != (p.id, m.from_session)
            self.follow(p, m, now, now)
            if fresh:
                self.next_probe = now + random.randint(self.hb // 2, self.hb)
            fields = {"refusal": why} if why else {"flags": GRANT}
            if why == EPOCH:
                fields["epoch"] = max(self.grant[2] if self.grant else 0, self.floor)
            self.send(p, COORDINATOR_ACK, now, back, echo=m.seq, **fields)
            return None
        if self.state == "leader":
            return self.refuse(m, p, now, back, LEADS)
        heard = now - p.sent.get(m.echo, -1e18) <= max(self.detect, self.T)
        if self.claiming:
            if not self.higher(p.id) or not heard:
                return self.refuse(m, p, now, back, LEADS)
            self.give_claim_up(now)                             # R6
        elif self.state != "follower" and not self.higher(p.id) and self.stands(now) and heard:
            self.refuse(m, p, now, back, LEADS)                 # E13
            return None if now < self.abstain else self.claim(now, self.reason)
        why = self.vote(m, p, now, renewal=False)
        if why:
            return self.refuse(m, p, now, back, why)
        if self.state != "leader" and (self.leader, self.leader_session) != (p.id, m.from_session):
            self.backoff = 1
            self.wait_longer(now, self.reason)
        self.send(p, COORDINATOR_ACK, now, back, echo=m.seq, flags=GRANT, epoch=m.epoch)
        return None

    def grant_self(self, now):
        """Votes for this node itself, by the same rules (R2, R4)"""
        g = self.grant
        if now < self.abstain or (g and g[0] != self.id and not g[4] and now < g[3] + self.T):
            return
        self.grant = [self.id, self.session, self.claiming or self.epoch, now, False]

    def granted(self, m, p, _now):
        """Counts a vote, from the time at which the echoed message was sent (R1, R3)"""
        recent = list(p.sent)[-8:]
        if m.echo in recent and m.epoch in (self.claiming, self.epoch) and m.epoch:
            p.granted, p.grant_epoch = max(p.granted, p.sent[m.echo]), m.epoch
            p.again = max(p.again, p.sent[m.echo] + self.hb)    # R13
            self.count_grants(self.now())

    def grants(self, now, epochs):
        rely = self.T * 99 // 101 - max(1000, self.T // 64)
        votes = [p.id for p in self.peers.values() if now < p.granted + rely and p.grant_epoch in epochs]
        g = self.grant
        if g and g[0] == self.id and not g[4] and now < g[3] + rely:
            votes.append(self.id)
        return votes

    def count_grants(self, now):
        if self.claiming and self.majority(self.grants(now, (self.claiming,))):
            self.epoch, self.claiming = self.claiming, 0
            self.lead(now, "superseded" if self.state == "leader" else self.reason)

    def refused(self, m, p, now):
        """Handles a voter's refusal of the claim (R13, R5)"""
        if m.refusal == EPOCH:
            if max(m.epoch, m.reported) >= self.claiming:
                self.claim(now, self.reason)
        elif m.refusal == UNHEARD:
            self.coordinator(p, now)
        else:
            p.again = now + max(m.remain, self.hb // 8)
            if m.refusal == ANOTHERS and self.has_resigned(m):
                p.again = min(p.again, self.soon(p, now))

    def has_resigned(self, m):
        """Returns True if the leader that a refusal names has resigned from that lease"""
        return m.leader == self.resigned[0] and m.epoch <= self.resigned[1]

    def soon(self, p, now):
        """Returns when to ask a voter again to which the leader's RESIGN is on its way (R13)"""
        p.hurry = self.hb // 16 if p.hurry_for != self.claiming else min(4 * p.hurry, self.hb // 2)
        p.hurry_for = self.claiming
        return now + p.hurry

    def asked_for_lead(self, m, p, now, back):
        """Handles a follower's request for the lease (R11)"""
        bits = [i for n, i in enumerate(self.ids) if m.alive >> n & 1]
        if (m.flags & STANDS and p.id in self.grants(now, (self.epoch,)) and self.majority(bits)
                and p.agrees and not self.claiming):
            self.step_down(now, "handover", p.id)
        else:
            self.send(p, REFUSE, now, back, echo=m.seq, refusal=LEADS)

    def receives(self, now):
        """Returns the ids of the peers that this node receives"""
        return [p.id for p in self.peers.values() if p.proved and now - p.heard <= self.detect]

    def heard_by(self, now):
        """Returns the fields of a message that says which nodes this node receives (R11, S11)"""
        heard = self.receives(now)
        bits = sum(1 << self.ids.index(i) for i in heard + [self.id])
        age = max((int(now - self.peers[i].heard) for i in heard), default=0)
        return {"flags": ALIVE, "alive": bits, "alive_age": age}

    def asked_by_leader(self, m, p, now):
        """Asks all nodes if the leader wants to know whether a majority is received (S11)"""
        if (self.quorum and m.flags & ALIVE and p.id == self.leader and now - self.greeted >= self.hb // 4
                and not self.majority(self.receives(now) + [self.id])):
            self.greeted = now
            for peer in self.peers.values():
                self.send(peer, HELLO, now)

    def ask_for_lead(self, now):
        """Asks the leader for the lease (R11)"""
        heard = self.receives(now)
        if self.majority(heard + [self.id]) and self.leader in heard:
            self.reason = "handover"
            self.send(self.peers[self.leader], ELECTION, now, **self.heard_by(now))
        else:
            for p in self.peers.values():
                self.send(p, HELLO, now)
        self.next_ask = now + (self.hb // 4 if now - self.since <= self.hb else self.vary(self.detect))
