#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the positions of owners of a candidacy (F4): which one the node tells, and when it ends.
# sections: positions
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
# shellcheck source=tests/vm/owners-lib.sh
. "$(dirname "$0")/owners-lib.sh"

# An owner says how far its data is; the node tells the highest position to its peers.
positions() {
	check "positions: nothing is left of earlier tests" afresh
	check "positions: without an owner there is none" at null
	check "positions: an owner without one" own disk
	check "positions: there is none" at null
	check "positions: the owner tells one" asks disk "at 3 5000" ok
	check "positions: the node has it" at 3/5000
	check "positions: the owner has it" placed disk 3/5000
	check "positions: peers know it" knows 3/5000
	check "positions: show names it" shown "owner disk: ok  position 3/5000"
	check "positions: show names it on a peer" beside 2 "position 3/5000"
	check "positions: metrics have it" metered
	check "positions: a lower index is a position, too" asks disk "at 3 4000" ok
	check "positions: the node has that" at 3/4000
	check "positions: a plain refresh changes none" asks disk refresh ok
	check "positions: the will changes none" asks disk unwilling ok
	check "positions: and back" asks disk willing ok
	check "positions: it is as before" at 3/4000
	check "positions: the node leads" leads g 3 "1 2 3"
	check "positions: 30 positions are told, and are no events" undisturbed g many_told
	check "positions: peers know the last" knows 3/4030

	check "positions: a second owner begins with a higher one" own net --position 4/1
	check "positions: the highest counts, by its term" at 4/1
	check "positions: each owner has its own" placed disk 3/4030
	check "positions: the second has its own" placed net 4/1
	check "positions: with equal terms the index counts" asks disk "at 4 2" ok
	check "positions: the first is ahead" at 4/2
	check "positions: the highest numbers" asks net "at 18446744073709551615 18446744073709551615" ok
	check "positions: they are whole" shown "position 18446744073709551615/18446744073709551615"
	check "positions: peers have them whole" wait_for beside 2 "position 18446744073709551615/18446744073709551615"
	check "positions: an owner may take its position back" asks net "at 0 0" ok
	check "positions: the other owner's counts" at 4/2
	check "positions: the owner has none" placed net null

	check "positions: a term alone is refused" asks disk "at 9 -" "EINVAL a position has a term and an index"
	check "positions: an index alone is refused" asks disk "at - 9" "EINVAL a position has a term and an index"
	check "positions: the refusals have changed nothing" at 4/2
	check "positions: a term of 0 with an index is a position" asks disk "at 0 7" ok
	check "positions: it is shown" at 0/7

	check "positions: the second owner is at 5/5" asks net "at 5 5" ok
	check "positions: a group that is made anew keeps them" anew_placed
	check "positions: the second is killed" kill -9 "${PIDS[net]}"
	check "positions: its position is gone" wait_for at 0/7
	check "positions: it is vacant, and has none" placed net null
	check "positions: peers know that" knows 0/7
	check "positions: another socket owns under its name, with none" own net
	check "positions: it has none" placed net null
	check "positions: it tells one" asks net "at 6 6" ok
	check "positions: own again without a position ends it" asks net own ok
	check "positions: the first owner's counts" at 0/7
	check "positions: it tells one again" asks net "at 6 7" ok
	check "positions: the owner gives the candidacy back" asks net disown ok
	check "positions: its position is gone with it" at 0/7
	check "positions: the first owner is not missed" asks disk forget ok
	check "positions: no position is left" at null
	check "positions: peers know of none" knows null
	check "positions: a late owner keeps its position" late_placed
	check "positions: a group that is deleted forgets it" deleted_placed
}
# at TERM/INDEX or null: the position that node 3 tells
at() { is 3 g "$(slashed .position)" "$1"; }
# placed NAME TERM/INDEX or null: the position of an owner
placed() { is 3 g "$(slashed ".owners[] | select(.name == \"$1\") | .position")" "$2"; }
# knows TERM/INDEX or null: node 2, which leads or follows node 3, shows it as node 3's
knows() { wait_for is 2 g "$(slashed '.peers[] | select(.id == 3) | .position')" "$1"; }
# slashed FILTER: the filter of jq that prints a position
slashed() { echo "$1 | if . then \"\\(.term)/\\(.index)\" else null end"; }
beside() { # I WORDS: node I's show has WORDS beside peer 3
	why=$(bc "$1" show g | grep '^ *3 ')
	[[ $why == *"$2"* ]]
}
metered() {
	why=$(bc 3 metrics | grep position; bc 2 metrics | grep position)
	[[ $why == *'bully_group_position_term{group="g"} 3'* ]] &&
		[[ $why == *'bully_group_position_index{group="g"} 5000'* ]] &&
		[[ $why == *'bully_peer_position_term{group="g",peer="3"} 3'* ]] &&
		[[ $why == *'bully_peer_position_index{group="g",peer="3"} 5000'* ]]
}
many_told() {
	local i seq
	seq=$(value 3 g .event_seq)
	for i in $(seq 30); do asks disk "at 3 $((4000 + i))" ok || return 1; done
	is 3 g .event_seq "$seq"
}
anew_placed() {
	anew "disk=ok net=ok" stands && at 5/5 && placed disk 0/7 && knows 5/5
}
late_placed() {
	own slow --deadline $((2 * HB_MS)) --position 8/8 && at 8/8 || return 1
	wait_for table "net=vacant slow=late" && at 8/8 && bc 3 group set g candidate on && at null && quit slow
}
deleted_placed() {
	own disk --position 1/1 && at 1/1 && bc 3 group del g && IDS="1 2 3" && start g 3 "$IDS" "${steady[@]}" && at null
}

with_owners
finish
