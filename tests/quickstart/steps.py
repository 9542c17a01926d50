# SPDX-License-Identifier: GPL-2.0-only
"""Reads the steps of a page from the marks in its comments.

  host: 1 2     the next block is typed once on these hosts, and must succeed
  turn: 1 2     as host, on one host after the other, without a loss of the leader; a look
                after it is repeated on each host
  look: 1 2     the next block is typed until it succeeds and shows the output after it, if any
  terminal: 1   the next block is typed in a second terminal and left running
  output        the next block is the output of the block before
  says          the next block is the later output of the second terminal
  hand: WORDS   the reader does this by hand
  page: NAME    the steps of another page in the same folder; only with UPGRADE=1
  read: WHY     the next block is not typed

A block without a mark, or a mark without its block, is an error, so that no block is left
out by mistake.
"""
import os
import re
from typing import NamedTuple

import docutils.core
import docutils.nodes

MARK = re.compile(r"^(host|turn|look|terminal|output|says|hand|page|read)(?::\s*(.*))?$")
# Values that differ from run to run: times, epochs, events, reasons.
VARIES = (
    (re.compile(r"\bsince [-0-9]+ [0-9:]+ \([^)]*\)"), "since WHEN"),
    (re.compile(r"\b[0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h)\b"), "TIME"),
    (re.compile(r"\bepoch [0-9]+"), "epoch N"),
    (re.compile(r"\bseq [0-9]+"), "seq N"),
    (re.compile(r"\blast change [a-z-]+"), "last change WHY"),
    (re.compile(r"^((?:snapshot|peer) .*) [a-z-]+ seq N"), r"\1 WHY seq N"),
)


class Step(NamedTuple):
    kind: str
    words: str
    text: str


class Wrong(Exception):
    """An error in the marks of the page."""


def steps(path):
    with open(path, encoding="utf-8") as file:
        page = docutils.core.publish_doctree(file.read(), source_path=str(path), settings_overrides={
            "halt_level": 2, "report_level": 2, "file_insertion_enabled": False})
    found, mark = [], None
    for node in page.findall(lambda n: isinstance(n, (docutils.nodes.comment, docutils.nodes.literal_block))):
        if isinstance(node, docutils.nodes.comment):
            match = MARK.match(node.astext())
            if not match:
                continue
            if mark:
                raise Wrong(f"no block follows the mark '{mark[0]}: {mark[1]}'")
            mark = (match[1], match[2] or "")
            if mark[0] == "hand":
                found.append(Step(*mark, ""))
                mark = None
            elif mark[0] == "page":
                if os.environ.get("UPGRADE"):
                    found += steps(os.path.join(os.path.dirname(path), mark[1]))
                mark = None
            continue
        if not mark:
            raise Wrong(f"a block has no mark: {node.astext().splitlines()[0]}")
        if mark[0] == "output" and (not found or found[-1].kind not in ("host", "look")):
            raise Wrong("an output follows no command")
        found.append(Step(*mark, node.astext()))
        mark = None
    if mark:
        raise Wrong(f"no block follows the mark '{mark[0]}: {mark[1]}'")
    return in_turn(found)


def in_turn(found):
    """Returns the steps with a separate turn for each host, and the look after it."""
    flat, i = [], 0
    while i < len(found):
        step, i, look = found[i], i + 1, []
        if step.kind == "turn":
            while i < len(found) and found[i].kind in ("look", "output"):
                look.append(found[i])
                i += 1
        turns = step.words.split() if step.kind == "turn" else [step.words]
        for words in turns:
            flat += [Step(step.kind, words, step.text), *look]
    return flat


def blurred(line):
    line = " ".join(line.split())
    for pattern, word in VARIES:
        line = pattern.sub(word, line)
    return line


def missing(sample, output):
    """Returns the first line of SAMPLE that OUTPUT does not have after the lines before it, or
    None; and the number of lines of OUTPUT that were used."""
    lines = [blurred(line) for line in output]
    at = 0
    for wanted in sample.splitlines():
        try:
            at = lines.index(blurred(wanted), at) + 1
        except ValueError:
            return wanted, at
    return None, at
