# SPDX-License-Identifier: GPL-2.0-only
"""Adds the options that vm and cluster have in common, and prepares guests by them."""

import prepare

# A guest boots in seconds; a busy machine may take longer.
BOOT_SECONDS = {"kvm": 60, "tcg": 240}
DEFAULT_MEM = {"debug": 1024, "kcsan": 1024}


def add(parser):
    parser.add_argument("--kernel", default="stock", metavar="NAME",
                        help="stock, debug, kcsan, rt, 6.12 or 7.3 (see scripts/kernel); default stock")
    parser.add_argument("--cpus", type=int, default=2, metavar="N", help="number of processors; default 2")
    parser.add_argument("--mem", type=int, default=0, metavar="MB", help="memory; default 512, debug and kcsan 1024")
    parser.add_argument("--timeout", type=float, default=300, metavar="S",
                        help="seconds that SCRIPT may take, building and booting not counted; default 300")
    parser.add_argument("--append", action="append", default=[], metavar="WORDS",
                        help="more words for the kernel command line")
    parser.add_argument("--no-module", action="store_true", help="SCRIPT needs neither bully.ko nor bullyctl")
    parser.add_argument("--systemd", action="store_true",
                        help="systemd is the guest's process 1, with no more than it needs; SCRIPT starts units")
    parser.add_argument("--kunit", action="store_true", help="build the KUnit module too ('modprobe bully_kunit')")


def prepare_env(args, kern, path):
    return {"PATH": ":".join(path + ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]),
            "HOME": "/root", "LANG": "C", "BULLY_TREE": str(prepare.TREE), "BULLY_KERNEL": args.kernel,
            "BULLY_KDIR": kern["KDIR"]}


def prepare_guest(args, folder):
    """Builds everything that a guest needs; returns the options of class Guest."""
    prepare.need("qemu-system-x86_64", "busybox", "gcc", "make")
    kern = prepare.kernel(args.kernel)
    image = prepare.initramfs(kern)
    modules, path = kern["MODULES"], []
    append = list(args.append)
    if args.systemd:
        prepare.need("systemd-run")
        append.append("guest.systemd")
    if not args.no_module:
        modules = prepare.module(args.kernel, args.kunit)
        path = prepare.tool()
    return {"kernel": kern, "initramfs": image, "accel": prepare.accelerator(kern, image), "folder": folder,
            "cpus": args.cpus, "mem": args.mem or DEFAULT_MEM.get(args.kernel, 512), "modules": modules,
            "append": append, "systemd": args.systemd, "env": prepare_env(args, kern, path),
            "keep": [str(prepare.TREE), str(prepare.CACHE)]}
