#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Repeats each command of the family, and lets its first, second, ... allocation fail until
every allocation has failed once. Needs a kernel with /proc/self/fail-nth; failslab.sh
runs this in a guest.

A command that failed must have changed nothing, and a command that succeeded must be
complete: the list of groups and peers is compared with the answers.
"""

import errno
import os
import socket
import struct
import sys

NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
# the numbers of kmod/uapi/bully.h
GROUP_GET, GROUP_NEW, GROUP_SET, GROUP_DEL, PEER_GET, PEER_NEW, PEER_SET, PEER_DEL, ELECT, RESIGN, STATS_GET = range(1, 12)
OWN, OWN_REFRESH, DISOWN = range(18, 21)
A_GROUP, A_PEER, A_OWNER = 1, 2, 6
G_NAME, G_ID, G_HEARTBEAT, G_PREEMPT, G_KEY, G_GUARD = 1, 2, 8, 12, 36, 46
U_IP4, U_IP6 = 1, 2
K_ID, K_DATA, K_ACTIVE = 1, 2, 3
P_ID, P_IP4, P_ROLE = 1, 2, 6
NESTED = 0x8000
LIMIT = 400         # more allocations than any command makes


def attr(kind, data):
    if isinstance(data, int):
        data = struct.pack("=I", data)
    elif isinstance(data, str):
        data = data.encode() + b"\0"
    return struct.pack("=HH", len(data) + 4, kind) + data + b"\0" * (-len(data) % 4)


def nest(kind, *attrs):
    return attr(kind | NESTED, b"".join(attrs))


class Netlink:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.settimeout(20)
        self.seq = 0
        status, answers = self.ask(GENL_ID_CTRL, 3, attr(2, "bully"))   # CTRL_CMD_GETFAMILY
        if status:
            raise OSError(-status, "no family bully")
        self.family = next(struct.unpack("=H", d[:2])[0] for k, d in attrs_of(answers[0][4:]) if k == 1)

    def build(self, family, command, payload, flags):
        self.seq += 1
        body = struct.pack("=BBH", command, 1, 0) + payload
        return struct.pack("=IHHII", len(body) + 16, family, flags, self.seq, 0) + body

    def ask(self, family, command, payload, flags=NLM_F_REQUEST | NLM_F_ACK, armed=None):
        """Returns 0 or a negative errno, and the answers."""
        message = self.build(family, command, payload, flags)
        try:
            if armed:
                armed.send(self.sock, message)
            else:
                self.sock.send(message)
        except OSError as error:
            # nothing reached the family: there is no answer
            return -error.errno, None
        try:
            return self.collect()
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            # there was no memory for the answer, so the result of the command is unknown
            return -errno.ENOBUFS, None

    def collect(self):
        answers = []
        while True:
            data = self.sock.recv(1 << 20)
            while len(data) >= 16:
                length, kind, _flags, seq, _port = struct.unpack("=IHHII", data[:16])
                body, data = data[16:length], data[(length + 3) & ~3:]
                if seq != self.seq:
                    continue        # an answer to an earlier request that was given up
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return struct.unpack("=i", body[:4])[0] if len(body) >= 4 else 0, answers
                answers.append(body)


def attrs_of(data):
    while len(data) >= 4:
        length, kind = struct.unpack("=HH", data[:4])
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


class Fault:
    """Lets the nth allocation of this thread fail, counted from here."""

    def __init__(self, nth):
        self.nth = nth
        self.fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
        self.hit = False

    def send(self, sock, message):
        os.write(self.fd, b"%d" % self.nth)
        try:
            sock.send(message)
        finally:
            # the number counts down to 0
            left = os.pread(self.fd, 32, 0)
            os.write(self.fd, b"0")
            self.hit = int(left) == 0
            os.close(self.fd)


def group(*attrs):
    return nest(A_GROUP, attr(G_NAME, "fail"), *attrs)


def peer(*attrs):
    return nest(A_PEER, attr(P_ID, 2), *attrs)


def state(nl):
    """Returns the state of group fail: whether it exists, its number of peers, whether it has an owner."""
    status, groups = nl.ask(nl.family, GROUP_GET, b"", NLM_F_REQUEST | NLM_F_DUMP)
    assert status == 0, status
    names, owned = set(), False
    for body in groups:
        for kind, data in attrs_of(body[4:]):
            if kind == A_GROUP:
                names.update(d.rstrip(b"\0").decode() for k, d in attrs_of(data) if k == G_NAME)
            # a vacant owner has no port id
            owned |= kind == A_OWNER and any(k == O_PORTID for k, _ in attrs_of(data))
    peers = 0
    if "fail" in names:
        status, answers = nl.ask(nl.family, PEER_GET, group(), NLM_F_REQUEST | NLM_F_DUMP)
        assert status == 0, status
        peers = sum(1 for body in answers for k, _ in attrs_of(body[4:]) if k == A_PEER)
    return "fail" in names, peers, owned


IP = socket.inet_aton("127.0.0.2")
HEARTBEAT = attr(G_HEARTBEAT, struct.pack("=Q", 50000000))
O_DEADLINE, O_PORTID, O_WILLING, O_FORGET = 1, 2, 6, 7
DEADLINE = nest(A_OWNER, attr(O_DEADLINE, struct.pack("=Q", 3600000000000)))
KEYS = (nest(G_KEY, attr(K_ID, 1), attr(K_DATA, bytes(range(32)))) +
        nest(G_KEY, attr(K_ID, 2), attr(K_DATA, bytes(range(64))), attr(K_ACTIVE, 1)))
GUARD = (nest(G_GUARD, attr(U_IP4, socket.inet_aton("203.0.113.1"))) +
         nest(G_GUARD, attr(U_IP6, socket.inet_pton(socket.AF_INET6, "2001:db8::1"))))
DUMP = NLM_F_REQUEST | NLM_F_DUMP
DO = NLM_F_REQUEST | NLM_F_ACK
# the results of state()
NONE, BARE, ONE, OWNED = (False, 0, False), (True, 0, False), (True, 1, False), (True, 1, True)
# name, command, payload, flags, state before, state after success
CASES = [
    ("group add", GROUP_NEW, group(attr(G_ID, 1), HEARTBEAT), DO, NONE, BARE),
    ("peer add", PEER_NEW, group() + peer(attr(P_IP4, IP)), DO, BARE, ONE),
    ("group set", GROUP_SET, group(attr(G_PREEMPT, 0)), DO, ONE, ONE),
    ("keys set", GROUP_SET, group(KEYS), DO, ONE, ONE),
    ("guard set", GROUP_SET, group(GUARD), DO, ONE, ONE),
    ("guard none", GROUP_SET, group(nest(G_GUARD)), DO, ONE, ONE),
    ("peer set", PEER_SET, group() + peer(attr(P_ROLE, 1)), DO, ONE, ONE),
    ("elect", ELECT, group(), DO, ONE, ONE),
    ("resign", RESIGN, group(), DO, ONE, ONE),
    ("resign to", RESIGN, group() + peer(), DO, ONE, ONE),
    ("group get", GROUP_GET, group(), DO, ONE, ONE),
    ("group dump", GROUP_GET, b"", DUMP, ONE, ONE),
    ("peer get", PEER_GET, group() + peer(), DO, ONE, ONE),
    ("peer dump", PEER_GET, group(), DUMP, ONE, ONE),
    ("stats dump", STATS_GET, b"", DUMP, ONE, ONE),
    ("own", OWN, group() + DEADLINE, DO, ONE, OWNED),
    ("own refresh", OWN_REFRESH, group(), DO, OWNED, OWNED),
    ("own again", OWN, group(), DO, OWNED, OWNED),
    ("own refresh unwilling", OWN_REFRESH, group() + nest(A_OWNER, attr(O_WILLING, 0)), DO, OWNED, OWNED),
    ("disown and forget", DISOWN, group() + nest(A_OWNER, attr(O_FORGET, 1)), DO, OWNED, ONE),
    ("disown", DISOWN, group(), DO, OWNED, ONE),
    ("group del while owned", GROUP_DEL, group(), DO, OWNED, NONE),
    ("peer del", PEER_DEL, group() + peer(), DO, ONE, BARE),
    ("group del", GROUP_DEL, group(), DO, BARE, NONE),
    ("guarded group add", GROUP_NEW, group(attr(G_ID, 1), HEARTBEAT, GUARD), DO, NONE, BARE),
]
ALLOWED = {0, -errno.ENOMEM, -errno.ENOBUFS}


def must(nl, *request):
    status, _ = nl.ask(nl.family, *request)
    if status:
        raise OSError(-status, f"command {request[0]}: {os.strerror(-status)}")


def bring_to(nl, wanted):
    have = state(nl)
    if have[0] and have != wanted and not (wanted[2] and have[:2] == wanted[:2]):
        must(nl, GROUP_DEL, group())
        have = NONE
    if wanted[0] and not have[0]:
        must(nl, GROUP_NEW, group(attr(G_ID, 1), HEARTBEAT))
    if wanted[1] and not have[1]:
        must(nl, PEER_NEW, group() + peer(attr(P_IP4, IP)))
    if wanted[2] and not have[2]:
        must(nl, OWN, group() + DEADLINE)
    assert state(nl) == wanted, (state(nl), wanted)


def run(nl, name, command, payload, flags, before, after):
    """Returns what was wrong, or None, and how many allocations failed."""
    failed = 0
    for nth in range(1, LIMIT):
        bring_to(nl, before)
        fault = Fault(nth)
        try:
            status, answers = nl.ask(nl.family, command, payload, flags, fault)
        except socket.timeout:
            # without memory for the answer the socket must get ENOBUFS
            return f"allocation {nth} failed and no answer came", failed
        if not fault.hit:
            expected = after if status == 0 else before
            # elect and resign may be refused, because the leader at this moment is random
            if status and name not in ("elect", "resign", "resign to"):
                return f"without a fault: {os.strerror(-status)}", failed
            return None if state(nl) == expected else "without a fault: half of it was done", failed
        failed += 1
        if status not in ALLOWED and name not in ("resign", "resign to", "elect"):
            return f"allocation {nth} failed: {os.strerror(-status)}", failed
        now = state(nl)
        # a command whose answer had no memory may be complete all the same
        if now not in (before, after) or (status == 0 and now != after and answers is not None):
            return f"allocation {nth} failed: status {status}, state {now}", failed
    return f"more than {LIMIT} allocations", failed


def main():
    nl = Netlink()
    # the kernel makes some objects once, for the first key; they do not belong to the module
    must(nl, GROUP_NEW, group(attr(G_ID, 1), KEYS))
    must(nl, GROUP_DEL, group())
    bad = good = total = 0
    for case in CASES:
        try:
            wrong, failed = run(nl, *case)
        except (AssertionError, OSError) as error:
            wrong, failed = f"{type(error).__name__} {error}", 0
            nl = Netlink()
        if wrong:
            bad += 1
            print(f"not ok - {case[0]}: {wrong}", flush=True)
        else:
            good += 1
            total += failed
            print(f"ok - {case[0]}: {failed} allocations failed one by one", flush=True)
    bring_to(nl, NONE)
    if total < 5 * len(CASES):
        bad += 1
        print(f"not ok - all allocations are found: only {total} failed")
    print(f"{good} {bad}", file=open("failnth.sum", "w", encoding="ascii"))
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
