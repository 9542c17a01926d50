#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""observers.py - measures whether unlisted observers slow the election of their voters, in a guest

The network is that of bench.py with four nodes. Nodes 1 to 3 are voters with a heartbeat of 1 s;
in the namespace of node 4 one process (tests/vm/observers.c) runs 0, 100 and then 1,000 unlisted
observers, each with a socket of its own. The leader resigns. observers.py measures
 - from its step until the new leader has its lease, and
 - from the last voter's step of following until the last observer's, in heartbeats.
"""
import os
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
from bench import Monitor, boottime, bully, configure, figures, finish, leads, network, quantile, run, start, until  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "30"))
CROWDS = (0, 100, 1000)
HEARTBEAT_MS = 1000
GROUP = "voters"
CROWD = os.path.join(HERE, "../../build/crowd")


class Crowd:
    """Observers in the namespace of node 4, and what they say that they know."""

    def __init__(self, count):
        self.count = count
        self.last = (0, 0, 0)
        self.process = None
        if not count:
            return
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", "n4", CROWD, str(count), GROUP, str(HEARTBEAT_MS), "10.9.0.1", "10.9.0.2", "10.9.0.3"],
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            _, leader, known, _, last = line.split()
            self.last = (int(leader), int(known), int(last))

    def knows(self, leader):
        return not self.count or self.last[:2] == (leader, self.count)

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait()


def setup():
    network(4)
    for i in 1, 2, 3:
        text = "[group %s]\nid = %d\nheartbeat = %dms\nquorum = majority\nholddown = off\nobservers = %d\n" % (
            GROUP, i, HEARTBEAT_MS, CROWDS[-1])
        for k in {1, 2, 3} - {i}:
            text += "[peer %d]\naddr = 10.9.0.%d\n" % (k, k)
        configure(i, text)


def rtt():
    return next(p["rtt_ns"] for p in bully(2, "show", GROUP)[0]["peers"] if p["id"] == 1)


def rounds(monitors, crowd):
    """Returns how long each resign took, how late the last observer was, and the round trips."""
    took, late, trips = [], [], []
    while len(took) < ROUNDS:
        until("node 3 leads", 90, lambda: all(leads(i, GROUP) == 3 for i in (1, 2, 3)) and crowd.knows(3))
        # at any point of the observers' heartbeat
        time.sleep(HEARTBEAT_MS / 1000 * (1 + len(took) / ROUNDS))
        before = boottime()
        run("bullyctl", "-n", "n3", "resign", GROUP)
        left = monitors[3].wait(before, 60, reason="resigned", leader=None)
        steps = [monitors[i].wait(before, 60, event="leader", leader=2) for i in (1, 2, 3)]
        if not left or not all(steps):
            raise SystemExit("bench: a resign had no successor")
        took.append(steps[1]["time_ns"] - left["time_ns"])
        until("all observers follow node 2", 60, lambda: crowd.knows(2))
        late.append(max(0, crowd.last[2] - max(s["time_ns"] for s in steps)) / 1e6 / HEARTBEAT_MS)
        trips.append(rtt())
        run("bullyctl", "-n", "n3", "elect", GROUP)
    print("%d observers: %s" % (crowd.count, " ".join("%.2f" % (t / 1e6) for t in took)), flush=True)
    return took, late, trips


def main():
    result = start()
    setup()
    monitors = {i: Monitor(i) for i in (1, 2, 3)}
    for count in CROWDS:
        crowd = Crowd(count)
        took, late, trips = rounds(monitors, crowd)
        row = figures(took)
        row["round_trips"] = round(quantile(took, 0.5) / quantile(trips, 0.5), 2)
        row["last_observer_heartbeats"] = {"median": round(quantile(late, 0.5), 3), "max": round(max(late), 3)}
        result[str(count)] = row
        row["ratio"] = round(row["median_ms"] / result["0"]["median_ms"], 2)
        crowd.end()
    return finish(result, monitors, 4)


if __name__ == "__main__":
    sys.exit(main())
