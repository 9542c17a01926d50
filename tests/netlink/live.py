#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Compares the running family with the specification.

Asks generic netlink's controller for the family's operations, their flags, the
multicast groups and the policies, and compares each attribute's type and range.
Loads the module if it is not loaded.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import genl  # noqa: E402
import spec as bully  # noqa: E402
from genl import attrs, number  # noqa: E402

# The part of a nest that a request may have; the specification names only whole sets.
BY_NAME = {"group": "name"}
BY_ID = {"group": "name", "peer": "id"}
NESTS = {
    "group-get": BY_NAME, "group-del": BY_NAME, "elect": BY_NAME, "resign": BY_ID,
    "own": {"group": "name", "owner": "position-index"},
    "own-refresh": {"group": "name", "owner": "position-index"},
    "disown": {"group": "name", "owner": "forget"},
    "history-get": BY_NAME,
    "stats-get": BY_NAME, "peer-get": BY_ID, "peer-del": BY_ID,
    "group-set": {"group": "unlisted"},
    "group-new": {"group": "unlisted", "peer": "scope-name"},
    "group-replace": {"group": "unlisted", "peer": "scope-name"},
    "peer-new": {"group": "name", "peer": "scope-name"},
    "peer-set": {"group": "name", "peer": "scope-name"},
}

# Attributes before this limit that only the kernel sends.
TOLD = {"group": (("state", "pad"), ("key-ids", "grants"), ("effective-priority", "effective-priority"),
                  ("position-term", "position-index")),
        "peer": (("state", "source-port"),), "owner": (("portid", "pad"), ("state", "state"))}
# Further attributes before that limit that a request may not have.
NEVER = {"own": {"forget"}, "own-refresh": {"deadline", "name", "forget", "weight"},
         "disown": {"deadline", "name", "willing"}}

# enum netlink_attribute_type
TYPES = {4: "u32", 5: "u64", 10: "binary", 12: "string", 13: "nest"}
# of CTRL_ATTR_OP_FLAGS
ADMIN_PERM, CAP_DO, CAP_DUMP, CAP_HASPOL, UNS_ADMIN_PERM = 1, 2, 4, 8, 16
# NL_POLICY_TYPE_ATTR_*
P_TYPE, P_MIN, P_MAX, P_MIN_LEN, P_MAX_LEN, P_INDEX, P_MAXTYPE = 1, 4, 5, 6, 7, 8, 9


class Family:
    """The kernel's description of a family."""

    def __init__(self, name):
        controller = genl.Genl()
        answer = controller.ask(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY,
                                genl.attr(2, name.encode() + b"\0"), genl.NLM_F_ACK)
        top = dict(attrs(answer[0]))
        self.id, self.version = number(top[1]), number(top[3])
        self.operations = {}
        for _, body in attrs(top[6]):
            operation = dict(attrs(body))
            self.operations[number(operation[1])] = number(operation[2])
        self.groups = [dict(attrs(body))[1].rstrip(b"\0").decode() for _, body in attrs(top[7])]
        self.policies, self.starts = {}, {}
        for answer in controller.ask(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETPOLICY,
                                     genl.attr(2, name.encode() + b"\0"), genl.NLM_F_DUMP):
            for kind, body in attrs(answer):
                if kind == 8:
                    self._policy(body)
                elif kind == 9:
                    for operation, indices in attrs(body):
                        self.starts[operation] = {k: number(v) for k, v in attrs(indices)}

    def _policy(self, body):
        for index, entries in attrs(body):
            for kind, entry in attrs(entries):
                values = {k: number(v) for k, v in attrs(entry) if k != 11}
                self.policies.setdefault(index, {})[kind] = values


class Comparison:
    def __init__(self):
        self.spec = bully.Spec()
        self.family = Family(self.spec.name)
        self.wrong = []
        self.compared = 0

    def same(self, what, wanted, found):
        self.compared += 1
        if wanted != found:
            self.wrong.append(f"{what}: {found} in the kernel, {wanted} in the specification")

    def family_itself(self):
        numbers, _ = bully.header_values()
        wanted = int(os.environ.get("BULLY_FAMILY_VERSION", numbers["BULLY_FAMILY_VERSION"]))
        self.same("version", wanted, self.family.version)
        self.same("multicast groups", self.spec.groups, self.family.groups)
        requests = {n for n, o in self.spec.operations.values() if "do" in o or "dump" in o}
        self.same("operations", sorted(requests), sorted(self.family.operations))

    def operation(self, name, code, operation):
        flags = CAP_HASPOL
        flags |= CAP_DO if "do" in operation else 0
        flags |= CAP_DUMP if "dump" in operation else 0
        flags |= UNS_ADMIN_PERM if "uns-admin-perm" in operation.get("flags", []) else 0
        self.same(f"{name}: flags", flags, self.family.operations.get(code))
        wanted = set()
        for kind in ("do", "dump"):
            wanted |= set(operation.get(kind, {}).get("request", {}).get("attributes", []))
        for index in set(self.family.starts.get(code, {"none": None}).values()):
            policy = self.family.policies.get(index, {})
            top = self.spec.sets[operation["attribute-set"]]
            self.same(f"{name}: attributes", sorted(top[a] for a in wanted), sorted(policy))
            for attribute in wanted:
                self.nest(name, attribute, policy.get(top[attribute], {}))

    def nest(self, name, attribute, found):
        self.same(f"{name}: {attribute}", "nest", TYPES.get(found.get(P_TYPE)))
        last = NESTS[name][attribute]
        inner = self.spec.sets[attribute]
        told = {n for begin, end in TOLD.get(attribute, ())
                for n in range(inner[begin], inner[end] + 1)}
        never = NEVER.get(name, set()) if attribute == "owner" else set()
        wanted = {a: n for a, n in inner.items() if n <= inner[last] and n not in told and a not in never}
        self.same(f"{name}: {attribute}: last attribute", inner[last], found.get(P_MAXTYPE))
        policy = self.family.policies.get(found.get(P_INDEX), {})
        self.same(f"{name}: {attribute}", sorted(wanted.values()), sorted(policy))
        for inside, code in wanted.items():
            self.attribute(f"{name}: {attribute}: {inside}",
                           self.spec.details[attribute][inside], policy.get(code, {}))

    def attribute(self, what, detail, found):
        kind = detail["type"]
        self.same(f"{what}: type", kind, TYPES.get(found.get(P_TYPE)))
        checks = detail.get("checks", {})
        if kind == "nest":
            self.key(what, self.spec.sets[detail["nested-attributes"]], detail, found)
        elif kind in ("u32", "u64"):
            bits = int(kind[1:])
            self.same(f"{what}: min", checks.get("min", 0), found.get(P_MIN))
            self.same(f"{what}: max", checks.get("max", 2 ** bits - 1), found.get(P_MAX))
        elif "exact-len" in checks:
            self.same(f"{what}: min-len", checks["exact-len"], found.get(P_MIN_LEN))
            self.same(f"{what}: max-len", checks["exact-len"], found.get(P_MAX_LEN))
        else:
            for check, code in (("min-len", P_MIN_LEN), ("max-len", P_MAX_LEN)):
                if check in checks:
                    wanted = self.spec.consts.get(checks[check], checks[check])
                    self.same(f"{what}: {check}", wanted, found.get(code))

    def key(self, what, inner, detail, found):
        """Compares a nest in the nest; a request may have all its attributes."""
        policy = self.family.policies.get(found.get(P_INDEX), {})
        self.same(what, sorted(inner.values()), sorted(policy))
        for name, code in inner.items():
            self.attribute(f"{what}: {name}", self.spec.details[detail["nested-attributes"]][name],
                           policy.get(code, {}))

    def run(self):
        self.family_itself()
        for name, (code, operation) in self.spec.operations.items():
            if "do" in operation or "dump" in operation:
                self.operation(name, code, operation)
        for line in self.wrong:
            print(f"live: {line}")
        print(f"live: {self.compared} values compared, {len(self.wrong)} wrong")
        return 1 if self.wrong or self.compared < 200 else 0


if __name__ == "__main__":
    if not os.path.exists("/sys/module/bully"):
        subprocess.run(["modprobe", "bully"], check=True)
    sys.exit(Comparison().run())
