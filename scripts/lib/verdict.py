# SPDX-License-Identifier: GPL-2.0-only
"""Decides from a kernel's log whether a guest stayed sound."""

import re

# The beginnings of reports. Each of these lines is a failure, also if a test
# caused it: no test here may expect a report.
REPORTS = re.compile("|".join((
    r"Kernel panic",
    r"\bOops\b",
    r"\bBUG: ",
    r"\bBUG at\b",
    r"kernel BUG",
    r"WARNING: ",
    r"general protection fault",
    r"Unable to handle kernel",
    r"INFO: possible ",
    r"INFO: trying to register non-static key",
    r"INFO: suspicious RCU",
    r"INFO: rcu_\w+ (self-)?detected",
    r"INFO: rcu_\w+ detected",
    r"rcu: INFO: .*(stall|detected)",
    r"INFO: task .* blocked for more than",
    r"(UBSAN|KCSAN|KASAN|KFENCE): ",
    r"ODEBUG: ",
    r"refcount_t: ",
    r"ref_tracker: ",
    r"DEBUG_LOCKS_WARN_ON",
    r"list_(add|del) corruption",
    r"scheduling while atomic",
    r"sleeping function called",
    r"soft lockup",
    r"hard LOCKUP",
    r"workqueue lockup",
    r"NETDEV WATCHDOG",
    r"unregister_netdevice: waiting",
    r"unreferenced object",
    r"Objects remaining in",
    r"Out of memory: Killed",
    r"invoked oom-killer",
)))

# The detector of data races names the two functions, and the module of each. A race
# elsewhere in the kernel is no failure of this module; 6.1 has many of them. A race in
# dst_cache_reset() is no failure either: the function is inline and made to run beside
# readers, but only later kernels mark these accesses.
RACE = re.compile(r"BUG: KCSAN: .* in (.*)")


# An expedited grace period is reported after 21 s, and the kernel allows no longer limit. A host that is
# busy with other things can take a virtual processor away for that long. The limits of ordinary grace
# periods and of lockups are raised (guest.py) and find whatever keeps a processor in the kernel.
SLOW_HOST = re.compile(r"rcu: INFO: \w+ detected expedited stalls")


def foreign(line):
    if SLOW_HOST.search(line):
        return True
    race = RACE.search(line)
    return bool(race) and ("[bully" not in race[1] or "dst_cache_per_cpu_get" in race[1])


def reports(log):
    """Returns the lines of LOG that begin a report, shortened, each kind once."""
    seen = []
    for line in log.splitlines():
        # Fault injection logs what it does; that is no report.
        if "FAULT_INJECTION" in line or not REPORTS.search(line) or foreign(line):
            continue
        # "priority,number,time,flags;text" of /dev/kmsg, "[ time] text" of the console
        text = re.sub(r"^(\d+,\d+,\d+,[^;]*;|(<\d+>)?\[ *\d+\.\d+\](\[ *[CT]\d+\])? )", "", line).strip()
        if text and text not in seen:
            seen.append(text)
    return seen


def tail(log, lines):
    """Returns the last LINES lines of LOG, for a reader."""
    return "\n".join(log.splitlines()[-lines:])
