#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""forged.py - makes invalid messages, each with the name of its fault

  forged.py send --to ADDRESS --from ID --receiver ID --group NAME
      in a guest: sends each message once to port 28559 of ADDRESS, and prints as JSON
      how many must be counted under which name.
"""
import argparse
import json
import socket
import struct
import time

from shark import codec

Message = codec.Message

# the limits of the fields
EDGES = (
    dict(heartbeat=1000), dict(heartbeat=60000000), dict(misses=2), dict(misses=100), dict(role=1),
    dict(role=2), dict(state=0), dict(lease=3600000), dict(epoch=2**53 - 1), dict(reported=2**53 - 1),
    dict(sender=2**32 - 1, leader=2**32 - 1), dict(to=2**32 - 1), dict(seq=2**64 - 1), dict(seq=2**53 + 1),
    dict(from_session=2**64 - 1), dict(to_session=1), dict(members=2**32 - 1, members_prev=2**32 - 1),
    dict(group="a"), dict(group="fifteen-letters"), dict(group="gr\u00fcn"), dict(group="..."),
    dict(priority=255, leader_priority=2**32 - 1), dict(position_term=2**64 - 1, position_index=1),
    dict(key_id=2**32 - 1, tag=bytes(range(32))), dict(flags=codec.STANDS | codec.ALIVE, alive=2**256 - 1,
                                                       alive_age=2**32 - 1),
    dict(type=codec.HELLO, to_session=0, echo=0), dict(type=codec.REFUSE, refusal=9, lease=1, remain=2**32 - 1),
    dict(type=codec.REFUSE, refusal=9, lease=1, remain=2**32 - 1, position_term=2**64 - 1, position_index=2**64 - 1),
    dict(type=codec.HELLO_ACK, flags=codec.STANDS | codec.UNLISTED, refusal=10, lease=1),
    dict(type=codec.HELLO, flags=codec.UNLISTED, sender=100, role=2, lease=3600000, state=3, leader=2),
)

# offset, bytes, the field that these bytes make bad; the rest of the message is good
BYTES = (
    (5, b"\0", "type"), (5, b"\x0b", "type"), (5, b"\xff", "type"),
    (6, b"\0\x80", "flags"), (6, b"\x80\x04", "flags"), (6, b"\xff\xff", "flags"),
    (8, bytes(16), "group"), (8, b"a" * 16, "group"), (8, b"a b".ljust(16, b"\0"), "group"),
    (8, b"a/b".ljust(16, b"\0"), "group"), (8, b"a\x7f".ljust(16, b"\0"), "group"),
    (8, b"a\x1f".ljust(16, b"\0"), "group"), (8, b".".ljust(16, b"\0"), "group"),
    (8, b"..".ljust(16, b"\0"), "group"), (8, b"db\0x".ljust(16, b"\0"), "group"),
    (8, b"db".ljust(15, b"\0") + b"x", "group"),
    (24, bytes(4), "sender"), (28, bytes(4), "receiver"), (32, bytes(8), "sender_session"),
    (40, bytes(8), "receiver_session"), (48, bytes(8), "seq"),
    (64, struct.pack(">Q", 2**53), "epoch"), (64, b"\xff" * 8, "epoch"),
    (72, struct.pack(">Q", 2**53), "reported"), (72, b"\xff" * 8, "reported"),
    (96, struct.pack(">I", 999), "heartbeat"), (96, struct.pack(">I", 60000001), "heartbeat"),
    (96, bytes(4), "heartbeat"), (100, struct.pack(">H", 1), "misses"), (100, struct.pack(">H", 101), "misses"),
    (102, b"\x03", "role"), (102, b"\xff", "role"), (103, b"\x05", "state"),
    (104, struct.pack(">I", 3600001), "lease"), (164, struct.pack(">I", 1), "refusal"),
    (164, struct.pack(">I", 11), "refusal"),
    (224, b"\1", "tag"), (255, b"\1", "tag"),
    (0, b"bLLY", "magic"), (3, b"\0", "magic"), (4, b"\0", "version"), (4, b"\1", "version"), (4, b"\3", "version"),
)
LENGTHS = (1, 3, 4, 5, 6, 8, 100, 200, 224, 255, 257, 1232)

# all fields are in their ranges, but the message makes no sense
ODD = (
    dict(to=3), dict(flags=codec.LEASE_HELD), dict(flags=codec.GRANT), dict(refusal=2),
    dict(lease=300, refusal=2, flags=codec.GRANT), dict(echo=0), dict(type=codec.COORDINATOR, leader=2), dict(alive=1),
    dict(alive_age=1), dict(remain=1), dict(lease=300, refusal=4, remain=1), dict(lease=300, refusal=8, remain=1), dict(leader=0, leader_age=1),
    dict(leader=0, leader_priority=1),
    dict(state=3, leader_session=1),
    dict(flags=codec.UNLISTED), dict(lease=300, flags=codec.UNLISTED), dict(type=codec.HELLO, echo=0, flags=codec.UNLISTED),
    dict(type=codec.HELLO_ACK, lease=300, refusal=10),
)


def message(**fields):
    """Returns a leader's answer to a heartbeat in classic mode, with FIELDS changed."""
    good = dict(type=codec.HEARTBEAT_ACK, flags=codec.STANDS, group="db", sender=3, to=1,
                from_session=0x3333333333333333, to_session=0x1111111111111111, seq=9, echo=8,
                epoch=1800000000000000, reported=1800000000000000, leader=3, members=42, roster=43,
                heartbeat=100000, misses=3, state=4, leader_session=0x3333333333333333)
    return Message(**dict(good, **fields))


def forged(**fields):
    """Returns each bad message: (bytes, the counter for it, the bad field)."""
    good = message(**fields).encode()
    out = []
    for at, value, name in BYTES:
        drop = name if name in ("magic", "version") else "malformed"
        out.append((good[:at] + value + good[at + len(value):], drop, name))
    return out + [(good.ljust(length, b"\0")[:length], "length", "length") for length in LENGTHS]


def send(args):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((args.to, 28559))
    counts = {}
    for data, drop, _ in forged(group=args.group, sender=args.sender, to=args.receiver) + [(b"", "length", "")]:
        sock.send(data)
        counts[drop] = counts.get(drop, 0) + 1
        time.sleep(0.002)       # slow enough for an emulated receiver
    print(json.dumps(counts))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=("send",))
    parser.add_argument("--to", required=True)
    parser.add_argument("--from", dest="sender", type=int, required=True)
    parser.add_argument("--receiver", type=int, required=True)
    parser.add_argument("--group", required=True)
    send(parser.parse_args())


if __name__ == "__main__":
    main()
