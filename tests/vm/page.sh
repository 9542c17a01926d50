#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The status page (bully(7), page.c): what it says while leaders come and go, that
# nobody writes to it but the kernel, what it keeps and what it does not keep: the
# module, but neither the group nor the namespace. In one guest, with one clock, that
# no page says that its node leads after another's has told of a later leader.
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

# asker: begins one that does as it is told; p WORD...: tells it, and sets got
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
# says WORDS COMMAND...: the answer begins with them
says() {
	local words=$1
	shift
	p "$@" || return 1
	why="$*: $got"
	[[ $got == "$words"* ]]
}
# number WORD...: the answer is one
number() {
	p "$@" || return 1
	why="$*: $got"
	[[ $got =~ ^[0-9]+$ ]]
}
# field NAME: of the last get
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
# opened S I [GROUP]: attached and mapped
opened() { says ok open "$1" "n$2" && says ok attach "$1" "${3:-g}" && says ok map "$1"; }
shut() { says ok unmap "$1" && says ok close "$1"; }

LEADS=4 FOLLOWS=3 INIT=0

# ---- sections ----------------------------------------------------------------

# same_as_show S I: page and show agree on a quiet group
same_as_show() {
	look "$2" g && p get "$1" || return 1
	field leader && why="show: leader $LEADER, epoch $EPOCH, seq $SEQ; page: $got"
	[ "$value" = "$LEADER" ] && field epoch && [ "$value" = "$EPOCH" ] &&
		field event_seq && [ "$value" = "$SEQ" ]
}

classic() {
	check "it is open to all" test "$(stat -c %a /dev/bully)" = 444
	check "leader: it says so, with no end" page_is 3 magic=0x62756c79 version=1 state=$LEADS \
		quorum=0 gone=0 id=3 leader=3 lease_end=18446744073709551615
	check "follower: it names the leader" page_is 1 state=$FOLLOWS id=1 leader=3 lease_end=0
	for i in 1 3; do check "node $i: as show says" wait_for same_as_show "$i" "$i"; done
	bc 3 resign g
	check "resigned: the old leader's page says so" wait_for page_is 3 state=$FOLLOWS leader=2 lease_end=0
	check "resigned: the new one's page says so" page_is 2 state=$LEADS leader=2
	bc 3 elect g
	check "elect: it leads again" wait_for page_is 3 state=$LEADS leader=3
	unplug 3
	check "without a carrier: it leads no more" wait_for page_is 3 state=$INIT leader=0 lease_end=0
	plug 3
	check "with it: it leads" wait_for page_is 3 state=$LEADS
}

# A change wakes who polls; read says up to where it was seen.
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
	check "before attach: no read" says ok open 4 n1
	check "before attach: read is refused" says EINVAL read 4 8
	check "before attach: mmap is refused" says EINVAL map 4
	check "before attach: poll says error" says err poll 4 0
	for bad in empty full tail; do
		check "attach: a name that is none ($bad) is refused" says EINVAL attach 4 @$bad
	done
	check "attach: of '..' too" says EINVAL attach 4 ..
	check "attach: a group that there is not" says ENOENT attach 4 none
	check "attach: after all that it succeeds" says ok attach 4 g
	check "attach: once only" says EBUSY attach 4 g
	check "another ioctl is none" says ENOTTY ioctl 4
	check "read of 7 bytes is refused" says EINVAL read 4 7
	check "read of 16 gives 8" number read 4 16
	check "two pages are refused" says EINVAL map 4 r shared 8192
	check "the second page is refused" says EINVAL map 4 r shared 4096 4096
	check "writable, shared, is refused" says EACCES map 4 rw shared
	check "writable, private, is refused" says EACCES map 4 rw private
	check "private to read" says ok map 4 r private
	check "private: it is the same page" wait_for page_is 4 state=$FOLLOWS leader=3
	check "private: unmap" says ok unmap 4
	for how in shared private; do
		check "$how: map" says ok map 4 r $how
		check "$how: mprotect to write is refused" says EACCES protect 4
		check "$how: so is a debugger's write" says EIO poke 4
		check "$how: it cannot grow" says EFAULT grow 4
		check "$how: unmap" says ok unmap 4
	done
	check "open to write, as root" says ok open 5 n1 rw
	check "open to write: attach" says ok attach 5 g
	check "open to write: and yet nobody maps it to write" says EACCES map 5 rw shared
	says ok close 4 && says ok close 5
	check "poll and read" undisturbed g polled
	check "a child has the mapping" says "magic=0x62756c79" fork 1
	check "any user may read" unprivileged
}
unprivileged() {
	got=$(printf 'open 0 -\nattach 0 g\nmap 0\nget 0\n' |
		ip netns exec n1 setpriv --reuid 65534 --regid 65534 --clear-groups ./page | tail -n 1)
	why=$got
	field leader && [ "$value" = 3 ]
}

# However many wait for a change, all of them are woken, a few under each hold of a lock.
crowd() {
	local reader
	leads g 3 "1 2 3" || :
	./page crowd n1 g $CROWD > crowd &
	reader=$!
	check "$CROWD waiters" wait_for grep -q ready crowd
	bc 3 resign g
	why=$(tail -n 1 crowd)
	check "a change wakes all of them" wait $reader
	sed 's/^/# /' crowd
	check "the next one leads" leads g 2 "1 2 3"
	bc 3 elect g
	check "the highest leads again" leads g 3 "1 2 3"
}

# The page's end of the lease before and after a show: it is between them.
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
	check "3 nodes in quorum mode" start_all g "1 2 3" "${quorum[@]}"
	check "the pages are the same ones: no leader yet" page_is 3 quorum=1 gone=0
	check "the highest leads" leads g 3 "1 2 3"
	check "leader: its page says so" page_is 3 state=$LEADS leader=3
	check "follower: no lease" page_is 1 state=$FOLLOWS leader=3 lease_end=0
	check "the end of the lease is what show says" undisturbed g lease_as_shown
	check "it moves on with each renewal, which is no change" undisturbed g moves_on
	cut 3
	check "cut off: the next leads" leads g 2 "1 2"
	check "cut off: the old one's page says so" page_is 3 leader=0 lease_end=0
	heal 3
	check "healed: the highest leads" leads g 3 "1 2 3"
	check "another time namespace: the lease is its own clock's" undisturbed g time_namespace
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

# Two readers that never stop; state and lease change as fast as may be.
storm() {
	local pids=() pid
	HB=${QUICK_MS}ms check "a quick group" start_all s "1 2 3" quorum majority lease 2s holddown off
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
		check "reader $pid: nothing is torn" wait "${pids[pid - 1]}"
		check "reader $pid: changes" grep -qvE ' 0 changes' storm$pid
	done
	check "reads met writes, and were tried again" grep -qE ', [1-9][0-9]* tried again' storm1 storm2
	check "the quick group goes" stop_all s "1 2 3"
}

led_anew() { look 1 g && [ "$LEADER" != null ] && [ "$EPOCH" -gt "$1" ]; }
led_by_3() { follows 3 g 3 || { bc 3 elect g > /dev/null 2>&1; false; }; }
# While leaders come and go in every way there is.
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
		# a guest that is busy reading may have lost it meanwhile
		wait_for led_by_3 || return 1
	done
}
in_quorum_mode() {
	is 3 g .quorum majority || start_all g "1 2 3" "${quorum[@]}" || return 1
	leads g 3 "1 2 3"
}
order() {
	local reader status=0
	check "a group in quorum mode" in_quorum_mode
	./page order g 3600000 n1 n2 n3 > order &
	reader=$!
	check "leaders come and go" leaders
	kill $reader 2> /dev/null || :
	wait $reader || status=$?
	sed 's/^/# /' order
	why=$(cat order)
	check "an old leader's page never says that it leads after a later one's" test $status -eq 0
	check "it has seen them" test "$(sed -n 's/.*, \([0-9]*\) leaders$/\1/p' order)" -ge $ORDER

	check "a group in classic mode" start_all c "1 2 3" holddown off
	check "it has a leader" leads c 3 "1 2 3"
	./page order c $((LIMIT * 1000)) n1 n2 n3 > order &
	reader=$!
	cut 3
	status=0
	wait $reader || status=$?
	heal 3
	sed 's/^/# cut in two: /' order
	check "classic mode does not promise that, and it is found" test $status -eq 1
	check "it is deleted" stop_all c "1 2 3"
}

# What an event has told the page has said before.
events() {
	local reader
	check "a group in quorum mode" in_quorum_mode
	./page behind n3 g < <(bullyctl -j -n n3 monitor g & echo $! > monitor; wait) > behind &
	reader=$!
	wait_for grep -q ready behind
	check "a leader goes, and returns" go_and_return
	kill "$(cat monitor)"
	check "the page is never behind an event" wait $reader
	sed 's/^/# /' behind
	check "there were events" grep -qE '^([3-9]|[0-9]{2,}) events' behind
}
go_and_return() { bc 3 resign g && leads g 2 "1 2 3" && bc 3 elect g && leads g 3 "1 2 3"; }

# Groups and namespaces go, the page is there and says so.
gone() {
	check "a group in quorum mode" in_quorum_mode
	check "the leader's group is deleted" bc 3 group del g
	check "its page says gone" wait_for page_is 3 gone=1 state=$INIT leader=0 lease_end=0 id=3
	p get 3 && field changes && before=$value
	check "gone is a change" says "$before" read 3 8
	check "added again" start g 3 "1 2 3" "${quorum[@]}"
	check "it leads" leads g 3 "1 2 3"
	check "the old page knows nothing of it" page_is 3 gone=1 leader=0 "changes=$before"
	check "another descriptor: a new page" opened 4 3
	check "the new one says that it leads" page_is 4 gone=0 state=$LEADS
	check "the old one is let go" shut 3
	check "replaced by setconf, with another id" replaced
	check "the page goes over to it" wait_for page_is 4 gone=0 id=4
	check "and back" start g 3 "1 2 3" "${quorum[@]}"
	check "the page goes back, too" wait_for page_is 4 gone=0 id=3 state=$LEADS
	check "let go" shut 4
	check "a page of the group" opened 3 3

	ip netns add n4
	check "a group of a namespace" bullyctl -n n4 group add g id 4
	check "attached there" opened 4 4
	check "opened there, not attached" says ok open 5 n4
	check "closed" says ok close 4
	ip netns del n4
	check "a descriptor that is not attached has the namespace" holds 1000 page_is 4 gone=0 id=4
	check "it can still be attached" says ok attach 5 g
	check "attached: the namespace goes, and the page says so" wait_for page_is 4 gone=1
	check "poll and read go on" says in poll 5 0
	check "both are let go" let_go
}
let_go() { says ok unmap 4 && says ok close 5; }
# the same name, another id: its place is taken by another group
replaced() {
	printf '[group g]\nid = 4\nheartbeat = %s\n[peer 1]\naddr = 10.7.0.1\n' "$HB" | bc 3 setconf -
}

churn() {
	local pids=() pid
	check "a group" start_all g "1 2 3" "${quorum[@]}"
	./page churn n3 g > churn1 & pids+=($!)
	./page churn n3 g > churn2 & pids+=($!)
	check "$CHURN times deleted and added" delete_and_add
	kill "${pids[@]}"
	for pid in 1 2; do
		check "opened and closed all the while" wait "${pids[pid - 1]}"
		sed 's/^/# /' churn$pid
	done
	# how often depends on the machine alone
	check "100 times and more" test "$(counted opened)" -ge 100
	check "groups went under it" test "$(counted 'gone under it')" -gt 0
	check "it is deleted" stop_all g "1 2 3"
}
delete_and_add() {
	local i
	for i in $(seq $CHURN); do
		bc 3 group del g && start g 3 "1 2 3" "${quorum[@]}" || { why="round $i"; return 1; }
	done
}
# counted WORDS: the sum of the numbers before them
counted() { sed -n "s/.*\b\([0-9][0-9]*\) $1.*/\1/p" churn1 churn2 | jq -s add; }

in_use() { refused 1 "in use" rmmod bully; }
unloading() {
	start_all g "1 2 3" && opened 6 3 && leads g 3 "1 2 3"
	check "rmmod with a descriptor is refused" in_use
	check "closed, still mapped" says ok close 6
	check "rmmod with a mapping is refused" in_use
	check "and nothing has happened" wait_for page_is 6 state=$LEADS gone=0
	check "unmapped" says ok unmap 6
	check "rmmod" rmmod bully
	check "the device is gone" test ! -e /dev/bully
	modprobe bully
	check "loaded again: it is there" test -c /dev/bully
}

modprobe bully
net_up 3
asker
check "a group: nobody looks at it yet" start_all g "1 2 3" holddown off
for i in 1 2 3; do check "page of node $i" opened "$i" "$i"; done
check "the highest leads" leads g 3 "1 2 3"
run_sections
for i in 1 2 3; do shut $i || :; done
unloading
no_asker
finish
