# SPDX-License-Identifier: GPL-2.0-only
"""Implements followers: probes, their answers, the loss of a leader (E7, H1, H3, H6)."""

from codec import HEARTBEAT, HEARTBEAT_ACK, LEASE_HELD, GRANT, ALIVE, EPOCH


class Following:
    """The part of a node that follows, and that answers its followers"""

    def follow(self, p, m, now, since, reason=None):
        self.claiming, self.backoff, self.quick, self.asked_around = 0, 1, None, False
        if (self.leader, self.leader_session, self.state) != (p.id, m.from_session, "follower"):
            self.probes, self.proof, self.next_probe = {}, since, now
        if (self.leader, self.epoch) != (p.id, m.epoch):
            self.next_ask = self.since = now
        self.said = max(self.said, since)
        self.proof = max(self.proof, since)
        if self.reason == "start" or reason is None:
            reason = "superseded" if self.leader == p.id else self.reason
        self.state, self.leader, self.leader_session, self.epoch = "follower", p.id, m.from_session, m.epoch
        self.report(reason)

    def leader_lost(self, now, reason, chosen=False, heir=0):
        """Handles the loss of the leader (E7); a successor claims at once (S1), also a lower one (S11)"""
        self.lost_at = min(self.probes.values(), default=now)
        self.leader = self.leader_session = 0
        higher = [p for p in self.peers.values() if self.higher(p.id) and p.role == 0 and p.up and p.stands]
        if chosen:
            self.claim(now, reason)
        elif higher or (heir in self.peers and self.peers[heir].role == 0):
            self.wait(now, self.hb + max(len(higher) - 1, 0) * self.hb // 4, reason)
            self.reason = reason
        else:
            self.election(now, reason)

    def probe(self, now):
        """Sends a HEARTBEAT (H1); in quorum mode it carries the vote (R3)"""
        p, fields = self.peers[self.leader], {}
        if self.quorum:
            g = self.grant
            if g and g[:2] == [p.id, self.leader_session] and not g[4] and self.grant_seq:
                fields = {"flags": GRANT, "epoch": g[2], "echo": self.grant_seq}
            elif self.refusal:
                fields = {"refusal": self.refusal, "remain": max(0, int(self.abstain - now))}
                if self.refusal == EPOCH:
                    fields["epoch"] = max(g[2] if g else 0, self.floor)
        self.probes[self.send(p, HEARTBEAT, now, **fields)] = now

    def on_heartbeat(self, m, p, now, back):
        p.confirmed = True
        fields = {}
        if self.state == "leader" and now - self.led >= self.detect:        # H6
            up = [q for q in self.peers.values() if q.up]
            bits = sum(1 << self.ids.index(i) for i in [q.id for q in up] + [self.id])
            age = max((int(now - q.heard) for q in up), default=0)
            fields = {"flags": ALIVE, "alive": bits, "alive_age": age}
        if m.flags & GRANT:
            self.granted(m, p, now)
        self.send(p, HEARTBEAT_ACK, now, back, echo=m.seq, **fields)
        # R5: it could not grant this epoch
        if self.quorum and self.state == "leader" and m.refusal == EPOCH and m.epoch >= self.epoch:
            if not self.claiming:
                self.claim(now, "superseded")

    def on_heartbeat_ack(self, m, p, now, _back):
        if self.state != "follower" or p.id != self.leader:
            return
        if m.leader != p.id:                                    # H3
            self.leader_lost(now, "leader-timeout")
            return
        when = self.probes.get(m.echo)
        if when is None:
            return
        if when > self.proof:
            self.proof = when
        self.probes = {s: w for s, w in self.probes.items() if w > when}
        self.quick, self.asked_around = None, False
        if self.quorum and m.flags & LEASE_HELD:
            self.said = max(self.said, when)
            self.vote(m, p, now)
        if m.epoch > self.epoch:
            self.follow(p, m, now, when, "superseded")
        if m.flags & ALIVE and m.roster == self.roster:         # H6
            for bit, i in enumerate(self.ids):
                q = self.peers.get(i)
                if not q:
                    continue
                if m.alive >> bit & 1:
                    q.up = True
                elif now - q.heard > self.detect:
                    q.up = False
