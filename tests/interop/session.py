# SPDX-License-Identifier: GPL-2.0-only
"""Sends and receives datagrams, checks them, and keeps sessions (W2 to W6, S2, R9, D1)."""

from codec import (
    Message, tag_of, authentic, TAG, STATES, ANSWERS, COORDINATOR, RESIGN, HELLO, HELLO_ACK, LEASE_HELD,
    STANDS, DUPLICATE, ALIVE, ELSEWHERE, FOREVER)


class Peer:
    """The state that a node keeps of a peer"""

    def __init__(self, number, addr, role):
        self.id, self.addr, self.role = number, addr, role
        self.session, self.proved, self.left = 0, False, set()  # S2
        self.hellos = set()                                     # seqs of HELLO that may prove it
        self.highest, self.seen = 0, set()                      # W4
        self.sent = {}                                          # seq: when (R3)
        self.heard, self.heard_seq = -1e18, 0
        self.up, self.stands, self.agrees = None, role == 0, True
        self.detect = self.rtt = None
        self.answered = False                                   # a HELLO of this listening (E1)
        self.hellos_from, self.hellos_count, self.asked = 0, 0, -1e18
        self.confirmed, self.again, self.gap = False, 0, 0      # COORDINATOR (E12, R13)
        self.hurry, self.hurry_for = 0, 0                       # R13: after RESIGN
        self.since, self.hello_at, self.hello_gap = 0, 0, 0     # S6
        self.granted, self.grant_epoch = -1e18, 0               # its grant to us (R3)
        self.duplicate = -1e18                                  # D1: until then
        self.priority = None                                    # P11
        self.position = (0, 0)                                  # F4


class Sessions:
    """The part of a node that deals with datagrams"""

    def send(self, p, kind, now, to=None, seq=None, **fields):
        """Sends to the configured address (W5), or to the address and session of TO"""
        addr, session = to or (p.addr, p.session)
        if not session and kind != HELLO:
            kind = HELLO                # the peer could not know for which session it is (R9)
        if seq is None:
            self.seq += 1
        leads = self.state == "leader"
        flags = fields.pop("flags", 0) | (STANDS if self.stands(now) else 0)
        claim = kind == COORDINATOR and self.claiming
        flags |= LEASE_HELD if self.quorum and leads and not claim else 0
        flags |= DUPLICATE if now < p.duplicate else 0
        age = 0 if leads or not self.leader else min(FOREVER, max(0, now - self.proof))
        m = Message(type=kind, flags=flags, group=self.group, sender=self.id, to=p.id,
                    from_session=self.session, to_session=session, seq=seq or self.seq,
                    epoch=self.epoch, reported=self.reported, leader=self.leader, leader_age=age,
                    members=self.members, roster=self.roster, heartbeat=self.hb, misses=self.misses,
                    state=STATES.index(self.state), lease=self.lease_ms, key_id=self.args.key_id,
                    leader_session=self.session if leads else 0,
                    priority=self.args.priority, position_term=self.args.position[0],
                    position_index=self.args.position[1])
        for name, value in fields.items():
            setattr(m, name, value)
        known = self.peers.get(m.leader)
        m.leader_priority = self.args.priority if m.leader == self.id else known and known.priority or 0
        data = m.encode()
        if self.args.key:
            data = data[:TAG.start] + tag_of(self.args.key, data)
        p.sent[m.seq] = now
        while len(p.sent) > 64:
            del p.sent[next(iter(p.sent))]
        if kind == HELLO:
            p.hellos.add(m.seq)
        try:
            self.sock.sendto(data, addr)
        except OSError:                 # the datagram is lost like any other
            self.drop("send")
        return m.seq

    def drop(self, why):
        self.drops[why] = self.drops.get(why, 0) + 1

    def receive(self, data, addr):
        now = self.now()
        m, why = Message.decode(data)
        if not m:
            return self.drop(why)
        p = self.peers.get(m.sender)
        for wrong, why in ((m.group != self.group, "group"), (m.sender == self.id, "own-id"),
                           (not p, "peer"), (m.to != self.id, "to"),
                           (not authentic(self.args.key_id, self.args.key, m, data), "tag")):
            if wrong:
                return self.drop(why)
        addr = p.addr                                           # W5: not the source address
        if m.flags & ELSEWHERE:                                 # S9: the contents do not count
            if m.type == HELLO and m.to_session == self.session:
                self.send(p, HELLO_ACK, now, (addr, m.from_session), echo=m.seq, flags=ELSEWHERE)
            return self.drop("elsewhere")
        known = m.from_session == p.session and p.proved
        # R9: this node sends its own HELLO before it answers a HELLO. So the other node's HELLO_ACK
        # arrives before the messages that the other node sends after this node's answer.
        if m.type == HELLO and not known:
            self.ask_session(m, p, now, addr)
        if m.type == HELLO:                                     # S2: always answered
            if now - p.hellos_from >= self.hb:
                p.hellos_from, p.hellos_count = now, 0
            p.hellos_count += 1
            if p.hellos_count <= 8:
                fields = self.heard_by(now) if self.quorum and m.flags & ALIVE else {}      # S11
                self.send(p, HELLO_ACK, now, (addr, m.from_session), echo=m.seq, **fields)
        if m.type == HELLO_ACK and m.to_session == self.session and m.echo in p.hellos:
            self.prove(p, m.from_session, now)
        if m.to_session != self.session or m.from_session != p.session or not p.proved:
            if m.type == HELLO:
                return None                                     # answered, but without effect
            self.ask_session(m, p, now, addr)
            return self.drop("session")
        if m.seq in p.seen or m.seq <= p.highest - 64:          # W4
            return self.drop("sequence")
        if m.type in ANSWERS and m.echo not in p.sent:
            return self.drop("echo")
        p.highest = max(p.highest, m.seq)
        p.seen = {s for s in p.seen if s > p.highest - 64} | {m.seq}
        if m.type in ANSWERS:
            p.rtt = now - p.sent[m.echo]
        p.heard, p.heard_seq, p.up, p.stands = now, p.highest, True, bool(m.flags & STANDS)
        p.detect, p.agrees = m.heartbeat * m.misses, (m.members, m.roster) == (self.members, self.roster)
        self.highest = max(self.highest, m.epoch, m.reported)
        fell, p.priority = p.priority != m.priority, m.priority
        p.position = (m.position_term, m.position_index)
        if fell and self.state == "follower" and p.id == self.leader and not self.quorum and self.preempts(p.id, now):
            self.election(now, "preempted")                     # P12
        if m.flags & DUPLICATE:                                 # D2
            self.duplicate = now + 8 * self.detect
            if self.state == "leader":
                self.step_down(now, "duplicate-id")
        # E8, R12: the leader that the peer follows, unless it is this node or the peer, or lost since
        if m.leader not in (0, self.id, p.id) and m.type not in (RESIGN, COORDINATOR) and not m.refusal:
            if m.epoch > self.gone_epoch and m.leader_age < self.detect:
                self.told = (self.named_rank(m, now), now - m.leader_age)
        return (None, self.on_election, self.on_ok, self.on_coordinator, self.on_coordinator_ack,
                self.on_heartbeat, self.on_heartbeat_ack, self.on_refuse, self.on_resign,
                self.on_hello, self.on_hello_ack)[m.type](m, p, now, (addr, m.from_session))

    def ask_session(self, m, p, now, addr):
        """Sends a HELLO to an unknown session (R9)"""
        if now - p.asked >= self.hb:
            p.asked = now
            self.send(p, HELLO, now, (addr, m.from_session))

    def prove(self, p, session, now):
        """Notes that a peer has proved its session (S2, D1)"""
        p.hellos.clear()
        changed = session != p.session
        if changed:
            if session in p.left and now - p.heard <= self.detect:
                p.duplicate = now + 4 * self.detect
            if p.session:
                p.left.add(p.session)
            p.highest, p.seen = 0, set()
            p.granted = -1e18
        p.session, p.proved = session, True
        if changed and self.leader == p.id:                     # H3
            self.leader_lost(now, "leader-timeout")

    def miss(self, p, now):
        """Notes that a peer is down (S5)"""
        p.proved, p.up, p.granted = False, False, -1e18
        p.hellos.clear()
        p.hello_at, p.hello_gap = now + self.vary(self.detect), self.detect

    def on_hello(self, m, p, now, _back):
        self.asked_by_leader(m, p, now)
        if self.leads_by_word(m, p):
            self.another_leader(m, p, now)

    def on_hello_ack(self, m, p, now, _back):
        p.answered = True
        if self.leads_by_word(m, p):
            if self.state == "leader":
                self.another_leader(m, p, now)
            elif not self.leader or self.rank(self.leader) < self.rank(p.id):
                self.heed(m, p, now, p.sent[m.echo])
        if self.state == "leader" and not p.confirmed and not self.claiming:
            self.coordinator(p, now)
