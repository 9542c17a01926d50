# SPDX-License-Identifier: GPL-2.0-only
"""Sends generic netlink requests: just enough to ask the kernel about a family."""
import errno
import os
import socket
import struct

NETLINK_GENERIC = 16
GENL_ID_CTRL = 16
CTRL_CMD_GETFAMILY, CTRL_CMD_GETPOLICY = 3, 10
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3


def attr(kind, payload):
    size = 4 + len(payload)
    return struct.pack("=HH", size, kind) + payload + b"\0" * (-size % 4)


def attrs(data):
    """Returns [(type, payload)] of a sequence of attributes."""
    found = []
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4 or size > len(data):
            raise ValueError("a broken attribute")
        found.append((kind & 0x3fff, data[4:size]))
        data = data[(size + 3) & ~3:]
    return found


def number(payload):
    return int.from_bytes(payload, "little" if struct.pack("=H", 1)[0] else "big")


class Genl:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self.socket.bind((0, 0))
        self.seq = 0

    def ask(self, family, cmd, payload, flags):
        """Returns the payloads of all answers, without their generic netlink headers."""
        self.seq += 1
        head = struct.pack("=IHHII", 20 + len(payload), family, NLM_F_REQUEST | flags, self.seq, 0)
        self.socket.send(head + struct.pack("=BBH", cmd, 1, 0) + payload)
        answers = []
        while True:
            data = self.socket.recv(1 << 20)
            while data:
                size, kind, _, seq, _ = struct.unpack_from("=IHHII", data)
                body, data = data[16:size], data[(size + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    code = struct.unpack_from("=i", body)[0] if len(body) >= 4 else 0
                    if code:
                        raise OSError(-code, os.strerror(-code), errno.errorcode.get(-code))
                    return answers
                answers.append(body[4:])
