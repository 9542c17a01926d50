# SPDX-License-Identifier: GPL-2.0-only
"""Reads the family's YAML specification, and makes C names and numbers of its names and values."""
import os
import re

import yaml

TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SPEC = os.path.join(TREE, "Documentation/netlink/specs/bully.yaml")
HEADER = os.path.join(TREE, "kmod/uapi/bully.h")


def c_name(*words):
    return "_".join(words).replace("-", "_").upper()


class Spec:
    """attributes: {set: {name: number}}; operations: {name: (number, dict)}"""

    def __init__(self, path=SPEC):
        with open(path, encoding="utf-8") as file:
            # the parser in C is ten times as fast, which matters in an emulated guest
            self.yaml = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.name = self.yaml["name"]
        self.consts = {}
        self.enums = {}
        for definition in self.yaml["definitions"]:
            if definition["type"] == "const":
                self.consts[definition["name"]] = definition["value"]
            else:
                self.enums[definition["name"]] = self._number(
                    definition["entries"], definition.get("value-start", 0))
        self.with_max = {d["name"] for d in self.yaml["definitions"] if d.get("render-max")}
        self.sets = {}
        self.details = {}
        for attributes in self.yaml["attribute-sets"]:
            if "subset-of" in attributes:
                continue
            self.sets[attributes["name"]] = self._number(attributes["attributes"], 1)
            self.details[attributes["name"]] = {a["name"]: a for a in attributes["attributes"]}
        operations = self.yaml["operations"]["list"]
        numbers = self._number(operations, 1)
        self.operations = {o["name"]: (numbers[o["name"]], o) for o in operations}
        self.groups = [g["name"] for g in self.yaml["mcast-groups"]["list"]]

    @staticmethod
    def _number(entries, start):
        numbers = {}
        for entry in entries:
            start = entry.get("value", start)
            if entry["name"] in numbers:
                raise ValueError(f"{entry['name']} is there twice")
            numbers[entry["name"]] = start
            start += 1
        return numbers

    def set_prefix(self, name):
        return (self.name, "a") if name == self.name else (self.name, "a", name)

    def c_names(self):
        """Returns all that the header must define: {C name: number}."""
        names = {c_name(self.name, c): v for c, v in self.consts.items()}
        for enum, entries in self.enums.items():
            names.update({c_name(self.name, enum, e): v for e, v in entries.items()})
            if enum in self.with_max:
                names[c_name(self.name, enum, "max")] = max(entries.values())
        for attributes, entries in self.sets.items():
            prefix = self.set_prefix(attributes)
            names.update({c_name(*prefix, a): v for a, v in entries.items()})
            names[c_name(*prefix, "max")] = max(entries.values())
        for operation, (number, _) in self.operations.items():
            names[c_name(self.name, "cmd", operation)] = number
        names[c_name(self.name, "cmd", "max")] = max(n for n, _ in self.operations.values())
        return names

    def c_strings(self):
        names = {c_name(self.name, "family-name"): self.name}
        for group in self.groups:
            names[c_name(self.name, "mcgrp", group)] = group
        return names


def undocumented(spec):
    """Yields the parts that have no doc, or no check although they could have one."""
    for kind in ("definitions", "attribute-sets"):
        for thing in spec.yaml[kind]:
            for entry in [] if "subset-of" in thing else thing.get("entries", thing.get("attributes", [])):
                if not entry.get("doc"):
                    yield f"{thing['name']}: {entry['name']} has no doc"
            if not thing.get("doc"):
                yield f"{thing['name']} has no doc"
    for name, (_, operation) in spec.operations.items():
        if not operation.get("doc"):
            yield f"{name} has no doc"


def header_values(path=HEADER):
    """Returns the numbers and strings of the header: ({name: number}, {name: string})."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    numbers, strings = {}, {}
    for name, value in re.findall(r"^#define[ \t]+(\w+)[ \t]+(\S.*)$", text, flags=re.M):
        value = value.strip()
        if value.startswith('"'):
            strings[name] = value.strip('"')
        else:
            numbers[name] = eval(re.sub(r"(?<=\d)(ULL|UL|U|LL|L)\b", "", value), {}, {})
    for body in re.findall(r"\benum\s*\w*\s*{(.*?)}", text, flags=re.S):
        value = 0
        for entry in filter(None, (e.strip() for e in body.split(","))):
            name, _, given = (part.strip() for part in entry.partition("="))
            value = eval(given, {}, dict(numbers)) if given else value
            if name in numbers:
                raise ValueError(f"{name} is there twice")
            numbers[name] = value
            value += 1
    return numbers, strings
