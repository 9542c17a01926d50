#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the status page (bully(7), page.c). The page follows each change of the leader. Only the
# kernel writes to it. It keeps the module loaded, but neither the group nor the namespace.
# All nodes have one clock: after one page had a leader, no page says that its node leads
# under an earlier epoch.
# sections: classic refusals crowd lease storm order events gone churn
# numbers: STORM_MS=5000 QUICK_MS=10 ORDER=3 CHURN=10 CROWD=2000
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
LEASE_MS=$((5 * HB_MS))
quorum=(quorum majority lease "${LEASE_MS}ms" holddown off)

gcc -O2 -Wall -Werror -D_GNU_SOURCE -fno-strict-aliasing -I "$here/../../kmod/uapi" -o page \
	"$here"/page{,_look,_watch}.c

# ---- asking page.c -----------------------------------------------------------

# asker: starts page.c; p WORD...: sends a command to page.c, and sets got to the answer
asker() {
	[ -p ask ] || mkfifo ask said
	./page < ask > said &
	asked=$!
	exec {ASK}> ask {SAID}< said
}
p() {
	got=''
	echo "$*" >&"$ASK"
	read -rt "$LIMIT" got <&"$SAID" || { why="page $*: no answer"; return 1; }
}
no_asker() {
	exec {ASK}>&- {SAID}<&-
	wait "$asked" || :
}
# says WORDS COMMAND...: succeeds if the answer begins with WORDS
says() {
	local words=$1
	shift
	p "$@" || return 1
	why="$*: $got"
	[[ $got == "$words"* ]]
}
# number WORD...: succeeds if the answer is a number
number() {
	p "$@" || return 1
	why="$*: $got"
	[[ $got =~ ^[0-9]+$ ]]
}
# field NAME: prints that field of the last get
field() {
	[[ " $got " =~ \ $1=([^ ]*)\  ]] && value=${BASH_REMATCH[1]}
}
# page_is S NAME=VALUE...
page_is() {
	local slot=$1 want
	shift
	p get "$slot" || return 1
	for want; do
		why="page $slot: $got, not $want"
		[[ " $got " == *" $want "* ]] || return 1
	done
}
# opened S I [GROUP]: opens slot S on node I, attaches it to GROUP, and maps the page
opened() { says ok open "$1" "n$2" && says ok attach "$1" "${3:-g}" && says ok map "$1"; }
shut() { says ok unmap "$1" && says ok close "$1"; }

LEADS=4 FOLLOWS=3 INIT=0

# ---- sections ----------------------------------------------------------------

# same_as_show S I: succeeds if the page of slot S agrees with show on node I
same_as_show() {
	look "$2" g && p get "$1" || return 1
	field leader && why="show: leader $LEADER, epoch $EPOCH, seq $SEQ; page: $got"
	[ "$value" = "$LEADER" ] && field epoch && [ "$value" = "$EPOCH" ] &&
		field event_seq && [ "$value" = "$SEQ" ]
}

classic() {
	check "device: every user may open it" test "$(stat -c %a /dev/bully)" = 444
	check "leader: its page has it as the leader, without an end" page_is 3 magic=0x62756c79 version=1 state=$LEADS \
		quorum=0 gone=0 id=3 leader=3 lease_end=18446744073709551615
	check "follower: its page has the leader, and no lease" page_is 1 state=$FOLLOWS id=1 leader=3 lease_end=0
	for i in 1 3; do check "node $i: its page agrees with show" wait_for same_as_show "$i" "$i"; done
	bc 3 resign g
	check "resign: the old leader's page has the next leader" wait_for page_is 3 state=$FOLLOWS leader=2 lease_end=0
	check "resign: the new leader's page has it as the leader" page_is 2 state=$LEADS leader=2
	bc 3 elect g
	check "elect: the highest node's page has it as the leader again" wait_for page_is 3 state=$LEADS leader=3
	unplug 3
	check "carrier lost: the page has no leader" wait_for page_is 3 state=$INIT leader=0 lease_end=0
	plug 3
	check "carrier back: the page has the leader again" wait_for page_is 3 state=$LEADS
}

# A change wakes a process that polls, and read returns the number of changes.
polled() {
	leads g 3 "1 2 3" && says in poll 1 0 || return 1
	p read 1 8 && page_is 1 "changes=$got" && says none poll 1 0 || return 1
	echo "poll 1 ${LIMIT}000" >&"$ASK"
	bc 3 resign g
	read -rt "$LIMIT" got <&"$SAID" || return 1
	why="poll: $got"
	echo "# poll, with a resign of another process: $got"
	[[ $got == in* ]] && leads g 2 "1 2 3" && bc 3 elect g && leads g 3 "1 2 3"
}
refusals() {
	check "before attach: the device is opened" says ok open 4 n1
	check "before attach: read is refused" says EINVAL read 4 8
	check "before attach: mmap is refused" says EINVAL map 4
	check "before attach: poll reports an error" says err poll 4 0
	for bad in empty full tail; do
		check "attach: an invalid name ($bad) is refused" says EINVAL attach 4 @$bad
	done
	check "attach: the name '..' is refused" says EINVAL attach 4 ..
	check "attach: a group that does not exist is refused" says ENOENT attach 4 none
	check "attach: it succeeds after the refusals" says ok attach 4 g
	check "attach: a second attach is refused" says EBUSY attach 4 g
	check "ioctl: an unknown number is refused" says ENOTTY ioctl 4
	check "read: a buffer of 7 bytes is refused" says EINVAL read 4 7
	check "read: a buffer of 16 bytes gets 8" number read 4 16
	check "mmap: two pages are refused" says EINVAL map 4 r shared 8192
	check "mmap: the second page is refused" says EINVAL map 4 r shared 4096 4096
	check "mmap: a shared writable mapping is refused" says EACCES map 4 rw shared
	check "mmap: a private writable mapping is refused" says EACCES map 4 rw private
	check "mmap: a private read-only mapping succeeds" says ok map 4 r private
	check "mmap: a private mapping shows the same page" wait_for page_is 4 state=$FOLLOWS leader=3
	check "mmap: a private mapping is removed" says ok unmap 4
	for how in shared private; do
		check "$how: the page is mapped" says ok map 4 r $how
		check "$how: mprotect to write is refused" says EACCES protect 4
		check "$how: a debugger's write is refused" says EIO poke 4
		check "$how: the mapping cannot grow" says EFAULT grow 4
		check "$how: the page is unmapped" says ok unmap 4
	done
	check "open to write: root may open the device" says ok open 5 n1 rw
	check "open to write: attach succeeds" says ok attach 5 g
	check "open to write: a writable mapping is refused" says EACCES map 5 rw shared
	says ok close 4 && says ok close 5
	check "poll and read report each change once" undisturbed g polled
	check "a child sees its parent's mapping" says "magic=0x62756c79" fork 1
	check "an unprivileged user may read the page" unprivileged
}
unprivileged() {
	got=$(printf 'open 0 -\nattach 0 g\nmap 0\nget 0\n' |
		ip netns exec n1 setpriv --reuid 65534 --regid 65534 --clear-groups ./page | tail -n 1)
	why=$got
	field leader && [ "$value" = 3 ]
}

# One change wakes all waiters; the module takes its lock again after each few of them.
crowd() {
	local reader
	leads g 3 "1 2 3" || :
	./page crowd n1 g $CROWD > crowd &
	reader=$!
	check "crowd: $CROWD waiters wait" wait_for grep -q ready crowd
	bc 3 resign g
	why=$(tail -n 1 crowd)
	check "crowd: one change wakes all of them" wait $reader
	sed 's/^/# /' crowd
	check "crowd: the next node leads" leads g 2 "1 2 3"
	bc 3 elect g
	check "crowd: the highest node leads again" leads g 3 "1 2 3"
}

# The end of the lease in show is between the ends that the page had before and after.
lease_as_shown() {
	local before from to rest after
	leads g 3 "1 2 3" && p get 3 && field lease_end && before=$value && field now && from=$value || return 1
	rest=$(value 3 g .lease_remaining_ns)
	p get 3 && field lease_end && after=$value && field now && to=$value || return 1
	why="show: no lease"
	[ "$rest" != null ] || return 1
	why="page: $before, then $after; show: $((rest + from)) to $((rest + to))"
	[ "$before" -le $((rest + to)) ] && [ "$after" -ge $((rest + from)) ] &&
		[ "$before" -gt "$from" ] && [ $((after - from)) -le $((LEASE_MS * 1000000 + to - from)) ]
}
renewed() {
	p get 3 && field lease_end || return 1
	why="$value after $1"
	[ "$value" -gt "$1" ] && page_is 3 state=$LEADS
}
moves_on() {
	local first changes
	leads g 3 "1 2 3" && p get 3 && field lease_end && first=$value && field changes && changes=$value || return 1
	wait_for renewed "$first" && page_is 3 "changes=$changes"
}
lease() {
	check "lease: 3 nodes in quorum mode are configured" start_all g "1 2 3" "${quorum[@]}"
	check "lease: the pages of the earlier groups are used, and have no leader yet" page_is 3 quorum=1 gone=0
	check "lease: the highest node leads" leads g 3 "1 2 3"
	check "lease: the leader's page has it as the leader" page_is 3 state=$LEADS leader=3
	check "lease: a follower's page has no lease" page_is 1 state=$FOLLOWS leader=3 lease_end=0
	check "lease: the page's end of the lease agrees with show" undisturbed g lease_as_shown
	check "lease: a renewal moves the end and is not a change" undisturbed g moves_on
	cut 3
	check "leader cut off: the next node leads" leads g 2 "1 2"
	check "leader cut off: the old leader's page has no leader" page_is 3 leader=0 lease_end=0
	heal 3
	check "link healed: the highest node leads" leads g 3 "1 2 3"
	check "lease: in another time namespace the end is by that namespace's clock" undisturbed g time_namespace
}
time_namespace() {
	local end
	leads g 3 "1 2 3" || return 1
	got=$(printf 'open 0 -\nattach 0 g\nmap 0\nget 0\n' |
		ip netns exec n3 unshare --fork --time --boottime 100000 ./page | tail -n 1)
	why=$got
	field offset && [ "$value" = 100000000000000 ] && field lease_end && end=$value &&
		field now && [ $((end - value)) -gt 0 ] && [ $((end - value)) -le $((LEASE_MS * 1000000)) ]
}

# Two readers read without a pause while state and lease change as fast as possible.
storm() {
	local pids=() pid
	HB=${QUICK_MS}ms check "storm: a group with a quick heartbeat starts" start_all s "1 2 3" quorum majority lease 2s holddown off
	leads s 3 "1 2 3" || :
	./page storm n3 s $STORM_MS > storm1 & pids+=($!)
	./page storm n2 s $STORM_MS > storm2 & pids+=($!)
	while kill -0 "${pids[0]}" 2> /dev/null; do
		bc 3 resign s > /dev/null 2>&1 || :
		bc 3 elect s > /dev/null 2>&1 || :
	done
	for pid in 1 2; do
		sed "s/^/# reader $pid: /" storm$pid
		why=$(cat storm$pid)
		check "storm: reader $pid saw no torn page" wait "${pids[pid - 1]}"
		check "storm: reader $pid saw changes" grep -qvE ' 0 changes' storm$pid
	done
	check "storm: some reads met writes and were repeated" grep -qE ', [1-9][0-9]* tried again' storm1 storm2
	check "storm: the quick group is deleted" stop_all s "1 2 3"
}

led_anew() { look 1 g && [ "$LEADER" != null ] && [ "$EPOCH" -gt "$1" ]; }
led_by_3() { follows 3 g 3 || { bc 3 elect g > /dev/null 2>&1; false; }; }
# Changes the leader in every way.
leaders() {
	local i epoch
	for i in $(seq $ORDER); do
		look 3 g && epoch=$EPOCH
		case $((i % 3)) in
		0)	bc 3 resign g && wait_for led_anew "$epoch" ;;
		1)	cut 3 && wait_for led_anew "$epoch" && heal 3 ;;
		2)	bc 3 group set g candidate off && wait_for led_anew "$epoch" &&
			bc 3 group set g candidate on ;;
		esac || return 1
		# a busy guest may have lost the leader meanwhile
		wait_for led_by_3 || return 1
	done
}
in_quorum_mode() {
	is 3 g .quorum majority || start_all g "1 2 3" "${quorum[@]}" || return 1
	leads g 3 "1 2 3"
}
order() {
	local reader status=0
	check "order: a group in quorum mode starts" in_quorum_mode
	./page order g 3600000 n1 n2 n3 > order &
	reader=$!
	check "order: leaders come and go" leaders
	kill $reader 2> /dev/null || :
	wait $reader || status=$?
	sed 's/^/# /' order
	why=$(cat order)
	check "order: no page says that its node leads after another page had a later leader" test $status -eq 0
	check "order: the readers saw these leaders" test "$(sed -n 's/.*, \([0-9]*\) leaders$/\1/p' order)" -ge $ORDER

	check "order: a group in classic mode starts" start_all c "1 2 3" holddown off
	check "order: the classic group has its leader" leads c 3 "1 2 3"
	./page order c $((LIMIT * 1000)) n1 n2 n3 > order &
	reader=$!
	cut 3
	status=0
	wait $reader || status=$?
	heal 3
	sed 's/^/# cut in two: /' order
	check "order: two leaders in classic mode, which are possible there, are found" test $status -eq 1
	check "order: the classic group is deleted" stop_all c "1 2 3"
}

# The page has each change before its event is sent.
events() {
	local reader
	check "events: a group in quorum mode starts" in_quorum_mode
	./page behind n3 g < <(bullyctl -j -n n3 monitor g & echo $! > monitor; wait) > behind &
	reader=$!
	wait_for grep -q ready behind
	check "events: a leader goes and returns" go_and_return
	kill "$(cat monitor)"
	check "events: the page is never behind an event" wait $reader
	sed 's/^/# /' behind
	check "events: the reader saw events" grep -qE '^([3-9]|[0-9]{2,}) events' behind
}
go_and_return() { bc 3 resign g && leads g 2 "1 2 3" && bc 3 elect g && leads g 3 "1 2 3"; }

# The page outlives its group and its namespace, and shows their end.
gone() {
	check "gone: a group in quorum mode starts" in_quorum_mode
	check "gone: the leader's group is deleted" bc 3 group del g
	check "gone: the deleted group's page says gone" wait_for page_is 3 gone=1 state=$INIT leader=0 lease_end=0 id=3
	p get 3 && field changes && before=$value
	check "gone: the deletion is counted as a change" says "$before" read 3 8
	check "gone: the group is added again" start g 3 "1 2 3" "${quorum[@]}"
	check "gone: the new group leads" leads g 3 "1 2 3"
	check "gone: the old page does not follow the new group" page_is 3 gone=1 leader=0 "changes=$before"
	check "gone: another descriptor gets a new page" opened 4 3
	check "gone: the new page has its node as the leader" page_is 4 gone=0 state=$LEADS
	check "gone: the old page is released" shut 3
	check "gone: setconf replaces the group by one with another id" replaced
	check "gone: the page follows the replacement" wait_for page_is 4 gone=0 id=4
	check "gone: the group with the first id is added again" start g 3 "1 2 3" "${quorum[@]}"
	check "gone: the page follows that replacement" wait_for page_is 4 gone=0 id=3 state=$LEADS
	check "gone: the page is released" shut 4
	check "gone: a page of the group is opened" opened 3 3

	ip netns add n4
	check "namespace: a group is added in another namespace" bullyctl -n n4 group add g id 4
	check "namespace: a descriptor there is attached" opened 4 4
	check "namespace: a second descriptor there is opened" says ok open 5 n4
	check "namespace: the first descriptor is closed" says ok close 4
	ip netns del n4
	check "namespace: a descriptor without a group keeps the namespace" holds 1000 page_is 4 gone=0 id=4
	check "namespace: that descriptor can still be attached" says ok attach 5 g
	check "namespace: once it is attached the namespace ends, and the page says gone" wait_for page_is 4 gone=1
	check "namespace: poll and read still work" says in poll 5 0
	check "namespace: both pages are released" let_go
}
let_go() { says ok unmap 4 && says ok close 5; }
# replaces the group by one with the same name and another id
replaced() {
	printf '[group g]\nid = 4\nheartbeat = %s\n[peer 1]\naddr = 10.7.0.1\n' "$HB" | bc 3 setconf -
}

churn() {
	local pids=() pid
	check "churn: a group starts" start_all g "1 2 3" "${quorum[@]}"
	./page churn n3 g > churn1 & pids+=($!)
	./page churn n3 g > churn2 & pids+=($!)
	check "churn: the group is deleted and added $CHURN times" delete_and_add
	kill "${pids[@]}"
	for pid in 1 2; do
		check "churn: pages were opened and closed without an error" wait "${pids[pid - 1]}"
		sed 's/^/# /' churn$pid
	done
	# the number depends only on the machine
	check "churn: pages were opened 100 times or more" test "$(counted opened)" -ge 100
	check "churn: some groups were deleted under an attached page" test "$(counted 'gone under it')" -gt 0
	check "churn: the group is deleted" stop_all g "1 2 3"
}
delete_and_add() {
	local i
	for i in $(seq $CHURN); do
		bc 3 group del g && start g 3 "1 2 3" "${quorum[@]}" || { why="round $i"; return 1; }
	done
}
# counted WORDS: prints the sum of the numbers before WORDS
counted() { sed -n "s/.*\b\([0-9][0-9]*\) $1.*/\1/p" churn1 churn2 | jq -s add; }

in_use() { refused 1 "in use" rmmod bully; }
unloading() {
	start_all g "1 2 3" && opened 6 3 && leads g 3 "1 2 3"
	check "module: rmmod is refused while a descriptor is open" in_use
	check "module: the descriptor is closed, and the mapping is kept" says ok close 6
	check "module: rmmod is refused while a mapping exists" in_use
	check "module: the page is undisturbed by the refusals" wait_for page_is 6 state=$LEADS gone=0
	check "module: the page is unmapped" says ok unmap 6
	check "module: rmmod succeeds" rmmod bully
	check "module: the device is removed" test ! -e /dev/bully
	modprobe bully
	check "module: the device returns with the module" test -c /dev/bully
}

modprobe bully
net_up 3
asker
check "a group starts before any page is opened" start_all g "1 2 3" holddown off
for i in 1 2 3; do check "the page of node $i is opened" opened "$i" "$i"; done
check "the highest node leads" leads g 3 "1 2 3"
run_sections
for i in 1 2 3; do shut $i || :; done
unloading
no_asker
finish
