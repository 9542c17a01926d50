#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks the JSON output of bullyctl.

  check-json.py schema SCHEMA FILE     FILE holds one value
  check-json.py lines SCHEMA FILE      FILE holds one value a line (monitor); also
                                       checks that numbers of events are consecutive
  check-json.py golden FILE            prints FILE with what changes from run to run
                                       replaced by the name of its type
"""

import json
import sys

import jsonschema

VOLATILE = {"epoch", "event_seq", "session", "rtt_ns", "last_seen_ns", "time_ns", "seq"}


def load(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def blur(value):
    if isinstance(value, dict):
        return {k: (type(v).__name__ if k in VOLATILE else blur(v)) for k, v in value.items()}
    return [blur(v) for v in value] if isinstance(value, list) else value


def consecutive(events):
    """Returns the first gap in the numbers of a group's events between two snapshots, or None."""
    last, whole = {}, True
    for ev in events:
        kind, group, seq = ev["event"], ev["group"], ev["seq"]
        if kind == "resync":
            last = {}
        elif kind == "left-out":
            last, whole = {}, False
        elif kind in ("snapshot", "group-new"):
            last[group] = seq
        elif not whole and group not in last:
            last[group] = seq
        elif kind == "group-del":
            if seq not in (last[group], last[group] + 1):
                return f"gap at {ev}"
            del last[group]
        else:
            if seq != last[group] + 1:
                return f"gap at {ev}"
            last[group] = seq
    return None


def main():
    mode = sys.argv[1]
    if mode == "golden":
        print(json.dumps(blur(json.loads(load(sys.argv[2]))), sort_keys=True, separators=(",", ":")))
        return 0
    validator = jsonschema.Draft202012Validator(json.loads(load(sys.argv[2])))
    text = load(sys.argv[3])
    values = [json.loads(line) for line in text.splitlines()] if mode == "lines" else [json.loads(text)]
    wrong = [f"{e.message} in {v}" for v in values for e in validator.iter_errors(v)]
    if mode == "lines" and not wrong:
        first = values[0]["event"] if values else "nothing"
        if first != "snapshot":
            wrong.append(f"the first event is {first}")
        gap = consecutive(values)
        if gap:
            wrong.append(gap)
    print("\n".join(wrong[:5]))
    return bool(wrong)


sys.exit(main())
