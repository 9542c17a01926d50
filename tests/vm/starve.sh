#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests elections without processor time for processes: a SCHED_FIFO 99 spinner occupies every
# processor, and real-time throttling is off. Three nodes in this guest still work: the leader
# stays while it lives, and when it is cut off the next node takes over.
#
# Meanwhile no other process can run, and this script cannot run either. So a packet filter
# with a clock, set up before, makes the cut. The time stamps of the events show afterwards
# what happened.
#
#   0 s                 15 s           19 s     23 s
#   spinners begin      node 3 cut     healed   spinners end
#
# The spinners read the clock all the time, so they notice when the whole machine stood still.
# No kernel can prevent that. Only in this case a round that went wrong is repeated.
# numbers: QUIET=15
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
HB_MS=50 HB=50ms
CUT=4 REST=4 TRIES=4

# filter FROM TO: cuts node 3 off the network between these two times, in seconds since 1970
filter() {
	ip netns exec n3 nft -f - <<-END
		table inet cut
		delete table inet cut
		table inet cut {
			chain in {
				type filter hook input priority 0;
				udp dport 28559 meta time >= $1 meta time < $2 counter drop
			}
			chain out {
				type filter hook output priority 0;
				udp dport 28559 meta time >= $1 meta time < $2 counter drop
			}
		}
	END
}

clock=$(dirname "$0")/clock

# spin: runs a round; sets the times, and how long the machine stood still (us)
spin() {
	local cpu pids='' start up='' again=-
	start=$((EPOCHSECONDS + 3))
	cut=$((start + QUIET)) healed=$((start + QUIET + CUT)) end=$((start + QUIET + CUT + REST))
	filter "$cut" "$healed"
	# removes the results of the round before
	rm -f ordinary fifo90 spinner*
	"$clock" ${end}500000 0.02 > ordinary &
	pids+=" $!"
	chrt -f 90 "$clock" ${end}500000 0.02 > fifo90 &
	pids+=" $!"
	wait_for test -s ordinary -a -s fifo90
	while [ "$EPOCHSECONDS" -lt "$start" ]; do nap; done
	# offset: wall clock minus the events' clock, in ns; repeated if a tick came between the reads
	until [ "$up" = "$again" ]; do
		read -r up _ < /proc/uptime
		offset=$((${EPOCHREALTIME/./} * 1000 - ${up/./} * 10000000))
		read -r again _ < /proc/uptime
	done
	: > "$ON_PURPOSE"
	for cpu in $(seq 0 $(($(nproc) - 1))); do
		taskset -c "$cpu" chrt -f 99 "$clock" ${end}000000 0 > "spinner$cpu" &
		pids+=" $!"
	done
	# shellcheck disable=SC2086
	wait $pids
	nap
	rm "$ON_PURPOSE"
	begun=$(sed -n 's/^began \([0-9]*\) .*/\1/p' spinner* | sort -n | tail -n 1)
	stood=$(sed -n 's/^longest //p' spinner* | sort -n | tail -n 1)
	echo "# all spinners on for $((end * 1000 - begun / 1000)) ms; the machine stood still for up to $((stood / 1000)) ms"
}

# events I FILTER FROM TO: prints the number of events of node I between these times (ns)
events() {
	jq -s "[.[] | select($2) | select(.time_ns >= $3 and .time_ns < $4)] | length" "events.n$1"
}
first() {
	jq -s "[.[] | select($2) | select(.time_ns >= $3)] | first | .time_ns // 0" "events.n$1"
}
calm() {
	local i n
	for i in 1 2 3; do
		n=$(events "$i" '.event == "leader"' "$1" "$2")
		why="node $i: $n leader changes"
		[ "$n" -eq 0 ] || return 1
	done
}
# soon NAME FROM AT LIMIT_MS: succeeds if AT is at most LIMIT_MS after FROM
soon() {
	why="$1: never"
	[ "$3" -ne 0 ] || return 1
	echo "# $1: $((($3 - $2) / 1000000)) ms"
	why="$1 took $((($3 - $2) / 1000000)) ms"
	[ $((($3 - $2) / 1000000)) -le "$4" ]
}
ns() { echo $(($1 * 1000000000 - offset)); }
starved() {
	local longest
	longest=$(sed -n "s/^longest //p" "$1")
	echo "# $1 was kept from the CPU for $((longest / 1000)) ms"
	why="it ran after $((longest / 1000)) ms"
	[ "$longest" -ge $(((end * 1000000 - begun) * 9 / 10)) ]
}
not_deposed() { calm $((begun * 1000 - offset)) "$(ns "$cut")"; }
taken_over() {
	soon "cut to the new leader's event" "$(ns "$cut")" \
		"$(first 2 '.state == "leader"' "$(ns "$cut")")" $((3 * HB_MS + 500)) &&
	soon "cut to node 1's event" "$(ns "$cut")" \
		"$(first 1 '.leader == 2' "$(ns "$cut")")" $((3 * HB_MS + 500))
}
taken_back() {
	soon "healing to node 1's event" "$(ns "$healed")" \
		"$(first 1 '.leader == 3' "$(ns "$healed")")" $(((REST - 1) * 1000))
}

modprobe bully
net_up 3
check "three nodes are configured" start_all g "1 2 3"
check "the highest node leads" leads g 3 "1 2 3"
for i in 1 2 3; do watch_node "$i"; done
stall=/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress watchdog=/proc/sys/kernel/watchdog
suppressed=$(< $stall) watched=$(cat $watchdog 2> /dev/null) || watched=''
echo 1 > $stall
sysctl -qw kernel.sched_rt_runtime_us=-1
[ -z "$watched" ] || echo 0 > $watchdog
for try in $(seq $TRIES); do
	leads g 3 "1 2 3" || break
	spin
	# the monitors get the events when the spinners have ended
	leads_heard g 3 "1 2 3" || break
	if { not_deposed && taken_over && taken_back; } > /dev/null; then break; fi
	[ "$stood" -ge $((HB_MS * 1000)) ] || break
	[ "$try" = $TRIES ] || echo "# try $try does not count: the machine stood still for a heartbeat or more ($why)"
done
sysctl -qw kernel.sched_rt_runtime_us=950000
echo "$suppressed" > $stall
[ -z "$watched" ] || echo "$watched" > $watchdog

check "the spinners starved an ordinary process" starved ordinary
check "the spinners starved a process of SCHED_FIFO 90" starved fifo90
check "node 3 leads when the spinners have ended" leads g 3 "1 2 3"
judge() {
	# a host that takes the processors away for a heartbeat proves nothing
	if [ "$stood" -ge $((HB_MS * 1000)) ] && ! { not_deposed && taken_over && taken_back; } > /dev/null; then
		skip "$1" "in $TRIES tries the machine stood still for a heartbeat or more each time"
	else
		check "$@"
	fi
}
judge "the leader was not deposed in $QUIET s" not_deposed
judge "leader cut off: node 2 led the others" taken_over
judge "link healed: node 3 led again" taken_back
echo "# timer lateness, max: $(bullyctl -j -n n3 stats g | jq '[.. | objects | .late_max_ns? | numbers] | max') ns"
check "the groups are deleted" stop_all g "1 2 3"
finish
