#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests classic mode over a bridge (see lib.sh): the first election, one failover, and what
# only a guest shows: sockets, links, addresses, counters, tracepoints, the output of show.
# sections: several_groups links shown counters trace families tiny_mtu
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

never_leads() { holds $((10 * HB_MS)) not_leader "$@"; }
not_leader() { look "$1" "$2" && [ "$STATE" != leader ]; }

# within_ms NAME FROM TO LIMIT: succeeds if TO is at most LIMIT ms after FROM
within_ms() {
	local name=$1 from=$2 to=$3 limit=$4
	[ -n "$from" ] && [ -n "$to" ] || { why="an event is missing"; return 1; }
	echo "# $name: $(((to - from) / 1000)) us"
	why="took $(((to - from) / 1000)) us, more than $limit ms"
	[ $((to - from)) -ge 0 ] && [ $((to - from)) -le $((limit * 1000000)) ]
}

# deletes the leader's group
deleted() {
	look 3 g || { type_in g 3 "1 2 3" && leads g 3 "1 2 3"; } || return 1
	bc 3 group del g && leads_heard g 2 "1 2" && wait_for heard_gone g 3 || return 1
	within_ms "group del to the new leader" \
		"$(event_time 3 '.event == "leader" and .leader == null')" \
		"$(event_time 2 '.event == "leader" and .leader == 2')" "$HB_MS"
}

three_nodes() {
	for i in 1 2 3; do
		# node 3 restarts often; without a hold-down it may lead each time
		check "3 nodes: node $i is configured" type_in g "$i" "1 2 3" holddown off
	done
	check "3 nodes: the highest leads" leads g 3 "1 2 3"
	for i in 1 2 3; do watch_node "$i"; done
	cut 3
	check "leader cut off: node 2 leads the others" leads g 2 "1 2"
	check "each side of a partition has its leader" leads g 3 "3"
	check "leader cut off: node 2 gives the reason leader-timeout" wait_for reason_of 2 leader-timeout
	heal 3
	check "link healed: the highest node leads again" leads g 3 "1 2 3"
	check "leader deleted: node 2 leads before a timeout could pass" undisturbed g deleted
	check "leader deleted: its group is configured again" type_in g 3 "1 2 3"
	check "leader configured again: the highest node leads" leads g 3 "1 2 3"
}

# reason_of I REASON: succeeds if node I became leader for REASON
reason_of() {
	local got
	got=$(jq -rs '[.[] | select(.state == "leader" and .event != "snapshot")] | last | .reason' "events.n$1")
	why="the reason was $got"
	[ "$got" = "$2" ]
}

several_groups() {
	check "several groups: h starts on the port of g" start_all h "1 2 3" candidate off
	check "several groups: k starts on the port of g" start_all k "1 2 3"
	check "several groups: the highest node leads k" leads k 3 "1 2 3"
	check "several groups: node 1 becomes h's only candidate" bc 1 group set h candidate on
	check "several groups: node 1 leads h" leads h 1 "1 2 3"
	check "several groups: g is not disturbed by h and k" undisturbed g beside
	for i in 1 2 3; do
		bc "$i" group add other id "$i" local "10.7.0.$i:7500" heartbeat "$HB"
		for j in 1 2 3; do
			[ "$i" = "$j" ] || bc "$i" peer add other id "$j" addr "10.7.0.$j:7500"
		done
	done
	check "another port: the highest node leads the group" leads other 3 "1 2 3"
	check "another port: the namespace has two sockets" sockets_are 1 2
	check "another port: a specific address beside the wildcard is refused" refused 2 "" \
		bc 1 group add clash id 1 local 10.7.0.1
	check "several groups: h, k and other are deleted" delete_others
	check "several groups: one socket is left" sockets_are 1 1
	check "several groups: the leader of g is the same" leads g 3 "1 2 3"
}
# beside: a group is added and deleted on the socket of g, and another group changes its leader
beside() {
	local epoch
	leads g 3 "1 2 3" || return 1
	epoch=$EPOCH
	start y 1 "1 2 3" && bc 1 elect h && bc 1 group del y && agree g 3 "1 2 3" || return 1
	why="the epoch was $epoch, is $EPOCH"
	[ "$EPOCH" = "$epoch" ]
}
delete_others() {
	stop_all h "1 2 3" && stop_all k "1 2 3" && stop_all other "1 2 3"
}
sockets_are() {
	local got
	# 28559 and 7500, in hex
	got=$(ip netns exec "n$1" cat /proc/net/udp /proc/net/udp6 | grep -cE ':(6F8F|1D4C) ' || :)
	why="$got sockets"
	[ "$got" -eq "$2" ]
}

links() {
	unplug 3
	check "carrier lost: the leader steps down" wait_for is 3 g .leader null
	check "carrier lost: the leader's event has the reason link-down" event_reason 3 link-down
	check "carrier lost: the others have a leader" leads g 2 "1 2"
	check "carrier lost: the node without a link never leads" never_leads 3 g
	plug 3
	check "carrier back: the highest node leads again" leads g 3 "1 2 3"

	check "absent address: a group on it is added" bc 1 group add late id 1 local 10.7.0.77:7600 heartbeat "$HB"
	check "absent address: the group gets a peer" bc 1 peer add late id 2 addr 10.7.0.2:7600
	check "absent address: the group never leads" never_leads 1 late
	ip -n n1 addr add 10.7.0.77/24 dev eth0
	check "absent address: when it appears, the group binds it and leads" leads late 1 1
	ip -n n1 addr del 10.7.0.77/24 dev eth0
	check "absent address: when it goes again, the leader steps down" wait_for not_leader 1 late
	check "absent address: the group is deleted" bc 1 group del late
}
event_reason() {
	wait_for grep -qE "\"reason\": ?\"$2\"" "events.n$1"
}

shown() {
	check "show: the leader sees all peers up" wait_for is 3 g '[.peers[].state] | join(" ")' "up up"
	check "show: the leader knows the round trip to each peer" wait_for is 3 g '[.peers[].rtt_ns | . > 0 and . < 1e9] | all' true
	check "show: a follower knows the round trip to its leader" wait_for is 1 g '.peers[] | select(.id == 3) | .rtt_ns > 0' true
	check "show: a follower sees all peers up, by its leader's report" wait_for is 1 g '[.peers[].state] | join(" ")' "up up"
	check "show: last_seen_ns of a live peer is set" wait_for is 1 g '.peers[] | select(.id == 3) | .last_seen_ns != null' true
	check "show: the group has its name" is 1 g .name g
	check "show: the group has its id" is 1 g .id 1
	check "show: the quorum mode is off" is 1 g .quorum off
	unplug 1
	check "show: the leader sees the stopped peer down" wait_for is 3 g '.peers[] | select(.id == 1) | .state' down
	check "show: a follower sees the stopped peer down, by its leader's report" wait_for is 2 g '.peers[] | select(.id == 1) | .state' down
	plug 1
	check "show: the leader sees the peer up again" wait_for is 3 g '.peers[] | select(.id == 1) | .state' up
}

# In steady state each of the 2 followers sends one heartbeat in each interval.
counted() {
	local before after from least most
	leads g 3 "1 2 3" || return 1
	# the outer times give the highest possible count, the inner times the lowest
	from=$(uptime_ms)
	before=$(stat_of 3 g '.groups[0].rx.heartbeat')
	least=$(uptime_ms)
	sleep 3
	least=$((2 * (($(uptime_ms) - least) / HB_MS)))
	after=$(stat_of 3 g '.groups[0].rx.heartbeat')
	most=$((2 * (($(uptime_ms) - from) / HB_MS + 2)))
	echo "# heartbeats from 2 followers: $((after - before)), expected $least to $most"
	why="$((after - before)) heartbeats, not $((least / 2)) to $most"
	[ $((after - before)) -ge $((least / 2)) ] && [ $((after - before)) -le $most ]
}
counters() {
	check "stats: heartbeats are counted, and no other messages are sent" undisturbed g counted
	check "stats: the namespace's sockets are counted" test "$(stat_of 3 g .net.sockets)" -ge 1
}

trace() {
	local t=/sys/kernel/tracing
	check "trace: the tracepoints exist" test -d $t/events/bully
	echo 1 > $t/events/bully/enable
	bc 3 resign g
	leads g 2 "1 2 3"
	bc 3 elect g
	leads g 3 "1 2 3"
	echo 0 > $t/events/bully/enable
	for e in "$t"/events/bully/*/; do
		e=$(basename "$e")
		check "trace: $e fires" grep -q " $e: " $t/trace
	done
	echo > $t/trace
}

# family NAME LAST: a group with the addresses that addr prints elects, fails over and recovers
family() {
	local name=$1 last=$2 ids
	ids=$(seq -s ' ' "$last")
	check "$name: the group is configured" start_all f "$ids"
	check "$name: the highest of $last nodes leads" leads f "$last" "$ids"
	cut "$last"
	check "$name: the next node leads after the highest is gone" leads f $((last - 1)) "$(seq -s ' ' $((last - 1)))"
	heal "$last"
	check "$name: the highest leads after its return" leads f "$last" "$ids"
	check "$name: the group is deleted" stop_all f "$ids"
}

families() {
	family "IPv4, 5 nodes" 5
	addr() { echo "fd07::$2"; }
	family "IPv6" 3
	addr() { echo "fe80::$2%eth0"; }
	family "IPv6 link-local" 3
	addr() { if [ $((($1 + $2) % 2)) = 0 ]; then echo "fd07::$2"; else echo "10.7.0.$2"; fi; }
	family "IPv4 and IPv6, 5 nodes" 5
	addr() { echo "10.7.0.$2"; }
}

# succeeds if node 2 has put fragments together, and has its leader up
fragments_arrive() {
	[ "$(ip netns exec n2 nstat -asz IpReasmOKs | awk '/IpReasmOKs/{print $2}')" -ge 5 ] && is 2 g '.peers[] | select(.id == 3) | .state' up
}

tiny_mtu() {
	# the last section: an MTU below 1280 takes the IPv6 addresses away
	for i in 1 2 3; do
		ip -n "n$i" link set eth0 mtu 128
		ip link set "v$i" mtu 128
	done
	check "MTU 128: heartbeats arrive in fragments" wait_for fragments_arrive
	check "MTU 128: the leader goes on leading" leads g 3 "1 2 3"
}

modprobe bully
net_up 5
three_nodes
run_sections
stop_all g "1 2 3"
finish
