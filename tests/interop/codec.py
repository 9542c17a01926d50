# SPDX-License-Identifier: GPL-2.0-only
"""Encodes and decodes datagrams of the protocol: layout (W1), checks of form (W2), tags (A2), hashes (R7)."""

import hashlib
import hmac
import struct

FORM = struct.Struct(">4sBBH16sIIQQQQQQIIIIIHBBIIQII32sIIIIQQ32s32s")
FIELDS = ("magic version type flags group sender to from_session to_session seq echo epoch reported"
          " leader leader_age members roster heartbeat misses role state lease remain leader_session"
          " alive_age members_prev alive key_id refusal priority leader_priority position_term position_index"
          " spare tag").split()
(ELECTION, OK, COORDINATOR, COORDINATOR_ACK, HEARTBEAT, HEARTBEAT_ACK, REFUSE, RESIGN, HELLO,
 HELLO_ACK) = range(1, 11)
ANSWERS = (OK, COORDINATOR_ACK, HEARTBEAT_ACK, REFUSE, HELLO_ACK)
LEASE_HELD, GRANT, STANDS, DUPLICATE, ALIVE, ELSEWHERE, UNLISTED = 1, 2, 4, 8, 16, 32, 64
STATES = ("init", "election", "waiting", "follower", "leader")
ROLES = ("candidate", "witness", "observer")
UNASKED, ANOTHERS, ABSTAINS, EPOCH, VOTERS, UNHEARD, LEADS, AHEAD, HEARS, FULL = 0, 2, 3, 4, 5, 6, 7, 8, 9, 10
FOREVER = 2**32 - 1
TAG = slice(224, 256)
SPARE = slice(192, 224)


class Message:
    """The fields of one datagram, as attributes"""

    def __init__(self, **fields):
        for name in FIELDS:
            setattr(self, name, fields.get(name, 0))

    def encode(self):
        given = dict(vars(self), magic=b"BLLY", version=2, tag=self.tag or bytes(32),
                     group=self.group.encode(), alive=self.alive.to_bytes(32, "little"), spare=bytes(32))
        return FORM.pack(*(given[name] for name in FIELDS))

    @classmethod
    def decode(cls, data):
        """Returns the message and None, or None and the reason to drop the datagram (W2)"""
        if len(data) != FORM.size:
            return None, "length"
        m = cls(**dict(zip(FIELDS, FORM.unpack(data))))
        if m.magic != b"BLLY":
            return None, "magic"
        if m.version != 2:
            return None, "version"
        name, _, rest = m.group.partition(b"\0")
        strange = any(c <= 32 or c == 127 or c == 47 for c in name)
        if (not name or strange or any(rest) or name in (b".", b"..") or len(name) > 15
                or not 1 <= m.type <= 10 or m.flags & ~127 or not m.sender or not m.to
                or not m.from_session or not m.seq or m.epoch >= 2**53 or m.reported >= 2**53
                or (not m.to_session and m.type != HELLO)
                or not 1000 <= m.heartbeat <= 60000000 or not 2 <= m.misses <= 100
                or m.role > 2 or m.state > 4 or m.lease > 3600000 or m.refusal == 1 or m.refusal > 10
                or (not m.key_id and any(m.tag))):
            return None, "malformed"
        m.group = name.decode("utf-8", "surrogateescape")
        m.alive = int.from_bytes(m.alive, "little")
        return m, None


def tag_of(key, data):
    """Returns the tag of a datagram that has its key_id; the tag itself counts as zero"""
    blank = data[:TAG.start] + bytes(32) + data[TAG.stop:]
    return hmac.new(key, blank, hashlib.sha256).digest()


def authentic(key_id, key, m, data):
    """Returns True if the tag is right; without a key, if there is none"""
    if not key:
        return not m.key_id
    return m.key_id == key_id and hmac.compare_digest(m.tag, tag_of(key, data))


def fnv(data):
    value = 2166136261
    for byte in data:
        value = (value ^ byte) * 16777619 & 0xffffffff
    return value


def members_hash(group, lease_ns, election, roles):
    """Returns the hash of the voters; ELECTION is 0, 1 or 2, ROLES is {id: role}"""
    data = group.encode().ljust(16, b"\0") + struct.pack(">QI", lease_ns, election)
    return fnv(data + b"".join(struct.pack(">II", i, roles[i]) for i in sorted(roles) if roles[i] < 2))


def roster_hash(ids):
    return fnv(b"".join(struct.pack(">I", i) for i in sorted(ids)))
