#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""listeners.py - opens many sockets of an unprivileged user that listen to events, in a guest

  listeners.py crowd N NS...    opens N sockets in each namespace and reads none of them; prints
                                'ready', and runs until it is killed
  listeners.py last NS COMMAND...
                                runs COMMAND, then prints a line 'GROUP WHAT NUMBER' for each
                                event that a listener in NS has in its queue
"""
import os
import re
import resource
import signal
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../netlink"))
import genl  # noqa: E402

HEADER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../kmod/uapi/bully.h")
SOL_NETLINK, NETLINK_ADD_MEMBERSHIP = 270, 1
CTRL_ATTR_FAMILY_NAME, CTRL_ATTR_MCAST_GROUPS, CTRL_ATTR_MCAST_GRP_ID = 2, 7, 2
NOBODY = 65534


def constants():
    """Returns {name: number} of the header's enums. A guest would need seconds to read the spec."""
    found = {}
    with open(HEADER, encoding="ascii") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    for block in re.findall(r"enum[^{;]*{([^}]*)}", text):
        number = -1
        for entry in block.split(","):
            name, _, given = (word.strip() for word in entry.partition("="))
            number = int(given, 0) if given[:1].isdigit() else number + 1
            found[name] = number
    return found


def events_group():
    """Returns the number of the family's only multicast group."""
    answer = genl.Genl().ask(genl.GENL_ID_CTRL, genl.CTRL_CMD_GETFAMILY,
                             genl.attr(CTRL_ATTR_FAMILY_NAME, b"bully\0"), genl.NLM_F_ACK)
    groups = genl.attrs(dict(genl.attrs(answer[0]))[CTRL_ATTR_MCAST_GROUPS])
    return genl.number(dict(genl.attrs(groups[0][1]))[CTRL_ATTR_MCAST_GRP_ID])


def listener(group):
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, genl.NETLINK_GENERIC)
    sock.bind((0, 0))
    sock.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group)
    return sock


def command(word, *rest):
    """Returns the command that runs this file again, in namespace WORD and as user nobody."""
    return ["ip", "netns", "exec", word, "setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY),
            "--clear-groups", sys.executable, os.path.abspath(__file__), *rest]


def here(count):
    group = events_group()
    sockets = [listener(group) for _ in range(count)]
    print("ready", flush=True)
    signal.pause()
    return len(sockets)


def crowd(count, spaces):
    """Starts COUNT listeners in each namespace; returns their processes when all are ready."""
    room = count + 64
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (room, max(room, hard)))
    found = [subprocess.Popen(command(space, "here", str(count)), stdout=subprocess.PIPE, text=True)
             for space in spaces]
    for process in found:
        if process.stdout.readline() != "ready\n":
            raise SystemExit("listeners.py: they cannot listen")
    return found


def disperse(processes):
    for process in processes:
        process.kill()
        process.wait()


def told(sock):
    const = constants()
    names = {number: name[len("BULLY_CMD_"):] for name, number in const.items() if name.startswith("BULLY_CMD_")}
    while True:
        try:
            data = sock.recv(1 << 20)
        except BlockingIOError:
            return
        group = dict(genl.attrs(dict(genl.attrs(data[20:]))[const["BULLY_A_GROUP"]]))
        name = group[const["BULLY_A_GROUP_NAME"]].rstrip(b"\0").decode()
        print(name, names.get(data[16], data[16]), genl.number(group[const["BULLY_A_GROUP_EVENT_SEQ"]]))


def last(words):
    sock = listener(events_group())
    status = subprocess.run(words, check=False).returncode
    told(sock)
    return status


def main():
    what, *words = sys.argv[1:]
    if what == "here":
        return here(int(words[0]))
    if what == "last":
        if words[0] != "-":
            os.execvp("ip", ["ip", "netns", "exec", words[0], sys.executable, os.path.abspath(__file__),
                             "last", "-", *words[1:]])
        return last(words[1:])
    processes = crowd(int(words[0]), words[1:])
    print("ready", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(disperse(processes)))
    signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
