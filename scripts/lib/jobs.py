# SPDX-License-Identifier: GPL-2.0-only
"""Runs commands at the same time, each in its own process group, and ends them."""

import os
import signal
import subprocess
import threading
import time

import interrupts


class Jobs:
    """The commands that were started, until forget()."""

    def __init__(self, folder, grace):
        self.folder = folder        # where the commands run
        self.grace = grace          # seconds that a command has to end its own processes
        self.lock = threading.Lock()
        self.running = set()
        self.closed = False         # interrupted: no command starts any more

    def start(self, command, **how):
        """Starts COMMAND; returns its process, or None after end()."""
        with interrupts.unbroken(), self.lock:
            if self.closed:
                return None
            proc = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, **how)
            self.running.add(proc)
            return proc

    def forget(self, proc):
        with self.lock:
            self.running.discard(proc)

    def end(self):
        """Ends all commands; none can be started afterwards."""
        with self.lock:
            self.closed = True
            procs = list(self.running)
        end_groups(procs, self.grace)


def send(procs, number):
    """Sends a signal to the process groups of PROCS; returns those whose group still exists."""
    there = []
    for proc in procs:
        proc.poll()
        try:
            os.killpg(proc.pid, number)
            there.append(proc)
        except ProcessLookupError:
            pass
    return there


def end_groups(procs, seconds):
    """Ends the process groups of PROCS; returns when none of their processes is left."""
    end = time.monotonic() + seconds
    left = send(procs, signal.SIGTERM)
    while left and time.monotonic() < end:
        time.sleep(0.1)
        left = send(left, 0)
    left = send(left, signal.SIGKILL)
    while left and time.monotonic() < end + seconds:    # they take a moment to die
        time.sleep(0.1)
        left = send(left, 0)


class Progress:
    """The processor time of a process that leads a session, and of all processes of the session."""

    LOOK = 10   # seconds between two looks, which read all of /proc

    def __init__(self, proc):
        self.session = proc.pid
        self.seconds = 0
        self.since = self.looked = time.monotonic()

    def look(self):
        """Returns the processor seconds, and the time at which they were last seen to change."""
        now = time.monotonic()
        if now - self.looked >= self.LOOK:
            seconds = self.count()
            if abs(seconds - self.seconds) > 0.1:
                self.seconds, self.since = seconds, now
            self.looked = now
        return self.seconds, self.since

    def count(self):
        ticks = 0
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                    fields = f.read().rsplit(")", 1)[1].split()
            except (OSError, IndexError):       # it has ended
                continue
            if int(fields[3]) == self.session:
                ticks += sum(map(int, fields[11:15]))       # with those of children that were waited for
        return ticks / os.sysconf("SC_CLK_TCK")


def wait(proc, end):
    """Returns the status of PROC, and the processor seconds of PROC and its children. The
    status is None if PROC has not ended by END, a function that returns the time."""
    while time.monotonic() < end():
        try:
            pid, status, used = os.wait4(proc.pid, os.WNOHANG)
        except ChildProcessError:   # end() has waited for it
            return proc.poll() or 1, 0
        if pid:
            proc.returncode = os.waitstatus_to_exitcode(status)
            return proc.returncode, used.ru_utime + used.ru_stime
        time.sleep(0.2)
    return None, 0
