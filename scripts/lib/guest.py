# SPDX-License-Identifier: GPL-2.0-only
"""Runs one guest: a qemu process, and the agent in the guest that runs commands."""

import itertools
import json
import os
import re
import secrets
import select
import signal
import socket
import struct
import subprocess
import threading
import time
import urllib.parse
from pathlib import Path

import interrupts
import verdict
from prepare import Trouble, note

HEAD = struct.Struct("<B3xII")
# Folders that a guest has itself, so that it does not see the host's.
HIDDEN = ("/tmp", "/run", "/dev", "/proc", "/sys")
# The guest needs these itself; other folders below /tmp, /run, /dev/shm can be kept.
NEEDED = ("/tmp/scratch", "/run/lock", "/run/netns", "/run/bully-vm", "/dev/shm")
MAX_COMMAND_LINE = 2047
# Half a heartbeat of most tests: a node that is later does not count the interval.
STILL_MS = 100
# The console's lines of a panic that a test caused.
PANIC = re.compile(r"Kernel panic - not syncing: sysrq triggered crash\b.*?---\[ end Kernel panic[^\n]*", re.S)


def is_hidden(folder):
    """Returns true if the guest has its own FOLDER, which hides the host's."""
    return folder in HIDDEN + NEEDED or \
        folder.startswith(("/dev/", "/proc/", "/sys/")) and not folder.startswith("/dev/shm/")


def kept(folders):
    """Returns those of the host's FOLDERS that must be passed on for the guest to see them."""
    real = {os.path.realpath(folder) for folder in folders}
    for folder in sorted(real):
        if is_hidden(folder):
            raise Trouble(f"the guest has a {folder} of its own, and so cannot see what lies there")
    return sorted(folder for folder in real if folder.startswith(tuple(h + "/" for h in HIDDEN)))


def word(path):
    """Returns PATH encoded for the kernel's command line; the guest's init decodes it."""
    return urllib.parse.quote(os.fsencode(path))


def tell_still(guest):
    """Prints a line if GUEST stood still so long that a test in it may have failed for that;
    returns the longest time in ms since the last call."""
    ms, guest.still = guest.stood_still(), 0
    if ms >= STILL_MS:
        note(f"{guest.name} stood still for up to {ms} ms")
    return ms


class Job:
    """A command in a guest. Its output goes to sink(stream, bytes)."""

    def __init__(self, sink):
        self.sink = sink
        self.token = secrets.token_hex(16)
        self.done = threading.Event()
        self.status = None  # None: the command has not ended

    def end(self, payload):
        st, token = struct.unpack_from("<i", payload)[0], payload[4:].decode(errors="replace")
        # Only a frame with the secret token counts as an end.
        if token == self.token:
            self.status = os.waitstatus_to_exitcode(st)
            if self.status < 0:
                self.status = 128 - self.status
        self.done.set()


class Guest:
    """Options: kernel (a dictionary of scripts/kernel), initramfs, accel, cpus,
    mem, modules, keep (folders), append (words), net (qemu words), folder."""

    def __init__(self, name, opts):
        self.name = name
        self.opts = opts
        self.log_path = Path(opts["folder"]) / f"{name}.console"
        self.proc = None
        self.up = threading.Event()
        self.died = threading.Event()
        self.jobs = {}
        self.ids = itertools.count(1)
        self.sending = threading.Lock()
        self.log_before = ""
        self.cut_failed = False
        self.panicked = False
        self.stopped = False
        self.listener = None
        self.still = 0

    # -- the machine ------------------------------------------------------

    def command(self, agent_fd, qmp_fd):
        o = self.opts
        kern = o["kernel"]
        words = ["console=ttyS0", "loglevel=5", "panic=-1", "oops=panic", "tsc=reliable", "no_timer_check",
                 "net.ifnames=0", "random.trust_cpu=on", "mitigations=off", "log_buf_len=4M", "watchdog_thresh=30",
                 "rcupdate.rcu_cpu_stall_timeout=60", f"guest.name={self.name}"]
        if o.get("modules"):
            words.append("guest.modules=" + word(os.path.realpath(o["modules"])))
        keep = kept(o["keep"])
        if keep:
            words.append("guest.keep=" + ":".join(word(k) for k in keep))
        line = " ".join(words + o["append"])
        if len(os.fsencode(line)) > MAX_COMMAND_LINE:
            raise Trouble("the kernel's command line is too long: shorter paths help")
        accel = ["-accel", "kvm", "-cpu", "host"] if o["accel"] == "kvm" else \
                ["-accel", "tcg,thread=multi", "-cpu", "max,la57=off"]
        return ["qemu-system-x86_64", "-name", self.name, "-nodefaults", "-no-user-config", "-no-reboot",
                "-display", "none", *accel, "-smp", f"{o['cpus']},sockets={o['cpus']}", "-m", str(o["mem"]),
                "-kernel", kern["IMAGE"], "-initrd", str(o["initramfs"]),
                "-append", line,
                "-serial", f"file:{self.log_path}",
                "-chardev", f"socket,id=agent,fd={agent_fd}", "-device", "virtio-serial-pci",
                "-device", "virtserialport,chardev=agent,name=bully",
                "-chardev", f"socket,id=qmp,fd={qmp_fd}", "-mon", "chardev=qmp,mode=control",
                "-device", "virtio-rng-pci",
                "-fsdev", "local,id=root,path=/,readonly=on,security_model=none,multidevs=remap",
                "-device", "virtio-9p-pci,fsdev=root,mount_tag=hostroot", *o.get("net", [])]

    def start(self):
        if self.log_path.exists():
            self.log_before += self.log_path.read_text(errors="replace")
            self.log_path.unlink()
        self.begin = time.monotonic()
        self.up.clear()
        self.died.clear()
        self.jobs = {}
        self.agent, agent_far = socket.socketpair()
        self.qmp, qmp_far = socket.socketpair()
        fds = (agent_far.fileno(), qmp_far.fileno())
        self.errors = open(Path(self.opts["folder"]) / f"{self.name}.qemu", "w+", encoding="utf-8")
        # A session of its own, so that Ctrl-C reaches only this script, which ends the guest.
        with interrupts.unbroken():
            self.proc = subprocess.Popen(self.command(*fds), stdin=subprocess.DEVNULL, stdout=self.errors,
                                         stderr=self.errors, pass_fds=fds, start_new_session=True)
        agent_far.close()
        qmp_far.close()
        self.qmp_lock = threading.Lock()
        self.qmp_ready = False
        listener = threading.Thread(target=self.listen, args=(self.agent,), daemon=True)
        listener.start()
        self.listener = listener

    def wait_up(self, seconds):
        """Waits for the agent; raises Trouble if the guest ends or stays silent."""
        try:
            self.wait_agent(seconds)
        except Trouble as trouble:
            # On a busy machine a kernel that calibrates itself by emulated timers may
            # fail. None of our code runs before the agent.
            note(f"{trouble}; once more")
            self.kill()
            self.log_path.unlink(missing_ok=True)
            self.start()
            self.wait_agent(seconds)
        # tests/check counts these lines
        note(f"guest {self.name} is up after {time.monotonic() - self.begin:.1f} s")

    def wait_agent(self, seconds):
        end = time.monotonic() + seconds
        while not self.up.wait(0.1):
            if self.died.is_set():
                self.errors.seek(0)
                raise Trouble(f"guest {self.name} ended while it booted {self.errors.read().strip()}")
            if time.monotonic() > end:
                raise Trouble(f"guest {self.name} did not boot within {seconds} s")

    def kill(self):
        """Cuts the power."""
        if self.proc and self.proc.poll() is None:
            self.proc.kill()
        if self.proc:
            self.proc.wait()
        if self.listener:
            # else it could report later that the next boot died, because a reader of output may be slow
            self.listener.join(10)

    def panic(self):
        """Causes a panic, which is no failure. Without panic= the kernel stands still then."""
        self.run(["bash", "-c", "echo 0 > /proc/sys/kernel/panic; echo c > /proc/sysrq-trigger"], {}, lambda *_: None)
        end = time.monotonic() + 30
        while not PANIC.search(self.console()):
            if time.monotonic() > end:
                raise Trouble(f"guest {self.name} does not panic")
            time.sleep(0.05)
        self.panicked = True

    def stop(self):
        """Pauses the guest, while its time goes on."""
        self.stopped = True
        self.proc.send_signal(signal.SIGSTOP)

    def cont(self):
        self.proc.send_signal(signal.SIGCONT)

    def qmp_line(self, deadline):
        data = b""
        while not data.endswith(b"\n"):
            if not select.select([self.qmp], [], [], max(0, deadline - time.monotonic()))[0]:
                raise Trouble(f"qemu of guest {self.name} does not answer")
            got = self.qmp.recv(1)
            if not got:
                raise Trouble(f"qemu of guest {self.name} has ended")
            data += got
        return json.loads(data)

    def command_qmp(self, execute, **arguments):
        """Sends a QMP command; returns its answer, or raises Trouble."""
        deadline = time.monotonic() + 10
        with self.qmp_lock:
            if not self.qmp_ready:
                self.qmp_line(deadline)
                self.qmp_ready = True
                todo = [{"execute": "qmp_capabilities"}]
            else:
                todo = []
            todo.append({"execute": execute, "arguments": arguments})
            for request in todo:
                self.qmp.sendall(json.dumps(request).encode() + b"\n")
                while True:
                    answer = self.qmp_line(deadline)
                    if "error" in answer:
                        raise Trouble(f"{execute}: {answer['error']['desc']}")
                    if "return" in answer:
                        break
        return answer["return"]

    # -- the agent --------------------------------------------------------

    def listen(self, sock):
        try:
            with sock.makefile("rb") as stream:
                while True:
                    head = stream.read(HEAD.size)
                    if len(head) < HEAD.size:
                        break
                    kind, ident, length = HEAD.unpack(head)
                    self.take(chr(kind), ident, stream.read(length))
        except OSError:
            pass
        self.died.set()
        for job in list(self.jobs.values()):
            job.done.set()

    def take(self, kind, ident, payload):
        if kind == "H":
            self.up.set()
        job = self.jobs.get(ident)
        if not job:
            return
        if kind in "OE":
            job.sink(kind, payload)
        elif kind == "X":
            job.end(payload)
        elif kind in "LMZ":
            job.status = 0
            job.done.set()

    def send(self, kind, ident, payload=b""):
        try:
            with self.sending:
                self.agent.sendall(HEAD.pack(ord(kind), ident, len(payload)) + payload)
        except OSError:
            self.died.set()

    def ask(self, kind, sink, payload=b""):
        """Sends a request to the guest; returns its job."""
        ident = next(self.ids)
        job = self.jobs[ident] = Job(sink)
        job.ident = ident
        if kind == "R":
            payload = job.token.encode() + b"\0" + payload
        self.send(kind, ident, payload)
        if self.died.is_set():
            job.done.set()
        return job

    def run(self, argv, env, sink, cwd="/tmp/scratch"):
        words = [cwd, str(len(env)), *(f"{k}={v}" for k, v in env.items()), *argv]
        return self.ask("R", sink, b"".join(w.encode(errors="surrogateescape") + b"\0" for w in words))

    def collect(self, kind, argv, seconds):
        """Runs ARGV (kind R) or sends a request (L, M, Z); returns its output, or None if it hung."""
        parts = []
        sink = lambda _stream, data: parts.append(data)
        job = self.run(argv, {}, sink, "/") if kind == "R" else self.ask(kind, sink)
        if not job.done.wait(seconds) or job.status is None:
            return None
        return b"".join(parts).decode(errors="replace")

    # -- the verdict ------------------------------------------------------

    def console(self):
        now = self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
        return self.log_before + now

    def stood_still(self, seconds=60):
        """Returns the longest time in ms that a processor of the guest did not run because of this
        machine, since tell_still(). If the guest was stopped on purpose, only the time before
        counts."""
        said = None if self.died.is_set() or self.stopped else self.collect("M", None, seconds)
        self.still = max(self.still, int(said or 0))
        return self.still

    def health(self):
        """Returns what is wrong with a guest after its script: a list of sentences."""
        wrong = []
        if not self.died.is_set():
            log = ""
            if self.collect("Z", None, 60) is None:
                wrong.append("the script's processes cannot be killed")
            elif (said := self.collect("R", ["/run/bully-vm/health"], 300)) is None:
                wrong.append("the checks after the script hang")
            else:
                wrong += said.splitlines()
                log = self.collect("L", None, 60)
                if log is None:
                    wrong.append("the kernel's log cannot be read")
        else:
            log = ""
        both = self.console() + "\n" + (log or "")
        found = verdict.reports(PANIC.sub("", both) if self.panicked else both)
        if found:
            wrong = [f"the kernel reported: {line}" for line in found[:10]] + wrong
        return wrong
