#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 2 minutes
# kernels: stock
# The scripts in userspace/bpftrace on the module's tracepoints: the time line of a failover
# has its steps in the order in which the protocol takes them, and the histograms of lateness
# count as often as the timers ran. (The debug kernel has no BPF.)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/vm/lib.sh
. "$here/lib.sh"
scripts=$here/../../userspace/bpftrace

# trace FILE SCRIPT [ARGUMENT]...: what it says goes to FILE; it is ready when that has READY
trace() {
	local file=$1
	shift
	bpftrace -B line "$@" > "$file" 2>&1 &
	tracer=$!
	why=$(head -n 3 "$file")
	wait_for grep -q "$READY" "$file"
}
trace_end() {
	local status=0
	kill -INT $tracer 2> /dev/null || :
	wait $tracer || status=$?
	why="bpftrace ended with $status"
	[ $status -eq 0 ]
}

# in_order FILE PATTERN...: lines that fit, one below the other
in_order() {
	local file=$1 line
	shift
	while read -r line && [ $# -gt 0 ]; do
		[[ $line =~ $1 ]] && shift
	done < "$file"
	why="no line '${1:-}' where it should be, after those before it"
	[ $# -eq 0 ] && return
	sed 's/^/#   /' "$file" | head -60
	return 1
}

# sensible FILE: in the order of time once sorted, each line with a known form
sensible() {
	local bad
	bad=$(grep -vE '^ *[0-9]+\.[0-9]{3} g +[1-3]  ((is [a-z]+, leader [0-3], epoch [0-9]+ \([a-z-]+\))|(got [A-Z_]+ from [1-3], epoch [0-9]+)|(dropped [A-Za-z_ ]+ from [0-3]: [a-z-]+)|(its timer was [0-9]+ ms late))$' "$1" | head -n 1)
	why="a line '$bad'"
	[ -z "$bad" ]
}

timeline() {
	cut 3
	leads g 2 "1 2" && bc 1 elect g && leads g 2 "1 2" || return 1
	heal 3
	leads g 3 "1 2 3"
}

# counts FILE: for each node a histogram, whose counts are together as often as it ran
counts() {
	why=$(awk '
		/^@late_us\[/ { node = $0; sub(/:.*/, "", node); sub(/^@late_us/, "", node) }
		/^\[.*\|/ { match($0, /\) +[0-9]+/); text = substr($0, RSTART + 1, RLENGTH); if (!RLENGTH || RSTART == 0) { match($0, /\] +[0-9]+/); text = substr($0, RSTART + 1, RLENGTH) } sum[node] += text }
		/^@ran\[/ { who = $0; sub(/:.*/, "", who); sub(/^@ran/, "", who); ran[who] = $NF }
		/^@latest_us\[/ { who = $0; sub(/:.*/, "", who); sub(/^@latest_us/, "", who); latest[who] = $NF }
		END {
			for (n = 1; n <= 3; n++) {
				who = "[g, " n "]"
				if (!ran[who]) print "node " n " never ran"
				else if (sum[who] != ran[who]) print "node " n ": " sum[who] " counted, it ran " ran[who] " times"
				else if (!(who in latest)) print "node " n ": no latest"
			}
		}' "$1")
	[ -z "$why" ]
}
# as often as a heartbeat: at least half of them, in five seconds
often() {
	local ran
	ran=$(sed -n 's/^@ran\[g, 1\]: //p' "$1")
	why="node 1's timer ran ${ran:-not} in $SECONDS_SEEN s"
	[ "${ran:-0}" -ge $((SECONDS_SEEN * 1000 / HB_MS / 2)) ]
}

modprobe bully
net_up 3
check "g configured" start_all g "1 2 3"
check "g: the highest leads" leads g 3 "1 2 3"

READY='^ *# ms'
check "election-timeline.bt begins" trace timeline.raw "$scripts/election-timeline.bt" g
check "the leader is cut off, somebody asks, it returns" timeline
check "election-timeline.bt ends" trace_end
grep -v '^$\|^Attaching\|# ms' timeline.raw | sort -n > timeline
sed 's/^/# /' timeline | head -40
check "every line is a time, a node and what happened" sensible timeline
check "the failover, step by step" in_order timeline \
	' g +2  is election, leader 0, .*\(leader-timeout\)' ' g +2  is leader, leader 2, .*\(leader-timeout\)' \
	' g +1  got COORDINATOR from 2, ' ' g +2  got COORDINATOR_ACK from 1, '
check "who hears the claim follows it" in_order timeline ' g +1  got COORDINATOR from 2, ' ' g +1  is follower, leader 2, '
check "who is asked answers" in_order timeline ' g +2  got ELECTION from 1, ' ' g +1  got OK from 2, '
check "the one that was cut off takes over" in_order timeline ' g +1  is follower, leader 2, ' \
	' g +2  got COORDINATOR from 3, ' ' g +2  is follower, leader 3, '

READY='^Attaching'
SECONDS_SEEN=5
check "heartbeat-lateness.bt begins" trace lateness "$scripts/heartbeat-lateness.bt" $SECONDS_SEEN
ended() { ! kill -0 $tracer 2> /dev/null; }
check "heartbeat-lateness.bt ends by itself" wait_for ended
check "and well" trace_end
sed 's/^/# /' lateness | head -60
check "a histogram for each node, as often as its timer ran" counts lateness
check "which is about each heartbeat" often lateness
finish
