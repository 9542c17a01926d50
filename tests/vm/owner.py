#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""owner.py - owns the candidacy of groups, in a guest, for owner.sh and owners.sh

  owner.py hold GROUP... [--name NAME] [--willing 0|1] [--weight N] [--position TERM/INDEX]
             [--deadline MS] [--every MS] [--user UID]
      owns all groups with one socket, becomes UID, prints 'owned', and refreshes each every MS. A
      line on standard input is a request for the first group: own, refresh, willing, unwilling,
      at TERM INDEX (a position; '-' leaves a number out), disown, forget, mute (stop refreshing),
      close (only the socket), exit. Each answer is a line:
      'ok', or the name of the error and its sentence. Prints 'stale SENTENCE' when a refresh is
      refused for the first time.
  owner.py ask GROUP COMMAND [--name NAME] [--willing 0|1] [--weight N] [--position TERM/INDEX]
             [--deadline MS] [--user UID]
      sends one request by another socket, and prints the answer in the same form
  owner.py names GROUP NAME...
      own by one socket under each NAME in turn; prints each answer. The socket ends at the end.
  owner.py fork GROUP     owns GROUP, forks, and ends; the child lives until SIGTERM
  owner.py pass GROUP     owns GROUP, and passes the socket to a process that lives until SIGTERM
  owner.py reuse GROUP ROUNDS
      closes a socket and opens another with its port id, which owns the group at once
  owner.py churn GROUP    owns and releases GROUP under several names, in every way, without end,
                          and ignores refusals
  owner.py garbage GROUP  sends requests that the policy must refuse; prints those that passed
"""
import argparse
import array
import errno
import functools
import os
import random
import select
import signal
import socket
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../netlink"))
import genl  # noqa: E402
import spec as bully  # noqa: E402

SPEC = bully.Spec()
SOL_NETLINK, NETLINK_EXT_ACK = 270, 11
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NESTED = 0x8000
A_GROUP, A_OWNER = SPEC.sets["bully"]["group"], SPEC.sets["bully"]["owner"]
OWN, REFRESH, DISOWN = (SPEC.operations[n][0] for n in ("own", "own-refresh", "disown"))
MS = 1000000


@functools.lru_cache(None)
def family():
    answer = genl.Genl().ask(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY,
                             genl.attr(2, b"bully\0"), genl.NLM_F_ACK)
    return genl.number(dict(genl.attrs(answer[0]))[1])


def group(name):
    inner = genl.attr(SPEC.sets["group"]["name"], name.encode() + b"\0")
    return genl.attr(A_GROUP | NESTED, inner)


def owner(deadline_ns=0, name=None, willing=None, forget=None, weight=None, position=(None, None)):
    inner = b""
    for attribute, value in zip(("position-term", "position-index"), position):
        if value is not None:
            inner += genl.attr(SPEC.sets["owner"][attribute], struct.pack("=Q", value))
    if deadline_ns:
        inner += genl.attr(SPEC.sets["owner"]["deadline"], struct.pack("=Q", deadline_ns))
    if name is not None:
        inner += genl.attr(SPEC.sets["owner"]["name"], name.encode() + b"\0")
    for attribute, value in (("willing", willing), ("forget", forget), ("weight", weight)):
        if value is not None:
            inner += genl.attr(SPEC.sets["owner"][attribute], struct.pack("=I", value))
    return genl.attr(A_OWNER | NESTED, inner) if inner else b""


# each word of a request, and what it says of the owner
COMMANDS = {"own": (OWN, b""), "refresh": (REFRESH, b""), "disown": (DISOWN, b""),
            "willing": (REFRESH, owner(willing=1)), "unwilling": (REFRESH, owner(willing=0)),
            "forget": (DISOWN, owner(forget=1))}


class Owner:
    """A netlink socket that sends the requests of this file."""

    def __init__(self, port=0, sock=None):
        self.socket = sock or socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC,
                                            genl.NETLINK_GENERIC)
        if not sock:
            self.socket.bind((port, 0))
            self.socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.seq = 0

    def request(self, command, payload):
        """Returns 'ok', or the name of the error and the kernel's sentence."""
        self.seq += 1
        head = struct.pack("=IHHII", 20 + len(payload), family(), 5, self.seq, 0)
        try:
            self.socket.send(head + struct.pack("=BBH", command, 1, 0) + payload)
        except OSError as error:
            return errno.errorcode[error.errno]
        while True:
            data = self.socket.recv(1 << 16)
            size, kind, flags, seq, _ = struct.unpack_from("=IHHII", data)
            if seq != self.seq or kind != genl.NLMSG_ERROR:
                continue
            return self._answer(data[16:size], flags)

    @staticmethod
    def _answer(body, flags):
        code = -struct.unpack_from("=i", body)[0]
        if not code:
            return "ok"
        inner = 20 if flags & NLM_F_CAPPED else 4 + (struct.unpack_from("=I", body, 4)[0] + 3 & ~3)
        said = dict(genl.attrs(body[inner:])) if flags & NLM_F_ACK_TLVS else {}
        return f"{errno.errorcode[code]} {said.get(1, b'').rstrip(bytes(1)).decode()}".rstrip()

    def own(self, name, deadline_ns=0, owner_name=None, willing=None, weight=None, position=(None, None)):
        return self.request(OWN, group(name) + owner(deadline_ns, owner_name, willing, weight=weight,
                                                     position=position))

    def place(self, name, position):
        return self.request(REFRESH, group(name) + owner(position=position))

    def say(self, name, word):
        command, more = COMMANDS[word]
        return self.request(command, group(name) + more)

    def refresh(self, name):
        return self.request(REFRESH, group(name))

    def disown(self, name):
        return self.request(DISOWN, group(name))


def say(*words):
    print(*words, flush=True)


def must(answer, what):
    if answer != "ok":
        say(f"{what}: {answer}")
        sys.exit(1)


def hold(args):
    deadline = args.deadline * MS
    socks = Owner()
    for name in args.group:
        must(socks.own(name, deadline, args.name, args.willing, args.weight, args.position), f"own {name}")
    if args.user:
        os.setgid(args.user)
        os.setuid(args.user)
    say("owned")
    stale, every = False, args.every / 1000 if args.every else None
    due = time.monotonic() + (every or 0)
    while True:
        rest = None if every is None else max(0, due - time.monotonic())
        if select.select([sys.stdin], [], [], rest)[0]:
            words = sys.stdin.readline().split()
            if not words or words[0] == "exit":
                return
            if words[0] == "close":
                socks.socket.close()
                every = None
                say("ok")
            elif words[0] == "mute":
                every = None
                say("ok")
            elif words[0] == "own":
                every = args.every / 1000 if args.every else None
                due = time.monotonic() + (every or 0)
                say(socks.own(args.group[0], deadline, args.name, args.willing, args.weight, args.position))
                stale = False
            elif words[0] == "at":
                say(socks.place(args.group[0], [None if word == "-" else int(word) for word in words[1:]]))
            else:
                # refreshes go on until disown: a pause before it could make this owner late
                every = None if words[0] in ("disown", "forget") else every
                say(socks.say(args.group[0], words[0]))
        if every is not None and time.monotonic() >= due:
            due = time.monotonic() + every
            for name in args.group:
                answer = socks.refresh(name)
                if answer != "ok" and not stale:
                    stale = True
                    say("stale", answer)


def ask(args):
    socks = Owner()
    if args.user:
        os.setgid(args.user)
        os.setuid(args.user)
        socks = Owner()
    if args.command == "own":
        say(socks.own(args.group, args.deadline * MS, args.name, args.willing, args.weight, args.position))
    else:
        say(socks.say(args.group, args.command))


def names(args):
    socks = Owner()
    for name in args.names:
        say(socks.own(args.group, owner_name=name))


def until_told():
    # closed, because a reader waits for the end of this output
    os.closerange(0, 3)
    signal.sigwait({signal.SIGTERM})


def fork(args):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    socks = Owner()
    must(socks.own(args.group), "own")
    child = os.fork()
    if child:
        say("child", child)
        return
    until_told()


def pass_on(args):
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    child = os.fork()
    if not child:
        here.close()
        _, data, _, _ = there.recvmsg(1, socket.CMSG_SPACE(4))
        fds = array.array("i")
        fds.frombytes(data[0][2])
        there.send(b"x")
        until_told()
        return
    there.close()
    socks = Owner()
    must(socks.own(args.group), "own")
    here.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                           array.array("i", [socks.socket.fileno()]))])
    here.recv(1)
    say("child", child)


def take_port(port, result):
    """Binds a socket to the port id as soon as the port id is free; appends it to RESULT."""
    while True:
        try:
            heir = Owner(port)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    result.append(heir)


def own_soon(heir, name):
    """Owns NAME, with retries: the port id is free a moment before the kernel notices the dead owner."""
    for _ in range(2000):
        answer = heir.own(name)
        if not answer.startswith("EBUSY"):
            return answer
        time.sleep(0.001)
    return "EBUSY for ever"


def reuse(args):
    port = 0x40000000 + os.getpid()
    old = Owner(port)
    must(own_soon(old, args.group), "own")
    for i in range(args.rounds):
        result = []
        thread = threading.Thread(target=take_port, args=(port, result))
        thread.start()
        if i % 2:
            time.sleep(random.random() / 1000)
        old.socket.close()
        # the new socket asks at once, without waiting until the kernel handles the release
        thread.join()
        heir = result[0]
        must(own_soon(heir, args.group), f"round {i}: own by the heir of the port")
        # it would lose the candidacy if the release of the old socket were applied to it
        for _ in range(3):
            time.sleep(random.random() / 500)
            must(heir.refresh(args.group), f"round {i}: the heir of the port was released")
        old = heir
    # the end of a socket that never owned the group changes nothing
    for stranger in (0, port + 1):
        Owner(stranger).socket.close()
        must(old.refresh(args.group), "a stranger's release")
    say("ok")
    sys.stdin.readline()


def churn(args):
    while True:
        socks = Owner()
        name = random.choice((None, "run", "check"))
        socks.own(args.group, random.choice((0, 10 * MS, 1000 * MS)), name)
        for _ in range(random.randrange(4)):
            time.sleep(random.random() / 50)
            socks.say(args.group, random.choice(list(COMMANDS)))
        socks.socket.close()


def garbage(args):
    socks = Owner()
    deadline = SPEC.sets["owner"]["deadline"]
    inner = {
        "9 ms": genl.attr(deadline, struct.pack("=Q", 9 * MS)),
        "10 ms less 1 ns": genl.attr(deadline, struct.pack("=Q", 10 * MS - 1)),
        "0": genl.attr(deadline, struct.pack("=Q", 0)),
        "an hour and 1 ns": genl.attr(deadline, struct.pack("=Q", 3600 * 1000 * MS + 1)),
        "all ones": genl.attr(deadline, b"\xff" * 8),
        "4 bytes": genl.attr(deadline, b"\1\1\1\1"),
        "9 bytes": genl.attr(deadline, b"\1" * 9),
        "no bytes": genl.attr(deadline, b""),
        "a port id": genl.attr(SPEC.sets["owner"]["portid"], struct.pack("=I", 1)),
        "what remains": genl.attr(SPEC.sets["owner"]["remaining"], struct.pack("=Q", 20 * MS)),
        "a state": genl.attr(SPEC.sets["owner"]["state"], struct.pack("=I", 0)),
        "forget": genl.attr(SPEC.sets["owner"]["forget"], struct.pack("=I", 1)),
        "a will of 2": genl.attr(SPEC.sets["owner"]["willing"], struct.pack("=I", 2)),
        "a weight of 256": genl.attr(SPEC.sets["owner"]["weight"], struct.pack("=I", 256)),
        "a term alone": genl.attr(SPEC.sets["owner"]["position-term"], struct.pack("=Q", 1)),
        "an index alone": genl.attr(SPEC.sets["owner"]["position-index"], struct.pack("=Q", 1)),
        "a position of 4 bytes": genl.attr(SPEC.sets["owner"]["position-term"], b"\1\0\0\0") +
                                 genl.attr(SPEC.sets["owner"]["position-index"], b"\1\0\0\0"),
        "a will of 1 byte": genl.attr(SPEC.sets["owner"]["willing"], b"\1"),
        "a name of 32 bytes": genl.attr(SPEC.sets["owner"]["name"], b"x" * 32 + b"\0"),
        "a name without an end": genl.attr(SPEC.sets["owner"]["name"], b"x" * 31),
        "an empty name": genl.attr(SPEC.sets["owner"]["name"], b"\0"),
        "a name with a space": genl.attr(SPEC.sets["owner"]["name"], b"a b\0"),
        "a name with a slash": genl.attr(SPEC.sets["owner"]["name"], b"a/b\0"),
        "a name with a control": genl.attr(SPEC.sets["owner"]["name"], b"a\1\0"),
        "a name of two dots": genl.attr(SPEC.sets["owner"]["name"], b"..\0"),
        "a number that is not known": genl.attr(99, b"\1\1\1\1"),
        "less than a header": b"\1\1\1",
        "a length beyond the end": struct.pack("=HH", 200, deadline) + b"\1" * 8,
        "a length below the header": struct.pack("=HH", 1, deadline) + b"\1" * 8,
    }
    cases = {f"a deadline of {k}": (OWN, group(args.group) + genl.attr(A_OWNER | NESTED, v))
             for k, v in inner.items()}
    cases["an owner that is no nest"] = (OWN, group(args.group) + genl.attr(A_OWNER, inner["9 ms"]))
    for command in (OWN, REFRESH, DISOWN):
        cases[f"{command}: no group"] = (command, owner(20 * MS if command == OWN else 0))
        cases[f"{command}: nothing"] = (command, b"")
        cases[f"{command}: a group without a name"] = (command, genl.attr(A_GROUP | NESTED, b""))
        cases[f"{command}: no such group"] = (command, group("nobody"))
        cases[f"{command}: a long name"] = (command, group("x" * 40))
        cases[f"{command}: a group that is no nest"] = (command, genl.attr(A_GROUP, b"\1\1\1\1\1"))
        cases[f"{command}: a peer"] = (command, group(args.group) + genl.attr(2 | NESTED, b""))
        if command != OWN:
            cases[f"{command}: a deadline"] = (command, group(args.group) + owner(20 * MS))
            cases[f"{command}: a name"] = (command, group(args.group) + owner(name="owner"))
    cases["refresh: forget"] = (REFRESH, group(args.group) + owner(forget=1))
    cases["refresh: a term alone"] = (REFRESH, group(args.group) + owner(position=(1, None)))
    cases["disown: a position"] = (DISOWN, group(args.group) + owner(position=(1, 1)))
    cases["disown: a will"] = (DISOWN, group(args.group) + owner(willing=1))
    cases["disown: forget 2"] = (DISOWN, group(args.group) + owner(forget=2))
    for name, (command, payload) in cases.items():
        answer = socks.request(command, payload)
        # these refusals come from behind the policy, so the policy let the request pass
        if answer == "ok" or answer.startswith(("ESTALE", "EBUSY", "EPERM")):
            say(f"{name}: {answer}")
    good = group(args.group) + owner(20 * MS, "owner", 1)
    # another name would make the request a valid one, of another owner
    at = good.rindex(b"owner\0")
    places = [i for i in range(len(good)) if not at <= i < at + 6]
    for _ in range(300):
        payload = bytearray(good)
        for _ in range(random.randrange(1, 4)):
            payload[random.choice(places)] = random.randrange(256)
        socks.request(random.choice((OWN, REFRESH, DISOWN)), bytes(payload))
    say("done", len(cases))


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    for name, run in (("hold", hold), ("ask", ask), ("fork", fork), ("pass", pass_on),
                      ("reuse", reuse), ("churn", churn), ("garbage", garbage), ("names", names)):
        sub = what.add_parser(name)
        sub.set_defaults(run=run)
        sub.add_argument("group", nargs="+" if name == "hold" else None)
        if name in ("hold", "ask"):
            sub.add_argument("--deadline", type=int, default=0)
            sub.add_argument("--name")
            sub.add_argument("--willing", type=int, choices=(0, 1))
            sub.add_argument("--weight", type=int)
            sub.add_argument("--position", type=lambda text: list(map(int, text.split("/"))), default=(None, None))
        if name == "hold":
            sub.add_argument("--every", type=int, default=0)
            sub.add_argument("--user", type=int, default=0)
        if name == "ask":
            sub.add_argument("command", choices=COMMANDS)
            sub.add_argument("--user", type=int, default=0)
        if name == "names":
            sub.add_argument("names", nargs="+")
        if name == "reuse":
            sub.add_argument("rounds", type=int)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    main()
