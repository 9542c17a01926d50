# SPDX-License-Identifier: GPL-2.0-only
"""Implements the timers: one method for each state (E1, E6, E9, H3, H7, R13, S6)."""

from codec import HELLO


class Schedule:
    """The part of a node that acts when time has passed"""

    def tick(self, now, late):
        if late > self.hb // 2:                                 # H4
            self.proof += late
        getattr(self, "tick_" + self.state)(now)
        if self.claiming:
            self.tick_claim(now)

    def tick_init(self, now):
        missing = [p for p in self.peers.values() if not p.answered]
        if missing and now < self.until:
            if now >= self.next_hello:
                self.next_hello = now + self.hb // 2
                for p in missing:
                    self.send(p, HELLO, now)
        elif now < self.abstain:
            self.until = max(self.until, self.abstain)          # the node may not vote for itself before that
        elif self.unreachable_leader(now):
            self.wait_longer(now, self.reason)
        else:
            self.election(now, self.reason)

    def tick_election(self, now):
        if not self.claiming and now >= self.until:
            self.claim(now, self.reason)                        # E6

    def tick_waiting(self, now):
        if self.listening:
            self.tick_init(now)
        elif now >= self.until:
            if self.reason in ("leader-timeout", "resigned") and self.backoff == 1:
                self.election(now, self.reason)                 # E7
            else:
                self.listen(now, self.hb, "waiting")                       # E9

    def tick_follower(self, now):
        p = self.peers[self.leader]
        waited = now - max(self.probes.values(), default=now)
        if self.quick:                                          # E4
            if now >= self.quick[1]:
                if not self.quick[0]:
                    self.leader_lost(now, "leader-timeout")
                    return
                self.quick = [self.quick[0] - 1, now + self.hb // 4]
                self.probe(now)
        elif now >= self.next_probe:
            self.next_probe = max(self.next_probe + self.hb, now + self.hb // 2)
            self.probe(now)
        elif self.quorum and self.probes and waited >= self.hb // 4:        # R13
            self.probe(now)
        if now - self.proof >= self.detect and len(self.probes) >= self.misses - 1:     # H3
            self.miss(p, now)
            self.leader_lost(now, "leader-timeout")
        elif self.quorum and now - self.said >= self.T:         # E13
            self.leader_lost(now, "leader-timeout")
        elif now - self.proof >= self.detect - self.hb and not self.asked_around and self.misses > 2:
            self.asked_around = True                            # E8
            up = [q for q in self.peers.values() if q.up and q is not p]
            if up:
                self.send(max(up, key=lambda q: q.id), HELLO, now)
        elif self.quorum and self.preempts(self.leader, now) and now >= self.next_ask:
            self.ask_for_lead(now)

    def tick_leader(self, now):
        for p in self.peers.values():
            silent = now - max(p.heard, p.since)
            if p.up and silent > max(self.detect, p.detect or 0) + self.hb // 2:        # H7
                self.miss(p, now)
            elif p.up and not p.confirmed and not self.claiming and now >= p.again:     # E12
                p.gap = min(2 * p.gap, self.hb)
                p.again = now + p.gap
                self.coordinator(p, now)
            elif not p.up and now >= p.hello_at:                # S6
                p.hello_gap = min(p.hello_gap, 8 * self.detect)
                p.hello_at = now + self.vary(p.hello_gap)
                p.hello_gap *= 2
                self.send(p, HELLO, now)
        if self.quorum:
            self.grant_self(now)
            epochs = (self.epoch, self.claiming) if self.claiming else (self.epoch,)
            if not self.majority(self.grants(now, epochs)):     # R3
                self.step_down(now, "lease-lost")

    def tick_claim(self, now):
        if now >= self.give_up:                                 # R6
            if self.state == "leader":
                self.claim(now, "superseded")
            else:
                self.give_claim_up(now)
            return
        self.grant_self(now)
        self.count_grants(now)
        for p in self.peers.values():                           # R13
            if self.claiming and now >= p.again:
                p.gap = min(2 * p.gap, self.hb)
                p.again = now + p.gap
                self.coordinator(p, now)
