#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests keys. They are added, changed and removed while a group runs (A6): no step loses the
# leader or drops a message. A node without a key, or with another key, is not accepted as a
# peer (A3). The kernel does not disclose keys.
# numbers: BEATS=3 KEYS=6
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

umask 077
first=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
second=$(head -c 64 /dev/urandom | base64 -w 0)
echo "1 $first" > one
printf '# both\n1 %s active\n2 %s\n' "$first" "$second" > both-one
printf '# both\n1 %s\n2 %s active\n' "$first" "$second" > both-two
echo "2 $second" > two
bullyctl genkey > other

# leader_events: prints the number of leader events of g on all nodes
leader_events() { cat events.n1 events.n2 events.n3 | grep -c '^{"event":"leader","group":"g"'; }
# dropped: prints how many messages of the group were dropped for their tag or by the rate limit
dropped() {
	local i said what sum=0
	for i in 1 2 3; do
		said=$(stat_of "$i" g '.groups[0].drops')
		for what in auth limited; do
			[[ $said =~ \"$what\":\ *([0-9]+) ]] || return 1
			sum=$((sum + BASH_REMATCH[1]))
		done
	done
	echo $sum
}
heartbeats() { stat_of 3 g '.groups[0].rx.heartbeat'; }
more_heartbeats() { [ "$(heartbeats)" -ge "$1" ]; }

# step NAME OPTION VALUE...: sets the options on one node after the other. Succeeds if no
# leader changes and no message is dropped.
step() {
	local name=$1
	shift
	check "$name" undisturbed g stepped "$@"
}
stepped() {
	local i events drops epoch
	leads_heard g 3 "1 2 3" || return 1
	why="the counters cannot be read"
	epoch=$EPOCH events=$(leader_events)
	drops=$(dropped) || return 1
	# neither rising nor falling: the order of the nodes must not matter
	for i in 2 3 1; do
		bc "$i" group set g "$@" || { why="node $i refused"; return 1; }
		# with each mixture of settings the leader receives some heartbeats
		wait_for more_heartbeats $(($(heartbeats) + BEATS)) || return 1
		agree g 3 "1 2 3" || return 1
	done
	why="the epoch was $epoch, is $EPOCH"
	[ "$EPOCH" = "$epoch" ] || return 1
	why="$(($(leader_events) - events)) events of leaders, $(($(dropped) - drops)) messages dropped"
	[ "$(leader_events)" = "$events" ] && [ "$(dropped)" = "$drops" ]
}
is_auth() { # mode ids
	local i
	for i in 1 2 3; do
		is "$i" g .options.auth "$1" && is "$i" g .options.keys "[${2/ /,}]" || return 1
	done
}

modprobe bully
net_up 4
check "a group without keys starts" start_all g "1 2 3"
check "the highest node leads without keys" leads g 3 "1 2 3"
check "a group without keys shows none" is_auth off ""
for i in 1 2 3; do watch_node "$i"; done

for c in "auth enforce" "auth receive-only" "auth permissive"; do
	# shellcheck disable=SC2086
	check "auth $c without keys is refused" refused 2 "this group has no keys" bc 1 group set g $c
done
check "keys with auth off are refused" refused 2 "keys need an auth other than off" \
	bc 1 group set g key-file one auth off
check "a new group with auth and without keys is refused" refused 2 "this group has no keys" bc 1 group add k id 1 auth enforce
check "the refused commands changed nothing" is_auth off ""

step "a first key is set with receive-only" key-file one auth receive-only
check "receive-only with a key is shown" is_auth receive-only 1
step "receive-only becomes permissive" auth permissive
step "permissive becomes enforce" auth enforce
check "enforce is shown" is_auth enforce 1
step "a second key is added" key-file both-one
check "a second key is shown, and the mode is the same" is_auth enforce "1 2"
step "the second key becomes the active one" key-file both-two
check "the active key is shown first" is_auth enforce "2 1"
step "the first key is removed" key-file two
check "the other key is shown after one was removed" is_auth enforce 2

# saves the configuration and loads it again, as an operator does
same() {
	local seq
	look 2 g && seq=$SEQ
	bc 2 showconf g > conf || return 1
	why="showconf: $(cat conf)"
	grep -q '^auth = enforce$' conf && grep -q '^# key-file = (hidden).* 2 (active)$' conf || return 1
	for c in setconf syncconf; do
		why="$c failed"
		bc 2 $c conf || return 1
	done
	printf '\nkey-file = %s\n' "$PWD/two" > add
	sed '/^auth = /r add' conf > with
	for c in setconf syncconf; do
		why="$c with the same keys failed"
		bc 2 $c with || return 1
	done
	look 2 g || return 1
	why="events came: $seq, now $SEQ"
	[ "$SEQ" = "$seq" ] && is_auth enforce 2
}
check "showconf, setconf and syncconf keep the keys and disturb no node" undisturbed g same
# nowhere: succeeds if no output has the key as text or in hexadecimal
nowhere() {
	local hex
	hex=$(base64 -d <<< "$second" | od -An -v -tx1 | tr -d ' \n')
	{ bc 1 -j show; bc 1 show; bc 1 showconf g; bc 1 -j showconf g; bc 1 -j stats; cat events.n?
	dmesg; cat /sys/module/bully/parameters/*; } > all 2>&1
	why="an output has the key"
	! grep -qiF -e "$second" -e "${hex::32}" -e "${second::24}" all
}
check "no command, event, log line or module parameter discloses the key" nowhere

# A3: node 4, the highest, has no key, then another key, then the right key
for i in 1 2 3; do bc "$i" peer add g id 4 addr 10.7.0.4; done
check "node 3 leads before node 4 starts" leads g 3 "1 2 3"
alone() { wait_for follows 4 g 4 && holds $((10 * HB_MS)) agree g 3 "1 2 3"; }
rises() { # I COUNTER FROM
	why="$2 did not rise at node $1"
	[ "$(stat_of "$1" g ".groups[0].drops[\"$2\"]")" -gt "$3" ]
}
outsider() { # name
	local before
	before=$(stat_of 1 g '.groups[0].drops.auth')
	check "$1: node 4 leads no other node" undisturbed g alone
	check "$1: the others count node 4's messages" wait_for rises 1 auth "$before"
}
check "node 4 starts without a key" start g 4 "1 2 3 4"
outsider "without a key"
check "node 4 without a key counts the others' messages" wait_for rises 4 auth 0
check "node 4 gets another key" bc 4 group set g key-file other
outsider "another key"
sed 's/^1/2/' other > other-two
check "node 4 gets another key with the right number" bc 4 group set g key-file other-two
outsider "another key of the right id"
check "node 4 gets the right key" bc 4 group set g key-file two
check "with the right key node 4 leads all" leads g 4 "1 2 3 4"
check "node 4's group is deleted" bc 4 group del g
check "node 3 leads after node 4 has left" leads g 3 "1 2 3"
for i in 1 2 3; do bc "$i" peer del g id 4; done

# mode permissive serves this: a group in which a node has no key yet
check "permissive: a group starts in which one node has no key" start_all p "1 2 3"
bc 1 group set p key-file one auth permissive
bc 2 group set p key-file one auth receive-only
rises_p() { why="no auth drop"; [ "$(stat_of 3 p '.groups[0].drops.auth')" -gt 0 ]; }
check "permissive: the node without a key drops messages with a tag" wait_for rises_p
check "permissive: the group is deleted" stop_all p "1 2 3"

check "permissive: the highest node of g still leads" leads g 3 "1 2 3"
step "enforce becomes permissive" auth permissive
step "permissive becomes receive-only" auth receive-only
step "receive-only becomes off" auth off
check "auth off removes the keys" is_auth off ""
check "the removed keys cannot be used again" refused 2 "this group has no keys" bc 1 group set g auth enforce

# Keys are replaced while messages with them are in flight: no key in use is freed.
churn() {
	local n
	for n in $(seq $KEYS); do
		bc 3 group set g key-file both-one auth receive-only && bc 3 group set g key-file two &&
			bc 3 group set g auth off || return 1
	done
	leads g 3 "1 2 3"
}
check "keys are exchanged under traffic" churn
check "the group is deleted" stop_all g "1 2 3"
finish
