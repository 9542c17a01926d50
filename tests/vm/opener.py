#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""opener.py NAME PORT - adds a group on a port, in a guest: the netlink socket was opened
without CAP_NET_BIND_SERVICE, and the process has that capability when it sends the request.
Prints 'ok' or the name of the error."""
import ctypes
import errno
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../netlink"))
import genl  # noqa: E402
import spec as bully  # noqa: E402

CAP_NET_BIND_SERVICE = 10
LIBC = ctypes.CDLL(None, use_errno=True)


def capabilities(change):
    """Sets this thread's effective capabilities to CHANGE(effective), both as numbers."""
    head = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    data = ctypes.create_string_buffer(24)
    if LIBC.capget(head, data):
        raise OSError(ctypes.get_errno(), "capget")
    sets = list(struct.unpack("=6I", data.raw))
    effective = change(sets[0] | sets[3] << 32)
    sets[0], sets[3] = effective & 0xffffffff, effective >> 32
    if LIBC.capset(head, struct.pack("=6I", *sets)):
        raise OSError(ctypes.get_errno(), "capset")


def main():
    name, port = sys.argv[1].encode() + b"\0", int(sys.argv[2])
    spec = bully.Spec()
    capabilities(lambda has: has & ~(1 << CAP_NET_BIND_SERVICE))
    sock = genl.Genl()
    capabilities(lambda has: has | 1 << CAP_NET_BIND_SERVICE)
    answer = sock.ask(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY, genl.attr(2, b"bully\0"),
                      genl.NLM_F_ACK)
    family = genl.number(dict(genl.attrs(answer[0]))[1])
    group = spec.sets["group"]
    inner = genl.attr(group["name"], name) + genl.attr(group["id"], struct.pack("=I", 1)) + \
        genl.attr(group["local-port"], struct.pack("=I", port))
    try:
        sock.ask(family, spec.operations["group-new"][0],
                 genl.attr(spec.sets["bully"]["group"] | 0x8000, inner), genl.NLM_F_ACK)
    except OSError as error:
        print(errno.errorcode[error.errno])
        return
    print("ok")


main()
