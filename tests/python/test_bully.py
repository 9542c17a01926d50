# SPDX-License-Identifier: GPL-2.0-only
"""Tests the Python package against the module: tests/vm/python.sh has two nodes, n1 and n2.

Both are in a quorum group g of two voters, and node 2 leads. A test leaves it so.
"""
import asyncio
import errno
import os
import signal
import subprocess
import threading
import time

import pytest

import bully

LIMIT = 60      # seconds; only a hang exceeds it


def bullyctl(node, *words):
    subprocess.run(["bullyctl", "-n", node, *words], check=True, capture_output=True, text=True)


def until(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


@pytest.fixture(name="one")
def _one():
    with bully.Bully("n1") as b:
        yield b


@pytest.fixture(name="two")
def _two():
    with bully.Bully("n2") as b:
        b.wait_leads("g", LIMIT)
        yield b
        b.wait_leads("g", LIMIT)


def test_group(one, two):
    group = two.group("g")
    assert (group.name, group.id, group.state, group.leader, group.quorum) == ("g", 2, "leader", 2, "majority")
    assert group.leads and group.epoch > 0
    assert (group.election, group.priority, group.effective_priority) == ("bully", 0, 0)
    assert (group.observers, group.observers_now, group.unlisted, group.asked) == (0, None, False, None)
    one.wait_leader("g", 2, LIMIT)
    other = one.group("g")
    assert (other.state, other.leader, other.epoch) == ("follower", 2, group.epoch)
    assert not other.leads
    assert one.groups() == [other] or [g.name for g in one.groups()] == ["g"]
    peer, = other.peers
    assert (peer.id, peer.role, str(peer.address)) == (2, "candidate", "10.7.0.2:28559")
    until(lambda: one.group("g").peers[0].state == "up" and one.group("g").peers[0].rtt > 0)


def test_history(one, two):
    last = two.history("g")[-1]
    assert (last.leader, last.state, last.epoch) == (2, "leader", two.group("g").epoch)
    assert abs(last.wall.timestamp() - time.time()) < 86400
    one.wait_leader("g", 2, LIMIT)
    assert one.history("g")[-1].leader == 2


def test_errors(one):
    with pytest.raises(bully.BullyError) as absent:
        one.group("absent")
    assert absent.value.errno == errno.ENOENT and "no group" in str(absent.value)
    with pytest.raises(TimeoutError):
        one.wait_leads("g", 0)
    with pytest.raises(bully.BullyTimeout):
        one.wait_leader("g", 99, 0.01)
    with pytest.raises(bully.BullyError) as refused:
        one.resign("g")
    assert "lead" in str(refused.value)
    with pytest.raises(OSError):
        bully.Bully("no-such-namespace")
    with pytest.raises(OSError) as file:
        bully.Bully("/dev/null").groups()       # the first request opens the socket
    assert file.value.errno == errno.EINVAL


def test_closed_is_refused():
    b = bully.Bully("n1")
    monitor, page = b.monitor("g"), b.leadership("g")
    assert monitor.next(LIMIT).type == "snapshot"
    b.close()
    with pytest.raises(ValueError):
        monitor.next(0)
    with pytest.raises(ValueError):
        b.groups()
    page.is_leader()            # it does not need the handle
    page.close()
    with pytest.raises(ValueError):
        page.epoch()
    b.close()


def test_leadership(one, two):
    with one.leadership("g") as follower, two.leadership("g") as leader:
        until(leader.is_leader)
        assert leader.epoch() == two.group("g").epoch
        assert not follower.is_leader() and follower.epoch() == 0
        assert not leader.gone() and leader.fileno() != follower.fileno()
        results = []
        threads = [threading.Thread(target=lambda: results.append(leader.epoch())) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == 4


def test_no_system_call(two):
    """Asking makes no system call where the clock needs none: strace counts those of a child."""
    with two.leadership("g") as page:
        if not page.is_cheap():
            return              # the clock of this guest is a system call: bully_leadership_is_cheap()
    code = ("import bully, os\n"
            "page = bully.Bully('n2').leadership('g')\n"
            "page.epoch(); os.getppid()\n"
            "for _ in range(1000): page.is_leader()\n"
            "os.getppid()\n")
    run = subprocess.run(["strace", "-f", "-e", "trace=!munmap,mmap,brk", "/usr/bin/python3", "-c", code],
                         capture_output=True, text=True, check=True)
    calls = run.stderr.splitlines()
    first, last = [i for i, call in enumerate(calls) if "getppid" in call]
    assert last - first == 1, calls[first:last + 1]


def test_monitor(one, two):
    with one.monitor("g") as events:
        first = events.next(LIMIT)
        assert first.type == "snapshot" and first.module and first.group.leader == 2
        assert [p.id for p in first.group.peers] == [2]
        two.resign("g")
        leaders = []
        for event in events:
            if event.type == "leader":
                leaders.append(event.group.leader)
                if event.group.leader == 1:
                    break
        assert leaders[-1] == 1
        two.elect("g")
        for event in events:
            if event.type == "leader" and event.group.leader == 2:
                break
    assert first.group.leader == 2          # an event is a value, not a view


def test_async_monitor(two):
    async def leaders():
        seen = []
        with bully.Bully("n1") as one, one.monitor("g") as events:
            async for event in events:
                if event.type == "snapshot":
                    two.resign("g")
                if event.type == "leader":
                    seen.append(event.group.leader)
                if seen and seen[-1] == 1:
                    return seen

    assert asyncio.run(asyncio.wait_for(leaders(), LIMIT))[-1] == 1
    two.elect("g")


def test_candidacy(two):
    with two.candidacy("g") as mine:
        mine.refresh()
        assert two.group("g").candidate == "owner"
        with pytest.raises(bully.BullyError) as busy:
            with bully.Bully("n2") as other:
                other.candidacy("g")
        assert busy.value.errno == errno.EBUSY
        two.wait_leads("g", LIMIT)
    until(lambda: not two.group("g").leads)
    with pytest.raises(ValueError):
        mine.refresh()
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_candidacies_combine(two):
    with two.candidacy("g", name="work") as work, two.candidacy("g", name="check", willing=False) as check:
        until(lambda: not two.group("g").leads)
        assert two.group("g").reason == "owner-unwilling"
        check.set_willing(True)
        two.wait_leads("g", LIMIT)
        check.set_willing(False)
        until(lambda: not two.group("g").leads)
        check.forget()                          # the other owner decides alone
        two.wait_leads("g", LIMIT)
        with pytest.raises(ValueError):
            check.set_willing(True)
        work.refresh()
    until(lambda: not two.group("g").leads)
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_position(one, two):
    assert two.group("g").position is None
    with two.candidacy("g") as mine:
        assert two.group("g").position is None
        mine.set_position(3, 23803720)
        assert two.group("g").position == bully.Position(3, 23803720)
        mine.refresh()
        mine.set_position(4, 2**64 - 1)
        position = two.group("g").position
        assert position == (4, 2**64 - 1) and position > bully.Position(3, 23803720)
        until(lambda: one.group("g").peers[0].position == position)
        with pytest.raises(OverflowError):
            mine.set_position(-1, 0)
    until(lambda: two.group("g").position is None)
    with pytest.raises(ValueError):
        mine.set_position(5, 5)
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_candidacy_late(two):
    with two.candidacy("g", deadline=0.05) as mine:
        until(lambda: two.group("g").reason == "owner-late" or not two.group("g").leads)
        with pytest.raises(bully.BullyError) as late:
            mine.refresh()
        assert late.value.errno == errno.ESTALE
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_async_candidacy(two):
    async def own():
        async with two.candidacy("g", deadline=5) as mine:
            await asyncio.sleep(6)              # longer than the deadline
            assert not mine.lost.done()
            bullyctl("n2", "group", "set", "g", "candidate", "owner")
            mine.refresh()

    asyncio.run(own())
    until(lambda: not two.group("g").leads)
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_forked_child_does_not_resign(two):
    with two.candidacy("g") as mine:
        two.wait_leads("g", LIMIT)
        epoch = two.group("g").epoch
        child = os.fork()
        if not child:
            mine.release()
            del mine
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        mine.refresh()
        group = two.group("g")
        assert group.leads and group.epoch == epoch
    bullyctl("n2", "group", "set", "g", "candidate", "on")


EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../userspace/examples")


def in_node(node, *words):
    return subprocess.Popen(["ip", "netns", "exec", node, "/usr/bin/python3", *words],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_example_wsgi(two):
    code = ("import os, sys; sys.path.insert(0, sys.argv[1])\n"
            "from leader_wsgi import LeaderOnly\n"
            "def ask():\n"
            "    said = []\n"
            "    body = app({}, lambda status, headers: said.append(status))\n"
            "    print(said[0].split()[0], body[0].decode().strip(), flush=True)\n"
            "def inner(environ, start):\n"
            "    start('200 OK', []); return [b'epoch %d' % environ['bully.epoch']]\n"
            "app = LeaderOnly(inner, 'g')\n"
            "ask()\n"
            "child = os.fork()\n"
            "ask()\n"
            "if child: os.waitpid(child, 0)\n")
    said = in_node("n2", "-c", code, EXAMPLES).communicate(timeout=LIMIT)[0]
    assert said.splitlines() == ["200 epoch %d" % two.group("g").epoch] * 3
    said = in_node("n1", "-c", code, EXAMPLES).communicate(timeout=LIMIT)[0]
    assert said.splitlines() == ["503 this node does not lead"] * 3


def test_example_async(two):
    service = in_node("n2", os.path.join(EXAMPLES, "leader_async.py"), "g")
    lines = []
    reader = threading.Thread(target=lambda: lines.extend(iter(service.stdout.readline, "")))
    reader.start()
    try:
        until(lambda: any(line.startswith("step ") for line in lines))
        assert two.group("g").candidate == "owner"
        service.send_signal(signal.SIGSTOP)                 # SIGSTOP: the loop hangs
        until(lambda: not two.group("g").leads)
        service.send_signal(signal.SIGCONT)
        before = len(lines)
        until(lambda: any(line.startswith("step ") for line in lines[before + 3:]))
    finally:
        service.kill()
        service.wait()
        reader.join()
    until(lambda: not two.group("g").leads)
    bullyctl("n2", "group", "set", "g", "candidate", "on")


def test_module_unloaded_and_loaded():
    """Last: takes the groups away."""
    with bully.Bully("n1") as b, b.monitor("g") as events:
        assert events.next(LIMIT).group
        for node in "n1", "n2":
            bullyctl(node, "group", "del", "g")
        subprocess.run(["rmmod", "bully"], check=True)
        until(lambda: (event := events.next(1)) and not event.module)
        with pytest.raises(bully.BullyError) as absent:
            b.groups()
        assert absent.value.errno == errno.ENOPKG
        subprocess.run(["modprobe", "bully"], check=True)
        until(lambda: (event := events.next(1)) and event.module)
        until(lambda: not b.groups())
