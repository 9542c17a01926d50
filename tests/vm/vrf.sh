#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests groups that `dev` binds to a VRF, with the same addresses in both VRFs, and to a link in
# a VRF. Beside the topology of lib.sh each node has a second link:
#
#      n1                      n2 ...
#      | eth0   | eth1         |      |         VRF red: eth0, VRF blue: eth1,
#      v1       w1             v2     w2        10.7.0.I and fd07::I in both
#      `- br0   `- br1
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

vrfs() {
	local i
	ip link add br1 type bridge mcast_snooping 0 && ip link set br1 up
	for i in $(seq "$NODES"); do
		ip link add "w$i" type veth peer name eth1 netns "n$i"
		ip link set "w$i" master br1 up
		ip -n "n$i" -batch - <<-END || return 1
			link add red type vrf table 10
			link add blue type vrf table 20
			link set red up
			link set blue up
			link set eth0 master red
			link set eth1 master blue up
			addr replace fd07::$i/64 dev eth0 nodad
			addr replace fe80::$i/64 dev eth0 nodad
			addr add 10.7.0.$i/24 dev eth1
			addr add fd07::$i/64 dev eth1 nodad
			route add table 10 unreachable default metric 4278198272
			route add table 20 unreachable default metric 4278198272
			route add table 10 unreachable ::/0 metric 4278198272
			route add table 20 unreachable ::/0 metric 4278198272
		END
	done
}

# in_vrf NAME VRF [OPTION VALUE]...: starts a group of all nodes; the highest must lead
in_vrf() {
	check "$1 in $2: three nodes are configured" start_all "$1" "1 2 3" dev "$2" "${@:3}"
	check "$1 in $2: the highest node leads" leads "$1" 3 "1 2 3"
}

modprobe bully
net_up 3
check "each node has two VRFs" vrfs

in_vrf r red
check "show has the group's VRF" is 1 r .options.dev red
in_vrf b blue
check "r has the same leader beside a group in the other VRF" leads r 3 "1 2 3"

# The carrier of one VRF's link affects only the group in this VRF.
watch_node 3
unplug 3
check "carrier lost in red: node 2 leads r" leads r 2 "1 2"
check "carrier lost in red: node 3 has no leader of r" wait_for is 3 r .leader null
check "carrier lost in red: the leader of b is the same" leads b 3 "1 2 3"
plug 3
check "carrier back in red: node 3 leads r again" leads r 3 "1 2 3"

# A group ignores the other VRF: node 1 asks in blue, nodes 2 and 3 are in red.
check "other VRF: node 1 moves r to blue" bc 1 group set r dev blue
check "other VRF: nodes 2 and 3 still have their leader" leads r 3 "2 3"
check "other VRF: node 1 leads alone" wait_for follows 1 r 1
check "other VRF: messages that arrive in the wrong VRF do not belong to r" wait_for is 3 r '.peers[] | select(.id == 1) | .state' down
check "other VRF: node 1 moves r back" bc 1 group set r dev red
check "other VRF: all nodes follow node 3 again" leads r 3 "1 2 3"

addr() { echo "fd07::$2"; }
in_vrf r6 red
in_vrf b6 blue quorum majority
# link-local addresses belong to a link, also to a link in a VRF
addr() { echo "fe80::$2%eth0"; }
in_vrf l6 eth0
# a datagram for r6 fits both sockets, so the group is chosen by its name
check "r6 has the same leader beside a group on another address" leads r6 3 "1 2 3"
check "l6 has the same leader beside r6" leads l6 3 "1 2 3"
addr() { echo "10.7.0.$2"; }

# a specific local address that both VRFs have
for i in 1 2 3; do
	check "node $i: a group has an address in red" start s "$i" "1 2 3" dev red local "10.7.0.$i:7401"
	check "node $i: another group has that address in blue" start t "$i" "1 2 3" dev blue local "10.7.0.$i:7401"
done

stop_all r "1 2 3"
for i in 1 2 3; do ip link del "w$i"; done
ip link del br1
finish
