#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""guard.py - speaks ARP and neighbour discovery, and asks for names, for tests/vm/guard.sh

usage: guard.py arp DEV SOURCE ADDR     prints the hardware addresses that answer for an IPv4 address
       guard.py nd DEV SOURCE ADDR      likewise for an IPv6 address; SOURCE is the sender's
       guard.py announce DEV ADDR       sends a gratuitous ARP request past the hooks
       guard.py serve PORT NAME         tells its name to each TCP connection, IPv4 and IPv6
       guard.py ask ADDR PORT           prints that name
       guard.py forge DEV MAC ADDR4 ADDR6 N
           sends N frames to MAC that have the addresses as source, target or both: ARP, neighbour
           discovery, TCP, UDP, fragments and chains of headers, most of them with a few bytes
           changed or cut off; prints how many it sent in a second
       guard.py lease GROUP DEV SOURCE ADDR
           asks for ADDR all the time, through DEV of the first network namespace, until GROUP of
           this namespace has led and does so no more; fails if a request that was sent after the
           end of the lease was answered, or if none was answered before. It does not judge an answer
           that came while it did not look for 100 ms: the lease may have been renewed and have ended
"""
import ctypes
import errno
import fcntl
import mmap
import os
import random
import select
import socket
import struct
import sys
import time

WAIT_S = 1.0            # for how long answers are collected
GONE_NS = 1500000000    # for how long an address is watched that has become mute
STILL_NS = 100000000    # a request took so long: the lease may have been renewed and ended meanwhile
BOOT = time.CLOCK_BOOTTIME
ATTACH = 0xc018b501     # BULLY_PAGE_ATTACH


def hardware(dev):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return fcntl.ioctl(sock, 0x8927, struct.pack("256s", dev.encode()))[18:24]  # SIOCGIFHWADDR


def text(mac):
    return ":".join(f"{b:02x}" for b in mac)


def packet_socket(dev, kind):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    sock.bind((dev, kind))
    return sock


def arp(mac, source, target):
    return (b"\xff" * 6 + mac + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + mac +
            socket.inet_aton(source) + bytes(6) + socket.inet_aton(target))


def arp_answer(frame, target):
    """Returns the hardware address of an ARP reply for TARGET, or None."""
    if len(frame) < 42 or frame[12:14] != b"\x08\x06" or frame[20:22] != b"\x00\x02":
        return None
    return frame[22:28] if frame[28:32] == socket.inet_aton(target) else None


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def solicit(mac, source, target):
    source, target = (socket.inet_pton(socket.AF_INET6, a) for a in (source, target))
    group = bytes.fromhex("ff0200000000000000000001ff") + target[13:]
    body = struct.pack("!BBHI", 135, 0, 0, 0) + target + b"\x01\x01" + mac
    pseudo = source + group + struct.pack("!II", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return (b"\x33\x33\xff" + target[13:] + mac + b"\x86\xdd" +
            struct.pack("!IHBB", 0x60000000, len(body), 58, 255) + source + group + body)


def advertised(frame, target):
    """Returns the hardware address of a neighbour advertisement for TARGET, or None."""
    if len(frame) < 78 or frame[12:14] != b"\x86\xdd" or frame[20] != 58 or frame[54] != 136:
        return None
    return frame[6:12] if frame[62:78] == socket.inet_pton(socket.AF_INET6, target) else None


def collect(sock, answer, target):
    """Returns all hardware addresses that answer within WAIT_S."""
    found, end = set(), time.monotonic() + WAIT_S
    while (left := end - time.monotonic()) > 0:
        if select.select([sock], [], [], left)[0]:
            found.add(answer(sock.recv(2048), target))
    return sorted(text(mac) for mac in found - {None})


def ask_all(dev, source, target):
    six = ":" in target
    sock = packet_socket(dev, 0x86dd if six else 0x0806)
    sock.send((solicit if six else arp)(hardware(dev), source, target))
    print(" ".join(collect(sock, advertised if six else arp_answer, target)))


def udp4(mac, to, source, target):
    body = struct.pack("!HHHH", 7, 7, 12, 0) + b"ping"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return to + mac + b"\x08\x00" + head + body


def udp6(mac, to, source, target, headers):
    """A datagram behind extension headers (next header, its bytes)."""
    body, kind = struct.pack("!HHHH", 7, 7, 12, 1) + b"ping", 17
    for number, data in reversed(headers):
        body, kind = bytes([kind]) + data[1:] + body, number
    source, target = (socket.inet_pton(socket.AF_INET6, a) for a in (source, target))
    return to + mac + b"\x86\xdd" + struct.pack("!IHBB", 0x60000000, len(body), kind, 64) + source + target + body


def patterns(mac, to, four, six):
    """Returns frames that have to do with the addresses; the first bytes are the receiver's address."""
    hop, cut = (0, bytes(8)), (44, b"\0\0\0\1" + bytes(4))
    other4, other6 = "10.7.0.4", "fd07::4"
    claim = arp(mac, four, four)
    return [to + claim[6:], to + arp(mac, "10.7.0.4", four)[6:], to + solicit(mac, other6, six)[6:],
            to + solicit(mac, six, six)[6:], udp4(mac, to, other4, four), udp4(mac, to, four, four),
            udp4(mac, to, four, other4), udp6(mac, to, other6, six, ()), udp6(mac, to, six, six, (hop,)),
            udp6(mac, to, other6, six, (hop, cut)), udp6(mac, to, six, other6, (cut, hop, hop))]


def forge(dev, to, four, six, n):
    sock = packet_socket(dev, 0x88b5)
    frames = patterns(hardware(dev), bytes.fromhex(to.replace(":", "")), four, six)
    rng, begin = random.Random(1), time.monotonic()
    for i in range(n):
        frame = bytearray(frames[i % len(frames)])
        if i % 4:
            for _ in range(rng.randrange(1, 4)):
                frame[rng.randrange(12, len(frame))] = rng.randrange(256)
        if i % 8 == 7:
            del frame[rng.randrange(15, len(frame)):]
        try:
            sock.send(frame)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
    print(f"{n / (time.monotonic() - begin):.0f}")


def serve(port, name):
    sock = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True,
                                backlog=16)
    print("ready", flush=True)
    while True:
        conn, _ = sock.accept()
        with conn:
            conn.sendall(name.encode())


def ask(addr, port):
    with socket.create_connection((addr, port), timeout=3) as conn:
        print(conn.recv(64).decode())


def attach(group):
    """Returns the status page of a group of the present namespace."""
    fd = os.open("/dev/bully", os.O_RDONLY | os.O_CLOEXEC)
    fcntl.ioctl(fd, ATTACH, bytearray(group.encode().ljust(16, b"\0") + bytes(8)))
    return mmap.mmap(fd, mmap.PAGESIZE, mmap.MAP_SHARED, mmap.PROT_READ)


def lease_end(page):
    """Returns the end of the lease, 0 where the node does not lead."""
    while True:
        seq, = struct.unpack_from("=I", page, 8)
        end, = struct.unpack_from("=Q", page, 40)
        if not seq & 1 and struct.unpack_from("=I", page, 8)[0] == seq:
            return end


class Asker:
    """Asks for an address by ARP; each request has a sender of its own, so that its answer is known."""

    def __init__(self, dev, source, target):
        self.sock = packet_socket(dev, 3)       # ETH_P_ALL: also what a bridge takes
        self.source, self.target, self.sent = source, target, []

    def ask(self):
        sender = b"\x02\x42" + struct.pack("!I", len(self.sent))
        self.sent.append(time.clock_gettime_ns(BOOT))
        self.sock.send(arp(sender, self.source, self.target))

    def answers(self, seconds):
        """Waits until an answer comes, but not for longer; returns when each answered request was sent."""
        found, until = [], time.monotonic() + seconds
        while not found and (left := until - time.monotonic()) > 0:
            if not select.select([self.sock], [], [], left)[0]:
                break
            frame = self.sock.recv(2048)
            if arp_answer(frame, self.target) and frame[32:34] == b"\x02\x42":
                found.append(self.sent[struct.unpack("!I", frame[34:38])[0]])
        return found


def watch_lease(group, dev, source, target):
    page = attach(group)
    with open("/proc/1/ns/net", encoding="ascii") as first:
        if ctypes.CDLL(None, use_errno=True).setns(first.fileno(), 0):
            raise OSError(ctypes.get_errno(), "setns")
    asker = Asker(dev, source, target)
    last_end, mute_since, answered, unjudged = 0, 0, [], 0
    looked = still = time.clock_gettime_ns(BOOT)
    print("ready", flush=True)
    while True:
        end, now = lease_end(page), time.clock_gettime_ns(BOOT)
        last_end = max(last_end, end)
        if now - looked > STILL_NS:
            still = now
        looked = now
        if end or not last_end:
            mute_since = 0
        elif not mute_since:
            mute_since = now
        elif now - mute_since > GONE_NS:
            break
        asker.ask()
        for sent in asker.answers(0.05):
            # sent before the guest stood still, so its answer is from an unknown time
            if sent <= still or time.clock_gettime_ns(BOOT) - looked > STILL_NS:
                unjudged += 1
            else:
                answered.append(sent)
            time.sleep(0.003)
    late = [t for t in answered if t > last_end]
    print(f"{len(answered)} answers, the last one {(last_end - max(answered, default=0)) / 1e6:.3f}"
          f" ms before the end of the lease, {len(late)} after it, {unjudged} while the guest stood still")
    return 1 if late or not answered else 0


def main():
    match sys.argv[1:]:
        case ["arp" | "nd", dev, source, target]:
            ask_all(dev, source, target)
        case ["announce", dev, addr]:
            packet_socket(dev, 0x0806).send(arp(hardware(dev), addr, addr))
        case ["serve", port, name]:
            serve(int(port), name)
        case ["forge", dev, to, four, six, n]:
            forge(dev, to, four, six, int(n))
        case ["ask", addr, port]:
            ask(addr, int(port))
        case ["lease", group, dev, source, target]:
            return watch_lease(group, dev, source, target)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
