#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Sends malformed and hostile generic netlink requests to the module, without a library.

  hostile.py refusals       checks that every malformed request is refused with a sentence
  hostile.py noise N SEED   sends N damaged requests; the module must go on answering
  hostile.py echo NAME      checks that NLM_F_ECHO shows a change before its acknowledgement
  hostile.py flood NAME N   changes a group's misses N times, as fast as possible
"""

import errno
import os
import random
import socket
import struct
import subprocess
import sys

NLM_F_REQUEST, NLM_F_ACK, NLM_F_ECHO, NLM_F_DUMP, NLM_F_REPLACE = 1, 4, 8, 0x300, 0x100
NLMSG_ERROR, NLMSG_DONE = 2, 3
NESTED = 0x8000
GROUP, PEER, OWNER = 1, 2, 6
(NAME, ID, IP4, IP6, SCOPE, PORT, DEV, HEARTBEAT, MISSES, QUORUM, LEASE, PREEMPT, DELAY, HOLDDOWN, ROLE,
 CANDIDATE, STATE) = range(1, 18)
(PAD, VOTERS, FREE, HD_DELAY, HD_MAX, HALF_LIFE, AUTH, KEY, KEY_IDS) = range(29, 38)
GRANTS, DEV_NAME, SCOPE_NAME = range(43, 46)
(PRIORITY, EFFECTIVE, ELECTION, POSITION_TERM, POSITION_INDEX, OBSERVERS, UNLISTED, OBSERVERS_NOW,
 ASKED) = range(47, 56)
# attributes that only the kernel sends
TOLD = (*range(STATE, PAD + 1), *range(KEY_IDS, GRANTS + 1), SCOPE_NAME + 1, EFFECTIVE,
        POSITION_TERM, POSITION_INDEX, OBSERVERS_NOW, ASKED, 1000)
K_ID, K_DATA, K_ACTIVE = range(1, 4)
P_ID, P_IP4, P_IP6, P_SCOPE, P_PORT, P_ROLE, P_STATE = range(1, 8)
P_VOTERS_DIFFER, P_SCOPE_NAME = range(16, 18)
(GROUP_GET, GROUP_NEW, GROUP_SET, GROUP_DEL, PEER_GET, PEER_NEW, PEER_SET, PEER_DEL, ELECT, RESIGN,
 STATS_GET) = range(1, 12)
OWN, OWN_REFRESH, DISOWN, GROUP_REPLACE = range(18, 22)
O_DEADLINE, O_PORTID, O_REMAINING = range(1, 4)
O_NAME, O_WILLING, O_FORGET, O_STATE, O_WEIGHT, O_TERM, O_INDEX = range(5, 12)


def attrs_of(data):
    """Returns a stream of attributes as a dictionary, with the last of each kind."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        found[kind & ~NESTED] = data[4:size]
        data = data[(max(size, 4) + 3) & ~3:]
    return found


def attr(kind, payload, length=None):
    """Returns one attribute; LENGTH may be wrong on purpose."""
    data = struct.pack("=HH", len(payload) + 4 if length is None else length, kind) + payload
    return data + bytes(-len(data) % 4)


def u32(kind, value):
    return attr(kind, struct.pack("=I", value))


def u64(kind, value):
    return attr(kind, struct.pack("=Q", value))


def name(text="h"):
    return attr(NAME, text.encode() + b"\0")


def group(*attrs):
    return attr(GROUP | NESTED, b"".join(attrs))


def peer(*attrs):
    return attr(PEER | NESTED, b"".join(attrs))


def addr4(last):
    return attr(P_IP4, bytes([10, 9, 0, last]))


class Door:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        self.sock.setsockopt(270, 11, 1)  # NETLINK_EXT_ACK
        self.sock.setsockopt(270, 10, 1)  # NETLINK_CAP_ACK
        self.sock.settimeout(20)
        self.seq = 0
        self.family = 16
        self.family = self.find()

    def send(self, cmd, payload, flags=NLM_F_REQUEST | NLM_F_ACK, length=None, header=None):
        self.seq += 1
        body = (struct.pack("=BBH", cmd, 1, 0) if header is None else header) + payload
        size = 16 + len(body) if length is None else length
        self.sock.send(struct.pack("=IHHII", size, self.family, flags, self.seq, 0) + body)

    def answer(self):
        """Returns errno (0: success), the kernel's sentence, and the payloads before."""
        got = []
        while True:
            data = self.sock.recv(65536)
            while len(data) >= 16:
                size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
                body, data = data[16:size], data[(size + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind not in (NLMSG_ERROR, NLMSG_DONE):
                    got.append(body)
                    continue
                code = struct.unpack_from("=i", body)[0] if len(body) >= 4 else 0
                tlvs = body[20:] if kind == NLMSG_ERROR else body[4:]
                return -code, self.sentence(tlvs) if flags & 0x200 else "", got

    @staticmethod
    def sentence(tlvs):
        while len(tlvs) >= 4:
            size, kind = struct.unpack_from("=HH", tlvs)
            if kind == 1:  # NLMSGERR_ATTR_MSG
                return tlvs[4:size].rstrip(b"\0").decode()
            tlvs = tlvs[(max(size, 4) + 3) & ~3:]
        return ""

    def find(self):
        self.send(3, attr(2, b"bully\0"))  # CTRL_CMD_GETFAMILY
        code, _, got = self.answer()
        if code:
            sys.exit("the family is not there: " + os.strerror(code))
        data = got[0][4:]
        while len(data) >= 4:
            size, kind = struct.unpack_from("=HH", data)
            if kind == 1:
                return struct.unpack_from("=H", data, 4)[0]
            data = data[(size + 3) & ~3:]
        sys.exit("the family has no number")


def cases():
    """Yields a title, a command and a payload for each request."""
    named = group(name())
    everything = (GROUP_GET, GROUP_NEW, GROUP_SET, GROUP_DEL, PEER_NEW, PEER_SET, PEER_DEL, PEER_GET, ELECT, RESIGN,
                  OWN, OWN_REFRESH, DISOWN, GROUP_REPLACE)
    for cmd in everything:
        yield f"{cmd} without attributes", cmd, b""
        yield f"{cmd} with an empty group", cmd, group()
        yield f"{cmd} with a group that is no nest", cmd, attr(GROUP, name())
        yield f"{cmd} with an empty name", cmd, group(attr(NAME, b"\0"))
        yield f"{cmd} with a name of no bytes", cmd, group(attr(NAME, b""))
        yield f"{cmd} with a name without end", cmd, group(attr(NAME, b"abc"))
        yield f"{cmd} with a name of 16 bytes", cmd, group(attr(NAME, b"a" * 16 + b"\0"))
        yield f"{cmd} with a name of 4000 bytes", cmd, group(attr(NAME, b"a" * 4000 + b"\0"))
        yield f"{cmd} with a slash", cmd, group(name("a/b"), u32(ID, 1)) if cmd == GROUP_NEW else group(name("a/b"))
        yield f"{cmd} with a nest of garbage", cmd, group(b"\xff" * 40)
        yield f"{cmd} with a nest in the nest", cmd, group(attr(NAME | NESTED, group(name())))
        yield f"{cmd} with a truncated nest", cmd, attr(GROUP | NESTED, name("abcdef")[:7])
        yield f"{cmd} with an attribute longer than the request", cmd, attr(GROUP | NESTED, name(), 200)
        yield f"{cmd} with an attribute of length 3", cmd, named + attr(GROUP | NESTED, b"", 3)
        yield f"{cmd} with an attribute of length 0", cmd, named + attr(PEER, b"", 0)
        yield f"{cmd} with bytes left over", cmd, named + b"\x01\x02"
        yield f"{cmd} with an unknown attribute", cmd, named + u32(77, 1)
        for kind in TOLD:
            yield f"{cmd} with attribute {kind}, which is the kernel's", cmd, group(name(), u32(kind, 0))
            yield f"{cmd} with long attribute {kind}", cmd, group(name(), u64(kind, 1))
        yield f"{cmd} of a group that is not there", cmd, group(name("nosuch"))
    for cmd in (PEER_NEW, PEER_SET, PEER_DEL):
        yield f"{cmd} without a peer", cmd, named
        yield f"{cmd} with an empty peer", cmd, named + peer()
        yield f"{cmd} with peer 0", cmd, named + peer(u32(P_ID, 0), addr4(9))
        yield f"{cmd} with a short id", cmd, named + peer(attr(P_ID, b"\1\0"), addr4(9))
        yield f"{cmd} with a long id", cmd, named + peer(u64(P_ID, 5), addr4(9))
        yield f"{cmd} with garbage for a peer", cmd, named + peer(b"\xaa" * 33)
        yield f"{cmd} with a peer that is no nest", cmd, named + attr(PEER, u32(P_ID, 5))
        yield f"{cmd} with a state", cmd, named + peer(u32(P_ID, 5), addr4(9), u32(P_STATE, 1))
    # Numbers of a group: out of range, too short, too long.
    for kind in (ID, PORT, MISSES, QUORUM, PREEMPT, HOLDDOWN, ROLE, CANDIDATE, DEV, SCOPE, VOTERS, FREE, AUTH, PRIORITY,
                 ELECTION, OBSERVERS, UNLISTED):
        for size in (0, 1, 2, 3, 5, 8, 64):
            bad = attr(kind, bytes([2]) + bytes(size - 1) if size else b"")
            yield f"set {kind} of {size} bytes", GROUP_SET, group(name(), bad)
            yield f"new {kind} of {size} bytes", GROUP_NEW, group(name("n"), *([] if kind == ID else [u32(ID, 1)]), bad)
        yield f"set {kind} to 2^32-1", GROUP_SET, group(name(), u32(kind, 0xffffffff))
    for kind in (HEARTBEAT, DELAY, LEASE, HD_DELAY, HD_MAX, HALF_LIFE):
        for size in (0, 4, 7, 9, 16):
            yield f"set {kind} of {size} bytes", GROUP_SET, group(name(), attr(kind, b"\0" * size))
        yield f"set {kind} to 2^64-1", GROUP_SET, group(name(), u64(kind, 2**64 - 1))
    for beat in (0, 1, 999999, 60000000001):
        yield f"heartbeat {beat}", GROUP_SET, group(name(), u64(HEARTBEAT, beat))
    for kind, value in ((MISSES, 0), (MISSES, 1), (MISSES, 101), (PORT, 0), (PORT, 65536), (ROLE, 3), (PREEMPT, 2),
                        (QUORUM, 2), (HOLDDOWN, 2), (CANDIDATE, 3), (DEV, 999999), (ID, 0), (ID, 77),
                        (VOTERS, 257), (FREE, 101), (AUTH, 1), (AUTH, 3), (AUTH, 4), (PRIORITY, 256), (ELECTION, 2),
                        (OBSERVERS, 65536), (UNLISTED, 2)):
        yield f"set {kind} to {value}", GROUP_SET, group(name(), u32(kind, value))
    # h has a heartbeat of 100 ms, and hold-downs of 10 s to 300 s
    for kind, value in ((LEASE, 1), (LEASE, 299999999), (LEASE, 3600000000001), (HD_DELAY, 0), (HD_DELAY, 999999),
                        (HD_DELAY, 300000000001), (HD_DELAY, 86400000000001), (HD_MAX, 0), (HD_MAX, 9999999999),
                        (HD_MAX, 86400000000001), (HALF_LIFE, 0), (HALF_LIFE, 999999), (HALF_LIFE, 86400000000001)):
        yield f"set {kind} to {value}", GROUP_SET, group(name(), u64(kind, value))
    # h is in classic mode
    raft = u32(ELECTION, 1), u32(QUORUM, 1)
    for cmd, start in ((GROUP_SET, name()), (GROUP_NEW, name("n") + u32(ID, 1)),
                       (GROUP_REPLACE, name("n") + u32(ID, 1))):
        yield f"{cmd} with election raft in classic mode", cmd, group(start, raft[0])
        for title, bad in (("preempt", u32(PREEMPT, 1)), ("a preempt-delay", u64(DELAY, 1)),
                           ("a priority", u32(PRIORITY, 1))):
            yield f"{cmd} with election raft and {title}", cmd, group(start, *raft, bad)
        # an unlisted observer needs its role and quorum majority, and answers no others
        seen, quorum, unlisted = u32(ROLE, 2), u32(QUORUM, 1), u32(UNLISTED, 1)
        for title, bad in (("places for observers in classic mode", (u32(OBSERVERS, 1),)),
                           ("an unlisted candidate", (quorum, unlisted)),
                           ("an unlisted witness", (quorum, unlisted, u32(ROLE, 1))),
                           ("an unlisted observer in classic mode", (seen, unlisted)),
                           ("an unlisted observer with places", (seen, quorum, unlisted, u32(OBSERVERS, 9)))):
            yield f"{cmd} with {title}", cmd, group(start, *bad)
    slow = u64(HEARTBEAT, 60000000000)
    yield "a default lease of 61 minutes", GROUP_SET, group(name(), slow, u32(MISSES, 61), u32(QUORUM, 1))
    yield "a lease that another heartbeat makes too short", GROUP_SET, group(name(), slow, u64(LEASE, 10000000000))
    yield "the first hold-down above the longest", GROUP_SET, group(name(), u64(HD_DELAY, 2000000), u64(HD_MAX, 1000000))
    # h has no keys, and gets none by these.
    good = u32(K_ID, 1), attr(K_DATA, b"k" * 32), u32(K_ACTIVE, 1)

    def keys(*bodies):
        return b"".join(attr(KEY | NESTED, b"".join(body)) for body in bodies)

    def plain(number, *more):
        return u32(K_ID, number), good[1], *more

    for cmd, start in ((GROUP_SET, name()), (GROUP_NEW, name("n") + u32(ID, 1))):
        for title, key in (("an empty key", ()), ("a short key", (good[0], attr(K_DATA, b"k" * 31))),
                           ("a long key", (good[0], attr(K_DATA, b"k" * 65))), ("key 0", (u32(K_ID, 0), good[1])),
                           ("a key without an id", good[1:]), ("an id without a key", good[:1]),
                           ("a key that is twice active", (*good[:2], u32(K_ACTIVE, 2))), ("garbage", (b"\xaa" * 33,))):
            yield f"{cmd} with {title}", cmd, group(start, keys(key))
            yield f"{cmd} with a good key and {title}", cmd, group(start, keys(plain(9), key))
        yield f"{cmd} with a key that is no nest", cmd, group(start, attr(KEY, b"k" * 32))
        yield f"{cmd} with a key twice", cmd, group(start, keys(good, plain(1)))
        yield f"{cmd} with two active keys", cmd, group(start, keys(good, plain(2, good[2])))
        yield f"{cmd} with two keys of which none is active", cmd, group(start, keys(plain(1), plain(2)))
        yield f"{cmd} with nine keys", cmd, group(start, keys(good, *map(plain, range(2, 10))))
        yield f"{cmd} with a key and auth off", cmd, group(start, u32(AUTH, 0), keys(good))
        yield f"{cmd} with auth 2 and no key", cmd, group(start, u32(AUTH, 2))
    yield "a refresh by a socket that owns nothing", OWN_REFRESH, named
    yield "disown by a socket that owns nothing", DISOWN, named
    for nanoseconds in (0, 1, 9999999, 3600000000001, 2**64 - 1):
        yield f"own for {nanoseconds}", OWN, named + attr(OWNER | NESTED, u64(O_DEADLINE, nanoseconds))
    for size in (0, 4, 7, 9):
        yield f"own for {size} bytes", OWN, named + attr(OWNER | NESTED, attr(O_DEADLINE, bytes([2]) * size))
    second = u64(O_DEADLINE, 1000000000)
    yield "own with a port id", OWN, named + attr(OWNER | NESTED, second + u32(O_PORTID, 1))
    yield "own with a rest", OWN, named + attr(OWNER | NESTED, u64(O_REMAINING, 1000000000))
    yield "own with garbage", OWN, named + attr(OWNER | NESTED, b"\xaa" * 33)
    yield "own with an owner that is no nest", OWN, named + attr(OWNER, second)
    yield "own without a group", OWN, attr(OWNER | NESTED, second)
    for title, text in (("an empty name", b"\0"), ("a name with a space", b"a b\0"), ("a name with a slash", b"a/b\0"),
                        ("a name of two dots", b"..\0"), ("a name of 32 bytes", b"x" * 32 + b"\0"),
                        ("a name without an end", b"x" * 31), ("a name of no bytes", b"")):
        yield f"own with {title}", OWN, named + attr(OWNER | NESTED, attr(O_NAME, text))
    yield "own with a will of 2", OWN, named + attr(OWNER | NESTED, u32(O_WILLING, 2))
    yield "own with forget", OWN, named + attr(OWNER | NESTED, u32(O_FORGET, 1))
    yield "own with a state", OWN, named + attr(OWNER | NESTED, u32(O_STATE, 0))
    for cmd in (OWN, OWN_REFRESH):
        yield f"{cmd} with a term and no index", cmd, named + attr(OWNER | NESTED, u64(O_TERM, 3))
        yield f"{cmd} with an index and no term", cmd, named + attr(OWNER | NESTED, u64(O_INDEX, 3))
        for size in (0, 4, 7, 9):
            yield f"{cmd} with a position of {size} bytes", cmd, named + attr(
                OWNER | NESTED, attr(O_TERM, bytes(size)) + attr(O_INDEX, bytes(size)))
    yield "disown with a position", DISOWN, named + attr(OWNER | NESTED, u64(O_TERM, 3) + u64(O_INDEX, 3))
    yield "a refresh with a name", OWN_REFRESH, named + attr(OWNER | NESTED, attr(O_NAME, b"owner\0"))
    yield "disown with a will", DISOWN, named + attr(OWNER | NESTED, u32(O_WILLING, 1))
    yield "a refresh with a deadline", OWN_REFRESH, named + attr(OWNER | NESTED, second)
    yield "disown with a deadline", DISOWN, named + attr(OWNER | NESTED, second)
    for size in (0, 1, 3, 5, 16):
        yield f"IPv4 of {size} bytes", GROUP_SET, group(name(), attr(IP4, b"\x0a" * size))
    for size in (0, 4, 15, 17, 32):
        yield f"IPv6 of {size} bytes", GROUP_SET, group(name(), attr(IP6, b"\x20" * size))
    both = attr(IP4, b"\x0a\x09\0\1"), attr(IP6, b"\x20\1" + b"\0" * 13 + b"\1")
    yield "both families", GROUP_SET, group(name(), *both)
    yield "a scope alone", GROUP_SET, group(name(), u32(SCOPE, 1))
    yield "a scope's name alone", GROUP_SET, group(name(), attr(SCOPE_NAME, b"lo\0"))
    for text in (b"a/b", b"a b", b"a:b", b".", b"..", b"a" * 16, b"a" * 4000):
        yield f"dev {text[:20]}", GROUP_SET, group(name(), attr(DEV_NAME, text + b"\0"))
    yield "dev without an end", GROUP_SET, group(name(), attr(DEV_NAME, b"lo"))
    yield "a name and an index of another", GROUP_SET, group(name(), u32(DEV, 1), attr(DEV_NAME, b"nosuch\0"))
    link = attr(IP6, b"\xfe\x80" + b"\0" * 13 + b"\1"), attr(P_IP6, b"\xfe\x80" + b"\0" * 13 + b"\2")
    yield "a link-local address of no link", GROUP_SET, group(name(), link[0])
    yield "a link-local peer on no link", PEER_NEW, named + peer(u32(P_ID, 5), link[1])
    for text in (b"a/b", b"a" * 16):
        yield f"a peer on {text}", PEER_NEW, named + peer(u32(P_ID, 5), link[1], attr(P_SCOPE_NAME, text + b"\0"))
    yield "a scope that is not dev", GROUP_NEW, group(name("n"), u32(ID, 1), link[0], attr(SCOPE_NAME, b"x\0"),
                                                      attr(DEV_NAME, b"y\0"))
    yield "a peer's scope that is not dev", GROUP_NEW, group(name("n"), u32(ID, 1), attr(DEV_NAME, b"y\0")) + peer(
        u32(P_ID, 2), link[1], attr(P_SCOPE_NAME, b"x\0"))
    yield "new without an id", GROUP_NEW, group(name("n"))
    yield "new that exists", GROUP_NEW, group(name(), u32(ID, 1))
    new = group(name("n"), u32(ID, 1))
    yield "own id as peer", GROUP_NEW, new + peer(u32(P_ID, 1), addr4(2))
    yield "a peer twice", GROUP_NEW, new + peer(u32(P_ID, 2), addr4(2)) + peer(u32(P_ID, 2), addr4(3))
    yield "an address twice", GROUP_NEW, new + peer(u32(P_ID, 2), addr4(2)) + peer(u32(P_ID, 3), addr4(2))
    yield "a peer without address", GROUP_NEW, new + peer(u32(P_ID, 2))
    yield "a peer on port 0", GROUP_NEW, new + peer(u32(P_ID, 2), addr4(2), u32(P_PORT, 0))
    many = b"".join(peer(u32(P_ID, 2 + i), attr(P_IP4, bytes([10, 9, i >> 8, i & 255]))) for i in range(1, 257))
    yield "256 peers", GROUP_NEW, new + many
    yield "the last of many peers is bad", GROUP_NEW, new + many[:-24 * 100] + peer(u32(P_ID, 1), addr4(2))


def showconf():
    """Returns the whole configuration, in a form that does not change with time."""
    run = subprocess.run(["bullyctl", "showconf", "h"], capture_output=True, check=True)
    names = subprocess.run(["bullyctl", "show"], capture_output=True, check=True).stdout.decode()
    return run.stdout, [line.split(":")[0] for line in names.splitlines() if line[:1].strip()]


def refusals():
    door, bad, count = Door(), 0, 0
    before = showconf()
    for title, cmd, payload in cases():
        door.send(cmd, payload)
        code, text, _ = door.answer()
        count += 1
        if not code or not text:
            print(f"{title}: {errno.errorcode.get(code, code)} '{text}'")
            bad += 1
    # Refused without a sentence.
    for cmd in (0, 12, 14, 17, 23, 255):
        door.send(cmd, group(name()))
        code = door.answer()[0]
        count += 1
        if code != errno.EOPNOTSUPP:
            print(f"command {cmd}: {code}")
            bad += 1
    door.send(0, b"", header=b"")
    if door.answer()[0] != errno.EINVAL:
        print("a request without its header is not EINVAL")
        bad += 1
    # A flag or a field that has no meaning for any command.
    whole = group(name(), u32(ID, 1))
    for title, cmd, flags, reserved in (
            ("a flag that is another command", GROUP_NEW, NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE, 0),
            ("a reserved field that is set", GROUP_GET, NLM_F_REQUEST | NLM_F_ACK, 1)):
        door.send(cmd, whole if cmd == GROUP_NEW else group(name()), flags,
                  header=struct.pack("=BBH", cmd, 1, reserved))
        code, text, _ = door.answer()
        count += 1
        if code != errno.EINVAL or not text:
            print(f"{title}: {errno.errorcode.get(code, code)} '{text}'")
            bad += 1
    # Dumps with a name that does not exist, or with nonsense.
    for cmd in (PEER_GET, STATS_GET):
        for payload in (group(name("nosuch")), group(name("a/b")), group(b"\xff" * 9), group()):
            door.send(cmd, payload, NLM_F_REQUEST | NLM_F_DUMP)
            code, text, _ = door.answer()
            count += 1
            if not code or not text:
                print(f"dump {cmd} of {payload!r}: {code} '{text}'")
                bad += 1
    # The claimed length is longer than the message: the kernel sends no answer.
    door.send(GROUP_DEL, group(name()), length=4096)
    if showconf() != before:
        print("something was changed:", before, showconf())
        bad += 1
    print(f"{count} requests, {bad} wrong")
    return bad != 0


def noise(rounds, seed):
    rng = random.Random(seed)
    door = Door()
    # the kernel handles a request within the send, so an answer is already there
    door.sock.settimeout(1)
    answered, lost = 0, 0
    corpus = [(cmd, payload) for _, cmd, payload in cases()]
    for _ in range(rounds):
        cmd, payload = rng.choice(corpus)
        data = bytearray(payload)
        for _ in range(rng.randint(1, 8)):
            at = rng.randrange(len(data) + 1)
            if rng.randrange(3) and at < len(data):
                data[at] = rng.choice((0, 1, 4, 8, 127, 128, 255, rng.randrange(256)))
            elif rng.randrange(2):
                data[at:at] = rng.randbytes(rng.randint(1, 12))
            else:
                data[at:at + rng.randint(1, 12)] = b""
        flags = NLM_F_REQUEST | rng.choice((NLM_F_ACK, NLM_F_DUMP, NLM_F_ACK | NLM_F_ECHO,
                                            NLM_F_ACK | NLM_F_REPLACE))
        door.send(rng.choice((cmd, cmd, rng.randrange(1, 20))), bytes(data), flags)
        try:
            door.answer()
            answered += 1
        except socket.timeout:
            lost += 1
            if lost == 20:
                break
        except OSError as trouble:
            if trouble.errno != errno.ENOBUFS:
                raise
    print(f"{answered} answers, {lost} requests without one")
    # A correct request still works: it lists all groups, up to the end of the list.
    door = Door()
    door.sock.settimeout(60)
    door.send(GROUP_GET, b"", NLM_F_REQUEST | NLM_F_DUMP)
    try:
        code, text, groups = door.answer()
    except socket.timeout:
        sys.exit("the module stopped answering")
    names = [attrs_of(attrs_of(body[4:]).get(GROUP, b"")).get(NAME) for body in groups]
    if code or not names or None in names:
        sys.exit(f"the list of groups: {errno.errorcode.get(code, code)} '{text}' {names}")
    return lost != 0 or not answered


def echoed(door, cmd, payload, wanted, flags):
    """Returns what is wrong with the answer to one request, or ""."""
    door.send(cmd, payload, NLM_F_REQUEST | NLM_F_ACK | flags)
    # only replies with the request's number, before its end
    code, text, got = door.answer()
    if code:
        return f"{cmd}: {os.strerror(code)} {text}"
    if not flags:
        return f"{cmd}: an echo without NLM_F_ECHO" if got else ""
    if len(got) != 1 or got[0][0] != cmd:
        return f"{cmd}: {len(got)} replies before its end, not the one: {got}"
    top = attrs_of(got[0][4:])
    for nest, kind, value in wanted:
        if attrs_of(top.get(nest, b"")).get(kind) != value:
            return f"{cmd}: attribute {kind} of {nest} is not {value}: {got[0]}"
    return ""


def echo(group_name):
    door = Door()
    number = struct.Struct("=I").pack
    before = subprocess.run(["bullyctl", "showconf", group_name], capture_output=True, check=True).stdout
    named = (GROUP, NAME, group_name.encode() + b"\0")
    misses = int(before.split(b"misses = ")[1].split()[0])
    new = peer(u32(P_ID, 77), addr4(77))
    shown = (named, (GROUP, MISSES, number(misses + 1)), (PEER, P_ID, number(77)))
    bad = []
    for flags in (NLM_F_ECHO, 0):
        for cmd, payload, wanted in (
                (GROUP_SET, group(name(group_name), u32(MISSES, misses + 1)), shown[:2]),
                (PEER_NEW, group(name(group_name)) + new, (*shown, (PEER, P_IP4, bytes((10, 9, 0, 77))))),
                (PEER_SET, group(name(group_name)) + peer(u32(P_ID, 77), u32(P_ROLE, 1)),
                 (*shown, (PEER, P_ROLE, number(1)))),
                (PEER_DEL, group(name(group_name)) + peer(u32(P_ID, 77)), shown),
                (GROUP_SET, group(name(group_name), u32(MISSES, misses)),
                 (named, (GROUP, MISSES, number(misses)))),
                (GROUP_NEW, group(name("echo"), u32(ID, 5), u32(PORT, 7999)),
                 ((GROUP, NAME, b"echo\0"), (GROUP, ID, number(5)), (GROUP, PORT, number(7999)))),
                (GROUP_DEL, group(name("echo")), ((GROUP, NAME, b"echo\0"), (GROUP, ID, number(5))))):
            bad.append(echoed(door, cmd, payload, wanted, flags))
    # A refused request has no echo.
    door.send(PEER_DEL, group(name(group_name)) + peer(u32(P_ID, 77)), NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO)
    code, _, got = door.answer()
    if code != errno.ENOENT or got:
        bad.append(f"refused: {code}, {got}")
    after = subprocess.run(["bullyctl", "showconf", group_name], capture_output=True, check=True).stdout
    if after != before:
        bad.append(f"the group was {before}, and is {after}")
    print("\n".join(filter(None, bad)))
    return any(bad)


def flood(group_name, rounds):
    door = Door()
    for i in range(rounds):
        door.send(GROUP_SET, group(name(group_name), u32(MISSES, 3 + i % 2)))
        code, text, _ = door.answer()
        if code:
            sys.exit(f"round {i}: {os.strerror(code)} {text}")
    return 0


def main():
    what = sys.argv[1:2]
    if what == ["refusals"]:
        return refusals()
    if what == ["noise"]:
        return noise(int(sys.argv[2]), int(sys.argv[3]))
    if what == ["echo"]:
        return echo(sys.argv[2])
    if what == ["flood"]:
        return flood(sys.argv[2], int(sys.argv[3]))
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
