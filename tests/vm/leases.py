#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""leases.py - checks the events of all nodes against the promises of quorum mode

usage: leases.py [-g GROUP]... [--late MS] [--error MS] FILE...
       leases.py --self-test

Each FILE is the output of 'bullyctl -j -t monitor' on one node. A node's lease runs from
its event that it leads to its next event that it does not lead (or for ever). The leases
of two nodes may not overlap (Q1), an epoch belongs to one leader in one life of its group,
and the epochs in a node's events do not fall (Q2).

In one guest all nodes share the clock of time_ns, and the comparison is exact with one
exception: a lease that runs out ends by itself, and its event (lease-lost, time-doubt)
comes from a timer. --late is how late the timers were (stats: timer late, max); an
overlap that this explains is reported and accepted.

Between guests each line begins with the time in us at which it arrived here; that time
replaces time_ns, and --error is the longest delay of a line. The line 'US end' ends
the node (its power was cut). From 'US pause' to 'US resume' the node does not run. After
'US halt' the node's clock stands still: its lease is left out up to the end, and only
its epoch is judged.
"""
import argparse
import json
import sys

NEVER = float("inf")


class Node:
    """The events of one node about one group."""

    def __init__(self, name):
        self.name = name
        self.life = 0           # changes with each new group of the name
        self.lease = None       # [from, epoch] while it leads
        self.leases = []        # (from, to, epoch, why it ended)
        self.again = None       # the epoch of the lease that the node had when it stopped
        self.halted = False
        self.highest = 0

    def end(self, time, why):
        if self.lease:
            self.leases.append((self.lease[0], time, self.lease[1], why))
        self.lease = None


class Judge:
    def __init__(self, group=None, late=0, error=0):
        self.group, self.late, self.error = group, late, error
        self.nodes = []
        self.wrong = []
        self.told_late = []
        self.owner = {}         # (group, epoch): leader
        self.lives = {}         # (group, epoch): (file, life) that had the lease

    def read(self, name, lines):
        nodes = {}
        for number, line in enumerate(lines, 1):
            line = line.strip()
            host = None
            if line and line[0] != "{":
                word, _, line = line.partition(" ")
                host = int(word) * 1000
                if line in ("end", "pause", "resume", "halt", "unhalt"):
                    for node in nodes.values():
                        self.mark(node, line, host)
                    continue
            if not line:
                continue
            try:
                event = json.loads(line)
            except ValueError:
                # an incomplete line: the guest's power was cut
                if host is None:
                    self.wrong.append("%s:%d: no JSON: %s" % (name, number, line[:80]))
                continue
            group = event.get("group")
            if event.get("event") == "resync":
                if event.get("cause") == "module-gone":
                    for node in nodes.values():
                        node.end(host or event["time_ns"], "gone")
                continue
            if group is None or (self.group and group not in self.group):
                continue
            node = nodes.setdefault(group, Node(name))
            node.group = group
            self.take(node, event, host if host is not None else event["time_ns"])
        for node in nodes.values():
            node.end(NEVER, "holds it still")
            self.nodes.append(node)

    @staticmethod
    def mark(node, word, time):
        if word == "end":
            node.end(time, "end")
            node.life += 1
        elif word in ("pause", "halt"):
            node.again = node.lease and node.lease[1]
            node.end(time, word)
            node.halted = word == "halt"
        elif word == "resume" and node.again:
            node.lease = [time, node.again]

    def take(self, node, event, time):
        if event["event"] == "group-new":
            node.life += 1
        epoch = event.get("epoch") or 0
        leads = event["event"] != "group-del" and event["state"] == "leader" and \
            event["leader"] == event["id"]
        if event.get("leader") and epoch:
            if epoch < node.highest:
                self.wrong.append("%s tells epoch %d after %d" % (node.name, epoch, node.highest))
            node.highest = max(node.highest, epoch)
            owner = self.owner.setdefault((node.group, epoch), event["leader"])
            if owner != event["leader"]:
                self.wrong.append("epoch %d is of leader %d and of %d" % (epoch, owner, event["leader"]))
        if not leads:
            node.halted = False
            node.end(time, event["reason"])
            return
        life = self.lives.setdefault((node.group, epoch), (node.name, node.life))
        if life != (node.name, node.life):
            self.wrong.append("epoch %d was held by %s and by %s (lives %d and %d)" % (
                epoch, life[0], node.name, life[1], node.life))
        if node.halted:
            if epoch == node.again:
                return
            node.halted = False
        if node.lease and node.lease[1] != epoch:
            node.end(time, event["reason"])
        if not node.lease:
            node.lease = [time, epoch]

    def judge(self):
        """Returns the number of leases, and puts what is wrong into self.wrong."""
        leases = [(lease, node) for node in self.nodes for lease in node.leases]
        for i, (a, one) in enumerate(leases):
            for b, two in leases[:i]:
                if one.name == two.name or one.group != two.group:
                    continue
                first, second = (a, b) if a[0] <= b[0] else (b, a)
                names = (one.name, two.name) if first is a else (two.name, one.name)
                overlap = min(first[1], second[1]) - second[0]
                slack = self.error
                # a timer reported the end of a lease that ran out
                ended = first if first[1] <= second[1] else second
                if ended[3] in ("lease-lost", "time-doubt"):
                    slack += self.late
                if overlap > slack:
                    self.wrong.append("two leases: %s (epoch %d, from %.3f s to %s) and %s (epoch %d, "
                                      "from %.3f s): both for %.3f ms" % (
                                          names[0], first[2], first[0] / 1e9,
                                          "%.3f s, %s" % (first[1] / 1e9, first[3]) if first[1] < NEVER
                                          else "now", names[1], second[2], second[0] / 1e9, overlap / 1e6))
                elif overlap > 0:
                    self.told_late.append(overlap)
        return len(leases)


def run(files, group=None, late=0, error=0):
    judge = Judge(group, int(late * 1e6), int(error * 1e6))
    for name, lines in files:
        judge.read(name, lines)
    return judge, judge.judge()


def self_test():
    def ev(time, node, leader, epoch, state, event="leader", reason="start"):
        return json.dumps({"event": event, "group": "g", "seq": 1, "time_ns": int(time * 1e9), "id": node,
                           "leader": leader, "epoch": epoch, "state": state, "reason": reason})

    def lead(time, node, epoch, **more):
        return ev(time, node, node, epoch, "leader", **more)

    def lose(time, node, epoch=0, reason="lease-lost"):
        return ev(time, node, None, epoch, "waiting", reason=reason)

    def host(time, line):
        return "%d %s" % (time * 1e6, line)

    good = {"a": [lead(1, 1, 10), lose(2, 1)], "b": [lead(2.001, 2, 20)]}
    cases = [
        # name, files, options, words of the complaint or None
        ("leases one after the other are accepted", good, {}, None),
        ("an overlap is found", {"a": [lead(1, 1, 10), lose(2, 1, reason="resigned")], "b": [lead(1.999, 2, 20)]}, {}, "two leases"),
        ("an overlap of two leases that have not ended is found", {"a": [lead(1, 1, 10)], "b": [lead(2, 2, 20)]}, {}, "two leases"),
        ("a lease within another is found", {"a": [lead(1, 1, 10)], "b": [lead(2, 2, 20), lose(3, 2)]}, {}, "two leases"),
        ("an end that the timer told late is accepted", {"a": [lead(1, 1, 10), lose(2.01, 1)], "b": [lead(2, 2, 20)]}, {"late": 11}, None),
        ("an end that is later than the timer was is found", {"a": [lead(1, 1, 10), lose(2.02, 1)], "b": [lead(2, 2, 20)]}, {"late": 11}, "two leases"),
        ("an overlap after a resignation is found, because no timer tells it", {"a": [lead(1, 1, 10), lose(2.01, 1, reason="resigned")], "b": [lead(2, 2, 20)]},
         {"late": 11}, "two leases"),
        ("a peer event does not begin or end a lease", {"a": [lead(1, 1, 10), lead(1.5, 1, 10, event="peer")], "b": [lead(1.2, 2, 20), lose(1.3, 2)]},
         {}, "two leases"),
        ("a higher epoch does not end a lease", {"a": [lead(1, 1, 10), lead(2, 1, 11), lose(3, 1)], "b": [lead(2.5, 2, 20)]},
         {}, "two leases"),
        ("a deleted group's lease has ended", {"a": [lead(1, 1, 10), ev(2, 1, 1, 10, "leader", event="group-del")], "b": [lead(2.1, 2, 20)]}, {}, None),
        ("an epoch of two leaders is found", {"a": [lead(1, 1, 10), lose(2, 1)], "b": [lead(3, 2, 10)]}, {}, "epoch 10"),
        ("an epoch of two lives of a node is found", {"a": [lead(1, 1, 10), lose(2, 1), ev(2.5, 1, None, 0, "init", event="group-new"), lead(3, 1, 10)]},
         {}, "lives"),
        ("an epoch that falls is found", {"a": [lead(1, 1, 10), lose(2, 1), ev(3, 1, 2, 9, "follower")]}, {}, "after"),
        ("leases of different groups may overlap", {"a": [lead(1, 1, 10)], "b": [lead(2, 2, 20).replace('"g"', '"h"')]}, {}, None),
        ("between guests an overlap within the error is accepted", {"a": [host(1, lead(1, 1, 10)), host(2.05, lose(2, 1))], "b": [host(2, lead(9, 2, 20))]},
         {"error": 60}, None),
        ("between guests an overlap beyond the error is found", {"a": [host(1, lead(1, 1, 10)), host(2.07, lose(2, 1))], "b": [host(2, lead(9, 2, 20))]},
         {"error": 60}, "two leases"),
        ("a power cut ends a lease", {"a": [host(1, lead(1, 1, 10)), host(2, "end")], "b": [host(3, lead(9, 2, 20))]}, {}, None),
        ("a pause does not count into a lease", {"a": [host(1, lead(1, 1, 10)), host(2, "pause"), host(5, "resume"), host(5.01, lose(5, 1))],
                                        "b": [host(3, lead(9, 2, 20))]}, {"error": 60}, None),
        ("a lease that goes on after a pause is found", {"a": [host(1, lead(1, 1, 10)), host(2, "pause"), host(5, "resume"), host(5.1, lose(5, 1))],
                                       "b": [host(3, lead(9, 2, 20))]}, {"error": 60}, "two leases"),
        ("a lease during which the clock stood is left out", {"a": [host(1, lead(1, 1, 10)), host(2, "halt"), host(5, "unhalt"), host(6, lose(5, 1))],
                                          "b": [host(3, lead(9, 2, 20))]}, {"error": 60}, None),
        ("the next lease after the clock stood is judged", {"a": [host(1, lead(1, 1, 10)), host(2, "halt"), host(5, "unhalt"),
                                                       host(6, lose(5, 1)), host(7, lead(7, 1, 30))],
                                                 "b": [host(3, lead(9, 2, 20))]}, {"error": 60}, "two leases"),
    ]
    failed = 0
    for name, files, options, words in cases:
        judge, _ = run(files.items(), **options)
        said = "; ".join(judge.wrong)
        ok = words in said if words else not said
        failed += not ok
        print("%s - leases.py: %s%s" % ("ok" if ok else "not ok", name, "" if ok else ": it said '%s'" % said))
    print("%d passed, %d failed, 0 skipped" % (len(cases) - failed, failed))
    return failed > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-g", "--group", action="append")
    parser.add_argument("--late", type=float, default=0, metavar="MS")
    parser.add_argument("--error", type=float, default=0, metavar="MS")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("files", nargs="*", metavar="FILE")
    args = parser.parse_args()
    if args.self_test:
        return self_test()
    if not args.files:
        parser.error("no files")
    files = []
    for name in args.files:
        with open(name, encoding="utf-8", errors="replace") as file:
            lines = file.readlines()
        if lines and not lines[-1].endswith("\n"):
            lines.pop()         # being written just now
        files.append((name.rsplit("/", 1)[-1], lines))
    judge, leases = run(files, args.group, args.late, args.error)
    for line in judge.wrong:
        print(line)
    told = judge.told_late
    print("# %d leases at %d nodes%s" % (leases, len({node.name for node in judge.nodes}),
                                         ", %d ends told late, by up to %.1f ms" % (len(told), max(told) / 1e6) if told else ""))
    return bool(judge.wrong) or not leases


if __name__ == "__main__":
    sys.exit(main())
