#!/usr/bin/python3 -SE
# SPDX-License-Identifier: GPL-2.0-only
"""Runs each command of a cluster's script (on, power, pause, ...), by the name of the call:
passes the words to scripts/cluster and prints the answer."""

import json
import os
import socket
import struct
import sys
import threading

HEAD = struct.Struct("<B3xII")


def pump_stdin(sock):
    while True:
        data = os.read(0, 65536)
        sock.sendall(HEAD.pack(ord("I"), 0, len(data)) + data)
        if not data:
            return


def main():
    where = os.environ.get("BULLY_CLUSTER")
    name = os.path.basename(sys.argv[0])
    if not where:
        print(f"{name}: this works only in a script that scripts/cluster runs", file=sys.stderr)
        return 98
    sock = socket.socket(socket.AF_UNIX)
    sock.connect(where)
    args = sys.argv[1:]
    wants_input = name == "on" and args[:1] == ["-i"]
    if wants_input:
        args = args[1:]
    sock.sendall(json.dumps({"name": name, "args": args, "input": wants_input}).encode() + b"\n")
    if wants_input:
        threading.Thread(target=pump_stdin, args=(sock,), daemon=True).start()
    stream = sock.makefile("rb")
    while True:
        head = stream.read(HEAD.size)
        if len(head) < HEAD.size:
            print(f"{name}: the cluster is gone", file=sys.stderr)
            return 98
        kind, status, length = HEAD.unpack(head)
        data = stream.read(length)
        if kind == ord("X"):
            return status
        out = sys.stdout.buffer if kind == ord("O") else sys.stderr.buffer
        out.write(data)
        out.flush()


if __name__ == "__main__":
    try:
        CODE = main()
    except KeyboardInterrupt:
        CODE = 130
    except BrokenPipeError:
        CODE = 141
    # without destructors, because a thread may still wait for input
    os._exit(CODE)
