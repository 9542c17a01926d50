#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""forge.py - sends messages that an attacker on the network could send, from a guest

  forge.py replay HOW --cap FILE --to I [--only NAME] [--from J] [--group NAME] [--count N] [--mine]
      reads messages from a capture (tcpdump -w) and sends them from here to node I
      (with --mine from this host's own address). Prints how many it sent. HOW:
        same      unchanged, also with their source address
        regroup   in the name of another group, --group
        sender    in the name of another node, --from
        reflect   node I's own messages, back to node I
        splice    the newest message with a newer sequence: with its own tag, with the tags
                  of other messages, and with each byte changed in turn
        untag     the newest message with a newer sequence and without a tag
  forge.py join --to I --id N --key HEX [--key-id K] [--group NAME] --reported EPOCH
      takes part as node N, with the key, and reports EPOCH.
  forge.py answers
      prints 'ready', counts the datagrams from port 28559 to this host's own address
      until SIGTERM, and prints their number.

Frames leave with this host's own hardware address: a forged one would attack the bridge,
which learns addresses, and not the module.
"""
import argparse
import hashlib
import hmac
import os
import select
import signal
import socket
import struct
import sys
import time

PORT = 28559
LENGTH, TAG, KEY_ID = 256, 224, 160
NAME, FROM, FROM_SESSION, SEQ = 8, 24, 32, 48
HELLO, HELLO_ACK, HEARTBEAT = 9, 10, 5
EDGE = 10 ** 6          # added to the sequence of a forged message


def address(node):
    return "10.7.0.%d" % node


class Frame:
    """A captured message and how it travelled."""

    def __init__(self, raw, length):
        self.mac_to = raw[:6]
        self.source = socket.inet_ntoa(raw[26:30])
        self.target = socket.inet_ntoa(raw[30:34])
        self.data = raw[length:length + LENGTH]

    def number(self, offset, size):
        return int.from_bytes(self.data[offset:offset + size], "big")

    @property
    def name(self):
        return self.data[NAME:NAME + 16].rstrip(b"\0").decode()


def read_capture(path):
    """Returns all messages over IPv4 in a pcap file of Ethernet frames."""
    frames = []
    with open(path, "rb") as f:
        blob = f.read()
    order = "<" if blob[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
    if struct.unpack(order + "I", blob[20:24])[0] & 0xffff != 1:
        sys.exit("forge: %s is no capture of Ethernet" % path)
    at = 24
    while at + 16 <= len(blob):
        kept = struct.unpack(order + "I", blob[at + 8:at + 12])[0]
        raw = blob[at + 16:at + 16 + kept]
        at += 16 + kept
        if len(raw) < 14 + 20 + 8 + LENGTH or raw[12:14] != b"\x08\0" or raw[23] != 17:
            continue
        begin = 14 + (raw[14] & 15) * 4 + 8
        if raw[begin:begin + 4] == b"BLLY" and len(raw) >= begin + LENGTH:
            frames.append(Frame(raw, begin))
    return frames


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packet(source, target, data):
    """Returns DATA with headers of IPv4 and UDP. IPv4 allows UDP without a checksum."""
    udp = struct.pack("!HHHH", PORT, PORT, 8 + len(data), 0) + data
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0xc0, 20 + len(udp), 0, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + udp


class Wire:
    def __init__(self, device):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind((device, 0x0800))
        self.mac = self.sock.getsockname()[4]

    def send(self, mac_to, source, target, data):
        self.sock.send(mac_to + self.mac + b"\x08\0" + packet(source, target, data))


def patched(data, offset, value, size):
    return data[:offset] + value.to_bytes(size, "big") + data[offset + size:]


def newer(data, step=0):
    """Returns DATA with a sequence that the receiver has not seen."""
    seq = int.from_bytes(data[SEQ:SEQ + 8], "big")
    return patched(data, SEQ, seq + EDGE + step, 8)


def forged(how, frames, args):
    """Returns pairs of a source address and a message."""
    victim = address(args.to)
    towards = [f for f in frames if f.target == victim]
    if how == "same":
        return [(f.source, f.data) for f in towards]
    if how == "reflect":
        return [(f.target, f.data) for f in frames if f.source == victim]
    if how == "regroup":
        name = args.group.encode().ljust(16, b"\0")
        return [(f.source, f.data[:NAME] + name + f.data[NAME + 16:]) for f in towards]
    if how == "sender":
        return [(address(args.source), patched(f.data, FROM, args.source, 4)) for f in towards
                if f.number(FROM, 4) != args.source]
    # the newest message that names the present sessions
    named = [f for f in towards if f.data[5] not in (HELLO, HELLO_ACK)]
    if not named:
        sys.exit("forge: nothing fit was captured")
    last = named[-1]
    if how == "untag":
        bare = patched(newer(last.data)[:TAG], KEY_ID, 0, 4) + bytes(32)
        return [(last.source, patched(bare, SEQ, last.number(SEQ, 8) + EDGE + i, 8))
                for i in range(args.count)]
    out = [(last.source, newer(last.data))]
    for other in named[-20:-1]:
        out.append((last.source, newer(last.data)[:TAG] + other.data[TAG:]))
        out.append((last.source, last.data[:TAG] + other.data[TAG:]))
    for i in range(LENGTH):
        data = bytearray(newer(last.data, i))
        data[i] ^= 1
        out.append((last.source, bytes(data)))
    return out


def replay(args):
    frames = read_capture(args.cap)
    if args.only:
        frames = [f for f in frames if f.name == args.only]
    wire = Wire(args.dev)
    victim = address(args.to)
    mac = next((f.mac_to for f in frames if f.target == victim), None)
    messages = forged(args.how, frames, args)
    if mac is None or not messages:
        sys.exit("forge: nothing fit was captured")
    messages = messages[:args.count]
    for source, data in messages:
        wire.send(mac, args.own if args.mine else source, victim, data)
        time.sleep(0.0005)
    print(len(messages))


class Member:
    """A member with a key that speaks enough of the protocol to be accepted."""

    def __init__(self, args):
        self.args = args
        self.key = bytes.fromhex(args.key)
        self.session = int.from_bytes(os.urandom(8), "big") | 1
        self.seq = 0
        self.theirs = 0
        self.shape = None           # from the peer's messages: heartbeat, misses, hashes
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((args.own, PORT))
        self.sock.connect((address(args.to), PORT))

    def say(self, kind, echo=0, reported=0):
        self.seq += 1
        data = bytearray(LENGTH)
        data[0:8] = b"BLLY" + bytes([2, kind, 0, 0])
        data[NAME:NAME + 16] = self.args.group.encode().ljust(16, b"\0")
        struct.pack_into("!IIQQQQQQ", data, FROM, self.args.id, self.args.to, self.session,
                         self.theirs, self.seq, echo, 0, reported)
        data[88:102] = self.shape or struct.pack("!IIIH", 0, 0, 100000, 3)
        data[102:104] = bytes([0, 3])
        struct.pack_into("!I", data, KEY_ID, self.args.key_id)
        data[TAG:] = hmac.new(self.key, bytes(data), hashlib.sha256).digest()
        self.sock.send(bytes(data))

    def hear(self, seconds):
        if not select.select([self.sock], [], [], seconds)[0]:
            return None
        data = self.sock.recv(2048)
        tag = hmac.new(self.key, data[:TAG] + bytes(32), hashlib.sha256).digest()
        if len(data) != LENGTH or tag != data[TAG:]:
            sys.exit("forge: what came has no right tag")
        return data


def join(args):
    member = Member(args)
    end = time.monotonic() + args.seconds
    answered = told = 0
    while time.monotonic() < end and told < 5:
        if not member.theirs:
            member.say(HELLO)
        elif answered:
            member.say(HEARTBEAT, reported=args.reported)
            told += 1
        data = member.hear(0.1)
        while data:
            seq = int.from_bytes(data[SEQ:SEQ + 8], "big")
            member.theirs = int.from_bytes(data[FROM_SESSION:FROM_SESSION + 8], "big")
            member.shape = data[88:102]
            if data[5] == HELLO:
                # HELLO_ACK proves our session to the peer
                member.say(HELLO_ACK, echo=seq)
                answered += 1
            data = member.hear(0.02)
    print("told %d times, answered %d times" % (told, answered))
    return 0 if told else 1


def answers(args):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
    sock.bind((args.dev, 0x0800))
    me = socket.inet_aton(args.own)
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    print("ready", flush=True)
    n = 0
    while True:
        if not select.select([sock], [], [], 0.1)[0]:
            if ended:
                break
            continue
        raw, where = sock.recvfrom(2048)
        if where[2] != socket.PACKET_OUTGOING and raw[23] == 17 and raw[30:34] == me and \
                raw[34:36] == PORT.to_bytes(2, "big"):
            n += 1
    print(n)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dev", default="eth0")
    parser.add_argument("--own", default="10.7.0.4", help="this host's address")
    commands = parser.add_subparsers(dest="command", required=True)
    p = commands.add_parser("replay")
    p.add_argument("how", choices="same regroup sender reflect splice untag".split())
    p.add_argument("--cap", required=True)
    p.add_argument("--to", type=int, required=True)
    p.add_argument("--from", dest="source", type=int)
    p.add_argument("--group")
    p.add_argument("--only", help="messages of this group")
    p.add_argument("--count", type=int, default=600)
    p.add_argument("--mine", action="store_true")
    p = commands.add_parser("join")
    p.add_argument("--to", type=int, required=True)
    p.add_argument("--id", type=int, required=True)
    p.add_argument("--key", required=True)
    p.add_argument("--key-id", type=int, default=1)
    p.add_argument("--group", default="g")
    p.add_argument("--reported", type=int, required=True)
    p.add_argument("--seconds", type=float, default=20)
    commands.add_parser("answers")
    args = parser.parse_args()
    return {"replay": replay, "join": join, "answers": answers}[args.command](args) or 0


if __name__ == "__main__":
    sys.exit(main())
