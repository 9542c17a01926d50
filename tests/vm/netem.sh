#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests elections on bad networks:
# - with lost, duplicated, delayed or reordered packets elections still end, and all nodes
#   agree on the highest when the faults end;
# - moderate faults (1 % loss, 10 % duplicates, delay of half a heartbeat with as
#   much jitter, which reorders) cause no failover: with misses 3 a leader is
#   deposed by 3 lost exchanges in a row, 1 in 10^5 heartbeats at 1 % loss.
# WATCH is in milliseconds.
# numbers: WATCH=8000
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# netem WORDS...: applies WORDS to the packets that each node sends
netem() {
	local i
	for i in 1 2 3; do
		tc -n "n$i" qdisc replace dev eth0 root netem "$@" || return 1
	done
}
good() {
	local i
	for i in 1 2 3; do tc -n "n$i" qdisc del dev eth0 root || return 1; done
}

# changes I: prints the number of leader changes that node I has counted
changes() { stat_of "$1" g '.groups[0].leader_changes'; }
all_changes() { echo "$(changes 1) $(changes 2) $(changes 3)"; }

# election_under WORDS...: checks a first election, a failover and a return with these faults
election_under() {
	local name=$1
	shift
	netem "$@"
	check "$name: three nodes are configured" start_all g "1 2 3"
	check "$name: node 3 has led" has_led 3 3
	cut 3
	check "$name: node 2 has led after the cut" has_led 2 2
	heal 3
	good
	check "$name: all agree when the loss is over" leads g 3 "1 2 3"
	check "$name: the group is deleted" stop_all g "1 2 3"
}
# on a bad network agreement may be lost again; one moment of it is enough
has_led() { wait_for follows "$1" g "$2"; }

# quiet: succeeds if no node's leader changes during WATCH ms
quiet() {
	local before after
	before=$(all_changes)
	sleep "$(printf '%d.%03d' $((WATCH / 1000)) $((WATCH % 1000)))"
	after=$(all_changes)
	why="leader changes: $before, then $after"
	[ "$before" = "$after" ]
}

quiet_under() {
	local name=$1
	shift
	check "$name: three nodes are configured" start_all g "1 2 3"
	check "$name: the highest node leads" leads g 3 "1 2 3"
	netem "$@"
	check "$name: the leader does not change in $WATCH ms" undisturbed g quiet
	good
	check "$name: all agree at the end" leads g 3 "1 2 3"
	check "$name: the group is deleted" stop_all g "1 2 3"
}

modprobe bully
net_up 3
half=$((HB_MS / 2))
election_under "20 % loss" loss 20%
election_under "30 % duplicates" duplicate 30%
election_under "delay with jitter" delay $((HB_MS / 4))ms $((HB_MS / 4))ms
election_under "reordering" delay $((HB_MS / 5))ms reorder 50% 50%
election_under "all at once" loss 20% duplicate 20% delay $((HB_MS / 4))ms $((HB_MS / 4))ms
quiet_under "1 % loss, duplicates, jitter" loss 1% duplicate 10% delay $((half / 2))ms $((half / 2))ms
finish
