# SPDX-License-Identifier: GPL-2.0-only
"""Builds what a guest needs before it can boot: kernel, module, tool, initramfs."""

import fcntl
import gzip
import hashlib
import lzma
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import interrupts

SCRIPTS = Path(__file__).resolve().parent.parent
TREE = SCRIPTS.parent
CACHE = Path(os.environ.get("BULLY_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "bully").absolute()

# Modules that a guest needs before it sees the host's files. Modules that are built into
# the kernel, or that the kernel does not have, are left out.
BOOT_MODULES = ("virtio_pci", "virtio_console", "9pnet_virtio", "9p", "overlay")
NET_MODULES = ("virtio_net", "virtio_rng")
# The files of scripts/guest that an initramfs has unchanged.
GUEST_FILES = ("init", "health", "state", "agent.service")


class Trouble(Exception):
    """An error: one sentence for the user."""


def note(text):
    print(f"{Path(sys.argv[0]).name}: {text}", file=sys.stderr, flush=True)


@contextmanager
def lock(name):
    (CACHE / "lock").mkdir(parents=True, exist_ok=True)
    with open(CACHE / "lock" / name, "w", encoding="ascii") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield f.fileno()


def key_of(*things):
    """Returns a short name for exactly these strings and the contents of these files."""
    h = hashlib.sha256()
    for thing in things:
        data = thing.read_bytes() if isinstance(thing, Path) else str(thing).encode()
        h.update(b"%d:" % len(data) + data)
    return h.hexdigest()[:16]


def assignments(text):
    return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def need(*programs):
    missing = [p for p in programs if not shutil.which(p)]
    if missing:
        raise Trouble(f"{', '.join(missing)} not found; 'scripts/deps build vm' installs what is missing")


def end_group(proc, seconds):
    """Ends the process group of PROC, and waits until no process of it is left."""
    end = time.monotonic() + seconds
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(proc.pid, signal.SIGTERM)
        while time.monotonic() < end:
            proc.poll()
            os.killpg(proc.pid, 0)
            time.sleep(0.05)
        os.killpg(proc.pid, signal.SIGKILL)
    proc.wait()


def output(cmd, **how):
    """Runs CMD in its own process group, which ends before this script; returns
    its status and its output."""
    proc = None
    try:
        with interrupts.unbroken():
            proc = subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                    process_group=0, **how)
        said = proc.communicate()[0]
    except BaseException:
        if proc:
            end_group(proc, 15)
        raise
    return proc.returncode, said


def kernel(name):
    """Runs scripts/kernel and returns what it prints as a dictionary."""
    status, said = output([SCRIPTS / "kernel", name])
    if status:
        raise Trouble(f"kernel {name} cannot be prepared")
    found = assignments(said)
    found["NAME"] = name
    return found


def module(name, kunit):
    """Builds the module for kernel NAME; returns its /lib/modules/RELEASE."""
    cmd = [SCRIPTS / "kmod", *(["--kunit"] if kunit else []), name]
    status, said = output(cmd)
    if status:
        raise Trouble(f"the module does not build for kernel {name}")
    return assignments(said)["MODULES"]


def tool():
    """Builds bullyctl; returns the folders to put on PATH."""
    if not (TREE / "userspace" / "Makefile").exists():
        raise Trouble("there is no userspace/Makefile to build bullyctl with (--no-module goes without)")
    with lock("userspace-" + key_of(str(TREE))) as held:
        status, said = output(["make", "-s", "-C", TREE / "userspace"], stderr=subprocess.STDOUT, pass_fds=(held,))
    if status:
        sys.stderr.write(said)
        raise Trouble("bullyctl does not build")
    if ":" in str(TREE):
        raise Trouble(f"bullyctl cannot be on PATH: there is a colon in {TREE}")
    # A static program starts five times faster under emulation. If it cannot be linked
    # because a library's archive is missing, the shared program is used.
    with lock("userspace-" + key_of(str(TREE))) as held:
        output(["make", "-s", "-C", TREE / "userspace", "static"], stderr=subprocess.STDOUT, pass_fds=(held,))
    found = [p.parent for p in (TREE / "userspace").rglob("bullyctl") if p.is_file() and os.access(p, os.X_OK)]
    found.sort(key=lambda folder: folder.name != "static")
    if not found:
        raise Trouble("make -C userspace leaves no program bullyctl")
    return [str(p) for p in found]


def boot_modules(kern, wanted):
    """Returns the files of the WANTED modules and of their dependencies, in loading order."""
    base = Path(kern["MODULES"])
    deps, order = {}, []
    for line in (base / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        deps[path] = rest.split()
    by_name = {re.sub(r"\.ko.*$", "", Path(p).name).replace("-", "_"): p for p in deps}
    for name in wanted:
        path = by_name.get(name)
        for p in [*reversed(deps.get(path, [])), path]:
            if p and p not in order:
                order.append(p)
    return [base / p for p in order]


def unpacked(path):
    data = path.read_bytes()
    if path.suffix == ".xz":
        return lzma.decompress(data), path.stem
    if path.suffix == ".gz":
        return gzip.decompress(data), path.stem
    return data, path.name


def initramfs(kern):
    """Builds the guest's first file system; returns its path."""
    need("gcc", "cpio", "busybox")
    guest = SCRIPTS / "guest"
    mods = boot_modules(kern, BOOT_MODULES + NET_MODULES)
    sources = (guest / "agent.c", *(guest / name for name in GUEST_FILES))
    out = CACHE / "initramfs" / (key_of(*sources, Path(__file__), *mods) + ".img")
    if out.exists():
        return out
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as tmp:
        root = Path(tmp) / "root"
        (root / "bin").mkdir(parents=True)
        (root / "modules").mkdir()
        subprocess.run(["gcc", "-std=gnu11", "-O2", "-static", "-o", root / "agent", guest / "agent.c"], check=True)
        busybox = Path(shutil.which("busybox"))
        if b"dynamic" in subprocess.run(["ldd", busybox], capture_output=True, check=False).stdout:
            raise Trouble("busybox is not the static one; install busybox-static")
        shutil.copy(busybox, root / "bin" / "busybox")
        for name in GUEST_FILES:
            shutil.copy(guest / name, root / name)
        order = []
        for path in mods:
            data, name = unpacked(path)
            (root / "modules" / name).write_bytes(data)
            order.append(name + "\n")
        (root / "modules" / "order").write_text("".join(order))
        names = "\n".join(str(p.relative_to(root)) for p in sorted(root.rglob("*")))
        image = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], input=names.encode(),
                               stdout=subprocess.PIPE, cwd=root, check=True).stdout
        done = Path(tmp) / "image"
        done.write_bytes(gzip.compress(image, 1))
        done.rename(out)
    return out


def accelerator(kern, image):
    """Returns "kvm" if a guest boots with KVM, else "tcg": /dev/kvm may exist and hang."""
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return "tcg"
    boot_id = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    known = CACHE / f"accelerator-{boot_id}-{os.getuid()}"
    with lock("accelerator"):
        if known.exists():
            return known.read_text().strip()
        note("trying whether KVM works here (10 s at most)")
        cmd = ["qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults", "-nographic",
               "-no-reboot", "-kernel", kern["IMAGE"], "-initrd", str(image), "-serial", "stdio",
               "-append", "console=ttyS0 quiet panic=-1 guest.probe"]
        found = "kvm" if probe(cmd, 10) else "tcg"
        note("KVM works" if found == "kvm" else "KVM does not work: guests are emulated, which is slower")
        known.write_text(found)
    return found


def probe(cmd, seconds):
    """Returns true if CMD prints the word within SECONDS; waits no longer."""
    end = time.monotonic() + seconds
    seen = b""
    with subprocess.Popen(cmd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, start_new_session=True) as proc:
        try:
            os.set_blocking(proc.stdout.fileno(), False)
            while time.monotonic() < end and b"bully-probe-ok" not in seen:
                seen += proc.stdout.read() or b""
                if proc.poll() is not None:
                    seen += proc.stdout.read() or b""
                    break
                time.sleep(0.1)
        finally:
            proc.kill()
            try:
                proc.wait(2)
            except subprocess.TimeoutExpired:
                # the process is stuck in the kernel: leave it, and do not let Popen wait for it
                proc.returncode = -9
    return b"bully-probe-ok" in seen
