# SPDX-License-Identifier: GPL-2.0-only
"""How Sphinx makes HTML of these pages: `make htmldocs`."""
import os
import re
import shutil

import docutils.nodes

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "../userspace/Makefile"), encoding="utf-8") as makefile:
    version = re.search(r"^VERSION \?= (\S+)", makefile.read(), re.M)[1]

# pylint: disable=invalid-name
project, author, release = "bully", "bully maintainers", version
project_copyright = "2026 bully maintainers"
language = "en"
nitpicky = True
html_theme = "alabaster"
html_theme_options = {"description": "Leader election for Linux hosts, in the kernel", "page_width": "1000px"}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_show_copyright = False
highlight_language = "none"


def add_contents(_app, page, source):
    """Gives the index a table of contents. Plain docutils, which reads the pages too, has no such directive."""
    if page == "index":
        pages = re.findall(r"^- `(\w+)\.rst <", source[0], re.M)
        source[0] += "\n.. toctree::\n   :hidden:\n\n" + "".join(f"   {name}\n" for name in pages)


def link_to_html(_app, doctree, _page):
    """Points links between pages at the HTML, and drops links to what only the source tree has."""
    for node in list(doctree.findall(docutils.nodes.reference)):
        if node.get("refuri", "").startswith("../"):
            node.replace_self(node.children)
        elif "refuri" in node:
            node["refuri"] = re.sub(r"^(\w+)\.rst(?=$|#)", r"\1.html", node["refuri"])


def add_netlink(app, error):
    """Puts the netlink specification where the index links to it."""
    if not error:
        shutil.copytree(os.path.join(HERE, "netlink"), os.path.join(app.outdir, "netlink"), dirs_exist_ok=True)


def setup(app):
    app.connect("source-read", add_contents)
    app.connect("doctree-resolved", link_to_html)
    app.connect("build-finished", add_netlink)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
