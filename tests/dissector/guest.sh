#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# In a guest: groups of real nodes say all that nodes say to each other, in both modes, with
# and without a key, and tcpdump writes it down. Then somebody sends what nobody should, and
# node 3 counts it. guest.py runs this, and looks at the capture by the dissector; it is
# printed at the end, between two lines, in base64.
#
#   n1, n2, n3: groups c (classic), k (classic, key), q (quorum), r (quorum, key),
#   o (1 is an observer)       n4: another node 3, and who forges
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
arguments "$@"

umask 077
echo "7 $(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')" > key
export PYTHONDONTWRITEBYTECODE=1

# immediate mode: what comes lies in the file at once, not within a second or two
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

# beats GROUP: nodes 1 and 2 have had three answers to their heartbeats
beats() {
	local i
	for i in 1 2; do
		acks=$(($(stat_of "$i" "$1" '.groups[0].rx.heartbeat_ack') + 3))
		wait_for answered "$i" "$1" || return 1
	done
}
answered() { [ "$(stat_of "$1" "$2" '.groups[0].rx.heartbeat_ack')" -ge "$acks" ]; }

# handed GROUP: 3 resigns, 2 leads; 3 asks for it again and gets it
handed() {
	leads "$1" 3 "1 2 3" && bc 3 resign "$1" && leads "$1" 2 "1 2 3" && bc 3 elect "$1" && leads "$1" 3 "1 2 3"
}

# observed: a group of which node 1 only looks on
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

# joined: one voter more, a witness that is not there: the hash before the change is said, too
joined() {
	local i
	for i in 1 2 3; do
		wait_for bc "$i" peer add q id 4 addr 10.7.0.4 role witness 2> refusals || return 1
	done
	leads q 3 "1 2 3"
}

# restless: node 3 restarts until the others tell it to stay a follower. The third restart is
# the first that costs something, if both had believed in each session before the next began,
# and if their word came before 3's own election was under way: else one more is made.
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

# doubled: n4 poses as a second node 3, until both have been told
doubled() {
	local i
	bc 4 group add k id 3 heartbeat "$HB" key-file "$PWD/key" || return 1
	for i in 1 2; do bc 4 peer add k id "$i" addr "10.7.0.$i" || return 1; done
	wait_for is 3 k .duplicate true && bc 4 group del k && leads k 3 "1 2 3"
}

# mislaid: node 1 has a wrong address of node 3, and so tells it that it sends from elsewhere
mislaid() {
	bc 1 peer set c id 3 addr 10.7.0.99 || return 1
	wait_for is 1 c '.peers[] | select(.id == 3) | .address' elsewhere || return 1
	bc 1 peer set c id 3 addr 10.7.0.3 && leads c 3 "1 2 3"
}

# dropped COUNTER: of node 3, for all its groups and for messages that name none
dropped() { bullyctl -j -n n3 stats | jq "[.net.drops, .groups[].drops] | map(.$1 // 0) | add"; }
drops() { for i in length magic version malformed; do dropped "$i"; done | paste -sd' '; }

# forged: each bad message is counted once, under the name that the protocol has for it
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

# life GROUP [OPTION VALUE]...: it begins, and its leader resigns and returns
life() {
	local group=$1
	check "$group: three nodes are configured" start_all "$group" "1 2 3" "${@:2}"
	check "$group: the highest node leads" leads "$group" 3 "1 2 3"
	check "$group: the leader answers its followers" beats "$group"
	check "$group: node 3 resigns and returns" undisturbed "$group" handed "$group"
}
# asked GROUP: in quorum mode that is refused while a higher one holds the lease
asked() {
	check "$1: the lowest node elects" bc 1 elect "$1"
	check "$1: node 3 leads after that election" leads "$1" 3 "1 2 3"
}
over() { check "$1: the group is deleted" stop_all "$1" "3 2 1"; }

modprobe bully
net_up 4
check "tcpdump listens" capture
life q quorum majority lease 2s
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
check "c: a wrong address of node 3 is detected" mislaid
check "c: node 3 is held down after too many restarts" restless
check "forged messages are counted" forged
over c
check "tcpdump has captured all packets" capture_end
echo "BEGIN capture"
base64 -w 120 all.pcap
echo "END capture"
finish
