# SPDX-License-Identifier: LGPL-2.1-or-later
"""May this node act as the leader now?"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._library import chars, ffi, lib

if TYPE_CHECKING:
    from ._client import Bully


class Leadership:
    """The status page of a group; a context manager.

    Any number of threads may ask; one thread opens, acknowledges and closes. An open page keeps the
    module loaded.
    """

    def __init__(self, b: Bully, name: str) -> None:
        self._page: Any = ffi.NULL
        page = ffi.new("struct bully_leadership **")
        b.check(lib.bully_leadership_open(b.raw(), chars(name), page))
        self._page = page[0]

    def close(self) -> None:
        page, self._page = self._page, ffi.NULL
        if page != ffi.NULL:
            lib.bully_leadership_close(page)

    def __enter__(self) -> Leadership:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _open(self) -> Any:
        if self._page == ffi.NULL:
            raise ValueError("this status page is closed")
        return self._page

    def is_leader(self) -> bool:
        """Returns True if this node leads now; in quorum mode its lease is valid."""
        return lib.bully_is_leader(self._open())

    def epoch(self) -> int:
        """Returns the epoch with which this node leads now, or 0: the fencing token in quorum mode."""
        return lib.bully_epoch(self._open())

    def gone(self) -> bool:
        """Returns True if the page is updated no more, for example because the group was deleted:
        close it and open it anew."""
        return lib.bully_leadership_gone(self._open())

    def is_cheap(self) -> bool:
        """Returns True if is_leader() and epoch() make no system call on this host now."""
        return lib.bully_leadership_is_cheap(self._open())

    def fileno(self) -> int:
        """Returns a descriptor that is readable if something may have changed since ack()."""
        return lib.bully_leadership_fd(self._open())

    def ack(self) -> None:
        """Call this before you look, when fileno() is readable."""
        lib.bully_leadership_ack(self._open())
