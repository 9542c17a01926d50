#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 5 minutes
# Quorum mode in one guest: who has the lease, in good networks and bad, and who takes
# it from nobody (Q3); that never two have it at once (Q1), and that epochs are as
# promised (Q2): leases.py reads the events of all nodes, which have one clock.
# Hold-down, which is in both modes, is here too. With arguments: these sections only.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

# Longer than need be: the guest's own hiccups shall cost nobody the lease.
LEASE_MS=$((5 * HB_MS))
ABSTAIN_NS=$((LEASE_MS * 1000000 * 101 / 99))
quorum=(quorum majority lease "${LEASE_MS}ms")
everything() { longer && { [ "$KERNEL" != debug ] || [ -n "${FULL:-}" ]; }; }
longer() { [ -z "${BRIEF:-}" ]; }

# node GROUP I "ID[:ROLE]..." [OPTION VALUE]...: as start, with roles
node() {
	local group=$1 me=$2 ids=$3 id role
	shift 3
	{
		printf '[group %s]\nid = %s\nheartbeat = %s\n' "$group" "$me" "$HB"
		printf '%s = %s\n' "${quorum[@]}" "$@"
		for id in $ids; do
			role=${id#*:} id=${id%:*}
			[ "$role" != "$id" ] || role=candidate
			if [ "$id" = "$me" ]; then
				[ "$role" = candidate ] || printf 'role = %s\n' "$role"
			fi
		done
		for id in $ids; do
			role=${id#*:} id=${id%:*}
			[ "$role" != "$id" ] || role=candidate
			[ "$id" = "$me" ] ||
				printf '[peer %s]\naddr = %s\nrole = %s\n' "$id" "$(addr "$me" "$id")" "$role"
		done
	} | bc "$me" setconf -
}
# nodes GROUP "ID[:ROLE]..." [OPTION VALUE]...: all of them
nodes() {
	local group=$1 ids=$2 id
	shift 2
	for id in $ids; do
		node "$group" "${id%:*}" "$ids" "$@" || return 1
	done
}

# How late timers were, in ms, the worst of all nodes and groups so far.
worst=0
lateness() {
	local i ms
	ms=$(for i in $(seq "$NODES"); do bullyctl -j -n "n$i" stats; done |
		jq -s '[.[].groups[].late_max_ns, 0] | max / 1e6 | ceil')
	[ "$ms" -le "$worst" ] || worst=$ms
}
# What all nodes told of all groups in quorum mode, judged at the end: Python starts
# slowly in a guest.
judged=()
sound() {
	local out status=0 groups=() group
	for group in "${judged[@]}"; do groups+=(-g "$group"); done
	out=$("$here/leases.py" "${groups[@]}" --late "$worst" events.n*) || status=$?
	printf '%s\n' "$out" | grep '^# ' | sed "s/\$/ (timers late by up to $worst ms)/"
	why=$(printf '%s\n' "$out" | grep -v '^# ' | head -n 3)
	[ "$status" -eq 0 ]
}
# ends GROUP "NODES": it is deleted, and will be judged
ends() {
	lateness
	judged+=("$1")
	check "$1: deleted" stop_all "$1" "$2"
}

nobody_leads() { # GROUP "NODES"
	local i
	for i in $2; do
		look "$i" "$1" || return 1
		why="n$i: state $STATE, leader $LEADER"
		[ "$STATE" != leader ] && [ "$LEADER" = null ] || return 1
	done
}
without_leader() { wait_for nobody_leads "$@" && holds $((2 * LEASE_MS)) nobody_leads "$@"; }
not_leader() { look "$1" "$2" && [ "$STATE" != leader ]; }

# losses GROUP LEADER "NODES": how often they told of another leader, or of none
losses() {
	local i
	for i in $3; do
		grep -E '"event": ?"leader", ?"group": ?"'"$1\"" "events.n$i" | grep -cvE '"leader": ?'"$2," || :
	done | paste -sd ' '
}
# unmoved GROUP LEADER "NODES" [FAULT [MEND]]: through the fault it leads them all the
# time. Its epoch may rise, where it needs a vote that is for higher ones only (R5).
unmoved() { undisturbed "$1" unmoved_now "$@"; }
unmoved_now() {
	local before after
	leads "$1" "$2" "$3" || return 1
	before=$(losses "$1" "$2" "$3")
	${4:-}
	# longer than any lease, and than the wait of an election
	pass_ms $((LEASE_MS + 4 * HB_MS))
	leads "$1" "$2" "$3" || { ${5:-}; return 1; }
	after=$(losses "$1" "$2" "$3")
	${5:-}
	why="losses of leader $2 told by nodes $3: $before before, $after after"
	[ "$before" = "$after" ]
}
pass_ms() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# last_reason I GROUP FILTER: of the last event of which it holds
last_reason() {
	jq -rs "[.[] | select(.group == \"$2\" and ($3))] | last | .reason" "events.n$1"
}
reason_is() { # I GROUP FILTER REASON
	local got
	got=$(last_reason "$1" "$2" "$3")
	why="the reason was $got"
	[ "$got" = "$4" ]
}
told() { wait_for reason_is "$@"; }
# when I GROUP FILTER: time_ns of the last such event
when() { event_time "$1" ".group == \"$2\" and ($3)"; }

# ---- three nodes ---------------------------------------------------------------

first_lease() {
	local began got i
	check "3 nodes configured" start_all g "1 2 3" "${quorum[@]}"
	check "the highest leads" leads g 3 "1 2 3"
	# of the second that started, for two must vote
	began=$(for i in 1 2 3; do when "$i" g '.event == "group-new"'; done | sort -n | sed -n 2p)
	got=$(when 3 g '.state == "leader"')
	echo "# cold start: a lease after $(((got - began) / 1000000)) ms, of which $((ABSTAIN_NS / 1000000)) abstaining"
	check "cold start: a majority abstained first (R4)" test $((got - began)) -ge $ABSTAIN_NS
	check "show: the mode" is 3 g .quorum majority
	check "show: the majority" is 1 g .majority 2
	check "show: all have granted" wait_for is 3 g '[.grants, .peers[].vote] | join(" ")' "3 granted granted"
	check "show: a lease is left" wait_for is 3 g ".lease_remaining_ns | . > 0 and . <= ${LEASE_MS}e6" true
	check "show: a follower has none" is 1 g .lease_remaining_ns null
	check "show: whom it granted" wait_for is 1 g '[.grant_to, .grant_remaining_ns > 0] | join(" ")' "3 true"
}

# From the cut to the word that the lease is lost, by the clock of all.
lost_in_time() {
	local at lost
	leads g 3 "1 2 3" || return 1
	cut 3
	at=$(uptime_ms)
	wait_for not_leader 3 g && leads g 2 "1 2" || return 1
	lost=$(when 3 g '.event == "leader" and .leader == null')
	# /proc/uptime counts in hundredths
	lost=$((lost / 1000000 - at - 10))
	echo "# minority: lease-lost $lost ms after the cut"
	[ "$lost" -le "$LEASE_MS" ] && return 0
	heal 3
	why="$lost ms"
	return 1
}
failover() {
	check "leader cut off: it stops within its lease" undisturbed g lost_in_time
	check "leader cut off: it says lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "leader cut off: a majority has the next" leads g 2 "1 2"
	check "the minority has no leader" without_leader g 3
	check "the minority shows no lease" wait_for is 3 g .lease_remaining_ns null
	heal 3
	check "healed: the highest leads again" leads g 3 "1 2 3"
	check "it was handed over (R11)" told 3 g '.state == "leader" and .event == "leader"' handover
	check "and by the one that led" told 2 g '.event == "leader" and .leader == null' handover
}

commands() {
	check "resign" bc 3 resign g
	check "resign: the next leads" leads g 2 "1 2 3"
	check "resigned: it stays a follower" unmoved g 2 "1 2 3"
	check "elect on it" bc 3 elect g
	check "elect: it leads again" leads g 3 "1 2 3"
	check "elect on a lower one is refused" refused 2 "let it resign there" bc 1 elect g
	check "and nothing changes" unmoved g 3 "1 2 3"
	check "candidate off on the leader" bc 3 group set g candidate off
	check "candidate off: the next leads" leads g 2 "1 2 3"
	check "candidate on again" bc 3 group set g candidate on
	check "candidate on: it leads" leads g 3 "1 2 3"
	check "leader deleted" bc 3 group del g
	check "leader deleted: the next leads" leads g 2 "1 2"
	check "it returns" start g 3 "1 2 3" "${quorum[@]}"
	check "it is given leadership" leads g 3 "1 2 3"
}

both() { # what deaf does, in both directions
	deaf "$1" "$2"
	deaf "$2" "$1"
}
mend_both() {
	hears "$1"
	hears "$2"
}
speaks_only() { # 3 hears nobody
	deaf 3 1
	deaf 3 2
}
unheard() { # nobody hears 3
	deaf 1 3
	deaf 2 3
}
one_way() {
	check "1 hears nothing of the leader: it goes on" unmoved g 3 "2 3" "deaf 1 3" "hears 1"
	check "mended: all follow" leads g 3 "1 2 3"
	check "the leader hears nothing of 1: it goes on" unmoved g 3 "2 3" "deaf 3 1" "hears 3"
	check "mended: all follow" leads g 3 "1 2 3"
	if [ -n "${FULL:-}" ]; then
		check "2, the next, hears nothing of the leader: it goes on" unmoved g 3 "1 3" "deaf 2 3" "hears 2"
		check "mended: all follow" leads g 3 "1 2 3"
		check "followers do not hear each other: nobody minds" unmoved g 3 "1 2 3" "both 1 2" "mend_both 1 2"
	fi
	speaks_only
	check "a leader that hears nobody: the next leads" leads g 2 "1 2"
	check "a leader that hears nobody: it says lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "it speaks on, and deposes nobody (R10)" unmoved g 2 "1 2"
	hears 3
	check "mended: it leads again" leads g 3 "1 2 3"
	unheard
	check "a leader that nobody hears: the next leads" leads g 2 "1 2"
	check "it hears all, and deposes nobody" unmoved g 2 "1 2"
	mend_both 1 2
	check "mended: it leads again" leads g 3 "1 2 3"
}

chain() {
	check "chain 1-2-3: the leader goes on" unmoved g 3 "2 3" "both 1 3" "mend_both 1 3"
	check "chain mended: all follow" leads g 3 "1 2 3"
	check "chain 3-1-2: the leader goes on" unmoved g 3 "1 3" "both 2 3" "mend_both 2 3"
	check "chain mended: all follow" leads g 3 "1 2 3"
	# formed while nobody leads: the middle one and an end
	cut 3
	check "leader cut off" leads g 2 "1 2"
	both 1 3
	heal 3
	check "chain 1-2-3: the end without a lease is given it" leads g 3 "2 3"
	check "chain 1-2-3: the other end leads nobody" holds $((10 * HB_MS)) not_leader 1 g
	mend_both 1 3
	check "chain mended: all follow" leads g 3 "1 2 3"
}

# A node that comes and goes, link or all, and one that hears half.
flapping() {
	local i
	for i in 1 2 3 4 5; do
		cut 1
		pass_ms $((3 * HB_MS / 2))
		heal 1
		pass_ms $((HB_MS / 2))
	done
}
flaps() {
	check "a node that comes and goes deposes nobody" unmoved g 3 "2 3" flapping
	check "it follows afterwards" leads g 3 "1 2 3"
}

# ---- loss, and all at once --------------------------------------------------------

netem() {
	local i
	for i in $(seq "$NODES"); do
		tc -n "n$i" qdisc replace dev eth0 root netem "$@" || return 1
	done
}
good() {
	local i
	for i in $(seq "$NODES"); do tc -n "n$i" qdisc del dev eth0 root || return 1; done
}
has_led() { wait_for in_state "$1" "$2" leader; }
bad_network() {
	netem loss 20% delay $((HB_MS / 5))ms $((HB_MS / 8))ms reorder 50% 50%
	check "20 % loss, reordered: configured" start_all l "1 2 3" "${quorum[@]}" holddown off
	check "20 % loss: 3 has led" has_led 3 l
	sleep $((20 * HB_MS / 1000))
	cut 3
	check "20 % loss: 2 has led" has_led 2 l
	heal 3
	check "20 % loss: 3 has led again" has_led 3 l
	good
	check "they agree when it is over" leads l 3 "1 2 3"
	ends l "1 2 3"
}

all_at_once() { # GROUP LAST: node 1 to LAST
	local i pids=()
	for i in $(seq "$2"); do
		start "$1" "$i" "$(seq -s ' ' "$2")" "${quorum[@]}" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# ---- five nodes --------------------------------------------------------------------

# apart NODE...: these on a bridge of their own; together: no more
apart() {
	local i
	ip link add br1 type bridge mcast_snooping 0
	sysctl -qw net.ipv6.conf.br1.disable_ipv6=1
	ip link set br1 up
	for i; do ip link set "v$i" master br1; done
}
together() {
	local i
	for i in $(seq "$NODES"); do ip link set "v$i" master br0; done
	ip link del br1
}
five() {
	check "5 nodes, all started at once" all_at_once f 5
	check "5 nodes: the highest leads" leads f 5 "1 2 3 4 5"
	check "5 nodes: the majority" is 5 f .majority 3
	apart 4 5
	check "leader in a minority: the majority has the next" leads f 3 "1 2 3"
	check "leader in a minority: that says lease-lost" told 5 f '.event == "leader" and .leader == null' lease-lost
	check "the minority has no leader" without_leader f "4 5"
	together
	check "healed: the highest leads" leads f 5 "1 2 3 4 5"
	check "leader in the majority: it goes on" unmoved f 5 "3 4 5" "apart 1 2" together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	apart 1 2
	check "the minority has no leader" without_leader f "1 2"
	check "the majority has" leads f 5 "3 4 5"
	together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	lateness
	check "all deleted" stop_all f "1 2 3 4 5"
	check "all started at once again" all_at_once f 5
	check "all back: the highest leads" leads f 5 "1 2 3 4 5"
	ends f "1 2 3 4 5"
}

even() {
	check "4 nodes configured" start_all e "1 2 3 4" "${quorum[@]}"
	check "4 nodes: the highest leads" leads e 4 "1 2 3 4"
	check "4 nodes: the majority is 3" is 4 e .majority 3
	apart 3 4
	check "two and two: nobody leads" without_leader e "1 2 3 4"
	together
	check "healed: the highest leads" leads e 4 "1 2 3 4"
	ends e "1 2 3 4"
}

# ---- roles ---------------------------------------------------------------------------

witness() {
	check "two nodes and a witness, and an observer" nodes w "1 2 3:witness 4:observer"
	check "witness: the higher of the two leads" leads w 2 "1 2"
	check "witness: it follows" leads w 2 3
	check "observer: it follows" leads w 2 4
	check "three vote" wait_for is 2 w '[.majority, .grants] | join(" ")' "2 3"
	check "the observer has no vote" is 2 w '.peers[] | select(.id == 4) | .vote' none
	check "and grants nothing" is 4 w .grant_to null
	check "observer cut off: nobody minds" unmoved w 2 "1 2" "cut 4" "heal 4"
	check "witness cut off: the leader goes on" unmoved w 2 "1 2" "cut 3" "heal 3"
	cut 2
	check "leader cut off: the other has the witness's vote" leads w 1 1
	check "leader cut off: it has no lease" without_leader w 2
	heal 2
	check "healed: the higher leads" leads w 2 "1 2"
	cut 3
	cut 1
	check "alone with an observer: nobody leads" without_leader w "2 4"
	heal 1
	heal 3
	check "healed" leads w 2 "1 2"
	check "elect on the witness is refused" refused 2 "role" bc 3 elect w
	ends w "1 2 3 4"
}

alone() {
	check "a group of one, without voters 1" bc 1 group add one id 1 heartbeat "$HB" "${quorum[@]}"
	check "leads nobody" holds $((3 * LEASE_MS)) nobody_leads one 1
	check "voters 1" bc 1 group set one voters 1
	check "leads itself" leads one 1 1
	check "and has a lease" wait_for is 1 one '[.majority, .grants, .lease_remaining_ns > 0] | join(" ")' "1 1 true"
	ends one 1
}

# ---- voters come and go (bully(7), CHANGING THE VOTERS) --------------------------------

knows_of_all() { # NODES: none has a peer with another set, and the next change may come
	local i
	for i in $2; do
		is "$i" "$1" '[.peers[].voters_differ] | any' false || return 1
	done
}
# A further change of a voter on I succeeds, after a while.
soon() { wait_for "$@" 2> /dev/null; }
voters_set() {
	local i
	# a voter more: node 4. 1. on each node that is there, the new one as a peer
	for i in 1 2 3; do
		soon bc "$i" peer add g id 4 addr 10.7.0.4 || return 1
	done
	# 2. the group on the new one, with all others as its peers
	start g 4 "1 2 3 4" "${quorum[@]}" candidate off && leads g 3 "1 2 3 4" || return 1
	# 3. before the next change all show the same set
	wait_for knows_of_all g "1 2 3 4" && wait_for is 3 g '[.majority, .grants] | join(" ")' "3 4" || return 1
	# a voter less. 1. its group, 2. on each that is left, the peer
	bc 4 group del g || return 1
	for i in 1 2 3; do
		soon bc "$i" peer del g id 4 || return 1
	done
	wait_for is 3 g '[.majority, .grants] | join(" ")' "2 3"
}
# and what a try that was disturbed has left behind
voters_again() {
	local i before after
	bc 4 group del g 2> /dev/null || :
	for i in 1 2 3; do
		[ -z "$(value "$i" g '.peers[] | select(.id == 4) | .id')" ] || soon bc "$i" peer del g id 4 || return 1
	done
	leads g 3 "1 2 3" || return 1
	before=$(losses g 3 "1 2 3")
	voters_set || return 1
	after=$(losses g 3 "1 2 3")
	why="losses of leader 3 told by nodes 1 2 3: $before before, $after after"
	[ "$before" = "$after" ]
}
voters() {
	check "a voter is added and removed, step by step: the leader stays" undisturbed g voters_again
	check "one more voter, on one node" soon bc 3 peer add g id 4 addr 10.7.0.4
	check "the next is refused at once" refused 2 "last change of the voters" bc 3 peer add g id 5 addr 10.7.0.5
	check "so is one less" refused 2 "last change of the voters" bc 3 peer del g id 1
	check "so is another role" refused 2 "last change of the voters" bc 3 peer set g id 1 role observer
	check "and the leader's own" refused 2 "last change of the voters" bc 3 group set g role witness
	check "nothing has changed" is 3 g '[.peers[] | .id, .role] | join(" ")' "1 candidate 2 candidate 4 candidate"
	check "an observer is no voter" bc 3 peer add g id 5 addr 10.7.0.5 role observer
	check "nor is it when it goes" bc 3 peer del g id 5
	check "the mode stays" refused 2 "quorum stays as it is" bc 3 group set g quorum off
	check "the lease stays" refused 2 "the lease stays once" bc 3 group set g lease 1m
	check "it leads on" leads g 3 "1 2 3"
	for i in 1 2; do
		check "the voter is told to $i" soon bc "$i" peer add g id 4 addr 10.7.0.4
	done
	check "the group on the new one" start g 4 "1 2 3 4" "${quorum[@]}" candidate off
	check "all know that all know" wait_for settled_voters g "1 2 3 4" none
	check "it goes" bc 4 group del g
	for i in 3 2 1; do
		check "the next change is heeded at $i" soon bc "$i" peer del g id 4
	done
	check "it leads on" leads g 3 "1 2 3"
}
settled_voters() { # GROUP "NODES" ID: all of them have the same set, whatever ID has
	local i
	for i in $2; do
		is "$i" "$1" "[.peers[] | select((.id | tostring) != \"$3\") | .mismatch] | any" false || return 1
	done
}

# A voter is dead for good: it is removed, and then another is added in its place.
exchange() {
	check "three voters" start_all v "1 2 3" "${quorum[@]}"
	check "the highest leads" leads v 3 "1 2 3"
	check "one dies" cut 1
	check "it is exchanged: the leader stays" undisturbed v exchanged
	check "three votes again" wait_for is 3 v '[.majority, .grants] | join(" ")' "2 3"
	check "the dead one comes back" heal 1
	check "it has no say" pass_ms $((4 * HB_MS))
	check "and does not lead" not_leader 1 v
	check "the leader leads on" leads v 3 "2 3 4"
	ends v "1 2 3 4"
}
exchanged() {
	local i before after
	bc 4 group del v 2> /dev/null || :
	leads v 3 "2 3" || return 1
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
	after=$(losses v 3 "2 3")
	why="losses of leader 3 told by nodes 2 3: $before before, $after after"
	[ "$before" = "$after" ]
}

# Node 1 has a set of its own, two voters away from that of the others.
other_set() {
	check "two nodes with a set of three" nodes d "2 3 1"
	check "they have a leader" leads d 3 "2 3"
	bc 1 group del d
	check "the third with a set of five" node d 1 "1 2 3 4 5"
	check "shown at the leader" wait_for is 3 d '.peers[] | select(.id == 1) | .voters_differ' true
	check "shown at itself" wait_for is 1 d '[.peers[] | select(.id < 4) | .voters_differ] | all' true
	check "its vote does not count" wait_for is 3 d '[.grants, (.peers[] | select(.id == 1) | .vote != "granted")] | join(" ")' "2 true"
	check "counted" test "$(stat_of 3 d '.groups[0].mismatches')" -ge 1
	check "an event tells it" wait_for config_told 3 d
	check "the leader goes on" unmoved d 3 "2 3"
	check "it leads nobody" not_leader 1 d
	check "the others' set, by setconf" node d 1 "2 3 1"
	check "it follows" leads d 3 "1 2 3"
	check "and its vote counts" wait_for is 3 d .grants 3
	ends d "1 2 3"
}
config_told() {
	jq -es "[.[] | select(.group == \"$2\" and .event == \"config\" and .seq > 1)] | length > 0" "events.n$1" > /dev/null
}

# ---- hold-down ---------------------------------------------------------------------------

restart() { # I GROUP "IDS" WORDS...
	local i=$1 group=$2
	bc "$i" group del "$group" && leads "$group" 2 "1 2" || return 1
	shift 2
	start "$group" "$i" "$@"
}
held() { # GROUP SECONDS: node 3 says so, and the others say the same of it
	is 3 "$1" ".holddown_remaining_ns | . > 0 and . <= ${2}e9" true &&
		is 1 "$1" '.peers[] | select(.id == 3) | .holddown_remaining_ns > 0' true &&
		is 2 "$1" '.peers[] | select(.id == 3) | .holddown_remaining_ns > 0' true
}
holddown() { # GROUP OPTION VALUE...: in this mode
	local h=$1 i from to
	shift
	check "$2: hold-down after no free restart" start_all "$h" "1 2 3" "$@" holddown-free 0 holddown-delay 4s holddown-max 10m
	check "$2: the highest leads" leads "$h" 3 "1 2 3"
	check "$2: its start costs nothing" is 1 "$h" '.peers[] | select(.id == 3) | .holddown_remaining_ns' null
	check "$2: it restarts" restart 3 "$h" "1 2 3" "$@" holddown-free 0 holddown-max 10m
	check "$2: it leads again" leads "$h" 3 "1 2 3"
	from=$(when 3 "$h" '.event == "group-new"') to=$(when 3 "$h" '.state == "leader"')
	echo "# $2: held down, it led after $(((to - from) / 1000000)) ms"
	check "$2: not before its hold-down" test $((to - from)) -ge 4000000000
	# so long that the slowest machine sees it
	for i in 1 2; do bc "$i" group set "$h" holddown-delay 5m; done
	check "$2: it restarts once more" restart 3 "$h" "1 2 3" "$@" holddown-max 10m
	check "$2: it follows" wait_for follows 3 "$h" 2
	check "$2: show says for how long, there and on the others" wait_for held "$h" 600
	check "$2: in words" held_in_words "$h"
	check "$2: nobody is disturbed" unmoved "$h" 2 "1 2 3"
	check "$2: holddown off" bc 3 group set "$h" holddown off
	check "$2: it leads at once" leads "$h" 3 "1 2 3"
	check "$2: and shows none" is 3 "$h" .holddown_remaining_ns null
	check "$2: it restarts with holddown off" restart 3 "$h" "1 2 3" "$@" holddown off
	check "$2: it leads as ever" leads "$h" 3 "1 2 3"
}
held_in_words() { bc 3 show "$1" | grep -q 'held down' || { why=$(bc 3 show "$1"); return 1; }; }
held_down() {
	holddown h "${quorum[@]}"
	ends h "1 2 3"
	everything || return 0
	holddown c quorum off
	check "classic: deleted" stop_all c "1 2 3"
}
# The defaults: two restarts are free, the third is not.
often() {
	local i
	check "defaults, but for the delay: configured" start_all h "1 2 3" "${quorum[@]}" holddown-delay 5m
	check "defaults: the highest leads" leads h 3 "1 2 3"
	for i in 1 2; do
		check "restart $i" restart 3 h "1 2 3" "${quorum[@]}" holddown-delay 5m
		check "restart $i is free" leads h 3 "1 2 3"
	done
	check "restart 3" restart 3 h "1 2 3" "${quorum[@]}" holddown-delay 5m
	check "restart 3: it is held down" wait_for held h 300
	check "restart 3: it follows" wait_for follows 3 h 2
	check "a node that restarts often deposes nobody" test "$(value 2 h .state)" = leader
	check "resign of the leader" bc 2 resign h
	check "where nobody leads it may, held down or not (P8)" leads h 3 "1 2 3"
	ends h "1 2 3"
}

# ---- doubt about time (R8) -----------------------------------------------------------------

won() { # FROM TO: how often node 3 got a lease of g in between
	jq -s "[.[] | select(.group == \"g\" and .event == \"leader\" and .state == \"leader\" and .time_ns > $1 and .time_ns < $2)] | length" events.n3
}
# The kernel's own test of a suspend: all but the sleep itself, which is a wait of
# some seconds.
suspends() {
	local power=/sys/power seconds began before end gave
	if [ ! -e $power/pm_test ] || ! grep -qw freeze $power/state; then
		skip "suspend: the leader gives up before it sleeps" "this kernel has no $power/pm_test"
		return
	fi
	seconds=$(cat /sys/module/suspend/parameters/pm_test_delay)
	check "before: the highest leads" leads g 3 "1 2 3"
	look 3 g
	before=$EPOCH began=$(uptime_ms)
	echo freezer > $power/pm_test
	check "suspend (tested to the freezer), for $seconds s" sh -c "echo freeze > $power/state"
	end=$(uptime_ms)
	echo none > $power/pm_test
	check "suspend: the leader gave up, of time-doubt" told 3 g '.leader == null and .event == "leader"' time-doubt
	gave=$(jq -rs '[.[] | select(.group == "g" and .leader == null and .event == "leader" and .reason == "time-doubt" and .time_ns >= '"$began"'000000)] | first | .time_ns' events.n3)
	echo "# suspend: it gave up $((end - gave / 1000000)) ms before the end," \
		"and had won $(won "$gave" $(((end - seconds * 1000) * 1000000))) times again by when it slept at the latest," \
		"$(won "$gave" $((end * 1000000))) times by the end"
	check "suspend: before it slept" test $((end - gave / 1000000)) -ge $((seconds * 1000))
	check "suspend: the highest leads again" leads g 3 "1 2 3"
	check "suspend: by a new epoch" test "$EPOCH" -gt "$before"
}

# section NAME: it, unless the test was called with the names of others
wanted=" ${*:-all} "
section() {
	case $wanted in *" all "* | *" $1 "*) ;; *) return 0 ;; esac
	local began=$SECONDS
	"$@"
	echo "# $1: $((SECONDS - began)) s"
}

judge_sound() { "$here/leases.py" --self-test > judge.log || { why=$(grep '^not ok' judge.log); return 1; }; }
check "the judge of leases finds what is wrong" judge_sound
modprobe bully
net_up 5
for i in 1 2 3 4 5; do watch_node "$i"; done
first_lease
section failover
! longer || section commands
! longer || section one_way
! everything || section chain
! longer || section flaps
section voters
section suspends
ends g "1 2 3"
! longer || section bad_network
! longer || section five
! everything || section even
section witness
section alone
! everything || section exchange
! longer || section other_set
! longer || section held_down
section often
check "leases never overlap, epochs rise and are of one leader each" sound
finish
