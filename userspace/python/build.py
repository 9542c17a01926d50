#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""build.py UAPI LIB FILE: makes FILE, the module _cffi, from libbully.h.

UAPI and LIB are the folders of bully.h and libbully.h, the only source of the declarations. The
C preprocessor ($CC) resolves them without the standard headers, as cffi knows their types.
"""
import os
import subprocess
import sys
import tempfile

import cffi


def declarations(uapi, lib):
    with tempfile.TemporaryDirectory() as none:
        for name in ("stdbool.h", "stddef.h", "stdint.h"):
            with open(os.path.join(none, name), "w", encoding="ascii"):
                pass
        out = subprocess.run([os.environ.get("CC") or "cc", "-E", "-P", "-nostdinc", "-I" + none, "-I" + uapi, "-x", "c",
                              os.path.join(lib, "libbully.h")], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in out.splitlines() if not line.startswith("#"))


def main():
    uapi, lib, path = sys.argv[1:]
    ffi = cffi.FFI()
    ffi.set_source("bully._cffi", None)
    ffi.cdef(declarations(uapi, lib))
    ffi.emit_python_code(path)


main()
