#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests observers that are no peers (O1 to O4): nodes 1 to 3 vote, nodes 4 and 5 only have these as
# peers and follow whom they name, and node 6 has MANY observers in one process.
# sections: one refusals keys user many
# numbers: MANY=1000 MANY_MS=1000
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
crowd=$(dirname "$0")/../build/crowd

LEASE_MS=$((5 * HB_MS))
quorum=(quorum majority lease "${LEASE_MS}ms" holddown off)

# watcher I [OPTION VALUE]...: starts node I as an unlisted observer of the voters
watcher() {
	local me=$1 i
	shift
	bc "$me" group add g id 77 heartbeat "$HB" role observer unlisted on "${quorum[@]}" "$@" || return 1
	for i in 1 2 3; do
		bc "$me" peer add g id "$i" addr "10.7.0.$i" || return 1
	done
}
# on_voters OPTION VALUE...: sets options on all voters
on_voters() {
	local i
	for i in 1 2 3; do bc "$i" group set g "$@" || return 1; done
}
places() { on_voters observers "$1"; }
# taken N: succeeds if N places are taken at all voters together
taken() {
	local i n=0 got
	for i in 1 2 3; do
		got=$(value "$i" g '.observers_now') || return 1
		[ "$got" = null ] || n=$((n + got))
	done
	why="$n places are taken"
	[ "$n" -eq "$1" ]
}
begin() {
	local i
	[ ! -s started ] || return 0
	for i in 1 2 3; do watch_node "$i"; done
	check "three voters with 5 places each start" start_all g "1 2 3" "${quorum[@]}" observers 5
	check "the highest voter leads" leads g 3 "1 2 3"
	echo yes > started
}

asks() { value 4 g .asked; }
asks_other() { [ "$(asks)" != "$1" ]; }
leader_changes() { stat_of "$1" g '.groups[0].leader_changes'; }
unchanged() {
	local now
	now=$(leader_changes "$1")
	why="$now changes of the leader, not $2"
	[ "$now" = "$2" ]
}
# A voter that does not lead dies and returns.
asked_dies() {
	local asked changes
	wait_for is 4 g .leader 3 || return 1
	asked=$(asks) changes=$(leader_changes 4)
	if [ "$asked" = 3 ]; then
		echo "# node 4 asks the leader: node 3 is made to hand over first"
		bc 3 resign g && wait_for is 4 g .leader 2 || return 1
		changes=$(leader_changes 4)
	fi
	cut "$asked"
	wait_for asks_other "$asked" && unchanged 4 "$changes" || { heal "$asked"; return 1; }
	heal "$asked"
}

one() {
	begin
	watch_node 4
	check "an observer starts that no voter knows" watcher 4
	check "the observer follows the leader" leads g 3 "1 2 3 4"
	check "show has the voter that it asks" wait_for is 4 g '.asked | . >= 1 and . <= 3' true
	check "one voter has one observer" wait_for taken 1
	check "no voter has it as a peer" is 1 g '.peers | length' 2
	check "a second one with the same id starts" watcher 5
	check "both have a place" wait_for taken 2
	check "both follow the leader" leads g 3 "1 2 3 4 5"
	check "the voter that the observer asks is cut off: it asks another, and keeps its leader" undisturbed g asked_dies
	bc 3 elect g 2> /dev/null || :
	check "node 3 leads" leads g 3 "1 2 3 4 5"
	check "the leader resigns: the observers follow the next" eval 'bc 3 resign g && leads g 2 "1 2 3 4 5"'
	check "the observer tells its listeners" wait_for heard g 4
	check "the observer's event has leader and epoch" \
		test "$(jq -Rrn '[inputs | fromjson? | select(.event == "leader")] | last | .leader' events.n4)" = 2
	check "the leader loses its network: the observers follow the next" eval 'cut 2 && wait_for agree g 3 "1 4 5" || wait_for agree g 1 "1 3 4 5"'
	heal 2
	check "all agree again" wait_for eval 'look 1 g && [ "$LEADER" != null ] && agree g "$LEADER" "1 2 3 4 5"'
	check "an observer is deleted: its place is free at once" eval 'bc 5 group del g && wait_for taken 1'
	check "without places the observer has no leader" eval 'places 0 && wait_for is 4 g .leader null'
	check "the voters count its questions" wait_for eval '[ "$(bullyctl -j -n n1 stats g | jqr ".groups[0].drops.peer")" -gt 0 ]'
	check "with places it follows again" eval 'places 3 && look 1 g && wait_for follows 4 g "$LEADER"'
	check "the observer loses its carrier" eval 'unplug 4 && wait_for in_state 4 g init'
	check "the observer has its carrier again, and follows" eval 'plug 4 && look 1 g && wait_for follows 4 g "$LEADER"'
	check "it becomes a listed observer, which no voter answers" \
		eval 'bc 4 group set g unlisted off && wait_for is 4 g .leader null'
	check "it becomes unlisted again, and follows" \
		eval 'bc 4 group set g unlisted on && look 1 g && wait_for follows 4 g "$LEADER"'
	check "the observer's election is refused" refused 2 "this node's role never leads" bc 4 elect g
	check "the observer is deleted" bc 4 group del g
	check "no place is taken" wait_for taken 0
}

refusals() {
	begin
	check "unlisted needs the role observer" refused 1 "unlisted: it needs role" bc 4 group add x id 9 unlisted on quorum majority
	check "unlisted needs quorum mode" refused 1 "unlisted: it needs quorum" bc 4 group add x id 9 role observer unlisted on
	check "places need quorum mode" refused 1 "observers: they need quorum" bc 4 group add x id 9 observers 1
	check "an unlisted observer has no places" refused 1 "an unlisted observer answers no others" \
		bc 4 group add x id 9 role observer unlisted on quorum majority observers 1
	check "more places than there may be are refused" refused 1 "it may be 0 to 65535" bc 1 group set g observers 65536
	check "quorum off is refused with places" refused 2 "observers needs" bc 1 group set g quorum off
	check "the most places are accepted" bc 1 group set g observers 65535
	check "the voters still agree" leads g 3 "1 2 3"
	check "few places are accepted again" places 5
}

# With keys only those who have the key are answered.
keys() {
	begin
	(umask 077 && bullyctl genkey > key)
	check "the voters have a key" on_voters key-file key auth enforce
	check "an observer with the key follows" eval 'watcher 4 key-file key auth enforce && look 1 g && wait_for follows 4 g "$LEADER"'
	check "it has a place" wait_for taken 1
	check "an observer without the key is not answered" eval 'watcher 5 && wait_for in_state 5 g waiting'
	check "it has no leader, and takes no place" eval 'is 5 g .leader null && taken 1'
	check "the observers are deleted" eval 'bc 4 group del g && bc 5 group del g'
	check "the voters have no key any more" on_voters auth off
	rm key
}

# pays: by default a user has 1024 peers and places, and 1000 packets a second
pays() {
	why=$(setpriv --reuid 12345 --regid 12345 --clear-groups \
		unshare --user --map-root-user --net --kill-child bash -uc 'PATH=/tmp:$PATH; ip link set lo up
			bullyctl group add u id 1 heartbeat 1s quorum majority &&
			bullyctl group set u observers 900 &&
			! bullyctl group set u observers 2000 &&
			bullyctl group set u observers 950 &&
			! bullyctl group set u observers 950 heartbeat 500ms &&
			bullyctl group set u observers 0 && echo all' 2>&1)
	[ "${why##*$'\n'}" = all ] && [ "$(grep -c 'allows this user no more' <<< "$why")" = 2 ]
}
# A user outside the initial namespace pays for places as for peers.
user() {
	begin
	# a copy that every user may run
	install -m 755 "$(command -v bullyctl)" /tmp/bullyctl
	check "an unprivileged user pays for places as for peers" pays
	rm /tmp/bullyctl
}

# knows LEADER: sets last to when the last of the crowd learnt of the leader
knows() {
	local line
	line=$(grep "^knowing $1 $MANY " crowd.log | tail -n 1)
	why=$(tail -n 1 crowd.log)
	last=${line##* }
	[ -n "$line" ] && [ "$(tail -n 1 crowd.log)" = "$line" ]
}
# The time from the last voter's step to the last observer's, in heartbeats of the observers.
learn_in_time() {
	local i at voters=0 took
	leads_heard g 3 "1 2 3" && wait_for knows 3 || return 1
	bc 3 resign g && leads_heard g 2 "1 2 3" && wait_for knows 2 || return 1
	for i in 1 2 3; do
		at=$(event_time "$i" '.event == "leader" and .leader == 2')
		[ "$at" -le "$voters" ] || voters=$at
	done
	took=$(((last - voters) / 1000000))
	echo "# the last of $MANY observers learns of the leader $took ms after the last voter"
	bc 3 elect g
	why="$took ms"
	# it asks once a heartbeat, and once more a quarter of a heartbeat later if an answer is lost
	[ "$took" -le $((MANY_MS * 3 / 2)) ]
}
many() {
	local pid
	begin
	check "the voters have places for all" places $((MANY / 2))
	ip netns exec n6 "$crowd" "$MANY" g "$MANY_MS" 10.7.0.1 10.7.0.2 10.7.0.3 > crowd.log 2>&1 &
	pid=$!
	check "$MANY observers follow the leader" wait_for knows 3
	check "all have a place" wait_for taken "$MANY"
	check "they learn of a new leader within a heartbeat" undisturbed g learn_in_time
	check "the voters agree" leads g 3 "1 2 3"
	kill "$pid"
	wait "$pid" || :
	check "all give their places back" wait_for taken 0
	check "few places again" places 5
}

net_up 6
rm -f started
run_sections
check "the group is deleted" stop_all g "1 2 3"
finish
