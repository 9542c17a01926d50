#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs a program on a terminal and checks what it draws.

  terminal.py ROWSxCOLS STEP... -- COMMAND [ARG]...

  wait TEXT        waits until the screen has TEXT
  line N TEXT      waits until line N, from 1, begins with TEXT
  gone TEXT        waits until the screen does not have TEXT
  keys TEXT        types TEXT
  resize ROWSxCOLS changes the size and signals it to the program
  signal NAME      sends TERM, HUP, ...
  stopped          waits until the program is stopped, as by ^Z; then continues it
  full             checks that the frame has not scrolled the screen
  print            prints the screen with the sequences of its colours
  ends STATUS      waits until the program ends; then the terminal must be restored

Status 0 if all steps succeeded; else 1, and the screen is printed.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

import pyte

LIMIT = 60
COLOURS = {"default": [], "red": ["31"], "green": ["32"], "brown": ["33"]}


class Terminal:
    def __init__(self, rows, cols, command):
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.status = None
        go, ready = os.pipe()
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.close(ready)
            os.read(go, 1)          # waits until the size is set
            os.environ["TERM"] = os.environ.get("TERM_FOR_TEST", "xterm")
            os.execvp(command[0], command)
        self.size(rows, cols)
        self.before = termios.tcgetattr(self.fd)
        os.close(go)
        os.close(ready)

    def size(self, rows, cols):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def read(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        try:
            data = os.read(self.fd, 65536)
        except OSError:             # the other end is closed
            time.sleep(0.02)
            return
        self.raw += data
        self.stream.feed(data)

    def until(self, what, condition):
        end = time.monotonic() + LIMIT
        while not condition():
            if time.monotonic() > end:
                raise SystemExit("%s: it did not come true\n%s" % (what, self.shown()))
            self.read(0.05)

    def shown(self):
        return "\n".join("|" + line for line in self.screen.display)

    def coloured(self):
        """Returns the lines of the screen, without empty ones at its end, as they are sent to a terminal."""
        lines = []
        for row in range(self.screen.lines):
            line, before = "", []
            for col in range(self.screen.columns):
                char = self.screen.buffer[row][col]
                now = ["1"] * char.bold + ["7"] * char.reverse + COLOURS[char.fg]
                if now != before:
                    line += "\033[0m" if not now else "\033[0;%sm" % ";".join(now)
                line, before = line + char.data, now
            lines.append((line + "\033[0m" * bool(before)).rstrip())
        while lines and not lines[-1]:
            lines.pop()
        return "\n".join(lines)

    def has(self, text):
        return any(text in line for line in self.screen.display)

    def ended(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def is_stopped(self):
        with open("/proc/%d/stat" % self.pid, encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "T"

    def restored(self):
        """Returns what the program did not restore (buffer, cursor, settings), or None."""
        if b"\033[?1049h" in self.raw:
            if self.raw.rfind(b"\033[?1049l") < self.raw.rfind(b"\033[?1049h"):
                return "it has not left the other buffer"
            if self.raw.rfind(b"\033[?25h") < self.raw.rfind(b"\033[?25l"):
                return "the cursor is hidden"
        if termios.tcgetattr(self.fd) != self.before:
            return "the terminal's settings are others"
        return None

    def step(self, word, rest):
        if word == "wait":
            text = rest.pop(0)
            self.until("wait " + text, lambda: self.has(text))
        elif word == "line":
            number, text = int(rest.pop(0)), rest.pop(0)
            self.until("line %d %s" % (number, text),
                       lambda: self.screen.display[number - 1].startswith(text))
        elif word == "gone":
            text = rest.pop(0)
            self.until("gone " + text, lambda: not self.has(text))
        elif word == "keys":
            os.write(self.fd, rest.pop(0).encode())
        elif word == "resize":
            rows, cols = map(int, rest.pop(0).split("x"))
            self.screen.resize(rows, cols)
            self.screen.reset()
            self.size(rows, cols)
        elif word == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + rest.pop(0)))
        elif word == "stopped":
            self.until("stopped", self.is_stopped)
            # earlier output may still arrive
            end = time.monotonic() + LIMIT
            while self.restored() and time.monotonic() < end:
                self.read(0.05)
            wrong = self.restored()
            if wrong:
                raise SystemExit("stopped: " + wrong)
            os.kill(self.pid, signal.SIGCONT)
        elif word == "full":
            if not self.screen.display[0].startswith("bullyctl top"):
                raise SystemExit("full: the first line is gone\n" + self.shown())
        elif word == "print":
            print(self.coloured())
        elif word == "ends":
            status = int(rest.pop(0))
            self.until("ends", self.ended)
            while select.select([self.fd], [], [], 0)[0]:
                length = len(self.raw)
                self.read(0)
                if len(self.raw) == length:
                    break
            wrong = self.restored()
            if self.status != status or wrong:
                raise SystemExit("ends: status %d, %s\n%s" % (self.status, wrong, self.shown()))
        else:
            raise SystemExit("there is no step " + word)


def main():
    split = sys.argv.index("--")
    rows, cols = map(int, sys.argv[1].split("x"))
    steps, command = sys.argv[2:split], sys.argv[split + 1:]
    terminal = Terminal(rows, cols, command)
    try:
        while steps:
            terminal.step(steps.pop(0), steps)
    finally:
        if not terminal.ended():
            os.kill(terminal.pid, signal.SIGKILL)


main()
