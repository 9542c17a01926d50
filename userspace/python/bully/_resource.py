# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the handle, a monitor and a status page have in common."""
from __future__ import annotations

from typing import Any, TypeVar

from ._library import ffi

Self = TypeVar("Self", bound="Resource")


class Resource:
    """An object of the library that is closed once; a context manager."""

    _object: Any = ffi.NULL

    def _free(self, obj: Any) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Frees the object; a second call does nothing."""
        obj, self._object = self._object, ffi.NULL
        if obj != ffi.NULL:
            self._free(obj)

    def raw(self) -> Any:
        """Returns the library's object; raises ValueError if it is closed."""
        if self._object == ffi.NULL:
            raise ValueError(f"this {type(self).__name__} is closed")
        return self._object

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()
