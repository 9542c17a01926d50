#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests two kernel nodes with peer.py, which was written from Documentation/protocol.rst
# alone, in one group (see tests/vm/lib.sh), in classic and in quorum mode, there with both
# elections. The peer follows, votes, leads, dies and returns, and the kernel drops none of
# its messages.
# sections: classic_follows classic_leads classic_between classic_key
# sections: quorum_follows quorum_leads quorum_between quorum_key ipv6 classic_priority quorum_priority
# sections: raft_follows raft_leads
# shellcheck disable=SC2317 # check calls them
set -eu
here=$(cd "$(dirname "$0")" && pwd)
MISSES=5
# shellcheck source=tests/vm/lib.sh
. "$here/../vm/lib.sh"
arguments "$@"
LEASE_MS=$((10 * HB_MS))
MODE=classic KEY=''

kernel() { # IDS: starts these nodes of the group of three
	local id opts=(misses "$MISSES")
	[ "$MODE" = classic ] || opts+=(quorum majority lease "${LEASE_MS}ms")
	[ "$MODE" != raft ] || opts+=(election raft)
	[ -z "$KEY" ] || opts+=(key-file "$PWD/key")
	for id in $1; do
		start g "$id" "1 2 3" "${opts[@]}" || return 1
	done
}

# peer I [OPTION]...: starts peer.py as node I; its output is in peer.out
peer() {
	local me=$1 id opts=()
	shift
	for id in 1 2 3; do
		[ "$id" -eq "$me" ] || opts+=(--peer "$id@$(addr "$me" "$id")")
	done
	[ "$MODE" = classic ] || opts+=(--quorum --lease "$LEASE_MS")
	[ "$MODE" != raft ] || opts+=(--election raft)
	[ -z "$KEY" ] || opts+=(--key "7:$KEY")
	: > peer.out
	# the kernel's nodes do not wait for a processor; the peer must not either
	ip netns exec "n$me" chrt -f 10 "$here/peer.py" --group g --id "$me" --local "$(addr 0 "$me")" \
		--heartbeat "$HB_MS" --misses "$MISSES" "${opts[@]}" "$@" > peer.out 2> peer.err &
	PEER=$!
	wait_for test -s peer.out
}

# gone SIGNAL: sends SIGNAL to the peer; succeeds if it ends as it should
gone() {
	local status=0
	kill "-$1" "$PEER" || return 1
	wait "$PEER" 2> /dev/null || status=$?
	why="it ended with $status: $(tail -n 1 peer.err)"
	if [ "$1" = KILL ]; then [ "$status" -eq 137 ]; else [ "$status" -eq 0 ] && [ ! -s peer.err ]; fi
}

# last_said: reads the last line of the peer
last_said() {
	local line
	line=$(tail -n 1 peer.out)
	[[ $line =~ \"state\":\ ?\"([a-z]+)\" ]] && SAID_STATE=${BASH_REMATCH[1]} &&
		[[ $line =~ \"leader\":\ ?([0-9]+|null) ]] && SAID_LEADER=${BASH_REMATCH[1]} &&
		[[ $line =~ \"epoch\":\ ?([0-9]+) ]] && SAID_EPOCH=${BASH_REMATCH[1]}
}
# says STATE LEADER: succeeds if the peer's last line has STATE and LEADER
says() {
	local got
	last_said || return 1
	got="$SAID_STATE $SAID_LEADER"
	why="peer.py: $got, not $1 $2; $(tail -n 1 peer.err)"
	[ "$got" = "$1 $2" ]
}
said() { jq -es --arg r "$1" 'any(.[]; .reason == $r)' peer.out > /dev/null; }

# all LEADER "KERNEL NODES": succeeds if these nodes and the peer have LEADER under one epoch
all() {
	local state=follower
	[ "$1" != "$ME" ] || state=leader
	agree g "$1" "$2" && says "$state" "$1" || return 1
	why="the kernel's epoch is $EPOCH, the peer's $SAID_EPOCH"
	[ "$EPOCH" = "$SAID_EPOCH" ]
}
agreed() { wait_for all "$@"; }

# steady LEADER "NODES": succeeds if for two leases nothing changes and nothing is dropped
steady() { undisturbed g steady_now "$@"; }
steady_now() {
	local before after
	wait_for all "$@" || return 1
	settled "$2"
	before=$(dropped "$2")
	holds $((20 * HB_MS)) all "$@" || return 1
	after=$(dropped "$2")
	why="drops were $before, are $after"
	[ "$before" = "$after" ]
}
# settled: waits until half a second has passed without a drop
settled() {
	local before=''
	until [ "$before" = "$(dropped "$1")" ]; do
		before=$(dropped "$1")
		read -rt 0.5 -u "$NAP_FD" || :
	done
}
dropped() {
	local id
	for id in $1; do stat_of "$id" g '.groups[0].drops | tojson'; done
}

# sound "NODES": succeeds if no kernel node has dropped a wrong message
sound() {
	local id got bad='.length, .magic, .version, .malformed, .auth, .own_id, .receiver'
	for id in $1; do
		why="n$id: $(bullyctl -j -n "n$id" stats | jq -c '[.net.drops, (.groups[] | .drops, .mismatches)]')"
		echo "# $why"
		got=$(bullyctl -j -n "n$id" stats |
			jq "[(.net.drops, .groups[].drops | $bad // 0), (.groups[].mismatches // 0)] | add")
		[ "$got" = 0 ] || return 1
	done
	why=''
}

follows_and_votes() {
	ME=1
	check "$MODE: two kernel nodes start" kernel "2 3"
	check "$MODE: kernel node 3 leads" leads g 3 "2 3"
	peer 1
	check "$MODE: the peer follows the kernel's leader" agreed 3 "2 3"
	check "$MODE: the peer keeps following, and no message is dropped" steady 3 "2 3"
	check "$MODE: the leader has the peer up" wait_for is 3 g '.peers[] | select(.id == 1) | .state' up
	check "$MODE: the peer's hashes match the kernel's" is 3 g '.peers[] | select(.id == 1) | .mismatch' false
	bc 3 resign g
	check "$MODE, 3 resigns: the peer follows 2" agreed 2 "2 3"
	bc 3 elect g
	check "$MODE, 3 is elected: the peer follows 3" agreed 3 "2 3"
	check "$MODE: the kernel has received no wrong message" sound "2 3"
	bc 3 group del g
	check "$MODE, 3 leaves: the peer follows 2" agreed 2 2
	[ "$MODE" = classic ] || votes
	check "$MODE, 3 leaves: the peer keeps following 2" steady 2 2
	check "$MODE, 3 leaves: the kernel has received no wrong message" sound 2
	check "$MODE: the peer ends on TERM" gone TERM
	check "$MODE: the kernel has the peer down" wait_for is 2 g '.peers[] | select(.id == 1) | .state' down
	stop_all g 2
}

votes() {
	check "quorum: the kernel's leader has two grants" is 2 g .grants 2
	check "quorum: one of the grants is the peer's" is 2 g '.peers[] | select(.id == 1) | .vote' granted
	check "quorum: the leader keeps its lease" steady 2 2
	check "quorum: the peer is killed" gone KILL
	check "quorum: without the peer's vote the lease is lost" wait_for is 2 g .leader null
	peer 1
	check "quorum: with the peer's vote the kernel's leader leads again" agreed 2 2
}

leads_and_dies() {
	ME=3
	check "$MODE: two lower kernel nodes start" kernel "1 2"
	peer 3
	check "$MODE: the peer leads" agreed 3 "1 2"
	check "$MODE: the peer keeps leading, and no message is dropped" steady 3 "1 2"
	[ "$MODE" = classic ] || check "quorum: a kernel node has granted the peer its vote (E13)" wait_for is 1 g .grant_to 3
	check "$MODE: a follower has the other up, by the peer's report" wait_for is 1 g '.peers[] | select(.id == 2) | .state' up
	check "$MODE, peer killed: the kill succeeds" gone KILL
	check "$MODE, peer killed: kernel node 2 leads" leads g 2 "1 2"
	check "$MODE, peer killed: 2 gives the reason leader-timeout" reason_is 2 leader-timeout
	peer 3
	check "$MODE: the peer returns and leads" agreed 3 "1 2"
	check "$MODE: the peer keeps leading after its return" steady 3 "1 2"
	check "$MODE, peer leaves: it ends on TERM" gone TERM
	check "$MODE, peer leaves: kernel node 2 leads" leads g 2 "1 2"
	check "$MODE, peer leaves: 2 gives the reason resigned" reason_is 2 resigned
	peer 3 --preempt off
	check "$MODE, preempt off: the peer follows 2" agreed 2 "1 2"
	check "$MODE, preempt off: the peer keeps following 2" undisturbed g keeps_following
	check "$MODE: the kernel has received no wrong message" sound "1 2"
	check "$MODE: the peer ends on TERM as a follower" gone TERM
	stop_all g "1 2"
}
reason_is() { is "$1" g .reason "$2"; }
# keeps_following: as steady_now; a peer that stood still lost the leader, and would lead from then on
keeps_following() {
	if ! follows 2 g 2; then
		gone TERM && leads g 2 "1 2" || return 1
		peer 3 --preempt off
		agreed 2 "1 2" || return 1
	fi
	steady_now 2 "1 2"
}

between() {
	ME=2
	check "$MODE: a lower kernel node starts" kernel 1
	peer 2
	check "$MODE: the peer leads the lower kernel node" agreed 2 1
	check "$MODE: a higher kernel node starts" kernel 3
	check "$MODE: the higher kernel node leads" agreed 3 "1 3"
	[ "$MODE" = classic ] || check "quorum: the peer has handed its lease over" said handover
	cut 3
	check "$MODE, leader cut off: the peer leads the others" agreed 2 1
	[ "$MODE" = classic ] || check "quorum, leader cut off: the node that is cut off has no leader" wait_for is 3 g .leader null
	heal 3
	check "$MODE, link healed: the higher kernel node leads" agreed 3 "1 3"
	check "$MODE, link healed: the leader stays, and no message is dropped" steady 3 "1 3"
	check "$MODE: the kernel has received no wrong message" sound "1 3"
	check "$MODE: the peer ends on TERM" gone TERM
	stop_all g "1 3"
}

# P10 to P12: the peer has the lowest id and leads; priorities of the kernel's nodes change
priorities() {
	ME=1
	check "$MODE: two kernel nodes with higher ids start" kernel "2 3"
	check "$MODE: kernel node 3 leads" leads g 3 "2 3"
	peer 1 --priority 9
	check "$MODE: the peer leads by its priority" agreed 1 "2 3"
	check "$MODE: a kernel node shows the peer's priority" wait_for is 2 g '.peers[] | select(.id == 1) | .priority' 9
	check "$MODE: the peer keeps leading, and no message is dropped" steady 1 "2 3"
	check "$MODE: kernel node 2 gets a higher priority" bc 2 group set g priority 10
	check "$MODE: kernel node 2 leads" agreed 2 "2 3"
	[ "$MODE" = classic ] || check "quorum: the peer has handed its lease over" said handover
	check "$MODE: its priority falls" bc 2 group set g priority 8
	check "$MODE: the peer leads again" agreed 1 "2 3"
	check "$MODE: the kernel has received no wrong message" sound "2 3"
	check "$MODE: the peer ends on TERM" gone TERM
	check "$MODE: the next priority leads" leads g 2 "2 3"
	stop_all g "2 3"
}
classic_priority() { MODE=classic priorities; }
quorum_priority() { MODE=quorum priorities; }

# chief "KERNEL NODES": waits until one of these leads the others, and notes it and the other
chief() {
	wait_for one g "$1" || return 1
	CHIEF=$LEADER
	for OTHER in $1; do [ "$OTHER" = "$CHIEF" ] || break; done
}
leaderless() { is "$1" g .leader null && last_said && [ "$SAID_LEADER" = null ]; }

# F1 to F4: kernel nodes lead; the peer votes, and then its position is ahead
raft_follows() {
	MODE=raft ME=1
	check "raft: two kernel nodes start" kernel "2 3"
	check "raft: one of them leads" chief "2 3"
	peer 1
	check "raft: the peer follows the kernel's leader" agreed "$CHIEF" "2 3"
	check "raft: the peer keeps following, and no message is dropped" steady "$CHIEF" "2 3"
	check "raft: the peer's hashes match the kernel's" is "$CHIEF" g '.peers[] | select(.id == 1) | .mismatch' false
	bc "$CHIEF" group del g
	check "raft, the leader leaves: the peer follows its successor" agreed "$OTHER" "$OTHER"
	check "raft, the leader leaves: one of the new leader's grants is the peer's" \
		is "$OTHER" g '.peers[] | select(.id == 1) | .vote' granted
	check "raft, the leader leaves: the peer keeps following" steady "$OTHER" "$OTHER"
	check "raft: the peer is killed" gone KILL
	check "raft: without the peer's vote the lease is lost" wait_for is "$OTHER" g .leader null
	peer 1 --candidate off
	check "raft: a peer that only votes says OK to the kernel's question" agreed "$OTHER" "$OTHER"
	check "raft: the peer ends on TERM" gone TERM
	check "raft: without the peer's vote the lease is lost again" wait_for is "$OTHER" g .leader null
	peer 1 --candidate off --position 3/7
	check "raft: a peer that only votes and is ahead refuses the kernel node" holds $((8 * LEASE_MS)) leaderless "$OTHER"
	check "raft: the kernel shows the refusal" refused_as_ahead "$OTHER"
	check "raft: the peer that is ahead ends on TERM" gone TERM
	peer 1 --position 3/7
	check "raft: the peer that is ahead leads" agreed 1 "$OTHER"
	check "raft: the peer that is ahead keeps leading" steady 1 "$OTHER"
	check "raft: the kernel has received no wrong message" sound "$OTHER"
	check "raft: the peer ends on TERM as a leader" gone TERM
	stop_all g "$OTHER"
}
# refused_as_ahead I: succeeds when the node has received refusal 8
refused_as_ahead() { wait_for is "$1" g '.peers[] | select(.id == 1) | .vote' ahead; }

# F4 to F7: the peer asks, claims and leads; a kernel node leads after it, until it resigns
raft_leads() {
	MODE=raft ME=3
	check "raft: a kernel node starts" kernel 1
	peer 3 --position 1/5
	check "raft: the peer that is ahead leads" agreed 3 1
	check "raft: another kernel node starts" kernel 2
	check "raft: the peer leads both" agreed 3 "1 2"
	check "raft: the peer keeps leading, and no message is dropped" steady 3 "1 2"
	check "raft: a kernel node has granted the peer its vote" wait_for is 1 g .grant_to 3
	bc 1 elect g
	check "raft, 1 is elected: the peer hands over, because a majority is not ahead of 1" agreed 1 "1 2"
	check "raft, 1 is elected: the peer gives the reason handover" said handover
	bc 1 resign g
	check "raft, 1 resigns: the peer leads again, because it is ahead" agreed 3 "1 2"
	check "raft, 1 resigns: the peer claimed as its successor" said resigned
	check "raft, peer killed: the kill succeeds" gone KILL
	check "raft, peer killed: a kernel node leads" wait_for led_by_kernel
	check "raft, peer killed: it gives the reason leader-timeout" reason_is "$CHIEF" leader-timeout
	peer 3 --position 1/5
	check "raft: the peer returns, and follows although it is ahead" agreed "$CHIEF" "1 2"
	check "raft: the peer keeps following" steady "$CHIEF" "1 2"
	bc "$CHIEF" resign g
	check "raft, the leader resigns: the peer leads, because it is ahead" agreed 3 "1 2"
	check "raft, the leader resigns: the peer claimed as its successor" said resigned
	check "raft: the kernel has received no wrong message" sound "1 2"
	check "raft: the peer ends on TERM as a leader" gone TERM
	check "raft, peer leaves: a kernel node leads" wait_for led_by_kernel
	check "raft, peer leaves: it gives the reason resigned" reason_is "$CHIEF" resigned
	stop_all g "1 2"
}
# led_by_kernel: succeeds if one of the kernel nodes 1 and 2 leads the other
led_by_kernel() { one g "1 2" && [ "$LEADER" != 3 ] && CHIEF=$LEADER; }

ipv6() {
	ME=1 MODE=classic
	addr() { echo "fd07::$2"; }
	check "IPv6: two kernel nodes start" kernel "2 3"
	peer 1
	check "IPv6: the peer follows the kernel's leader" agreed 3 "2 3"
	check "IPv6: the kernel has received no wrong message" sound "2 3"
	check "IPv6: the peer ends on TERM" gone TERM
	stop_all g "2 3"
	addr() { echo "10.7.0.$2"; }
}

# with a key the peer follows, votes and leads; without it the kernel drops its messages
with_key() {
	KEY=$(od -An -vtx1 -N32 /dev/urandom | tr -d ' \n')
	(umask 077 && echo "7 $KEY" > key)
	ME=1
	check "key, $MODE: two kernel nodes start" kernel "2 3"
	peer 1
	check "key, $MODE: the peer follows the kernel's leader" agreed 3 "2 3"
	check "key, $MODE: the peer keeps following, and no message is dropped" steady 3 "2 3"
	check "key, $MODE: the kernel has received no wrong message" sound "2 3"
	check "key, $MODE: the peer ends on TERM" gone TERM
	stop_all g "2 3"
	ME=3
	check "key, $MODE: two lower kernel nodes start" kernel "1 2"
	peer 3
	check "key, $MODE: the peer leads" agreed 3 "1 2"
	check "key, $MODE: the peer keeps leading" steady 3 "1 2"
	check "key, $MODE: the kernel has received no wrong message from a leading peer" sound "1 2"
	check "key, $MODE: the peer ends on TERM as a leader" gone TERM
	check "key, $MODE: kernel node 2 leads" leads g 2 "1 2"
	KEY=''
	peer 3
	check "key, $MODE: a peer without the key has its messages counted" wait_for tagless 2
	check "key, $MODE: the kernel nodes still follow 2" wait_for follows 1 g 2
	check "key, $MODE: the peer without the key ends on TERM" gone TERM
	stop_all g "1 2"
}
tagless() { [ "$(stat_of "$1" g '.groups[0].drops.auth')" -gt 0 ]; }

classic_follows() { MODE=classic follows_and_votes; }
classic_leads() { MODE=classic leads_and_dies; }
classic_between() { MODE=classic between; }
classic_key() { MODE=classic with_key; }
quorum_follows() { MODE=quorum follows_and_votes; }
quorum_leads() { MODE=quorum leads_and_dies; }
quorum_between() { MODE=quorum between; }
quorum_key() { MODE=quorum with_key; }

modprobe bully
net_up 3
run_sections
finish
