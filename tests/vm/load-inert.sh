#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that a loaded module without a group has no socket and no timer, and sends no packet.
# numbers: ROUNDS=8
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

sockets() { cat /proc/net/udp /proc/net/udp6 | grep -c ':6F8F ' || :; }
timers() { grep -c bully /proc/timer_list || :; }
sent() { nft -j list table inet count | jq '[.. | .counter? | objects | .packets] | add'; }
inert() {
	why="$(sockets) sockets, $(timers) timers, $(sent) packets"
	[ "$why" = "0 sockets, 0 timers, $1 packets" ]
}

nft -f - <<-END
	table inet count {
		chain out {
			type filter hook output priority 0;
			udp dport 28559 counter
		}
	}
END
check "not loaded: no socket, timer or packet exists" inert 0
modprobe bully
check "loaded: no socket, timer or packet exists" inert 0
bullyctl show > /dev/null
bullyctl stats > /dev/null
check "asked: no socket, timer or packet exists" inert 0
check "a group without peers is added" bullyctl group add g id 1
check "a group without peers sends no packet" test "$(sent)" -eq 0
check "a peer is added" bullyctl peer add g id 2 addr 127.0.0.2
talks() { [ "$(sent)" -gt 0 ]; }
check "a group with a peer sends packets" wait_for talks
check "a group with a peer has a socket" test "$(sockets)" -ge 1
# a timer is not in the list while it fires
timed() { [ "$(timers)" -ge 1 ]; }
check "a group with a peer has a timer" wait_for timed
check "the group is deleted" bullyctl group del g
check "deleted: no socket, timer or new packet exists" wait_for inert "$(sent)"
printf '[group g]\nid = 1\n[peer 2]\naddr = 127.0.0.2\n' > conf
for round in $(seq "$ROUNDS"); do
	rmmod bully && modprobe bully || break
done
check "the module is unloaded and loaded $ROUNDS times" test "$round" -eq $ROUNDS
for round in $(seq "$ROUNDS"); do
	rmmod bully && modprobe bully && bullyctl setconf conf || break
done
check "the module is unloaded with a group and loaded $ROUNDS times" test "$round" -eq $ROUNDS
rmmod bully
nft delete table inet count
finish
