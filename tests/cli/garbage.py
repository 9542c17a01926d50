#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Feeds damaged configuration files to 'setconf --check', which must accept or refuse each."""

import random
import subprocess
import sys

GOOD = b"""# comment
[group demo]
id = 1
local = [2001:db8::1]:28559
heartbeat = 1.5s
preempt = off
role = witness
[peer 2]
addr = [2001:db8::2]:28559 ; comment
[peer 3] # comment
addr = 2001:db8::3
role = observer
[group other]
id = 4294967295
local = *:7500
[group all]
[node 1]
addr = 127.0.0.1:7600
host = db1.example.org
[node 2]
addr = 10.0.0.2:7600
preempt = off
"""
PIECES = [b"[", b"]", b"[group ", b"[peer ", b"[node ", b"=", b"\n", b"\r\n", b" ", b"\t", b";", b"#", b"\xef\xbb\xbf",
          b"\xff", b"%", b"99999999999999999999", b"-1", b"id", b"addr", b"host", b":", b"x" * 250, b".", b"]\n["]


def damage(rng):
    text = bytearray(GOOD)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            text[at:at + rng.randint(1, 20)] = b""
        elif kind == 1:
            text[at:at] = rng.choice(PIECES)
        elif kind == 2 and at < len(text):
            text[at] = rng.randrange(1, 256)
        else:
            text[at:at] = text[:rng.randint(0, 60)]
    return bytes(text)


def main():
    tool, rounds = sys.argv[1], int(sys.argv[2])
    rng = random.Random(4)
    seen = set()
    for i in range(rounds):
        text = damage(rng)
        ran = subprocess.run([tool, "setconf", "--check", "-"], input=text, capture_output=True, timeout=20)
        seen.add(ran.returncode)
        lines = [line for line in ran.stderr.splitlines() if not line.startswith(b"bullyctl: warning: standard input:")]
        sound = ran.returncode == 0 and not lines or ran.returncode in (1, 2, 5) and len(lines) == 1 and \
            lines[0].startswith(b"bullyctl: standard input")
        if not sound or ran.stdout:
            print(f"round {i}: status {ran.returncode}, {ran.stderr!r}, of {text!r}")
            return 1
    return 0 if {0, 1} <= seen else 1


sys.exit(main())
