#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests groups on interfaces. A group is bound to an interface by name, and follows without a
# command when the interface is deleted, made again or renamed. A link-local address belongs to
# one link in each of its spellings. The source of a packet does not depend on earlier packets.
#
#      n1                n2
#      | eth0   | tun0   |      |          10.8.0.I, fd08::I and fe80::8:I on tun0
#      v1       w1       v2     w2
#      `- br0   `- br1
# sections: sources recreated renamed scopes
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)

# wire I [NAME]: gives node I the interface tun0 (or NAME) with addresses; unwire I: deletes it
wire() {
	local dev=${2:-tun0}
	ip link add "w$1" type veth peer name "$dev" netns "n$1" &&
		ip link set "w$1" master br1 up && addresses "$1" "$dev"
}
addresses() {
	ip -n "n$1" -batch - <<-END
		link set $2 addrgenmode none up
		addr replace 10.8.0.$1/24 dev $2
		addr replace fd08::$1/64 dev $2 nodad
		addr replace fe80::8:$1/64 dev $2 nodad
	END
}
unwire() { ip link del "w$1"; }
renamed_to() { # I OLD NEW
	ip -n "n$1" link set "$2" down && ip -n "n$1" link set "$2" name "$3" && addresses "$1" "$3"
}

doctor_says() { # I GROUP CHECK WORDS
	why=$(bc "$1" -j doctor "$2" | jq -r '.findings[] | select(.result != "ok") | "\(.check): \(.text)"' | paste -sd ';')
	[[ ";$why" == *";$3: "*"$4"* ]]
}
prints() { # I GROUP FILE: showconf prints what is in FILE
	why=$(bc "$1" showconf "$2" | diff "$3" -)
	[ -z "$why" ]
}
sockets() { bc 2 -j stats | jq '.net.sockets'; }
sockets_are() {
	why="$(sockets) sockets"
	[ "$(sockets)" -eq "$1" ]
}

addr6() { echo "[fe80::8:$1%tun0]:$2"; }
bound_groups() {
	local i
	addr() { echo "10.8.0.$2:28561"; }
	for i in 1 2; do start d "$i" "1 2" dev tun0 local '*:28561' || return 1; done
	addr() { addr6 "$2" 28562; }
	for i in 1 2; do start l "$i" "1 2" local "$(addr6 "$i" 28562)" || return 1; done
	addr() { addr6 "$2" 7404; }
	for i in 1 2; do start p "$i" "1 2" local '*:7404' || return 1; done
	addr() { echo "10.8.0.$2:7405"; }
	for i in 1 2; do start a "$i" "1 2" local "10.8.0.$i:7405" || return 1; done
	addr() { echo "10.7.0.$2"; }
}

recreated() {
	local g n
	check "absent interface: groups are added before it exists" bound_groups
	for g in d l; do check "absent interface: the link of $g is no-device" is 2 $g .link no-device; done
	check "absent interface: doctor names it" doctor_says 2 d link 'interface tun0 does not exist'
	for i in 1 2; do check "absent interface: node $i gets tun0" wire $i; done
	for g in d l p a; do
		check "$g: the highest node leads" leads $g 2 "1 2"
		bc 2 showconf $g > $g.conf
	done
	n=$(sockets)
	check "interface deleted: tun0 of the leader is deleted" ip -n n2 link del tun0
	for g in d l; do check "interface deleted: the link of $g is no-device" wait_for is 2 $g .link no-device; done
	check "interface deleted: the link of p is no-carrier" wait_for is 2 p .link no-carrier
	check "interface deleted: doctor names the interface of d" doctor_says 2 d link 'interface tun0 does not exist'
	check "interface deleted: doctor names the interface of l's local address" doctor_says 2 l link 'interface tun0 does not exist'
	check "interface deleted: doctor names the interface of p's peer" doctor_says 2 p peer 'interface tun0 does not exist'
	for g in d l p a; do
		check "interface deleted: the other node leads $g" leads $g 1 "1"
		check "interface deleted: showconf of $g is unchanged" prints 2 $g $g.conf
		check "interface deleted: syncconf accepts the configuration of $g" bc 2 syncconf $g.conf
		check "interface deleted: setconf accepts the configuration of $g" bc 2 setconf $g.conf
	done
	check "interface deleted: no socket is left on it" wait_for sockets_are $((n - 2))
	check "interface back: tun0 is made again" wire 2
	for g in d l p a; do
		check "interface back: the highest node leads $g without a command" leads $g 2 "1 2"
		check "interface back: showconf of $g is unchanged" prints 2 $g $g.conf
	done
	check "interface back: there are as many sockets as before" wait_for sockets_are "$n"
	for g in d l p a; do stop_all $g "1 2"; done
	unwire 1
	unwire 2
}

renamed() {
	local g
	for i in 1 2; do wire $i; done
	check "renamed interface: groups on tun0 are added" bound_groups
	for g in d l p a; do check "renamed interface: the highest node leads $g at first" leads $g 2 "1 2"; done
	check "renamed interface: tun0 gets another name" renamed_to 2 tun0 old
	for g in d l; do check "renamed interface: the link of $g is no-device, because the name counts" wait_for is 2 $g .link no-device; done
	check "renamed interface: group a, which names no interface, still has its leader" leads a 2 "1 2"
	check "renamed interface: another interface gets the name tun0" ip -n n2 link add tun0 type veth peer name x2
	ip -n n2 link set x2 netns "$$"
	ip link set x2 master br1 up
	ip -n n2 link del old
	check "renamed interface: that interface gets the addresses" addresses 2 tun0
	for g in d l p a; do check "renamed interface: the highest node leads $g again" leads $g 2 "1 2"; done
	check "moved interface: tun0 is moved to another namespace" ip -n n2 link set tun0 netns n1 name away
	for g in d l; do check "moved interface: the link of $g is no-device" wait_for is 2 $g .link no-device; done
	ip -n n1 link set away netns n2 name tun0
	check "moved interface: tun0 returns with its addresses" addresses 2 tun0
	for g in d l p a; do
		check "moved interface: the highest node leads $g" leads $g 2 "1 2"
		stop_all $g "1 2"
	done
	ip -n n2 link del tun0
	unwire 1
}

index() { ip -n "n$1" -o link show "$2" | command cut -d : -f 1; }
ask() {
	local node=$1
	shift
	ip netns exec "n$node" "$here/request.py" "$@"
}

scopes() {
	local eth0 tun0
	wire 1
	eth0=$(index 1 eth0) tun0=$(index 1 tun0)
	for i in 1 2; do
		check "scopes: node $i accepts a peer without a scope in a group with dev" \
			ask $i s $i "dev=$(index $i eth0)" "peer=$((3 - i)),fe80::$((3 - i))"
		check "scopes: node $i shows the peer with the group's interface" is $i s '.peers[0].addr' "[fe80::$((3 - i))%eth0]:28559"
	done
	check "scopes: an interface index is kept as the name" is 1 s .options.dev eth0
	check "scopes: the two nodes elect" leads s 2 "1 2"
	check "scopes: a local address with a scope is accepted" ask 1 t 1 port=7410 local=fe80::1 "scope=$eth0" peer=2,fe80::2
	check "scopes: a local address with dev is accepted" ask 1 u 1 port=7410 local=fe80::1 "dev=$eth0" peer=2,fe80::2
	for g in t u; do
		check "scopes: $g shares its address and socket, and its link is up" wait_for is 1 $g .link up
		check "scopes: the local address of $g is shown in one form" is 1 $g .options.local '[fe80::1%eth0]:7410'
	done
	check "scopes: a link-local address without scope and dev is refused" refused 2 "a link-local address needs an interface" \
		ask 1 v 1 port=7411 local=fe80::1
	check "scopes: a link-local peer without scope and dev is refused" refused 2 "a link-local address needs an interface" \
		ask 1 v 1 port=7411 peer=2,fe80::2
	check "scopes: a scope that contradicts dev is refused" refused 2 "another interface than the group's device" \
		ask 1 v 1 port=7411 local=fe80::1 "scope=$eth0" "dev=$tun0"
	check "scopes: a peer's scope that contradicts dev is refused" refused 2 "another interface than the group's device" \
		ask 1 v 1 port=7411 "dev=$tun0" "peer=2,fe80::2,scope=$eth0"
	check "scopes: a name that contradicts the index is refused" refused 2 "the interface of this name has another index" \
		ask 1 v 1 port=7411 "dev=$tun0" dev-name=eth0
	check "scopes: an index without an interface is refused" refused 2 "there is no interface of this index" \
		ask 1 v 1 port=7411 dev=4711
	ip -n n1 link add red type vrf table 10
	check "scopes: a VRF as the device of a link-local address is refused" refused 2 "not a VRF" ask 1 v 1 port=7411 dev-name=red peer=2,fe80::2
	ip -n n1 link del red
	stop_all s "1 2"
	for g in t u; do bc 1 group del $g; done
	unwire 1
}

# watch_types: node 1 counts RESIGN (8) and HEARTBEAT_ACK (6) of node 2 by source from now on
watch_types() {
	ip netns exec n1 nft -f - <<-END
		table inet watch {
			chain in {
				type filter hook input priority 0;
				ip saddr 10.7.0.2 udp dport 28559 @th,104,8 8 counter comment "resign 10.7.0.2"
				ip saddr 10.7.0.102 udp dport 28559 @th,104,8 8 counter comment "resign 10.7.0.102"
				ip saddr 10.7.0.102 udp dport 28559 @th,104,8 6 counter comment "answer 10.7.0.102"
				ip6 saddr fd07::2 udp dport 28559 @th,104,8 8 counter comment "resign fd07::2"
				ip6 saddr fd07::102 udp dport 28559 @th,104,8 8 counter comment "resign fd07::102"
				ip6 saddr fd07::102 udp dport 28559 @th,104,8 6 counter comment "answer fd07::102"
				ip6 saddr fd07:9::5 udp dport 28559 @th,104,8 8 counter comment "resign fd07:9::5"
				ip6 saddr fd07:9::5 udp dport 28559 @th,104,8 6 counter comment "answer fd07:9::5"
			}
		}
	END
}
came() { # MESSAGE FROM: prints how many arrived
	ip netns exec n1 nft list table inet watch |
		sed -n "s/.*counter packets \([0-9]*\) .*comment \"$1 $2\".*/\1/p"
}
some() { why="none"; [ "$(came "$1" "$2")" -gt 0 ]; }
none() { why="$(came "$1" "$2")"; [ "$why" -eq 0 ]; }

# answers_first USUAL ASKED: node 1 has ASKED as node 2's address; routing chooses source USUAL
answers_first() {
	check "$2: node 2 leads" leads g 2 "1 2"
	watch_types
	# a new address drops cached routes, and the next packet is an answer
	ip -n n2 addr add 10.99.0.1/32 dev lo
	check "$2: answers leave from the address that was asked" wait_for some answer "$2"
	check "$2: node 2 resigns" wait_for bc 2 resign g
	check "$2: node 1 leads after the resign" leads g 1 "1 2"
	check "$2: other messages leave from the address that routing chooses" wait_for some resign "$1"
	check "$2: other messages do not leave from the address that was asked" none resign "$2"
	ip netns exec n1 nft delete table inet watch
	ip -n n2 addr del 10.99.0.1/32 dev lo
	stop_all g "1 2"
}

sources() {
	ip -n n2 addr add 10.7.0.102/24 dev eth0
	# IPv6 prefers the newer of two addresses of a network unless the newer is deprecated
	ip -n n2 addr add fd07::102/64 dev eth0 nodad preferred_lft 0
	addr() { [ "$2" = 2 ] && echo 10.7.0.102 || echo 10.7.0.1; }
	start_all g "1 2"
	answers_first 10.7.0.2 10.7.0.102
	addr() { [ "$2" = 2 ] && echo fd07::102 || echo fd07::1; }
	start_all g "1 2"
	answers_first fd07::2 fd07::102
	# a network that is local by a route: no interface has its addresses
	ip -n n2 -6 route add local fd07:9::/64 dev lo
	ip -n n1 -6 route add fd07:9::/64 via fd07::2
	addr() { [ "$2" = 2 ] && echo fd07:9::5 || echo fd07::1; }
	start_all g "1 2"
	answers_first fd07::2 fd07:9::5
	addr() { echo "10.7.0.$2"; }
	ip -n n2 addr del 10.7.0.102/24 dev eth0
}

modprobe bully
net_up 2
ip link add br1 type bridge mcast_snooping 0 && ip link set br1 up
sysctl -qw net.ipv6.conf.br1.disable_ipv6=1
run_sections
ip link del br1
finish
