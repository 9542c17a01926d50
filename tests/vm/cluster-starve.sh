#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 2 minutes
# cluster: 2
# cpus: 1
# Two guests, every CPU of both taken by SCHED_FIFO 99 spinners, heartbeat 50 ms:
# the leader is not deposed; cut off, it is replaced; healed, it leads again.
# Nothing in the guests runs meanwhile: the cable is cut from outside, and what
# happened is read from the events' time stamps afterwards.
set -eu
HB_MS=50
# shellcheck source=tests/vm/cluster-lib.sh
. "$(dirname "$0")/cluster-lib.sh"
QUIET=12 CUT=3 SPIN=22
[ -z "${FULL:-}" ] || QUIET=120 SPIN=130

# spin I: on every CPU; prints when it began and ended, in ns of the events'
# clock, and for how many us an ordinary process stood still
spin() {
	on -i "$1" bash -s "$SPIN" > "$dir/spin$1" <<-'END'
		echo 1 > /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
		sysctl -qw kernel.sched_rt_runtime_us=-1
		echo 0 2> /dev/null > /proc/sys/kernel/watchdog
		exec {fd}<> <(:)
		until=$((${EPOCHREALTIME/./} + $1 * 1000000))
		{
			last=${EPOCHREALTIME/./} longest=0
			while [ "$last" -lt "$until" ]; do
				read -rt 0.02 -u "$fd" || :
				now=${EPOCHREALTIME/./}
				[ $((now - last)) -le "$longest" ] || longest=$((now - last))
				last=$now
			done
			echo "$longest" > longest
		} &
		clock=$!
		spinners=
		for cpu in $(seq 0 $(($(nproc) - 1))); do
			taskset -c "$cpu" chrt -f 99 bash -c '
				read -r up _ < /proc/uptime
				echo "${up/./}0000000"
				while [ "${EPOCHREALTIME/./}" -lt "$1" ]; do :; done
				read -r up _ < /proc/uptime
				echo "${up/./}0000000"' spin "$until" &
			spinners+=" $!"
		done
		wait $spinners $clock
		cat longest
		sysctl -qw kernel.sched_rt_runtime_us=950000
	END
}

# between I FILTER FROM TO: how many such events, by node I's clock
events() {
	sed -n 's/^[0-9]* {/{/p' "$dir/node$1" |
		jq -s "[.[] | select($2) | select(.time_ns >= $3 and .time_ns < $4)] | length"
}
calm() {
	local n
	n=$(events "$1" '.event == "leader"' "$2" "$3")
	why="node$1: $n leader changes"
	[ "$n" -eq 0 ]
}
once() {
	local n
	n=$(events "$1" "$2" "$3" "$4")
	why="node$1: $n times $2"
	[ "$n" -eq 1 ]
}
starved() {
	local longest
	longest=$(tail -n 1 "$dir/spin$1")
	echo "# node$1: an ordinary process stood still for $((longest / 1000)) ms"
	why="$longest us"
	[ "$longest" -ge $(((SPIN - 3) * 1000000)) ]
}
# The clock of guest I, in ns; read twice as exactly as the way there allows.
guest_clock() {
	local up
	up=$(on "$1" cat /proc/uptime)
	up=${up%% *}
	echo "${up/./}0000000"
}

for i in 1 2; do
	check "node$i: configured" configure "$i"
done
check "the highest leads" leads 2 1 2
begun=$(now)
clock=$(guest_clock 1)
slack=$((($(now) - begun) * 1000))
spin 1 &
spinner1=$!
spin 2 &
spinner2=$!
wait_for test -s "$dir/spin1"
wait_for test -s "$dir/spin2"
sleep $QUIET
at=$((clock + ($(now) - begun) * 1000))
cut 2
sleep $CUT
healed=$((clock + ($(now) - begun) * 1000))
heal 2
wait $spinner1 $spinner2
for i in 1 2; do
	check "node$i: the spinners starve" starved $i
done
start=$(head -n 1 "$dir/spin1")
check "afterwards they agree" leads 2 1 2
echo "# cut at $(((at - start) / 1000000)) ms of spinning, healed at $(((healed - start) / 1000000)) ms, clocks within $((slack / 1000000)) ms"
check "the leader was not deposed in $QUIET s" calm 1 $((start + 500000000)) $((at - slack - 200000000))
check "cut off: node1 took over" once 1 '.state == "leader" and .event == "leader"' $((at - slack - 200000000)) $((healed - slack))
check "healed: node1 followed again" once 1 '.leader == 2 and .event == "leader"' $((healed - slack - 200000000)) $((healed + 4000000000))
finish
