#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""crowd.py - measures whether an election waits for the listeners to events, in a guest

The network is that of bench.py with three nodes. One group runs in classic mode and one in
quorum mode; the heartbeat is so long that detection has no effect. In each namespace 0,
2,000 and then 10,000 sockets of an unprivileged user listen to events, and none is
read. The leader resigns. From its step (the time in its event) crowd.py measures
 - in classic mode until node 1 has received the new leader's packet, which is the step by
   which node 1 follows, and
 - in quorum mode until the new leader has its lease.
The round trip is the median that the new leader measured to node 1 without listeners.
The guest needs 3 GB.
"""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../vm"))
from bench import Monitor, boottime, bully, configure, figures, finish, leads, network, quantile, run, start, until  # noqa: E402
import listeners  # noqa: E402

ROUNDS = int(os.environ.get("ROUNDS", "30"))
CROWDS = (0, 2000, 10000)
GROUPS = {"classic": (7401, "off"), "quorum": (7403, "majority")}
HEARTBEAT = "200ms"


def setup():
    network(3)
    for i in 1, 2, 3:
        for group, (port, quorum) in GROUPS.items():
            text = "[group %s]\nid = %d\nlocal = 10.9.0.%d:%d\nheartbeat = %s\nquorum = %s\nholddown = off\n" % (
                group, i, i, port, HEARTBEAT, quorum)
            for k in {1, 2, 3} - {i}:
                text += "[peer %d]\naddr = 10.9.0.%d:%d\n" % (k, k, port)
            configure(i, text)


def rtt(group):
    return next(p["rtt_ns"] for p in bully(2, "show", group)[0]["peers"] if p["id"] == 1)


def rounds(monitors, group, count):
    """Returns how long each resign took, and the round trips meanwhile."""
    took, trips = [], []
    where, state = (1, "follower") if group == "classic" else (2, "leader")
    while len(took) < ROUNDS:
        until("node 3 leads", 60, lambda: all(leads(i, group) == 3 for i in (1, 2, 3)))
        # all events of the round before have arrived
        time.sleep(0.5)
        before = boottime()
        run("bullyctl", "-n", "n3", "resign", group)
        left = monitors[3].wait(before, 60, group=group, reason="resigned", leader=None)
        came = monitors[where].wait(before, 60, group=group, event="leader", leader=2, state=state)
        if not left or not came:
            raise SystemExit("bench: a resign had no successor")
        took.append(came["time_ns"] - left["time_ns"])
        until("node 3 follows", 60, lambda: leads(3, group) == 2)
        trips.append(rtt(group))
        run("bullyctl", "-n", "n3", "elect", group)
    print("%s, %d listeners: %s" % (group, count, " ".join("%.2f" % (t / 1e6) for t in took)), flush=True)
    return took, trips


def main():
    result = start()
    setup()
    monitors = {i: Monitor(i) for i in (1, 2, 3)}
    for count in CROWDS:
        crowd = listeners.crowd(count, ["n1", "n2", "n3"]) if count else []
        for group in GROUPS:
            took, trips = rounds(monitors, group, count)
            row = result.setdefault(group, {})
            row.setdefault("rtt_ms", round(quantile(trips, 0.5) / 1e6, 3))
            row[str(count)] = figures(took)
            row[str(count)]["round_trips"] = round(quantile(took, 0.5) / 1e6 / row["rtt_ms"], 2)
            row[str(count)]["ratio"] = round(quantile(took, 0.5) / 1e6 / row["0"]["median_ms"], 2)
        listeners.disperse(crowd)
    return finish(result, monitors, 3)


if __name__ == "__main__":
    sys.exit(main())
