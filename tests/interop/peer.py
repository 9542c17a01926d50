#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a peer of the bully protocol that was written from Documentation/protocol.rst alone.

The peer joins a group with kernel nodes, in classic or in quorum mode, there with either
election, as a candidate: it follows, votes and leads. For each change of state, leader or
epoch it prints a line of JSON; on SIGTERM it also prints what it dropped. The cited rules
are those of protocol.rst. The peer has no hold-downs and ignores those of others (see
there); its voters do not change, its clock never stands still (T3), and it does not watch
links.

This file has the options. node.py has the node; its methods are in session.py,
election.py, following.py, voting.py and schedule.py, and what Raft changes is in raft.py.
codec.py has the datagrams, and examples.py the self-test.
"""
import argparse
import os
import signal
import socket
import sys

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from codec import ROLES  # noqa: E402
from examples import self_test  # noqa: E402
from node import Node  # noqa: E402
from raft import RaftNode  # noqa: E402
from session import Peer  # noqa: E402


def address(text):
    """Returns family and socket address of ADDR, ADDR:PORT or [ADDR]:PORT"""
    host, port = text, "28559"
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port[1:] or "28559"
    elif text.count(":") == 1:
        host, port = text.split(":")
    info = socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
    return info[0], info[4]


def peer_option(text):
    """Parses ID@ADDR[:PORT][/ROLE]"""
    number, _, rest = text.partition("@")
    addr, _, role = rest.partition("/")
    return Peer(int(number), address(addr)[1], ROLES.index(role or "candidate"))


def key_option(text):
    """Parses ID:HEX"""
    number, _, digits = text.partition(":")
    return int(number), bytes.fromhex(digits)


def position_option(text):
    """Parses TERM/INDEX"""
    term, _, index = text.partition("/")
    return int(term), int(index)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--self-test", action="store_true", help="encode and decode the examples")
    parser.add_argument("--group")
    parser.add_argument("--id", type=int)
    parser.add_argument("--local", type=address, default="0.0.0.0", metavar="ADDR[:PORT]")
    parser.add_argument("--peer", type=peer_option, action="append", default=[],
                        metavar="ID@ADDR[:PORT][/ROLE]")
    parser.add_argument("--heartbeat", type=int, default=100, metavar="MS")
    parser.add_argument("--misses", type=int, default=3)
    parser.add_argument("--quorum", action="store_true")
    parser.add_argument("--election", choices=("bully", "raft"), default="bully")
    parser.add_argument("--position", type=position_option, default=(0, 0), metavar="TERM/INDEX")
    parser.add_argument("--lease", type=int, metavar="MS")
    parser.add_argument("--key", type=key_option, default=(0, b""), metavar="ID:HEX")
    parser.add_argument("--priority", type=int, default=0)
    parser.add_argument("--preempt", choices=("on", "off"), default="on")
    parser.add_argument("--candidate", choices=("on", "off"), default="on")
    args = parser.parse_args()
    if args.self_test:
        return self_test()
    if not args.group or not args.id or not args.peer:
        parser.error("--group, --id and --peer are needed")
    if args.election == "raft" and (not args.quorum or args.priority):
        parser.error("--election raft needs --quorum, and no --priority")
    args.preempt = args.preempt == "on" and args.election != "raft"             # F7
    args.candidate = args.candidate == "on"
    args.key_id, args.key = args.key
    wake, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return (RaftNode if args.election == "raft" else Node)(args).run(wake)


if __name__ == "__main__":
    sys.exit(main())
