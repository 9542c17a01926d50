#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl monitor under a flood: it misses no event. If the kernel had to drop events,
# the monitor reports that and starts from a fresh snapshot. It survives rmmod.
# numbers: FLAPS=8 BURST=20
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
HB_MS=100 HB=100ms
GROUPS_N=12
names=$(seq -f 'g%g' $GROUPS_N)

# flap N: the links of all groups fail and return N times: about 12 events a group each time
flap() {
	local i
	for i in $(seq "$1"); do
		unplug 1
		wait_for is 1 g1 .leader null || return 1
		plug 1
		wait_for not_null 1 g1 || return 1
	done
}
not_null() { look "$1" "$2" && [ "$LEADER" != null ]; }

# burst: changes options of all groups in quick succession
burst() {
	local i name
	for i in 0 1; do
		for name in $names; do
			printf '[group %s]\nid = 1\nheartbeat = %sms\n[peer 2]\naddr = 10.7.0.2\n' "$name" $((HB_MS + i))
		done > "conf$i"
	done
	for i in $(seq "$BURST"); do
		bc 1 syncconf conf$((i % 2)) || return 1
	done
}

# told FILE GROUP: succeeds if the monitor's events of GROUP have no gap from its last
# snapshot up to the kernel's number
told() {
	local file=$1 group=$2 verdict
	look 1 "$group" || return 1
	verdict=$(jq -rs --arg g "$group" --argjson upto "$SEQ" '
		[.[] | select(.group == $g)] as $all |
		($all | map(.event == "snapshot" or .event == "group-new") | rindex(true)) as $from |
		[$all[$from:][].seq] as $seq |
		if $from == null then "no snapshot"
		elif ($seq | last) < $upto then "ends at \($seq | last), the kernel at \($upto)"
		elif $seq != [range($seq[0]; ($seq | last) + 1)] then "a gap: \($seq)"
		else "\($seq | length) events" end' < "$file")
	why="$group: $verdict"
	[[ $verdict =~ ^[0-9]+\ events$ ]]
}
all_told() {
	local name
	for name in $names; do
		told "$1" "$name" || return 1
	done
}
count() { jq -s "[.[] | select($2)] | length" < "$1"; }
at_least() {
	local n
	n=$(count "$1" "$2") || return 1
	why="$n of $2"
	[ "$n" -ge "$3" ]
}
none() {
	local n
	n=$(count "$1" "$2")
	why="$n of $2"
	[ "$n" -eq 0 ]
}
# shellcheck disable=SC2016 # awk's $
# the kernel's own count of events that a listener did not get (16: generic netlink)
overrun() {
	ip netns exec n1 awk '$2 == 16 && $9 > 0 { found = 1 } END { exit !found }' /proc/net/netlink
}

modprobe bully
net_up 2
bullyctl -j -t -n n1 monitor > all 2> all.err &
wait_for test -s all
for name in $names; do
	start "$name" 1 "1 2" && start "$name" 2 "1 2" || break
done
check "$GROUPS_N groups of 2 nodes are configured" test "$name" = "g$GROUPS_N"
check "the last group has its leader" leads "g$GROUPS_N" 2 "1 2"
check "flood: $FLAPS times all links go and return" flap $FLAPS
check "flood: $BURST times all options are set" burst
check "flood: the monitor missed no event" wait_for all_told all
check "flood: the monitor did not have to resynchronize" none all '.event == "resync"'
check "flood: the monitor got at least one event for each change" at_least all '.seq != null' $((GROUPS_N * (FLAPS + BURST)))
echo "# $(wc -l < all) events"
check "each event has its keys" none all '
	.event != "resync" and (has("group") and has("seq") and has("time_ns") and has("leader")
	and has("epoch") and has("state") and has("reason") | not)'
check "the times of a group's events do not fall" test "$(jq -s '[.[] | select(.event != "resync" and .event != "snapshot") | .group + " " + (.time_ns | tostring)] |
	group_by(split(" ")[0]) | map(map(split(" ")[1] | tonumber) | . == sort) | all' all)" = true

# A listener that does not read: its buffer overflows.
bullyctl -j -t -n n1 monitor > slow 2> slow.err &
slow=$!
wait_for test -s slow
kill -STOP $slow
end=$((SECONDS + 2 * LIMIT))
until overrun || [ $SECONDS -ge $end ]; do burst; done
check "stopped listener: its events were dropped" overrun
kill -CONT $slow
check "stopped listener: it reports a resync" wait_for at_least slow '.event == "resync"' 1
check "stopped listener: it goes on from fresh snapshots" wait_for all_told slow
check "stopped listener: the other listener missed no event" wait_for all_told all

# The module goes and comes back.
lines=$(wc -l < all)
check "module: rmmod succeeds with live groups" rmmod bully
check "module: modprobe succeeds" modprobe bully
check "module: a group starts in the new module" start new 1 "1 2"
new_event() { tail -n "+$((lines + 1))" all | grep -qE '"group": ?"new"'; }
check "module: the monitor gets events of the new module" wait_for new_event
check "module: both monitors still run" kill -0 $slow
finish
