#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 2 minutes
# bullyctl monitor --exec with real hooks: they run one at a time and in order, are
# told the newest state under a storm, may fail and hang, and outlive the module.
set -eu
HB_MS=${HB_MS:-400} # nothing is to happen here but what the test does
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
STORM=6
[ -z "${FULL:-}" ] || STORM=100

# A hook that tells when it begins and ends, and what it was told, one line each.
cat > hook <<'END'
#!/bin/sh
echo "begin $BULLY_GROUP $BULLY_STATE ${BULLY_PREVIOUS_STATE:-none} ${BULLY_LEADER:-none} ${BULLY_EPOCH:-none} $BULLY_EVENT ${BULLY_SEQ:-none} $BULLY_EVENTS" >> "$1"
while [ -e "${2:-}" ]; do sleep 0.1; done
echo "end $BULLY_GROUP" >> "$1"
END
chmod +x hook

# hooked FILE ARGUMENT...: a monitor in the background; PID is its own
hooked() {
	local file=$1
	shift
	: > "$file"
	bullyctl -n n1 -j monitor "$@" > "$file.json" 2> "$file.err" &
	PID=$!
}
begins() { grep '^begin ' "$1"; }
last() { begins "$1" | tail -n 1 | command cut -d ' ' -f "$2"; }
last_is() { # FILE FIELDS WORDS
	local got
	got=$(last "$1" "$2") || return 1
	why="the last run was told '$got', not '$3'"
	[ "$got" = "$3" ]
}
# the newest that the hook was told of a group is the newest that there is
told_newest() { # FILE GROUP
	local got
	look 1 "$2" || return 1
	got=$(begins "$1" | grep "^begin $2 " | tail -n 1 | command cut -d ' ' -f 3,5,6,8)
	why="$2: told '$got', is '$STATE $LEADER $EPOCH $SEQ'"
	[ "$got" = "$STATE ${LEADER/null/none} $EPOCH $SEQ" ]
}
# no run begins before the one before has ended
one_at_a_time() {
	why=$(awk '$1 == "begin" && open { print "line " NR ": two at once"; exit }
		$1 == "begin" { open = 1 } $1 == "end" { open = 0 }' "$1")
	[ -z "$why" ]
}
# the numbers of the events that a group's runs were told of only rise
in_order() { # FILE GROUP
	why=$(begins "$1" | awk -v g="$2" '$2 == g && $8 != "none" { if ($8 + 0 <= last + 0 && last != "") print "event " $8 " after " last; last = $8 }')
	[ -z "$why" ]
}
# each run names as the previous state what the run before was told
chained() { # FILE GROUP
	why=$(begins "$1" | awk -v g="$2" '$2 == g { if (was != "" && $4 != was) print "after " was " it is told " $4; was = $3 }')
	[ -z "$why" ]
}
# all events of a group are accounted for by its runs
accounted() { # FILE GROUP
	local told seen
	told=$(begins "$1" | awk -v g="$2" '$2 == g { n += $9 } END { print n + 0 }')
	seen=$(jq -s "[.[] | select(.group == \"$2\")] | length" "$1.json")
	why="$2: runs tell of $told events, there were $seen"
	[ "$told" -eq "$seen" ] && [ "$told" -gt 0 ]
}
runs_less_than() { # FILE GROUP
	local runs events
	runs=$(begins "$1" | grep -c "^begin $2 ") events=$(jq -s "[.[] | select(.group == \"$2\")] | length" "$1.json")
	why="$runs runs for $events events"
	[ "$runs" -lt "$events" ]
}
says() { why="$(tail -n 3 "$1")"; grep -q "$2" "$1"; }
ends_with() { # STATUS
	local status=0
	wait "$PID" || status=$?
	why="status $status"
	[ $status -eq "$1" ]
}
resign_and_back() {
	is 1 "$1" .leader 2 || bc 2 elect "$1"
	wait_for is 1 "$1" .leader 2 && bc 2 resign "$1" && wait_for is 1 "$1" .leader 1 && bc 2 elect "$1" && wait_for is 1 "$1" .leader 2
}
storm() {
	local i
	for i in $(seq $STORM); do
		undisturbed web resign_and_back web || return 1
	done
}

modprobe bully
net_up 2
hooked none web --exec "$PWD/hook" none
check "the initial state of a group that is not there" wait_for last_is none 2-4 "web absent none"
none=$PID
start_all web "1 2"
start_all db "1 2"
check "both groups have a leader" leads web 2 "1 2"
check "db too" leads db 2 "1 2"
check "the hook is told when the group is there, and what it became" wait_for told_newest none web
check "and of that group only" test "$(grep -c ' db ' none)" -eq 0
hooked all --exec "$PWD/hook" all
check "the initial state of all groups" wait_for told_newest all web
check "of each" wait_for told_newest all db
check "it is a snapshot, told once" test "$(begins all | command cut -d ' ' -f 2-4,7,9 | sort | paste -sd,)" = \
	"db follower none snapshot 1,web follower none snapshot 1"
all=$PID
touch hold
hooked slow web --exec-timeout 0s --exec "$PWD/hook" slow hold
slow=$PID
check "a hook that takes long has begun" wait_for last_is slow 2-3 "web follower"

check "a storm of $STORM resignations and elections" storm
check "a quick hook is told the newest state" wait_for told_newest all web
check "the slow one runs still, and no other has begun" test "$(begins slow | wc -l)" -eq 1
rm hold
check "then it is told the newest state, too" wait_for told_newest slow web
for file in all slow; do
	check "$file: one at a time" one_at_a_time $file
	check "$file: in order" in_order $file web
	check "$file: each knows what the one before was told" chained $file web
	check "$file: every event is told of" accounted $file web
done
check "the slow one has been told several events at once" runs_less_than slow web
no_failure() {
	why=$(grep -h failure -- *.err)
	[ -z "$why" ]
}
check "and not a word of failure" no_failure

# What it is told: a leader, and all that belongs to it.
cat > words <<'END'
#!/bin/sh
env | grep ^BULLY_ | sort > "$1.new" && mv "$1.new" "$1"
END
chmod +x words
bc 2 resign web
check "node 1 leads" leads web 1 "1 2"
hooked words.out web --exec "$PWD/words" words.out
check "the environment" wait_for test -s words.out
look 1 web
check "its words" test "$(grep -v 'TIME_NS\|REASON\|_KDIR\|_KERNEL\|_TREE' words.out | paste -sd ' ')" = \
	"BULLY_CAUSE= BULLY_EPOCH=$EPOCH BULLY_EVENT=snapshot BULLY_EVENTS=1 BULLY_FAILURES=0 BULLY_GROUP=web BULLY_ID=1 BULLY_LEADER=1 BULLY_PREVIOUS_EPOCH= BULLY_PREVIOUS_STATE= BULLY_SEQ=$SEQ BULLY_STATE=leader"
kill "$PID"
check "TERM ends it" ends_with 0
bc 2 elect web
check "node 2 leads again" leads web 2 "1 2"

# Hooks that fail and that hang keep nobody from the next state.
hooked bad web --exec sh -c 'echo "begin $BULLY_GROUP $BULLY_STATE" >> bad; exit 3'
bad=$PID
touch stuck
hooked hang web --exec-timeout 4s --exec sh -c \
	'trap "" TERM; echo "begin $BULLY_GROUP $BULLY_STATE" >> hang; [ ! -e stuck ] || { rm stuck; while :; do sleep 1; done; }'
hang=$PID
check "a hook that fails is said" wait_for says bad.err 'group web: sh: exit status 3 (failure 1 of 1 runs)'
check "a hook that hangs is ended, and said" wait_for says hang.err 'ended: it took longer than 4s'
bc 2 resign web
check "what happens next is told to the one that fails" wait_for last_is bad 3 leader
check "its failures are counted" wait_for says bad.err '(failure 2 of 2 runs)'
check "and to the one that hangs" wait_for last_is hang 3 leader
bc 2 elect web
check "and node 2 again" leads web 2 "1 2"
check "the one that hangs is told that, too" wait_for last_is hang 3 follower
kill $bad $hang
for PID in $bad $hang; do check "TERM ends it" ends_with 0; done

# A listener that misses events is told all anew.
resynced() { begins slow | grep -q '^begin web [a-z]* [a-z]* [0-9a-z]* [0-9]* resync '; }
overrun() {
	ip netns exec n1 awk '$2 == 16 && $9 > 0 { found = 1 } END { exit !found }' /proc/net/netlink
}
kill -STOP $slow
for _ in $(seq 10); do
	ip netns exec n1 "$(dirname "$0")/../cli/hostile.py" flood web 1000 || break
	! overrun || break
done
check "a stopped monitor: its events were dropped" overrun
kill -CONT $slow
check "its hook is told of a resync" wait_for resynced
check "and of the newest state" wait_for told_newest slow web
check "one at a time still" one_at_a_time slow
bc 1 group set web misses 3

# Groups and the module go and come.
check "a group is deleted" bc 1 group del web
for file in none all slow; do
	check "$file: it is absent" wait_for last_is $file 2-3 "web absent"
done
check "rmmod with a live group" rmmod bully
check "the other group is absent, too" wait_for last_is all 2-3 "db absent"
check "modprobe" modprobe bully
start web 1 "1 2"
came_back() { begins none | grep -Eq '^begin web [a-z]* absent [0-9a-z]* [0-9]* (group-new|resync) '; }
check "the hook of one group goes on" wait_for came_back
start web 2 "1 2"
for file in none all slow; do
	check "$file: told of the leader" wait_for told_newest $file web
	check "$file: one at a time to the end" one_at_a_time $file
done
rm bad.err hang.err
check "no hook of these ever failed" no_failure
kill $none $all $slow
for PID in $none $all $slow; do check "TERM ends them" ends_with 0; done
finish
