#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests 'bullyctl vip' on real interfaces, with a stand-in for leadership.

unshare -rn vip.py PROGRAM [TEST]...; PROGRAM is vip.c. The namespace gets a pair of interfaces: the program
has the address on one end, and the frames are captured at the other. A failure is printed to
standard error, and the status is 1. """
import json
import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

LIMIT = 60
PROGRAM = sys.argv[1]
V4, V6 = "10.7.0.100", "fd07::100"
failed = 0
runs = []


def check(name, good, detail=""):
    global failed
    print(("ok - " if good else "not ok - ") + name)
    if not good:
        failed += 1
        print(f"not ok - {name}: {detail}", file=sys.stderr)


def wait_for(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def ip(*words, stdin=None):
    return subprocess.run(["ip", *words], check=True, text=True, input=stdin,
                          stdout=subprocess.PIPE).stdout


# ---- reference frames, written from RFC 826, 5227, 4861 and 8200 -----------------------

def arp(mac, address, reply):
    own = bytes.fromhex(mac.replace(":", ""))
    who = socket.inet_aton(address)
    return (struct.pack("!6s6sH", b"\xff" * 6, own, 0x0806)
            + struct.pack("!HHBBH", 1, 0x0800, 6, 4, 2 if reply else 1)
            + struct.pack("!6s4s6s4s", own, who, own if reply else bytes(6), who))


def advertisement(mac, address, router):
    own = bytes.fromhex(mac.replace(":", ""))
    who = socket.inet_pton(socket.AF_INET6, address)
    to = socket.inet_pton(socket.AF_INET6, "ff02::1")
    flags = 0x20000000 | (0x80000000 if router else 0)

    def message(checksum):
        return struct.pack("!BBHI16sBB6s", 136, 0, checksum, flags, who, 2, 1, own)
    pseudo = who + to + struct.pack("!II", 32, 58) + message(0)
    total = sum(struct.unpack(f"!{len(pseudo) // 2}H", pseudo))
    total = (total >> 16) + (total & 0xffff)
    total = (total >> 16) + (total & 0xffff)
    return (struct.pack("!6s6sH", b"\x33\x33\x00\x00\x00\x01", own, 0x86dd)
            + struct.pack("!IHBB16s16s", 6 << 28, 32, 58, 255, who, to)
            + message(~total & 0xffff))


def test_frames():
    for mac, v4, v6 in (("02:00:00:00:00:01", "10.0.0.100", "fd00::100"),
                        ("fe:ff:ff:ff:ff:ff", "223.255.255.254", "fe80::ffff:ffff:ffff:ffff"),
                        ("00:11:22:33:44:55", "192.0.2.1", "2001:db8::1")):
        got = subprocess.run([PROGRAM, "frames", mac, v4, v6], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.split()
        want = [arp(mac, v4, False), arp(mac, v4, True),
                advertisement(mac, v6, False), advertisement(mac, v6, True)]
        for name, one, other in zip(("request", "reply", "advertisement", "router's"), got, want):
            check(f"frames: {name} of {v4}, {v6} has the expected bytes", one == other.hex(),
                  f"{one}, wanted {other.hex()}")


# ---- the loop ---------------------------------------------------------------------------

class Vip:
    """A run of the program."""
    FIELDS = ("epoch", "left", "stale", "trouble", "fit")

    def __init__(self, *words, **page):
        self.file = tempfile.NamedTemporaryFile()
        self.file.write(bytes(8 * len(self.FIELDS)))
        self.file.flush()
        self.map = mmap.mmap(self.file.fileno(), 8 * len(self.FIELDS))
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = tempfile.mktemp()
        self.notify.bind(self.path)
        self.err = tempfile.NamedTemporaryFile(mode="w+")
        self.set(False, **page)
        self.run = subprocess.Popen([PROGRAM, self.file.name, *words], stdin=subprocess.PIPE,
                                    stderr=self.err, env={**os.environ, "NOTIFY_SOCKET": self.path},
                                    # a shell's background processes ignore it
                                    preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        runs.append(self.run)

    def set(self, wake=True, **page):
        for name, value in page.items():
            at = 8 * self.FIELDS.index(name)
            self.map[at:at + 8] = struct.pack("=Q", value)
        if wake:
            self.run.stdin.write(b"x")
            self.run.stdin.flush()

    def get(self, name):
        at = 8 * self.FIELDS.index(name)
        return struct.unpack("=Q", self.map[at:at + 8])[0]

    def said(self):
        with open(self.err.name, encoding="utf-8") as f:
            return f.read()

    def ready(self):
        """Waits for READY=1, and returns what systemd was told before."""
        told = ""
        self.notify.settimeout(LIMIT)
        while "READY=1" not in told:
            told += self.notify.recv(4096).decode() + "\n"
        return told

    def end(self, sig=signal.SIGTERM):
        if self.run.poll() is None:
            self.run.send_signal(sig)
        status = self.run.wait(LIMIT)
        self.run.stdin.close()
        self.notify.close()
        os.unlink(self.path)
        return status


def addresses(dev):
    """Returns {address: description} of an interface, or None if there is none."""
    out = subprocess.run(["ip", "-j", "addr", "show", "dev", dev], text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if out.returncode:
        return None
    found = [link for link in json.loads(out.stdout) if link]
    return {a["local"]: a for link in found for a in link["addr_info"] if "local" in a}


def has(dev, *which):
    return lambda: set(which) <= set(addresses(dev) or ())


def lacks(dev, *which):
    return lambda: not set(which) & set(addresses(dev) or ())


def mac_of(dev):
    return json.loads(ip("-j", "link", "show", "dev", dev))[0]["address"]


class Capture:
    """Counts frames that the other end receives."""

    def __init__(self, dev):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.sock.bind((dev, 3))
        self.sock.setblocking(False)
        self.frames = []

    def read(self):
        while True:
            try:
                frame, where = self.sock.recvfrom(2048)
            except BlockingIOError:
                return self.frames
            except OSError:
                continue  # the interface went down
            if where[2] != socket.PACKET_OUTGOING:
                self.frames.append(frame)

    def count(self, frame):
        return sum(seen[:len(frame)] == frame for seen in self.read())


def pair(a="a", b="b"):
    ip("link", "add", "name", a, "type", "veth", "peer", "name", b)
    for dev in (a, b):
        ip("link", "set", "dev", dev, "addrgenmode", "none", "up")
    if a == "a":
        own()


def own():
    """Gives the interface the addresses of this host."""
    for address in ("10.7.0.2/24", "fd07::2/64"):
        ip("addr", "replace", address, "dev", "a", *(["nodad"] if ":" in address else []))


WORDS = ("addr", V4 + "/24", "addr", V6 + "/64", "dev", "a")


def test_strays():
    ip("addr", "add", V4 + "/32", "dev", "a")
    ip("addr", "add", V6 + "/128", "dev", "a", "nodad")
    v = Vip(*WORDS)
    told = v.ready()
    check("strays of any length are removed before READY", lacks("a", V4, V6)(), addresses("a"))
    check("the host's own addresses stay", has("a", "10.7.0.2", "fd07::2")(), addresses("a"))
    check("systemd is told that this node does not lead", "STATUS=does not lead" in told, told)
    v.set(epoch=1)
    check("later leadership puts the addresses there", wait_for(has("a", V4, V6)), v.said())
    v.run.kill()
    v.end()
    check("KILL leaves the addresses there", has("a", V4, V6)())
    v = Vip("addr", V4 + "/24", "addr", V6 + "/64", "dev", "b")
    v.ready()
    check("an address of an earlier run is removed from another interface", lacks("a", V4, V6)())
    check("TERM ends with status 0", v.end() == 0, v.said())


def test_leading():
    seen = Capture("b")
    v = Vip(*WORDS, epoch=7)
    check("the leader has both addresses", wait_for(has("a", V4, V6)), v.said())
    have = addresses("a")
    check("IPv4 has the given length", have[V4]["prefixlen"] == 24, have)
    check("IPv6 is deprecated and never tentative", have[V6].get("deprecated")
          and not have[V6].get("tentative") and have[V6]["preferred_life_time"] == 0, have)
    route = json.loads(ip("-j", "-6", "route", "get", "fd07::3"))[0]
    check("IPv6 is no source address of the host", route["prefsrc"] == "fd07::2", route)
    frames = [arp(mac_of("a"), V4, False), arp(mac_of("a"), V4, True),
              advertisement(mac_of("a"), V6, False)]

    def more(before):
        return lambda: all(seen.count(f) > n for f, n in zip(frames, before))
    check("each address is announced four times in each form",
          wait_for(lambda: all(seen.count(f) >= 4 for f in frames)), [seen.count(f) for f in frames])
    for name, page in (("a new epoch", {"epoch": 8}), ("a peer that is back", {"stale": 1})):
        before = [seen.count(f) for f in frames]
        v.set(**page)
        check(f"{name} has the addresses announced again", wait_for(more(before)), v.said())
    before = [seen.count(f) for f in frames]
    ip("link", "set", "dev", "b", "down")
    wait_for(lambda: "LOWER_UP" not in ip("link", "show", "dev", "a"))
    ip("link", "set", "dev", "b", "up")
    check("a link that is back has the addresses announced again", wait_for(more(before)), v.said())
    ip("addr", "del", V4 + "/24", "dev", "a")
    check("an address that somebody removes comes back", wait_for(has("a", V4)), v.said())
    ip("addr", "flush", "dev", "a")
    check("flushed addresses come back", wait_for(has("a", V4, V6)), v.said())
    ip("link", "set", "dev", "a", "down")
    check("IPv6 addresses vanish with the interface", wait_for(lacks("a", V6)))
    ip("link", "set", "dev", "a", "up")
    check("and come back with it", wait_for(has("a", V4, V6)), v.said())
    own()
    v.set(epoch=0)
    check("the end of leadership removes the addresses", wait_for(lacks("a", V4, V6)), v.said())
    v.end()
    own()


def test_stopped():
    v = Vip(*WORDS, epoch=1)
    wait_for(has("a", V4, V6))
    v.run.send_signal(signal.SIGSTOP)
    v.set(epoch=0)
    v.run.send_signal(signal.SIGCONT)
    check("a process that was stopped removes the addresses", wait_for(lacks("a", V4, V6)), v.said())
    v.set(epoch=2)
    wait_for(has("a", V4, V6))
    for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        check(f"{sig.name} ends with status 0", v.end(sig) == 0, v.said())
        check(f"{sig.name} removes the addresses", lacks("a", V4, V6)(), addresses("a"))
        v = Vip(*WORDS, epoch=2)
        wait_for(has("a", V4, V6))
    v.end()


def test_page_ends():
    """Leadership ends at one of the looks at the page, and nobody says so."""
    for left in range(1, 12):
        seen = Capture("b")
        v = Vip(*WORDS, epoch=1, left=left)
        v.ready()
        wait_for(lambda: not v.get("epoch"))
        gone = wait_for(lacks("a", V4, V6))
        v.set()
        v.end()
        frames = [f for f in seen.read() if f[12:14] == b"\x08\x06"
                  and f[28:32] == socket.inet_aton(V4) or f[12:14] == b"\x86\xdd" and f[54] == 136]
        check(f"after the end at look {left} there is neither address nor frame",
              gone and len(frames) < left, f"{len(frames)} frames; {v.said()}")


def test_dispute():
    v = Vip(*WORDS, epoch=1)
    wait_for(has("a", V4, V6))
    begin = time.monotonic()
    removed = 0
    while time.monotonic() - begin < 3:
        removed += not subprocess.run(["ip", "addr", "del", V4 + "/24", "dev", "a"],
                                      stderr=subprocess.DEVNULL).returncode
    took = time.monotonic() - begin
    check("a dispute is bounded", removed <= 5 * (took + 2), f"{removed} in {took} s")
    check("a dispute is said at most once a minute", v.said().count("again and again") <= 1, v.said())
    check("the address is there after a dispute", wait_for(has("a", V4)), v.said())
    v.end()


def test_interfaces():
    v = Vip("addr", "10.8.0.100/24", "dev", "late", epoch=1)
    v.ready()
    check("an interface that is absent is said once",
          wait_for(lambda: v.said().count("no interface late") == 1), v.said())
    pair("late", "peer")
    check("an interface that comes late gets the address", wait_for(has("late", "10.8.0.100")), v.said())
    ip("link", "del", "dev", "late")
    pair("late", "peer")
    check("an interface that is made again gets the address", wait_for(has("late", "10.8.0.100")), v.said())
    v.set(epoch=0)
    check("and loses it with leadership", wait_for(lacks("late", "10.8.0.100")), v.said())
    v.end()
    ip("link", "del", "dev", "late")


def test_overrun():
    v = Vip(*WORDS, epoch=1)
    wait_for(has("a", V4, V6))
    v.run.send_signal(signal.SIGSTOP)
    many = [f"10.{9 + i // 250}.{i % 250}.1/32 dev b" for i in range(500)]
    for verb in "add", "del":
        ip("-batch", "-", stdin="".join(f"addr {verb} {a}\n" for a in many))
    ip("addr", "del", V4 + "/24", "dev", "a")
    v.run.send_signal(signal.SIGCONT)
    check("after lost notifications the address comes back", wait_for(has("a", V4)), v.said())
    v.end()


def test_track():
    pair("t", "u")
    v = Vip(*WORDS, "track", "t", epoch=1)
    check("with a carrier the node stands", wait_for(lambda: v.get("fit") == 1))
    ip("link", "set", "dev", "u", "down")
    check("without a carrier it does not stand", wait_for(lambda: v.get("fit") == 2), v.said())
    ip("link", "del", "dev", "t")
    pair("t", "u")
    check("a tracked interface that is made again counts", wait_for(lambda: v.get("fit") == 1), v.said())
    v.set(trouble=1)
    check("a trouble is said", wait_for(lambda: "no such group; waiting" in v.said()), v.said())
    v.set(trouble=0)
    check("its end is said", wait_for(lambda: "trouble is over" in v.said()), v.said())
    v.end()
    ip("link", "del", "dev", "t")


def test_refused():
    ip("addr", "add", "10.9.0.1/24", "dev", "b")
    ip("addr", "add", "10.9.0.100/24", "dev", "b")
    before = ip("addr")
    for words, text in ((("addr", "10.9.0.100/24", "dev", "a"), "is on b already; remove it there by"),
                        (("addr", "10.7.0.2/24", "dev", "a"), "is this host's own address")):
        v = Vip(*words, epoch=1)
        status = v.run.wait(LIMIT)
        check(f"{words[1]} is refused", status == 1 and text in v.said() and v.said().count("\n") == 1,
              f"status {status}: {v.said()}")
        check(f"{words[1]}: nothing is changed", ip("addr") == before)
        v.end()


def main():
    # nohup ignores this signal, and a program that inherits that goes on ignoring it
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    ip("link", "set", "dev", "lo", "up")
    pair()
    tests = (test_frames, test_strays, test_leading, test_stopped, test_page_ends, test_dispute,
             test_interfaces, test_overrun, test_track, test_refused)
    try:
        for test in tests:
            if len(sys.argv) < 3 or test.__name__[5:] in sys.argv[2:]:
                test()
    finally:
        for run in runs:
            if run.poll() is None:
                run.kill()
    return 1 if failed else 0


sys.exit(main())
