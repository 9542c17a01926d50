#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the limits: the number of groups and peers, the ports, and the lower limits for a user
# that is root only in a user namespace.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# a timer is not in the list while it fires
timers() { grep -c bully_rescue_handler /proc/timer_list || :; }
timers_are() {
	why="$(timers) rescue timers"
	[ "$(timers)" -eq "$1" ]
}
log_lines() { dmesg | grep -c "bully: group $1: " || :; }
logged_since() { [ "$(log_lines "$1")" -gt "$2" ]; }
without() { setpriv --bounding-set=-net_bind_service "$@"; }
# in_user_ns COMMANDS: runs them as root of a new user and network namespace, which the user WHO
# makes. Without WHO the user is random and owns nothing yet, because a namespace ends some
# time after its last process.
in_user_ns() {
	local who=${WHO:-$((10000 + SRANDOM % 50000))}
	setpriv --reuid "$who" --regid "$who" --clear-groups \
		unshare --user --map-root-user --net --kill-child bash -euc "PATH=/tmp:$PATH; $1"
}
as_user() {
	local WHO=$1
	shift
	"$@"
}
# a copy that every user may run
install -m 755 "$(command -v bullyctl)" /tmp/bullyctl
trap 'rm -f /tmp/bullyctl' EXIT
chmod 777 .
lo_up='ip link set lo up'

modprobe bully

check "port: a low port is refused without CAP_NET_BIND_SERVICE" refused 2 "group p: this port needs CAP_NET_BIND_SERVICE" \
	without bullyctl group add p id 1 local '*:53'
check "port: a high port needs no capability" without bullyctl group add p id 1 local '*:5300'
check "port: a change of another option needs no capability" without bullyctl group set p misses 4
check "port: a change to a low port is refused without the capability" refused 2 "this port needs CAP_NET_BIND_SERVICE" \
	without bullyctl group set p local '*:53'
check "port: a change to a low port succeeds with the capability" bullyctl group set p local '*:53'
check "port: a group on a low port can be changed without the capability" without bullyctl group set p misses 5
bullyctl group del p

check "user namespace: a heartbeat below the floor is refused" refused 2 "the heartbeat is too short for a user namespace" \
	in_user_ns "bullyctl group add u id 1 heartbeat 9999us"
check "user namespace: a heartbeat at the floor is accepted" in_user_ns "bullyctl group add u id 1 heartbeat 10ms"
# A limit counts for a user: a second namespace, beside the first or inside it, adds nothing.
parameter() { echo "$2" > "/sys/module/bully/parameters/$1"; }
no_groups='the module parameter user_groups allows this user no more groups'
three='for g in a b c; do bullyctl group add $g id 1; done'
parameter user_groups 3
check "groups: a user may have three groups" in_user_ns "$three"
check "groups: a fourth group is refused" refused 2 "$no_groups" in_user_ns "$three; bullyctl group add d id 1"
check "groups: the limit covers a second network namespace" refused 2 "$no_groups" \
	in_user_ns "$three; unshare --net bullyctl group add d id 1"
check "groups: the limit covers a nested user namespace" refused 2 "$no_groups" \
	in_user_ns "$three; unshare --user --map-root-user --net bullyctl group add d id 1"
check "groups: a group may be replaced at the limit" in_user_ns \
	"$three; printf '[group a]\nid = 2\n' | bullyctl setconf -"
check "groups: a deleted group makes room for another" in_user_ns \
	"$three; bullyctl group del a; unshare --net bullyctl group add d id 1"
as_user 9000 in_user_ns "$three; echo > $PWD/full; until [ -e $PWD/end ]; do sleep 0.2; done" &
check "groups: a process of the user holds all groups" wait_for test -e full
check "groups: the limit covers a second user namespace of the user" refused 2 "$no_groups" \
	as_user 9000 in_user_ns "bullyctl group add d id 1"
check "groups: another user has a limit of its own" in_user_ns "$three"
many='for g in a b c d e; do bullyctl group add $g id 1; done'
check "groups: the host's root has no such limit" unshare --net bash -euc "$many"
of_root() { unshare --user --map-root-user --net bash -euc "$1"; }
check "groups: a user namespace of the host's root has a limit of its own" of_root "$three"
check "groups: a user namespace of the host's root cannot exceed its limit" refused 2 "$no_groups" of_root "$many"
touch end
wait
check "groups: the end of a namespace makes room for other groups" wait_for as_user 9000 in_user_ns "$three"
parameter user_groups 64

# conf GROUP N MS [FIRST]: a file with N peers and that heartbeat
conf() {
	printf '[group %s]\nid = 999\nheartbeat = %sms\n' "$1" "$3"
	seq "${4:-1}" $((${4:-1} + $2 - 1)) | sed 's/.*/[peer &]\naddr = 10.9.0.&/'
}
conf p 10 10 > most
conf p 10 10 11 > others
conf p 11 10 > over
conf p 20 20 > slow
chmod 644 most others over slow
no_packets='the module parameter user_packets allows this user no more packets a second'
one_more='bullyctl peer add p id 99 addr 10.9.0.99'
set_most="bullyctl setconf $PWD/most"
check "packets: a user may send 1000 packets a second" in_user_ns "$set_most"
check "packets: a configuration above that is refused" refused 2 "$no_packets" in_user_ns "bullyctl setconf $PWD/over"
check "packets: one more peer above that is refused" refused 2 "$no_packets" in_user_ns "$set_most; $one_more"
check "packets: the limit covers a second namespace" refused 2 "$no_packets" in_user_ns \
	"$set_most; unshare --net bash -euc 'bullyctl group add p id 1 heartbeat 60s; $one_more'"
check "packets: a shorter heartbeat above that is refused" refused 2 "$no_packets" in_user_ns \
	"bullyctl setconf $PWD/slow; bullyctl group set p heartbeat 19ms"
check "packets: other peers may take the place of the first" in_user_ns "$set_most; bullyctl setconf $PWD/others"
check "packets: a deleted peer makes room for another" in_user_ns "$set_most; bullyctl peer del p id 1; $one_more"
check "packets: a longer heartbeat makes room for more peers" in_user_ns \
	"$set_most; bullyctl group set p heartbeat 20ms; $one_more"
check "packets: the host's root has no such limit" bullyctl setconf over
bullyctl group del p
parameter user_peers 12
check "peers: a user may not have more peers than the limit" refused 2 \
	"the module parameter user_peers allows this user no more peers" \
	in_user_ns "$set_most; bullyctl group set p heartbeat 1s
		unshare --net bash -euc 'bullyctl group add p id 1
			for i in 1 2 3; do bullyctl peer add p id 1\$i addr 10.9.0.\$i; done'"
parameter user_peers 1024

parameter user_heartbeat_ms 20
check "user namespace: the floor of the heartbeat can be set" refused 2 "too short for a user namespace" \
	in_user_ns "bullyctl group add u id 1 heartbeat 19ms"
parameter user_heartbeat_ms 10

# A group in a user namespace elects as elsewhere, but it interrupts no processor of the host,
# and it does not write to the host's log.
elects="$lo_up; bullyctl group add u id 2 heartbeat 10ms; bullyctl peer add u id 1 addr 127.0.0.9
	bullyctl wait u leader timeout ${LIMIT}s"
elects_quietly() {
	local said
	said=$(in_user_ns "$elects" 2>&1) || { why=$said; return 1; }
	why="the log has $(log_lines u) lines of it"
	[ "$(log_lines u)" -eq 0 ]
}
check "user namespace: its group elects, and logs nothing on the host" elects_quietly
no_timers_for() {
	local pid=''
	in_user_ns "$lo_up; bullyctl group add u id 2 heartbeat 10ms
		bullyctl peer add u id 1 addr 127.0.0.9; bullyctl wait u leader timeout ${LIMIT}s
		echo > $PWD/leads; sleep 1000" &
	pid=$!
	wait_for test -e leads || return 1
	why="$(timers) rescue timers"
	[ "$(timers)" -eq 0 ] || return 1
	bullyctl group add w id 1
	# kernels since 6.5 need none
	case $(uname -r) in
	6.1.*rt*) ;;
	6.1.*) wait_for timers_are "$(nproc)" || return 1 ;;
	esac
	bullyctl group del w
	why="$(timers) rescue timers are left"
	[ "$(timers)" -eq 0 ] || return 1
	kill "$pid"
	wait "$pid" || :
}
check "user namespace: its group has no timers on the host's processors" no_timers_for

{
	printf '[group p]\nid = 300\n'
	seq 255 | sed 's/.*/[peer &]\naddr = 127.0.1.&/'
} > conf
# an earlier test in this guest may have logged such a group
had=$(log_lines p)
check "255 peers are configured" bullyctl setconf conf
check "255 peers are shown" test "$(bullyctl -j show p | jq '.[0].peers | length')" -eq 255
check "the 256th peer is refused" refused 2 "a group has at most 255 peers" \
	bullyctl peer add p id 256 addr 127.0.2.1
check "one of 255 peers is deleted" bullyctl peer del p id 7
check "another peer is added in its place" bullyctl peer add p id 256 addr 127.0.2.1
check "the group with 255 peers gets its leader" bullyctl wait p leader timeout "${LIMIT}s"
check "the log has the leader of a group of the host" wait_for logged_since p "$had"

seq -f 'g%g' 1023 | sed 's/.*/[group &]\nid = 1/' > conf
check "1024 groups are configured" bullyctl setconf conf
check "1024 groups are shown" test "$(bullyctl -j show | jq length)" -eq 1024
check "the 1025th group is refused" refused 2 "there are 1024 groups already" bullyctl group add more id 1
check "one of 1024 groups may be replaced" bullyctl setconf conf
check "the module is unloaded with 1024 groups" rmmod bully
finish
