#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Asks by ARP for an address every 10 ms, and prints "TIME MAC" for each answer.

vip-client.py INTERFACE ADDRESS. The sender's address is 0.0.0.0 (a probe), so that no neighbour
learns anything from it. """
import select
import socket
import struct
import sys
import time

PERIOD = 0.01
DEV, ADDRESS = sys.argv[1], socket.inet_aton(sys.argv[2])

sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
sock.bind((DEV, 0x0806))
sock.setblocking(False)
own = sock.getsockname()[4]
probe = struct.pack("!6s6sHHHBBH6s4s6s4s", b"\xff" * 6, own, 0x0806, 1, 0x0800, 6, 4, 1,
                    own, bytes(4), bytes(6), ADDRESS)

due = time.monotonic()
while True:
    select.select([sock], [], [], max(0, due - time.monotonic()))
    if time.monotonic() >= due:
        due = time.monotonic() + PERIOD
        try:
            sock.send(probe)
        except OSError:
            continue  # the link is down
    try:
        frame = sock.recv(2048)
    except OSError:
        continue
    # an answer is for this host alone; announcements are broadcasts
    if frame[:6] == own and frame[20:22] == b"\x00\x02" and frame[28:32] == ADDRESS:
        print(f"{time.monotonic():.3f} {frame[22:28].hex(':')}", flush=True)
