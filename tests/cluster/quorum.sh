#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests quorum mode between three guests, each with its own clock: power cuts of the leader and
# of all nodes, pauses of the leader shorter and longer than the lease, and a halt of its clock,
# after which only the epoch protects. leases.py judges the leases by the times at which
# events arrived here; the error of these times is measured.
set -eu
# shellcheck source=tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)

# A lease of ten heartbeats, so that a pause can be shorter than the lease although the guests
# share this machine with others.
LEASE_MS=$((10 * HB_MS))
words="misses 10 quorum majority holddown off"

# listen I: as in lib.sh, but keeps the events of the node's earlier life
listen() {
	local i=$1 had=0
	[ ! -e "$dir/node$i" ] || had=$(wc -l < "$dir/node$i")
	on "$i" bullyctl -j -t monitor g 2> /dev/null |
		{ while read -r line; do echo "${EPOCHREALTIME/./} $line"; done; echo "${EPOCHREALTIME/./} end"; } \
			>> "$dir/node$i" &
	wait_for more_than "$had" "$dir/node$i"
}
more_than() { [ -e "$2" ] && [ "$(wc -l < "$2")" -gt "$1" ]; }
mark() { echo "$(now) $2" >> "$dir/node$1"; }

# measure: sets error to the longest delay of an event, in ms. An event arrives within the time
# that a command on the node takes, with the way there and back.
error=0
measure() {
	local i from took
	for i in 1 2 3; do
		from=$(now)
		on "$i" cat /proc/uptime > "$dir/uptime"
		took=$((($(now) - from) / 1000 + 1))
		[ $took -le $error ] || error=$took
	done
}
sound() {
	local out status=0
	out=$("$here/../vm/leases.py" --error "$error" "$dir/node1" "$dir/node2" "$dir/node3") || status=$?
	printf '%s\n' "$out" | grep '^# ' | sed "s/\$/; arrival known to $error ms/"
	why=$(printf '%s\n' "$out" | grep -v '^# ' | head -n 3)
	[ $status -eq 0 ]
}

epoch_at() { on "$1" bullyctl -j show g | grep -oE '"epoch": ?[0-9]+' | head -n 1 | grep -oE '[0-9]+'; }
# reason_since US I PATTERN: prints the reason of node I's first leader event after US that matches
reason_since() {
	awk -v from="$1" -v pattern="$3" '$1 >= from && $0 ~ pattern && /"event": ?"leader"/' "$dir/node$2" |
		head -n 1 | grep -oE '"reason": ?"[a-z-]*"' | cut_quotes
}
cut_quotes() { sed 's/.*"\([a-z-]*\)"$/\1/'; }
reason_was() {
	local got
	got=$(reason_since "$1" "$2" "$3")
	why="node$2: the reason was '$got'"
	[ "$got" = "$4" ]
}
silent() { # FROM NODE...: succeeds if no node has a leader event after FROM
	local from=$1 node
	shift
	for node; do quiet "$from" "$node" || { why="node$node: $why"; return 1; }; done
}

# ---- the protected store: it accepts a write unless the epoch is below the highest ----
highest=0 stored=''
store() { # EPOCH DATA
	why="epoch $1 is below $highest"
	[ "$1" -ge $highest ] || return 1
	highest=$1 stored=$2
}
refused() { ! store "$@"; }

for i in 1 2 3; do
	# shellcheck disable=SC2086
	check "node$i is configured" configure "$i" $words
done
check "node 3 leads" leads 3 1 2 3
measure

# ---- power cut of the leader ----------------------------------------------------------
from=$(now)
power 3 off
check "power cut: node 2 leads" leads 2 1 2
ended() { [ -n "$(since "$from" 3 ' end$')" ]; }
wait_for ended || :
gone=$(since "$from" 3 ' end$')
echo "# power cut to the new leader: $((($(since "$from" 2 '"leader": ?2[,}]') - gone) / 1000)) ms, lease $LEASE_MS ms"
power 3 on
# shellcheck disable=SC2086
check "power back: node 3 is configured" configure 3 $words
check "power back: node 3 leads" leads 3 1 2 3
check "power back: the reason is handover" reason_was "$gone" 3 '"leader": ?3[,}]' handover
measure

# ---- pauses: the guest stops, and its clock goes on -------------------------------------
short_pause() {
	local try from took
	for try in 1 2 3 4 5; do
		leads 3 1 2 3 || return 1
		from=$(now)
		pause 3
		mark 3 pause
		sleep 0.3
		mark 3 resume
		resume 3
		took=$((($(now) - from) / 1000))
		sleep $((2 * LEASE_MS / 1000))
		silent "$from" 1 2 3 && return 0
		# a longer pause leaves no time for an answer before the lease ends, and does not count
		[ $took -gt $((LEASE_MS / 3)) ] || return 1
		echo "# try $try: the pause took $took ms"
	done
	return 1
}
check "paused for less than the lease: no leader changes" short_pause

from=$(now)
pause 3
mark 3 pause
check "paused for longer: node 2 leads" leads 2 1 2
sleep 1
mark 3 resume
resumed=$(now)
resume 3
check "resumed: node 3 leads by another claim" leads 3 1 2 3
check "resumed: node 3 stepped down with the reason time-doubt first" reason_was "$resumed" 3 '"leader": ?(null|2)[,}]' time-doubt
check "resumed: the reason is handover" reason_was "$resumed" 3 '"leader": ?3[,}]' handover
measure

# ---- a halt: the guest and its clock stop, so the guest cannot notice -----------------
epoch=$(epoch_at 3)
check "store: the leader's write is accepted" store "$epoch" one
halt 3
mark 3 halt
check "halted: node 2 leads" leads 2 1 2
later=$(epoch_at 2)
check "halted: node 2's epoch is higher" test "$later" -gt "$epoch"
check "store: the new leader's write is accepted" store "$later" two
sleep 1
unhalt 3
mark 3 unhalt
believed=$(on 3 bullyctl -j show g | grep -oE '"state": ?"[a-z]*"' | head -n 1)
echo "# when its clock went on node3 said $believed"
check "store: the old leader's late write is refused" refused "$epoch" three
check "store: it still has the new leader's write" test "$stored" = two
check "continued: node 3 leads by another claim" leads 3 1 2 3
check "continued: node 3's epoch is higher" test "$(epoch_at 3)" -gt "$later"
check "store: node 3's write is accepted again" store "$(epoch_at 3)" four
measure

# ---- a minority --------------------------------------------------------------------------
from=$(now)
cut 3
check "cut off: node 2 leads" leads 2 1 2
check "cut off: node 3 has no leader" leads null 3
check "cut off: node 3's reason is lease-lost" reason_was "$from" 3 '"leader": ?null' lease-lost
heal 3
check "link healed: node 3 leads" leads 3 1 2 3
kept() {
	local status=0
	leads 3 1 2 3 || return 1
	from=$(now)
	cut 1 from 3
	sleep $((2 * LEASE_MS / 1000))
	follows 2 3 && [ -z "$(since "$from" 3 '"leader": ?(null|1|2)[,}]')" ] || status=1
	heal 1
	return $status
}
check "one way to node 1: node 2 keeps its leader without an interruption" undisturbed g kept
check "one way healed: all follow node 3" leads 3 1 2 3

# ---- power cut of all -----------------------------------------------------------------------
before=$(epoch_at 3)
for i in 1 2 3; do power "$i" off; done
boots=()
for i in 1 2 3; do
	power "$i" on &
	boots+=($!)
done
wait "${boots[@]}"
for i in 1 2 3; do
	# shellcheck disable=SC2086
	check "all cut and back: node$i is configured" configure "$i" $words
done
check "all cut and back: node 3 leads" leads 3 1 2 3
check "all cut and back: the epoch is higher" test "$(epoch_at 3)" -gt "$before"
measure
check "leases never overlap, epochs rise, and each epoch has one leader" sound
finish
