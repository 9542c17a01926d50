#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the module's effect on its host: what tools that watch dropped packets see, the cost of
# the end of a namespace, the right to a low port, and that no request waits while a module loads.
# sections: ends opener drops loading
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
tracing=/sys/kernel/tracing

# section ends: a namespace that never had a group ends as quickly as without the module
barriers() { grep -c 'bully_barrier:' $tracing/trace || :; }
still() {
	why="$(barriers) calls, not $1"
	[ "$(barriers)" -eq "$1" ]
}
# end_of_one [COMMAND]: runs COMMAND in a namespace, deletes it, and sets N to the number of
# calls of rcu_barrier()
end_of_one() {
	ip netns add gone
	[ $# -eq 0 ] || ip netns exec gone "$@"
	echo > $tracing/trace
	ip netns del gone
	wait_for eval '[ "$(barriers)" -gt 0 ]' || :
	until N=$(barriers) && holds 1000 still "$N"; do :; done
}
ends() {
	local without
	if ! echo 'p:bully_barrier rcu_barrier' 2> /dev/null >> $tracing/kprobe_events; then
		skip "the end of a namespace" "this kernel has no kprobes"
		return
	fi
	echo 1 > $tracing/events/kprobes/bully_barrier/enable
	end_of_one
	without=$N
	modprobe bully
	end_of_one
	echo "# rcu_barrier() at the end of a namespace: $without, with the module $N"
	check "without a group a namespace ends as it does without the module" test "$N" -eq "$without"
	end_of_one bullyctl group add g id 1
	check "the routes of a namespace with a group are removed before it ends" test "$N" -gt "$without"
	echo 0 > $tracing/events/kprobes/bully_barrier/enable
	echo '-:bully_barrier' >> $tracing/kprobe_events
}

# section opener: both the opener and the user of a socket need the capability for a low port
opener() {
	local said
	modprobe bully
	said=$("$(dirname "$0")/opener.py" low 53)
	check "a socket that was opened without the capability cannot get a low port" test "$said" = EACCES
	said=$("$(dirname "$0")/opener.py" high 5300)
	check "that socket may get a high port" test "$said" = ok
	bullyctl group del high
}

# section drops: useless packets are reported as dropped, and used packets are not
# dropped REASON: succeeds if the trace has such a drop
dropped() { grep -q "kfree_skb:.*reason: $1\$" $tracing/trace; }
none_dropped() {
	why=$(grep -m 1 -E 'reason: (PKT_TOO_SMALL|UNHANDLED_PROTO|INVALID_PROTO|NO_SOCKET|SOCKET_FILTER)$' $tracing/trace) || return 0
	return 1
}
send() { ip netns exec n2 bash -c "$1 > /dev/udp/10.7.0.1/28559"; }
drops() {
	modprobe bully
	net_up 2
	start_all g "1 2"
	check "two nodes agree" leads g 2 "1 2"
	echo > $tracing/trace
	echo 1 > $tracing/events/skb/kfree_skb/enable
	check "their messages are not reported as dropped" holds $((10 * HB_MS)) none_dropped
	send "echo short"
	check "a datagram that is too short is reported as dropped" wait_for dropped PKT_TOO_SMALL
	send "head -c 256 /dev/zero"
	check "a datagram of another protocol is reported as dropped" wait_for dropped UNHANDLED_PROTO
	echo 0 > $tracing/events/skb/kfree_skb/enable
	stop_all g "1 2"
	net_down
}

# section loading: other requests do not wait while a key makes the kernel load a module
slow_set() {
	echo "$PWD/slow" > /proc/sys/kernel/modprobe
	bullyctl group set g key-file key &
	wait_for test -e loading
}
loading() {
	local helper from
	helper=$(< /proc/sys/kernel/modprobe)
	modprobe bully
	if grep -q 'hmac(sha256' /proc/crypto; then
		skip "a request while a module is loaded" "hmac(sha256) is in use already"
		return
	fi
	printf '#!/bin/sh\necho "$*" >> %s/loading\nsleep 5\nexit 1\n' "$PWD" > slow
	chmod 755 slow
	(umask 077 && bullyctl genkey > key)
	bullyctl group add g id 1
	check "a key makes the kernel load a module" slow_set
	from=$(uptime_ms)
	check "another group is added meanwhile" bullyctl group add h id 1
	echo "# after $(($(uptime_ms) - from)) ms"
	why="after $(($(uptime_ms) - from)) ms"
	check "that group did not wait for the module" test $(($(uptime_ms) - from)) -lt 4000
	wait
	echo "$helper" > /proc/sys/kernel/modprobe
	bullyctl group del g
	bullyctl group del h
}

[ -e $tracing/trace ] || mount -t tracefs nodev $tracing
! grep -q '^bully ' /proc/modules || rmmod bully
run_sections
finish
