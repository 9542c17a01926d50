#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""counts.py - counts messages per failover and per heartbeat, by number of nodes, in a guest,
and measures the cost of the rescue timer on an idle processor.

The network is that of bench.py with 32 nodes. Messages are those that the module counted
as sent, in all live nodes together. A failover's messages are counted from the cut of the
leader's cable until all nodes follow the next leader. Heartbeats, their answers, and the
HELLOs to the dead node, which go on while it is dead, are counted apart.
"""
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bench import boottime, bully, configure, finish, network, quantile, run, until  # noqa: E402

SIZES = (3, 5, 9, 17, 32)
FAILOVERS = int(os.environ.get("FAILOVERS", "5"))
WINDOWS = 15        # of a second each, with a group and without


def sent(nodes, dead=0):
    """Returns two numbers: heartbeats with their answers, and the rest."""
    beats = rest = 0
    for i in nodes:
        for group in bully(i, "stats", "g")["groups"]:
            mine = group["tx"]["heartbeat"] + group["tx"]["heartbeat_ack"]
            hello = sum(p["tx"]["hello"] for p in group["peers"] if p["id"] == dead)
            beats += mine
            rest += sum(group["tx"].values()) - mine - hello
    return beats, rest


def all_follow(nodes, leader):
    return all(bully(i, "show", "g")[0]["leader"] == leader for i in nodes)


def only_heartbeats(nodes, heartbeat_ms):
    before = sent(nodes)[1]
    time.sleep(2 * heartbeat_ms / 1000)
    return sent(nodes)[1] == before


def one_size(n):
    heartbeat_ms = 500 if n < 10 else 1000
    nodes = range(1, n + 1)
    for i in nodes:
        text = "[group g]\nid = %d\nheartbeat = %dms\n" % (i, heartbeat_ms)
        text += "".join("[peer %d]\naddr = 10.9.0.%d\n" % (k, k) for k in nodes if k != i)
        configure(i, text)
    until("%d nodes agree" % n, 120, lambda: all_follow(nodes, n))
    until("nothing but heartbeats is sent", 60, lambda: only_heartbeats(nodes, heartbeat_ms))
    begin, first = boottime(), sent(nodes)
    time.sleep(5)
    # reading all nodes takes a while, so both times are taken at its beginning
    end, last = boottime(), sent(nodes)
    steady = (last[0] - first[0]) / ((end - begin) / 1e6 / heartbeat_ms)
    counts = []
    rest = range(1, n)
    for _ in range(FAILOVERS):
        before = sent(rest, n)[1]
        run("ip", "link", "set", "v%d" % n, "nomaster")
        until("the next leads", 120, lambda: all_follow(rest, n - 1))
        counts.append(sent(rest, n)[1] - before)
        run("ip", "link", "set", "v%d" % n, "master", "br0")
        until("the highest leads again", 120, lambda: all_follow(nodes, n))
    for i in nodes:
        run("bullyctl", "-n", "n%d" % i, "group", "del", "g")
    found = {"n": n, "failover_median": quantile(counts, 0.5), "failover_max": max(counts),
             "failovers": len(counts), "bound": 3 * (n - 1), "packets_per_heartbeat": round(steady, 1)}
    print("%(n)d nodes: failover %(failover_median)d messages (at most %(failover_max)d), "
          "%(packets_per_heartbeat).1f packets a heartbeat" % found, flush=True)
    return found


def work(seconds):
    """Returns the number of rounds of a loop in that time, on the last processor."""
    n, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        n += 1
    return n


def rescue():
    os.sched_setaffinity(0, {os.cpu_count() - 1})
    found = {}
    for heartbeat in ("100ms", "1ms"):
        ratios = []
        for _ in range(WINDOWS):
            without = work(1)
            run("bullyctl", "group", "add", "idle", "id", "1", "heartbeat", heartbeat)
            ratios.append(work(1) / without)
            run("bullyctl", "group", "del", "idle")
        found["heartbeat_" + heartbeat] = {
            "windows": WINDOWS, "work_left_median": round(quantile(ratios, 0.5), 3),
            "p10": round(quantile(ratios, 0.1), 3), "p90": round(quantile(ratios, 0.9), 3)}
    os.sched_setaffinity(0, range(os.cpu_count()))
    return found


def main():
    run("modprobe", "bully")
    result = {"rescue": rescue()}
    network(max(SIZES))
    result["messages"] = [one_size(n) for n in SIZES]
    return finish(result, {}, max(SIZES))


if __name__ == "__main__":
    sys.exit(main())
