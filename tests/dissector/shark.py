# SPDX-License-Identifier: GPL-2.0-only
"""shark.py - runs tshark with the dissector on a capture, and checks its output

The reference is the decoder of tests/interop/codec.py, which was written from
Documentation/protocol.rst alone. Every field of every message must have the decoder's
value, and a message must be bad if and only if the decoder finds it bad. shark.py
itself links questions and answers.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.dirname(os.path.dirname(HERE))
DISSECTOR = os.path.join(TREE, "userspace", "wireshark", "bully.lua")
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TREE, "tests", "interop"))
import codec  # pylint: disable=import-error,wrong-import-position

NOTE, WARN, ERROR = 0x400000, 0x600000, 0x800000
NAMES = {"sender": "sender", "receiver": "to", "sender_session": "from_session",
         "receiver_session": "to_session"}
FIELDS = {name: NAMES.get(name, name) for name in
          "version type flags group sender receiver sender_session receiver_session seq echo epoch"
          " reported leader leader_age members roster heartbeat misses role state lease remain"
          " leader_session alive_age members_prev key_id refusal priority leader_priority position_term"
          " position_index".split()}
FLAGS = ("held", "grant", "stands", "duplicate", "alive", "elsewhere", "unlisted")
MORE = ("frame.number frame.time_relative udp.payload _ws.col.Protocol _ws.col.Info _ws.lua.error"
        " _ws.malformed _ws.expert.severity _ws.expert.message").split()
SEPARATOR, AMONG = "\t", "\x1f"


def environment(home):
    """Returns an environment in which tshark finds this dissector, and no settings of the user."""
    plugins = os.path.join(home, ".local", "lib", "wireshark", "plugins")
    os.makedirs(plugins, exist_ok=True)
    with open(DISSECTOR, "rb") as f, open(os.path.join(plugins, "bully.lua"), "wb") as out:
        out.write(f.read())
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "WIRESHARK"))}
    return dict(clean, HOME=home, LC_ALL="C.UTF-8")


class Shark:
    def __init__(self, home):
        self.env = environment(home)
        self.said = []              # the errors of tshark
        known = self.run("-G", "fields").splitlines()
        self.fields = sorted(row.split("\t")[2] for row in known
                             if row.startswith("F\t") and row.split("\t")[2].startswith("bully."))

    def run(self, *args, program="tshark"):
        done = subprocess.run((program,) + args, env=self.env, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, errors="surrogateescape", timeout=600, check=False)
        self.said += [line for line in done.stderr.splitlines() if line and 'as user "root"' not in line]
        if done.returncode:
            self.said.append("%s ended with %d" % (program, done.returncode))
        return done.stdout

    def rows(self, path, *options):
        """Returns {field: [value, ...]} of each packet."""
        names = MORE + self.fields
        words = [word for name in names for word in ("-e", name)]
        text = self.run("-n", "-2", "-r", path, "-T", "fields", "-E", "separator=" + SEPARATOR,
                        "-E", "aggregator=" + AMONG, "-E", "occurrence=a", *words, *options)
        return [{name: value.split(AMONG) if value else [] for name, value in zip(names, line.split(SEPARATOR))}
                for line in text.split("\n") if line]

    def count(self, path, display_filter):
        """Returns how many packets of a capture a display filter shows."""
        return len(self.run("-n", "-r", path, "-Y", display_filter, "-T", "fields", "-e", "frame.number").split())

    def folder(self, title):
        for line in self.run("-G", "folders").splitlines():
            name, _, value = line.partition(":")
            if name == title:
                return value.strip()
        return None


def capture(path, messages, port=28559):
    """Writes datagrams (bytes) as a capture, with text2pcap."""
    text = "".join("%06x %s\n" % (at, data[at:at + 16].hex(" "))
                   for data in messages for at in range(0, len(data), 16))
    subprocess.run(["text2pcap", "-q", "-u", "%d,%d" % (port, port), "-4", "10.7.0.1,10.7.0.2",
                    "-", path], input=text, text=True, stderr=subprocess.DEVNULL, check=True)


def payload(row):
    return bytes.fromhex(row["udp.payload"][0].replace(":", "")) if row["udp.payload"] else b""


def severity(row):
    return max((int(v) for v in row["_ws.expert.severity"]), default=0)


def number(row, name):
    """Returns the only value of a field, which may be written 7 or 0x7."""
    values = row["bully." + name]
    return int(values[0], 0) if len(values) == 1 else values


def positions(m):
    return [i for i in range(256) if m.alive >> i & 1]


def differences(row, m, data):
    """Returns the fields of a good message that are shown wrongly."""
    wrong = []

    def same(name, shown, true):
        if shown != true:
            wrong.append("%s is shown as %s, and is %s" % (name, shown, true))

    for name, attribute in FIELDS.items():
        if name != "group":
            same(name, number(row, name), getattr(m, attribute))
    plain = all(c.isalnum() or c in "-_." for c in m.group)     # else it is shown with escapes
    if plain:
        same("group", row["bully.group"], [m.group])
    for bit, name in enumerate(FLAGS):
        same("flags." + name, number(row, "flags." + name), m.flags >> bit & 1)
    same("flags.reserved", number(row, "flags.reserved"), 0)
    same("magic", number(row, "magic"), 0x424c4c59)
    same("alive", row["bully.alive"][0].replace(":", ""), data[128:160].hex())
    same("alive.position", [int(v) for v in row["bully.alive.position"]], positions(m))
    same("spare", row["bully.spare"][0].replace(":", ""), m.spare.hex())
    same("tag", row["bully.tag"][0].replace(":", ""), m.tag.hex())
    same("node", [int(v) for v in row["bully.node"]], [m.sender, m.to])
    same("the column", row["_ws.col.Protocol"], ["BULLY"])
    begin = "%s %d → %d [%s] " % (TYPES[m.type], m.sender, m.to, m.group)
    if plain and not row["_ws.col.Info"][0].startswith(begin):
        same("the line", row["_ws.col.Info"], begin)
    for name in ("_ws.malformed", "bully.drop", "bully.trailing"):
        same(name, row[name], [])
    return wrong


TYPES = [None] + ("ELECTION OK COORDINATOR COORDINATOR_ACK HEARTBEAT HEARTBEAT_ACK REFUSE RESIGN"
                  " HELLO HELLO_ACK").split()


def links(messages):
    """Returns {index: (index of the echoed message, whether it is an answer)} and {index: answer}."""
    asked, echoes, answers = {}, {}, {}
    for n, m in messages:
        asked.setdefault((m.group, m.sender, m.from_session, m.to, m.seq), n)
        question = asked.get((m.group, m.to, m.to_session, m.sender, m.echo)) if m.echo else None
        if question is not None:
            echoes[n] = (question, m.type in codec.ANSWERS)
            if m.type in codec.ANSWERS:
                answers.setdefault(question, n)
    return echoes, answers


def link_differences(rows, messages):
    echoes, answers = links(messages)
    wrong = []
    frames = [int(row["frame.number"][0]) for row in rows]
    times = [float(row["frame.time_relative"][0]) for row in rows]
    for n, _ in messages:
        question, answer = echoes.get(n, (None, False))
        true = {"response_to": frames[question] if answer else [],
                "echo_of": frames[question] if question is not None and not answer else [],
                "response_in": frames[answers[n]] if n in answers else []}
        for name, value in true.items():
            if number(rows[n], name) != value:
                wrong.append("frame %d: %s is shown as %s, and is %s" % (
                    frames[n], name, number(rows[n], name), value))
        shown = rows[n]["bully.response_time"]
        if answer and (len(shown) != 1 or abs(float(shown[0]) - times[n] + times[question]) > 2e-6):
            wrong.append("frame %d: the answer is shown to have taken %s" % (frames[n], shown))
    return wrong


def examine(rows):
    """Returns all faults, and the good messages as pairs of an index and a codec.Message."""
    wrong, good = [], []
    for n, row in enumerate(rows):
        data = payload(row)
        m, why = codec.Message.decode(data)
        frame = "frame %s: " % row["frame.number"][0]
        if row["_ws.lua.error"]:
            wrong.append(frame + "an error in Lua: %s" % row["_ws.expert.message"])
        elif why:
            if row["bully.drop"] != [why] or severity(row) != ERROR or not row["_ws.col.Info"][0].startswith("BAD"):
                wrong.append(frame + "it is %s, and shown as %s: %s" % (why, row["bully.drop"], row["_ws.col.Info"]))
        else:
            good.append((n, m))
            wrong += [frame + text for text in differences(row, m, data)]
            if severity(row) == ERROR:
                wrong.append(frame + "a good message with an error: %s" % row["_ws.expert.message"])
    return wrong + link_differences(rows, good), good
