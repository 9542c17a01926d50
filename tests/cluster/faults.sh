#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests three guests: power cut, pause, halt and panic of the leader, and cuts of its link.
# Section farewells comes last, because it leaves node 3 off.
# sections: power_cut paused halted parted one_way cable panic farewells
set -eu
# shellcheck source=tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# took FROM TO LIMIT_MS NAME: prints the time from FROM to TO; succeeds if it is within LIMIT_MS
took() {
	[ -n "$1" ] && [ -n "$2" ] || { why="an event is missing"; return 1; }
	echo "# $4: $((($2 - $1) / 1000)) ms"
	why="took $((($2 - $1) / 1000)) ms"
	[ $((($2 - $1) / 1000)) -le "$3" ]
}
# epochs_rise I: succeeds if the epochs in node I's events do not fall
epochs_rise() {
	local epoch last=0
	while read -r epoch; do
		why="epoch $epoch after $last"
		[ "$epoch" -ge "$last" ] || return 1
		last=$epoch
	done < <(grep -oE '"epoch": ?[0-9]+' "$dir/node$1" | grep -oE '[1-9][0-9]*')
	[ "$last" -gt 0 ]
}
not_following() { ! follows "$1" "$2"; }
# told US I PATTERN: succeeds if an event of node I that matches has arrived after US
told() { [ -n "$(since "$@")" ]; }
# settled LEADER NODE...: succeeds if LEADER leads the nodes under one epoch, and all their events
# have arrived
settled() {
	local leader=$1 node said last epoch=''
	shift
	agree "$leader" "$@" || return 1
	for node; do
		said=$(on "$node" bullyctl -j show g) || return 1
		[[ $said =~ \"event_seq\":\ ?([0-9]+) ]] || return 1
		last=$(grep '"seq"' "$dir/node$node" | tail -n 1)
		why="node$node: event ${BASH_REMATCH[1]} has not come: $last"
		[[ $last =~ \"seq\":\ ?${BASH_REMATCH[1]}[,}] ]] || return 1
		[[ $last =~ \"epoch\":\ ?([0-9]+) ]] || return 1
		: "${epoch:=${BASH_REMATCH[1]}}"
		why="two epochs, ${BASH_REMATCH[1]} and $epoch"
		[ "${BASH_REMATCH[1]}" = "$epoch" ] || return 1
	done
}

# Generous, because the guests share this machine with others, without KVM.
FAILOVER=$((3 * HB_MS + 3000))
running="1 2 3"

# A power cut of the leader: its peers notice only that it is silent.
power_cut() {
	local from cut
	from=$(now)
	power 3 off
	check "power cut: node 2 leads" leads 2 1 2
	wait_for told "$from" 3 ' end$' || :
	cut=$(since "$from" 3 ' end$')
	check "power cut: node 2 leads in time" took "$cut" "$(since "$from" 2 '"leader": ?2[,}]')" $FAILOVER "power cut to the new leader"
	power 3 on
	check "power back: node 3 is configured" configure 3
	check "power back: node 3 leads again" leads 3 1 2 3
}

# A pause of the leader: time goes on, and node 3 resumes in the belief that it leads.
paused() {
	local resumed
	pause 3
	check "paused: node 2 leads" leads 2 1 2
	sleep 2
	resumed=$(now)
	resume 3
	check "resumed: node 3 leads again by a new claim" leads 3 1 2 3
	# node 3's events may arrive later than the other nodes' events about node 3
	check "resumed: node 3 stopped leading first" wait_for told "$resumed" 3 '"leader": ?(null|2)[,}]'
	check "resumed: the epochs have risen" epochs_rise 1
}

# As paused, but the clock of node 3 stands still, too.
halted() {
	halt 3
	check "halted: node 2 leads" leads 2 1 2
	unhalt 3
	check "continued: node 3 leads again by a new claim" leads 3 1 2 3
	check "continued: the epochs have risen" epochs_rise 1
}

# A cut in both directions: each side has its leader, and after the heal the higher leader wins.
parted() {
	cut 3
	check "link cut: node 2 leads" leads 2 1 2
	heal 3
	check "link healed: node 3 leads" wait_for settled 3 1 2 3
}

# node1 receives nothing from node3, but node2 does: nodes 2 and 3 may see no change.
one_way() {
	check "one way: node 1 loses its leader, and the others see no change" undisturbed g one_way_now
	check "one way healed: all follow node 3" leads 3 1 2 3
}
one_way_now() {
	local from status=0
	wait_for settled 3 1 2 3 || return 1
	from=$(now)
	cut 1 from 3
	{ wait_for not_following 1 3 && sleep $((15 * HB_MS / 1000)) && quiet "$from" 2 && quiet "$from" 3; } || status=1
	heal 1
	return $status
}

# The leader's cable is pulled: the leader notices at once.
cable() {
	link 3 down
	check "cable out: node 2 leads" leads 2 1 2
	check "cable out: node 3 has stepped down" leads null 3
	link 3 up
	check "cable in: node 3 leads" leads 3 1 2 3
}

# A panic of the leader's kernel is like a power cut: the node sends nothing more.
panic() {
	local from
	from=$(now)
	check "panic: the leader's kernel panics" power 3 panic
	check "panic: node 2 leads" leads 2 1 2
	check "panic: node 2 leads in time and after silence" in_time "$from"
	from=$(now)
	sleep $((10 * HB_MS / 1000))
	says_nothing() { ! told "$from" 2 '"leader": ?3[,}]'; }
	check "panic: the dead node sends nothing more" says_nothing
	check "panic: the dead node is switched off" power 3 off
	check "panic: it is switched on again" power 3 on
	check "panic: node 3 is configured" configure 3
	check "panic: node 3 leads again" leads 3 1 2 3
}
# in_time FROM: succeeds if node 2 leads in time, because the leader was silent
in_time() {
	local line at
	line=$(awk -v from="$1" '$1 >= from && /"event": ?"leader"/ && /"leader": ?2[,}]/' "$dir/node2" | head -n 1)
	at=${line%% *}
	why="node2 told: $line"
	[ -n "$line" ] && [[ $line =~ \"reason\":\ ?\"leader-timeout\" ]] || return 1
	took "$1" "$at" $FAILOVER "panic to the new leader"
}

# A node that leaves in order sends a farewell, so no node waits for a timeout.
farewells() {
	local from
	from=$(now)
	check "rmmod: the module is unloaded on the leader" on 3 rmmod bully
	check "rmmod: node 2 leads" leads 2 1 2
	check "rmmod: node 3 has resigned" handed_over "$from" 2
	check "modprobe: node 3 is configured" set_up 3
	check "modprobe: node 3 leads" leads 3 1 2 3
	from=$(now)
	power 3 reboot
	check "reboot: node 2 leads" leads 2 1 2
	check "reboot: node 3 has resigned" handed_over "$from" 2
	power 3 on
	check "rebooted: node 3 is configured" configure 3
	check "rebooted: node 3 leads" leads 3 1 2 3
	from=$(now)
	power 3 down
	check "shutdown: node 2 leads" leads 2 1 2
	check "shutdown: node 3 has resigned" handed_over "$from" 2
	running="1 2"
}
handed_over() { # FROM NODE
	local last
	last=$(grep '"event": *"leader"' "$dir/node$2" | grep -E "\"leader\": *$2[,}]" | tail -n 1)
	why="node$2 said: $last"
	[[ ${last%% *} -ge $1 && $last == *'"resigned"'* ]]
}

for i in $(seq "$NODES"); do
	check "node$i is configured" configure "$i"
done
check "node 3 leads" leads 3 1 2 3
run_sections
# shellcheck disable=SC2086 # a word each
finish $running
