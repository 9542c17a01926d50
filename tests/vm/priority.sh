#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests priorities that change while a group runs, in both modes (P10 to P12).
# sections: classic majority
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# peer_says I PEER PRIORITY: succeeds if node I shows this priority of a peer
peer_says() { is "$1" g ".peers[] | select(.id == $2) | .priority" "$3"; }
watch_all() { for i in 1 2 3; do watch_node "$i"; done; }
# never FILTER: succeeds if no monitor has told of a change of the leader that FILTER accepts
never() {
	local told
	told=$(cat events.n1 events.n2 events.n3 | jq -Rcn "[inputs | fromjson? | select(.event == \"leader\" and ($1))]")
	why="told: $told"
	[ "$told" = '[]' ]
}
# a guest that stood still loses leaders, too
gap='.leader == null and .reason != "leader-timeout" and .reason != "time-doubt"'
quiet() { undisturbed g quiet_now "$1"; }
quiet_now() { wait_for agree g "$1" "1 2 3" && holds $((6 * HB_MS)) agree g "$1" "1 2 3"; }
# kept OPTION VALUE...: node 3 goes on leading although node 1, with these options, is higher. If 3 was
# lost because the guest stood still, it leads again only while 1 is lower.
kept() { undisturbed g kept_now "$@"; }
kept_now() {
	if ! agree g 3 "1 2 3"; then
		bc 1 group set g preempt on priority 0 && leads g 3 "1 2 3" && bc 1 group set g "$@" || return 1
	fi
	holds $((6 * HB_MS)) agree g 3 "1 2 3"
}

# the same steps in both modes
steps() { # WORDS...
	check "$1: the group starts" start_all g "1 2 3" holddown off "${@:2}"
	check "$1: with equal priorities the highest id leads" leads g 3 "1 2 3"
	check "$1: the peers' priorities are shown" wait_for peer_says 1 3 0
	check "$1: monitors run" watch_all
	check "$1: a priority above 255 is refused" refused 1 "priority: '256' is out of range" bc 1 group set g priority 256
	check "$1: the refused command changed nothing" is 1 g .options.priority 0
	check "$1: the lowest node gets a priority" bc 1 group set g priority 10
	check "$1: the lowest node leads" leads_heard g 1 "1 2 3"
	[ "$1" != classic ] || check "$1: no other node led in between" never '.leader == 2'
	[ "$1" != classic ] || check "$1: no node was without a leader" never "$gap"
	check "$1: all know the priority" wait_for peer_says 2 1 10
	check "$1: the leader's priority is shown in words" grep -q 'leader  priority 10' <(bc 2 show g)
	check "$1: another priority below changes nothing" bc 2 group set g priority 9
	check "$1: the leader stays" quiet 1
	check "$1: followers know it, too" wait_for peer_says 3 2 9
	check "$1: the leader's priority falls" bc 1 group set g priority 8
	check "$1: the next highest node leads" leads g 2 "1 2 3"
	check "$1: all priorities are equal again" bc 1 group set g priority 9
	check "$1: (node 3 as well)" bc 3 group set g priority 9
	check "$1: the highest id leads again" leads g 3 "1 2 3"
	without_preempt "$1"
	after_delay "$1"
	dies "$1"
	check "$1: the group ends" stop_all g "1 2 3"
}
without_preempt() {
	check "$1: preempt is off at node 1" bc 1 group set g preempt off priority 20
	check "$1: without preempt the leader stays" kept preempt off priority 20
	if [ "$1" = classic ]; then
		check "$1: elect makes node 1 lead" bc 1 elect g
		check "$1: node 1 leads" leads g 1 "1 2 3"
		check "$1: node 1 falls below all" bc 1 group set g priority 0
		check "$1: the highest node leads again" leads g 3 "1 2 3"
	fi
	check "$1: node 1 is as it was" bc 1 group set g preempt on priority 9
}
after_delay() {
	check "$1: node 1 has a delay" bc 1 group set g preempt-delay 1h priority 30
	check "$1: the delay keeps the leader" kept preempt-delay 1h priority 30
	check "$1: a higher priority yet does not end it" bc 1 group set g priority 31
	check "$1: the delay keeps the leader again" kept preempt-delay 1h priority 31
	check "$1: a shorter delay counts" bc 1 group set g preempt-delay 0s
	check "$1: node 1 leads after its delay" leads g 1 "1 2 3"
}
# the next leader goes by priority, too
dies() {
	check "$1: node 2 is the next one" bc 2 group set g priority 25
	check "$1: node 3 knows that" wait_for peer_says 3 2 25
	cut 1
	check "$1: leader cut off: the next priority leads" leads g 2 "2 3"
	heal 1
	check "$1: the highest priority leads again" leads g 1 "1 2 3"
}
classic() { steps classic; }
majority() { steps majority quorum majority; }

modprobe bully
net_up 3
run_sections
finish
