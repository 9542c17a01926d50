# SPDX-License-Identifier: GPL-2.0-only
"""Reads the worked examples of protocol.rst, and encodes and decodes them as a self-test."""

import os
import re

from codec import (Message, members_hash, roster_hash, FORM, ALIVE, COORDINATOR, GRANT, HEARTBEAT, HEARTBEAT_ACK,
                   HELLO, LEASE_HELD, STANDS)

EXAMPLES = (
    dict(type=HELLO, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         seq=1, heartbeat=100000, misses=3),
    dict(type=COORDINATOR, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         to_session=0x2222222222222222, seq=7, epoch=1800000000000000, reported=1800000000000000,
         leader=2, heartbeat=100000, misses=3, state=4, leader_session=0x1111111111111111),
    dict(type=HEARTBEAT, flags=GRANT | STANDS, group="db", sender=1, to=2, from_session=0x2222222222222222,
         to_session=0x1111111111111111, seq=9, echo=12, epoch=1800000000000000, reported=1800000000000000,
         leader=2, leader_age=100000, heartbeat=100000, misses=3, state=3, lease=300),
    dict(type=HEARTBEAT_ACK, flags=LEASE_HELD | STANDS | ALIVE, group="db", sender=2, to=1,
         from_session=0x1111111111111111, to_session=0x2222222222222222, seq=13, echo=9, epoch=1800000000000000,
         reported=1800000000000000, leader=2, heartbeat=100000, misses=3, state=4, lease=300,
         leader_session=0x1111111111111111, alive=0b11),
)


def examples_of(path):
    """Returns the datagrams in the text; bytes that the text leaves out are zero"""
    found = []
    with open(path, encoding="utf-8") as text:
        for line in text:
            row = re.match(r" +(\d{3})  ((?:[0-9a-f]{2} ){0,15}[0-9a-f]{2})\b", line)
            if row:
                if row[1] == "000":
                    found.append(bytearray(FORM.size))
                at = int(row[1])
                found[-1][at:at + len(row[2]) // 3 + 1] = bytes.fromhex(row[2])
    return [bytes(data) for data in found]


def self_test():
    results = []

    def check(name, fine):
        results.append(bool(fine))
        print("%s - %s" % ("ok" if fine else "not ok", name))

    tree = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    shown = examples_of(os.path.join(tree, "Documentation", "protocol.rst"))
    check("protocol.rst shows its examples", len(shown) >= len(EXAMPLES))
    for n, data in enumerate(shown):
        got, why = Message.decode(data)
        check("example %d is decoded" % n, not why)
        check("example %d is encoded to the same bytes" % n, got and got.encode() == data)
    roles = {1: 0, 2: 0, 3: 0}
    for n, (fields, data) in enumerate(zip(EXAMPLES, shown)):
        lease = fields.get("lease", 0)
        m = Message(**fields, members=members_hash("db", lease * 1000000, lease > 0, roles), roster=roster_hash(roles))
        check("example %d is encoded from its fields as protocol.rst lists them" % n, m.encode() == data)
        for size in (0, 199, 201):
            check("example %d with %d bytes is refused by its length" % (n, size),
                  Message.decode(data.ljust(size, b"\0")[:size])[1] == "length")
        for at, value, why in ((0, 0, "magic"), (4, 2, "version"), (5, 0, "malformed"),
                               (5, 11, "malformed"), (6, 1, "malformed"), (8, 0, "malformed"),
                               (9, 47, "malformed"), (199, 1, "malformed"), (27, 0, "malformed"), (103, 5, "malformed")):
            bad = bytearray(data)
            bad[at] = value
            check("example %d with byte %d set to %d is refused: %s" % (n, at, value, why),
                  Message.decode(bytes(bad))[1] == why)
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    return not all(results)
