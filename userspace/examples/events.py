#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""events.py YNL SPEC [GROUP] - who leads, from Python, without libbully.

YNL is the folder tools/net/ynl of the kernel's sources (6.12 or newer), SPEC is
Documentation/netlink/specs/bully.yaml. The kernel's own client derives all numbers and message
layouts from the specification. It does not check the specification by the kernel's schema, because
the schema of older kernels does not know uns-admin-perm; YNL/cli.py has --no-schema for this.
YNL_SCHEMA names a schema to check by.

A listener must do this itself: join first and dump second, apply only events with a higher number
than the dump's, and dump again when numbers are missing or the socket has overflowed (ENOBUFS).
This program prints a line of JSON for each snapshot, event and resync. It waits for the module, but
does not survive its removal, because the family then has another number. bullyctl -j monitor does.
"""
import errno
import json
import os
import select
import sys
import time


def client(folder, spec):
    """Returns the kernel's client for SPEC; newer kernels keep it one folder deeper."""
    for path in (folder, os.path.join(folder, "pyynl")):
        if os.path.exists(os.path.join(path, "lib", "ynl.py")):
            sys.path.insert(0, path)
    from lib import YnlFamily   # pylint: disable=import-error,import-outside-toplevel
    return YnlFamily(spec, schema=os.environ.get("YNL_SCHEMA", ""))


def queued(family):
    """Yields what the client has received, oldest first."""
    queue = family.async_msg_queue
    while queue if isinstance(queue, list) else not queue.empty():
        yield queue.pop(0) if isinstance(queue, list) else queue.get_nowait()


class Listener:
    def __init__(self, family, wanted):
        self.family = family
        self.wanted = wanted
        self.known = {}         # name of a group: (session, number of its newest event)

    def tell(self, what, group):
        print(json.dumps({
            "event": what, "group": group["name"], "seq": group["event-seq"],
            "state": group["state"], "leader": group.get("leader"), "epoch": group["epoch"],
            "reason": group["reason"]}), flush=True)

    def look(self):
        """Reads all groups. Events that arrive meanwhile wait in the queue."""
        self.known.clear()
        for answer in self.family.dump("group-get", {}):
            group = answer["group"]
            if self.wanted in (None, group["name"]):
                self.known[group["name"]] = (group["session"], group["event-seq"])
                self.tell("snapshot", group)

    def apply(self, event):
        """Applies an event. Returns False if an earlier event is missing."""
        name, group = event["name"], event["msg"]["group"]
        if self.wanted not in (None, group["name"]):
            return True
        session, seq = self.known.get(group["name"], (None, None))
        if name == "group-new-ntf":
            if session == group["session"] and group["event-seq"] <= seq:
                return True     # older than the dump
        elif session != group["session"]:
            # the end of this group, or of an earlier one of that name, may follow the dump
            return name == "group-del-ntf"
        elif name == "group-del-ntf":
            self.known.pop(group["name"])
            self.tell(name, group)
            return True
        elif group["event-seq"] <= seq:
            return True
        elif group["event-seq"] != seq + 1:
            return False
        self.known[group["name"]] = (group["session"], group["event-seq"])
        self.tell(name, group)
        return True

    def run(self, fd):
        self.family.ntf_subscribe("events")
        self.look()
        while True:
            try:
                self.family.check_ntf()
                missed = not all(self.apply(event) for event in queued(self.family))
            except OSError as error:
                if error.errno != errno.ENOBUFS:
                    raise
                missed = True
            if missed:
                print(json.dumps({"event": "resync"}), flush=True)
                self.look()
                continue
            select.select([fd], [], [])


def main():
    if len(sys.argv) not in (3, 4):
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 1
    while True:
        try:
            family = client(sys.argv[1], sys.argv[2])
            break
        except Exception as error:      # pylint: disable=broad-except
            if "not supported by the kernel" not in str(error):
                raise
        time.sleep(1)                   # the module is not loaded
    try:
        Listener(family, sys.argv[3] if len(sys.argv) == 4 else None).run(family.sock)
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
