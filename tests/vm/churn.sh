#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Adds and removes groups, peers, keys, owners, namespaces and the module while packets, dumps
# and events flow. A fault shows in the kernel's log, which decides the guest's verdict.
# HB is the heartbeat: short, so that each round has packets in flight.
# numbers: ROUNDS=60 RELOADS=4 NETNS=6 HB=20ms
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

# readers: starts readers that do not end. Each counts its rounds in lines, because a number
# that is written again is missing for a moment.
readers() {
	loop dump "bullyctl -j -n n1 show" &
	loop stats "bullyctl -j -n n2 stats" &
	bullyctl -j -n n1 monitor > monitor1 2>&1 &
	bullyctl -j -n n2 monitor > monitor2 2>&1 &
	# owners of group o, which is added and deleted; each is killed after 5 s at most
	loop owner1 "owner 1" &
	loop owner2 "owner 2" &
}
owner() { timeout -s KILL 5 ip netns exec "n$1" /usr/bin/python3 "$(dirname "$0")/owner.py" churn o; }
loop() {
	local name=$1
	while :; do
		$2 > "$name.out" 2>&1 || :
		echo >> "$name.rounds"
		nap
	done
}
stop_readers() {
	# shellcheck disable=SC2046
	kill $(jobs -p) 2> /dev/null || :
	wait
}

add_and_delete() {
	local round i
	for round in $(seq "$ROUNDS"); do
		i=$((round % 3 + 1))
		case $((round % 4)) in
		0)	bc "$i" group del g && start g "$i" "1 2 3" "${keys[@]}" || return 1 ;;
		1)	bc "$i" peer del g id $((i % 3 + 1)) &&
			bc "$i" peer add g id $((i % 3 + 1)) addr "10.7.0.$((i % 3 + 1))" || return 1 ;;
		2)	start "x$round" "$i" "1 2 3" "${keys[@]}" && bc "$i" group del "x$round" || return 1
			# group o, which is owned, is deleted, changed or set again
			case $((round % 5)) in
			0)	bc "$i" group del o || : ;;
			1 | 2)	start o "$i" "1 2" "${keys[@]}" || return 1 ;;
			*)	start o "$i" "1 2 3" "${keys[@]}" || return 1 ;;
			esac ;;
		3)	bc "$i" group set g guard 10.7.0.100,fd07::100 && bc "$i" group set g guard none || return 1
			bc "$i" group set g preempt off && bc "$i" group set g preempt on key-file both &&
			bc "$i" group set g key-file one || return 1 ;;
		esac
		why="round $round"
	done
}

# A namespace is deleted while its node leads and an election runs.
namespaces() {
	local round
	for round in $(seq "$NETNS"); do
		ip netns add n4
		ip link add v4 type veth peer name eth0 netns n4
		ip link set v4 master br0 up
		ip -n n4 link set eth0 up
		ip -n n4 addr add 10.7.0.4/24 dev eth0
		start m 4 "1 2 3 4" "${keys[@]}" || return 1
		[ $((round % 2)) = 0 ] || wait_for agree m 4 4 || return 1
		bc 1 elect m || return 1
		ip netns del n4
		wait_for none_of v4 || return 1
	done
}
none_of() { [ ! -e "/sys/class/net/$1" ]; }

unload() { rmmod bully 2> /dev/null; }
reload() {
	local round
	for round in $(seq "$RELOADS"); do
		# a running dump holds the module, and its reader may have to wait for a processor
		wait_for unload || { why="round $round: rmmod"; return 1; }
		modprobe bully || { why="round $round: modprobe"; return 1; }
		start_all g "1 2 3" "${keys[@]}" || { why="round $round: start"; return 1; }
		# in every other round the module is unloaded during the first election
		[ $((round % 2)) = 0 ] || leads g 3 "1 2 3" || return 1
	done
}

came_round() {
	local name rounds
	for name in dump stats; do
		rounds=$(wc -l < "$name.rounds")
		echo "# $name: $rounds rounds"
		why="$name came round $rounds times"
		[ "$rounds" -ge 20 ] || return 1
	done
}

modprobe bully
net_up 3
umask 077
bullyctl genkey > one
{ sed 's/$/ active/' one; bullyctl genkey 2; } > both
# a group that restarts so often must not be held down
keys=(key-file "$PWD/one" holddown off)
check "three nodes are configured" start_all g "1 2 3" "${keys[@]}"
check "the highest node leads" leads g 3 "1 2 3"
readers
began=$SECONDS
check "groups are added and deleted in $ROUNDS rounds" add_and_delete
echo "# $((SECONDS - began)) s"
check "all agree on the highest node after the rounds" leads g 3 "1 2 3"
for i in 1 2 3; do
	check "node $i starts a group with a fourth node" start m $i "1 2 3 4" "${keys[@]}"
done
check "$NETNS namespaces are deleted during an election" namespaces
check "the other nodes keep their leader" leads m 3 "1 2 3"
check "the module is unloaded under traffic and loaded $RELOADS times" reload
check "all agree on the highest node at the end" leads g 3 "1 2 3"
check "the readers ran all the time" came_round
check "the monitor has 50 events or more" test "$(wc -l < monitor1)" -ge 50
stop_readers
check "all groups are deleted" stop_all g "1 2 3"
check "no socket is left" test -z "$(ip netns exec n1 grep -E ':6F8F ' /proc/net/udp /proc/net/udp6)"
finish
