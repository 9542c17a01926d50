#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loaded means inert: until there is a group, no socket, no timer, no packet.
# numbers: ROUNDS=8
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

sockets() { cat /proc/net/udp /proc/net/udp6 | grep -c ':1CE8 ' || :; }
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
			udp dport 7400 counter
		}
	}
END
check "before" inert 0
modprobe bully
check "loaded: inert" inert 0
bullyctl show > /dev/null
bullyctl stats > /dev/null
check "asked: inert" inert 0
check "a group without peers" bullyctl group add g id 1
check "a group without peers: no packet" test "$(sent)" -eq 0
check "a peer" bullyctl peer add g id 2 addr 127.0.0.2
talks() { [ "$(sent)" -gt 0 ]; }
check "a group with a peer: packets" wait_for talks
check "a group with a peer: a socket" test "$(sockets)" -ge 1
# one that has fired is in no list until it is set again
timed() { [ "$(timers)" -ge 1 ]; }
check "a group with a peer: a timer" wait_for timed
check "deleted" bullyctl group del g
check "deleted: inert again" wait_for inert "$(sent)"
printf '[group g]\nid = 1\n[peer 2]\naddr = 127.0.0.2\n' > conf
for round in $(seq "$ROUNDS"); do
	rmmod bully && modprobe bully || break
done
check "$ROUNDS times unloaded and loaded" test "$round" -eq $ROUNDS
for round in $(seq "$ROUNDS"); do
	rmmod bully && modprobe bully && bullyctl setconf conf || break
done
check "$ROUNDS times with a group" test "$round" -eq $ROUNDS
rmmod bully
nft delete table inet count
finish
