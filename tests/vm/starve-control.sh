#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests requests while a SCHED_FIFO 99 spinner occupies one of two processors and real-time
# throttling is off: groups are added, shown, changed and deleted. No request may wait for a
# thread that is bound to the spinner's processor: it would end only with the spinner.
# numbers: SPIN=120 BOUND_MS=15000
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

clock=$(dirname "$0")/clock
spinner=''
stall=/sys/module/rcupdate/parameters/rcu_cpu_stall_suppress watchdog=/proc/sys/kernel/watchdog
rps=/sys/class/net/lo/queues/rx-0/rps_cpus
suppressed=$(< $stall)
steered=$(< $rps)
watched=$(cat $watchdog 2> /dev/null) || watched=''

# spin: starts the spinner, which ends at unspin or after SPIN seconds
spin() {
	: > "$ON_PURPOSE"
	rm -f spinner
	taskset -c 1 chrt -f 99 "$clock" $(((EPOCHSECONDS + SPIN) * 1000000)) 0 > spinner &
	spinner=$!
	wait_for test -s spinner
}
spinning() { kill -0 "$spinner" 2> /dev/null; }
unspin() {
	[ -n "$spinner" ] || return 0
	kill "$spinner" 2> /dev/null || :
	wait "$spinner" 2> /dev/null || :
	spinner=''
	rm -f "$ON_PURPOSE"
}
restore() {
	unspin
	echo "$steered" > $rps
	echo "$suppressed" > $stall
	[ -z "$watched" ] || echo "$watched" > $watchdog
	sysctl -qw kernel.sched_rt_runtime_us=950000
}

# hold_back: sends more packets to processor 1 than its interrupts process. The rest is left to
# its ksoftirqd, which does not run.
hold_back() {
	echo 2 > $rps
	ping -q -f -l 300 -c 600 -w 5 -s 1000 127.0.0.1 > /dev/null 2>&1 || :
	echo "$steered" > $rps
	echo "# ksoftirqd/1 is $(sed 's/.*) \(.\).*/\1/' "/proc/$(pgrep -x ksoftirqd/1)/stat")"
}

# prompt COMMAND...: succeeds if COMMAND succeeds within the bound while the spinner runs
prompt() {
	local from took
	from=$(uptime_ms)
	"$@" > said 2>&1 || { why=$(< said); return 1; }
	took=$(($(uptime_ms) - from))
	echo "# ${*:1:4}: $took ms"
	why="it took $took ms"
	[ "$took" -le "$BOUND_MS" ] || return 1
	why="the spinner ended before it"
	spinning
}

timers() { grep -c bully_rescue_handler /proc/timer_list || :; }
# a timer is not in the list while it fires; kernels since 6.5 and PREEMPT_RT have none
rescued() {
	case $(uname -r) in
	6.1.*rt*) return 0 ;;
	6.1.*) ;;
	*) return 0 ;;
	esac
	why="$(timers) rescue timers"
	[ "$(timers)" -eq "$1" ]
}

if [ "$(nproc)" -lt 2 ]; then
	skip "requests beside a spinner" "there is only one processor"
	finish
fi
trap restore EXIT
echo 1 > $stall
[ -z "$watched" ] || echo 0 > $watchdog
sysctl -qw kernel.sched_rt_runtime_us=-1
taskset -p -c 0 $$ > /dev/null
ip link set lo up
modprobe bully
bullyctl show

spin
hold_back
check "the first group is added" prompt bullyctl group add g id 2 heartbeat "$HB"
check "rescue timers run on both processors" wait_for rescued 2
check "a peer is added" prompt bullyctl peer add g id 1 addr 127.0.0.9
check "the group is shown" prompt bullyctl show g
check "the group gets its leader" prompt bullyctl wait g leader
check "the group's heartbeat is changed" prompt bullyctl group set g heartbeat 50ms
check "the group's address is changed" prompt bullyctl group set g local 127.0.0.2
check "the peer's address is changed" prompt bullyctl peer set g id 1 addr 127.0.0.10
check "the peer is deleted" prompt bullyctl peer del g id 1
check "the last group is deleted" prompt bullyctl group del g
check "no rescue timer is left" rescued 0
check "show lists no group" prompt bullyctl show
unspin

check "a group is added before the spinner begins" bullyctl group add g id 2 heartbeat "$HB"
check "the group gets a peer" bullyctl peer add g id 1 addr 127.0.0.9
spin
hold_back
check "a second group is added" prompt bullyctl group add h id 1 heartbeat 2ms
check "the second group is deleted" prompt bullyctl group del h
check "the last group is deleted beside the spinner" prompt bullyctl group del g
unspin
restore
trap - EXIT
finish
