# SPDX-License-Identifier: GPL-2.0-only
"""Runs the guests of a cluster and the switch between them, and carries out each
command of a cluster's script."""

import os
import subprocess
import threading
import time
from pathlib import Path

import options
import prepare
from guest import Guest
from prepare import Trouble


def mac(i):
    return f"52:54:00:77:00:{i:02x}"


class Usage(Exception):
    """A command was used wrongly."""


class Nodes:
    """Guests 1 to n on one switch."""

    def __init__(self, opts, n, folder):
        self.opts = opts
        self.folder = Path(folder)
        self.switch = None
        self.guests = {i: self.make_guest(i) for i in range(1, n + 1)}
        self.off = set()       # off on purpose
        self.stopped = set()   # paused or halted
        self.cuts = set()      # (from, to): packets of FROM do not arrive at TO
        self.lock = threading.RLock()

    def make_guest(self, i):
        opts = dict(self.opts)
        opts["append"] = opts["append"] + [f"guest.ip=10.77.0.{i}/24", f"guest.ip6=fd77::{i}/64"]
        opts["env"] = dict(opts["env"], NODE=str(i))
        sock = f"{self.folder}/switch".replace(",", ",,")
        # A hub between guest and switch: its port can be taken off the switch while
        # the card's link stays up.
        opts["net"] = ["-netdev", f"vde,id=wire,sock={sock}",
                       "-netdev", "hubport,id=port,hubid=0,netdev=wire",
                       "-netdev", "hubport,id=net,hubid=0",
                       "-device", f"virtio-net-pci,id=nic,netdev=net,mac={mac(i)}"]
        return Guest(f"node{i}", opts)

    def start(self):
        prepare.need("vde_switch")
        sock = self.folder / "switch"
        with open(self.folder / "switch.log", "w", encoding="utf-8") as log:
            # The switch ends with its standard input, so it ends with this script.
            self.switch = subprocess.Popen(["vde_switch", "-n", str(len(self.guests) + 4), "-s", sock],
                                           stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + 20
        while not (sock / "ctl").exists():
            if self.switch.poll() is not None or time.monotonic() > end:
                raise Trouble("the switch (vde_switch) does not start")
            time.sleep(0.02)
        for guest in self.guests.values():
            guest.start()
        for guest in self.guests.values():
            guest.wait_up(self.boot_seconds())

    def boot_seconds(self):
        return options.BOOT_SECONDS[self.opts["accel"]] + 20 * len(self.guests)

    def end(self):
        for guest in self.guests.values():
            guest.kill()
        if self.switch:
            self.switch.kill()
            self.switch.wait()

    def died(self):
        """Returns the names of guests that ended without a command."""
        return [g.name for i, g in self.guests.items() if i not in self.off and g.died.is_set()]

    def health(self):
        """Examines all guests at once; returns what is wrong, as (guest, sentences)."""
        for i in list(self.stopped):
            if i not in self.off:
                self.do_resume(str(i))
        found = {}

        def look(i, guest):
            wrong = []
            if i not in self.off and guest.died.is_set():
                wrong.append("the guest died, and nobody had cut its power")
            try:
                found[i] = wrong + guest.health()
            except OSError as error:
                found[i] = wrong + [str(error)]

        threads = [threading.Thread(target=look, args=x) for x in self.guests.items()]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return [(g, found.get(i, ["its checks failed"])) for i, g in self.guests.items() if found.get(i, True)]

    # -- commands -----------------------------------------------------------

    def number(self, word):
        if not word.isdigit() or int(word) not in self.guests:
            raise Usage(f"there is no guest {word}, only 1 to {len(self.guests)}")
        return int(word)

    def running(self, word):
        i = self.number(word)
        if i in self.off:
            raise Usage(f"guest {i} is off")
        return i, self.guests[i]

    def do_on(self, sink, word, *argv):
        """Starts a command and returns its job."""
        if not argv:
            raise Usage("on I CMD...: no command")
        i, guest = self.running(word)
        if len(argv) == 1 and any(c.isspace() for c in argv[0]):
            argv = ("bash", "-c", argv[0])
        return i, guest, guest.run(argv, guest.opts["env"], sink)

    def do_power(self, word, what):
        i = self.number(word)
        guest = self.guests[i]
        with self.lock:
            if what in ("off", "down", "reboot", "panic") and i not in self.off | self.stopped:
                guest.stood_still(2)    # a guest that is off has no answer
            if what == "off":
                self.off.add(i)
                self.stopped.discard(i)
                guest.kill()
            elif what in ("down", "reboot"):    # qemu ends in both cases, because of -no-reboot
                self.running(word)
                self.off.add(i)
                leave = "reboot" if what == "reboot" else "poweroff"
                guest.run(["systemctl", leave] if self.opts["systemd"] else ["busybox", leave, "-f"],
                          {}, lambda *_: None)
                if not guest.died.wait(180 if self.opts["systemd"] else 60):
                    raise Trouble(f"guest {i} does not go down")
                guest.kill()
            elif what == "panic":
                self.running(word)
                self.off.add(i)
                guest.panic()
            elif what == "on":
                if i not in self.off:
                    raise Usage(f"guest {i} is on already")
                guest.start()
                guest.wait_up(self.boot_seconds())
                self.off.discard(i)
                self.apply_cuts(i)
            else:
                raise Usage("power I off|down|reboot|on|panic")

    def do_pause(self, word):
        i, guest = self.running(word)
        self.stopped.add(i)
        guest.stop()

    def do_resume(self, word):
        i, guest = self.running(word)
        guest.cont()
        if i in self.stopped:
            self.stopped.discard(i)
            guest.command_qmp("cont")
            self.apply_cuts(i)

    def do_halt(self, word):
        i, guest = self.running(word)
        guest.command_qmp("stop")
        self.stopped.add(i)

    do_unhalt = do_resume

    def do_link(self, word, what):
        _, guest = self.running(word)
        if what not in ("up", "down"):
            raise Usage("link I up|down")
        guest.command_qmp("set_link", name="nic", up=what == "up")

    def do_port(self, word, what):
        _, guest = self.running(word)
        if what not in ("up", "down"):
            raise Usage("port I up|down")
        guest.command_qmp("set_link", name="wire", up=what == "up")

    def pairs(self, word, way, other):
        i = self.number(word)
        if way is None:
            return {p for j in self.guests if j != i for p in ((i, j), (j, i))}
        if way not in ("to", "from") or other is None or self.number(other) == i:
            raise Usage("cut|heal I [to|from J]")
        return {(i, int(other)) if way == "to" else (int(other), i)}

    def do_cut(self, word, way=None, other=None):
        with self.lock:
            new = self.pairs(word, way, other)
            self.cuts |= new
            self.apply_all({to for _, to in new})

    def do_heal(self, word=None, way=None, other=None):
        with self.lock:
            old = self.pairs(word, way, other) if word else set(self.cuts)
            self.cuts -= old
            self.apply_all({to for _, to in old})

    def apply_all(self, which):
        threads = [(i, threading.Thread(target=self.apply_cuts, args=(i,))) for i in sorted(which)]
        for _, t in threads:
            t.start()
        for i, t in threads:
            t.join()
            if i not in self.off | self.stopped and self.guests[i].cut_failed:
                raise Trouble(f"guest {i} does not take the new cuts")

    def apply_cuts(self, i):
        """Drops the packets at the receiver, by hardware address, before any other code: to
        the sender it looks like a broken switch."""
        if i in self.off | self.stopped:
            return
        macs = ", ".join(mac(a) for a, b in sorted(self.cuts) if b == i)
        rules = "add table netdev cut; delete table netdev cut"
        if macs:
            rules += ("; table netdev cut { chain in { type filter hook ingress device eth0 priority -500; "
                      f"ether saddr {{ {macs} }} drop; }}; }}")
        guest = self.guests[i]
        job = guest.run(["nft", rules], guest.opts["env"], lambda _s, data: os.write(2, data))
        guest.cut_failed = not job.done.wait(30) or job.status != 0
