#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests a peer that has another address than the configured one (rules W5, S9, S10): nothing
# oscillates, no second leader stays, both sides report the cause, and peer set corrects it.
# Quorum mode with a wrong address from the start is in tests/sim/testdata/quorum-wrong-address.txt.
# sections: wrong changed other_source
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# addr I J: prints the address that node I uses for node J. WRONG lists pairs I>J for which
# that address belongs to no node.
WRONG=''
addr() {
	if [[ " $WRONG " == *" $1>$2 "* ]]; then echo 10.7.0.99; else echo "10.7.0.$2"; fi
}
# address I J WHAT [SOURCE]: succeeds if node I shows WHAT, and SOURCE, for its peer J's address
address() {
	is "$1" g ".peers[] | select(.id == $2) | .address" "$3" || return 1
	[ $# -eq 3 ] || is "$1" g ".peers[] | select(.id == $2) | .source" "$4"
}
says() {
	local out
	out=$(bc "$1" doctor g 2>&1) || :
	why="doctor on n$1 says: $out"
	[[ $out == *"$2"* ]]
}
# apart: succeeds if node 2 leads node 1, and node 3 waits
apart() { agree g 2 "1 2" && in_state 3 g waiting; }
changes() { stat_of "$1" g '.groups[0].leader_changes'; }
# quiet: for ten detection times nothing changes on any node
quiet() {
	local before after
	before="$(changes 1) $(changes 2) $(changes 3)"
	holds $((10 * DETECT_MS)) apart || return 1
	after="$(changes 1) $(changes 2) $(changes 3)"
	why="changes of the leader: $before, then $after"
	[ "$before" = "$after" ]
}
# repeated as a whole, because each try begins with this state
settles_quietly() { wait_for apart && quiet; }

# both_say SOURCE: nodes 1 and 2, and node 3, name the cause
both_say() {
	check "$MODE: nodes 1 and 2 show the address that node 3 sends from" wait_for address 1 3 elsewhere "$1"
	check "$MODE: an event of the peer is recorded" wait_for grep -q '"peer": *3' events.n1
	check "$MODE: node 3 is told of the wrong address" wait_for address 3 1 mistaken
	check "$MODE: doctor reports it on a node with the wrong address" says 2 "does not answer at"
	check "$MODE: doctor reports it on node 3" says 3 "has a wrong address for this node"
	check "$MODE: elect is refused on node 3" refused 2 "have a wrong address for it" bc 3 elect g
}

wrong() {
	MODE=off
	WRONG='1>3 2>3'
	check "wrong at first: three nodes are configured with a wrong address of node 3" start_all g "1 2 3" quorum $MODE
	check "wrong at first: node 2 leads, node 3 does not, and nothing oscillates" undisturbed g settles_quietly
	both_say 10.7.0.3:28559
	for i in 1 2; do bc $i peer set g id 3 addr 10.7.0.3; done
	check "wrong at first: after the correction the highest node leads" leads g 3 "1 2 3"
	check "wrong at first: the addresses are shown as right" wait_for address 1 3 ok null
	stop_all g "1 2 3"
	WRONG=''
}

changed() {
	for MODE in off majority; do
		check "$MODE, wrong later: three nodes are configured" start_all g "1 2 3" quorum $MODE
		check "$MODE, wrong later: the highest node leads" leads g 3 "1 2 3"
		ip -n n3 addr add 10.7.0.77/24 dev eth0
		ip -n n3 addr del 10.7.0.3/24 dev eth0
		ip -n n3 addr replace 10.7.0.77/24 dev eth0
		check "$MODE, wrong later: after the change node 2 leads, and node 3 does not" undisturbed g settles_quietly
		both_say 10.7.0.77:28559
		for i in 1 2; do bc $i peer set g id 3 addr 10.7.0.77; done
		check "$MODE, wrong later: after the correction the highest node leads" leads g 3 "1 2 3"
		stop_all g "1 2 3"
		ip -n n3 addr flush dev eth0 scope global
		ip -n n3 addr add 10.7.0.3/24 dev eth0
		ip -n n3 addr add fd07::3/64 dev eth0 nodad
	done
}

# a host that sends from another of its addresses can be reached, so it takes part
other_source() {
	ip -n n3 addr add 10.7.0.103/24 dev eth0
	ip -n n3 route replace 10.7.0.0/24 dev eth0 src 10.7.0.103
	check "other source: three nodes are configured" start_all g "1 2 3"
	check "other source: the highest node leads, although it sends from another address" leads g 3 "1 2 3"
	check "other source: the address is shown" wait_for address 1 3 other-source 10.7.0.103:28559
	check "other source: the leader is not disturbed" undisturbed g holds $((8 * DETECT_MS)) agree g 3 "1 2 3"
	stop_all g "1 2 3"
	ip -n n3 addr del 10.7.0.103/24 dev eth0
}

modprobe bully
net_up 3
watch_node 1
run_sections
finish
