# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of the script that sources this file
# Functions that the sections of quorum.sh share; quorum.sh sources this file after lib.sh.

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
# nodes GROUP "ID[:ROLE]..." [OPTION VALUE]...: starts all nodes of the group
nodes() {
	local group=$1 ids=$2 id
	shift 2
	for id in $ids; do
		node "$group" "${id%:*}" "$ids" "$@" || return 1
	done
}

# lateness: sets worst to the highest lateness of a timer, in ms, of all nodes and groups so far
worst=0
lateness() {
	local i ms
	ms=$(for i in $(seq "$NODES"); do bullyctl -j -n "n$i" stats; done |
		jq -s '[.[].groups[].late_max_ns, 0] | max / 1e6 | ceil')
	[ "$ms" -le "$worst" ] || worst=$ms
}
# sound: judges the events of all nodes and all groups in quorum mode. It runs once, at the end,
# because Python starts slowly in a guest.
judged=()
sound() {
	local out status=0 groups=() group
	for group in "${judged[@]}"; do groups+=(-g "$group"); done
	out=$("$here/leases.py" "${groups[@]}" --late "$worst" events.n*) || status=$?
	printf '%s\n' "$out" | grep '^# ' | sed "s/\$/ (timers late by up to $worst ms)/"
	why=$(printf '%s\n' "$out" | grep -v '^# ' | head -n 3)
	[ "$status" -eq 0 ]
}
# ends GROUP "NODES": deletes the group, and notes that sound must judge it
ends() {
	lateness
	judged+=("$1")
	check "$1: the group is deleted" stop_all "$1" "$2"
	# sound must find the end of each lease in the files
	wait_for heard_gone "$1" "$2" || :
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

# losses GROUP LEADER "NODES": prints how many events of these nodes have another leader or none
losses() {
	local i
	for i in $3; do
		grep -E '"event": ?"leader", ?"group": ?"'"$1\"" "events.n$i" | grep -cvE '"leader": ?'"$2," || :
	done | paste -sd ' '
}
# unmoved GROUP LEADER "NODES": succeeds if LEADER leads the nodes all the time. Its epoch may
# rise if it needs a vote that is given only for a higher epoch (R5).
unmoved() { undisturbed "$1" unmoved_now "$@"; }
unmoved_now() {
	local before after
	leads_heard "$1" "$2" "$3" || return 1
	before=$(losses "$1" "$2" "$3")
	# longer than any lease and any election
	pass_ms $((LEASE_MS + 4 * HB_MS))
	leads_heard "$1" "$2" "$3" || return 1
	after=$(losses "$1" "$2" "$3")
	why="losses of leader $2 told by nodes $3: $before before, $after after"
	[ "$before" = "$after" ]
}
pass_ms() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

# last_reason I GROUP FILTER: prints the reason of the last event for which FILTER holds
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
# when I GROUP FILTER: prints time_ns of the last event for which FILTER holds
when() { event_time "$1" ".group == \"$2\" and ($3)"; }
