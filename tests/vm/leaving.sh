#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A leader that leaves says so, and the next node leads at once. In farewells detection takes
# a minute, so only the farewell can have caused that. processors takes a processor away: it
# needs two.
# sections: farewells processors
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

timers() { grep -c bully_rescue_handler /proc/timer_list || :; }
# taken_over FROM TO: node TO leads, because FROM resigned
taken_over() {
	leads g "$2" "$3" || return 1
	why="n$2 says: $(value "$2" g .reason)"
	[ "$(value "$2" g .reason)" = resigned ]
}
# a timer is not in the list while it fires: one look may find too few
rescue_is() {
	local n
	n=$(timers)
	why="$n rescue timers"
	[ "$n" -eq "$1" ]
}
# a try that lost the leader waits until it leads again
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
	check "configured" start_all g "1 2 3 4"
	check "the highest leads" leads g 4 "1 2 3 4"
	check "the leader's group is deleted" bc 4 group del g
	check "the next leads at once" taken_over 4 3 "1 2 3"
	ip netns del n3
	check "the leader's namespace ends: the next leads at once" taken_over 3 2 "1 2"
	unplug 2
	check "the leader's cable: it knows" wait_for in_state 2 g init
	check "the leader's cable: and says why" is 2 g .reason link-down
	stop_all g "1 2"
	plug 2
}

processors() {
	local cpu=/sys/devices/system/cpu/cpu1/online had
	if [ ! -e $cpu ]; then
		skip "processors come and go" "there is only one, or it cannot go"
		return
	fi
	check "two nodes configured" start_all g "1 2"
	check "the higher leads" leads g 2 "1 2"
	had=$(timers)
	check "a processor goes" sh -c "echo 0 > $cpu"
	[ "$had" -eq 0 ] || check "its rescue timer went with it" wait_for rescue_is 1
	check "the leader stays" undisturbed g stays
	cut 2
	check "without it: the leader is lost" leads g 1 "1"
	check "it comes back" sh -c "echo 1 > $cpu"
	[ "$had" -eq 0 ] || check "and its rescue timer with it" wait_for rescue_is 2
	heal 2
	check "the highest leads" leads g 2 "1 2"
	sh -c "echo 0 > $cpu"
	check "deleted while one is away" stop_all g "1 2"
	check "no rescue timer is left" holds 500 rescue_is 0
	sh -c "echo 1 > $cpu"
	check "nor does one come back" holds 500 rescue_is 0
}

modprobe bully
net_up 4
run_sections
finish
