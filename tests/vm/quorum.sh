#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Quorum mode in one guest. At the end leases.py reads the events of all nodes, which
# have one clock: no two leases overlap (Q1), and epochs rise (Q2).
# failover, voters and suspends use the group of the beginning, so they come first.
# sections: failover voters suspends exchange other_set held_down bad_network five
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)

# Longer than necessary: no leader may lose its lease because the guest stood still.
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
	check "3 nodes configured" start_all g "1 2 3" "${quorum[@]}"
	check "the highest leads" leads_heard g 3 "1 2 3"
	# of the second that started, for two must vote
	began=$(for i in 1 2 3; do when "$i" g '.event == "group-new"'; done | sort -n | sed -n 2p)
	got=$(when 3 g '.state == "leader"')
	echo "# cold start: a lease after $(((got - began) / 1000000)) ms, of which $((ABSTAIN_NS / 1000000)) abstaining"
	check "cold start: a majority abstained first (R4)" test $((got - began)) -ge $ABSTAIN_NS
	check "show: the mode" is 3 g .quorum majority
	check "show: the majority" is 1 g .majority 2
	check "show: all have granted" wait_for is 3 g '[.grants, .peers[].vote] | join(" ")' "3 granted granted"
	check "show: a lease is left" wait_for is 3 g ".lease_remaining_ns | . > 0 and . <= ${LEASE_MS}e6" true
	check "show: a follower has none" is 1 g .lease_remaining_ns null
	check "show: whom it granted" wait_for is 1 g '[.grant_to, .grant_remaining_ns > 0] | join(" ")' "3 true"
}

# From the cut to the word that the lease is lost, by the clock of all.
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
	check "leader cut off: it stops within its lease" undisturbed g lost_in_time
	check "leader cut off: it says lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "leader cut off: a majority has the next" leads g 2 "1 2"
	check "the minority has no leader" without_leader g 3
	check "the minority shows no lease" wait_for is 3 g .lease_remaining_ns null
	heal 3
	check "healed: the highest leads again" leads g 3 "1 2 3"
	check "it was handed over (R11)" told 3 g '.state == "leader" and .event == "leader"' handover
	check "and by the one that led" told 2 g '.event == "leader" and .leader == null' handover
}

# ---- loss, and all at once --------------------------------------------------------

netem() {
	local i
	for i in $(seq "$NODES"); do
		tc -n "n$i" qdisc replace dev eth0 root netem "$@" || return 1
	done
}
good() {
	local i
	for i in $(seq "$NODES"); do tc -n "n$i" qdisc del dev eth0 root || return 1; done
}
has_led() { wait_for in_state "$1" "$2" leader; }
bad_network() {
	without_g
	netem loss 20% delay $((HB_MS / 5))ms $((HB_MS / 8))ms reorder 50% 50%
	check "20 % loss, reordered: configured" start_all l "1 2 3" "${quorum[@]}" holddown off
	check "20 % loss: 3 has led" has_led 3 l
	sleep $((20 * HB_MS / 1000))
	cut 3
	check "20 % loss: 2 has led" has_led 2 l
	heal 3
	check "20 % loss: 3 has led again" has_led 3 l
	good
	check "they agree when it is over" leads l 3 "1 2 3"
	ends l "1 2 3"
}

all_at_once() { # GROUP LAST: node 1 to LAST
	local i pids=()
	for i in $(seq "$2"); do
		start "$1" "$i" "$(seq -s ' ' "$2")" "${quorum[@]}" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# ---- five nodes --------------------------------------------------------------------

# apart NODE...: these on a bridge of their own; together: no more
apart() {
	local i
	ip link add br1 type bridge mcast_snooping 0
	sysctl -qw net.ipv6.conf.br1.disable_ipv6=1
	ip link set br1 up
	for i; do ip link set "v$i" master br1; done
}
together() {
	local i
	for i in $(seq "$NODES"); do ip link set "v$i" master br0; done
	ip link del br1
}
five() {
	without_g
	check "5 nodes, all started at once" all_at_once f 5
	check "5 nodes: the highest leads" leads f 5 "1 2 3 4 5"
	check "5 nodes: the majority" is 5 f .majority 3
	apart 4 5
	check "leader in a minority: the majority has the next" leads f 3 "1 2 3"
	check "leader in a minority: that says lease-lost" told 5 f '.event == "leader" and .leader == null' lease-lost
	check "the minority has no leader" without_leader f "4 5"
	together
	check "healed: the highest leads" leads f 5 "1 2 3 4 5"
	check "leader in the majority: it goes on" unmoved f 5 "3 4 5" "apart 1 2" together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	apart 1 2
	check "the minority has no leader" without_leader f "1 2"
	check "the majority has" leads f 5 "3 4 5"
	together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	lateness
	check "all deleted" stop_all f "1 2 3 4 5"
	check "all started at once again" all_at_once f 5
	check "all back: the highest leads" leads f 5 "1 2 3 4 5"
	ends f "1 2 3 4 5"
}

# ---- doubt about time (R8) -----------------------------------------------------------------

won() { # FROM TO: how often node 3 got a lease of g in between
	jq -s "[.[] | select(.group == \"g\" and .event == \"leader\" and .state == \"leader\" and .time_ns > $1 and .time_ns < $2)] | length" events.n3
}
# logged TEXT: when the kernel logged it last, in ms of its log's clock
logged() {
	dmesg | awk -v text="$1" 'index($0, text) { gsub(/[][]/, " "); at = $1 } END { printf "%d", at * 1000 }'
}
# gave_up: sets when node 3 did so first; what it lost after it slept is another matter
gave_up() {
	gave=$(jq -rs '[.[] | select(.group == "g" and .leader == null and .event == "leader" and .reason == "time-doubt" and .time_ns >= '"$began"'000000)] | first | .time_ns // empty' events.n3) && [ -n "$gave" ]
}
# bade_farewell: what node 1 heard of the leader of c, which slept no sooner than itself
bade_farewell() {
	why=$(jq -c 'select(.group == "c" and .event == "leader")' events.n1 | tail -n 3)
	jq -es 'any(.[]; .group == "c" and .event == "leader" and .leader == null and .reason == "resigned" and .time_ns >= '"$began"'000000)' events.n1 > /dev/null
}
within() { why="$2 is not within $1 and $3"; [ "$1" -le "$2" ] && [ "$2" -le "$3" ]; }
# The kernel's own test of a suspend: all but the sleep itself, which is a busy wait of
# some seconds, more or less: so when it began is read from the log, whose clock is set
# beside the events' by a mark.
suspends() {
	local power=/sys/power before began marked slept gave='' end
	if [ ! -e $power/pm_test ] || ! grep -qw freeze $power/state; then
		skip "suspend: the leader gives up before it sleeps" "this kernel has no $power/pm_test"
		return
	fi
	check "before: the highest leads" leads g 3 "1 2 3"
	check "before: a group in classic mode" start_all c "1 2"
	check "before: it has its leader, too" leads c 2 "1 2"
	look 3 g
	before=$EPOCH began=$(uptime_ms)
	echo "bully test: before the suspend" > /dev/kmsg
	marked=$(uptime_ms)
	echo freezer > $power/pm_test
	: > "$ON_PURPOSE"
	check "suspend (tested to the freezer)" sh -c "echo freeze > $power/state"
	rm "$ON_PURPOSE"
	end=$(uptime_ms)
	echo none > $power/pm_test
	slept=$((marked + 10 + $(logged "suspend debug: Waiting for") - $(logged "bully test: before the suspend")))
	check "suspend: the leader gave up, of time-doubt" wait_for gave_up
	echo "# suspend: it gave up $((slept - gave / 1000000)) ms before it slept, $((end - slept)) ms before the end," \
		"and had won $(won "$gave" "${slept}000000") times again by when it slept," \
		"$(won "$gave" "${end}000000") times by the end"
	check "when it slept is known" within "$began" "$slept" "$end"
	check "suspend: before it slept" within "$began" $((gave / 1000000)) "$slept"
	won_again() { why="won $1 times"; [ "$1" -eq 0 ]; }
	check "suspend: nor did it win again until then" won_again "$(won "$gave" "${slept}000000")"
	check "suspend: in classic mode the leader says farewell" wait_for bade_farewell
	check "awake: the highest leads again, in classic mode, too" leads c 2 "1 2"
	check "awake: that group is deleted" stop_all c "1 2"
	check "suspend: the highest leads again" leads g 3 "1 2 3"
	check "suspend: by a new epoch" test "$EPOCH" -gt "$before"
}

# without_g: ends the group of the beginning, once
without_g() { [[ " ${judged[*]} " == *" g "* ]] || ends g "1 2 3"; }

modprobe bully
net_up 5
for i in 1 2 3 4 5; do watch_node "$i"; done
first_lease
run_sections
without_g
check "leases never overlap, epochs rise and are of one leader each" sound
finish
