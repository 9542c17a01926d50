# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that the tests between guests share. The tests run on the host, under scripts/cluster.
#
#      node1          node2   ...    nodeN           guests, eth0 10.77.0.I, ids 1 to N
#        +------------ switch ---------+
#
# Each guest's events arrive in $dir/nodeI; each line begins with the host's time.

HB_MS=${HB_MS:-200} LIMIT=${LIMIT:-40}
HB=${HB_MS}ms
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# shellcheck source=tests/vm/check-lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/check-lib.sh"

state_dump() {
	local f
	for f in "$dir"/node*; do tail -n 4 "$f" | sed "s/^/#   ${f##*/}: /"; done
}

# finish [NODE]...: ends the test; NODEs are the guests that are on (default: all)
finish() {
	local i
	# shellcheck disable=SC2046
	[ $# -gt 0 ] || set -- $(seq "$NODES")
	for i; do
		check "node$i: the module unloads" on "$i" rmmod bully
	done
	echo "$passed passed, $failed failed, $skipped skipped"
	exit $((failed > 0))
}

now() { echo "${EPOCHREALTIME/./}"; }

# late GROUP: prints for each node how often it noticed that its guest stood still; 0 if it is off
late() {
	local i n
	for i in $(seq "$NODES"); do
		n=$(on "$i" bullyctl -j stats "$1" 2> /dev/null | grep -oE '"voided": ?[0-9]+') || n=0
		echo "${n##*[: ]}"
	done
}

# listen I: records node I's events from now on
listen() {
	local i=$1
	: > "$dir/node$i"
	on "$i" bullyctl -j -t monitor g 2> /dev/null |
		{ while read -r line; do echo "${EPOCHREALTIME/./} $line"; done; echo "${EPOCHREALTIME/./} end"; } \
			>> "$dir/node$i" &
	wait_for test -s "$dir/node$i"
}

# set_up I [OPTION VALUE]...: loads the module on node I and adds the group
set_up() {
	local me=$1 peer commands
	shift
	commands="modprobe bully; bullyctl group add g id $me heartbeat $HB $*"
	for peer in $(seq "$NODES"); do
		[ "$peer" = "$me" ] || commands+="; bullyctl peer add g id $peer addr 10.77.0.$peer"
	done
	on "$me" "set -e; $commands"
}
configure() { set_up "$@" && listen "$1"; }

# follows I LEADER: succeeds if node I's last event has LEADER
follows() {
	local last
	last=$(grep -E '"leader": ?([0-9]+|null)' "$dir/node$1" | tail -n 1)
	why="node$1 says: $last"
	[[ $last =~ \"leader\":\ ?$2[,}] ]]
}
agree() {
	local leader=$1 node
	shift
	for node in "$@"; do follows "$node" "$leader" || return 1; done
}
leads() { wait_for agree "$@"; }

# since US I PATTERN: prints the time of node I's first event after US that matches
since() {
	awk -v from="$1" -v pattern="$3" '$1 >= from && $0 ~ pattern { print $1; exit }' "$dir/node$2"
}
# changes US I: prints the number of node I's leader events after US
changes() {
	awk -v from="$1" '$1 >= from && /"event": ?"leader"/' "$dir/node$2" | wc -l
}
quiet() {
	local n
	n=$(changes "$1" "$2")
	why="$n leader events"
	[ "$n" -eq 0 ]
}
