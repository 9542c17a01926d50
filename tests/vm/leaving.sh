#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests a leader that leaves: it sends a farewell (RESIGN), and the next node leads at once. In
# section farewells detection takes a minute, so only the farewell can cause a new leader
# sooner; it comes after section named, because it removes a namespace. Section named names the
# successor. Section processors takes a processor offline, so it needs two.
# sections: named farewells processors
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

timers() { grep -c bully_rescue_handler /proc/timer_list || :; }
# taken_over FROM TO "NODES": succeeds if TO leads NODES because FROM resigned
taken_over() {
	leads g "$2" "$3" || return 1
	why="n$2 says: $(value "$2" g .reason)"
	[ "$(value "$2" g .reason)" = resigned ]
}
# a timer is not in the list while it fires, so one look may find too few
rescue_is() {
	local n
	n=$(timers)
	why="$n rescue timers"
	[ "$n" -eq "$1" ]
}
# stays: a try that lost the leader waits until node 2 leads again
stays() {
	local lost
	holds $((2 * DETECT_MS)) agree g 2 "1 2" && return 0
	lost=$why
	leads g 2 "1 2" || return 1
	why=$lost
	return 1
}

farewells() {
	local HB=20s
	check "farewells: a group of four nodes starts" start_all g "1 2 3 4"
	check "farewells: the highest node leads" leads g 4 "1 2 3 4"
	check "farewells: the leader's group is deleted" bc 4 group del g
	check "farewells: node 3 leads before a timeout could pass" taken_over 4 3 "1 2 3"
	ip netns del n3
	check "farewells: after the end of the leader's namespace node 2 leads before a timeout could pass" taken_over 3 2 "1 2"
	unplug 2
	check "farewells: a leader whose cable is pulled returns to init" wait_for in_state 2 g init
	check "farewells: a leader whose cable is pulled gives the reason link-down" is 2 g .reason link-down
	stop_all g "1 2"
	plug 2
}

# hand_over QUORUM: the leader hands over to named nodes; with a long HB, no timeout can do that
hand_over() {
	check "named, quorum $1: a group of four nodes starts" start_all h "1 2 3 4" preempt off quorum "$1"
	check "named, quorum $1: the highest node leads" leads h 4 "1 2 3 4"
	check "named, quorum $1: a node that does not lead says who does" \
		refused 2 "type 'bullyctl resign h to 2' on node 4, which leads" bc 1 resign h to 2
	check "named, quorum $1: a node that follows says that the named node leads" refused 2 'node 4 leads already' bc 1 resign h to 4
	check "named, quorum $1: the leader does not hand over to itself" refused 2 'this is the node itself' bc 4 resign h to 4
	check "named, quorum $1: the leader does not hand over to an unknown node" refused 2 'no peer of this id' bc 4 resign h to 9
	bc 3 group set h candidate off
	check "named, quorum $1: the leader does not hand over to a node that is no candidate" \
		wait_for refused 2 'not a candidate now' bc 4 resign h to 3
	bc 3 group set h candidate on
	bc 1 group del h
	check "named, quorum $1: the leader does not hand over to a node that has left" wait_for refused 2 'is not up' bc 4 resign h to 1
	check "named, quorum $1: the leader leads on" agree h 4 "2 3 4"
	check "named, quorum $1: the leader hands over to a lower node" bc 4 resign h to 2
	check "named, quorum $1: the named node leads, not the highest one" leads h 2 "2 3 4"
	check "named, quorum $1: the node that resigned is no candidate" is 4 h .resigned true
	check "named, quorum $1: the leader hands over to a higher node" bc 2 resign h to 3
	check "named, quorum $1: the higher node leads" leads h 3 "2 3 4"
	stop_all h "2 3 4"
}

named() {
	HB=20s hand_over off
	HB=2s hand_over majority # voters abstain for a lease first
}

processors() {
	local cpu=/sys/devices/system/cpu/cpu1/online had
	if [ ! -e $cpu ]; then
		skip "processors come and go" "there is only one, or it cannot go"
		return
	fi
	check "processors: two nodes are configured" start_all g "1 2"
	check "processors: the higher node leads" leads g 2 "1 2"
	had=$(timers)
	check "processors: a processor goes offline" sh -c "echo 0 > $cpu"
	[ "$had" -eq 0 ] || check "processors: the rescue timer of that processor is stopped" wait_for rescue_is 1
	check "processors: the leader is not disturbed" undisturbed g stays
	cut 2
	check "processors: the loss of the leader is detected with one processor" leads g 1 "1"
	check "processors: the processor comes back" sh -c "echo 1 > $cpu"
	[ "$had" -eq 0 ] || check "processors: the rescue timer of that processor is started" wait_for rescue_is 2
	heal 2
	check "processors: the highest node leads" leads g 2 "1 2"
	sh -c "echo 0 > $cpu"
	check "processors: the groups are deleted while a processor is offline" stop_all g "1 2"
	check "processors: no rescue timer is left" holds 500 rescue_is 0
	sh -c "echo 1 > $cpu"
	check "processors: no rescue timer returns with the processor" holds 500 rescue_is 0
}

modprobe bully
net_up 4
run_sections
finish
