# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of the script that sources this file
# Sections of quorum.sh: voters are added and removed (R7; bully(7), CHANGING THE VOTERS).

knows_of_all() { # GROUP NODES: succeeds if no node has a peer with another set of voters
	local i
	for i in $2; do
		is "$i" "$1" '[.peers[].voters_differ] | any' false || return 1
	done
}
# soon CMD...: repeats a change of voters until the kernel accepts it
soon() { wait_for "$@" 2> /dev/null; }
voters_set() {
	local i
	# Add voter 4. Step 1: add it as a peer on each existing node.
	for i in 1 2 3; do
		soon bc "$i" peer add g id 4 addr 10.7.0.4 || return 1
	done
	# Step 2: add the group on the new node, with all others as its peers.
	start g 4 "1 2 3 4" "${quorum[@]}" candidate off && leads g 3 "1 2 3 4" || return 1
	# Step 3: before the next change, wait until all nodes show the same set.
	wait_for knows_of_all g "1 2 3 4" && wait_for is 3 g '[.majority, .grants] | join(" ")' "3 4" || return 1
	# Remove voter 4. Step 1: delete its group. Step 2: delete the peer on each remaining node.
	bc 4 group del g || return 1
	for i in 1 2 3; do
		soon bc "$i" peer del g id 4 || return 1
	done
	wait_for is 3 g '[.majority, .grants] | join(" ")' "2 3"
}
# removes what a disturbed try left behind, then runs voters_set
voters_again() {
	local i before after
	bc 4 group del g 2> /dev/null || :
	for i in 1 2 3; do
		[ -z "$(value "$i" g '.peers[] | select(.id == 4) | .id')" ] || soon bc "$i" peer del g id 4 || return 1
	done
	leads_heard g 3 "1 2 3" || return 1
	before=$(losses g 3 "1 2 3")
	voters_set && wait_for heard g "1 2 3" || return 1
	after=$(losses g 3 "1 2 3")
	why="losses of leader 3 told by nodes 1 2 3: $before before, $after after"
	[ "$before" = "$after" ]
}
voters() {
	check "voters: the leader stays while a voter is added and removed, step by step" undisturbed g voters_again
}
settled_voters() { # GROUP "NODES" ID: succeeds if no node has a mismatch with a peer other than ID
	local i
	for i in $2; do
		is "$i" "$1" "[.peers[] | select((.id | tostring) != \"$3\") | .mismatch] | any" false || return 1
	done
}

# A dead voter is removed, and another voter is added in its place.
exchange() {
	without_g
	check "exchange: a group of three voters starts" start_all v "1 2 3" "${quorum[@]}"
	check "exchange: the highest node leads" leads v 3 "1 2 3"
	check "exchange: a voter is cut off" cut 1
	check "exchange: the leader stays while the lost voter is exchanged" undisturbed v exchanged
	check "exchange: the leader has three votes again" wait_for is 3 v '[.majority, .grants] | join(" ")' "2 3"
	check "exchange: the lost voter's link is healed" heal 1
	check "exchange: four heartbeats pass" pass_ms $((4 * HB_MS))
	check "exchange: the old voter does not lead" not_leader 1 v
	check "exchange: the leader is the same" leads v 3 "2 3 4"
	ends v "1 2 3 4"
}
exchanged() {
	local i before after
	bc 4 group del v 2> /dev/null || :
	leads_heard v 3 "2 3" || return 1
	before=$(losses v 3 "2 3")
	for i in 2 3; do
		[ -z "$(value "$i" v '.peers[] | select(.id == 4) | .id')" ] || soon bc "$i" peer del v id 4 || return 1
	done
	for i in 2 3; do
		[ -z "$(value "$i" v '.peers[] | select(.id == 1) | .id')" ] || soon bc "$i" peer del v id 1 || return 1
	done
	wait_for settled_voters v "2 3" 1 || return 1
	for i in 2 3; do
		soon bc "$i" peer add v id 4 addr 10.7.0.4 || return 1
	done
	start v 4 "2 3 4" "${quorum[@]}" candidate off && leads v 3 "2 3 4" || return 1
	wait_for settled_voters v "2 3 4" 1 && wait_for is 3 v .grants 3 || return 1
	wait_for heard v "2 3" || return 1
	after=$(losses v 3 "2 3")
	why="losses of leader 3 told by nodes 2 3: $before before, $after after"
	[ "$before" = "$after" ]
}

# Node 1's set differs from the others' set by two voters.
other_set() {
	without_g
	check "other set: two nodes start with a set of three voters" nodes d "2 3 1"
	check "other set: the two nodes have a leader" leads d 3 "2 3"
	bc 1 group del d
	check "other set: the third node starts with a set of five voters" node d 1 "1 2 3 4 5"
	check "other set: the leader shows that the sets differ" wait_for is 3 d '.peers[] | select(.id == 1) | .voters_differ' true
	check "other set: the third node shows that the sets differ" wait_for is 1 d '[.peers[] | select(.id < 4) | .voters_differ] | all' true
	check "other set: the third node's vote does not count" wait_for is 3 d '[.grants, (.peers[] | select(.id == 1) | .vote != "granted")] | join(" ")' "2 true"
	check "other set: the mismatch is counted" test "$(stat_of 3 d '.groups[0].mismatches')" -ge 1
	check "other set: an event reports the mismatch" wait_for config_told 3 d
	check "other set: the leader is not disturbed" unmoved d 3 "2 3"
	check "other set: the third node does not lead" not_leader 1 d
	check "other set: setconf gives the third node the others' set" node d 1 "2 3 1"
	check "other set: the third node follows" leads d 3 "1 2 3"
	check "other set: the third node's vote counts" wait_for is 3 d .grants 3
	ends d "1 2 3"
}
config_told() {
	jq -es "[.[] | select(.group == \"$2\" and .event == \"config\" and .seq > 1)] | length > 0" "events.n$1" > /dev/null
}
