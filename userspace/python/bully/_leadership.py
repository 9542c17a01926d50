# SPDX-License-Identifier: LGPL-2.1-or-later
"""May this node act as the leader now?"""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._library import chars, ffi, lib
from ._resource import Resource

if TYPE_CHECKING:
    from ._client import Bully


class Leadership(Resource):
    """The status page of a group; a context manager.

    Any number of threads may ask; one thread opens, acknowledges and closes. An open page keeps the
    module loaded.
    """

    def __init__(self, b: Bully, name: str) -> None:
        page = ffi.new("struct bully_leadership **")
        b.check(lib.bully_leadership_open(b.raw(), chars(name), page))
        self._object = page[0]

    def _free(self, obj: Any) -> None:
        lib.bully_leadership_close(obj)

    def is_leader(self) -> bool:
        """Returns True if this node leads now; in quorum mode its lease is valid."""
        return lib.bully_is_leader(self.raw())

    def epoch(self) -> int:
        """Returns the epoch with which this node leads now, or 0: the fencing token in quorum mode."""
        return lib.bully_epoch(self.raw())

    def gone(self) -> bool:
        """Returns True if the page is no longer updated, for example because the group was deleted:
        close it and open it again."""
        return lib.bully_leadership_gone(self.raw())

    def is_cheap(self) -> bool:
        """Returns True if is_leader() and epoch() make no system call on this host now."""
        return lib.bully_leadership_is_cheap(self.raw())

    def fileno(self) -> int:
        """Returns a descriptor that is readable if something may have changed since ack()."""
        return lib.bully_leadership_fd(self.raw())

    def ack(self) -> None:
        """Call this before you look, when fileno() is readable."""
        lib.bully_leadership_ack(self.raw())
