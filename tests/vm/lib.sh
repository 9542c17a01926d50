# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that the tests in a guest share. The tests source this file as root.
#
#      n1           n2                 nN            a network namespace a node
#      | eth0       | eth0             | eth0        10.7.0.I  fd07::I  fe80::I
#      |            |                  |
#      v1 --------- v2 ------ ... ---- vN            ports of the bridge br0, in
#                     br0                            the guest's own namespace
#
# Node I of a group has the id I unless the test says otherwise. A test is a list
# of `check NAME COMMAND...`. Each check prints one line, and `finish` prints the sum.

NODES=0
KERNEL=${BULLY_KERNEL:-stock}

# Emulation is slow, and slower still under KASAN or KCSAN. Heartbeats are long enough that
# pauses of the guest depose no leader; limits are long enough that only a hang exceeds them.
if [ "$KERNEL" = debug ] || [ "$KERNEL" = kcsan ]; then
	HB_MS=${HB_MS:-400} LIMIT=${LIMIT:-90}
else
	HB_MS=${HB_MS:-200} LIMIT=${LIMIT:-40}
fi
HB=${HB_MS}ms
DETECT_MS=$((3 * HB_MS))
export HB DETECT_MS
# This file exists while the test itself makes the guest stand still.
ON_PURPOSE=/run/bully-vm/on-purpose
export ON_PURPOSE

# shellcheck source=tests/vm/check-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/check-lib.sh"

uptime_ms() {
	local up
	read -r up _ < /proc/uptime
	echo "${up/./}0"
}

# holds MS CMD...: succeeds if CMD succeeds each time that it is tried during MS milliseconds
holds() {
	local end
	end=$(($(uptime_ms) + $1))
	shift
	while [ "$(uptime_ms)" -lt "$end" ]; do
		if ! look_at "$@"; then
			why="$* did not stay true${why:+ ($why)}"
			return 1
		fi
		nap
	done
}

# state_dump: prints the state of the first six nodes, for the reader of a failure
state_dump() {
	local i
	for i in $(seq "$NODES"); do
		[ -e "/run/netns/n$i" ] && [ "$i" -le 6 ] || continue
		bullyctl -n "n$i" show 2>&1 | grep -v '^ .*\(role\|local\) ' | sed "s/^/#   n$i: /"
		[ ! -s "events.n$i" ] || tail -n 5 "events.n$i" | command cut -c -200 | sed "s/^/#   n$i: /"
	done
}

finish() {
	net_down
	if grep -q '^bully ' /proc/modules; then
		check "the module unloads" rmmod bully
	fi
	check "the kernel has reported no error" kernel_sound
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed > 0))
}

# kernel_sound: succeeds unless the kernel has one of these taints: machine check, bad page,
# oops, WARNING, soft lockup
kernel_sound() {
	local taint
	taint=$(cat /proc/sys/kernel/tainted)
	why="tainted: $taint"
	[ $((taint & (16 | 32 | 128 | 512 | 16384))) -eq 0 ] || return 1
	! grep -qs 'debug_locks: *0' /proc/lockdep_stats
}

# refused STATUS WORDS CMD...: succeeds if CMD fails with STATUS and prints WORDS
refused() {
	local status=$1 words=$2 out rc=0
	shift 2
	out=$("$@" 2>&1) || rc=$?
	why="status $rc, said '$out'"
	[ $rc -eq "$status" ] && [[ $out == *"$words"* ]]
}

# late GROUP: prints for each node how often it noticed that the guest stood still
late() {
	local i n
	for i in $(seq "$NODES"); do
		n=$(bullyctl -j -n "n$i" stats "$1" 2> /dev/null | grep -oE '"voided": ?[0-9]+') || n=0
		echo "${n##*[: ]}"
	done
}

# ---- the network -----------------------------------------------------------

# net_up N: sets up the topology above with N nodes
net_up() {
	local i
	NODES=$1
	trap net_down EXIT
	{
		echo "link add br0 type bridge mcast_snooping 0"
		echo "link set br0 up"
		for i in $(seq "$NODES"); do
			echo "netns add n$i"
			echo "link add v$i type veth peer name eth0 netns n$i"
			echo "link set v$i master br0 up"
		done
	} | ip -batch - || return 1
	sysctl -qw net.ipv6.conf.br0.disable_ipv6=1
	for i in $(seq "$NODES"); do
		# shellcheck disable=SC2016
		ip netns exec "n$i" sh -c 'cd /proc/sys/net/ipv6/conf
			for d in all default eth0; do
				echo 0 > $d/accept_dad; echo 0 > $d/router_solicitations
				echo 1 > $d/keep_addr_on_down
			done'
		ip -n "n$i" -batch - <<-END || return 1
			link set lo up
			link set eth0 addrgenmode none up
			addr add 10.7.0.$i/24 dev eth0
			addr add fd07::$i/64 dev eth0 nodad
			addr add fe80::$i/64 dev eth0 nodad
		END
	done
}

net_down() {
	local i
	# shellcheck disable=SC2046
	[ -z "$(jobs -p)" ] || kill $(jobs -p) 2> /dev/null || :
	wait
	for i in $(seq "$NODES"); do
		ip link del "v$i" 2> /dev/null || :
		[ ! -e "/run/netns/n$i" ] || ip netns del "n$i"
	done
	ip link del br0 2> /dev/null || :
	NODES=0
}

# cut I, heal I: the packets of node I are lost, while both ends keep their carrier
cut() { ip link set "v$1" nomaster; }
heal() { ip link set "v$1" master br0; }

# unplug I, plug I: the node loses its carrier
unplug() { ip link set "v$1" down; }
plug() { ip link set "v$1" up; }

# deaf I J: node I receives nothing from J; hears I: node I receives from all again
deaf() {
	ip netns exec "n$1" nft -f - <<-END
		table inet cut {
			chain in {
				type filter hook input priority 0;
				ip saddr 10.7.0.$2 counter drop
				ip6 saddr { fd07::$2, fe80::$2 } counter drop
			}
		}
	END
}
hears() { ip netns exec "n$1" nft delete table inet cut; }

# ---- groups ----------------------------------------------------------------

bc() {
	local node=$1
	shift
	bullyctl -n "n$node" "$@"
}

# addr I J: prints the address of node J that node I uses; a test may replace it
addr() { echo "10.7.0.$2"; }

# start GROUP I "IDS" [OPTION VALUE]...: starts node I of a group of these nodes
start() {
	local group=$1 me=$2 ids=$3 id
	shift 3
	{
		printf '[group %s]\nid = %s\nheartbeat = %s\n' "$group" "$me" "$HB"
		[ $# -eq 0 ] || printf '%s = %s\n' "$@"
		for id in $ids; do
			[ "$id" -eq "$me" ] ||
				printf '[peer %s]\naddr = %s\n' "$id" "$(addr "$me" "$id")"
		done
	} | bc "$me" setconf -
}

# type_in GROUP I "IDS" [OPTION VALUE]...: as start, but with one command for each step
type_in() {
	local group=$1 me=$2 ids=$3 id
	shift 3
	bc "$me" group add "$group" id "$me" heartbeat "$HB" "$@" || return 1
	for id in $ids; do
		[ "$id" -eq "$me" ] ||
			bc "$me" peer add "$group" id "$id" addr "$(addr "$me" "$id")" || return 1
	done
}

# start_all GROUP "IDS" [OPTION VALUE]...
start_all() {
	local group=$1 ids=$2 id
	shift 2
	for id in $ids; do
		start "$group" "$id" "$ids" "$@" || return 1
	done
}

stop_all() {
	local group=$1 id
	for id in $2; do
		bc "$id" group del "$group" || return 1
	done
}

# look I GROUP: sets STATE, LEADER (a number or null), EPOCH, SEQ and JSON
look() {
	JSON=$(bullyctl -j -n "n$1" show "$2" 2> /dev/null) || return 1
	STATE='' LEADER='' EPOCH='' SEQ=''
	# safe: peers have other words as states, and do not have the other keys
	[[ $JSON =~ \"state\":\ ?\"(init|election|waiting|follower|leader)\" ]] && STATE=${BASH_REMATCH[1]}
	[[ $JSON =~ \"leader\":\ ?([0-9]+|null) ]] && LEADER=${BASH_REMATCH[1]}
	[[ $JSON =~ \"epoch\":\ ?([0-9]+) ]] && EPOCH=${BASH_REMATCH[1]}
	[[ $JSON =~ \"event_seq\":\ ?([0-9]+) ]] && SEQ=${BASH_REMATCH[1]}
	export EPOCH SEQ
	[ -n "$STATE" ] && [ -n "$LEADER" ]
}

# follows I GROUP LEADER: succeeds if node I shows LEADER, which may be I itself
follows() {
	look "$1" "$2" || return 1
	if [ "$LEADER" != "$3" ]; then
		why="n$1 says that $LEADER leads, not $3"
		return 1
	fi
	if [ "$1" -eq "$3" ]; then [ "$STATE" = leader ]; else [ "$STATE" = follower ]; fi
}

# agree GROUP LEADER "NODES": succeeds if all nodes show LEADER under one epoch
agree() {
	local node epoch=''
	for node in $3; do
		follows "$node" "$1" "$2" || return 1
		: "${epoch:=$EPOCH}"
		[ "$EPOCH" = "$epoch" ] || { why="two epochs, $EPOCH and $epoch"; return 1; }
	done
}
leads() { wait_for agree "$@"; }

# one GROUP "NODES": succeeds if the nodes agree on a leader
one() {
	local first=${2%% *}
	look "$first" "$1" && [ "$LEADER" != null ] && agree "$1" "$LEADER" "$2"
}

in_state() { look "$1" "$2" && [ "$STATE" = "$3" ]; }

# jqr FILTER: jq -r; for a plain path it runs jget, which starts ten times as fast
JGET=$(dirname "${BASH_SOURCE[0]}")/../build/jget
[ -x "$JGET" ] || JGET=''
jqr() {
	local path='^((\.[A-Za-z_][A-Za-z0-9_]*)|(\.?\[[0-9]+\])|(\["[^"]+"\]))+$'
	if [ "$JGET" ] && [[ $1 =~ $path ]]; then "$JGET" "$1"; else jq -r "$1"; fi
}

# value I GROUP FILTER: prints the result of FILTER on the group's object of show -j
value() {
	local filter=".[0] | $3"
	[[ $3 != .[a-z]* ]] || filter=".[0]$3"
	bullyctl -j -n "n$1" show "$2" | jqr "$filter"
}
is() {
	local got
	got=$(value "$1" "$2" "$3") || return 1
	why="n$1: $3 is $got, not $4"
	[ "$got" = "$4" ]
}

# stat_of I GROUP FILTER: prints the result of FILTER on stats -j
stat_of() { bullyctl -j -n "n$1" stats "$2" | jqr "$3"; }

# watch_node I: runs bullyctl monitor into events.nI, until net_down or the next call
declare -A WATCHER=()
watch_node() {
	if [ -n "${WATCHER[$1]:-}" ]; then
		kill "${WATCHER[$1]}" 2> /dev/null || true
		wait "${WATCHER[$1]}" 2> /dev/null || true
	fi
	: > "events.n$1"
	bullyctl -j -t -n "n$1" monitor > "events.n$1" 2>&1 &
	WATCHER[$1]=$!
	wait_for test -s "events.n$1"
}

# event_time I FILTER: prints time_ns of the last event that FILTER accepts. The last
# line of the file may be incomplete.
event_time() {
	jq -Rrn "[inputs | fromjson? | select($2)] | last | .time_ns // empty" "events.n$1"
}

# heard GROUP "NODES": succeeds if the monitors have written all events of these nodes;
# heard_gone: succeeds if they have also written the deletion of the group
last_line() { grep -E "\"group\": ?\"$2\"" "events.n$1" | tail -n 1; }
heard() {
	local i last
	for i in $2; do
		look "$i" "$1" || return 1
		last=$(last_line "$i" "$1")
		why="event $SEQ is not in events.n$i"
		[[ $last != *'"group-del"'* && $last =~ \"seq\":\ ?([0-9]+) ]] || return 1
		[ "${BASH_REMATCH[1]}" = "$SEQ" ] || return 1
	done
}
heard_gone() {
	local i
	for i in $2; do
		[[ $(last_line "$i" "$1") == *'"group-del"'* ]] || return 1
	done
}
# leads_heard GROUP LEADER "NODES": as leads, and waits until the event files are complete
leads_heard() { leads "$@" && wait_for heard "$1" "$3"; }
