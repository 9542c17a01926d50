# SPDX-License-Identifier: LGPL-2.1-or-later
"""Binds a group's candidacy to this process."""
from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ._library import BullyError, chars, error, ffi, lib, text

if TYPE_CHECKING:
    from ._client import Bully


class Candidacy:
    """The ownership of a group's candidacy; a context manager, and an asynchronous one.

    Up to 8 processes own a candidacy together, each under its own name; the node is a candidate
    while all of them are willing. The node resigns at once when the process ends in any way, when
    the block is left, or when refresh() comes too late. An owner with a weight, 1 to 255, instead
    lowers the node's priority by it while it is unwilling, late or gone. As an asynchronous context
    manager it refreshes from the event loop, four times in a deadline: a loop that hangs misses the
    deadline. lost is then set to the error.
    """

    def __init__(self, b: Bully, group: str, deadline: float = 0, *, name: str = "owner",
                 willing: bool = True, weight: int = 0) -> None:
        self._candidacy: Any = ffi.NULL
        self._deadline = deadline
        self._pid = os.getpid()
        self._task: asyncio.Task[None] | None = None
        self.lost: asyncio.Future[BullyError] | None = None
        own = ffi.new("struct bully_candidacy **")
        b.check(lib.bully_candidacy_own_weight(b.raw(), chars(group), chars(name), weight,
                                               int(deadline * 1e9), willing, own))
        self._candidacy = own[0]

    def release(self) -> None:
        """Resigns, and gives the candidacy back. In a forked child it does nothing.

        The owner is missed: the node is a candidate again only when a process owns under this name.
        """
        self._end(lib.bully_candidacy_release)

    def forget(self) -> None:
        """As release(), but the owner is not missed: the other owners decide without it."""
        self._end(lib.bully_candidacy_forget)

    def _end(self, end: Callable[[Any], None]) -> None:
        candidacy, self._candidacy = self._candidacy, ffi.NULL
        if candidacy != ffi.NULL and self._pid == os.getpid():
            end(candidacy)

    def refresh(self) -> None:
        """Tells the kernel that the owner is alive.

        Raises BullyError: ESTALE if the call came too late and this process owns nothing any more,
        ENOENT if the group is gone, ENOPKG if the module was unloaded.
        """
        self._check(lib.bully_candidacy_refresh(self._raw()))

    def set_willing(self, willing: bool) -> None:
        """Says from now on whether the owner wants the node to be a candidate, and refreshes.

        A node with an owner that is not willing resigns at once. Raises BullyError as refresh().
        """
        self._check(lib.bully_candidacy_set_willing(self._raw(), willing))

    def set_position(self, term: int, index: int) -> None:
        """Says from now on how far the owner's data is, and refreshes.

        The higher term is ahead, and with equal terms the higher index; both 0: no position. It
        ends with the candidacy. Raises BullyError as refresh().
        """
        self._check(lib.bully_candidacy_set_position(self._raw(), term, index))

    def _raw(self) -> Any:
        if self._candidacy == ffi.NULL:
            raise ValueError("this candidacy is released")
        return self._candidacy

    def _check(self, number: int) -> None:
        if number and number != -errno.EAGAIN:      # the answer was lost: the next call knows
            raise error(number, text(lib.bully_candidacy_error(self._candidacy)))

    def __del__(self) -> None:
        self.release()

    def __enter__(self) -> Candidacy:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    async def __aenter__(self) -> Candidacy:
        self.lost = asyncio.get_running_loop().create_future()
        if self._deadline:
            self._task = asyncio.create_task(self._refresh())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        self.release()

    async def _refresh(self) -> None:
        while True:
            try:
                self.refresh()
            except BullyError as why:
                if self.lost and not self.lost.done():
                    self.lost.set_result(why)
                return
            await asyncio.sleep(self._deadline / 4)
