#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests a leader that leaves: it sends a farewell (RESIGN), and the next node leads at once. In
# section farewells detection takes a minute, so only the farewell can cause a new leader
# sooner. Section processors takes a processor offline, so it needs two.
# sections: farewells processors
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
