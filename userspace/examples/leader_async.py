#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""leader_async.py GROUP - does work only while this node leads, with asyncio.

The service owns the candidacy of the group (CAP_NET_ADMIN): the node is a candidate only while this
process lives and its event loop runs. Each step of work asks the status page for permission and
carries the epoch, so that a store can reject the late step of an earlier leader.
"""
import asyncio
import contextlib
import sys

import bully

DEADLINE = 2.0      # seconds that the event loop may hang
STEP = 0.05


async def work(page):
    """Works until the node does not lead any more."""
    while page.is_leader():
        epoch = page.epoch()
        if epoch:
            print("step", epoch, flush=True)       # here: write to the store with this epoch
        await asyncio.sleep(STEP)


async def serve(b, name):
    """Works each time that this node becomes the leader, until the group or the page is gone."""
    with b.leadership(name) as page, b.monitor(name) as events:
        async for event in events:
            print(event.type, event.group.state if event.group else "no group", flush=True)
            if page.gone():
                return
            await work(page)


async def main(name):
    with bully.Bully() as b:
        while True:
            try:
                async with b.candidacy(name, deadline=DEADLINE) as mine:
                    done = {asyncio.create_task(serve(b, name)), asyncio.ensure_future(mine.lost)}
                    _, pending = await asyncio.wait(done, return_when=asyncio.FIRST_COMPLETED)
                    for task in pending:
                        task.cancel()
                        with contextlib.suppress(asyncio.CancelledError):
                            await task
            except bully.BullyError as why:
                print(why.strerror, file=sys.stderr, flush=True)
            await asyncio.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1]))
