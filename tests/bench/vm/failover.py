#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""failover.py - measures the time from a link cut, or a resign, to the next leader, in a guest

The network is that of bench.py with three nodes. In each namespace run bully group 'fast'
(heartbeat 10 ms), bully groups 'slow' and 'quorum' (100 ms; the latter in quorum mode),
and keepalived (VRRPv3, advert_int 0.01). A round takes v3 down. From the moment before
that call it measures, for the same cut,
 - for each group: the time of node 2's event that it leads (CLOCK_BOOTTIME, stamped by
   the module), and
 - for keepalived: the kernel's time stamp of node 2's first advertisement on the bridge,
   which is what a new master sends first.
A round counts only if node 3 led all of them before it, and node 2 leads them after it.
"""
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time

from bench import (Monitor, boottime, bully, configure, figures, finish, keepalived, leads, network, quantile, run,
                   start, until)

ROUNDS = int(os.environ.get("ROUNDS", "30"))
GROUPS = {"fast": ("10ms", 7401, "off"), "slow": ("100ms", 7402, "off"),
          "quorum": ("100ms", 7403, "majority")}
IFF_UP = 1
SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
SO_TIMESTAMPNS = 35
ETH_P_ALL = 3
VRRP = 112


def set_link(name, up):
    """Sets a device up or down by ioctl, because the start of a program would take time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sH14x", name.encode(), 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(sock, SIOCGIFFLAGS, request))[1]
        flags = flags | IFF_UP if up else flags & ~IFF_UP
        fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sH14x", name.encode(), flags))


class Vrrp:
    """The times of each node's advertisements, by the kernel's time stamps on the bridge."""

    def __init__(self):
        self.seen = {1: [], 2: [], 3: []}
        self.lock = threading.Lock()
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.sock.bind(("br0", 0))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        # the time stamps have the wall clock
        self.offset = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(
            time.CLOCK_REALTIME)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                data, extra, _, _ = self.sock.recvmsg(256, 64)
            except OSError:
                return              # the bridge is gone at the end
            if len(data) < 20 or data[0] >> 4 != 4 or data[9] != VRRP:
                continue
            node = data[15]
            for level, kind, value in extra:
                if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and node in self.seen:
                    sec, nsec = struct.unpack("qq", value[:16])
                    with self.lock:
                        self.seen[node].append(sec * 10**9 + nsec + self.offset)
                        del self.seen[node][:-2000]

    def first(self, node, since):
        with self.lock:
            return next((t for t in self.seen[node] if t >= since), None)

    def master(self):
        """Returns the only node that has advertised in the last 200 ms, if there is one."""
        now = boottime()
        with self.lock:
            recent = [n for n, times in self.seen.items() if times and times[-1] > now - 200 * 10**6]
        return recent[0] if len(recent) == 1 else None


def setup():
    network(3)
    daemons = []
    for i in 1, 2, 3:
        for group, (heartbeat, port, quorum) in GROUPS.items():
            text = "[group %s]\nid = %d\nlocal = 10.9.0.%d:%d\nheartbeat = %s\nquorum = %s\n" % (
                group, i, i, port, heartbeat, quorum)
            for k in {1, 2, 3} - {i}:
                text += "[peer %d]\naddr = 10.9.0.%d:%d\n" % (k, k, port)
            configure(i, text)
        daemons.append(keepalived(i, "10.9.0.100"))
    return daemons


def cut_rounds(monitor, vrrp, result):
    took = {"fast": [], "slow": [], "quorum": [], "keepalived": []}
    void = 0
    while len(took["fast"]) < ROUNDS:
        if void > ROUNDS:
            raise SystemExit("bench: too many rounds were void")
        for group in GROUPS:
            until("node 3 leads " + group, 60,
                  lambda g=group: leads(2, g) == 3 and leads(1, g) == 3 and leads(3, g) == 3)
        until("keepalived's master is 3", 60, lambda: vrrp.master() == 3)
        # at a random moment of the heartbeats
        time.sleep(0.3 + len(took["fast"]) * 0.0137 % 0.1)
        before = boottime()
        set_link("v3", False)
        times = {}
        for group in GROUPS:
            event = monitor.wait(before, 20, group=group, event="leader", leader=2, state="leader")
            if event:
                times[group] = event["time_ns"] - before
        until("keepalived's master is 2", 20, lambda: vrrp.first(2, before))
        times["keepalived"] = vrrp.first(2, before) - before
        set_link("v3", True)
        if len(times) == len(took):
            for name, value in times.items():
                took[name].append(value)
        else:
            void += 1
        print("round %2d: %s" % (len(took["fast"]), "  ".join(
            "%s %.1f ms" % (name, value / 1e6) for name, value in times.items())), flush=True)
    result["cut"] = {
        "bully_heartbeat_10ms": figures(took["fast"]),
        "bully_heartbeat_100ms": figures(took["slow"]),
        "quorum_heartbeat_100ms": figures(took["quorum"]),
        "keepalived_advert_10ms": figures(took["keepalived"]),
        "void_rounds": void,
        "ratio_quorum_to_classic": round(
            quantile(took["quorum"], 0.5) / quantile(took["slow"], 0.5), 2),
        "ratio_bully_to_keepalived": round(
            quantile(took["fast"], 0.5) / quantile(took["keepalived"], 0.5), 2),
    }


def resign_rounds(monitors, group, result, to=2):
    """Measures resigns, with a heartbeat so slow that detection has no effect.

    Node 2 is the highest after node 3, which leads. Another node is named, and preempt is off.
    """
    inside, outside = [], []
    words = ("resign", group) if to == 2 else ("resign", group, "to", str(to))
    for i in 1, 2, 3:
        run("bullyctl", "-n", "n%d" % i, "group", "set", group, "preempt", "on" if to == 2 else "off")
    while len(inside) < ROUNDS:
        until("node 3 leads", 60, lambda: leads(2, group) == 3 and leads(1, group) == 3)
        before = boottime()
        run("bullyctl", "-n", "n3", *words)
        left = monitors[3].wait(before, 20, group=group, reason="resigned", leader=None)
        took = monitors[to].wait(before, 20, group=group, event="leader", leader=to, state="leader")
        if not left or not took:
            raise SystemExit("bench: a resign had no successor")
        inside.append(took["time_ns"] - left["time_ns"])
        outside.append(took["time_ns"] - before)
        until("node 3 follows", 20, lambda: leads(3, group) == to)
        run("bullyctl", "-n", "n3", "elect", group)
    out = subprocess.run(["bullyctl", "-n", "n3", "-j", "show", group], stdout=subprocess.PIPE,
                         text=True, check=True).stdout
    rtt = [p["rtt_ns"] for p in json.loads(out)[0]["peers"] if p["id"] == to][0]
    result[("resign" if to == 2 else "resign_to") + ("_quorum" if group == "quorum" else "")] = {
                        "from_leaders_event": figures(inside), "from_start_of_bullyctl": figures(outside),
                        "rtt_ms": round(rtt / 1e6, 3),
                        "round_trips": round(quantile(inside, 0.5) / rtt, 2)}


def steady(result):
    """Counts the packets in each heartbeat while all nodes live, by the module's counters."""
    def sent():
        total = 0
        for i in 1, 2, 3:
            for group in bully(i, "stats", "slow")["groups"]:
                total += sum(group["tx"].values())
        return total
    until("node 3 leads", 60, lambda: leads(2, "slow") == 3 and leads(1, "slow") == 3)
    time.sleep(2)
    begin, first = boottime(), sent()
    time.sleep(20)
    last, end = sent(), boottime()
    result["steady"] = {"nodes": 3, "packets_per_heartbeat": round(
        (last - first) / ((end - begin) / 100e6), 2), "bound": 4}


def lateness(result):
    """Finds the lateness of the module's timer: the bound of the bucket below which 99 % are."""
    group = bully(2, "stats", "fast")["groups"][0]
    total, below = sum(b["count"] for b in group["late"]), 0
    for bucket in group["late"]:
        below += bucket["count"]
        if below >= 0.99 * total:
            result["timer_late_p99_below_ms"] = (bucket["below_us"] or 0) / 1e3
            break
    result["timer_late_max_ms"] = round(group["late_max_ns"] / 1e6, 3)


def main():
    result = start()
    daemons = setup()
    vrrp = Vrrp()
    monitors = {i: Monitor(i) for i in (1, 2, 3)}
    cut_rounds(monitors[2], vrrp, result)
    for daemon in daemons:
        daemon.terminate()
    for daemon in daemons:
        daemon.wait()
    resign_rounds(monitors, "slow", result)
    resign_rounds(monitors, "quorum", result)
    resign_rounds(monitors, "slow", result, 1)
    resign_rounds(monitors, "quorum", result, 1)
    steady(result)
    lateness(result)
    return finish(result, monitors, 3)


if __name__ == "__main__":
    sys.exit(main())
