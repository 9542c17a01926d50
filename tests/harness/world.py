# SPDX-License-Identifier: GPL-2.0-only
"""Provides the tests of the harness with a copy of scripts/ with stubs, and counts the results."""

import fcntl
import os
import shutil
import signal
import textwrap
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
PASSED, FAILED = [], []

def result(name, wrong):
    """Prints a result; WRONG is a sentence, or empty for a success."""
    (FAILED if wrong else PASSED).append(name)
    print(f"not ok - {name}: {wrong}" if wrong else f"ok - {name}", flush=True)


class World:
    """A copy of scripts/ with its own cache, and a PATH with stubs.
    Its processes are known by a word in their environment."""

    def __init__(self, top):
        self.top = Path(top)
        self.tree = self.top / "tree"
        self.cache = self.top / "cache"
        shutil.copytree(TOP / "scripts", self.tree / "scripts")
        for folder in ("kmod", "userspace", "bin"):
            (self.tree / folder).mkdir()
        (self.tree / "Kbuild").touch()
        (self.tree / "userspace" / "Makefile").touch()
        self.env = dict(os.environ, BULLY_CACHE=str(self.cache), HARNESS_TEST=str(self.top),
                        PATH=f"{self.tree}/bin:{os.environ['PATH']}")

    def script(self, name, text):
        path = self.tree / name
        path.write_text("#!/bin/bash\n" + textwrap.dedent(text))
        path.chmod(0o755)

    def processes(self):
        """Returns the live processes that were started here."""
        mark = f"HARNESS_TEST={self.top}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
                    if state != "Z":
                        found.append(int(entry.name))
            except OSError:
                pass
        return found

    def is_free(self, pattern):
        """Returns true if the lock could be taken."""
        for path in (self.cache / "lock").glob(pattern):
            with open(path, "a", encoding="ascii") as f:
                try:
                    fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
        return True

    def clear(self):
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


# A build like that of make, with three processes: one ends at once, one needs a second to
# clean up, one ignores Ctrl-C. The build makes a file when it runs.
ENDLESS = """
    sleep 300 &
    (trap '' INT; sleep 300) &
    (trap 'sleep 1; exit 1' TERM; touch "$HARNESS_TEST/builds"; while :; do sleep 0.1; done) &
    wait
"""


def until(condition, seconds):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def left(world, proc):
    return [pid for pid in world.processes() if pid != proc.pid]
