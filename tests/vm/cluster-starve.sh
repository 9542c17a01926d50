#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 2 minutes
# cluster: 2
# cpus: 1
# alone: it measures what the host must not disturb
# Two guests, every CPU of both taken by SCHED_FIFO 99 spinners, heartbeat 50 ms:
# the leader is not deposed; cut off, it is replaced; healed, it leads again.
# Nothing in the guests runs meanwhile: the cable is cut from outside, and what
# happened is read from the events' time stamps afterwards.
set -eu
HB_MS=50
# shellcheck source=tests/vm/cluster-lib.sh
. "$(dirname "$0")/cluster-lib.sh"
QUIET=12 CUT=3 SPIN=24 TRIES=4
[ -z "${FULL:-}" ] || QUIET=120 SPIN=132

# spin I: says "ready" when it is about to begin, as nothing is heard meanwhile.
# Then, a line each: when the last spinner began, in ns of the events' clock; for
# how many us the machine stood still; for how many an ordinary process did.
spin() {
	on -i "$1" bash -s "$SPIN" > "$dir/spin$1" <<-'END'
		echo 1 > /sys/module/rcupdate/parameters/rcu_cpu_stall_suppress
		sysctl -qw kernel.sched_rt_runtime_us=-1
		echo 0 2> /dev/null > /proc/sys/kernel/watchdog
		clock=$BULLY_TREE/tests/vm/clock
		until=$((${EPOCHREALTIME/./} + ($1 + 1) * 1000000))
		"$clock" "$until" 0.02 > ordinary &
		pids=$!
		echo ready
		sleep 1
		for cpu in $(seq 0 $(($(nproc) - 1))); do
			taskset -c "$cpu" chrt -f 99 "$clock" "$until" 0 > "spinner$cpu" &
			pids+=" $!"
		done
		wait $pids
		sed -n 's/^began [0-9]* //p' spinner* | sort -n | tail -n 1
		sed -n 's/^longest //p' spinner* | sort -n | tail -n 1
		sed -n 's/^longest //p' ordinary
		sysctl -qw kernel.sched_rt_runtime_us=950000
	END
}

# The clock of guest I, in ns, as exactly as the way there allows.
guest_clock() {
	local up
	up=$(on "$1" cat /proc/uptime)
	up=${up%% *}
	echo "${up/./}0000000"
}
# a round; sets the times by guest 1's clock
round() {
	local begun clock i pids=''
	begun=$(now)
	clock=$(guest_clock 1)
	slack=$((($(now) - begun) * 1000))
	for i in 1 2; do
		: > "$dir/spin$i"
		spin $i &
		pids+=" $!"
	done
	for i in 1 2; do wait_for grep -q ready "$dir/spin$i"; done
	sleep $((QUIET + 2))
	at=$((clock + ($(now) - begun) * 1000))
	cut 2
	sleep $CUT
	healed=$((clock + ($(now) - begun) * 1000))
	heal 2
	# shellcheck disable=SC2086
	wait $pids
	start=$(sed -n 2p "$dir/spin1")
	stood=$(for i in 1 2; do sed -n 3p "$dir/spin$i"; done | sort -n | tail -n 1)
	echo "# cut after $(((at - start) / 1000000)) ms of spinning, healed after $(((healed - start) / 1000000)) ms," \
		"clocks within $((slack / 1000000)) ms; a guest stood still for up to $((stood / 1000)) ms"
}

# events I FILTER FROM TO: how many such events, by node I's clock
events() {
	sed -n 's/^[0-9]* {/{/p' "$dir/node$1" |
		jq -s "[.[] | select($2) | select(.time_ns >= $3 and .time_ns < $4)] | length"
}
exactly() {
	local n
	n=$(events 1 "$2" "$3" "$4")
	why="node1: $n events with $2, not $1"
	[ "$n" -eq "$1" ]
}
not_deposed() { exactly 0 '.event == "leader"' "$start" $((at - slack - 100000000)); }
taken_over() { exactly 1 '.event == "leader" and .state == "leader"' $((at - slack - 100000000)) "$healed"; }
taken_back() { exactly 1 '.event == "leader" and .leader == 2' "$healed" $((healed + 5000000000)); }
starved() {
	local longest
	longest=$(sed -n 4p "$dir/spin$1")
	echo "# node$1: an ordinary process stood still for $((longest / 1000)) ms"
	why="$longest us"
	[ "$longest" -ge $(((SPIN - 3) * 1000000)) ]
}

for i in 1 2; do
	check "node$i: configured" configure "$i"
done
check "the highest leads" leads 2 1 2
for try in $(seq $TRIES); do
	leads 2 1 2 || break
	round
	leads 2 1 2 || break
	if not_deposed && taken_over && taken_back; then break; fi
	[ "$stood" -ge $((HB_MS * 1000)) ] || break
	[ "$try" = $TRIES ] || echo "# try $try does not count: a guest stood still for a heartbeat or more ($why)"
done
for i in 1 2; do
	check "node$i: the spinners starve" starved "$i"
done
check "afterwards they agree" leads 2 1 2
judge() {
	# a host that takes the guests' processors away for a heartbeat is no proof of anything
	if [ "$stood" -ge $((HB_MS * 1000)) ] && ! { not_deposed && taken_over && taken_back; }; then
		skipped=$((skipped + 1))
		echo "ok - $1 # SKIP in $TRIES tries a guest stood still for a heartbeat or more each time"
	else
		check "$@"
	fi
}
judge "the leader was not deposed in $QUIET s" not_deposed
judge "cut off: node1 took over" taken_over
judge "healed: node1 followed again" taken_back
finish
