#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""guard.py - measures what the guard of an address costs each packet, in a guest of one processor

Node 3 of three leads. n4 sends datagrams to an address that is on node 3 and on node 1. A turn sends
to the leader without a guard, while another address is guarded, and while this one is; and to the
follower without a guard, and while the address is guarded, so that they are dropped.
"""
import os
import subprocess
import sys

from bench import configure, finish, leads, network, quantile, run, start, until

ROUNDS = int(os.environ.get("ROUNDS", "21"))
PACKETS = 2000
ADDRESS, OTHER, PORT = "10.9.0.100", "10.9.0.200", "9"
TURNS = (("leader, no guard", 3, "none"), ("leader, another address guarded", 3, OTHER),
         ("leader, guarded", 3, ADDRESS), ("follower, no guard", 1, "none"), ("follower, guarded", 1, ADDRESS))
# a full queue, so that the receiving program costs nothing
SERVER = """
import signal, socket
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
sock.bind(("", 9))
print("ready", flush=True)
signal.pause()
"""


def hardware(node):
    return subprocess.run(["ip", "netns", "exec", "n%d" % node, "cat", "/sys/class/net/eth0/address"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def setup():
    network(4)
    for i in 1, 2, 3:
        text = "[group g]\nid = %d\nheartbeat = 100ms\nmisses = 20\n" % i
        for k in {1, 2, 3} - {i}:
            text += "[peer %d]\naddr = 10.9.0.%d\n" % (k, k)
        configure(i, text)
    servers = []
    for i in 1, 3:
        run("ip", "-n", "n%d" % i, "addr", "add", ADDRESS + "/24", "dev", "eth0")
        servers.append(subprocess.Popen(["ip", "netns", "exec", "n%d" % i, "python3", "-c", SERVER],
                                        stdout=subprocess.PIPE, text=True))
        servers[-1].stdout.readline()
    until("node 3 leads", 60, lambda: all(leads(i, "g") == 3 for i in (1, 2, 3)))
    return servers


def turn(node, guard):
    run("bullyctl", "-n", "n%d" % node, "group", "set", "g", "guard", guard)
    out = subprocess.run(["ip", "netns", "exec", "n4", "./guard", ADDRESS, PORT, str(PACKETS)],
                         check=True, stdout=subprocess.PIPE, text=True).stdout
    run("bullyctl", "-n", "n%d" % node, "group", "set", "g", "guard", "none")
    return int(out)


def main():
    result = start()
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "guard.c")
    run("gcc", "-O2", "-D_GNU_SOURCE", "-o", "guard", source)
    servers = setup()
    macs = {i: hardware(i) for i in (1, 3)}
    took = {name: [] for name, _, _ in TURNS}
    for _ in range(ROUNDS):
        for name, node, guard in TURNS:
            run("ip", "-n", "n4", "neigh", "replace", ADDRESS, "lladdr", macs[node], "dev", "eth0", "nud", "permanent")
            took[name].append(turn(node, guard))
    for server in servers:
        server.kill()
        server.wait()
    result["ns_per_packet"] = {name: quantile(values, 0.5) for name, values in took.items()}
    # each turn beside the turn without a guard of the same round
    result["ratio"] = {name: round(quantile([v / b for v, b in zip(took[name], took[base])], 0.5), 3)
                       for name, base in ((TURNS[1][0], TURNS[0][0]), (TURNS[2][0], TURNS[0][0]),
                                          (TURNS[4][0], TURNS[3][0]))}
    result["rounds"] = ROUNDS
    return finish(result, {}, 4)


if __name__ == "__main__":
    sys.exit(main())
