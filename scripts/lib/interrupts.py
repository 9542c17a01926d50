# SPDX-License-Identifier: GPL-2.0-only
"""Signals that end us: each becomes a KeyboardInterrupt, so that what we started is ended first."""

import signal
import threading
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class State:
    held = False        # the main thread is in a block of unbroken()
    came = False        # and a signal came meanwhile


def ignore():
    """So that one more does not disturb the clearing up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def interrupted(_signal, _frame):
    if State.held:
        State.came = True   # nothing is ignored yet: what is being started would inherit that
        return
    ignore()
    raise KeyboardInterrupt


def catch():
    """Makes each of them a KeyboardInterrupt, unless who started us has it ignored."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupted)


@contextmanager
def unbroken():
    """An interrupt comes at the end of this block, not in it: a process that it starts is by
    then known to who must end it. Other threads are not interrupted, and need no block."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    State.held = True
    try:
        yield
    finally:
        State.held = False
        if State.came:
            State.came = False
            ignore()
            raise KeyboardInterrupt
