#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the scripts in userspace/bpftrace with the module's tracepoints: the time line of a
# failover has its steps in the protocol's order, and the histograms of lateness have a count for
# each run of the timers. (The debug kernel has no BPF.)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/lib.sh"
arguments "$@"
scripts=$here/../../userspace/bpftrace

# trace FILE SCRIPT [ARGUMENT]...: starts SCRIPT with its output in FILE, and waits until FILE
# has the pattern READY
trace() {
	local file=$1
	shift
	bpftrace -B line "$@" > "$file" 2>&1 &
	tracer=$!
	why=$(head -n 3 "$file")
	LIMIT=180 wait_for grep -q "$READY" "$file"
}
ended() { ! kill -0 $tracer 2> /dev/null; }
trace_end() {
	local status=0 i
	# bpftrace 0.17 ignores a signal between two of its waits, and a signal during its cleanup
	# kills it. So the signal is repeated, but only after a while.
	for i in 1 2 3 4; do
		kill -INT $tracer 2> /dev/null || :
		! LIMIT=30 wait_for ended || break
	done
	ended || kill -KILL $tracer
	wait $tracer || status=$?
	why="bpftrace ended with $status"
	[ $status -eq 0 ]
}

# in_order FILE PATTERN...: succeeds if FILE has lines that match the patterns, in this order
in_order() {
	local file=$1 line
	shift
	while read -r line && [ $# -gt 0 ]; do
		[[ $line =~ $1 ]] && shift
	done < "$file"
	why="no line '${1:-}' after the lines before it"
	[ $# -eq 0 ]
}

# sensible FILE: succeeds if each line has a known form
sensible() {
	local bad
	bad=$(grep -vE '^ *[0-9]+\.[0-9]{3} g +[1-3]  ((is [a-z]+, leader [0-3], epoch [0-9]+ \([a-z-]+\))|(got [A-Z_]+ from [1-3], epoch [0-9]+)|(dropped [A-Za-z_ ]+ from [0-3]: [a-z-]+)|(its timer was [0-9]+ ms late))$' "$1" | head -n 1)
	why="a line '$bad'"
	[ -z "$bad" ]
}

# Node 1 misses the leader first and asks node 2, which has not missed the leader yet.
configured() { start g 1 "1 2 3" misses 2 && start g 2 "1 2 3" misses 15 && start g 3 "1 2 3" misses 15; }
timeline() {
	cut 3
	leads g 2 "1 2" || return 1
	heal 3
	leads g 3 "1 2 3"
}

# counts FILE: succeeds if each node has a histogram whose counts add up to the runs of its
# timer, with about one run a heartbeat or more, and whose top bucket has the latest run
counts() {
	why=$(jq -rs --argjson least $((SECONDS_SEEN * 1000 / HB_MS / 2)) '
		(map(.data["@late_us"]? // empty) | last) as $late |
		(map(.data["@ran"]? // empty) | last) as $ran |
		(map(.data["@latest_us"]? // empty) | last) as $latest |
		["g,1", "g,2", "g,3"][] |
		([$late[.][].count] | add) as $sum | ($late[.] | last) as $top |
		if $sum != $ran[.] then "\(.): the histogram counts \($sum), the timer ran \($ran[.]) times"
		elif $sum < $least then "\(.): only \($sum) times in all"
		elif $latest[.] < $top.min or $latest[.] > ($top.max // $latest[.]) then
			"\(.): the latest is \($latest[.]), outside of \($top)"
		else empty end' "$1") || return 1
	[ -z "$why" ]
}

modprobe bully
net_up 3
check "three nodes are configured" configured
check "the highest node leads" leads g 3 "1 2 3"

READY='^ *# ms'
check "election-timeline.bt starts" trace timeline.raw "$scripts/election-timeline.bt" g
check "the leader is cut off and returns" timeline
check "election-timeline.bt ends" trace_end
grep -v '^$\|^Attaching\|# ms' timeline.raw | sort -n > timeline
grep -v 'its timer' timeline | sed 's/^/# /'
check "every line has a time, a node and what happened" sensible timeline
check "the steps of the failover are in order" in_order timeline \
	' g +1  is election, leader 0, .*\(leader-timeout\)' ' g +2  got ELECTION from 1, ' ' g +1  got OK from 2, ' \
	' g +2  is leader, leader 2, ' ' g +1  got COORDINATOR from 2, ' ' g +2  got COORDINATOR_ACK from 1, '
check "a node that is asked asks the higher nodes and leads" in_order timeline ' g +2  got ELECTION from 1, ' \
	' g +2  is election, leader 0, ' ' g +2  is leader, leader 2, '
check "a node that receives the claim follows" in_order timeline ' g +1  got COORDINATOR from 2, ' ' g +1  is follower, leader 2, '
check "the node that was cut off takes over" in_order timeline ' g +1  is follower, leader 2, ' \
	' g +2  got COORDINATOR from 3, ' ' g +2  is follower, leader 3, '

READY=attached_probes
SECONDS_SEEN=5
check "heartbeat-lateness.bt starts" trace lateness -f json "$scripts/heartbeat-lateness.bt" $SECONDS_SEEN
check "heartbeat-lateness.bt ends by itself" wait_for ended
check "heartbeat-lateness.bt ends with success" trace_end
jq -c . lateness | sed 's/^/# /'
check "each node has a histogram with one entry for each run of its timer" counts lateness
finish
