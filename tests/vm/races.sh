#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Gives the detector of data races (KCSAN) something to watch: three nodes in quorum mode, then in
# classic mode, with a key and a heartbeat of 5 ms, while races.c makes every request on each.
# numbers: SECONDS_EACH=40
set -eu
HB_MS=5
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
races=$(dirname "$0")/../build/races

umask 077
echo "1 $(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')" > key

# busy GROUP: runs races.c on all three nodes; from time to time a link fails
busy() {
	local i n pids=() status=0
	for i in 1 2 3; do
		ip netns exec "n$i" "$races" "$1" 9 $SECONDS_EACH > "said.$i" & pids+=($!)
	done
	for n in $(seq $((SECONDS_EACH / 8))); do
		unplug $((n % 3 + 1))
		sleep 1
		plug $((n % 3 + 1))
		sleep 3
	done
	for i in 0 1 2; do wait "${pids[i]}" || status=$?; done
	sed 's/^/# turns: /' said.?
	why="status $status: a thread finished no round"
	return $status
}
# calm GROUP: succeeds if the group has its leader after the programs have ended
calm() {
	local i
	for i in 1 2 3; do bc "$i" group set "$1" candidate on preempt on misses 3 heartbeat 50ms || return 1; done
	for i in 1 2 3; do bc "$i" peer del "$1" id 9 2> /dev/null || :; done
	# makes nodes that resigned candidates again; refused if node 3 already leads
	for i in 1 2 3; do bc "$i" elect "$1" 2> /dev/null || :; done
	leads "$1" 3 "1 2 3"
}
# watched: succeeds if KCSAN has watched accesses
watched() {
	local n
	mount -t debugfs none /sys/kernel/debug 2> /dev/null || :
	n=$(sed -n 's/^setup_watchpoints: //p' /sys/kernel/debug/kcsan)
	echo "# $n accesses watched, $(sed -n 's/^data_races: //p' /sys/kernel/debug/kcsan) races seen in all of the kernel"
	[ "$n" -gt 0 ]
}

modprobe bully
net_up 3
for mode in "quorum majority lease 150ms" "quorum off"; do
	# shellcheck disable=SC2086
	check "$mode: three nodes are configured" start_all g "1 2 3" $mode key-file "$PWD/key"
	check "$mode: all programs run to their end" busy g
	check "$mode: the group works afterwards" calm g
	check "$mode: the group is deleted" stop_all g "1 2 3"
done
check "KCSAN has watched memory accesses" watched
finish
