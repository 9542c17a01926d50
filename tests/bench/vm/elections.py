#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""elections.py - measures the three elections beside etcd, in one guest

The network is that of bench.py with three nodes. In each namespace run bully groups 'classic',
'quorum' and 'raft' (heartbeat 10 ms, misses 3, lease 30 ms), and a member of etcd 3.4 with
--heartbeat-interval 10 and --election-timeout 50, the shortest that it accepts, whose data lies in
memory. Before each round node 3 leads all of them. A round takes v3 down, and measures for the same
cut the time until the next node leads:
 - bully: the time of that node's event (CLOCK_BOOTTIME, stamped by the module)
 - etcd: the time of the line in that member's log
Then the leader hands over to a named node (bullyctl resign NAME to ID; etcd: transfer-leadership), and
the time without a leader is that from the old leader's event or line to the next leader's. A log has
milliseconds, so there the time counts at which a line was read.
A round counts only if all had a next leader.
"""
import datetime
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request

from bench import Monitor, boottime, bully, configure, figures, finish, leads, network, quantile, run, start, until
from failover import set_link

ROUNDS = int(os.environ.get("ROUNDS", "30"))
GROUPS = {"classic": (7401, "quorum = off"), "quorum": (7402, "quorum = majority\nlease = 30ms"),
          "raft": (7403, "quorum = majority\nelection = raft\nlease = 30ms")}
CLIENT, PEER = 2379, 2380
NODES = 1, 2, 3


class Etcd:
    """A cluster of etcd, one member in each namespace, and what their logs say of leaders."""

    def __init__(self):
        self.events = []                        # time, node, what it became, when the line was read
        self.lock = threading.Lock()
        self.offset = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_REALTIME)
        cluster = ",".join("m%d=http://10.9.0.%d:%d" % (i, i, PEER) for i in NODES)
        self.members = []
        for i in NODES:
            here = "http://10.9.0.%d" % i
            member = subprocess.Popen(
                ["ip", "netns", "exec", "n%d" % i, "etcd", "--name", "m%d" % i, "--data-dir", "/dev/shm/etcd%d" % i,
                 "--heartbeat-interval", "10", "--election-timeout", "50", "--logger", "zap", "--log-outputs", "stderr",
                 "--listen-peer-urls", "%s:%d" % (here, PEER), "--initial-advertise-peer-urls", "%s:%d" % (here, PEER),
                 "--listen-client-urls", "%s:%d" % (here, CLIENT), "--advertise-client-urls", "%s:%d" % (here, CLIENT),
                 "--initial-cluster", cluster], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
                env=dict(os.environ, TZ="UTC"))
            threading.Thread(target=self.read, args=(i, member.stderr), daemon=True).start()
            self.members.append(member)

    def read(self, node, log):
        for line in log:
            received = boottime()
            found = re.search(r'"ts":"([^"]+)".*"msg":"\w+ (became leader|became follower)', line)
            if not found:
                continue
            stamp = datetime.datetime.strptime(found[1].replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z")
            at = round(stamp.timestamp() * 1000) * 10**6 + self.offset
            with self.lock:
                self.events.append((at, node, found[2], received))

    def wait(self, since, limit, node, words):
        """Returns the first line with WORDS of one of NODE since then, or None: its time in whole
        milliseconds, and when it was read, which is later, but exact."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with self.lock:
                for at, who, what, received in self.events:
                    if received >= since and who in node and what == words:
                        return at, received
            time.sleep(0.02)
        return None

    @staticmethod
    def ask(node, path, body):
        request = urllib.request.Request("http://10.9.0.%d:%d/v3/%s" % (node, CLIENT, path), json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def ids(self):
        return {m["ID"]: int(m["name"][1]) for m in self.ask(1, "cluster/member/list", {})["members"]}

    def leader(self):
        try:
            leaders = {self.ask(i, "maintenance/status", {}).get("leader") for i in NODES}
            return self.ids()[leaders.pop()] if len(leaders) == 1 else None
        except (OSError, KeyError, ValueError):
            return None

    def transfer(self, to):
        leader = self.leader()
        if leader is None or leader == to:
            return leader == to
        target = next(ident for ident, node in self.ids().items() if node == to)
        try:
            self.ask(leader, "maintenance/transfer-leadership", {"targetID": target})
        except OSError:
            return False
        return self.leader() == to

    def end(self):
        for member in self.members:
            member.kill()
            member.wait()


def setup():
    network(3)
    run("ip", "addr", "add", "10.9.0.254/24", "dev", "br0")
    for i in NODES:
        text = ""
        for group, (port, mode) in GROUPS.items():
            text = "[group %s]\nid = %d\nlocal = 10.9.0.%d:%d\nheartbeat = 10ms\nholddown = off\n%s\n" % (
                group, i, i, port, mode)
            for k in {1, 2, 3} - {i}:
                text += "[peer %d]\naddr = 10.9.0.%d:%d\n" % (k, k, port)
            configure(i, text)
    return Etcd()


def led_by_3(group):
    if all(leads(i, group) == 3 for i in NODES):
        return True
    subprocess.run(["bullyctl", "-n", "n3", "elect", group], check=False, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    time.sleep(0.1)
    return False


def ready(etcd):
    for group in GROUPS:
        until("node 3 leads " + group, 120, lambda g=group: led_by_3(g))
    until("node 3 leads etcd", 180, lambda: etcd.transfer(3))
    for group in GROUPS:
        until("node 3 leads " + group, 120, lambda g=group: led_by_3(g))


def next_leader(monitors, since, group):
    """Returns the time of the event of the first other node that leads, or None."""
    end, found = time.monotonic() + 20, None
    while time.monotonic() < end and not found:
        for i in 1, 2:
            found = found or monitors[i].wait(since, 0.05, group=group, event="leader", leader=i, state="leader")
    return found["time_ns"] if found else None


def cut(etcd, monitors):
    ready(etcd)
    time.sleep(0.3)
    before = boottime()
    set_link("v3", False)
    took = {group: next_leader(monitors, before, group) for group in GROUPS}
    said = etcd.wait(before, 20, (1, 2), "became leader")
    took["etcd"] = said and said[0]
    set_link("v3", True)
    return {name: at - before for name, at in took.items() if at}


def hand_over(etcd, monitors):
    ready(etcd)
    took = {}
    for group in GROUPS:
        before = boottime()
        run("bullyctl", "-n", "n3", "resign", group, "to", "1")
        left = monitors[3].wait(before, 20, group=group, leader=None)
        came = monitors[1].wait(before, 20, group=group, event="leader", leader=1, state="leader")
        if left and came:
            took[group] = max(0, came["time_ns"] - left["time_ns"])
    before = boottime()
    if etcd.transfer(1):
        came = etcd.wait(before, 5, (1,), "became leader")
        left = etcd.wait(before, 5, (3,), "became follower")
        if came and left:
            took["etcd"] = max(0, came[1] - left[1])
    return took


def main():
    result = start()
    etcd = setup()
    monitors = {i: Monitor(i) for i in NODES}
    for name, measure in (("cut", cut), ("hand_over", hand_over)):
        rounds, void = {group: [] for group in (*GROUPS, "etcd")}, 0
        while len(rounds["etcd"]) < ROUNDS:
            took = measure(etcd, monitors)
            if len(took) < len(rounds):
                void += 1
                print("%s: void, there is no figure of %s" % (name, ", ".join(set(rounds) - set(took))), flush=True)
                if void > ROUNDS:
                    raise SystemExit("bench: too many rounds were void")
                continue
            for group, value in took.items():
                rounds[group].append(value)
            print("%s %2d: %s" % (name, len(rounds["etcd"]), "  ".join(
                "%s %.2f ms" % (group, value / 1e6) for group, value in took.items())), flush=True)
        result[name] = {group: figures(values) for group, values in rounds.items()}
        result[name]["void_rounds"] = void
        result[name]["ratio_to_etcd"] = {
            group: round(quantile(values, 0.5) / max(1, quantile(rounds["etcd"], 0.5)), 3)
            for group, values in rounds.items() if group != "etcd"}
    out = {p["id"]: p["rtt_ns"] for p in bully(3, "show", "raft")[0]["peers"]}
    result["rtt_ms"] = round(out[1] / 1e6, 3)
    etcd.end()
    return finish(result, monitors, 3)


if __name__ == "__main__":
    sys.exit(main())
