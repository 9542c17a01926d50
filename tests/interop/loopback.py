#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs three peers of Raft (peer.py) on loopback, without a kernel node, and checks who leads (F2 to F4)."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT = 60          # seconds; only a failure, or a very busy machine, takes that long
results = []


def check(name, fine):
    results.append(bool(fine))
    print("%s - %s" % ("ok" if fine else "not ok", name), flush=True)


def free_ports(count):
    """Returns ports that nobody uses now"""
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for sock in socks:
        sock.bind(("127.0.0.1", 0))
    ports = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


class Group:
    """A group of the nodes 1, 2 and 3 on loopback; only those that are given a position run"""

    def __init__(self, given, bully=0):
        self.bully = bully                                      # a node with the Bully algorithm
        self.ports, self.given, self.nodes = dict(zip((1, 2, 3), free_ports(3))), given, {}
        for number in given:
            self.start(number)

    def start(self, number):
        command = [sys.executable, os.path.join(HERE, "peer.py"), "--group", "loop", "--id", str(number),
                   "--local", "127.0.0.1:%d" % self.ports[number], "--heartbeat", "50", "--misses", "4",
                   "--quorum", "--lease", "600", "--position", self.given[number],
                   "--election", "bully" if number == self.bully else "raft"]
        for other, port in self.ports.items():
            if other != number:
                command += ["--peer", "%d@127.0.0.1:%d" % (other, port)]
        out = os.open("/dev/shm" if os.path.isdir("/dev/shm") else "/tmp", os.O_TMPFILE | os.O_RDWR)
        self.nodes[number] = (subprocess.Popen(command, stdout=out, stderr=out), out)

    def lines(self, number):
        return os.pread(self.nodes[number][1], 1 << 20, 0).decode().splitlines()

    def last(self, number):
        """Returns what the node said last, or nothing if the line is not complete"""
        try:
            return json.loads(self.lines(number)[-1])
        except (IndexError, ValueError):
            return {}

    def leader(self):
        """Returns the leader and its epoch if all nodes agree, or 0 and 0"""
        said = {number: self.last(number) for number in self.nodes}
        leader, epoch = next(iter(said.values())).get("leader"), next(iter(said.values())).get("epoch")
        agree = all((one.get("leader"), one.get("epoch")) == (leader, epoch) for one in said.values())
        return (leader, epoch) if leader and agree and said.get(leader, {}).get("state") == "leader" else (0, 0)

    def agreed(self, wanted=lambda leader, epoch: True):
        """Waits until all nodes have the same wanted leader. Returns the leader and its epoch, or 0 and 0."""
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            found = self.leader()
            if found[0] and wanted(*found):
                return found
            time.sleep(0.05)
        return 0, 0

    def end(self, number, gently=False):
        node, out = self.nodes.pop(number)
        node.send_signal(signal.SIGTERM if gently else signal.SIGKILL)
        node.wait()
        os.close(out)

    def stop(self):
        for number in list(self.nodes):
            if results and not results[-1]:
                print("".join("# %d: %s\n" % (number, line) for line in self.lines(number)[-12:]), end="")
            self.end(number)


def terms():
    """The leader dies; another node leads, and the first one follows when it returns"""
    group = Group({1: "0/0", 2: "0/0", 3: "0/0"})
    first, epoch = group.agreed()
    check("three peers elect a leader", first)
    if first:
        group.end(first)
        second, later = group.agreed(lambda leader, at: leader != first and at > epoch)
        check("after the leader's death another peer leads, under a higher epoch", second)
        group.start(first)
        check("the first leader follows when it returns", second and group.agreed() == (second, later))
    group.stop()


def positions():
    """The node that is ahead leads, whatever the ids: with node 3 dead, 1 and 2 need each other's vote (F4)"""
    pairs = (("2/7", "2/6"), ("3/0", "2/9"), ("2/6", "2/7"), ("0/0", "0/1"))
    groups = [Group({1: one, 2: two}) for one, two in pairs]
    led = [group.agreed()[0] for group in groups]
    check("of two peers the one with the higher index or term leads", led == [1, 1, 2, 2])
    for group in groups:
        group.stop()


def elections():
    """Nodes of the other election do not take part (F1, E14)"""
    group = Group({1: "0/0", 2: "0/0", 3: "0/0"}, bully=3)
    other = group.nodes.pop(3)
    check("two peers of Raft elect a leader beside one with the Bully algorithm", group.agreed()[0])
    time.sleep(2)
    group.nodes[3] = other
    check("the peer with the Bully algorithm has no leader", group.last(3).get("leader", 0) is None)
    group.stop()


def successors():
    """A leader that leaves names the node that is ahead, which claims at once (F6)"""
    group = Group({1: "0/5", 2: "0/6", 3: "0/4"})
    first, epoch = group.agreed()
    check("three peers with positions elect a leader", first)
    if first:
        group.end(first, gently=True)
        heir = 2 if first == 1 else 1
        found = group.agreed(lambda leader, at: at > epoch)[0] == heir
        reasons = [json.loads(line).get("reason") for line in group.lines(heir)]
        check("a leader that leaves names the peer that is ahead", found and "resigned" in reasons)
    group.stop()


if __name__ == "__main__":
    terms()
    positions()
    elections()
    successors()
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    sys.exit(not all(results))
