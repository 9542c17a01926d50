# SPDX-License-Identifier: LGPL-2.1-or-later
"""The handle: requests, waiting, and what is opened with it."""
from __future__ import annotations

import os
import weakref
from typing import Any

from . import _objects
from ._candidacy import Candidacy
from ._leadership import Leadership
from ._library import chars, error, ffi, lib, text
from ._monitor import Monitor
from ._resource import Resource


class Bully(Resource):
    """A handle for requests to the kernel module of a network namespace; a context manager.

    netns is the name of a namespace (ip-netns(8)) or a path such as /proc/PID/ns/net, which needs
    CAP_SYS_ADMIN; None is the namespace of the thread that makes the first request. One thread at
    a time may use a handle and the monitors that were opened with it.
    """

    def __init__(self, netns: str | None = None) -> None:
        self._monitors: weakref.WeakSet[Monitor] = weakref.WeakSet()
        if netns is None:
            handle = lib.bully_open()
        else:
            fd = os.open(netns if "/" in netns else f"/run/netns/{netns}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                handle = lib.bully_open_netns(fd)
                number = ffi.errno
            finally:
                os.close(fd)
        if handle == ffi.NULL:
            raise error(number, "") if netns is not None else MemoryError()
        self._object = handle

    def _free(self, obj: Any) -> None:
        for monitor in list(self._monitors):    # they use the handle
            monitor.close()
        lib.bully_close(obj)

    def check(self, number: int) -> None:
        """Raises BullyError if NUMBER, the result of a call with this handle, is an error."""
        if number:
            raise error(number, text(lib.bully_error(self.raw())))

    # ---- requests

    def groups(self) -> list[_objects.Group]:
        """Returns all groups of the namespace, sorted by name."""
        return self._get(None)

    def group(self, name: str) -> _objects.Group:
        """Returns a group; raises BullyError with ENOENT if there is none of that name."""
        return self._get(name)[0]

    def _get(self, name: str | None) -> list[_objects.Group]:
        groups, length = ffi.new("struct bully_group ***"), ffi.new("size_t *")
        self.check(lib.bully_groups_get(self.raw(), chars(name), groups, length))
        try:
            return [_objects.group(groups[0][i]) for i in range(length[0])]
        finally:
            lib.bully_groups_free(groups[0], length[0])

    def history(self, name: str) -> list[_objects.Change]:
        """Returns the last changes of the leader that the kernel keeps, the oldest first."""
        history = ffi.new("struct bully_history **")
        self.check(lib.bully_history_get(self.raw(), chars(name), history))
        try:
            return [_objects.change(history[0], i) for i in range(lib.bully_history_len(history[0]))]
        finally:
            lib.bully_history_free(history[0])

    def elect(self, name: str) -> None:
        """Starts an election; needs CAP_NET_ADMIN."""
        self.check(lib.bully_elect(self.raw(), chars(name)))

    def resign(self, name: str, to: int | None = None) -> None:
        """Gives up leadership, or hands it over to the node TO alone; needs CAP_NET_ADMIN.

        With TO this waits until that node has answered, and raises BullyError if this node leads on.
        """
        if to is None:
            self.check(lib.bully_resign(self.raw(), chars(name)))
        else:
            self.check(lib.bully_resign_to(self.raw(), chars(name), to))

    def wait_leader(self, name: str, id: int = 0, timeout: float | None = None) -> None:
        """Waits until this node knows a leader, or the leader ID; blocks the thread.

        Raises BullyTimeout after TIMEOUT seconds (0 checks once, None waits for ever).
        """
        self._wait(name, lib.BULLY_WAIT_LEADER, id, timeout)

    def wait_leads(self, name: str, timeout: float | None = None) -> None:
        """Waits until this node leads; as wait_leader()."""
        self._wait(name, lib.BULLY_WAIT_STATE, lib.BULLY_STATE_LEADER, timeout)

    def _wait(self, name: str, what: int, value: int, timeout: float | None) -> None:
        limit = -1 if timeout is None else max(0, int(timeout * 1e9))
        self.check(lib.bully_wait(self.raw(), chars(name), what, value, limit))

    # ---- what is opened with the handle

    def monitor(self, name: str | None = None) -> Monitor:
        """Opens a monitor of a group, or of all groups: an iterator, and an asynchronous one."""
        monitor = Monitor(self, name)
        self._monitors.add(monitor)
        return monitor

    def leadership(self, name: str) -> Leadership:
        """Opens the status page of a group, which says without a system call whether it leads."""
        return Leadership(self, name)

    def candidacy(self, group: str, deadline: float = 0, *, name: str = "owner", willing: bool = True) -> Candidacy:
        """Owns the candidacy of a group: the node is a candidate only while this process lives.

        Several processes own it together, each under its own NAME of 1 to 31 bytes; the node is a
        candidate while all of them are WILLING.

        With a DEADLINE in seconds (0.01 to 3600) refresh() must be called at least that often.
        Needs CAP_NET_ADMIN.
        """
        return Candidacy(self, group, deadline, name=name, willing=willing)
