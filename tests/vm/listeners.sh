#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests that listeners to events do not delay an election: any user may listen, with any number
# of sockets, but packets leave before events are sent. Events still come in order, and the
# last events of a group come before its deletion is complete.
# sections: order last crowd
# numbers: LISTENERS=2000 ROUNDS=7
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
listeners=$(dirname "$0")/listeners.py
alone='' crowded=''

# handed_over: leader 3 resigns; sets us to the time until node 1 has the next leader's packet,
# by the times of the two steps
handed_over() {
	local from to
	leads_heard g 3 "1 2 3" && bc 3 resign g && leads_heard g 2 "1 2 3" || return 1
	from=$(event_time 3 '.reason == "resigned" and .leader == null')
	to=$(event_time 1 '.event == "leader" and .leader == 2')
	us=$(((to - from) / 1000))
	bc 3 elect g
	why="from $from to $to"
	[ "$us" -gt 0 ]
}
# median NAME: sets $NAME to the median of ROUNDS rounds, in us
median() {
	local all=() _
	for _ in $(seq $ROUNDS); do
		handed_over || return 1
		all+=("$us")
	done
	mapfile -t all < <(printf '%s\n' "${all[@]}" | sort -n)
	declare -g "$1=${all[ROUNDS / 2]}"
	echo "# resign to the next leader's packet, $1: ${all[*]} us"
}
# With this many listeners the event of a step takes more than 20 times as long as its packets.
about_as_long() {
	why="$alone us without them, $crowded us beside them"
	[ "$crowded" -le $((4 * alone + 500)) ]
}
listening() { grep -q ready crowd; }
gap() {
	local i
	for i in 1 2 3; do
		why="node $i"
		! grep -q '"resync"' "events.n$i" || return 1
	done
}

crowd() {
	local pid
	for i in 1 2 3; do [ -s "events.n$i" ] || watch_node "$i"; done
	check "without listeners: $ROUNDS leaders resign" median alone
	"$listeners" crowd "$LISTENERS" n1 n2 n3 > crowd &
	pid=$!
	check "$LISTENERS sockets of an unprivileged user listen in each namespace" wait_for listening
	check "beside listeners: $ROUNDS leaders resign" median crowded
	check "beside listeners: an election takes about as long as without" about_as_long
	check "beside listeners: a monitor that reads misses no event" gap
	check "beside listeners: a group is deleted" bc 1 group del g
	check "beside listeners: the group is added again" start g 1 "1 2 3" holddown off
	kill $pid
	wait $pid || :
	check "without listeners again: the highest node leads" leads_heard g 3 "1 2 3"
}

tracing=/sys/kernel/tracing
traced=(events/bully/bully_state events/net/net_dev_start_xmit events/printk/console events/kprobes/bully_told)
# trace_step: traces one resign of the leader, beside a listener, into the file steps
trace_step() {
	local event
	echo 'p:bully_told netlink_broadcast' > $tracing/kprobe_events
	echo 'name == "eth0"' > $tracing/events/net/net_dev_start_xmit/filter
	for event in "${traced[@]}"; do echo 1 > "$tracing/$event/enable"; done
	echo > $tracing/trace
	bc 3 resign g && leads g 2 "1 2 3" && wait_for heard g 3
	cp $tracing/trace steps
	for event in "${traced[@]}"; do echo 0 > "$tracing/$event/enable"; done
	echo 0 > $tracing/events/net/net_dev_start_xmit/filter
	echo > $tracing/kprobe_events
	echo > $tracing/trace
}
# after_step: prints what follows the leader's step, in order: packet, event, log
after_step() {
	awk '
		/ bully_state: .* id=3 .* leader=0 / && !task { task = $1 }
		task && / net_dev_start_xmit: / && $1 == task { print "packet" }
		task && / bully_told: / { print "event" }
		task && / console: .*group g: / { print "log" }' steps
}
packet_first() {
	local first
	first=$(after_step | head -n 1)
	why="first comes: $first"
	[ "$first" = packet ]
}
order() {
	[ -d $tracing/events ] || mount -t tracefs tracefs $tracing
	if [ ! -e $tracing/kprobe_events ]; then
		skip "a packet leaves first" "this kernel has no kprobes"
		return
	fi
	watch_node 3
	check "order: a leader resigns while it is traced" trace_step
	after_step | uniq -c | head -n 8 | sed 's/^/#/'
	check "order: the new leader's packet leaves before an event is sent and a line is logged" packet_first
	for what in event log; do
		check "order: the step's trace has $what" grep -qx $what <(after_step)
	done
	bc 3 elect g
	check "order: the highest node leads again" leads_heard g 3 "3"
}

# told_after NS COMMAND...: writes to file told the events in a listener's queue after COMMAND
told_after() { "$listeners" last "$@" > told; }
# ends GROUP: succeeds if the last event of GROUP is its deletion, and none before is missing
ends() {
	why=$(awk -v g="$1" '
		$1 != g { next }
		seen && $2 != "GROUP_DEL_NTF" && $3 != seq + 1 { print "after " seq " comes " $3 }
		{ seen++; what = $2; seq = $3 }
		END { if (what != "GROUP_DEL_NTF" || seen < 2) print seen + 0 " messages, the last is " what }
		' told | head -n 1)
	[ -z "$why" ]
}
last() {
	local name
	check "last events: a leader's group is deleted" told_after n3 bullyctl -n n3 group del g
	check "last events: when the command ends all events have been sent" ends g
	check "last events: the group is added again" start g 3 "1 2 3" holddown off
	for name in a b c; do start_all "$name" "1 2 3"; done
	for name in g a b c; do leads "$name" 3 "1 2 3"; done
	check "last events: the module is unloaded" told_after n3 rmmod bully
	for name in g a b c; do check "last events: when rmmod ends all events of group $name have been sent" ends "$name"; done
	modprobe bully
	check "last events: the groups start again" start_all g "1 2 3" holddown off
	check "last events: the highest node leads" leads g 3 "1 2 3"
}

modprobe bully
net_up 3
check "a group of three nodes is configured" start_all g "1 2 3" holddown off
check "the highest node leads" leads g 3 "1 2 3"
run_sections
finish
