#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""owner_exit.py - measures the time from the death of a leader's owner to the next leader, in a guest

The network is that of bench.py with three nodes. One group has a heartbeat of 100 ms, so
detection has no effect. A process in n3 owns the candidacy with a socket, without a deadline.
The process is killed (SIGKILL). From the moment before that call owner_exit.py measures
 - until node 3's event for the reason owner-exit: the kernel has freed the process's
   memory and released its socket, and
 - until node 2's event that it leads.
Both events have the module's time. This is done with a process of 1 MB (sleep, to which the
socket was passed), and with a process of 1 GB resident, because memory is freed before
descriptors are closed. The guest needs 2 GB more than that.

  owner_exit.py                 measures
  owner_exit.py own GROUP MB    is the owner
"""
import os
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../vm"))
from bench import Monitor, boottime, configure, figures, finish, leads, network, start, until  # noqa: E402
import owner  # noqa: E402

GROUP = "bench"
SIZES = {1: int(os.environ.get("ROUNDS", "30")), 1024: max(3, int(os.environ.get("ROUNDS", "30")) // 3)}


def own(group, megabytes):
    sock = owner.Owner()
    owner.must(sock.own(group), "own")
    if megabytes == 1:
        sock.socket.set_inheritable(True)
        owner.say("owned")
        os.execvp("sleep", ["sleep", "infinity"])
    memory = b"\1" * (megabytes << 20)
    owner.say("owned")
    signal.pause()
    return len(memory)


def resident(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))


def rounds(monitors, megabytes, count):
    released, led, after, kib = [], [], [], 0
    while len(led) < count:
        process = subprocess.Popen(
            ["ip", "netns", "exec", "n3", sys.executable, os.path.abspath(__file__), "own", GROUP, str(megabytes)],
            stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "owned\n":
            raise SystemExit("bench: nobody owns it")
        until("node 3 leads", 60, lambda: leads(2, GROUP) == 3 and leads(1, GROUP) == 3)
        kib = resident(process.pid)
        before = boottime()
        process.kill()
        left = monitors[3].wait(before, 60, group=GROUP, event="leader", reason="owner-exit", leader=None)
        took = monitors[2].wait(before, 60, group=GROUP, event="leader", leader=2, state="leader")
        process.wait()
        if not left or not took:
            raise SystemExit("bench: an owner had no successor")
        released.append(left["time_ns"] - before)
        after.append(took["time_ns"] - left["time_ns"])
        led.append(took["time_ns"] - before)
        print("round %2d, %d KiB resident: released after %.1f ms, led after %.1f ms" % (
            len(led), kib, released[-1] / 1e6, led[-1] / 1e6), flush=True)
    return {"resident_kib": kib, "from_kill_to_release": figures(released),
            "from_release_to_leader": figures(after), "from_kill_to_leader": figures(led)}


def main():
    result = start()
    network(3)
    for i in 1, 2, 3:
        text = "[group %s]\nid = %d\nheartbeat = 100ms\ncandidate = %s\n" % (
            GROUP, i, "owner" if i == 3 else "on")
        for k in {1, 2, 3} - {i}:
            text += "[peer %d]\naddr = 10.9.0.%d\n" % (k, k)
        configure(i, text)
    monitors = {2: Monitor(2), 3: Monitor(3)}
    for megabytes, count in SIZES.items():
        result["%d_mb" % megabytes] = rounds(monitors, megabytes, count)
    return finish(result, monitors, 3)


if __name__ == "__main__":
    sys.exit(own(sys.argv[2], int(sys.argv[3])) if sys.argv[1:2] == ["own"] else main())
