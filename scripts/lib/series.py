# SPDX-License-Identifier: GPL-2.0-only
"""Runs several scripts one after another in one guest, and judges and counts each separately.

A script must clean up. A script that does not, or that spoils the guest in another way, is
named, and the rest run in a fresh guest."""

import re
import sys
import time

import verdict
from guest import tell_still
from prepare import Trouble, note

COUNTS = re.compile(r"(\d+) passed, (\d+) failed, (\d+) skipped$")
# Each script has an empty folder of its own.
WRAPPER = 'folder=$(mktemp -d -p /tmp/scratch) && cd "$folder" && exec "$@"'


class Printer:
    """Prints a script's output. The script's sum becomes a comment, because the series has its own."""

    def __init__(self):
        self.rest = {"O": b"", "E": b""}
        self.counts = None
        self.ok = self.bad = 0

    def take(self, stream, data):
        *lines, self.rest[stream] = (self.rest[stream] + data).split(b"\n")
        for line in lines:
            self.line(line.decode(errors="replace"))

    def line(self, text):
        found = COUNTS.match(text)
        if found:
            self.counts = tuple(map(int, found.groups()))
            text = "# " + text
        self.ok += text.startswith("ok - ")
        self.bad += text.startswith("not ok - ")
        print(text, flush=True)

    def end(self):
        for data in self.rest.values():
            if data:
                self.line(data.decode(errors="replace"))


class Series:
    """BOOT returns a guest that is up; SCRIPTS are names with commands; each may take SECONDS."""

    def __init__(self, boot, scripts, env, seconds):
        self.boot, self.scripts, self.env, self.seconds = boot, scripts, env, seconds
        self.guest = None
        self.before = None          # the output of scripts/guest/state before the script
        self.total = [0, 0, 0]

    def run(self):
        """Runs all scripts; returns 0 if nothing failed."""
        for name, words in self.scripts:
            if not self.guest:
                self.guest = self.boot()
                self.before = self.state()
            self.one(name, words)
        passed, failed, skipped = self.total
        print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
        return 1 if failed else 0

    def end(self):
        if self.guest:
            self.guest.kill()
            self.guest = None

    def one(self, name, words):
        print(f"# ==== {name}", flush=True)
        begin = time.monotonic()
        printer = Printer()
        job = self.guest.run(["bash", "-c", WRAPPER, "bash", *words], self.env, printer.take)
        hung = not job.done.wait(self.seconds)
        wrong = self.judge(job, hung)
        printer.end()
        passed, failed, skipped = printer.counts or (printer.ok, printer.bad, 0)
        if not wrong and job.status and not failed:
            failed += 1
            print(f"not ok - {name}: it ended with status {job.status}{'' if printer.counts else ' before its sum'}")
        elif not wrong and not printer.counts and not passed + failed:
            passed = 1          # a script without counts is one test
        if wrong:
            failed += 1
            print(f"not ok - {name}: {wrong[0]}")
            for line in wrong[1:]:
                print(f"# {line}")
        still = tell_still(self.guest) if not wrong else self.guest.still
        self.total = [a + b for a, b in zip(self.total, (passed, failed, skipped))]
        # tests/check reads this line
        print(f"# {name}: {passed} passed, {failed} failed, {skipped} skipped, {time.monotonic() - begin:.0f} s,"
              f" still {still} ms", flush=True)
        if wrong:
            self.renew(name)

    def state(self):
        said = self.guest.collect("R", ["/run/bully-vm/state"], 60)
        if said is None:
            raise Trouble(f"guest {self.guest.name} does not say what is in it")
        return said.splitlines()

    def judge(self, job, hung):
        """Returns what the script did to the guest that is not allowed: sentences."""
        if hung:
            self.guest.send("S", 0, b"wl")      # the log shows where it hangs
            self.guest.died.wait(3)
            return [f"it hangs: not done after {self.seconds:g} s"]
        if job.status is None:
            return ["the guest died while it ran"] + self.guest.health()
        self.guest.stood_still()
        wrong = self.guest.health()
        if wrong:
            return wrong
        after = self.state()
        left = [f"it leaves behind: {line}" for line in after if line not in self.before]
        return left + [f"it takes away: {line}" for line in self.before if line not in after]

    def renew(self, name):
        note(f"{name} has spoiled the guest; the end of the console:")
        print(verdict.tail(self.guest.console(), 40), file=sys.stderr, flush=True)
        if name != self.scripts[-1][0]:
            note("the rest run in a fresh one")
        self.end()
