#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Checks OpenMetrics text on standard input with the parser of the format's authors.

  openmetrics.py                      parses the text, and checks this tree's rules
  openmetrics.py value NAME [LABEL=VALUE]...    also prints the value of that sample
"""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families


def judge(families):
    for family in families:
        name = family.name
        if not name.startswith("bully_"):
            yield "%s does not begin with bully_" % name
        if not family.documentation.endswith("."):
            yield "%s has no help" % name
        if family.type not in ("gauge", "counter", "histogram"):
            # node_exporter's parser knows no other types
            yield "%s is of type %s" % (name, family.type)
        if name.endswith("_seconds") != (family.unit == "seconds"):
            yield "%s has the unit '%s'" % (name, family.unit)
        if family.type == "gauge" and name.endswith(("_state", "_link")):
            sums = {}
            for sample in family.samples:
                key = (sample.labels["group"], sample.labels.get("peer"))
                sums[key] = sums.get(key, 0) + sample.value
            if any(total != 1 for total in sums.values()):
                yield "%s: of the states of one not exactly one holds: %s" % (name, sums)


def main():
    text = sys.stdin.read()
    families = list(text_string_to_metric_families(text))
    wrong = list(judge(families))
    if not families:
        wrong.append("there is nothing")
    if wrong:
        print("\n".join(wrong))
        return 1
    if len(sys.argv) > 2:
        labels = dict(word.split("=", 1) for word in sys.argv[3:])
        for family in families:
            for sample in family.samples:
                if sample.name == sys.argv[2] and sample.labels == labels:
                    print(float(sample.value))
                    return 0
        print("absent")
    return 0


sys.exit(main())
