#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Adds a group with a request that bullyctl does not send: link-local addresses
without a scope, or interfaces by their index.

    request.py NAME ID [WORD=VALUE]... [peer=ID,ADDR[,WORD=VALUE]...]...

Words of a group are port, local, scope, scope-name, dev and dev-name; of a peer
scope and scope-name. Prints the kernel's answer; status 2 if the kernel refuses.
"""
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../cli"))
# pylint: disable=wrong-import-position
import hostile  # noqa: E402
from hostile import attr, u32  # noqa: E402


def address(text, ip4, ip6):
    if ":" in text:
        return attr(ip6, socket.inet_pton(socket.AF_INET6, text))
    return attr(ip4, socket.inet_aton(text))


def string(kind, text):
    return attr(kind, text.encode() + b"\0")


WORDS = {
    "port": lambda v: u32(hostile.PORT, int(v)),
    "local": lambda v: address(v, hostile.IP4, hostile.IP6),
    "scope": lambda v: u32(hostile.SCOPE, int(v)),
    "scope-name": lambda v: string(hostile.SCOPE_NAME, v),
    "dev": lambda v: u32(hostile.DEV, int(v)),
    "dev-name": lambda v: string(hostile.DEV_NAME, v),
}
PEER_WORDS = {
    "port": lambda v: u32(hostile.P_PORT, int(v)),
    "scope": lambda v: u32(hostile.P_SCOPE, int(v)),
    "scope-name": lambda v: string(hostile.P_SCOPE_NAME, v),
}


def peer(text):
    number, where, *words = text.split(",")
    attrs = [u32(hostile.P_ID, int(number)), address(where, hostile.P_IP4, hostile.P_IP6)]
    for word, value in (w.split("=") for w in words):
        attrs.append(PEER_WORDS[word](value))
    return hostile.peer(*attrs)


def main(name, number, *words):
    attrs, peers = [hostile.name(name), u32(hostile.ID, int(number))], b""
    for word, value in (w.split("=", 1) for w in words):
        if word == "peer":
            peers += peer(value)
        else:
            attrs.append(WORDS[word](value))
    door = hostile.Door()
    door.send(hostile.GROUP_NEW, hostile.group(*attrs) + peers)
    code, sentence, _ = door.answer()
    if code:
        print(f"{os.strerror(code)}: {sentence}")
    return 2 if code else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
