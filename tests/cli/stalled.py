#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a command with a full pipe, which is not read, as one of its outputs.

  stalled.py 1|2 FILE COMMAND...   sends TERM when FILE exists; reads and prints the pipe
                                   only after the command's end

Its status is that of the command, or 99 if FILE did not appear or TERM had no effect.
"""

import fcntl
import os
import subprocess
import sys
import time

LIMIT_S = 30


def fill(fd):
    # non-blocking only here; the command gets a pipe that blocks
    os.set_blocking(fd, False)
    filled = 0
    try:
        while True:
            filled += os.write(fd, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(fd, True)
    return filled


def main():
    which, file, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    filled = fill(writer)
    with subprocess.Popen(command, **{"stdout" if which == 1 else "stderr": writer}) as child:
        os.close(writer)
        end = time.monotonic() + LIMIT_S
        while not os.path.exists(file) and time.monotonic() < end:
            time.sleep(0.05)
        child.terminate()
        try:
            status = child.wait(LIMIT_S) if os.path.exists(file) else 99
        except subprocess.TimeoutExpired:
            status = 99
        if status == 99:
            child.kill()
    with os.fdopen(reader, "rb") as rest:
        sys.stdout.buffer.write(rest.read()[filled:])
    return status


sys.exit(main())
