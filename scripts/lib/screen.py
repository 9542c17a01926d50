#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Draws a terminal's screen as SVG: screen.py FILE, where FILE has colours as a terminal gets them."""

import io
import os
import sys

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

THEME = TerminalTheme((255, 255, 255), (32, 32, 32), [
    (0, 0, 0), (170, 0, 0), (0, 120, 0), (150, 90, 0), (0, 0, 170), (140, 0, 140), (0, 110, 110), (170, 170, 170)])
# Without rich's web font: a reader of the documentation fetches nothing.
FORM = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {width} {height}">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
<rect fill="#ffffff" stroke="#808080" x="-10" y="-10" width="{width}" height="{height}"/>
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</svg>
"""


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = f.read().splitlines()
    texts = [Text.from_ansi(line) for line in lines]
    console = Console(record=True, file=io.StringIO(), width=max(text.cell_len for text in texts),
                      force_terminal=True, color_system="standard", legacy_windows=False)
    for text in texts:
        console.print(text, no_wrap=True)
    name = os.path.basename(sys.argv[1]).split(".")[0]
    picture = console.export_svg(theme=THEME, code_format=FORM, unique_id=name)
    # some programs drop a no-break space at the start of a text
    print(picture.replace("&#160;", " ").replace("<text ", '<text xml:space="preserve" '), end="")


main()
