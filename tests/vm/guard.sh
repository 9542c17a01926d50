#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the guard: an address that is left on a host is mute while its node does not lead. Nodes 1
# to 3 elect in quorum mode, and node 4 is a client. In section routed, node 2 also routes between
# the client and the leader, by a link of its own:
#
#     n4 eth1 10.8.0.4 ---- 10.8.0.2 r2 n2
# sections: options both lease routed announced forged churn kept
# numbers: ROUNDS=40 FRAMES=10000
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

HERE=$(cd "$(dirname "$0")" && pwd)
VIP4=10.7.0.100 VIP6=fd07::100 PORT=7480
GUARD="$VIP4, $VIP6"

in_ns() {
	local i=$1
	shift
	ip netns exec "n$i" "$@"
}
py() { in_ns "$1" python3 "$HERE/guard.py" "${@:2}"; }
mac() { in_ns "$1" cat /sys/class/net/eth0/address; }

vip() {
	ip -n "n$1" addr add "$VIP4/32" dev eth0 && ip -n "n$1" addr add "$VIP6/128" dev eth0 nodad
}
no_vip() {
	ip -n "n$1" addr del "$VIP4/32" dev eth0 && ip -n "n$1" addr del "$VIP6/128" dev eth0
}
no_vips() {
	local i
	for i in 1 2 3; do no_vip "$i" 2> /dev/null || :; done
}

# claims arp|nd "NODES": succeeds if exactly these nodes answer the client's question for the address
claims() {
	local kind=$1 source=10.7.0.4 addr=$VIP4 wanted='' got i
	[ "$kind" = arp ] || source=fd07::4 addr=$VIP6
	for i in $2; do wanted="$wanted $(mac "$i")"; done
	got=$(py 4 "$kind" eth0 $source $addr)
	why="$kind: '$got' answered, not '${wanted# }'"
	[ "$got" = "${wanted# }" ]
}
# said NODE ADDR NAME: succeeds if the server at ADDR that NODE reaches is NAME's
said() {
	local got
	got=$(py "$1" ask "$2" "$PORT" 2> /dev/null) || got=nothing
	why="n$1 asked $2 and got $got, not $3"
	[ "$got" = "$3" ]
}
pings() { in_ns "$1" ping -q -c 1 -W 3 "$2" > /dev/null; }
fails() { ! "$@"; }
forget() { ip -n n4 neigh flush dev eth0; }

guard_stat() { stat_of "$1" g ".groups[0].guard_$2"; }
# more NODE COUNTER THAN: succeeds if the counter has risen
more() {
	why="n$1: guard_$2 is $(guard_stat "$1" "$2")"
	[ "$(guard_stat "$1" "$2")" -gt "$3" ]
}
dropped() { echo "$(guard_stat "$1" in) $(guard_stat "$1" out) $(guard_stat "$1" neigh)"; }
# drops_nothing NODE: succeeds if a client finds and reaches NODE, which drops nothing meanwhile
drops_nothing() {
	local before
	before=$(dropped "$1")
	forget
	said 4 "$VIP4" "n$1" && said 4 "$VIP6" "n$1" || return
	why="n$1 had dropped $before (in, out, neigh), and now $(dropped "$1")"
	[ "$(dropped "$1")" = "$before" ]
}
references() { awk '$1 == "bully" { print $3 }' /proc/modules; }
references_are() {
	why="$(references) references to the module"
	[ "$(references)" -eq "$1" ]
}
guards() { bc "$1" -j show g | jq -r '.[0].options.guard[] | "\(.addr) \(.here)"' | paste -sd ,; }
guards_are() {
	why="n$1 guards $(guards "$1")"
	[ "$(guards "$1")" = "$2" ]
}
server() {
	# no function in between, so that the process itself gets the signals
	ip netns exec "n$1" python3 "$HERE/guard.py" serve "$PORT" "n$1" > "served.n$1" 2>&1 &
	SERVERS+=($!)
	wait_for grep -q ready "served.n$1"
}
group() {
	check "$1: three nodes of quorum mode guard two addresses" start_all g "1 2 3" quorum majority guard "$GUARD"
	check "$1: the highest node leads" leads g 3 "1 2 3"
}
# ends: the addresses go first, because a group keeps its guard
ends() {
	no_vips
	stop_all g "1 2 3"
}

options() {
	local eight=10.9.0.1 i
	for i in 2 3 4 5 6 7 8; do eight="$eight,10.9.0.$i"; done
	check "options: a group starts" start g 1 "1 2 3"
	check "options: a group guards nothing" guards_are 1 ""
	check "options: without a guard nothing holds the module" wait_for references_are 0
	check "options: two addresses can be guarded while the group runs" bc 1 group set g guard "$VIP4,$VIP6"
	check "options: show has the guarded addresses" guards_are 1 "$VIP4 false,$VIP6 false"
	check "options: a guard holds the module" wait_for references_are 1
	check "options: rmmod says that the module is in use" refused 1 "in use" rmmod bully
	check "options: showconf has the guarded addresses" sh -c "bullyctl -n n1 showconf g | grep -qx 'guard = $VIP4, $VIP6'"
	check "options: eight addresses can be guarded" bc 1 group set g guard "$eight"
	check "options: a ninth is refused" refused 1 "more than the 8" bc 1 group set g guard "$eight,10.9.0.9"
	check "options: an address that is named twice is refused" refused 1 "given twice" bc 1 group set g guard "10.9.0.1,10.9.0.1"
	check "options: a multicast address is refused" refused 1 "multicast" bc 1 group set g guard 224.0.0.1
	check "options: the unspecified address is refused" refused 1 "not an address of a host" bc 1 group set g guard ::
	check "options: a loopback address is refused" refused 1 "loopback" bc 1 group set g guard 127.0.0.1
	check "options: a port is refused" refused 1 "without ports" bc 1 group set g guard 10.9.0.1:80
	check "options: the address of a peer is refused" refused 2 "one that the group guards" bc 1 group set g guard 10.7.0.2
	check "options: the group's local address is refused" refused 2 "local address" \
		sh -c "bullyctl -n n1 group set g local 10.7.0.1 && bullyctl -n n1 group set g guard 10.7.0.1"
	check "options: another group guards nothing of it" refused 2 "another group guards this address" \
		bc 1 group add h id 1 local 10.7.0.1:7401 guard 10.9.0.8
	check "options: a peer cannot have a guarded address" refused 2 "one that the group guards" bc 1 peer add g id 9 addr 10.9.0.8
	check "options: what was refused has changed nothing" guards_are 1 "$(sed 's/,/ false,/g; s/$/ false/' <<< "$eight")"
	check "options: none ends the guard" bc 1 group set g guard none
	check "options: then nothing holds the module" wait_for references_are 0
	check "options: the group is deleted" bc 1 group del g
}

# two hosts have the addresses, and only the leader is audible
both() {
	local i
	group both
	for i in 1 3; do vip "$i"; done
	check "both: show says that the address of a follower is on its host" guards_are 1 "$VIP4 true,$VIP6 true"
	check "both: only the leader answers ARP" wait_for claims arp 3
	check "both: only the leader answers neighbour discovery" wait_for claims nd 3
	check "both: the follower has counted what it did not answer" more 1 neigh 1
	forget
	check "both: a client reaches the leader by ping" wait_for pings 4 "$VIP4"
	check "both: a client reaches the leader by ping of IPv6" wait_for pings 4 "$VIP6"
	check "both: a client reaches the leader by TCP" wait_for said 4 "$VIP4" n3
	check "both: a client reaches the leader by TCP over IPv6" wait_for said 4 "$VIP6" n3
	check "both: the follower's programs cannot send from the address" fails in_ns 1 ping -q -c 1 -W 1 -I "$VIP4" 10.7.0.4
	check "both: that is counted" more 1 out 0
	ip -n n4 neigh replace "$VIP4" lladdr "$(mac 1)" dev eth0 nud permanent
	check "both: a packet to the follower is not answered" fails pings 4 "$VIP4"
	check "both: that is counted, too" wait_for more 1 in 0
	ip -n n4 neigh del "$VIP4" dev eth0
	no_vip 1
	check "both: a follower's client reaches the leader once the address is off its host" wait_for said 1 "$VIP4" n3
	check "both: a follower's client reaches the leader over IPv6" wait_for said 1 "$VIP6" n3
	# a guest that stands still loses its lease, and drops until it leads again
	check "both: the leader drops nothing" wait_for drops_nothing 3
	ends
}

# a leader that is cut off is mute from the end of its lease, whatever its programs do
lease() {
	local pid
	group lease
	vip 3
	ip netns exec n3 python3 "$HERE/guard.py" lease g v3 10.7.0.250 "$VIP4" > lease.out 2>&1 &
	pid=$!
	check "lease: the address of the leader is watched" wait_for grep -q ready lease.out
	check "lease: it is audible" wait_for claims arp 3
	kill -STOP "${SERVERS[@]}"
	cut 3
	check "lease: the others have a new leader" leads g 2 "1 2"
	vip 2
	forget
	check "lease: only the new leader is audible" wait_for claims arp 2
	check "lease: no request after the end of the lease was answered" wait "$pid"
	echo "# $(tail -n 1 lease.out)"
	kill -CONT "${SERVERS[@]}"
	heal 3
	check "lease: the highest node leads again" leads g 3 "1 2 3"
	check "lease: its address is audible again, and no other" wait_for claims arp 3
	forget
	check "lease: a client reaches it" wait_for said 4 "$VIP4" n3
	ends
}

# a follower that is a router lets packets of others pass, and sends none of its own
routed() {
	local out
	group routed
	vip 3
	ip link add r2 netns n2 type veth peer name eth1 netns n4
	ip -n n2 addr add 10.8.0.2/24 dev r2 && ip -n n2 link set r2 up
	ip -n n4 addr add 10.8.0.4/24 dev eth1 && ip -n n4 link set eth1 up
	in_ns 2 sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.send_redirects=0
	ip -n n4 route add "$VIP4/32" via 10.8.0.2 dev eth1
	ip -n n3 route add 10.8.0.0/24 via 10.7.0.2
	check "routed: a client reaches the leader through a follower" wait_for said 4 "$VIP4" n3
	check "routed: the follower has dropped nothing" [ "$(guard_stat 2 in) $(guard_stat 2 out)" = "0 0" ]
	if in_ns 2 nft -f - 2> /dev/null <<-END
		table ip guarded {
			chain post {
				type nat hook postrouting priority 100;
				ip saddr 10.8.0.4 ip daddr 10.7.0.1 snat to $VIP4
			}
		}
	END
	then
		ip -n n4 route add 10.7.0.1/32 via 10.8.0.2 dev eth1
		out=$(guard_stat 2 out)
		check "routed: a packet that the follower gives the address is dropped" fails pings 4 10.7.0.1
		check "routed: that is counted" more 2 out "$out"
		ip -n n4 route del 10.7.0.1/32 via 10.8.0.2 dev eth1
		in_ns 2 nft delete table ip guarded
	else
		skip "routed: a packet that the follower gives the address" "this kernel has no NAT"
	fi
	ip -n n4 route del "$VIP4/32" via 10.8.0.2 dev eth1
	ip -n n3 route del 10.8.0.0/24 via 10.7.0.2
	ip -n n2 link del r2
	ends
}

# knows NODE MAC: succeeds if the node sends packets for the address to MAC; the leader announces
knows() {
	local got
	py 3 announce eth0 "$VIP4"
	got=$(ip -n "n$1" neigh show to "$VIP4" dev eth0)
	why="n$1 has '$got'"
	[[ $got == *"$2"* ]]
}
announced() {
	group announced
	vip 3
	ip -n n1 neigh replace "$VIP4" lladdr 02:00:00:00:00:99 dev eth0 nud stale
	check "announced: the leader's announcement reaches a follower" wait_for knows 1 "$(mac 3)"
	check "announced: the follower reaches the leader" wait_for said 1 "$VIP4" n3
	ends
}

# whatever arrives in the name of the address, the follower says nothing and the leader is heard
forged() {
	local i rate
	group forged
	for i in 1 3; do vip "$i"; done
	check "forged: only the leader answers ARP" wait_for claims arp 3
	for i in 1 3; do
		rate=$(ip netns exec n4 python3 "$HERE/guard.py" forge eth0 "$(mac $i)" "$VIP4" "$VIP6" "$FRAMES")
		check "forged: $FRAMES frames are sent to node $i" test "${rate:-0}" -gt 0
		echo "# $rate frames a second"
	done
	check "forged: the follower has counted some" more 1 in 100
	check "forged: only the leader answers ARP afterwards" wait_for claims arp 3
	check "forged: only the leader answers neighbour discovery afterwards" wait_for claims nd 3
	check "forged: node 3 leads" leads g 3 "1 2 3"
	forget
	check "forged: a client reaches the leader" wait_for said 4 "$VIP4" n3
	ends
}

# an address stays guarded as long as it is on the host
kept() {
	local held
	group kept
	vip 1
	check "kept: del is refused while the address is here" refused 2 "remove it, or set 'guard none'" bc 1 group del g
	check "kept: the address cannot be taken away" refused 2 "remove it, or set 'guard none'" bc 1 group set g guard "$VIP4"
	check "kept: setconf without the guard is refused" refused 2 "remove it, or set 'guard none'" start g 1 "1 2 3" quorum majority
	printf '[group g]\nid = 1\nheartbeat = %s\nquorum = majority\n[peer 2]\naddr = 10.7.0.2\n[peer 3]\naddr = 10.7.0.3\n' "$HB" > kept.conf
	check "kept: syncconf without the guard is refused" refused 2 "guard = none" bc 1 syncconf kept.conf
	check "kept: the group still guards" guards_are 1 "$VIP4 true,$VIP6 true"
	check "kept: the address is mute" wait_for claims arp ""
	check "kept: a guard may get more addresses" bc 1 group set g guard "$VIP4,$VIP6,10.7.0.101"
	check "kept: setconf with the guard is accepted" start g 1 "1 2 3" quorum majority guard "$GUARD"
	check "kept: none is the operator's word" bc 1 group set g guard none
	check "kept: the address is audible then" wait_for claims arp 1
	check "kept: the guard comes back" bc 1 group set g guard "$VIP4,$VIP6"
	check "kept: the address is mute again" wait_for claims arp ""
	no_vip 1
	check "kept: the group can be deleted without the address" bc 1 group del g
	held=$(references)
	kill "${SERVERS[1]}"
	wait "${SERVERS[1]}" 2> /dev/null || :
	ip netns del n2
	check "kept: a namespace that ends takes its guard along" wait_for references_are $((held - 1))
	bc 3 group del g
	check "kept: nothing holds the module any more" wait_for references_are 0
}

# guards come and go under traffic; the debug kernel would report a use after free
rounds() {
	local i
	for i in $(seq "$ROUNDS"); do
		bc 1 group set g guard "$VIP4,10.7.0.101" || return 1
		bc 1 group set g guard none || return 1
		# another local address makes another group, which takes the place of the old one
		case $((i % 10)) in
			0) start g 1 "1 3" guard "$VIP4" || return 1 ;;
			5) start g 1 "1 3" guard "$VIP4" local 10.7.0.1 || return 1 ;;
		esac
	done
}
churn() {
	local pid
	check "churn: two nodes are configured" start_all g "1 3" guard "$VIP4"
	vip 1
	ip -n n4 neigh replace "$VIP4" lladdr "$(mac 1)" dev eth0 nud permanent
	ip netns exec n4 ping -q -i 0.002 "$VIP4" > /dev/null 2>&1 &
	pid=$!
	ip netns exec n1 ping -q -i 0.002 -I "$VIP4" 10.7.0.4 > /dev/null 2>&1 &
	pid="$pid $!"
	check "churn: $ROUNDS rounds of a guard that comes and goes" rounds
	# shellcheck disable=SC2086
	kill $pid 2> /dev/null || :
	ip -n n4 neigh del "$VIP4" dev eth0
	bc 1 group set g guard none
	no_vip 1
	check "churn: the groups are deleted" stop_all g "1 3"
	check "churn: nothing holds the module" wait_for references_are 0
}

modprobe bully
SERVERS=()
net_up 4
for i in 1 2 3; do server "$i"; done
run_sections # kept is the last one: it ends a namespace
finish
