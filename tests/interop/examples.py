# SPDX-License-Identifier: GPL-2.0-only
"""Reads the worked examples of protocol.rst, and encodes and decodes them as a self-test.

  python3 examples.py [--check]  writes the bytes of the examples into protocol.rst and the table of
                                 tests/unit/leaves/wire.c, or says which lines differ. A row that
                                 shows no bytes of an example must be added or removed by hand.
"""

import os
import re
import sys

from codec import (Message, members_hash, roster_hash, tag_of, FORM, SPARE, ALIVE, COORDINATOR, ELECTION, GRANT,
                   HEARTBEAT, HEARTBEAT_ACK, HELLO, LEASE_HELD, REFUSE, STANDS)

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
    # the tag is that of KEY, whose id this is
    dict(type=COORDINATOR, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         to_session=0x2222222222222222, seq=7, epoch=1800000000000000, reported=1800000000000000,
         leader=2, heartbeat=100000, misses=3, state=4, leader_session=0x1111111111111111,
         priority=100, leader_priority=100, key_id=5),
    # Raft: a question, and the answer of a voter that hears its leader
    dict(type=ELECTION, flags=STANDS, group="db", sender=2, to=1, from_session=0x1111111111111111,
         to_session=0x2222222222222222, seq=21, epoch=1800000000000000, reported=1800000000000000,
         heartbeat=100000, misses=3, state=1, lease=300, election=2, position_term=4, position_index=17),
    dict(type=REFUSE, flags=STANDS, group="db", sender=1, to=2, from_session=0x2222222222222222,
         to_session=0x1111111111111111, seq=34, echo=21, epoch=1800000000000000, reported=1800000000000000,
         heartbeat=100000, misses=3, state=3, lease=300, remain=250000, refusal=9, election=2,
         position_term=4, position_index=18),
)
KEY = bytes(range(32))
ROLES = {1: 0, 2: 0, 3: 0}
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TEXT = os.path.join(TREE, "Documentation", "protocol.rst")
TABLE = os.path.join(TREE, "tests", "unit", "leaves", "wire.c")
ROW = r"(?:[0-9a-f]{2} ){15}[0-9a-f]{2}"


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


def encoded(fields):
    """Returns the datagram of an example"""
    lease = fields.get("lease", 0)
    election = fields.get("election", int(lease > 0))           # not a field: it is in the hash
    m = Message(**fields, members=members_hash("db", lease * 1000000, election, ROLES), roster=roster_hash(ROLES))
    data = m.encode()
    if m.key_id:
        m.tag = tag_of(KEY, data)
    return m.encode()


def rewritten(text, pattern):
    """Returns the text with the bytes of each row replaced; PATTERN finds a row, and its offset or None"""
    state = dict(n=-1, at=0)

    def row(found):
        at = found.groupdict().get("at")
        first = found["bytes"].startswith("42 4c 4c 59") if at is None else at == "000"
        state["n"] += first
        state["at"] = int(at) if at else 0 if first else state["at"] + 16
        data = encoded(EXAMPLES[state["n"]])[state["at"]:state["at"] + 16]
        return found[0].replace(found["bytes"], data.hex(" "))
    return re.sub(pattern, row, text, flags=re.M)


def main():
    wrong = 0
    for path, pattern in ((TEXT, r"^  (?P<at>\d{3})  (?P<bytes>%s)" % ROW), (TABLE, r'^\t"(?P<bytes>%s)"' % ROW)):
        with open(path, encoding="utf-8") as f:
            was = f.read()
        text = rewritten(was, pattern)
        for n, (old, new) in enumerate(zip(was.splitlines(), text.splitlines()), 1):
            if old != new:
                print("%s:%d: %s" % (path, n, new))
                wrong += 1
        if "--check" not in sys.argv[1:]:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    return bool(wrong and "--check" in sys.argv[1:])


def self_test():
    results = []

    def check(name, fine):
        results.append(bool(fine))
        print("%s - %s" % ("ok" if fine else "not ok", name))

    shown = examples_of(TEXT)
    check("protocol.rst shows its examples", len(shown) == len(EXAMPLES))
    for n, data in enumerate(shown):
        got, why = Message.decode(data)
        check("example %d is decoded" % n, not why)
        check("example %d is encoded to the same bytes" % n, got and got.encode() == data)
    for n, (fields, data) in enumerate(zip(EXAMPLES, shown)):
        check("example %d is encoded from its fields as protocol.rst lists them" % n, encoded(fields) == data)
        spare = data[:SPARE.start] + b"\xa5" * 32 + data[SPARE.stop:]
        got, why = Message.decode(spare)
        check("example %d with other spare bytes is decoded to the same" % n,
              not why and Message(**dict(vars(got), spare=0)).encode() == data)
        for size in (0, 200, 255, 257):
            check("example %d with %d bytes is refused by its length" % (n, size),
                  Message.decode(data.ljust(size, b"\0")[:size])[1] == "length")
        for at, value, why in ((0, 0, "magic"), (4, 1, "version"), (5, 0, "malformed"),
                               (5, 11, "malformed"), (6, 1, "malformed"), (8, 0, "malformed"),
                               (9, 47, "malformed"), (27, 0, "malformed"), (103, 5, "malformed")):
            bad = bytearray(data)
            bad[at] = value
            check("example %d with byte %d set to %d is refused: %s" % (n, at, value, why),
                  Message.decode(bytes(bad))[1] == why)
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
