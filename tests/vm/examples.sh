#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests userspace/examples with real counterparts: systemd receives the daemon's notifications,
# two leaders write to the store, and the kernel's YNL client receives the events.
# tests/lib/examples compiles them before.
# sections: daemon owned fence python
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
top=$(cd "$(dirname "$0")/../.." && pwd)
examples=$top/userspace/examples
build=$top/tests/build/examples
export LD_LIBRARY_PATH=$build/lib

ns() { # I CMD...
	local node=$1
	shift
	ip netns exec "n$node" "$@"
}
in_file() { # FILE WORDS: succeeds if a line of FILE matches
	why="'$(tail -n 3 "$1" | paste -sd'|')'"
	grep -qE -- "$2" "$1"
}
lines() { wc -l < "$1"; }
# since FILE LINES WORDS: succeeds if a line after the first LINES lines matches
since() {
	why="'$(tail -n "+$(($2 + 1))" "$1" | tail -n 3 | paste -sd'|')'"
	tail -n "+$(($2 + 1))" "$1" | grep -E -- "$3" > /dev/null
}

# ---- the daemon, under systemd ------------------------------------------------

export XDG_RUNTIME_DIR=/run/user/0
ctl() { systemctl --user "$@"; }
manager() {
	install -d -m 0700 "$XDG_RUNTIME_DIR" "$XDG_RUNTIME_DIR/systemd/user"
	cat > "$XDG_RUNTIME_DIR/systemd/user/db.service" <<-END
		[Service]
		Type=notify
		Environment=LD_LIBRARY_PATH=$LD_LIBRARY_PATH
		ExecStart=ip netns exec n2 $build/examples/daemon db
		StandardOutput=append:$PWD/daemon.log
		TimeoutStartSec=60
	END
	# a service manager starts if this directory exists, although systemd is not process 1
	mkdir -p /run/systemd/system
	/lib/systemd/systemd --user > manager.log 2>&1 &
	MANAGER=$!
	wait_for ctl show-environment > /dev/null 2>&1
}
# emptied CGROUP: removes CGROUP, and returns to the root the processes that systemd put there
emptied() {
	local pid
	find "$1" -name cgroup.procs -exec cat {} + 2> /dev/null | while read -r pid; do
		echo "$pid" 2> /dev/null > /sys/fs/cgroup/cgroup.procs || :
	done
	find "$1" -depth -type d -exec rmdir {} + 2> /dev/null || :
	[ ! -e "$1" ]
}
# manager_ends: ends systemd and removes what it left behind
manager_ends() {
	local cgroup file
	ctl exit || :	# it may be gone before it has answered
	wait_for over "$MANAGER" || kill -KILL "$MANAGER"
	wait "$MANAGER" || :
	for cgroup in /sys/fs/cgroup/*/; do
		[[ " $had " == *" $cgroup "* ]] || wait_for emptied "$cgroup" || :
	done
	for file in /run/*; do
		[[ " $had " == *" $file "* ]] || rm -rf "$file"
	done
	sysctl -qw net.core.rmem_max="$rmem_max"
}
status_is() { # WORDS
	local got
	got=$(ctl show -P StatusText db 2>&1)
	why="its status is '$got'"
	[[ $got =~ $1 ]]
}
active() {
	local got
	got=$(ctl show -P ActiveState db 2>&1)
	why="it is $got"
	[ "$got" = "$1" ]
}
events() { # N: changes an option N times; each change is an event
	local i
	for i in $(seq "$1"); do
		bc 2 group set db misses $((4 + i % 2)) || return 1
	done
}
gone_and_back() {
	stop_all db "1 2" && wait_for rmmod bully && modprobe bully && start_all db "1 2"
}
daemon() {
	local before had rmem_max
	had=$(echo /sys/fs/cgroup/*/ /run/*)
	rmem_max=$(sysctl -n net.core.rmem_max)
	sysctl -qw net.core.rmem_max=4096	# so that its events overflow soon
	check "daemon: a systemd manager runs" manager
	check "daemon: it becomes ready without a group" ctl start db
	check "daemon: its unit is active" active active
	check "daemon: its first request has loaded the module" wait_for status_is 'db: there is no such group; not working'
	# the daemon sends its status before it opens the page, and holds the module meanwhile
	wait_for rmmod bully
	check "daemon: it waits while the module is not loaded" wait_for status_is 'db: the module is not loaded; not working'
	modprobe bully
	start_all db "1 2"
	check "daemon: with the module it leads and works" wait_for status_is 'db: 2 leads; working, epoch [0-9]+'
	bc 2 resign db
	check "daemon: it does not work after a resign" wait_for status_is 'db: 1 leads; not working'
	bc 2 elect db
	check "daemon: it works again after elect" wait_for status_is 'db: 2 leads; working'
	ctl kill --signal=STOP db
	events 60
	ctl kill --signal=CONT db
	check "daemon: after an overrun it asks for the state again" wait_for in_file daemon.log 'looking again: overrun; working'
	check "daemon: after an overrun it still works" wait_for status_is 'db: 2 leads; working'
	before=$(lines daemon.log)
	check "daemon: the module is unloaded and loaded under it" gone_and_back
	check "daemon: after that it asks for the state again" wait_for since daemon.log "$before" 'looking again: module-(gone|loaded); not working'
	check "daemon: after that it works again" wait_for status_is 'db: 2 leads; working'
	ctl stop db
	check "daemon: its unit ends with success" test "$(ctl show -P Result db)" = success
	manager_ends
	stop_all db "1 2"
}

# ---- the daemon owns its candidacy -----------------------------------------------

told() { # I REASON: succeeds if node I's last loss of leadership had REASON
	local got
	got=$(jq -Rrn '[inputs | fromjson? | select(.event == "leader" and .leader == null)] | last | .reason' "events.n$1")
	why="n$1 told of $got"
	[ "$got" = "$2" ]
}
over() {
	why="it lives"
	! kill -0 "$1" 2> /dev/null || grep -q ') Z ' "/proc/$1/stat" 2> /dev/null
}
owned() {
	local before deadline=2000 pid status=0
	check "own: node 2's events are recorded" watch_node 2
	start_all o "1 2"
	check "own: node 2 leads" leads o 2 "1 2"
	ip netns exec n2 "$build/examples/daemon" --own $deadline o > own.log 2> own.err &
	pid=$!
	check "own: the daemon leads and works" wait_for in_file own.log 'o: 2 leads; working, epoch [0-9]+$'
	check "own: candidate on has become candidate owner" wait_for is 2 o .options.candidate_mode owner
	check "own: show has an owner" is 2 o '.owner != null' true
	check "own: a second daemon is refused and says why" refused 1 "daemon: o: another socket owns" \
		ip netns exec n2 timeout 30 "$build/examples/daemon" --own $deadline o
	check "own: an unprivileged daemon is refused" refused 1 "needs CAP_NET_ADMIN" ip netns exec n2 \
		setpriv --bounding-set -net_admin --inh-caps -net_admin timeout 30 "$build/examples/daemon" --own $deadline o
	check "own: the first daemon's node still leads" leads o 2 "1 2"
	before=$(lines own.log)
	kill -STOP $pid
	check "own: the other node leads while the daemon is stopped" leads o 1 "1 2"
	check "own: the reason is owner-late" wait_for told 2 owner-late
	kill -CONT $pid
	check "own: the daemon is continued and owns again" wait_for is 2 o '.owner != null' true
	check "own: the daemon reports that it was late" wait_for in_file own.err 'missed its deadline'
	check "own: the daemon's node leads again" leads o 2 "1 2"
	check "own: the daemon works again" wait_for since own.log "$before" 'o: 2 leads; working, epoch [0-9]+$'
	kill -TERM $pid
	check "own: TERM ends the daemon" wait_for over $pid
	wait $pid || status=$?
	check "own: the daemon's status is 0" test $status -eq 0
	check "own: the other node leads before a timeout could pass" leads o 1 "1 2"
	check "own: the reason is owner-exit" wait_for told 2 owner-exit
	stop_all o "1 2"
}

# ---- a store that refuses late writes ------------------------------------------

store() {
	ip netns exec n1 "$build/examples/fence-store" 7500 kept > store.log 2>&1 &
	STORE=$!
}
restart_store() {
	kill $STORE
	wait $STORE 2> /dev/null || :
	: > store.log	# so that no line of the earlier store is left
	store
}
client() { ns "$1" "$build/examples/fence-write" q 10.7.0.1 7500; }
last_line() { # FILE WORDS
	why="'$(tail -n 1 "$1")'"
	tail -n 1 "$1" | grep -qE "^($2)$"
}
# writes TEXT: the leader, node 1 or 2, writes TEXT to the store
writes() {
	look 1 q && [ "$LEADER" != null ] && [ "$LEADER" -ne 3 ] && echo "$1" | client "$LEADER" | grep -q '^ok$'
}
# refused_by_store LINE WORDS
refused_by_store() {
	why=$(ns 1 bash -c "exec 6<> /dev/tcp/10.7.0.1/7500; echo '$1' >&6; cat <&6")
	[ "$why" = "$2" ]
}
status_of() { # STATUS CMD...
	local status=0
	"${@:2}" > status.out 2>&1 < /dev/null || status=$?
	why="status $status: $(paste -sd'|' status.out)"
	[ $status -eq "$1" ]
}
fence() {
	local old
	start_all q "1 2 3" quorum majority lease "$((10 * HB_MS))ms"
	check "fence: node 3 leads with a lease" leads q 3 "1 2 3"
	store
	check "fence: a new store has no epoch" wait_for in_file store.log '^highest epoch 0$'
	mkfifo pipe
	ip netns exec n3 "$build/examples/fence-write" q 10.7.0.1 7500 < pipe > old.log 2>&1 &
	exec 5> pipe
	echo "first" >&5
	check "fence: the leader's write is accepted" wait_for in_file old.log '^ok$'
	check "fence: the leader's next transaction has begun" wait_for last_line old.log 'epoch [0-9]+'
	old=$(tail -n 1 old.log)
	old=${old#epoch }
	bc 3 group set q candidate off
	check "fence: the next leader's write is accepted" wait_for writes second
	echo "late" >&5
	check "fence: the old leader's late write is refused" \
		wait_for last_line old.log "refused: epoch $old is older than [0-9]+"
	exec 5>&-
	check "fence: the old leader cannot begin another transaction" status_of 3 client 3
	check "fence: the store has the accepted writes only" test "$(command cut -d ' ' -f 2 kept | paste -sd ' ')" = "first second"
	EPOCH=$(tail -n 1 kept)
	EPOCH=${EPOCH% *}
	check "fence: the two writes have rising epochs" test "$EPOCH" -gt "$old"
	restart_store
	check "fence: the store has the highest epoch after a restart" wait_for in_file store.log "^highest epoch $EPOCH$"
	check "fence: the restarted store still refuses the old epoch" refused_by_store "$old late" "refused: epoch $old is older than $EPOCH"
	# a line whose end did not reach the disk
	printf 9 >> kept
	restart_store
	check "fence: a torn last line is not read as an epoch" wait_for in_file store.log "^highest epoch $EPOCH$"
	check "fence: the leader's write after the torn line is accepted" wait_for writes third
	restart_store
	check "fence: the new line does not continue the torn one" wait_for in_file store.log "^highest epoch ${EPOCH:0:1}[0-9]{$((${#EPOCH} - 1))}$"
	check "fence: the store has every whole line" test "$(command cut -d ' ' -f 2 kept | paste -sd ' ')" = "first second third"
	stop_all q "1 2 3"
}

# ---- the events, in Python -------------------------------------------------------

yielded() { # WORDS: succeeds if the Python generator yielded a line that matches
	in_file events.log "$1" && return
	why="$why $(tail -n 1 events.err)"
	return 1
}
python() {
	local LIMIT=$((3 * LIMIT))	# Python and its schemas start slowly in a guest
	local spec=$top/Documentation/netlink/specs/bully.yaml
	start_all y "1 2"
	check "python: node 2 leads" leads y 2 "1 2"
	# the schema for new families has no word for GENL_UNS_ADMIN_PERM; genetlink-legacy has one
	ip netns exec n1 env YNL_SCHEMA="$build/ynl/Documentation/netlink/genetlink-legacy.yaml" \
		"$examples/events.py" "$build/ynl/tools/net/ynl" "$spec" y > events.log 2> events.err &
	check "python: the generator yields a snapshot" wait_for yielded \
		'"snapshot", "group": "y", .*"state": "follower", "leader": 2, "epoch": [0-9]{16},'
	bullyctl -j -n n1 monitor y > monitor.log &
	wait_for test -s monitor.log
	bc 2 resign y
	check "python: the generator yields the resignation" wait_for yielded '"leader-ntf", .*"leader": 1, .*"reason": "resigned"'
	stop_all y "1 2"
	check "python: the generator yields the deletion" wait_for yielded '"group-del-ntf"'
	check "python: bullyctl's monitor has the deletion too" wait_for in_file monitor.log '"group-del"'
	# numbers, leaders and epochs in the order in which bullyctl prints them
	check "python: both have the same events" test \
		"$(jq -rs 'map([.seq, .state, .leader, .epoch, .reason] | tostring) | unique | .[]' events.log)" = \
		"$(jq -rs 'map([.seq, .state, .leader, .epoch, .reason] | tostring) | unique | .[]' monitor.log)"
}

net_up 3
for section in "${SECTIONS[@]}"; do
	# section daemon begins without the module
	[ "$section" = daemon ] || modprobe bully
	"$section"
done
finish
