#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 2 minutes
# kernels: stock
# Every CPU is taken by a SCHED_FIFO 99 spinner and nothing is throttled. Three
# nodes in this guest go on as if nothing were: their leader stays while it
# lives, and when it is cut off the next one takes over.
#
# No process can run meanwhile, this script neither. So the cut is programmed
# beforehand, as a packet filter with a clock, and what happened is read from the
# time stamps of the events afterwards.
#
#   0 s              13 s          17 s       22 s
#   spinners begin   node 3 cut    healed     spinners end
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
HB_MS=50 HB=50ms
QUIET=13 CUT=4 REST=5
[ -z "${FULL:-}" ] || QUIET=300

# filter FROM TO: node 3 is off the network between these seconds since 1970
filter() {
	ip netns exec n3 nft -f - <<-END
		table inet cut {
			chain in {
				type filter hook input priority 0;
				udp dport 7400 meta time >= $1 meta time < $2 counter drop
			}
			chain out {
				type filter hook output priority 0;
				udp dport 7400 meta time >= $1 meta time < $2 counter drop
			}
		}
	END
}

# spinner CPU UNTIL: makes no system call and never sleeps
spinner() {
	# shellcheck disable=SC2016
	taskset -c "$1" chrt -f 99 bash -c '
		until=$1
		echo "${EPOCHREALTIME/./}" > "spinner$2"
		while [ "${EPOCHREALTIME/./}" -lt "$until" ]; do :; done
		echo "${EPOCHREALTIME/./}" >> "spinner$2"' spinner "$2" "$1"
}

# An ordinary process, and one with a high real-time priority, look at the clock
# every 20 ms; the longest that they were kept from it is the measure.
# shellcheck disable=SC2016
clock='
	exec {fd}<> <(:)
	last=${EPOCHREALTIME/./} longest=0
	while [ "$last" -lt "$1" ]; do
		read -rt 0.02 -u "$fd" || :
		now=${EPOCHREALTIME/./}
		[ $((now - last)) -le "$longest" ] || longest=$((now - last))
		last=$now
	done
	echo "$longest" > "$2"'

# events I FILTER FROM TO: how many events of node I between these times (ns)
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
# soon NAME FROM AT LIMIT_MS
soon() {
	why="never"
	[ "$3" -ne 0 ] || return 1
	echo "# $1: $((($3 - $2) / 1000000)) ms"
	why="took $((($3 - $2) / 1000000)) ms"
	[ $((($3 - $2) / 1000000)) -le "$4" ]
}
starved() {
	local longest
	longest=$(cat "$1")
	echo "# $1 was kept from the CPU for $((longest / 1000)) ms"
	why="it ran after $((longest / 1000)) ms"
	[ "$longest" -ge $(((QUIET + CUT + REST - 1) * 1000000)) ]
}

modprobe bully
net_up 3
check "configured" start_all g "1 2 3"
check "the highest leads" leads g 3 "1 2 3"
for i in 1 2 3; do watch_node $i; done
echo 1 > /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
sysctl -qw kernel.sched_rt_runtime_us=-1 kernel.watchdog=0 2> /dev/null ||
	sysctl -qw kernel.sched_rt_runtime_us=-1

# whole seconds of the wall clock, from the third one on
start=$((EPOCHSECONDS + 3))
cut=$((start + QUIET)) healed=$((start + QUIET + CUT)) end=$((start + QUIET + CUT + REST))
filter "$cut" "$healed"
bash -c "$clock" clock ${end}500000 ordinary &
chrt -f 90 bash -c "$clock" clock ${end}500000 fifo90 &
clocks=$(jobs -p | tail -n 2)
while [ "$EPOCHSECONDS" -lt "$start" ]; do nap; done
# the wall clock less the events' one, ns
read -r up _ < /proc/uptime
offset=$((${EPOCHREALTIME/./} * 1000 - ${up/./} * 10000000))
spinners=''
for cpu in $(seq 0 $(($(nproc) - 1))); do
	spinner "$cpu" "${end}000000" &
	spinners+=" $!"
done
# shellcheck disable=SC2086
wait $spinners
# shellcheck disable=SC2086
wait $clocks
sysctl -qw kernel.sched_rt_runtime_us=950000

check "the spinners starved an ordinary process" starved ordinary
check "the spinners starved one of SCHED_FIFO 90" starved fifo90
ns() { echo $(($1 * 1000000000 - offset)); }
check "afterwards: 3 leads" leads g 3 "1 2 3"
check "the leader was not deposed in $QUIET s" calm "$(ns "$start")" "$(ns "$cut")"
check "leader cut off: node 2 took over" soon "cut to the new leader" "$(ns "$cut")" \
	"$(first 2 '.state == "leader"' "$(ns "$cut")")" $((3 * HB_MS + 500))
check "leader cut off: node 1 heard of it" soon "cut to node 1's event" "$(ns "$cut")" \
	"$(first 1 '.leader == 2' "$(ns "$cut")")" $((3 * HB_MS + 500))
check "healed: node 3 took it back" soon "healing to node 1's event" "$(ns "$healed")" \
	"$(first 1 '.leader == 3' "$(ns "$healed")")" $(((REST - 1) * 1000))
check "and kept it" calm "$(ns $((end - 1)))" "$(ns $((end + 1)))"
echo "# timer lateness, max: $(bullyctl -j -n n3 stats g | jq '[.. | objects | .late_max_ns? | numbers] | max') ns"
check "deleted" stop_all g "1 2 3"
finish
