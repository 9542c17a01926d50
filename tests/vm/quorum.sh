#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests quorum mode in one guest. At the end leases.py reads the events of all nodes, which
# have one clock: no two leases overlap (Q1), and epochs rise (Q2).
# Sections failover, voters and suspends use the group of the beginning, so they come first.
# sections: failover voters suspends exchange other_set held_down
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)

# Longer than necessary, so that no leader loses its lease because the guest stood still.
LEASE_MS=$((5 * HB_MS))
ABSTAIN_NS=$((LEASE_MS * 1000000 * 101 / 99))
quorum=(quorum majority lease "${LEASE_MS}ms")

# shellcheck source=tests/vm/quorum-lib.sh
. "$here/quorum-lib.sh"
# shellcheck source=tests/vm/quorum-voters.sh
. "$here/quorum-voters.sh"
# shellcheck source=tests/vm/quorum-holddown.sh
. "$here/quorum-holddown.sh"

# ---- three nodes ---------------------------------------------------------------

first_lease() {
	local began got i
	check "failover: 3 nodes are configured" start_all g "1 2 3" "${quorum[@]}"
	check "failover: the highest node leads" leads_heard g 3 "1 2 3"
	# the start of the second node counts, because two must vote
	began=$(for i in 1 2 3; do when "$i" g '.event == "group-new"'; done | sort -n | sed -n 2p)
	got=$(when 3 g '.state == "leader"')
	echo "# cold start: a lease after $(((got - began) / 1000000)) ms, of which $((ABSTAIN_NS / 1000000)) abstaining"
	check "failover: no lease is won before a majority has abstained (R4)" test $((got - began)) -ge $ABSTAIN_NS
	check "failover: show has the mode" is 3 g .quorum majority
	check "failover: show has the majority" is 1 g .majority 2
	check "failover: show has every peer's grant" wait_for is 3 g '[.grants, .peers[].vote] | join(" ")' "3 granted granted"
	check "failover: show has what is left of the lease" wait_for is 3 g ".lease_remaining_ns | . > 0 and . <= ${LEASE_MS}e6" true
	check "failover: show has no lease at a follower" is 1 g .lease_remaining_ns null
	check "failover: show has the node that the follower granted its vote" wait_for is 1 g '[.grant_to, .grant_remaining_ns > 0] | join(" ")' "3 true"
}

# Measures the time from the cut to the event lease-lost; all nodes have one clock.
lost_in_time() {
	local at lost
	leads g 3 "1 2 3" || return 1
	cut 3
	at=$(uptime_ms)
	wait_for not_leader 3 g && leads g 2 "1 2" && wait_for heard g 3 || return 1
	lost=$(when 3 g '.event == "leader" and .leader == null')
	# /proc/uptime counts in hundredths
	lost=$((lost / 1000000 - at - 10))
	echo "# minority: lease-lost $lost ms after the cut"
	[ "$lost" -le "$LEASE_MS" ] && return 0
	heal 3
	why="$lost ms"
	return 1
}
failover() {
	check "leader cut off: the leader steps down within its lease" undisturbed g lost_in_time
	check "leader cut off: the leader's event has the reason lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "leader cut off: the majority elects node 2" leads g 2 "1 2"
	check "leader cut off: the minority has no leader" without_leader g 3
	check "leader cut off: the minority shows no lease" wait_for is 3 g .lease_remaining_ns null
	heal 3
	check "link healed: the highest node leads again" leads g 3 "1 2 3"
	check "link healed: the lease was handed over (R11)" told 3 g '.state == "leader" and .event == "leader"' handover
	check "link healed: the earlier leader's event has the reason handover" told 2 g '.event == "leader" and .leader == null' handover
}

# ---- doubt about time (R8) -----------------------------------------------------------------

won() { # FROM TO: prints how often node 3 got a lease of g in between
	jq -s "[.[] | select(.group == \"g\" and .event == \"leader\" and .state == \"leader\" and .time_ns > $1 and .time_ns < $2)] | length" events.n3
}
# logged TEXT: prints when the kernel logged TEXT last, in ms of the log's clock
logged() {
	dmesg | awk -v text="$1" 'index($0, text) { gsub(/[][]/, " "); at = $1 } END { printf "%d", at * 1000 }'
}
# gave_up: sets gave to the time of node 3's first step down; later losses do not count
gave_up() {
	gave=$(jq -rs '[.[] | select(.group == "g" and .leader == null and .event == "leader" and .reason == "time-doubt" and .time_ns >= '"$began"'000000)] | first | .time_ns // empty' events.n3) && [ -n "$gave" ]
}
# bade_farewell: succeeds if node 1 has received the RESIGN of the leader of c
bade_farewell() {
	why=$(jq -c 'select(.group == "c" and .event == "leader")' events.n1 | tail -n 3)
	jq -es 'any(.[]; .group == "c" and .event == "leader" and .leader == null and .reason == "resigned" and .time_ns >= '"$began"'000000)' events.n1 > /dev/null
}
within() { why="$2 is not within $1 and $3"; [ "$1" -le "$2" ] && [ "$2" -le "$3" ]; }
# The kernel's own test of a suspend replaces the sleep by a busy wait of some seconds. The log
# has the time when the wait began; a mark in the log relates its clock to the events' clock.
suspends() {
	local power=/sys/power before began marked slept gave='' end
	if [ ! -e $power/pm_test ] || ! grep -qw freeze $power/state; then
		skip "suspend: the leader gives up before it sleeps" "this kernel has no $power/pm_test"
		return
	fi
	check "suspend: at first the highest node leads" leads g 3 "1 2 3"
	check "suspend: a group in classic mode is added" start_all c "1 2"
	check "suspend: the classic group has its leader" leads c 2 "1 2"
	look 3 g
	before=$EPOCH began=$(uptime_ms)
	echo "bully test: before the suspend" > /dev/kmsg
	marked=$(uptime_ms)
	echo freezer > $power/pm_test
	: > "$ON_PURPOSE"
	check "suspend: the machine is suspended, tested to the freezer" sh -c "echo freeze > $power/state"
	rm "$ON_PURPOSE"
	end=$(uptime_ms)
	echo none > $power/pm_test
	slept=$((marked + 10 + $(logged "suspend debug: Waiting for") - $(logged "bully test: before the suspend")))
	check "suspend: the leader stepped down with the reason time-doubt" wait_for gave_up
	echo "# suspend: it gave up $((slept - gave / 1000000)) ms before it slept, $((end - slept)) ms before the end," \
		"and had won $(won "$gave" "${slept}000000") times again by when it slept," \
		"$(won "$gave" "${end}000000") times by the end"
	check "suspend: the log has the time when the machine slept" within "$began" "$slept" "$end"
	check "suspend: the leader stepped down before the machine slept" within "$began" $((gave / 1000000)) "$slept"
	won_again() { why="won $1 times"; [ "$1" -eq 0 ]; }
	check "suspend: no lease was won between the step down and the sleep" won_again "$(won "$gave" "${slept}000000")"
	check "suspend: the classic leader sent RESIGN" wait_for bade_farewell
	check "resumed: the highest node leads the classic group again" leads c 2 "1 2"
	check "resumed: the classic group is deleted" stop_all c "1 2"
	check "resumed: the highest node leads again" leads g 3 "1 2 3"
	check "resumed: the new leadership has a higher epoch" test "$EPOCH" -gt "$before"
}

# without_g: deletes the group of the beginning, once
without_g() { [[ " ${judged[*]} " == *" g "* ]] || ends g "1 2 3"; }

modprobe bully
net_up 4
for i in 1 2 3 4; do watch_node "$i"; done
first_lease
run_sections
without_g
check "leases never overlap, epochs rise, and each epoch has one leader" sound
finish
