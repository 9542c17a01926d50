# SPDX-License-Identifier: GPL-2.0-only
"""bench.py - the functions that the benchmarks in a guest share: network, events, waits, figures

    n1           n2                 nN       namespaces, ids 1 to N
     |            |                  |       10.9.0.I on eth0
     v1 --------- v2 ------ ... ---- vN      ports of br0
"""
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time


def run(*words):
    subprocess.run(words, check=True)


def boottime():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def bully(node, *words):
    """Returns the JSON that bullyctl prints in a node's namespace."""
    return json.loads(subprocess.run(["bullyctl", "-n", "n%d" % node, "-j", *words], check=True,
                                     stdout=subprocess.PIPE, text=True).stdout)


def configure(node, text):
    """Makes the groups of TEXT, a configuration, in a node's namespace."""
    subprocess.run(["bullyctl", "-n", "n%d" % node, "setconf", "-"], input=text, text=True, check=True)


class Monitor:
    """The events of a node, from bullyctl monitor."""

    def __init__(self, node):
        self.events = []
        self.changed = threading.Condition()
        self.process = subprocess.Popen(["bullyctl", "-n", "n%d" % node, "-j", "monitor"],
                                        stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            with self.changed:
                self.events.append(json.loads(line))
                self.changed.notify_all()

    def wait(self, since, limit, **want):
        """Returns the first event from @since on that has all of @want."""
        end = time.monotonic() + limit
        with self.changed:
            while True:
                for event in self.events:
                    if event.get("time_ns", 0) >= since and event["event"] != "snapshot" and \
                            all(event.get(key) == value for key, value in want.items()):
                        return event
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self.changed.wait(left)


def until(what, limit, condition):
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("bench: gave up waiting until " + what)
        time.sleep(0.02)


def leads(node, group):
    return bully(node, "show", group)[0]["leader"]


def network(nodes):
    """Makes namespaces n1 to n<nodes> on one bridge, with 10.9.0.I on eth0 of each."""
    run("ip", "link", "add", "br0", "type", "bridge")
    run("ip", "link", "set", "br0", "up")
    for i in range(1, nodes + 1):
        run("ip", "netns", "add", "n%d" % i)
        run("ip", "link", "add", "v%d" % i, "type", "veth", "peer", "name", "eth0", "netns", "n%d" % i)
        run("ip", "link", "set", "v%d" % i, "master", "br0", "up")
        run("ip", "-n", "n%d" % i, "addr", "add", "10.9.0.%d/24" % i, "dev", "eth0")
        run("ip", "-n", "n%d" % i, "link", "set", "eth0", "up")
        run("ip", "-n", "n%d" % i, "link", "set", "lo", "up")


def keepalived(node, address, *before):
    """Starts keepalived in a node's namespace, with a virtual address; BEFORE are words of a command that runs it."""
    conf = os.path.abspath("keepalived-%d.conf" % node)
    with open(conf, "w", encoding="ascii") as f:
        f.write("""global_defs {
    vrrp_version 3
}
vrrp_instance bench {
    state BACKUP
    interface eth0
    virtual_router_id 7
    priority %d
    advert_int 0.01
    virtual_ipaddress {
        %s/24
    }
}
""" % (100 + node, address))
    return subprocess.Popen(
        ["ip", "netns", "exec", "n%d" % node, *before, "keepalived", "-n", "-P", "-f", conf,
         "-p", os.path.abspath("k%d.pid" % node), "-r", os.path.abspath("v%d.pid" % node)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def network_down(nodes):
    for i in range(1, nodes + 1):
        # a connection that is not over keeps its namespace for minutes, and with it the interface
        run("ip", "link", "del", "v%d" % i)
        run("ip", "netns", "del", "n%d" % i)
    run("ip", "link", "del", "br0")


def quantile(values, q):
    values = sorted(values)
    return values[min(len(values) - 1, int(q * len(values)))]


def figures(values):
    ms = [v / 1e6 for v in values]
    return {"rounds": len(ms), "median_ms": round(quantile(ms, 0.5), 2), "p10_ms": round(quantile(ms, 0.1), 2),
            "p90_ms": round(quantile(ms, 0.9), 2), "min_ms": round(min(ms), 2), "max_ms": round(max(ms), 2)}


def start():
    """Loads the module and enters a new folder. Returns the beginning of a result."""
    run("modprobe", "bully")
    os.chdir(tempfile.mkdtemp())
    return {"kernel": os.uname().release, "processors": os.cpu_count()}


def finish(result, monitors, nodes):
    """Ends the benchmark's processes and groups, removes its folder, and prints its result."""
    for monitor in monitors.values():
        monitor.process.terminate()
    network_down(nodes)
    folder = os.getcwd()
    os.chdir("/")
    shutil.rmtree(folder)
    print("BENCH " + json.dumps(result))
    return 0
