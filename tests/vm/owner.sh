#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests a candidacy that a socket owns (S7, S8). In each way in which the owner can end, the
# node resigns at once, with the right reason. No socket gets a candidacy by accident.
# sections: endings promises strangers sockets changes ends
# numbers: ROUNDS=15
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
owner_py="$(dirname "$0")/owner.py"
DEADLINE=$((8 * HB_MS))	# long enough for a busy guest
EVERY=$HB_MS
# without a hold-down, because the group is replaced often
steady=(holddown off)
PID='' FEED=''

# ---- an owner --------------------------------------------------------------

# own_as I GROUP... [--deadline MS] [--every MS]: starts an owner, whose output is in owner.out
own_as() {
	local node=$1
	shift
	let_go
	[ -p owner.in ] || mkfifo owner.in
	: > owner.out
	ip netns exec "n$node" /usr/bin/python3 "$owner_py" hold "$@" < owner.in > owner.out 2>&1 &
	PID=$!
	# the shell does not report the kill
	disown "$PID"
	exec {FEED}> owner.in
	wait_for said owned || { why=$(cat owner.out); return 1; }
}
# said WORDS: succeeds if a line of owner.out begins with WORDS. Starts no process: under
# emulation a process takes as long as a heartbeat.
said() {
	local line
	while read -r line; do
		[[ $line != "$1"* ]] || return 0
	done < owner.out
	return 1
}
# asks COMMAND WORDS: tells the owner to send a request; succeeds if its answer begins with WORDS
asks() { # COMMAND WORDS
	local lines before
	mapfile lines < owner.out
	before=${#lines[@]}
	echo "$1" >&"$FEED"
	wait_for more_said "$before" || return 1
	why="$1: ${lines[-1]}"
	[[ ${lines[-1]} == *"$2"* ]]
}
# more_said BEFORE: sets lines to the lines of owner.out; succeeds if more than BEFORE are complete
more_said() {
	mapfile lines < owner.out
	[ ${#lines[@]} -gt "$1" ] && [[ ${lines[-1]} == *$'\n' ]]
}
let_go() {
	[ -z "$PID" ] || kill -9 "$PID" 2> /dev/null || :
	[ -z "$FEED" ] || exec {FEED}>&-
	# the candidacy may have an owner until the process has ended
	[ -z "$PID" ] || wait_for ended "$PID" || :
	PID='' FEED=''
}
ended() { ! kill -0 "$1" 2> /dev/null; }
ask_as() { ip netns exec "n$1" /usr/bin/python3 "$owner_py" ask "${@:2}"; }
# answers WORDS I GROUP COMMAND...: succeeds if a new socket gets WORDS as its answer
answers() {
	local words=$1
	shift
	why=$(ask_as "$@" 2>&1)
	[[ $why == *"$words"* ]]
}
owned() { is "$1" "$2" '.owner != null' true; }
not_owned() { is "$1" "$2" .owner null; }
mode() { is "$1" "$2" .options.candidate_mode "$3"; }

# ---- after the owner's end ---------------------------------------------------

# gave_up: succeeds if node 3's event has no leader and the right reason, and the successor's
# event comes before a timeout could pass. The last line of a file may be incomplete.
losses() { grep "^{\"event\":\"leader\",\"group\":\"$1\"" events.n3 | grep '"leader":null.*}$' || :; }
leader_gone() { losses "$1" | wc -l; }
# reason_of LINE
reason_of() { sed 's/.*"reason":"\([a-z-]*\)".*/\1/' <<< "$1"; }
told() { [ "$(leader_gone "$1")" -gt "$2" ]; }
gave_up() { # GROUP REASON EVENTS-BEFORE
	local reason at heir
	wait_for told "$1" "$3" || return 1
	reason=$(reason_of "$(losses "$1" | tail -n 1)")
	why="the reason is $reason"
	[ "$reason" = "$2" ] || return 1
	wait_for agree "$1" 2 "1 2 3" || return 1
	at=$(event_time 3 ".event == \"leader\" and .group == \"$1\" and .leader == null")
	wait_for heir_since "$1" "$at" || return 1
	echo "# $2: the successor leads after $(((heir - at) / 1000)) us"
	why="the successor led $((heir - at)) ns after node 3 said that it does not"
	[ $((heir - at)) -ge 0 ] && [ $((heir - at)) -lt $((HB_MS * 1000000)) ] || return 1
	why="node 2 says $(reason_of "$(grep "^{\"event\":\"leader\",\"group\":\"$1\".*\"leader\":2,.*}$" events.n2 | tail -n 1)"), not resigned"
	[[ $why == *" says resigned,"* ]]
}
# heir_since GROUP TIME: succeeds if node 2's monitor has written that node 2 leads since TIME or later
heir_since() {
	heir=$(event_time 2 ".event == \"leader\" and .group == \"$1\" and .leader == 2")
	why="the successor led $((heir - $2)) ns after node 3 said that it does not"
	[ "${heir:-0}" -ge "$2" ]
}

# owner_ends REASON COMMAND...: node 3 leads group g with an owner, and COMMAND ends the owner;
# succeeds if node 3 resigns for REASON
owner_ends() {
	local reason=$1 before
	shift
	own_as 3 g "${promise[@]}" && leads g 3 "1 2 3" || return 1
	before=$(leader_gone g)
	"$@" && gave_up g "$reason" "$before" && mode 3 g owner && not_owned 3 g
}
promise=()

by_exit() { echo exit >&"$FEED"; }
by_kill() { kill -9 "$PID"; }
by_close() { asks close ok; }
by_disown() { asks disown ok; }
by_stop() { kill -STOP "$PID"; }
by_silence() { asks mute ok; }

# stands_not: succeeds if node 3 is no candidate, neither after a loss of the leader nor after elect
stands_not() {
	refused 2 "no socket owns its candidacy" bc 3 elect g || return 1
	bc 2 resign g && leads g 1 "1 2 3" || return 1
	bc 2 elect g && leads g 2 "1 2 3"
}

endings() {
	local how
	for how in exit kill close disown; do
		check "an owner that ends by $how loses the candidacy" undisturbed g owner_ends owner-exit "by_$how"
	done
	check "a node without an owner is no candidate" stands_not
	promise=(--deadline "$DEADLINE" --every "$EVERY")
	check "a silent owner loses the candidacy as late" undisturbed g owner_ends owner-late by_silence
	check "late owner: refresh reports it" asks refresh "ESTALE this socket missed its deadline"
	check "late owner: disown reports it" asks disown "ESTALE this socket missed its deadline"
	check "late owner: it may own the candidacy again" asks own ok
	check "late owner: its node leads again" leads g 3 "1 2 3"
	check "a stopped owner loses the candidacy as late" undisturbed g owner_ends owner-late by_stop
	check "stopped owner: it is continued" kill -CONT "$PID"
	check "stopped owner: it is told that it was late" wait_for said "stale ESTALE this socket missed its deadline"
	promise=()
}

# late_and_gone: succeeds if the end of an owner that was late has no effect
late_and_gone() {
	own_as 3 g --deadline $((2 * HB_MS)) && wait_for not_owned 3 g || return 1
	bc 3 group set g candidate on && leads g 3 "1 2 3" || return 1
	let_go
	holds $((3 * HB_MS)) agree g 3 "1 2 3" && mode 3 g on
}

# under_load: the processors are busy, and the deadline is long enough for a busy guest
under_load() {
	local i spinners=() status=0
	own_as 3 g --deadline "$DEADLINE" --every "$EVERY" && leads g 3 "1 2 3" || return 1
	for i in 1 2 3 4; do
		sh -c 'while :; do :; done' &
		spinners+=($!)
	done
	holds $((3 * DEADLINE)) owned 3 g || status=1
	kill "${spinners[@]}"
	wait "${spinners[@]}" 2> /dev/null || :
	[ "$status" -eq 0 ] && ! said stale && follows 3 g 3
}

# own needs a privilege; refresh and disown do not
unprivileged() {
	own_as 3 g --deadline "$DEADLINE" --every "$EVERY" --user 65534 && leads g 3 "1 2 3" || return 1
	holds $((3 * DEADLINE)) owned 3 g && asks own EPERM && asks refresh ok && asks disown ok && wait_for not_owned 3 g
}

shown() {
	own_as 3 g --deadline 3600000 && leads g 3 "1 2 3" || return 1
	is 3 g .owner.deadline_ns 3600000000000 && is 3 g '.owner.remaining_ns > 3000000000000' true &&
		is 3 g '.owner.portid > 0' true && is 3 g .options.candidate true || return 1
	why=$(bc 3 show g)
	[[ $why == *"candidate owner"* && $why == *"deadline 1h"* ]] || return 1
	asks own ok
}

promises() {
	check "a late owner that exits does not end a leadership" undisturbed g late_and_gone
	check "an owner under load refreshes in time" undisturbed g under_load
	check "an owner without privileges refreshes and disowns" undisturbed g unprivileged
	check "show has the owner" shown
}

strangers() {
	check "rights: a socket owns node 3's candidacy" own_as 3 g
	check "rights: node 3 leads" leads g 3 "1 2 3"
	check "rights: another socket cannot own the candidacy" answers "EBUSY another socket owns" 3 g own
	check "rights: another socket cannot refresh it" answers "ESTALE this socket does not own" 3 g refresh
	check "rights: another socket cannot disown it" answers "ESTALE this socket does not own" 3 g disown
	check "rights: an unprivileged user cannot own a candidacy" answers EPERM 2 g own --user 65534
	check "rights: an unprivileged user cannot refresh another's candidacy" answers "ESTALE this socket does not own" 2 g refresh --user 65534
	check "rights: an unprivileged user cannot disown another's candidacy" answers "ESTALE this socket does not own" 3 g disown --user 65534
	check "rights: the owner is the same after the refusals" owned 3 g
	check "rights: another node has an owner of its own" answers ok 1 g own
	bc 1 group set g candidate on
	check "invalid requests are refused by the policy" no_garbage
	check "invalid requests do not disturb the owner" leads g 3 "1 2 3"
}
no_garbage() {
	why=$(ip netns exec n3 /usr/bin/python3 "$owner_py" garbage g 2>&1)
	[[ $why =~ ^done\ [0-9]+$ ]] && owned 3 g
}

# lives_on HOW: the owning process ends, and its socket stays open in another process
lives_on() {
	local child
	let_go
	child=$(ip netns exec n3 /usr/bin/python3 "$owner_py" "$1" g) || { why=$child; return 1; }
	child=${child#child }
	leads g 3 "1 2 3" && holds $((2 * HB_MS)) owned 3 g || return 1
	before=$(leader_gone g)
	kill "$child"
	gave_up g owner-exit "$before"
}

reuse() {
	let_go
	[ -p reuse.in ] || mkfifo reuse.in
	: > owner.out
	ip netns exec n3 /usr/bin/python3 "$owner_py" reuse g "$ROUNDS" < reuse.in > owner.out 2>&1 &
	exec {FEED}> reuse.in
	wait_for test -s owner.out || return 1
	why=$(cat owner.out)
	[ "$why" = ok ] && owned 3 g && leads g 3 "1 2 3" || return 1
	before=$(leader_gone g)
	exec {FEED}>&-
	FEED=''
	gave_up g owner-exit "$before"
}

# ---- what the administrator does meanwhile ---------------------------------

# off: the node is no candidate, with or without an owner; on: it is one while it has an owner
off_and_on() {
	# an earlier try may have left it off
	bc 3 group set g candidate owner && own_as 3 g && leads g 3 "1 2 3" || return 1
	before=$(leader_gone g)
	bc 3 group set g candidate off && gave_up g config "$before" || return 1
	owned 3 g && mode 3 g off || return 1
	bc 3 group set g candidate on && leads g 3 "1 2 3" && mode 3 g on || return 1
	before=$(leader_gone g)
	by_kill
	gave_up g owner-exit "$before" && mode 3 g owner
}

off_stays_off() {
	bc 3 group set g candidate off && leads g 2 "1 2 3" || return 1
	own_as 3 g && owned 3 g && mode 3 g off || return 1
	holds $((3 * HB_MS)) agree g 2 "1 2 3" || return 1
	let_go
	wait_for not_owned 3 g && mode 3 g off && bc 3 group set g candidate owner
}

# The file does not mention candidate: a reload neither resigns nor makes the node a candidate.
reload() {
	local epoch
	own_as 3 g --deadline "$DEADLINE" --every "$EVERY" && leads g 3 "1 2 3" || return 1
	epoch=$EPOCH
	bc 3 showconf g > all.conf
	why=$(cat all.conf)
	grep -q '^candidate = owner$' all.conf || return 1
	grep -v '^candidate' all.conf > g.conf
	bc 3 syncconf g.conf && bc 3 syncconf all.conf && bc 3 setconf all.conf || return 1
	mode 3 g owner && owned 3 g && agree g 3 "1 2 3" || return 1
	why="the epoch was $epoch, is $EPOCH"
	[ "$epoch" = "$EPOCH" ] || return 1
	before=$(leader_gone g)
	by_kill
	gave_up g owner-exit "$before" && bc 3 syncconf g.conf && mode 3 g owner || return 1
	holds $((3 * HB_MS)) agree g 2 "1 2 3"
}

# setconf replaces the group, with a fourth node that never starts; the owner stays.
replaced() {
	local session
	# an earlier try may have left the fourth node
	start g 3 "1 2 3" candidate owner "${steady[@]}" || return 1
	own_as 3 g --deadline "$DEADLINE" --every "$EVERY" && leads g 3 "1 2 3" || return 1
	session=$(value 3 g .session)
	start g 3 "1 2 3 4" candidate owner "${steady[@]}" || return 1
	why="the session is the same"
	[ "$(value 3 g .session)" != "$session" ] || return 1
	leads g 3 "1 2 3" && owned 3 g && ! said stale || return 1
	before=$(leader_gone g)
	by_kill
	gave_up g owner-exit "$before" && start g 3 "1 2 3" candidate owner "${steady[@]}"
}

# Groups are replaced while their owners end: no group keeps a dead owner.
replaced_in_a_race() {
	local i
	for i in $(seq $((ROUNDS / 4))); do
		own_as 3 g || return 1
		kill -9 "$PID" &
		if [ $((i % 2)) = 1 ]; then
			start g 3 "1 2 3 4" candidate owner "${steady[@]}" || return 1
		else
			start g 3 "1 2 3" candidate owner "${steady[@]}" || return 1
		fi
		wait_for not_owned 3 g || { why="round $i: ${why:-owned by the dead}"; return 1; }
	done
	start g 3 "1 2 3" candidate owner "${steady[@]}"
}

deleted() {
	own_as 3 g && leads g 3 "1 2 3" || return 1
	bc 3 group del g && asks refresh ENOENT || return 1
	start g 3 "1 2 3" "${steady[@]}" && not_owned 3 g && mode 3 g on && leads g 3 "1 2 3" || return 1
	asks refresh "ESTALE this socket does not own" || return 1
	let_go
	holds $((3 * HB_MS)) agree g 3 "1 2 3"
}

many() {
	local i names=()
	for i in $(seq 20); do
		names+=("m$i")
		start "m$i" 3 "1 3" && start "m$i" 1 "1 3" || return 1
	done
	for i in $(seq 20); do wait_for agree "m$i" 3 "1 3" || return 1; done
	own_as 3 "${names[@]}" && by_kill || return 1
	for i in $(seq 20); do wait_for agree "m$i" 1 "1 3" || return 1; done
	for i in $(seq 20); do bc 1 group del "m$i" && bc 3 group del "m$i" || return 1; done
}

# A follower's owner ends: only that node has an event.
follower() {
	local epoch
	own_as 1 g && leads g 3 "1 2 3" || return 1
	epoch=$EPOCH before=$(exits 1)
	by_kill
	wait_for not_owned 1 g && holds $((2 * HB_MS)) agree g 3 "1 2 3" || return 1
	why="no event of node 1 says why"
	[ "$EPOCH" = "$epoch" ] && wait_for exit_told 1 "$before" && mode 1 g owner || return 1
	bc 1 group set g candidate on
}
exits() {
	grep -c '^{"event":"config".*"reason":"owner-exit".*}$' "events.n$1" || :
}
exit_told() { [ "$(exits "$1")" -gt "$2" ]; }

# ---- ends of everything ----------------------------------------------------

gone() { [ ! -e "/sys/class/net/$1" ]; }
namespace() {
	ip netns add n4 && ip link add v4 type veth peer name eth0 netns n4 &&
		ip link set v4 master br0 up && ip -n n4 link set eth0 up && ip -n n4 link set lo up &&
		ip -n n4 addr add 10.7.0.4/24 dev eth0 && start e 4 "1 4" && start e 1 "1 4" || return 1
	own_as 4 e && leads e 4 "1 4" && ip netns del n4 || return 1
	# the namespace lives as long as the owner
	holds $((2 * HB_MS)) follows 1 e 4 || return 1
	let_go
	wait_for gone v4 && wait_for agree e 1 1 && bc 1 group del e
}

unloaded() {
	own_as 3 g && leads g 3 "1 2 3" && stop_monitors && wait_for unload || return 1
	why="a request to a family that is gone: $(tail -n 1 owner.out)"
	asks refresh ENOENT && modprobe bully && start_all g "1 2 3" "${steady[@]}" && leads g 3 "1 2 3" || return 1
	not_owned 3 g || return 1
	let_go
	holds $((2 * HB_MS)) agree g 3 "1 2 3" && monitors
}
unload() { rmmod bully 2> /dev/null; }
monitors() {
	local i
	MONITORS=()
	for i in 1 2 3; do watch_node $i && MONITORS+=($!) || return 1; done
}
stop_monitors() {
	kill "${MONITORS[@]}"
	wait "${MONITORS[@]}" 2> /dev/null || :
}

# Quorum mode: the lease ends with the owner, so the successor need not wait for it (R6).
quorum() {
	# node 3 of an earlier try's group is no longer a candidate
	stop_all q "1 2 3" 2> /dev/null || :
	start_all q "1 2 3" quorum majority "${steady[@]}" && leads q 3 "1 2 3" && own_as 3 q && leads q 3 "1 2 3" || return 1
	before=$(leader_gone q)
	by_kill
	gave_up q owner-exit "$before" && is 3 q .lease_remaining_ns null && stop_all q "1 2 3"
}

sockets() {
	check "a forked child keeps the socket's candidacy" undisturbed g lives_on fork
	check "a process that was passed the socket keeps the candidacy" undisturbed g lives_on pass
	check "a socket that reuses a dead owner's port id is not that owner, $ROUNDS times" undisturbed g reuse
	check "one socket may own twenty groups" many
}

changes() {
	check "candidate off and on while owned: the owner stays, and its end is noticed" undisturbed g off_and_on
	check "candidate off stays off when the owner ends" undisturbed g off_stays_off
	check "a reload keeps the owner" undisturbed g reload
	check "setconf that makes the group anew keeps the owner" undisturbed g replaced
	check "setconf while owners are killed leaves no dead owner" replaced_in_a_race
	check "a group that is deleted and added again has no owner" undisturbed g deleted
	check "the end of a follower's owner disturbs no other node" undisturbed g follower
}

ends() {
	check "a namespace may end together with the owner" namespace
	check "quorum mode gives the lease back when the owner ends" undisturbed q quorum
	check "the module may be unloaded while a candidacy is owned" undisturbed g unloaded
}

modprobe bully
net_up 3
check "a group of three nodes is configured" start_all g "1 2 3" "${steady[@]}"
check "the highest node leads" leads g 3 "1 2 3"
monitors
run_sections
let_go
check "the group is deleted" stop_all g "1 2 3"
finish
