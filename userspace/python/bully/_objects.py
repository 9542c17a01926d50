# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the kernel reports: groups, peers, events. All are plain values, valid for ever."""
from __future__ import annotations

import dataclasses
import datetime
import ipaddress
from typing import Any, NamedTuple

from ._library import ffi, lib, text

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """An address and a UDP port; the port is 0 if none was given."""
    address: Address
    port: int
    interface: str = ""         # of a link-local address

    def __str__(self) -> str:
        host = f"{self.address}%{self.interface}" if self.interface else str(self.address)
        return f"[{host}]:{self.port}" if self.address.version == 6 else f"{host}:{self.port}"


class Position(NamedTuple):
    """How far the data of a node's owner is. Of two positions the greater one is ahead."""
    term: int
    index: int


@dataclasses.dataclass(frozen=True)
class Peer:
    """Another node of a group. rtt is in seconds, None if it is not known.

    position is what the peer told last, None if it told none.
    """
    id: int
    address: Endpoint | None
    role: str                   # candidate, witness, observer
    state: str                  # unknown, up, down
    rtt: float | None
    position: Position | None


@dataclasses.dataclass(frozen=True)
class Group:
    """A group on this host, at the moment of the call or the event.

    leader is the id of the leader, None if none is known. epoch is the leader's epoch, the fencing
    token of quorum mode. position is the highest position of an owner of this node's candidacy,
    None if there is none. observers_now is the number of unlisted observers that have a place here,
    None if this node answers none; asked is the voter that this unlisted observer asks, None on
    other nodes. The words are those of bullyctl(8).
    """
    name: str
    id: int
    state: str                  # init, election, waiting, follower, leader
    leader: int | None
    epoch: int
    reason: str                 # of the last change
    role: str
    quorum: str                 # off, majority
    election: str               # bully, raft
    priority: int
    effective_priority: int     # less the weights of owners that are not ok
    candidate: str              # on, off, owner
    link: str
    heartbeat: float            # seconds
    position: Position | None
    observers: int              # places for unlisted observers
    observers_now: int | None
    unlisted: bool              # this node is an unlisted observer
    asked: int | None
    peers: tuple[Peer, ...]     # empty in events other than snapshots

    @property
    def leads(self) -> bool:
        """True if this node led then. Ask Leadership.is_leader() for permission to act."""
        return self.state == "leader"


@dataclasses.dataclass(frozen=True)
class Change:
    """A change of a group's leader or of its epoch, as this node saw it.

    wall is what this host's wall clock showed, with a time zone (UTC). leader is None if there was
    no leader afterwards.
    """
    wall: datetime.datetime
    leader: int | None
    epoch: int
    state: str                  # of this node after the change
    reason: str


@dataclasses.dataclass(frozen=True)
class Event:
    """An event of a monitor.

    type is snapshot, resync, group-new, group-del, config, leader, state or peer. cause is the
    cause of a resync, else "none". module is False while the kernel module is not loaded.
    """
    type: str
    cause: str
    module: bool
    group: Group | None
    peer: Peer | None


def _endpoint(addr: Any) -> Endpoint | None:
    if addr == ffi.NULL or not addr.family:
        return None
    size = 4 if addr.family == 4 else 16
    return Endpoint(ipaddress.ip_address(bytes(addr.bytes[0:size])), addr.port, text(addr.scope_name))


def _position(term: int, index: int) -> Position | None:
    return Position(term, index) if term or index else None


def peer(p: Any) -> Peer:
    def get(attr: int) -> int:
        return lib.bully_peer_get(p, attr)

    rtt = get(lib.BULLY_A_PEER_RTT) / 1e9 if lib.bully_peer_has(p, lib.BULLY_A_PEER_RTT) else None
    return Peer(id=get(lib.BULLY_A_PEER_ID), address=_endpoint(lib.bully_peer_addr(p)),
                role=text(lib.bully_role_name(get(lib.BULLY_A_PEER_ROLE))),
                state=text(lib.bully_peer_state_name(get(lib.BULLY_A_PEER_STATE))), rtt=rtt,
                position=_position(get(lib.BULLY_A_PEER_POSITION_TERM), get(lib.BULLY_A_PEER_POSITION_INDEX)))


def group(g: Any) -> Group:
    def get(attr: int) -> int:
        return lib.bully_group_get(g, attr)

    def known(attr: int) -> int | None:
        return get(attr) if lib.bully_group_has(g, attr) else None

    return Group(
        name=text(lib.bully_group_name(g)), id=get(lib.BULLY_A_GROUP_ID),
        state=text(lib.bully_state_name(get(lib.BULLY_A_GROUP_STATE))),
        leader=get(lib.BULLY_A_GROUP_LEADER) or None, epoch=get(lib.BULLY_A_GROUP_EPOCH),
        reason=text(lib.bully_reason_name(get(lib.BULLY_A_GROUP_REASON))),
        role=text(lib.bully_role_name(get(lib.BULLY_A_GROUP_ROLE))),
        quorum=text(lib.bully_quorum_name(get(lib.BULLY_A_GROUP_QUORUM))),
        election=text(lib.bully_election_name(get(lib.BULLY_A_GROUP_ELECTION))),
        priority=get(lib.BULLY_A_GROUP_PRIORITY),
        effective_priority=get(lib.BULLY_A_GROUP_EFFECTIVE_PRIORITY),
        candidate=text(lib.bully_candidate_name(get(lib.BULLY_A_GROUP_CANDIDATE))),
        link=text(lib.bully_link_name(get(lib.BULLY_A_GROUP_LINK))),
        heartbeat=get(lib.BULLY_A_GROUP_HEARTBEAT) / 1e9,
        position=_position(get(lib.BULLY_A_GROUP_POSITION_TERM), get(lib.BULLY_A_GROUP_POSITION_INDEX)),
        observers=get(lib.BULLY_A_GROUP_OBSERVERS), observers_now=known(lib.BULLY_A_GROUP_OBSERVERS_NOW),
        unlisted=bool(get(lib.BULLY_A_GROUP_UNLISTED)), asked=known(lib.BULLY_A_GROUP_ASKED),
        peers=tuple(peer(lib.bully_group_peer(g, i)) for i in range(lib.bully_group_peers(g))))


def event(ev: Any) -> Event:
    g, p = lib.bully_event_group(ev), lib.bully_event_peer(ev)
    return Event(type=text(lib.bully_event_name(lib.bully_event_type(ev))),
                 cause=text(lib.bully_cause_name(lib.bully_event_cause(ev))),
                 module=lib.bully_event_module(ev),
                 group=group(g) if g != ffi.NULL else None, peer=peer(p) if p != ffi.NULL else None)


def change(h: Any, i: int) -> Change:
    def get(attr: int) -> int:
        return lib.bully_history_number(h, i, attr)

    return Change(wall=datetime.datetime.fromtimestamp(get(lib.BULLY_A_CHANGE_WALL) / 1e9, datetime.timezone.utc),
                  leader=get(lib.BULLY_A_CHANGE_LEADER) or None, epoch=get(lib.BULLY_A_CHANGE_EPOCH),
                  state=text(lib.bully_state_name(get(lib.BULLY_A_CHANGE_STATE))),
                  reason=text(lib.bully_reason_name(get(lib.BULLY_A_CHANGE_REASON))))
