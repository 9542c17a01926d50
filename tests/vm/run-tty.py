#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""run-tty.py - tests bullyctl run on a terminal, under a shell with job control

usage: run-tty.py [--held] COMMAND...

COMMAND runs ./listen, which writes the signals that it gets to ./heard. With --held
bullyctl must not stop after ^Z, but continue ./listen, which writes CONT, too. This script
makes a terminal. In its session a small shell starts COMMAND as its foreground job, and
keys are typed. Prints what went wrong, if anything did.
"""
import os
import pty
import select
import signal
import sys
import time

LIMIT = 60


def until(what, true):
    """Waits until TRUE() is true; fails with the message WHAT if it stays false."""
    end = time.monotonic() + LIMIT
    while not true():
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.05)


def state(pid):
    with open("/proc/%d/stat" % pid, encoding="ascii", errors="replace") as f:
        return f.read().rpartition(")")[2].split()[0]


def heard():
    try:
        with open("heard", encoding="ascii") as f:
            return f.read().split()
    except FileNotFoundError:
        return None


def check(what, true):
    if not true:
        raise AssertionError(what)


def stop(job, child):
    """After ^Z: bullyctl stops with its command, and both continue."""
    _, status = os.waitpid(job, os.WUNTRACED)
    check("^Z does not stop bullyctl", os.WIFSTOPPED(status))
    check("^Z does not stop the command", state(child) == "T")
    check("bullyctl stops without having its terminal back", os.tcgetpgrp(0) == job)
    os.tcsetpgrp(0, os.getpgrp())
    time.sleep(0.2)

    os.tcsetpgrp(0, job)            # fg
    os.killpg(job, signal.SIGCONT)
    until("fg does not give the terminal to the command", lambda: os.tcgetpgrp(0) == child)
    until("fg does not continue the command", lambda: state(child) != "T")


def hold(job, child):
    """After ^Z: bullyctl does not stop, and continues its command."""
    until("the command is not continued after ^Z", lambda: heard() == ["INT", "CONT"])
    check("^Z stops bullyctl", os.waitpid(job, os.WUNTRACED | os.WNOHANG) == (0, 0))
    check("the command does not keep the terminal", os.tcgetpgrp(0) == child)


def shell(command, keys):
    """Does what a shell does with a job; KEYS is the descriptor for the keys to type."""
    held = command[0] == "--held"
    command = command[held:]
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if not job:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    until("the command is not started", lambda: heard() is not None)
    child = os.tcgetpgrp(0)
    check("the command does not have the terminal", child not in (job, os.getpgrp()))
    os.write(keys, b"\x03")
    until("^C is not heard", lambda: heard() == ["INT"])

    os.write(keys, b"\x1a")
    (hold if held else stop)(job, child)
    so_far = ["INT", "CONT", "QUIT"] if held else ["INT", "QUIT"]
    os.write(keys, b"\x1c")
    until("^\\ is not heard", lambda: heard() == so_far)

    os.kill(job, signal.SIGTERM)
    _, status = os.waitpid(job, 0)
    check("the status is %r, not 4" % status, os.WIFEXITED(status) and os.WEXITSTATUS(status) == 4)
    check("bullyctl ends without having its terminal back", os.tcgetpgrp(0) == job)
    check("heard %s" % heard(), heard() == so_far + ["TERM"])


def main():
    if os.path.exists("heard"):
        os.unlink("heard")
    asked, keys = os.pipe()
    failed, why = os.pipe()
    pid, terminal = pty.fork()
    if not pid:
        status = 0
        try:
            shell(sys.argv[1:], keys)
        except (AssertionError, OSError) as error:
            os.write(why, str(error).encode())
            status = 1
        os._exit(status)
    os.close(keys)
    os.close(why)
    while True:
        ready, _, _ = select.select([asked, terminal], [], [], 2 * LIMIT)
        if asked in ready:
            typed = os.read(asked, 16)
            if not typed:
                break
            os.write(terminal, typed)
        elif not ready:
            print("nothing happens")
            return 1
        else:
            try:
                os.read(terminal, 4096)
            except OSError:         # no process has the terminal any more
                break
    print(os.read(failed, 4096).decode(), end="")
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
