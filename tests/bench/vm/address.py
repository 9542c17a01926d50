#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""address.py - measures how a virtual address moves, and whether two hosts answer for it, in a guest

The network is that of bench.py with four nodes; n4 is a client. In n1 to n3 run
 - bully group 'classic' and group 'quorum' (both heartbeat 10 ms, the lease 100 ms, each with a guard), with
   `bullyctl vip` for each, and
 - keepalived (VRRPv3, advert_int 0.01),
each with an address of its own, and the client asks for each by ARP and by TCP every 10 ms.

Part one takes v3 down, and measures for the same cut, by the kernel's time stamps on the bridge, the time until
 - node 2 announces the address, and
 - node 2 answers a packet to it.
Part two does something bad to the programs of node 3 (see FAULTS), cuts node 3 off, heals the network, and counts
the time in which two hosts answered.
  address.py [--short]    with --short: without keepalived, few rounds, and the status tells whether
                          two hosts ever answered for the address of group quorum
In classic mode both sides of a split lead, and so both answer until they hear each other again.
"""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from bench import boottime, configure, figures, finish, keepalived, leads, network, quantile, run, start, until
from failover import ETH_P_ALL, SO_TIMESTAMPNS, set_link

SHORT = sys.argv[1:] == ["--short"]
ROUNDS = 2 if SHORT else int(os.environ.get("ROUNDS", "20"))
GROUPS = {"classic": (7401, ""), "quorum": (7402, "quorum = majority\nlease = 100ms\n")}
ADDRESS = {"classic": "10.9.0.101", "quorum": "10.9.0.102", "keepalived": "10.9.0.103"}
SYSTEMS = list(GROUPS) if SHORT else list(ADDRESS)
PORT = 80
TICK = 0.01                     # how often the client asks
FAULTS = ("none", "killed", "stopped") + (("starved",) if os.cpu_count() > 1 else ())
CUT = 3                         # seconds for which node 3 is cut off
AFTER = 4                       # seconds that are watched afterwards
WINDOW = 100 * 10**6            # two hosts that answer within so many ns answer at once
CLIENT = 4
ARP, IPV4 = 0x0806, 0x0800
SO_RCVBUFFORCE = 33


def hardware(node):
    out = subprocess.run(["ip", "netns", "exec", "n%d" % node, "cat", "/sys/class/net/eth0/address"],
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    return bytes.fromhex(out.strip().replace(":", ""))


class Wire:
    """What is said for each address on the bridge: (time, node), announced and answered."""

    def __init__(self):
        self.nodes = {hardware(i): i for i in (1, 2, 3)}
        self.systems = {socket.inet_aton(a): s for s, a in ADDRESS.items()}
        self.announced = {s: [] for s in ADDRESS}
        self.answered = {s: [] for s in ADDRESS}
        self.lock = threading.Lock()
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.sock.bind(("br0", 0))
        self.sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        self.offset = boottime() - time.clock_gettime_ns(time.CLOCK_REALTIME)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                frame, extra, _, _ = self.sock.recvmsg(256, 64)
            except OSError:
                return              # the bridge is gone at the end
            self.take(frame, extra)

    def take(self, frame, extra):
        node, kind = self.nodes.get(frame[6:12]), int.from_bytes(frame[12:14], "big")
        if not node:
            return
        if kind == ARP:
            system = self.systems.get(frame[28:32])
            # an announcement is to all, an answer to the client
            into = self.announced if frame[:6] == b"\xff" * 6 else self.answered
        elif kind == IPV4 and frame[23] == socket.IPPROTO_TCP and frame[47] & 0x12 == 0x12:
            system, into = self.systems.get(frame[26:30]), self.answered        # SYN and ACK
        else:
            return
        if not system:
            return
        for level, what, value in extra:
            if level == socket.SOL_SOCKET and what == SO_TIMESTAMPNS:
                sec, nsec = struct.unpack("qq", value[:16])
                with self.lock:
                    into[system].append((sec * 10**9 + nsec + self.offset, node))

    def first(self, table, system, node, since):
        with self.lock:
            return next((t for t, n in table[system] if n == node and t >= since), None)

    def answers(self, system, since):
        with self.lock:
            return [(t, n) for t, n in self.answered[system] if t >= since]

    def holder(self, system):
        """Returns the only node that has answered in the last 300 ms, if there is one."""
        nodes = {n for _, n in self.answers(system, boottime() - 300 * 10**6)}
        return nodes.pop() if len(nodes) == 1 else None


def both(answers):
    """Returns the ns in which two hosts answered: times between two answers of a host with another's in between."""
    total, until_ns, last = 0, 0, {}
    for t, node in sorted(answers):
        mine = last.get(node, 0)
        if t - mine < WINDOW and any(at > mine for n, at in last.items() if n != node):
            total += t - max(mine, until_ns)
            until_ns = t
        last[node] = t
    return total


CLIENT_CODE = """
import errno, select, socket, struct, sys, time
tick, addresses = float(sys.argv[1]), sys.argv[2:]
arp = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
arp.bind(("eth0", 0x0806))
mac = arp.getsockname()[4]
# a probe, from which no neighbour learns anything
probes = [b"\\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac + bytes(10) + socket.inet_aton(a)
          for a in addresses]
open_ones = []
while True:
    begin = time.monotonic()
    for address, probe in zip(addresses, probes):
        try:
            arp.send(probe)
        except OSError:
            pass
        sock = socket.socket()
        sock.setblocking(False)
        # a client that goes leaves nothing behind
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.connect_ex((address, 80))
        open_ones.append(sock)
    while len(open_ones) > 60:
        open_ones.pop(0).close()
    time.sleep(max(0, tick - (time.monotonic() - begin)))
"""
SERVER_CODE = """
import socket
sock = socket.create_server(("", 80), backlog=1024)
while True:
    sock.accept()[0].close()
"""


class Host:
    """The programs of a node."""

    def __init__(self, node):
        self.node, self.cpu = node, node % os.cpu_count()
        self.programs = {}
        self.hog = None
        self.start_all()

    def pinned(self):
        return "taskset", "-c", str(self.cpu)

    def start(self, name, *words):
        self.programs[name] = subprocess.Popen(
            ["ip", "netns", "exec", "n%d" % self.node, *self.pinned(), *words],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def start_all(self):
        if "server" not in self.programs:
            self.start("server", "python3", "-c", SERVER_CODE)
        for group in GROUPS:
            self.start(group, "bullyctl", "vip", group, "addr", ADDRESS[group] + "/24", "dev", "eth0")
        if "keepalived" in SYSTEMS:
            self.programs["keepalived"] = keepalived(self.node, ADDRESS["keepalived"], *self.pinned())

    def helpers(self):
        return [p for name, p in self.programs.items() if name != "server"]

    def signal(self, number):
        for program in self.helpers():
            os.killpg(program.pid, number)

    def spoil(self, fault):
        if fault == "killed":
            self.signal(signal.SIGKILL)
            for program in self.helpers():
                program.wait()
        elif fault == "stopped":
            self.signal(signal.SIGSTOP)
        elif fault == "starved":
            self.hog = subprocess.Popen(["taskset", "-c", str(self.cpu), "chrt", "-f", "99", "python3", "-c",
                                         "while True: pass"])

    def mend(self, fault):
        if fault == "killed":
            self.start_all()
        elif fault == "stopped":
            self.signal(signal.SIGCONT)
        elif fault == "starved":
            self.hog.kill()
            self.hog.wait()

    def end(self):
        for program in self.programs.values():
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def setup():
    network(CLIENT)
    run("ip", "link", "set", "br0", "promisc", "on")    # or it does not see what its ports say to each other
    for i in 1, 2, 3:
        run("ip", "netns", "exec", "n%d" % i, "sysctl", "-qw", "net.ipv4.tcp_max_syn_backlog=4096")
        for group, (port, mode) in GROUPS.items():
            text = "[group %s]\nid = %d\nlocal = 10.9.0.%d:%d\nheartbeat = 10ms\nguard = %s\n%s" % (
                group, i, i, port, ADDRESS[group], mode)
            for k in {1, 2, 3} - {i}:
                text += "[peer %d]\naddr = 10.9.0.%d:%d\n" % (k, k, port)
            configure(i, text)
    return {i: Host(i) for i in (1, 2, 3)}


def settled(wire):
    """Waits until node 3 has all addresses."""
    for group in GROUPS:
        until("node 3 leads " + group, 120, lambda g=group: all(leads(i, g) == 3 for i in (1, 2, 3)))
    for system in SYSTEMS:
        until("node 3 alone answers for the address of " + system, 120, lambda s=system: wire.holder(s) == 3)


def moves(wire, result):
    announced = {s: [] for s in SYSTEMS}
    answered = {s: [] for s in SYSTEMS}
    for n in range(ROUNDS):
        settled(wire)
        time.sleep(0.3 + n * 0.0137 % 0.1)
        before = boottime()
        set_link("v3", False)
        for system in SYSTEMS:
            until("node 2 answers for the address of " + system, 60,
                  lambda s=system: wire.first(wire.announced, s, 2, before) and wire.first(wire.answered, s, 2, before))
            announced[system].append(wire.first(wire.announced, system, 2, before) - before)
            answered[system].append(wire.first(wire.answered, system, 2, before) - before)
        set_link("v3", True)
        print("round %2d: %s" % (n + 1, "  ".join("%s %.1f, %.1f ms" % (
            s, announced[s][-1] / 1e6, answered[s][-1] / 1e6) for s in SYSTEMS)), flush=True)
    result["announced"] = {s: figures(v) for s, v in announced.items()}
    result["answered"] = {s: figures(v) for s, v in answered.items()}
    if not SHORT:
        for what, times in (("announced", announced), ("answered", answered)):
            for group in GROUPS:
                result["ratio_%s_%s_to_keepalived" % (what, group)] = round(
                    quantile(times[group], 0.5) / quantile(times["keepalived"], 0.5), 2)


def cut_and_heal(wire, hosts, fault):
    """Cuts the leader off, whose programs have this fault, and heals the cut. Returns who answered meanwhile."""
    settled(wire)
    since = boottime()
    hosts[3].spoil(fault)
    time.sleep(1)
    run("ip", "link", "set", "v3", "nomaster")
    time.sleep(CUT)
    run("ip", "link", "set", "v3", "master", "br0")
    time.sleep(AFTER)
    hosts[3].mend(fault)
    counts = {}
    for system in SYSTEMS:
        answers = wire.answers(system, since)
        counts[system] = {"two_hosts_ms": round(both(answers) / 1e6, 1), "answers": len(answers)}
    print("%s: %s" % (fault, "  ".join("%s two hosts for %.0f ms of %d s" % (
        s, c["two_hosts_ms"], 1 + CUT + AFTER) for s, c in counts.items())), flush=True)
    return counts


def two_hosts(wire, hosts, result):
    """Measures each fault; where the status is asked for, again if two hosts answered, up to three times: one
    virtual processor may stand still between the guard's look at a packet and the bridge, while the other runs."""
    result["two_hosts"] = {}
    for fault in FAULTS:
        for _ in range(3 if SHORT else 1):
            result["two_hosts"][fault] = counts = cut_and_heal(wire, hosts, fault)
            if not counts["quorum"]["two_hosts_ms"]:
                break


def real_time(us):
    """Sets how many us of each second real-time tasks may use; returns what it was."""
    with open("/proc/sys/kernel/sched_rt_runtime_us", "r+", encoding="ascii") as f:
        was = f.read().strip()
        f.seek(0)
        f.write(us)
    return was


def main():
    result = start()
    throttle = real_time("-1")
    hosts = setup()
    wire = Wire()
    client = subprocess.Popen(["ip", "netns", "exec", "n%d" % CLIENT, "python3", "-c", CLIENT_CODE, str(TICK)] +
                              [ADDRESS[s] for s in SYSTEMS])
    moves(wire, result)
    two_hosts(wire, hosts, result)
    client.kill()
    client.wait()
    for host in hosts.values():
        host.end()
    # a namespace that is kept has its groups, and a guard keeps the module
    for i in hosts:
        for group in GROUPS:
            run("bullyctl", "-n", "n%d" % i, "group", "set", group, "guard", "none")
            run("bullyctl", "-n", "n%d" % i, "group", "del", group)
    real_time(throttle)
    finish(result, {}, CLIENT)
    if SHORT:
        bad = {f: counts["quorum"] for f, counts in result["two_hosts"].items()
               if counts["quorum"]["two_hosts_ms"] or not counts["quorum"]["answers"]}
        print("%s - one host alone answers for an address, whatever happens to its programs%s" % (
            "not ok" if bad else "ok", ": " + json.dumps(bad) if bad else ""))
        print("%d passed, %d failed, 0 skipped" % (not bad, bool(bad)))
        return 1 if bad else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
