# SPDX-License-Identifier: GPL-2.0-only
"""Runs a node: its state, options and loop. The classes that it inherits from have the rules."""

import json
import random
import select
import socket
import time

from codec import members_hash, roster_hash, RESIGN, UNASKED
from election import Elections
from following import Following
from schedule import Schedule
from session import Sessions
from voting import Voting


class Node(Sessions, Elections, Following, Voting, Schedule):  # pylint: disable=too-many-instance-attributes
    """A member of a group"""

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
        election = 2 if args.election == "raft" else int(self.quorum)          # F1
        self.members = members_hash(self.group, self.lease_ms * 10**6, election, roles)
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
        self.resigned = (0, 0)                                  # R13: a leader, and the lease it resigned from
        self.until, self.next_hello, self.reason, self.backoff = 0, 0, "start", 1
        self.pending = set()                                                # E6
        self.duplicate = -1e18                                              # D2: until then
        self.claiming = self.give_up = self.led = 0                         # quorum mode
        self.grant = None                                       # [id, session, epoch, when, resigned]
        self.grant_seq, self.refusal, self.floor = 0, UNASKED, self.wall()
        self.abstain = now + self.T * 101 // 99 if self.quorum else 0       # R4
        self.next_ask = self.since = 0                                      # R11
        self.greeted = -1e18                                                # S11
        self.drops, self.told_user, self.stopping = {}, None, False
        self.listen(now, random.randint(self.detect, self.detect * 3 // 2))

    @staticmethod
    def now():
        """Returns the clock of rule T1, in microseconds"""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000

    @staticmethod
    def wall():
        return min(time.time_ns() // 1000, 2**52)

    def majority(self, ids):
        return 2 * len(set(ids) & set(self.voters)) > len(self.voters)

    def stands(self, now):
        return self.args.candidate and now >= self.duplicate and not self.stopping

    def preempts(self, leader, now):
        """Returns True if this node may replace LEADER (P1)"""
        return self.args.preempt and self.stands(now) and not self.higher(leader)

    def rank(self, number):
        """Returns the rank of a node (P10, P11)"""
        p = self.peers.get(number)
        known = p and p.priority is not None
        return (p.priority if known else self.args.priority, number)

    def higher(self, number):
        return self.rank(number) > self.rank(self.id)

    def named_rank(self, m, now):
        """Returns the rank of the leader that a message names: the later word counts (P11)"""
        p = self.peers.get(m.leader)
        if m.leader == self.id or p and p.priority is not None and p.heard >= now - m.leader_age:
            return self.rank(m.leader)
        return (m.leader_priority, m.leader)

    def named_higher(self, m, now):
        return bool(m.leader) and self.named_rank(m, now) > self.rank(self.id)

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

    def stop(self):
        """Leaves the group (S1, S4)"""
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
            try:                        # messages come before timers that are due (R9 in "Time")
                while True:
                    self.receive(*self.sock.recvfrom(2048))
            except BlockingIOError:
                pass
            now = self.now()
            if now >= due:
                self.tick(now, now - due)
                due = self.now() + step
