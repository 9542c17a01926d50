#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests Raft's election (F1 to F7) of real nodes: any node leads, nobody takes over from it, the newest
# data leads, and an operator moves the leadership.
# sections: leader positions moves apart
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
owner_py="$(dirname "$0")/owner.py"
raft=(quorum majority election raft)
declare -A OWNERS=() FEEDS=()

# some_leads GROUP "NODES": succeeds if these nodes agree on one of them; sets L to it, and F to a follower
some_leads() {
	local node
	wait_for one_of "$@" || return 1
	L=$LEADER
	for node in $2; do
		[ "$node" -eq "$L" ] || F=$node
	done
}
# a leader that is cut off is followed until it is missed
one_of() { one "$@" && why="$LEADER leads, not one of $2" && [[ " $2 " == *" $LEADER "* ]]; }
# others NODES: prints the nodes without the leader
others() {
	local node
	for node in $1; do [ "$node" -eq "$L" ] || printf '%s ' "$node"; done
}
# own I: a program at node I owns the candidacy; it tells what at() asks it to
own() {
	local feed
	[ -p "in.$1" ] || mkfifo "in.$1"
	: > "owner.$1"
	ip netns exec "n$1" /usr/bin/python3 "$owner_py" hold g --name app < "in.$1" > "owner.$1" 2>&1 &
	OWNERS[$1]=$!
	disown "$!"
	exec {feed}> "in.$1"
	FEEDS[$1]=$feed
	wait_for grep -q '^owned' "owner.$1"
}
own_all() { own 1 && own 2 && own 3; }
# leave_all: the programs give the candidacy back, and are not missed
leave_all() {
	local i
	for i in "${!OWNERS[@]}"; do
		echo "forget" >&"${FEEDS[$i]}"
		wait_for is "$i" g '.owners | length' 0 || return 1
		kill -9 "${OWNERS[$i]}" 2> /dev/null || :
		bc "$i" group set g candidate on || return 1
	done
	OWNERS=() FEEDS=()
}
# at I TERM INDEX: the program at node I tells this position, and the leader knows it. Followers do not: they
# exchange nothing, and compare the position that a claim has.
at() {
	echo "at $2 $3" >&"${FEEDS[$1]}"
	wait_for is "$1" g '.position | "\(.term)/\(.index)"' "$2/$3" || return 1
	[ "$1" -eq "$L" ] || wait_for peer_at "$L" "$1" "$2/$3"
}
# peer_at I PEER TERM/INDEX: node I knows the position of a peer
peer_at() { is "$1" g ".peers[] | select(.id == $2) | .position | \"\\(.term)/\\(.index)\"" "$3"; }
# stays: a try that lost the leader, because the guest stood still, begins again with the next one
stays() { undisturbed g stays_now; }
stays_now() { some_leads g "1 2 3" && holds $((6 * HB_MS)) agree g "$L" "1 2 3"; }

leader() {
	check "leader: a group of three starts" start_all g "1 2 3" "${raft[@]}"
	check "leader: one of the nodes leads" some_leads g "1 2 3"
	check "leader: the election is shown" is 1 g .options.election raft
	check "leader: preempt is off" is 1 g .options.preempt false
	check "leader: it stays" stays
	cut "$L"
	check "leader cut off: one of the others leads" some_leads g "$(others "1 2 3")"
	for i in 1 2 3; do heal "$i"; done
	check "leader: whoever comes back follows" follows_back
	check "leader: the group ends" stop_all g "1 2 3"
}
follows_back() { wait_for agree g "$L" "1 2 3" || stays; }

positions() {
	local round
	check "positions: a group of three starts" start_all g "1 2 3" "${raft[@]}"
	check "positions: programs own the candidacies" own_all
	check "positions: one of the nodes leads" some_leads g "1 2 3"
	for round in 1 2 3 4; do
		check "positions, round $round: the more advanced of two leads" undisturbed g newest "$round"
		for i in 1 2 3; do heal "$i"; done
	done
	check "positions: one node leads" some_leads g "1 2 3"
	check "positions: the programs end" leave_all
	check "positions: without programs there are none" wait_for is 1 g .position null
	check "positions: one of the nodes leads yet" some_leads g "1 2 3"
	check "positions: the group ends" stop_all g "1 2 3"
}
# newest ROUND: the leader is cut off; of the other two the one with the newer data leads, whichever that is
newest() {
	local a b was
	for i in 1 2 3; do heal "$i"; done
	some_leads g "1 2 3" || return 1
	was=$L
	read -r a b <<< "$(others "1 2 3")"
	[ $(($1 % 2)) -eq 0 ] || read -r b a <<< "$a $b"
	at "$was" "$1" 9 && at "$a" "$1" 9 && at "$b" "$1" 8 || return 1
	some_leads g "1 2 3" && [ "$L" -eq "$was" ] || { why="the leader changed to $L meanwhile"; return 1; }
	cut "$was"
	leads g "$a" "$a $b"
}

moves() {
	check "moves: a group of three starts" start_all g "1 2 3" "${raft[@]}"
	check "moves: one of the nodes leads" some_leads g "1 2 3"
	check "moves: programs own the candidacies" own_all
	check "moves: a node that is behind is no successor" undisturbed g behind
	check "moves: the programs end" leave_all
	check "moves: the leader hands over to a named node" undisturbed g resigns
	check "moves: elect on a follower makes it lead" undisturbed g elects
	check "moves: a plain resign moves the leadership" undisturbed g resigns_plainly
	check "moves: the group ends" stop_all g "1 2 3"
}
resigns() { some_leads g "1 2 3" && bc "$L" resign g to "$F" && leads g "$F" "1 2 3"; }
elects() { some_leads g "1 2 3" && bc "$F" elect g && leads g "$F" "1 2 3"; }
resigns_plainly() {
	local was
	some_leads g "1 2 3" || return 1
	was=$L
	bc "$L" resign g && some_leads g "1 2 3" && why="$L leads, as before" && [ "$L" -ne "$was" ]
}
behind() {
	local i
	some_leads g "1 2 3" || return 1
	for i in 1 2 3; do at "$i" 5 "$((i == F ? 4 : 5))" || return 1; done
	refused 2 'position is behind' bc "$L" resign g to "$F" && holds $((2 * HB_MS)) agree g "$L" "1 2 3"
}

# nodes of the two elections: neither gets a vote of the other
apart() {
	check "apart: nodes 1 and 2 elect by Raft" start_raft
	check "apart: node 3 elects by Bully" start g 3 "1 2 3" quorum majority
	check "apart: one of two leads" some_leads g "1 2"
	check "apart: node 3 has no leader" undisturbed g none_at_3
	check "apart: node 3 is shown as of other voters" wait_for is 1 g '.peers[] | select(.id == 3) | .voters_differ' true
	check "apart: the group ends" stop_all g "1 2 3"
}
start_raft() { start g 1 "1 2 3" "${raft[@]}" && start g 2 "1 2 3" "${raft[@]}"; }
none_at_3() { some_leads g "1 2" && holds $((6 * HB_MS)) is 3 g .leader null && agree g "$L" "1 2"; }

modprobe bully
net_up 3
run_sections
finish
