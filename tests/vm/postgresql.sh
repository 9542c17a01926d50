#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests userspace/examples/postgresql with the module: three servers with one synchronous standby, and a client that
# writes all the time and notes each acknowledged row. The primary's host dies (processes, link and group), or is cut
# off alive. The standby that has more data must lead, and no acknowledged row may be missing. Prints the times from the
# fault to the first row that the next primary has acknowledged. A guest is slow: heartbeats of a second.
# sections: kills split
# numbers: ROUNDS=3
set -eu
HB_MS=1000 LIMIT=${LIMIT:-300}
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
CLIENT=4
WORK=$(mktemp -d /tmp/pg.XXXXXX)
chmod 755 "$WORK"
PRIMARY=''
on() { ip netns exec "n$1" "${@:2}"; }
address() { echo "10.7.0.$1"; }
port() { echo 5432; }
# shellcheck source=tests/postgresql/lib.sh
. "$(dirname "$0")/../postgresql/lib.sh"

state_dump() {
	local i
	for i in $PG_NODES; do
		bullyctl -n "n$i" show pg 2>&1 | command cut -c -160 | sed "s/^/#   n$i: /"
	done
	pg_dump_state
	tail -n 3 "$WORK/client.err" 2> /dev/null | sed 's/^/#   client: /'
}
lib_finish=$(declare -f finish)
eval "lib_${lib_finish}"
finish() {
	local i
	trap - EXIT
	touch "$WORK/client.ends"
	for i in $PG_NODES; do kill_all "$i"; done
	# the client looks for that file when its connection has ended
	[ -z "${CLIENT_PID:-}" ] || end_client
	rm -rf "$WORK"
	lib_finish
}

# join I: node I is a member of the group, and a candidate when its agent lives
join() { start pg "$1" "$PG_NODES" quorum majority election raft candidate owner; }
# primary_among I...: sets PRIMARY to the server of these that its agent has seen as a primary
primary_among() {
	local all=''
	for PRIMARY; do
		! server_is "$PRIMARY" primary || return 0
		all+=" $why;"
	done
	why="no server of $* is a primary:$all"
	return 1
}
others() { # I: prints the other two
	local i
	for i in $PG_NODES; do [ "$i" = "$1" ] || echo "$i"; done | paste -sd ' '
}
# starve I J: server I receives nothing of server J; bully's packets pass
starve() {
	on "$1" nft -f - <<-END
		table inet starve {
			chain in {
				type filter hook input priority 0;
				ip saddr 10.7.0.$2 tcp sport 5432 drop
			}
		}
	END
}
feed() { on "$1" nft delete table inet starve; }
is_ahead() { # I J
	local a b
	a=$(lsn "$1") && b=$(lsn "$2") || return 1
	why="server $1 has received up to $a, server $2 up to $b"
	[ "$a" -gt "$b" ]
}
now_ms() { echo $((${EPOCHREALTIME/./} / 1000)); }
# first_of I SINCE: prints the time from SINCE to the first row that server I has acknowledged since then
first_of() {
	awk -v a="10.7.0.$1" -v t="$2" '$3 == a && $1 > t { print $1 - t; exit }' "$WORK/acknowledged"
}
not_primary() {
	why="server $1 is a primary still"
	! server_is "$1" primary
}
# settled SECTION I: server I and all others work together again
settled() {
	local i
	for i in $(others "$2"); do check "$1: server $i receives from the primary" wait_for streams "$i"; done
	starts
	check "$1: the client writes" wait_for writes_on
}
starts() { ACKNOWLEDGED=$(acknowledged); }

answers() { # I
	why="server $1 does not answer"
	[ -s "$WORK/n$1/state/server" ]
}
ready() {
	local i
	check "three servers are made" make_servers
	[ "$failed" -eq 0 ] || finish
	for i in $PG_NODES; do
		check "node $i joins the group" join "$i"
		start_agent "$i"
	done
	for i in $PG_NODES; do check "the agent of node $i has started its server" wait_for answers "$i"; done
	check "a server becomes the primary" wait_for primary_among 1 2 3
	start_client
	settled ready "$PRIMARY"
}

kills() {
	local round old most least two since times=''
	for round in $(seq "$ROUNDS"); do
		old=$PRIMARY
		read -ra two <<< "$(others "$old")"
		# a rank would prefer the higher id, so that one is behind
		most=${two[0]} least=${two[1]}
		check "kill $round: server $least is cut off from server $old" starve "$least" "$old"
		starts
		check "kill $round: the client writes while server $least receives nothing" wait_for writes_on
		check "kill $round: server $most is ahead of server $least" wait_for is_ahead "$most" "$least"
		since=$(now_ms)
		cut "$old"
		kill_all "$old"
		check "kill $round: the group of node $old is deleted" bc "$old" group del pg
		check "kill $round: another server becomes the primary" wait_for primary_among "$most" "$least"
		check "kill $round: it is the one that was ahead, server $most" test "$PRIMARY" = "$most"
		check "kill $round: its node leads" wait_for follows "$PRIMARY" pg "$PRIMARY"
		check "kill $round: server $least hears all again" feed "$least"
		starts
		check "kill $round: the client writes again" wait_for writes_on
		times+=" $(first_of "$PRIMARY" "$since")"
		echo "# kill $round: $(first_of "$PRIMARY" "$since") ms from the kill of server $old to the first row on server $PRIMARY"
		check "kill $round: the new primary has every acknowledged row" all_there "$PRIMARY"
		heal "$old"
		check "kill $round: node $old joins the group again" join "$old"
		start_agent "$old"
		check "kill $round: the old primary comes back as a standby" wait_for server_is "$old" standby
		settled "kill $round" "$PRIMARY"
		check "kill $round: the old primary has every acknowledged row" wait_for all_there "$old"
	done
	echo "# kills: times to the first accepted row in ms, heartbeat $HB:$times"
}

split() {
	local old=$PRIMARY since two
	read -ra two <<< "$(others "$old")"
	since=$(now_ms)
	cut "$old"
	check "split: the primary that is cut off is stopped" wait_for not_primary "$old"
	check "split: another server becomes the primary" wait_for primary_among "${two[@]}"
	starts
	check "split: the client writes again" wait_for writes_on
	echo "# split: $(first_of "$PRIMARY" "$since") ms from the cut of server $old to the first row on server $PRIMARY"
	check "split: the new primary has every acknowledged row" all_there "$PRIMARY"
	check "split: the old server is a standby, without a leader that it hears" wait_for server_is "$old" standby
	heal "$old"
	check "split: after the heal the old server follows" wait_for streams "$old"
	settled split "$PRIMARY"
	check "split: the old primary has every acknowledged row" wait_for all_there "$old"
}

modprobe bully
net_up 4
ready
run_sections
finish
