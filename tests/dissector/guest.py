#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""guest.py - tests the dissector on messages of nodes in a guest (guest.sh)

The capture stays in tests/build/dissector; each run makes a new one. 'guest.py --again' tests
the capture that is there.
"""
import base64
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

from shark import FIELDS, FLAGS, TREE, TYPES, WARN, Shark, codec, examine, payload, severity

BUILD = os.path.join(TREE, "tests", "build", "dissector")
CAPTURE, LOG = os.path.join(BUILD, "guest.pcap"), os.path.join(BUILD, "guest.log")
results = []


def check(name, wrong):
    results.append(not wrong)
    print("%s - %s%s" % ("not ok" if wrong else "ok", name, ": " + wrong[0] if wrong else ""), flush=True)
    for text in wrong[1:10]:
        print("#   " + text)


def run_guest():
    """Prints the guest's output without the capture, which becomes a file; returns the status."""
    os.makedirs(BUILD, exist_ok=True)
    base, inside = [], False
    with open(LOG, "w", encoding="utf-8") as log, subprocess.Popen(
            [os.path.join(TREE, "scripts", "vm"), "--timeout", "1200", os.path.join(TREE, "tests/dissector/guest.sh")],
            stdout=subprocess.PIPE, text=True, errors="replace") as proc:
        for line in proc.stdout:
            if line.startswith(("BEGIN capture", "END capture")):
                inside = line.startswith("BEGIN")
            elif inside:
                base.append(line)
            else:
                log.write(line)
                print(line, end="", flush=True)
    with open(CAPTURE, "wb") as f:
        f.write(base64.b64decode("".join(base)))
    check("the guest's capture has arrived as a whole", [] if base and not inside else ["it has not, or not all of it"])
    return proc.returncode


def whole(rows, good):
    """Checks that the capture has every kind of message, field and flag."""
    messages = [m for _, m in good]
    types = collections.Counter(m.type for m in messages)
    print("# " + ", ".join("%d %s" % (types[n], TYPES[n]) for n in range(1, 11)))
    check("the capture has every type of message", [TYPES[n] for n in range(1, 11) if not types[n]])
    for mode, quorum in (("classic", False), ("quorum", True)):
        for word, keyed in (("without a key", False), ("with a key", True)):
            seen = {m.type for m in messages if bool(m.lease) == quorum and bool(m.key_id) == keyed}
            # a node in classic mode seldom refuses
            rare = set() if quorum else {codec.REFUSE}
            check("%s mode %s: the capture has every type of message" % (mode, word),
                  [TYPES[n] for n in range(1, 11) if n not in seen | rare])
    check("every field has a value in some message", [name for name, attribute in FIELDS.items()
                                                      if not any(getattr(m, attribute) for m in messages)])
    check("every flag is set in some messages and clear in others", [name for bit, name in enumerate(FLAGS)
                                             if len({m.flags >> bit & 1 for m in messages}) < 2])
    lines = [rows[n]["_ws.col.Info"][0] for n, _ in good]
    for pattern in (r"ELECTION 1 → 3 \[c\] are you there\?", r"ELECTION 3 → 2 \[[qr]\] asks to take over; hears: ",
                    r"OK 3 → 1 \[c\] stands, leads", r"COORDINATOR 3 → \d \[c\] epoch \d{16} leads",
                    r"COORDINATOR 3 → \d \[q\] epoch \d{16} claims", r"COORDINATOR 3 → \d \[q\] epoch \d{16} holding",
                    r"COORDINATOR_ACK [12] → 3 \[r\] epoch \d{16} grants", r"HEARTBEAT [12] → 3 \[q\] epoch \d{16} grants",
                    r"HEARTBEAT_ACK 3 → 1 \[c\] epoch \d{16} leads; alive: 1 2 3",
                    r"REFUSE [12] → 3 \[q\] epoch \d+ refuses: it abstains for [\d.]+ s",
                    r"RESIGN 3 → \d \[c\] epoch \d{16} steps down, successor 2", r"RESIGN 3 → \d \[c\] epoch \d{16} leaves",
                    r"HELLO 3 → \d \[c\] knows no leader", r"HELLO 100 → \d \[q\] .*; asks who leads",
                    r"HELLO_ACK \d → 100 \[q\] (follows 3|leads)", r"HELLO_ACK [12] → 3 \[c\] .*stay a follower for ",
                    r"[A-Z_]+ [12] → 3 \[k\] .*ANOTHER NODE BEARS YOUR ID"):
        check("some line matches '%s'" % pattern, [] if any(re.match(pattern, line) for line in lines) else ["there is none"])


def sound(rows, good, empty):
    """Checks that the nodes sent nothing odd, and that exactly the forged messages are bad."""
    index = dict(good)
    check("no message of a node is marked as odd", ["frame %s: %s, %s" % (row["frame.number"], row["_ws.expert.message"],
                                                       row["_ws.col.Info"])
                                  for n, row in enumerate(rows) if n in index and row["bully.odd"]])
    check("no message of a node has a warning but those about the second node 3",
          [str(row["_ws.expert.message"]) for n, row in enumerate(rows)
           if n in index and severity(row) >= WARN and not row["bully.duplicate"]])
    found = collections.Counter(row["bully.drop"][0] for row in rows if row["bully.drop"])
    found["length"] += empty
    said = re.search(r"^FORGED (\{.*\})$", open(LOG, encoding="utf-8").read(), re.M)
    sent = json.loads(said[1]) if said else {}
    check("the messages that node 3 dropped are shown with the same reasons",
          [] if sent and found == collections.Counter(sent) else ["shown %s, counted %s" % (dict(found), sent)])
    beats = [row for n, row in enumerate(rows) if n in index and index[n].type == codec.HEARTBEAT]
    answered = sum(bool(row["bully.response_in"]) for row in beats)
    check("nearly all HEARTBEATs are linked to an answer (%d of %d)" % (answered, len(beats)),
          [] if answered > 0.9 * len(beats) > 0 else ["too few"])
    named = [row for n, row in enumerate(rows) if n in index and index[n].flags & codec.ALIVE]
    check("live nodes are shown by id (%d messages)" % len(named),
          [row["_ws.col.Info"][0] for row in named if len(row["bully.alive.id"]) != len(row["bully.alive.position"])]
          if named else ["there are none"])


def main():
    status = 0 if "--again" in sys.argv[1:] else run_guest()
    with tempfile.TemporaryDirectory() as folder:
        shark = Shark(folder)
        # Wireshark calls no dissector for an empty datagram
        packets = shark.rows(CAPTURE)
        rows = [row for row in packets if payload(row)]
        wrong, good = examine(rows)
        check("all %d packets are shown as interop/codec.py decodes them" % len(rows), wrong)
        whole(rows, good)
        sound(rows, good, len(packets) - len(rows))
        check("tshark has reported no error", shark.said)
    if status:
        check("the guest has ended with success", ["it ended with status %d" % status])
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
