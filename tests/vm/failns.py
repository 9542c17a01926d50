#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes network namespaces and lets one allocation after another fail, the last ones first:
bully's part is set up late, and a late failure has the most to undo.
Needs a kernel with /proc/self/fail-nth; failslab.sh runs this in a guest.

Prints how many attempts failed, how many succeeded, and the number of allocations. A crash
fails the guest's verdict.
"""

import ctypes
import os
import sys

CLONE_NEWNET = 0x40000000
LAST = int(sys.argv[1])         # how many of the last allocations
LIBC = ctypes.CDLL(None, use_errno=True)


def attempt(nth):
    """Lets the NTH allocation fail; returns the rest of the count, and 1 if the namespace was refused."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        fd = os.open("/proc/thread-self/fail-nth", os.O_RDWR)
        os.write(fd, b"%d" % nth)
        refused = LIBC.unshare(CLONE_NEWNET)
        left = int(os.pread(fd, 32, 0).rstrip(b"\0\n"))
        os.write(fd, b"0")
        os.write(write, b"%d %d" % (left, -refused))
        os._exit(0)
    os.close(write)
    answer = os.read(read, 64)
    os.close(read)
    os.waitpid(child, 0)
    return tuple(map(int, answer.split()))


def main():
    many = 1000000
    left, refused = attempt(many)
    if refused:
        raise SystemExit("a namespace cannot even be made without a fault")
    total = many - left
    failed = done = 0
    for nth in range(total, max(0, total - LAST), -1):
        left, refused = attempt(nth)
        failed += refused
        done += not refused
    # not every attempt is refused: some allocations are optional, and some belong to other code
    print(f"{failed} {done} {total}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
