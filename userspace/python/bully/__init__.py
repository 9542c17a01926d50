# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who leads a group of hosts, as the kernel module bully knows it: libbully(3) for Python.

    import bully

    with bully.Bully() as b, b.leadership("db") as page:
        if page.is_leader():
            write(token=page.epoch())

    with bully.Bully() as b, b.monitor("db") as events:
        async for event in events:
            print(event.type, event.group)

Errors are BullyError, an OSError with libbully's errno and sentence. libbully(3) says what may be
shared by threads and by forked processes; it holds here, too.
"""
from ._candidacy import Candidacy
from ._client import Bully
from ._leadership import Leadership
from ._library import BullyError, BullyTimeout, lib, text
from ._monitor import Monitor
from ._objects import Change, Endpoint, Event, Group, Peer, Position

__all__ = ["Bully", "BullyError", "BullyTimeout", "Candidacy", "Change", "Endpoint", "Event", "Group",
           "Leadership", "Monitor", "Peer", "Position", "__version__"]
__version__ = text(lib.bully_version())
