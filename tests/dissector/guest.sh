#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Records messages for guest.py, in a guest: groups of real nodes send every kind of message, in
# both modes, with and without a key, and tcpdump captures them. Then n4 sends invalid messages,
# and node 3 counts them. The capture is printed at the end, between two lines, in base64.
# guest.py runs this script and tests the dissector on the capture.
#
#   n1, n2, n3: groups c (classic), k (classic, key), q (quorum), r (quorum, key),
#   o (1 is an observer)       n4: an unlisted observer, a second node 3, and the forger
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
arguments "$@"

umask 077
echo "7 $(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')" > key
export PYTHONDONTWRITEBYTECODE=1

# immediate mode: a packet is in the file at once, not after seconds
capture() {
	tcpdump -Z root -i v3 -B 8192 -s 2048 --immediate-mode -U -w all.pcap udp port 28559 2> tcpdump.log &
	dump=$!
	wait_for grep -q 'listening on' tcpdump.log
}
capture_end() {
	kill -INT $dump
	wait $dump || :
	why=$(cat tcpdump.log)
	grep -q '^0 packets dropped by kernel' tcpdump.log
}

# beats GROUP: waits until nodes 1 and 2 have three answers to their heartbeats
beats() {
	local i
	for i in 1 2; do
		acks=$(($(stat_of "$i" "$1" '.groups[0].rx.heartbeat_ack') + 3))
		wait_for answered "$i" "$1" || return 1
	done
}
answered() { [ "$(stat_of "$1" "$2" '.groups[0].rx.heartbeat_ack')" -ge "$acks" ]; }

# handed GROUP: node 3 resigns, node 2 leads; then node 3 elects and leads again
handed() {
	leads "$1" 3 "1 2 3" && bc 3 resign "$1" && leads "$1" 2 "1 2 3" && bc 3 elect "$1" && leads "$1" 3 "1 2 3"
}

# observed: starts a group in which node 1 is an observer
observed() {
	local i j role
	for i in 1 2 3; do
		role=candidate
		[ "$i" -ne 1 ] || role=observer
		bc "$i" group add o id "$i" heartbeat "$HB" role "$role" || return 1
		for j in 1 2 3; do
			role=candidate
			[ "$j" -ne 1 ] || role=observer
			[ "$j" -eq "$i" ] || bc "$i" peer add o id "$j" addr "10.7.0.$j" role "$role" || return 1
		done
	done
	leads o 3 "1 2 3" && beats o
}

# unlisted: n4 is an unlisted observer of group q, asks who leads, and leaves
unlisted() {
	local i
	for i in 1 2 3; do bc "$i" group set q observers 2 || return 1; done
	{
		printf '[group q]\nid = 100\nrole = observer\nunlisted = on\nquorum = majority\nlease = 2s\nheartbeat = %s\n' "$HB"
		for i in 1 2 3; do printf '[peer %d]\naddr = 10.7.0.%d\n' "$i" "$i"; done
	} | bc 4 setconf - || return 1
	wait_for is 4 q .leader 3 && bc 4 group del q
}

# joined: adds a voter, a witness that does not exist, so that messages have the previous hash, too
joined() {
	local i
	for i in 1 2 3; do
		wait_for bc "$i" peer add q id 4 addr 10.7.0.4 role witness 2> refusals || return 1
	done
	leads q 3 "1 2 3"
}

# restless: node 3 restarts until the others tell it to stay a follower. The third restart is the
# first that causes a hold-down, if both others accepted each session before the next began, and
# if their answer came before node 3's own election. Otherwise one more restart follows.
restless() {
	local i
	for i in 1 2 3 4 5 6 7 8; do
		bc 3 group del c && start c 3 "1 2 3" && wait_for known || return 1
		! held_down || return 0
	done
	return 1
}
known() {
	look 3 c && [ "$LEADER" != null ] && is 1 c "$sees_3" up && is 2 c "$sees_3" up
}
sees_3='.peers[] | select(.id == 3) | .state'
held_down() {
	local left
	left=$(value 3 c '.holddown_remaining_ns // 0')
	why="holddown_remaining_ns is $left"
	[ "$left" -gt 0 ]
}

# doubled: n4 poses as a second node 3 until both nodes know of it
doubled() {
	local i
	bc 4 group add k id 3 heartbeat "$HB" key-file "$PWD/key" || return 1
	for i in 1 2; do bc 4 peer add k id "$i" addr "10.7.0.$i" || return 1; done
	wait_for is 3 k .duplicate true && bc 4 group del k && leads k 3 "1 2 3"
}

# named PRIORITY: both followers know this priority of node 3, and have answered since
named() {
	local i
	for i in 1 2; do is "$i" c '.peers[] | select(.id == 3) | .priority' "$1" || return 1; done
	beats c
}

# placed: an owner of node 3 tells a position, and both followers have answered since
placed() {
	local run status=0
	echo "18446744073709551615 7" > position
	bullyctl -n n3 run c --position-file position -- sleep 86400 2> run.log &
	run=$!
	{ wait_for has_position && beats c; } || status=1
	kill "$run"
	wait "$run" || :
	[ "$status" -eq 0 ] && bc 3 group set c candidate on && leads c 3 "1 2 3"
}
has_position() {
	local i
	for i in 1 2; do is "$i" c '.peers[] | select(.id == 3) | .position.index' 7 || return 1; done
}

# mislaid: node 1 has a wrong address of node 3, and tells node 3 so
mislaid() {
	bc 1 peer set c id 3 addr 10.7.0.99 || return 1
	wait_for is 1 c '.peers[] | select(.id == 3) | .address' elsewhere || return 1
	bc 1 peer set c id 3 addr 10.7.0.3 && leads c 3 "1 2 3"
}

# dropped COUNTER: prints node 3's drops, of all its groups and of messages without a group
dropped() { bullyctl -j -n n3 stats | jq "[.net.drops, .groups[].drops] | map(.$1 // 0) | add"; }
drops() { for i in length magic version malformed; do dropped "$i"; done | paste -sd' '; }

# forged: checks that each bad message is counted once, under the protocol's name for it
forged() {
	local before sent
	before=$(drops)
	sent=$(ip netns exec n4 "$here/forged.py" send --to 10.7.0.3 --from 1 --receiver 3 --group c) || return 1
	echo "FORGED $sent"
	wanted=$(jq -r --arg before "$before" '[.length, .magic, .version, .malformed] as $more |
		[($before | split(" ")[] | tonumber)] | to_entries | map(.value + $more[.key]) | join(" ")' <<< "$sent")
	wait_for counted
}
counted() {
	local now
	now=$(drops)
	why="length, magic, version, malformed: $now, not $wanted"
	[ "$now" = "$wanted" ]
}

# life GROUP [OPTION VALUE]...: the group starts, and its leader resigns and returns
life() {
	local group=$1
	check "$group: three nodes are configured" start_all "$group" "1 2 3" "${@:2}"
	check "$group: the highest node leads" leads "$group" 3 "1 2 3"
	check "$group: the leader answers its followers" beats "$group"
	check "$group: node 3 resigns and returns" undisturbed "$group" handed "$group"
}
# asked GROUP: node 1 elects; in quorum mode that is refused while a higher node has the lease
asked() {
	check "$1: the lowest node elects" bc 1 elect "$1"
	check "$1: node 3 leads after that election" leads "$1" 3 "1 2 3"
}
over() { check "$1: the group is deleted" stop_all "$1" "3 2 1"; }

modprobe bully
net_up 4
check "tcpdump listens" capture
life q quorum majority lease 2s
check "q: an unlisted observer learns the leader" unlisted
check "q: one voter more joins" joined
over q
life r quorum majority lease 2s key-file "$PWD/key"
over r
life k key-file "$PWD/key"
asked k
check "k: a second node 3 is detected" doubled
over k
check "o: an observer joins" observed
over o
life c
asked c
check "c: the leader has a priority" bc 3 group set c priority 7
check "c: the others name it" wait_for named 7
check "c: an owner of the leader tells a position" placed
check "c: a wrong address of node 3 is detected" mislaid
check "c: node 3 is held down after too many restarts" restless
check "forged messages are counted" forged
over c
check "tcpdump has captured all packets" capture_end
echo "BEGIN capture"
base64 -w 120 all.pcap
echo "END capture"
finish
