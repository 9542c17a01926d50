#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""quick.py - tests the dissector without a guest: on the examples of protocol.rst, the ends of
every range, each kind of bad message, and thousands of random messages (see shark.py)."""
import os
import random
import re
import sys
import tempfile

import forged
from shark import TREE, WARN, Shark, capture, codec, examine, payload, severity
from examples import examples_of

RANDOM = 3000
results = []


def check(name, wrong):
    """Prints a result; WRONG is a list of faults, or a bool that must be true."""
    if isinstance(wrong, bool):
        wrong = [] if wrong else ["it is not so"]
    results.append(not wrong)
    print("%s - %s%s" % ("not ok" if wrong else "ok", name, ": " + wrong[0] if wrong else ""), flush=True)
    for text in wrong[1:10]:
        print("#   " + text)


class Desk:
    """A folder with captures, and tshark."""

    def __init__(self, folder):
        self.folder = folder
        self.shark = Shark(os.path.join(folder, "home"))

    def capture(self, messages, port=28559):
        path = os.path.join(self.folder, "some.pcap")
        capture(path, messages, port)
        return path

    def rows(self, messages, *options, port=28559):
        rows = self.shark.rows(self.capture(messages, port), *options)
        if [payload(row) for row in rows] != list(messages):
            raise SystemExit("tshark shows other packets than were written")
        return rows


def examples(desk):
    shown = examples_of(os.path.join(TREE, "Documentation", "protocol.rst"))
    rows = desk.rows(shown)
    wrong, good = examine(rows)
    check("examples: every field is shown with its value", wrong)
    check("examples: all of them are good", len(good) == len(shown) >= 3)
    check("examples: none has a warning", max(map(severity, rows)) < WARN)
    line = [row["_ws.col.Info"][0] for row in rows]
    check("examples: each line of the list is as expected", line == [
        "HELLO 2 → 1 [db] knows no leader", "COORDINATOR 2 → 1 [db] epoch 1800000000000000 leads",
        "HEARTBEAT 1 → 2 [db] epoch 1800000000000000 grants",
        "HEARTBEAT_ACK 2 → 1 [db] epoch 1800000000000000 leads, holding; alive: #0 #1",
        "COORDINATOR 2 → 1 [db] epoch 1800000000000000 leads",
        "ELECTION 2 → 1 [db] are you there, or with election raft: would you vote?",
        "REFUSE 1 → 2 [db] epoch 1800000000000000 refuses: it hears its leader for 250.000 ms"])
    bold = [row["_ws.col.Info"][0] for row in desk.rows([forged.message(
        type=codec.COORDINATOR, lease=300, flags=codec.LEASE_HELD).encode()])]
    check("the line of a leader with a lease is as expected", bold == ["COORDINATOR 3 → 1 [db] epoch 1800000000000000 holding"])


def edges(desk):
    messages = [forged.message(**fields).encode() for fields in forged.EDGES]
    rows = desk.rows(messages)
    wrong, good = examine(rows)
    check("ends of ranges: every field is shown with its value", wrong)
    check("ends of ranges: all messages are good", len(good) == len(messages))


def badness(desk):
    cases = forged.forged()
    rows = desk.rows([data for data, _, _ in cases])
    wrong, good = examine(rows)
    check("bad messages: each is shown with the right reason to drop it", wrong)
    check("bad messages: none is taken for a good one", not good)
    missing = []
    for row, (data, drop, name) in zip(rows, cases):
        found = {f[len("bully.bad."):] for f in desk.shark.fields if f.startswith("bully.bad.") and row[f]}
        # a message that is too short may also have a bad field, because the field is cut
        if name not in found or (drop != "length" and found != {name}) or row["bully.drop"] != [drop]:
            missing.append("%s... (%s): found %s, dropped as %s" % (
                data[:8].hex(), name, sorted(found), row["bully.drop"]))
    check("bad messages: exactly the bad field is marked", missing)
    kinds = {f[len("bully.bad."):] for f in desk.shark.fields if f.startswith("bully.bad.")}
    check("bad messages: every kind that the dissector knows is tested", sorted(kinds ^ {name for _, _, name in cases}))


def odd(desk):
    rows = desk.rows([forged.message(**fields).encode() for fields in forged.ODD])
    wrong, good = examine(rows)
    check("odd messages: every field is shown, and none is dropped", wrong)
    check("odd messages: each is marked as odd",
          [str(fields) for fields, row in zip(forged.ODD, rows) if not row["bully.odd"]])
    check("odd messages: an ordinary message is not marked", not desk.rows([forged.message().encode()])[0]["bully.odd"])
    rows = desk.rows([forged.message(flags=codec.DUPLICATE).encode(),
                      forged.message(type=codec.REFUSE, refusal=2, lease=300, remain=5000, state=3, leader=2,
                                     leader_session=5).encode()])
    check("a duplicate id gets a warning", bool(rows[0]["bully.duplicate"]) and severity(rows[0]) == WARN)
    check("the line of a refusal has the reason in words", "REFUSE 3 → 1 [db] epoch 1800000000000000 refuses: another's grant lives (2)"
          " for 5.000 ms" == rows[1]["_ws.col.Info"][0] and bool(rows[1]["bully.refused"]))
    # a question of an unlisted observer, an answer without a place, and its farewell
    asks = dict(sender=100, to=2, role=2, lease=300, flags=codec.UNLISTED, leader=0, leader_session=0)
    rows = desk.rows([forged.message(type=codec.HELLO, echo=0, state=2, **asks).encode(),
                      forged.message(type=codec.HELLO_ACK, sender=2, to=100, lease=300, refusal=10, state=3, leader_session=0,
                                     leader_age=2000, flags=codec.UNLISTED | codec.STANDS).encode(),
                      forged.message(type=codec.RESIGN, echo=0, state=3, **asks).encode()])
    check("the lines of an unlisted observer are as expected", [row["_ws.col.Info"][0] for row in rows] == [
        "HELLO 100 → 2 [db] knows no leader; asks who leads",
        "HELLO_ACK 2 → 100 [db] follows 3, heard 2.000 ms ago; has no place for this observer",
        "RESIGN 100 → 2 [db] epoch 1800000000000000 leaves"])
    check("the messages of an unlisted observer are not odd, and its farewell changes no leader",
          [row["_ws.col.Info"][0] for row in rows if row["bully.odd"] or row["bully.change"]])


def at_random(desk):
    rng = random.Random(os.environ.get("SEED", "1"))
    bases = [forged.message(**fields).encode() for fields in forged.EDGES + forged.ODD]
    messages = []
    for _ in range(RANDOM):
        data = bytearray(rng.choice(bases))
        for _ in range(rng.choice((0, 1, 1, 2, 5))):
            data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7f, 0x80, 0xff, rng.randrange(256)))
        if rng.random() < 0.1:
            data = data.ljust(400, b"\1")[:rng.randrange(1, 400)]
        messages.append(bytes(data))
    rows = desk.rows(messages)
    wrong, good = examine(rows)
    check("random messages: all %d, of which %d are good, are shown as interop/codec.py decodes them" % (len(rows), len(good)), wrong)
    check("random messages: many are good and many are bad", 0.2 * RANDOM < len(good) < 0.8 * RANDOM)


def asked_and_answered(desk):
    """Checks a dialogue: a question, its answer, a copy of it, an answer of another session, a grant."""
    ids = {1: 0, 2: 0, 3: 0}
    roster = codec.roster_hash(ids)

    def say(kind, sender, to, seq, echo=0, session=1, **fields):
        return forged.message(type=kind, sender=sender, to=to, seq=seq, echo=echo, from_session=sender * 16 + session,
                              to_session=to * 16 + 1, roster=roster, **fields).encode()
    alive = dict(flags=codec.STANDS | codec.ALIVE, alive=0b101)
    messages = [say(codec.HEARTBEAT, 1, 3, 5), say(codec.HEARTBEAT_ACK, 3, 1, 9, 5, **alive),
                say(codec.HEARTBEAT_ACK, 3, 1, 9, 5, **alive), say(codec.HEARTBEAT, 2, 3, 5),
                say(codec.HEARTBEAT_ACK, 3, 2, 10, 6, **alive), say(codec.HEARTBEAT, 1, 3, 6, session=2),
                say(codec.HEARTBEAT_ACK, 3, 1, 11, 6, **alive), say(codec.HEARTBEAT, 1, 3, 7, 9),
                say(codec.HEARTBEAT, 1, 3, 5)]
    rows = desk.rows(messages)
    check("dialogue: all messages are shown as interop/codec.py decodes them", examine(rows)[0])
    linked = [(row["bully.response_to"], row["bully.response_in"], row["bully.echo_of"]) for row in rows]
    check("dialogue: answers are linked by session, sequence and echo", linked == [
        ([], ["2"], []), (["1"], [], []), (["1"], [], []), ([], [], []), ([], [], []), ([], [], []), ([], [], []),
        ([], [], ["2"]), ([], [], [])])
    check("dialogue: questions without an answer are marked", [bool(row["bully.unanswered"]) for row in rows] == [
        False, False, False, True, False, True, False, True, False])
    check("dialogue: a bit of the live nodes is shown as an id if the hash of all ids proves it",
          rows[6]["bully.alive.id"] == ["1", "3"] and rows[6]["_ws.col.Info"][0].endswith("alive: 1 3"))
    stranger = desk.rows(messages[:2])[1]
    check("dialogue: without all ids a bit is shown as a position", stranger["bully.alive.id"] == []
          and stranger["_ws.col.Info"][0].endswith("alive: #0 #2"))


def filters(desk):
    messages = [forged.message(**fields).encode() for fields in forged.EDGES]
    path = desk.capture(messages + [data for data, _, _ in forged.forged()])
    decoded = [m for m, _ in map(codec.Message.decode, messages)]
    for text, wanted in (
            ("bully.type == 7", lambda m: m.type == 7), ('bully.type == "HELLO"', lambda m: m.type == 9),
            ("bully.sender == 4294967295", lambda m: m.sender == 2**32 - 1),
            ("bully.node == 1", lambda m: m.to == 1 or m.sender == 1),
            ("bully.epoch > 1800000000000000", lambda m: m.epoch > 1800000000000000),
            ('bully.group == "a"', lambda m: m.group == "a"), ("bully.flags.alive == 1", lambda m: m.flags & 16),
            ("bully.flags.held == 1", lambda m: m.flags & 1), ("bully.key_id != 0", lambda m: m.key_id)):
        count = desk.shark.count(path, "!bully.drop && " + text)
        check("filter %s finds the right %d messages" % (text, count), count == sum(bool(wanted(m)) for m in decoded))
    count = desk.shark.count(path, '_ws.expert.severity >= "Warning" && bully.drop')
    check("the filter by severity finds all bad messages", count == len(forged.forged()))
    check("the filter bully.drop finds all bad messages", desk.shark.count(path, "bully.drop") == len(forged.forged()))
    check('the filter bully.drop == "magic" finds the right messages', desk.shark.count(path, 'bully.drop == "magic"') == 2)


def elsewhere(desk):
    hello = forged.message(type=codec.HELLO, to_session=0, echo=0).encode()
    short, other = hello[:60], b"x" * 256

    def shown(row):
        return row["_ws.col.Protocol"] == ["BULLY"]
    check("port 28559: every datagram is shown as a message",
          [shown(row) for row in desk.rows([hello, short, other])] == [True, True, True])
    check("another port: a message is known by its first bytes",
          [shown(row) for row in desk.rows([hello, short, other], port=7500)] == [True, True, False])
    for name, options in (("preference", ("-o", "bully.ports:7500-7600")),
                          ("Decode As", ("-o", "bully.ports:", "-d", "udp.port==7500,bully"))):
        check("another port: %s makes its datagrams messages" % name, shown(desk.rows([other], *options, port=7500)[0]))
    check("another port by preference: port 28559 is not taken any more",
          not shown(desk.rows([other], "-o", "bully.ports:7500")[0]))


def enumerators(name):
    """Returns the names of an enum of the kernel's header, in order, in the form of the output."""
    with open(os.path.join(TREE, "kmod", "uapi", "bully.h"), encoding="utf-8") as f:
        body = re.search(r"enum bully_%s \{(.*?)\};" % name, f.read(), re.S)[1]
    # the end of an enum is private
    body = body.split("/* private", 1)[0]
    return [word.lower().replace("_", "-") for word in re.findall(r"^\tBULLY_[A-Z]+_(\w+)", body, re.M)]


def words(_desk):
    """Checks that the script for bpftrace has the kernel's numbers."""
    with open(os.path.join(TREE, "userspace", "bpftrace", "election-timeline.bt"), encoding="utf-8") as f:
        text = f.read()
    for name in ("state", "reason", "drop", "msg_type"):
        shown = {int(n): word.lower().replace("_", "-")
                 for n, word in re.findall(r'@%s\[(\d+)\] = "(.*)";' % name.split("_")[-1], text)}
        true = dict(enumerate(enumerators(name), 1 if name == "msg_type" else 0))
        wrong = ["%d is %s, and not %s" % (n, true.get(n), word) for n, word in shown.items()
                 if n and word != true.get(n)]
        # the script does not show heartbeats and HELLO, and has no word for an accepted message
        lacking = set(true) - set(shown) - ({5, 6, 9, 10} if name == "msg_type" else {0} if name == "drop" else set())
        check("election-timeline.bt has the header's words for %s" % name, wrong + sorted(map(str, lacking)))


def cut_short(desk):
    path = desk.capture([forged.message().encode(), forged.forged()[0][0]])
    wrong = []
    for length in (1, 42, 43, 46, 47, 48, 60, 100, 200, 265, 297):
        small = os.path.join(desk.folder, "small.pcap")
        desk.shark.run("-s", str(length), path, small, program="editcap")
        for row in desk.shark.rows(small):
            if row["_ws.lua.error"] or row["bully.bad.length"] or (length > 42 and not row["bully.cut"]):
                wrong.append("%d bytes of it: %s, %s" % (length, row["_ws.expert.message"], row["_ws.col.Info"]))
    check("a message that the capture cut short is not called bad", wrong)


def installed(desk):
    """Checks that make install copies the dissector to the folder where this tshark looks for it."""
    where = desk.shark.folder("Global Lua Plugins")
    root = os.path.join(desk.folder, "root")
    desk.shark.run("-s", "-C", os.path.join(TREE, "userspace"), "install-scripts", "DESTDIR=" + root, program="make")
    there = os.path.join(root + where, "bully.lua")
    check("make install copies the dissector to %s" % where, os.path.exists(there))
    desk.shark.run("-s", "-C", os.path.join(TREE, "userspace"), "uninstall", "DESTDIR=" + root, program="make")
    left = [name for _, _, names in os.walk(root) for name in names]
    check("make uninstall removes the dissector", left)
    # an installed version would be loaded in place of the tested one
    other = os.path.join(where, "bully.lua")
    check("no other version is installed on this machine (make uninstall)", not os.path.exists(other)
          or open(other, "rb").read() == open(os.path.join(TREE, "userspace/wireshark/bully.lua"), "rb").read())


def main():
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        check("tshark knows the dissector's fields", [name for name in (
            "bully.type", "bully.sender", "bully.epoch", "bully.group", "bully.flags.held") if
            name not in desk.shark.fields])
        for part in (installed, examples, edges, badness, odd, at_random, asked_and_answered, filters, elsewhere,
                     cut_short, words):
            part(desk)
        check("tshark has reported no error", desk.shark.said)
    print("%d passed, %d failed, 0 skipped" % (sum(results), len(results) - sum(results)))
    return not all(results)


if __name__ == "__main__":
    sys.exit(main())
