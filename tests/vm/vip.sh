#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl vip: addresses that follow the leader. The last node is a client: every 10 ms it
# asks by ARP for the virtual address, and a capture has who answers.
# sections: moves killed kept interfaces tracked absent
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)

VIP4=10.7.0.100 VIP6=fd07::100
CLIENT=4
ns() { # I CMD...
	local node=$1
	shift
	ip netns exec "n$node" "$@"
}
lines() { wc -l < "$1"; }
# since FILE LINES WORDS: succeeds if a line after the first LINES lines matches
since() {
	why="'$(tail -n "+$(($2 + 1))" "$1" | tail -n 3 | paste -sd'|')'"
	tail -n "+$(($2 + 1))" "$1" | grep -E -- "$3" > /dev/null
}
# has I ADDR [DEV]
has() { ns "$1" ip -o addr show dev "${3:-eth0}" 2> /dev/null | grep -qE "inet6? $2/"; }
lacks() { ! has "$@"; }
has_both() { has "$1" $VIP4 && has "$1" $VIP6; }
has_none() { ! has "$1" $VIP4 && ! has "$1" $VIP6; }
mac() { ns "$1" cat /sys/class/net/eth0/address; }

# vip I [WORD VALUE]...: starts vip on node I for group v; its process is PID[I]
declare -A PID
vip() {
	local node=$1
	shift
	[ $# -gt 0 ] || set -- addr $VIP4/24 addr $VIP6/64 dev eth0
	ip netns exec "n$node" bullyctl vip v "$@" > "vip.$node" 2>&1 &
	PID[$node]=$!
}
over() {
	why="it lives"
	! kill -0 "$1" 2> /dev/null || grep -q ') Z ' "/proc/$1/stat" 2> /dev/null
}
# ends I [SIGNAL]: ends vip on node I, and succeeds if its status is 0
ends() {
	local status=0
	kill "-${2:-TERM}" "${PID[$1]}"
	wait_for over "${PID[$1]}" || return 1
	wait "${PID[$1]}" || status=$?
	why="status $status: $(tail -n 1 "vip.$1")"
	[ $status -eq 0 ]
}

# ---- the client ---------------------------------------------------------------------

# client: asks for the address until net_down, and writes "TIME MAC" of each answer to answers
client() {
	ip netns exec n$CLIENT "$here/vip-client.py" eth0 $VIP4 > answers 2> client.err &
	wait_for test -e answers
	ip netns exec n$CLIENT tcpdump -lnei eth0 'arp or icmp6' > seen 2> tcpdump.err &
	wait_for grep -q listening tcpdump.err
}
# answers I: succeeds if node I answers, since the last mark
answers() { since answers "$MARK" "$(mac "$1")"; }
epoch() { bullyctl -j -n "n$1" show v | jq '.[0].epoch'; }
mark() { MARK=$(lines answers) EPOCH=$(epoch 1); }
# nobody_else I: succeeds if only node I has answered since the mark, or if the leader has changed
# again since then, because the guest stood still
nobody_else() {
	[ "$(epoch 1)" = "$EPOCH" ] || { echo "# the leader has changed meanwhile" && return 0; }
	why=$(tail -n "+$((MARK + 1))" answers | command cut -d ' ' -f 2 | sort | uniq -c | paste -sd '|')
	! since answers "$MARK" . || ! tail -n "+$((MARK + 1))" answers | grep -v "$(mac "$1")" | grep -q .
}
# announced LINES I: succeeds if node I has announced both addresses in all forms since LINES lines
announced() {
	local mac
	mac=$(mac "$2")
	since seen "$1" "$mac > .*(who-has $VIP4 .*tell $VIP4|Announcement $VIP4)" && since seen "$1" "$mac > .*Reply $VIP4 is-at" &&
		since seen "$1" "$mac > .*neighbor advertisement, tgt is $VIP6,"
}

# ---- sections -----------------------------------------------------------------------

# quorum mode: the addresses move with leadership
moves() {
	local before i
	start_all v "1 2 3" quorum majority
	check "moves: node 3 leads" leads v 3 "1 2 3"
	ns 1 ip addr add $VIP4/32 dev eth0	# left there, with another length
	ns 1 ip addr add $VIP6/128 dev eth0 nodad
	before=$(lines seen)
	for i in 1 2 3; do vip $i; done
	check "moves: the leader has both addresses" wait_for has_both 3
	check "moves: left-over addresses of any length are removed from a follower" wait_for has_none 1
	check "moves: the leader has announced the addresses in all forms" wait_for announced "$before" 3
	check "moves: IPv6 is no source of the leader's own packets" test \
		"$(ns 3 ip -6 route get fd07::1 | grep -o 'src [^ ]*')" = "src fd07::3"
	mark
	check "moves: the leader answers the client" wait_for answers 3
	check "moves: nobody else answers" nobody_else 3
	before=$(lines seen)
	# not by resign: node 3 would stand again as soon as node 2 misses a beat
	bc 3 group set v candidate off
	check "moves: the new leader has both addresses" wait_for has_both 2
	check "moves: the old leader has none" wait_for has_none 3
	check "moves: the new leader has announced the addresses" wait_for announced "$before" 2
	mark
	check "moves: the new leader answers the client" wait_for answers 2
	check "moves: the old leader does not answer" nobody_else 2
	bc 3 group set v candidate on
	check "moves: node 3 leads again" leads v 3 "1 2 3"
	check "moves: node 3 has both addresses again" wait_for has_both 3
	cut 3
	check "moves: a leader that is cut off loses the addresses" wait_for has_none 3
	check "moves: another node has them" wait_for has_both 2
	before=$(lines seen)
	heal 3
	check "moves: after the heal the highest node has them" wait_for has_both 3
	check "moves: after the heal the addresses are announced again" wait_for announced "$before" 3
	check "moves: after the heal node 2 has none" wait_for has_none 2
	for i in 1 2 3; do check "moves: TERM ends vip on node $i with status 0" ends $i; done
	check "moves: TERM removes the addresses from the leader" has_none 3
	check "moves: the leader still leads" leads v 3 "1 2 3"
	stop_all v "1 2 3"
}

# the process is killed, or stopped while leadership is lost
killed() {
	local i
	start_all v "1 2 3" quorum majority
	check "killed: node 3 leads" leads v 3 "1 2 3"
	for i in 1 2 3; do vip $i; done
	check "killed: the leader has the addresses" wait_for has_both 3
	kill -KILL "${PID[3]}"
	wait "${PID[3]}" 2> /dev/null || :
	check "killed: KILL leaves the addresses" has_both 3
	bc 3 group set v candidate off
	check "killed: another node leads" leads v 2 "1 2 3"
	vip 3
	check "killed: the next run removes what was left" wait_for has_none 3
	bc 3 group set v candidate on
	check "killed: node 3 has the addresses again" wait_for has_both 3
	kill -STOP "${PID[3]}"
	bc 3 group set v candidate off
	check "killed: while vip is stopped another node leads" leads v 2 "1 2 3"
	check "killed: and has the addresses" wait_for has_both 2
	kill -CONT "${PID[3]}"
	check "killed: a vip that runs again removes the addresses" wait_for has_none 3
	kill -KILL "${PID[2]}"
	wait "${PID[2]}" 2> /dev/null || :
	check "killed: --remove removes the addresses" ns 2 bullyctl vip v addr $VIP4/24 addr $VIP6/64 dev eth0 --remove
	check "killed: --remove leaves none" has_none 2
	for i in 1 3; do check "killed: vip ends on node $i" ends $i; done
	stop_all v "1 2 3"
}

# somebody removes the addresses
kept() {
	local before
	start_all v "1 2"
	check "kept: node 2 leads" leads v 2 "1 2"
	vip 2
	check "kept: the leader has the addresses" wait_for has_both 2
	ns 2 ip addr del $VIP4/24 dev eth0
	check "kept: an address that is removed by hand comes back" wait_for has 2 $VIP4
	before=$(lines seen)
	ns 2 ip -6 addr flush dev eth0 to $VIP6
	check "kept: a flushed address comes back" wait_for has 2 $VIP6
	check "kept: and is announced" wait_for announced "$before" 2
	before=$(lines seen)
	unplug 2
	plug 2
	check "kept: after the carrier is back the leader has the addresses" wait_for has_both 2
	check "kept: and announces them" wait_for announced "$before" 2
	before=$(lines vip.2)
	check "kept: vip says that an address was put back" since vip.2 0 "put back $VIP4/24 on eth0"
	check "kept: the messages have the time" since vip.2 0 '^\[[0-9-]*T[0-9:.]*\] bullyctl: vip v: put '
	check "kept: vip ends" ends 2
	stop_all v "1 2"
}

late() {
	ip link add vlate type veth peer name late netns n2 && ip link set vlate up && ip -n n2 link set late up
}
# another interface than the group's: it comes late, goes, and loses its state
interfaces() {
	local v6=fd08::100
	start_all v "1 2"
	check "interfaces: node 2 leads" leads v 2 "1 2"
	vip 2 addr 10.8.0.100/24 addr $v6/64 dev late
	check "interfaces: an absent interface is said" wait_for since vip.2 0 'no interface late yet; waiting for it'
	ns 2 sysctl -qw net.ipv6.conf.{all,default}.keep_addr_on_down=0
	late
	check "interfaces: one that comes late gets the addresses" wait_for has 2 10.8.0.100 late
	check "interfaces: also of IPv6" wait_for has 2 $v6 late
	ip -n n2 link set late down
	check "interfaces: IPv6 addresses vanish when it goes down" wait_for lacks 2 $v6 late
	ip -n n2 link set late up
	check "interfaces: and come back when it is up" wait_for has 2 $v6 late
	ip link del vlate
	late
	check "interfaces: one that is made again gets the addresses" wait_for has 2 10.8.0.100 late
	check "interfaces: the absence was said twice" test "$(grep -c 'no interface late' vip.2)" -eq 2
	ns 2 ip addr add 10.9.0.1/24 dev late
	ns 2 ip addr add 10.9.0.9/24 dev late
	check "interfaces: an address that no vip has added is refused elsewhere" refused 1 'is on late already' \
		ip netns exec n2 timeout 60 bullyctl vip v addr 10.9.0.9/24 dev eth0
	check "interfaces: the host's own address is refused" refused 1 "is this host's own address" \
		ip netns exec n2 timeout 60 bullyctl vip v addr 10.7.0.2/24 dev eth0
	check "interfaces: vip ends" ends 2
	check "interfaces: and leaves nothing" lacks 2 10.8.0.100 late
	ip link del vlate
	ns 2 sysctl -qw net.ipv6.conf.{all,default}.keep_addr_on_down=1
	stop_all v "1 2"
}

leaderless() { look 1 v && [ "$LEADER" = null ]; }
# a tracked interface without a carrier
tracked() {
	local i
	for i in 1 2; do
		ip link add "t$i" type veth peer name eth1 netns "n$i"
		ip link set "t$i" up
		ip -n "n$i" link set eth1 up
	done
	start_all v "1 2" candidate owner
	check "tracked: nobody leads before vip runs" holds "$DETECT_MS" leaderless
	for i in 1 2; do vip $i addr $VIP4/24 dev eth0 track eth1; done
	check "tracked: node 2 leads" leads v 2 "1 2"
	check "tracked: it has the address" wait_for has 2 $VIP4
	check "tracked: a second owner is refused" refused 2 "another socket owns" \
		ip netns exec n2 timeout 60 bullyctl vip v addr $VIP4/24 dev eth0 track eth1
	ip link set t2 down
	check "tracked: without a carrier on the tracked interface node 2 gives up" leads v 1 "1 2"
	check "tracked: the address moves" wait_for has 1 $VIP4
	check "tracked: node 2 has it no more" wait_for lacks 2 $VIP4
	ip link set t2 up
	check "tracked: with a carrier node 2 leads again" leads v 2 "1 2"
	check "tracked: the address moves back" wait_for has 2 $VIP4
	check "tracked: vip ends on node 2" ends 2
	check "tracked: the node does not stand without its owner" leads v 1 "1 2"
	check "tracked: vip ends on node 1" ends 1
	for i in 1 2; do ip link del "t$i"; done
	stop_all v "1 2"
}

# the group and the module go away
absent() {
	check "absent: without the group vip is refused" refused 2 "no group of this name" \
		ip netns exec n2 timeout 60 bullyctl vip v addr $VIP4/24 dev eth0
	check "absent: and has changed nothing" has_none 2
	start_all v "1 2"
	check "absent: node 2 leads" leads v 2 "1 2"
	check "absent: an address of the group is refused" refused 1 "is the address of peer 1" \
		ip netns exec n2 timeout 60 bullyctl vip v addr 10.7.0.1/24 dev eth0
	vip 2
	check "absent: the leader has the addresses" wait_for has_both 2
	bc 2 group del v
	check "absent: without the group they are removed" wait_for has_none 2
	check "absent: vip says that it waits" wait_for since vip.2 0 'no such group; waiting'
	start v 2 "1 2"
	check "absent: with the group node 2 leads again" leads v 2 "1 2"
	check "absent: and has the addresses again" wait_for has_both 2
	kill -KILL "${PID[2]}"
	wait "${PID[2]}" 2> /dev/null || :
	stop_all v "1 2"
	check "absent: the next run without the group is refused" refused 2 "no group of this name" \
		ip netns exec n2 timeout 60 bullyctl -j vip v addr $VIP4/24 addr $VIP6/64 dev eth0
	check "absent: but removes what was left" has_none 2
	start_all v "1 2"
	check "absent: node 2 leads once more" leads v 2 "1 2"
	vip 2
	check "absent: it has the addresses" wait_for has_both 2
	stop_all v "1 2"
	check "absent: without groups the module can be unloaded" wait_for rmmod bully
	check "absent: the addresses are gone" wait_for has_none 2
	check "absent: vip says that the module is not loaded" wait_for since vip.2 0 'not loaded; waiting'
	modprobe bully
	start_all v "1 2"
	check "absent: with the module the leader has the addresses again" wait_for has_both 2
	check "absent: vip ends" ends 2
	stop_all v "1 2"
}

modprobe bully
net_up $CLIENT
client
run_sections
finish
