# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of the script that sources this file
# Functions that owners.sh and positions.sh share: owners of group g at node 3. Both source this
# file after lib.sh.

owner_py="$(dirname "$0")/owner.py"
DEADLINE=$((8 * HB_MS))	# long enough for a busy guest
EVERY=$HB_MS
# without a hold-down, because the node comes and goes
steady=(holddown off)
declare -A PIDS=() FEEDS=()

# own NAME [--OPTION VALUE]...: starts an owner of group g at node 3, whose output is in owner.NAME
own() {
	local name=$1 feed
	shift
	quit "$name"
	[ -p "in.$name" ] || mkfifo "in.$name"
	: > "owner.$name"
	ip netns exec n3 /usr/bin/python3 "$owner_py" hold g --name "$name" "$@" < "in.$name" > "owner.$name" 2>&1 &
	PIDS[$name]=$!
	# the shell does not report the kill
	disown "$!"
	exec {feed}> "in.$name"
	FEEDS[$name]=$feed
	wait_for said "$name" owned || { why=$(cat "owner.$name"); return 1; }
}
# said NAME WORDS: succeeds if a line of the owner's output begins with WORDS
said() {
	local line
	while read -r line; do
		[[ $line != "$2"* ]] || return 0
	done < "owner.$1"
	return 1
}
# asks NAME COMMAND WORDS: tells the owner to send a request; succeeds if its answer begins with WORDS
asks() {
	local lines before
	mapfile lines < "owner.$1"
	before=${#lines[@]}
	echo "$2" >&"${FEEDS[$1]}"
	wait_for more_said "$1" "$before" || return 1
	why="$2: ${lines[-1]}"
	[[ ${lines[-1]} == "$3"* ]]
}
# more_said NAME BEFORE: sets lines to the output; succeeds if more than BEFORE lines are complete
more_said() {
	mapfile lines < "owner.$1"
	[ ${#lines[@]} -gt "$2" ] && [[ ${lines[-1]} == *$'\n' ]]
}
ended() { ! kill -0 "$1" 2> /dev/null; }
# quit NAME: kills an owner, and waits until its process has ended
quit() {
	local pid=${PIDS[$1]-} feed=${FEEDS[$1]-}
	[ -z "$pid" ] || kill -9 "$pid" 2> /dev/null || :
	[ -z "$feed" ] || exec {feed}>&-
	unset "PIDS[$1]" "FEEDS[$1]"
	[ -z "$pid" ] || wait_for ended "$pid"
}
quit_all() {
	local name
	for name in "${!PIDS[@]}"; do quit "$name" || return 1; done
}
# afresh: no owner is left or missed, and node 3 leads
afresh() { quit_all && bc 3 group set g candidate off && bc 3 group set g candidate on && leads g 3 "1 2 3" && table ""; }

# table "NAME=STATE ...": succeeds if these are the owners, in the order of their names
table() { is 3 g '[.owners[] | .name + "=" + .state] | sort | join(" ")' "$1"; }
shows() { wait_for table "$1"; }
# stands_not "NAME=STATE ...": node 2 leads, and the table is this
stands_not() { leads g 2 "1 2 3" && shows "$1" && is 3 g .options.candidate false; }
stands() { leads g 3 "1 2 3" && shows "$1" && is 3 g .options.candidate true; }
# reason REASON: succeeds if node 3's last loss of leadership had this reason
reason() {
	local got
	got=$(sed -n '/^{"event":"leader","group":"g".*"leader":null.*}$/ s/.*"reason":"\([a-z-]*\)".*/\1/p' events.n3 | tail -n 1)
	why="the reason is $got"
	[ "$got" = "$1" ]
}
ask() { ip netns exec n3 /usr/bin/python3 "$owner_py" ask g "$@" 2>&1; }
answers() { # WORDS COMMAND [OPTION]...
	local words=$1
	shift
	why=$(ask "$@")
	[[ $why == "$words"* ]]
}

# both: two owners, for the check that follows
both() {
	own disk || return 0
	own net || :
}
# shown WORDS...: succeeds if node 3's show has them all
shown() {
	local word
	why=$(bc 3 show g)
	for word; do [[ $why == *"$word"* ]] || return 1; done
}
IDS="1 2 3"
# anew TABLE STANDS: replaces the group; succeeds if it has the table TABLE and STANDS succeeds
anew() {
	local session
	session=$(value 3 g .session)
	if [ "$IDS" = "1 2 3" ]; then IDS="1 2 3 4"; else IDS="1 2 3"; fi
	start g 3 "$IDS" candidate owner "${steady[@]}" || return 1
	why="the session is the same"
	[ "$(value 3 g .session)" != "$session" ] || return 1
	"$2" "$1"
}

# with_owners: runs the sections with a group of three nodes, and deletes it; call finish then
with_owners() {
	modprobe bully
	net_up 3
	check "a group of three nodes is configured" start_all g "1 2 3" "${steady[@]}"
	check "the highest node leads" leads g 3 "1 2 3"
	check "node 3 is watched" watch_node 3
	run_sections
	quit_all
	check "the group is deleted" stop_all g "1 2 3"
}
