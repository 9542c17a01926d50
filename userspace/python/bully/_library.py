# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loads libbully.so.0 and turns its errors into exceptions."""
from __future__ import annotations

import errno
import os
from typing import Any

from ._cffi import ffi          # made by userspace/python/build.py

lib: Any = ffi.dlopen("libbully.so.0")


class BullyError(OSError):
    """A call of libbully failed: errno says how, and the text says why (libbully(3))."""


class BullyTimeout(BullyError, TimeoutError):
    """A wait was over before its condition was true."""


def text(chars: Any) -> str:
    """Returns a C string. Names of groups are bytes that need not be UTF-8."""
    return ffi.string(chars).decode("utf-8", "surrogateescape")


def chars(name: str | None) -> Any:
    return ffi.NULL if name is None else name.encode("utf-8", "surrogateescape")


def error(number: int, why: str) -> BullyError:
    number = -number if number < 0 else number
    return (BullyTimeout if number == errno.ETIMEDOUT else BullyError)(number, why or os.strerror(number))
