# SPDX-License-Identifier: GPL-2.0-only
"""Makes the signals that end a script a KeyboardInterrupt, so that its processes are ended first."""

import signal
import threading
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class State:
    held = False        # the main thread is in a block of unbroken()
    came = False        # and a signal came meanwhile


def ignore():
    """Ignores these signals from now on, so that they do not disturb the cleanup."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def interrupted(_signal, _frame):
    if State.held:
        State.came = True   # not ignored yet: a process that is being started would inherit that
        return
    ignore()
    raise KeyboardInterrupt


def catch():
    """Makes each signal a KeyboardInterrupt, unless it is ignored from the start."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupted)


@contextmanager
def unbroken():
    """Delays an interrupt to the end of this block: by then a process that the block starts is
    known to the code that must end it. Other threads are not interrupted and need no block."""
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
