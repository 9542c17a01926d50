# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events."""
from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from . import _objects
from ._library import chars, ffi, lib
from ._resource import Resource

if TYPE_CHECKING:
    from ._client import Bully

POLL = 1.0      # seconds: while the module is absent, the notice of its return may get lost


class Monitor(Resource):
    """The events of one group or of all groups; an iterator, and an asynchronous one.

    It begins with a snapshot of each group and reports every gap as an event "resync", which new
    snapshots follow. It survives the removal of the module, and waits for its return. It uses the
    handle that it was opened with: another thread needs a handle of its own.
    """

    def __init__(self, b: Bully, name: str | None = None) -> None:
        self._b = b                     # the handle outlives its monitors
        monitor = ffi.new("struct bully_monitor **")
        b.check(lib.bully_monitor_open(b.raw(), chars(name), monitor))
        self._object = monitor[0]

    def _free(self, obj: Any) -> None:
        lib.bully_monitor_close(obj)

    def fileno(self) -> int:
        """Returns a descriptor that is readable if there may be an event."""
        return lib.bully_monitor_fd(self.raw())

    def next(self, timeout: float | None = None) -> _objects.Event | None:
        """Waits up to TIMEOUT seconds for an event, for ever if it is None; None if none came."""
        event = ffi.new("const struct bully_event **")
        limit = -1 if timeout is None else max(0, int(timeout * 1000))
        self._b.check(lib.bully_monitor_next(self.raw(), limit, event))
        return _objects.event(event[0]) if event[0] != ffi.NULL else None

    def __iter__(self) -> Monitor:
        return self

    def __next__(self) -> _objects.Event:
        while True:
            event = self.next(POLL)     # a signal of Python is handled between two waits
            if event:
                return event

    def __aiter__(self) -> Monitor:
        return self

    async def __anext__(self) -> _objects.Event:
        loop = asyncio.get_running_loop()
        while True:
            event = self.next(0)
            if event:
                return event
            readable = loop.create_future()
            loop.add_reader(self.fileno(), lambda f=readable: f.done() or f.set_result(None))
            try:
                await asyncio.wait([readable], timeout=POLL)
            finally:
                loop.remove_reader(self.fileno())
