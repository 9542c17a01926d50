#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests libbully with the status page: the leader is read from a mapped page, without a system
# call if the vDSO has a clock; also in time namespaces, and how changes and the end are told.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
CALLS=100000
clocksource=/sys/devices/system/clocksource/clocksource0

ns() { # I CMD...
	local node=$1
	shift
	ip netns exec "n$node" "$@"
}
leads_says() { # I GROUP WORDS: succeeds if the library's answer matches
	local got
	got=$(ns "$1" ./leads ask "$2" 2>&1) || :
	why="n$1: '$got'"
	[[ "$got" =~ ^($3)$ ]]
}
# agrees I GROUP: succeeds if the page and the netlink family have the same leader and epoch
agrees() {
	look "$1" "$2" || return 1
	if [ "$STATE" = leader ]; then leads_says "$1" "$2" "$EPOCH"; else leads_says "$1" "$2" no; fi
}
complains() { # WORDS CMD...: succeeds if CMD fails and prints WORDS
	local words=$1 out
	shift
	out=$("$@" 2>&1) && return 1
	why="it said '$out'"
	[[ $out == *"$words"* ]]
}
# calls GROUP N: sets CALLED to the number of system calls of N questions, and YES to the answers "yes"
calls() {
	local n
	ns 2 strace -o trace -e trace=all ./leads count "$1" "$2" > counted || return 1
	n=$(sed -n '/write(1, "begin/,/write(1, "end/p' trace | grep -c '^[a-z]') || :
	# two of the calls write the lines "begin" and "end"
	CALLED=$((n - 2)) YES=$(sed -n 's/^end //p' counted)
	why="$CALLED system calls, $YES times yes"
}
no_call() { calls "$1" $CALLS && [ $CALLED -eq 0 ] && [ "$YES" -eq $CALLS ]; }
# a node that has lost its lease reads no clock
each_a_call() { calls "$1" 200 && [ "$YES" -gt 0 ] && [ $CALLED -ge "$YES" ]; }
# costs GROUP: prints the cost of a question for the reader; fails unless each answer is yes
costs() {
	local said
	said=$(ns 2 ./cost "$1" 2>&1) || { why="it said '$said'"; return 1; }
	echo "# bully_is_leader() beside getppid(): $said"
}
last_says() { # FILE WORDS
	why="it said '$(paste -sd' ' "$1")'"
	[[ "$(tail -n 1 "$1")" =~ ^($2)$ ]]
}
said() { grep -qE "^($2)$" "$1"; }

modprobe bully
net_up 2
# shellcheck disable=SC2046
check "the test program is compiled with the library" gcc -std=gnu11 -D_GNU_SOURCE -O2 -I"$top/userspace/lib" -I"$top/kmod/uapi" \
	-o leads "$here/leads.c" "$top/userspace/lib/libbully.a" $(pkg-config --libs libnl-genl-3.0)
# shellcheck disable=SC2046
check "the benchmark of bully_is_leader() is compiled" gcc -std=gnu11 -D_GNU_SOURCE -O2 -I"$top/userspace/lib" -I"$top/kmod/uapi" \
	-o cost "$here/../bench/vm/page.c" "$top/userspace/lib/libbully.a" $(pkg-config --libs libnl-genl-3.0)

check "a group that does not exist is reported" complains "errno 2: there is no such group" ns 1 ./leads ask g
check "a name that is too long is reported" complains "errno 22: a group's name is 1 to 15 bytes long" ns 1 ./leads ask 1234567890123456
check "an invalid name is reported" complains "errno 22: a group cannot have this name" ns 1 ./leads ask a/b
start_all g "1 2"
start_all q "1 2" quorum majority lease "$((5 * HB_MS))ms"
check "classic mode: the highest node leads" leads g 2 "1 2"
check "quorum mode: the highest node leads" leads q 2 "1 2"
for group in g q; do
	check "$group: the leader's page agrees with show" wait_for agrees 2 $group
	check "$group: the follower's page agrees with show" wait_for agrees 1 $group
done
check "another network namespace has none of the groups" complains "there is no such group" ./leads ask g
check "an unprivileged process may ask" ns 2 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all ./leads ask q

# ---- system calls -----------------------------------------------------------

echo "# clock sources: $(cat $clocksource/available_clocksource); in use: $(cat $clocksource/current_clocksource)"
check "the clock is read in the vDSO" test "$(ns 2 ./leads cheap q)" = cheap
check "quorum mode: $CALLS questions need no system call" wait_for no_call q
check "classic mode: $CALLS questions need no system call" no_call g
check "quorum mode: the cost of a question is measured" wait_for costs q
was=$(cat $clocksource/current_clocksource)
other=$(tr ' ' '\n' < $clocksource/available_clocksource | grep -E '^(hpet|acpi_pm)$' | head -n 1) || :
if [ -n "$other" ]; then
	echo "$other" > $clocksource/current_clocksource
	check "clock source $other: libbully reports that a question is not cheap" test "$(ns 2 ./leads cheap q)" = "not cheap"
	check "clock source $other: each positive answer needs one system call" wait_for each_a_call q
	check "classic mode needs no clock" no_call g
	echo "$was" > $clocksource/current_clocksource
else
	skip "another clock source" "$KERNEL has none"
fi

# ---- time namespaces --------------------------------------------------------

if [ -e /proc/self/ns/time ]; then
	check "time namespace: a process a week ahead sees the leader" ns 2 unshare -T --boottime 604800 ./leads ask q
	check "time namespace: a child there has to open the page anew, and then sees the leader" test \
		"$(ns 2 ./leads timens q | paste -sd';')" = "inherited: no, gone;anew: leads, there;the parent: leads, there"
else
	skip "time namespaces" "$KERNEL has none"
fi

# ---- changes ----------------------------------------------------------------

ns 2 ./leads watch q > watched &
ns 1 ./leads watch q > watched.1 &
check "a watcher of the leader sees an epoch" wait_for last_says watched '[0-9]+'
check "a watcher of the follower sees no leadership" wait_for last_says watched.1 no
first=$(tail -n 1 watched)
bc 2 resign q
check "resign: the watcher of the old leader sees no leadership" wait_for last_says watched no
check "resign: the watcher of the new leader sees an epoch" wait_for last_says watched.1 '[0-9]+'
check "resign: the new leader's epoch is higher" test "$(tail -n 1 watched.1)" -gt "$first"
cut 1
check "cut off: the watcher sees the end of the lease" wait_for last_says watched.1 no
heal 1
check "link healed: one of the nodes leads" wait_for one q "1 2"

# A replaced group keeps its page.
start q 2 "1 2" quorum majority lease "$((5 * HB_MS))ms" preempt off
check "a replaced group keeps its page" wait_for agrees 2 q
check "no watcher was told that the replaced group is gone" test -z "$(grep gone watched)"

# ---- the end ----------------------------------------------------------------

refuses_to_go() { ! rmmod bully 2> /dev/null && [ -d /sys/module/bully ]; }
check "the module cannot be unloaded while a page is open" refuses_to_go
bc 2 group del q
check "group deleted: its watcher is told that the group is gone" wait_for said watched gone
bc 1 group del q
check "group deleted on the other node: its watcher is told that the group is gone" wait_for said watched.1 gone
stop_all g "1 2"
goes() { rmmod bully; }
check "all pages closed: the module can be unloaded" wait_for goes
modprobe bully
check "a missing device is reported" complains "the module is loaded, but /dev/bully is missing" \
	ns 1 unshare -m sh -c 'mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3 && ./leads ask q'
start_all q "1 2" quorum majority lease "$((5 * HB_MS))ms"
check "module loaded again: the page is opened anew" wait_for agrees 2 q
finish
