#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A peer of the bully protocol, written from Documentation/protocol.rst alone.

It joins a group with kernel nodes, in classic or in quorum mode, as a candidate:
follows, votes, leads. For each change of state, leader or epoch it prints a line
of JSON; when it is told to stop (SIGTERM), also what it dropped. The rules cited
are those of protocol.rst. It keeps no hold-downs and heeds none (see there); its
voters do not change, its clock never stands still (T3), and it knows no links.
"""
import argparse
import hashlib
import hmac
import json
import os
import random
import re
import select
import signal
import socket
import struct
import sys
import time

# ---- Layout (W1) -----------------------------------------------------------

FORM = struct.Struct(">4sBBH16sIIQQQQQQIIIIIHBBIIQII32sII32s")
FIELDS = ("magic version type flags group sender to from_session to_session seq echo epoch reported"
          " leader leader_age members roster heartbeat misses role state lease remain leader_session"
          " alive_age members_prev alive key_id refusal tag").split()
(ELECTION, OK, COORDINATOR, COORDINATOR_ACK, HEARTBEAT, HEARTBEAT_ACK, REFUSE, RESIGN, HELLO,
 HELLO_ACK) = range(1, 11)
ANSWERS = (OK, COORDINATOR_ACK, HEARTBEAT_ACK, REFUSE, HELLO_ACK)
LEASE_HELD, GRANT, STANDS, DUPLICATE, ALIVE, ELSEWHERE = 1, 2, 4, 8, 16, 32
STATES = ("init", "election", "waiting", "follower", "leader")
ROLES = ("candidate", "witness", "observer")
UNASKED, ANOTHERS, ABSTAINS, EPOCH, VOTERS, UNHEARD, LEADS = 0, 2, 3, 4, 5, 6, 7
FOREVER = 2**32 - 1
TAG = slice(168, 200)


class Message:
    """The fields of one datagram, as attributes"""

    def __init__(self, **fields):
        for name in FIELDS:
            setattr(self, name, fields.get(name, 0))

    def encode(self):
        given = dict(vars(self), magic=b"BLLY", version=1, tag=self.tag or bytes(32),
                     group=self.group.encode(), alive=self.alive.to_bytes(32, "little"))
        return FORM.pack(*(given[name] for name in FIELDS))

    @classmethod
    def decode(cls, data):
        """W2, as far as the datagram alone tells: the message, or why it is none"""
        if len(data) != FORM.size:
            return None, "length"
        m = cls(**dict(zip(FIELDS, FORM.unpack(data))))
        if m.magic != b"BLLY":
            return None, "magic"
        if m.version != 1:
            return None, "version"
        name, _, rest = m.group.partition(b"\0")
        strange = any(c <= 32 or c == 127 or c == 47 for c in name)
        if (not name or strange or any(rest) or name in (b".", b"..") or len(name) > 15
                or not 1 <= m.type <= 10 or m.flags & ~63 or not m.sender or not m.to
                or not m.from_session or not m.seq or m.epoch >= 2**53 or m.reported >= 2**53
                or (not m.to_session and m.type != HELLO)
                or not 1000 <= m.heartbeat <= 60000000 or not 2 <= m.misses <= 100
                or m.role > 2 or m.state > 4 or m.lease > 3600000 or m.refusal > 7
                or (not m.key_id and any(m.tag))):
            return None, "malformed"
        m.group = name.decode("utf-8", "surrogateescape")
        m.alive = int.from_bytes(m.alive, "little")
        return m, None


def tag_of(key, data):
    """The tag of a datagram whose key_id is filled in: as if its tag were zero"""
    blank = data[:TAG.start] + bytes(32) + data[TAG.stop:]
    return hmac.new(key, blank, hashlib.sha256).digest()


def authentic(key_id, key, m, data):
    """Without a key no tag is expected, and with one exactly ours"""
    if not key:
        return not m.key_id
    return m.key_id == key_id and hmac.compare_digest(m.tag, tag_of(key, data))


def fnv(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xffffffff
    return value


def members_hash(group, lease_ns, quorum, roles):
    """Of the voters; roles is {id: role}"""
    data = group.encode().ljust(16, b"\0") + struct.pack(">QI", lease_ns, quorum)
    return fnv(data + b"".join(struct.pack(">II", i, roles[i]) for i in sorted(roles) if roles[i] < 2))


def roster_hash(ids):
    return fnv(b"".join(struct.pack(">I", i) for i in sorted(ids)))


# ---- The node --------------------------------------------------------------


class Peer:
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
        self.since, self.hello_at, self.hello_gap = 0, 0, 0     # S6
        self.granted, self.grant_epoch = -1e18, 0               # its grant to us (R3)
        self.duplicate = -1e18                                  # D1: until then


class Node:  # pylint: disable=too-many-instance-attributes
    def __init__(self, args):
        self.args, self.id, self.group = args, args.id, args.group
        self.hb, self.misses, self.quorum = args.heartbeat * 1000, args.misses, args.quorum
        self.detect = self.hb * self.misses
        self.lease_ms = (args.lease or args.heartbeat * max(3, args.misses)) if self.quorum else 0
        self.T = self.lease_ms * 1000
        self.peers = {p.id: p for p in args.peer}
        roles = {p.id: p.role for p in args.peer} | {self.id: 0}
        self.ids = sorted(roles)
        self.voters = [i for i in self.ids if roles[i] < 2]
        self.members = members_hash(self.group, self.lease_ms * 10**6, int(self.quorum), roles)
        self.roster = roster_hash(self.ids)
        self.session, self.seq = random.SystemRandom().randrange(1, 2**64), 0
        self.sock = socket.socket(args.local[0], socket.SOCK_DGRAM)
        if args.local[0] == socket.AF_INET:                     # W1: CS6
            self.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xc0)
        else:
            self.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, 0xc0)
        self.sock.bind(args.local[1])
        self.sock.setblocking(False)
        now = self.now()
        self.state, self.leader, self.leader_session, self.epoch = "init", 0, 0, 0
        self.reported = self.highest = self.claimed = self.known = 0
        self.proof, self.probes, self.next_probe, self.said = 0, {}, 0, 0   # of the leader
        self.quick, self.asked_around = None, False                         # E4, E8
        self.told, self.lost_at, self.gone_epoch = None, -1e18, 0           # E8
        self.until, self.next_hello, self.reason, self.backoff = 0, 0, "start", 1
        self.pending = set()                                                # E6
        self.duplicate = -1e18                                              # D2: until then
        self.claiming = self.give_up = self.led = 0                         # quorum mode
        self.grant = None                                       # [id, session, epoch, when, resigned]
        self.grant_seq, self.refusal, self.floor = 0, UNASKED, self.wall()
        self.abstain = now + self.T * 101 // 99 if self.quorum else 0       # R4
        self.next_ask = self.since = 0                                      # R11
        self.drops, self.told_user, self.stopping = {}, None, False
        self.listen(now, random.randint(self.detect, self.detect * 3 // 2))

    @staticmethod
    def now():
        """T1, in microseconds"""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000

    @staticmethod
    def wall():
        return min(time.time_ns() // 1000, 2**52)

    def majority(self, ids):
        return 2 * len(set(ids) & set(self.voters)) > len(self.voters)

    def stands(self, now):
        return now >= self.duplicate and not self.stopping

    def preempts(self, leader, now):
        """P1"""
        return self.args.preempt and self.stands(now) and leader < self.id

    def vary(self, span):
        return random.randint(span * 3 // 4, span * 5 // 4)

    def report(self, reason):
        self.reason = reason
        self.reported = max(self.reported, self.epoch if self.leader else 0)
        what = (self.state, self.leader or None, self.epoch)
        if what != self.told_user:
            self.told_user = what
            print(json.dumps({"time_us": self.now(), "state": self.state, "leader": what[1],
                              "epoch": self.epoch, "reason": reason}), flush=True)

    # ---- sending

    def send(self, p, kind, now, to=None, seq=None, **fields):
        """To the configured address (W5), or to the address and in the session TO"""
        addr, session = to or (p.addr, p.session)
        if not session and kind != HELLO:
            kind = HELLO                # it would not know that it is meant; see R9
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
                    leader_session=self.session if leads else 0)
        for name, value in fields.items():
            setattr(m, name, value)
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
        except OSError:                 # a datagram that is lost, like any other
            self.drop("send")
        return m.seq

    def drop(self, why):
        self.drops[why] = self.drops.get(why, 0) + 1

    def coordinator(self, p, now, seq=None):
        """A claim, or the word of a leader; in quorum mode it shows the voter that it is heard (R10)"""
        fields = {"leader": self.id, "leader_session": self.session, "leader_age": 0}
        if self.claiming:
            fields["epoch"] = self.claiming
        if self.quorum and now - p.heard <= self.detect:
            fields["echo"] = p.heard_seq
        return self.send(p, COORDINATOR, now, seq=seq, **fields)

    def coordinator_to_all(self, now):
        """E10, E12"""
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

    # ---- receiving (W2)

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
        addr = p.addr                                           # W5: whatever it came from
        if m.flags & ELSEWHERE:                                 # S9: nothing in it is believed
            if m.type == HELLO and m.to_session == self.session:
                self.send(p, HELLO_ACK, now, (addr, m.from_session), echo=m.seq, flags=ELSEWHERE)
            return self.drop("elsewhere")
        known = m.from_session == p.session and p.proved
        # R9; a HELLO for a HELLO goes before its answer, so that its own answer is there before
        # what the other sends as soon as it is answered
        if m.type == HELLO and not known:
            self.ask_session(m, p, now, addr)
        if m.type == HELLO:                                     # S2: always answered
            if now - p.hellos_from >= self.hb:
                p.hellos_from, p.hellos_count = now, 0
            p.hellos_count += 1
            if p.hellos_count <= 8:
                self.send(p, HELLO_ACK, now, (addr, m.from_session), echo=m.seq)
        if m.type == HELLO_ACK and m.to_session == self.session and m.echo in p.hellos:
            self.prove(p, m.from_session, now)
        if m.to_session != self.session or m.from_session != p.session or not p.proved:
            if m.type == HELLO:
                return None                                     # answered, not believed
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
        if m.flags & DUPLICATE:                                 # D2
            self.duplicate = now + 8 * self.detect
            if self.state == "leader":
                self.step_down(now, "duplicate-id")
        # E8, R12: whom it follows, unless that is itself, this node, or gone since
        if m.leader not in (0, self.id, p.id) and m.type not in (RESIGN, COORDINATOR):
            if m.epoch > self.gone_epoch and m.leader_age < self.detect:
                self.told = (m.leader, now - m.leader_age)
        return (None, self.on_election, self.on_ok, self.on_coordinator, self.on_coordinator_ack,
                self.on_heartbeat, self.on_heartbeat_ack, self.on_refuse, self.on_resign,
                self.on_hello, self.on_hello_ack)[m.type](m, p, now, (addr, m.from_session))

    def ask_session(self, m, p, now, addr):
        """R9"""
        if now - p.asked >= self.hb:
            p.asked = now
            self.send(p, HELLO, now, (addr, m.from_session))

    def prove(self, p, session, now):
        """S2, D1"""
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
        """S5"""
        p.proved, p.up, p.granted = False, False, -1e18
        p.hellos.clear()
        p.hello_at, p.hello_gap = now + self.vary(self.detect), self.detect

    def leads_by_word(self, m, p):
        return m.leader == p.id and m.state == 4 and (not self.quorum or m.flags & LEASE_HELD)

    def on_hello(self, m, p, now, _back):
        if self.leads_by_word(m, p):
            self.another_leader(m, p, now)

    def on_hello_ack(self, m, p, now, _back):
        p.answered = True
        if self.leads_by_word(m, p):
            if self.state == "leader":
                self.another_leader(m, p, now)
            elif not self.leader or self.leader < p.id:
                self.heed(m, p, now, p.sent[m.echo])
        if self.state == "leader" and not p.confirmed and not self.claiming:
            self.coordinator(p, now)

    def heed(self, m, p, now, since):
        """E1, P1, E11: a leader was found; it is followed or challenged"""
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
        """C2: two leaders met"""
        if self.state != "leader":
            return
        if self.quorum:
            if m.epoch > self.epoch and m.flags & LEASE_HELD:
                self.step_down(now, "superseded")
                self.follow(p, m, now, now)
        elif p.id > self.id:
            if m.epoch >= self.reported:
                self.follow(p, m, now, now, "superseded")
        elif m.epoch > self.known:
            self.claim(now, "superseded")
        else:
            self.coordinator(p, now)

    # ---- elections

    def listen(self, now, span, state="init"):
        """E1"""
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
        """E9"""
        self.wait(now, self.vary(self.backoff * (self.detect + self.hb)), reason)
        self.backoff = min(8, 2 * self.backoff)

    def election(self, now, reason):
        """E2, E5, E6"""
        self.leader, self.leader_session = 0, 0
        if not self.stands(now):
            return self.wait_longer(now, reason)
        higher = [p for p in self.peers.values() if p.id > self.id and p.role == 0]
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
        if p.id > self.id:
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
            if p.id > self.id or not self.preempts(p.id, now):
                self.heed(m, p, now, p.sent[m.echo])
            return
        if self.state != "election" or self.claiming or p.id < self.id:
            return
        content = m.leader and m.leader < self.id and self.args.preempt     # P2
        if m.flags & STANDS and not content:
            self.wait_longer(now, self.reason)                  # E9
        else:
            self.pending.discard(p.id)
            if not self.pending:
                self.claim(now, self.reason)

    def unreachable_leader(self, now):
        """E8: somebody has heard, later than we could have, from a leader"""
        if self.quorum or not self.told:
            return False
        leader, proof = self.told
        return (now - proof < self.detect and proof > self.lost_at
                and (leader > self.id or not self.args.preempt))

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
        return max((p.id for p in self.peers.values() if p.up and p.stands and p.role == 0), default=0)

    def step_down(self, now, reason, successor=0):
        """R6: tell the user first"""
        epoch = max(self.epoch, self.claiming)
        self.claiming, self.gone_epoch = 0, epoch
        self.wait_longer(now, reason)
        self.resign(now, successor, epoch)

    def give_claim_up(self, now):
        """R6"""
        epoch, self.claiming = self.claiming, 0
        self.wait_longer(now, self.reason)
        self.resign(now, 0, epoch)

    def on_coordinator(self, m, p, now, back):
        if self.quorum:
            return self.on_quorum_coordinator(m, p, now, back)
        if m.epoch < self.reported:                             # R5
            return self.send(p, REFUSE, now, back, echo=m.seq)
        if self.state == "leader" and p.id < self.id:
            return self.another_leader(m, p, now)
        if self.state == "follower" and p.id < self.leader and now - self.proof <= self.hb * 3 // 2:
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
            elif m.leader > self.id and m.leader_age < self.detect and m.epoch > self.gone_epoch:
                self.step_down(now, "superseded", m.leader)     # E8

    def on_resign(self, m, p, now, _back):
        g = self.grant
        if g and g[:2] == [p.id, m.from_session] and m.epoch >= g[2]:       # R2
            g[4] = True
        self.gone_epoch = max(self.gone_epoch, m.epoch)
        if m.state == 0:                                        # S1, S4, S5
            self.miss(p, now)
        if p.id == self.leader:
            chosen = m.leader == self.id and self.stands(now)
            self.leader_lost(now, "resigned", chosen)

    # ---- leader and follower

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

    def leader_lost(self, now, reason, chosen=False):
        """E7; S1: the successor claims at once"""
        self.lost_at = min(self.probes.values(), default=now)
        self.leader = self.leader_session = 0
        higher = [p for p in self.peers.values() if p.id > self.id and p.role == 0 and p.up and p.stands]
        if chosen:
            self.claim(now, reason)
        elif higher:
            self.wait(now, self.hb + (len(higher) - 1) * self.hb // 4, reason)
            self.reason = reason
        else:
            self.election(now, reason)

    def probe(self, now):
        """H1; in quorum mode it carries the vote (R3)"""
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

    # ---- quorum mode

    def refusal_of(self, m, p, now, renewal=False):
        """R2, R4, R5, R7, R10: why the voter does not grant this, or 0"""
        g = self.grant
        same = g and g[:2] == [p.id, m.from_session]
        again = same and m.epoch == g[2] and not g[4]
        if now < self.abstain:
            return ABSTAINS
        if self.members not in (m.members, m.members_prev):     # R7: ours has no hash before
            return VOTERS
        if g and not g[4] and now < g[3] + self.T and not same:
            return ANOTHERS if g[0] != self.id else LEADS
        if not same and not renewal and now - p.sent.get(m.echo, -1e18) > max(self.detect, self.T):
            return UNHEARD
        if not again and m.epoch <= max(g[2] if g else 0, self.floor):
            return EPOCH
        return UNASKED

    def vote(self, m, p, now, renewal=True):
        """Grants this to the sender, or says why not; R3: until its next message the grant names this one"""
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
            if p.id < self.id or not heard:
                return self.refuse(m, p, now, back, LEADS)
            self.give_claim_up(now)                             # R6
        elif self.state != "follower" and p.id < self.id and self.stands(now) and heard:
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
        """R2, R4: a vote for oneself is one like any other"""
        g = self.grant
        if now < self.abstain or (g and g[0] != self.id and not g[4] and now < g[3] + self.T):
            return
        self.grant = [self.id, self.session, self.claiming or self.epoch, now, False]

    def granted(self, m, p, _now):
        """R1, R3: counted from the sending of what it echoes"""
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
        """R13, R5"""
        if m.refusal == EPOCH:
            if max(m.epoch, m.reported) >= self.claiming:
                self.claim(now, self.reason)
        elif m.refusal == UNHEARD:
            self.coordinator(p, now)
        else:
            p.again = now + max(m.remain, self.hb // 8)

    def asked_for_lead(self, m, p, now, back):
        """R11, the leader"""
        bits = [i for n, i in enumerate(self.ids) if m.alive >> n & 1]
        if (m.flags & STANDS and p.id in self.grants(now, (self.epoch,)) and self.majority(bits)
                and p.agrees and not self.claiming):
            self.step_down(now, "handover", p.id)
        else:
            self.send(p, REFUSE, now, back, echo=m.seq, refusal=LEADS)

    def ask_for_lead(self, now):
        """R11, the follower"""
        heard = [p.id for p in self.peers.values() if p.proved and now - p.heard <= self.detect]
        if self.majority(heard + [self.id]) and self.leader in heard:
            bits = sum(1 << self.ids.index(i) for i in heard + [self.id])
            age = max(int(now - self.peers[i].heard) for i in heard)
            self.reason = "handover"
            self.send(self.peers[self.leader], ELECTION, now, flags=ALIVE, alive=bits, alive_age=age)
        else:
            for p in self.peers.values():
                self.send(p, HELLO, now)
        self.next_ask = now + (self.hb // 4 if now - self.since <= self.hb else self.vary(self.detect))

    # ---- time

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
            self.until = max(self.until, self.abstain)          # it could not vote for itself
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

    # ---- running

    def stop(self):
        """S1, S4"""
        now, leads, leader = self.now(), self.state == "leader", self.leader
        self.stopping, epoch = True, max(self.epoch, self.claiming)
        claiming, self.claiming = self.claiming, 0
        self.state, self.leader = "init", 0
        self.report("shutdown")
        if leads or claiming:
            self.resign(now, self.successor() if leads else 0, epoch, "init")
        elif leader:
            self.send(self.peers[leader], RESIGN, now)
        print(json.dumps({"drops": self.drops}), flush=True)

    def run(self, wake):
        step = max(1000, self.hb // 16)
        due = self.now() + step
        while True:
            ready, _, _ = select.select([self.sock, wake], [], [], max(0, due - self.now()) / 1e6)
            if wake in ready:
                return self.stop()
            try:                        # R9 in "Time": what was received comes before what is due
                while True:
                    self.receive(*self.sock.recvfrom(2048))
            except BlockingIOError:
                pass
            now = self.now()
            if now >= due:
                self.tick(now, now - due)
                due = self.now() + step


# ---- The worked examples of protocol.rst ------------------------------------

EXAMPLES = (
    dict(type=HELLO, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         seq=1, heartbeat=100000, misses=3),
    dict(type=COORDINATOR, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         to_session=0x2222222222222222, seq=7, epoch=1800000000000000, reported=1800000000000000,
         leader=2, heartbeat=100000, misses=3, state=4, leader_session=0x1111111111111111),
)


def examples_of(path):
    """The datagrams that the text shows, the bytes that it leaves out being zero"""
    found = []
    with open(path, encoding="utf-8") as text:
        for line in text:
            row = re.match(r" +(\d{3})  ((?:[0-9a-f]{2} ){0,15}[0-9a-f]{2})\b", line)
            if row:
                if row[1] == "000":
                    found.append(bytearray(FORM.size))
                at = int(row[1])
                found[-1][at:at + len(row[2]) // 3 + 1] = bytes.fromhex(row[2])
    return [bytes(data) for data in found]


def self_test():
    results = []

    def check(name, fine):
        results.append(bool(fine))
        print("%s - %s" % ("ok" if fine else "not ok", name))

    tree = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    shown = examples_of(os.path.join(tree, "Documentation", "protocol.rst"))
    check("protocol.rst shows examples", len(shown) >= len(EXAMPLES))
    for n, data in enumerate(shown):
        got, why = Message.decode(data)
        check("example %d: decoded" % n, not why)
        check("example %d: encoded again" % n, got and got.encode() == data)
    roles = {1: 0, 2: 0, 3: 0}
    for n, (fields, data) in enumerate(zip(EXAMPLES, shown)):
        m = Message(**fields, members=members_hash("db", 0, 0, roles), roster=roster_hash(roles))
        check("example %d: encoded from what is said of it" % n, m.encode() == data)
        for size in (0, 199, 201):
            check("example %d: %d bytes are none" % (n, size),
                  Message.decode(data.ljust(size, b"\0")[:size])[1] == "length")
        for at, value, why in ((0, 0, "magic"), (4, 2, "version"), (5, 0, "malformed"),
                               (5, 11, "malformed"), (6, 1, "malformed"), (8, 0, "malformed"),
                               (9, 47, "malformed"), (199, 1, "malformed"), (27, 0, "malformed"), (103, 5, "malformed")):
            bad = bytearray(data)
            bad[at] = value
            check("example %d: byte %d is %d: %s" % (n, at, value, why),
                  Message.decode(bytes(bad))[1] == why)
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    return not all(results)


# ---- Options ---------------------------------------------------------------


def address(text):
    """ADDR or ADDR:PORT, [ADDR]:PORT: family and socket address"""
    host, port = text, "7400"
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port[1:] or "7400"
    elif text.count(":") == 1:
        host, port = text.split(":")
    info = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    return info[0], info[4]


def peer_option(text):
    """ID@ADDR[:PORT][/ROLE]"""
    number, _, rest = text.partition("@")
    addr, _, role = rest.partition("/")
    return Peer(int(number), address(addr)[1], ROLES.index(role or "candidate"))


def key_option(text):
    """ID:HEX"""
    number, _, digits = text.partition(":")
    return int(number), bytes.fromhex(digits)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true", help="encode and decode the examples")
    parser.add_argument("--group")
    parser.add_argument("--id", type=int)
    parser.add_argument("--local", type=address, default="0.0.0.0", metavar="ADDR[:PORT]")
    parser.add_argument("--peer", type=peer_option, action="append", default=[],
                        metavar="ID@ADDR[:PORT][/ROLE]")
    parser.add_argument("--heartbeat", type=int, default=100, metavar="MS")
    parser.add_argument("--misses", type=int, default=3)
    parser.add_argument("--quorum", action="store_true")
    parser.add_argument("--lease", type=int, metavar="MS")
    parser.add_argument("--key", type=key_option, default=(0, b""), metavar="ID:HEX")
    parser.add_argument("--preempt", choices=("on", "off"), default="on")
    args = parser.parse_args()
    if args.self_test:
        return self_test()
    if not args.group or not args.id or not args.peer:
        parser.error("--group, --id and --peer are needed")
    args.preempt = args.preempt == "on"
    args.key_id, args.key = args.key
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return Node(args).run(wake)


if __name__ == "__main__":
    sys.exit(main())
