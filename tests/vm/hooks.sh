#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bullyctl monitor --exec with real hooks: they run one at a time and in order, are
# told the newest state under a storm, may fail and hang, wait for no reader, and outlive
# the module. And a command of bullyctl run that cannot be killed.
# numbers: STORM=6
set -eu
HB_MS=${HB_MS:-400} # nothing is to happen here but what the test does
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# A hook that tells when it begins and ends, and what it was told, one line each.
cat > hook <<'END'
#!/bin/sh
echo "begin $BULLY_GROUP $BULLY_STATE ${BULLY_PREVIOUS_STATE:-none} ${BULLY_LEADER:-none} ${BULLY_EPOCH:-none} $BULLY_EVENT ${BULLY_SEQ:-none} $BULLY_EVENTS" >> "$1"
while [ -e "${2:-}" ]; do sleep 0.1; done
echo "end $BULLY_GROUP" >> "$1"
END
chmod +x hook

# hooked FILE ARGUMENT...: a monitor in the background; PID is its own. It begins with the
# signals ignored that $ignoring names.
hooked() {
	local file=$1
	shift
	: > "$file"
	env ${ignoring:+"--ignore-signal=$ignoring"} bullyctl -n n1 -j monitor "$@" > "$file.json" 2> "$file.err" &
	PID=$!
}
# stalled FILE PAGES ARGUMENT...: the same, but its lines go to a pipe that nobody reads and
# that has so many free pages
stalled() {
	local file=$1 pages=$2
	shift 2
	mkfifo "$file.json"
	exec 8<> "$file.json"
	dd if=/dev/zero of="$file.json" bs=4096 oflag=nonblock conv=notrunc status=none 2> /dev/null || :
	[ "$pages" -eq 0 ] || dd if="$file.json" of=/dev/null bs=4096 count="$pages" status=none
	hooked "$file" "$@"
}
# unstall FILE: now somebody reads it
unstall() {
	cat "$1.json" > "$1.raw" 8>&- &
	exec 8>&-
}
lines_of() { tr -d '\0' < "$1.raw"; }
left_out() { lines_of "$1" | grep -q '"event": *"left-out"'; }
judged() {
	lines_of "$1" > "$1.lines"
	why=$("$(dirname "$0")/../cli/check-json.py" lines "$(dirname "$0")/../../userspace/bullyctl/schema/monitor.json" "$1.lines" 2>&1)
}
# what is printed and what is said to be left out are all events that the hook was told of
all_counted() {
	local told lines
	told=$(begins "$1" | awk '{ n += $9 } END { print n + 0 }')
	lines=$(lines_of "$1" | jq -s 'map(.lines // 1) | add')
	why="runs tell of $told events, lines of $lines"
	[ "$told" -eq "$lines" ]
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
# other events may follow, if the guest stands still
check "it is a snapshot, told once" test "$(begins all | grep ' snapshot ' | command cut -d ' ' -f 2-4,7,9 | sort | paste -sd,)" = \
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
while [ -e "${2:-}" ]; do sleep 0.1; done
END
chmod +x words
bc 2 resign web
check "node 1 leads" leads web 1 "1 2"
words_told() {
	[ -z "$words" ] || { kill "$words" && wait "$words"; } || return 1
	# a node that resigned leads again where its successor is lost
	follows 1 web 1 || bc 2 resign web || :
	leads web 1 "1 2" || return 1
	rm -f words.out
	hooked words.told web --exec "$PWD/words" words.out pause
	words=$PID
	wait_for test -s words.out && look 1 web || return 1
	why=$(grep -v 'TIME_NS\|REASON\|_KDIR\|_KERNEL\|_TREE' words.out | paste -sd ' ')
	[ "$why" = "BULLY_CAUSE= BULLY_EPOCH=$EPOCH BULLY_EVENT=snapshot BULLY_EVENTS=1 BULLY_FAILURES=0 BULLY_GROUP=web BULLY_ID=1 BULLY_LEADER=1 BULLY_LED=0 BULLY_PREVIOUS_EPOCH= BULLY_PREVIOUS_STATE= BULLY_SEQ=$SEQ BULLY_STATE=leader" ]
}
words=''
check "the environment of a hook" undisturbed web words_told
PID=$words
# the run that was told of this event of node 1, whose state it still is, and so much of BULLY_LED
told_led() {
	look 1 web
	why=$(grep "SEQ\|STATE\|LED" words.out | paste -sd ' ')
	grep -qx "BULLY_SEQ=$SEQ" words.out && grep -qx BULLY_STATE=leader words.out && grep -qx "BULLY_LED=$1" words.out
}
bc 1 group set web misses 4
check "it has led since the run before" wait_for told_led 1
touch pause
bc 1 group set web misses 3
check "and again" wait_for told_led 1
bc 2 elect web
check "node 2 leads for a while" leads web 2 "1 2"
bc 2 resign web
check "node 1 leads again" leads web 1 "1 2"
rm pause
check "it leads again, but has not led since" wait_for told_led 0
kill "$PID"
check "TERM ends it" ends_with 0
bc 2 elect web
check "node 2 leads again" leads web 2 "1 2"

# Hooks that fail and that hang keep nobody from the next state.
ignoring=CHLD hooked bad web --exec sh -c 'echo "begin $BULLY_GROUP $BULLY_STATE" >> bad; exit 3'
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

# Who does not read the lines keeps the hook from nothing, and is told what it missed.
stalled stall 0 web --exec "$PWD/hook" stall
stall=$PID
check "nobody reads: the hook is told what is" wait_for last_is stall 3 follower
bc 2 resign web
check "nobody reads: that leadership comes" wait_for last_is stall 3 leader
bc 2 elect web
check "nobody reads: and that it goes" wait_for last_is stall 3 follower
check "node 2 leads still" leads web 2 "1 2"
check "nobody reads: the newest" wait_for told_newest stall web
unstall stall
check "a reader comes: he is told that lines were left out" wait_for left_out stall
bc 1 group set web misses 4
check "and the next ones, again" wait_for told_newest stall web
check "no line is missing that is not counted" wait_for all_counted stall
check "their JSON" judged stall
kill $stall
check "TERM ends it" ends_with 0
bc 1 group set web misses 3
# a line that is longer than what a pipe takes at once
{
	printf '[group big]\nid = 1\nlocal = *:7900\nheartbeat = 60s\n'
	for i in $(seq 2 256); do
		printf '[peer %d]\naddr = 10.9.%d.%d\n' "$i" $((i / 128 + 1)) $((i % 128 + 1))
	done
} | bc 1 setconf -
stalled long 2 big --exec "$PWD/hook" long
long=$PID
check "a long line: the hook is told" wait_for told_newest long big
bc 1 group set big misses 4
bc 1 group set big misses 5
check "a long line: and goes on" wait_for told_newest long big
unstall long
check "a long line: what was left out behind it" wait_for left_out long
check "a long line: nothing else is missing" wait_for all_counted long
check "a long line: it is whole" test "$(lines_of long | jq -s '.[0].peers | length')" -eq 255
check "its JSON" judged long
kill $long
check "TERM ends it" ends_with 0
bc 1 group del big

# A command and its child that do not die of KILL: traced by somebody who does not take their
# death. The kernel's own reasons for that cannot be made at will.
start hung 2 "1 2"
bullyctl -n n2 run hung --kill-after 100ms -- sh -c 'sleep 86400 & echo $$ $! > hung.pid; wait' 2> hung.err &
hung=$!
check "run: its command runs" wait_for test -s hung.pid
# shellcheck disable=SC2046 # two words
python3 -c 'import ctypes, signal, sys
PTRACE_SEIZE = 0x4206
for pid in sys.argv[1:]:
    ctypes.CDLL(None).ptrace(PTRACE_SEIZE, int(pid), None, None)
signal.pause()' $(cat hung.pid) &
tracer=$!
held() {
	local pid
	for pid in $(cat hung.pid); do
		grep -q "^TracerPid:.$tracer\$" "/proc/$pid/status" || return 1
	done
}
check "run: it is held fast" wait_for held
bc 2 group del hung
check "run: that it does not die is said" wait_for says hung.err 'does not die of SIGKILL'
switches() { sed -n 's/^voluntary_ctxt_switches:.//p' "/proc/$hung/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$hung/stat"; } # of 10 ms
quiet() {
	local ticks switches
	ticks=$(ticks) switches=$(switches)
	sleep 3
	ticks=$(($(ticks) - ticks)) switches=$(($(switches) - switches))
	why="in 3 s it was woken $switches times and ran for ${ticks}0 ms"
	echo "# $why"
	[ $ticks -lt 100 ] && [ $switches -lt 30 ]
}
check "run: from then on it looks for them rarely" quiet
kill $tracer
PID=$hung
check "run: it ends when that is dead" ends_with 3

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
