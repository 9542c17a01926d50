#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Floods a group that has a key, at the highest rate of this guest: with garbage, and with
# well-formed messages, also from a peer's address (A5). At a heartbeat of 100 ms no leader
# changes and memory does not grow. For comparison keepalived, with the same detection time,
# is flooded with advertisements.
# numbers: FLOOD_S=5
#
#   n1, n2, n3: group g, and keepalived with the address 10.7.0.100      n4: floods
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
HB_MS=100 HB=100ms
TRIES=3

here=$(dirname "$0")
last_cpu=$(($(nproc) - 1))
umask 077
bullyctl genkey > key
gcc -O2 -D_GNU_SOURCE -o flood "$here/flood.c"

mac() { ip -n "n$1" -j link show eth0 | jq -r '.[0].address'; }
memory() { awk '/^(SUnreclaim|VmallocUsed|Percpu):/ { sum += $2 } END { print sum }' /proc/meminfo; }
# reached I: prints how many packets reached the module on node I and were dropped there
reached() { bullyctl -j -n "n$1" stats g | jq '([.net.drops[]] | add) + ([.groups[0].drops[]] | add)'; }
of_all() { jq -s '[.[] | select(.event == "leader")] | length' events.n1 events.n2 events.n3; }
# backlog: prints how many packets the processors' full queues have dropped
backlog() {
	local sum=0 dropped
	while read -r _ dropped _; do
		sum=$((sum + 0x$dropped))
	done < /proc/net/softnet_stat
	echo $sum
}
# settled I: succeeds if no more packets arrive at node I
settled() {
	local before
	before=$(reached "$1")
	sleep 0.5
	[ "$(reached "$1")" = "$before" ]
}

# flood NAME I KIND FROM [FROM-ID]: checks that a flood of node I changes nothing. A try during
# which the whole machine stood still for a heartbeat proves nothing and is repeated; a
# process on another processor reads the clock and finds that.
flood() {
	local name=$1 try
	shift
	for try in $(seq $TRIES); do
		if flooded "$@" > said; then break; fi
		[ "$stood" -ge $((HB_MS * 1000)) ] || break
		[ "$try" = $TRIES ] || echo "# try $try does not count: the machine stood still for $((stood / 1000)) ms ($why)"
	done
	sed 's/^/# /' said
	if [ -n "$why" ] && [ "$stood" -ge $((HB_MS * 1000)) ]; then
		skip "$name" "in $TRIES tries the machine stood still for a heartbeat or more each time"
	else
		check "$name" calm "$why"
	fi
}
calm() { why=$1; [ -z "$why" ]; }

flooded() {
	local to=$1 kind=$2 from=$3 id=${4:-1} sent ms before events queue grown epoch clock
	stood=0 why="no common leader before it"
	leads g 3 "1 2 3" || return 1
	epoch=$EPOCH events=$(of_all) before=$(reached "$to") queue=$(backlog) grown=$(memory)
	taskset -c "$last_cpu" chrt -f 99 "$here/clock" \
		$((${EPOCHREALTIME/./} + FLOOD_S * 1000000)) 0.01 > clock &
	clock=$!
	ip netns exec n4 taskset -c 0 ./flood eth0 "$(mac "$to")" "$kind" "$FLOOD_S" "$from" \
		"10.7.0.$to" g "$id" "$to" > sent
	wait $clock
	stood=$(sed -n 's/^longest //p' clock)
	wait_for settled "$to"
	read -r _ sent _ _ _ ms < sent
	before=$(($(reached "$to") - before)) grown=$(($(memory) - grown))
	echo "$kind from $from as $id to node $to: $sent packets in $ms ms, $((sent * 1000 / ms)) a second;" \
		"$before reached the module, $((sent - before)) did not, $(($(backlog) - queue)) of them for a full queue;" \
		"memory $grown kB; intervals voided so far: $(late g)"
	why="$(($(of_all) - events)) events of leaders"
	[ "$(of_all)" = "$events" ] || return 1
	why="no common leader after it"
	agree g 3 "1 2 3" || return 1
	why="the epoch was $epoch, is $EPOCH"
	[ "$EPOCH" = "$epoch" ] || return 1
	why="memory grew by $grown kB"
	[ "$grown" -lt 4096 ] || return 1
	why="only $before of $sent reached the module"
	[ "$before" -gt 100 ] || return 1
	why=''
}

# newcomer: node 1 starts again while the leader is flooded from node 1's address
newcomer() {
	local flood
	leads g 3 "1 2 3" || return 1
	ip netns exec n4 taskset -c 0 ./flood eth0 "$(mac 3)" formed $((2 * LIMIT)) 10.7.0.1 10.7.0.3 g 1 3 > /dev/null &
	flood=$!
	wait_for rising || return 1
	bc 1 group del g && start g 1 "1 2 3" key-file "$PWD/key" && wait_for agree g 3 "1 2 3"
	ended=$?
	why=${why:-"it did not come to follow 3"}
	kill $flood 2> /dev/null || { why="the flood was over before"; ended=1; }
	wait $flood || :
	return $ended
}
rising() { local n; n=$(reached 3); nap; [ "$(reached 3)" -gt $((n + 10)) ]; }

keepalived_on() {
	cat > "keepalived-$1.conf" <<-END
		global_defs {
		    vrrp_version 3
		}
		vrrp_instance flood {
		    state BACKUP
		    interface eth0
		    virtual_router_id 7
		    priority $((100 + $1))
		    advert_int 0.1
		    virtual_ipaddress {
		        10.7.0.100/24
		    }
		}
	END
	ip netns exec "n$1" keepalived -n -l -P -f "$PWD/keepalived-$1.conf" -p "$PWD/k$1.pid" \
		-r "$PWD/v$1.pid" > "keepalived.n$1" 2>&1 &
}
has_address() { ip -n "n$1" -4 addr show dev eth0 | grep -q 'inet 10\.7\.0\.100/'; }
transitions() { cat keepalived.n1 keepalived.n2 keepalived.n3 | grep -cE 'Entering (MASTER|BACKUP) STATE' || :; }

modprobe bully
net_up 4
check "three nodes are configured" start_all g "1 2 3" key-file "$PWD/key"
check "the highest node leads" leads g 3 "1 2 3"
for i in 1 2 3; do watch_node "$i"; done
for i in 1 2 3; do keepalived_on "$i"; done
check "keepalived: node 3 is the master" wait_for has_address 3
check "the flood program runs" ip netns exec n4 ./flood eth0 "$(mac 3)" garbage 1 10.7.0.0 10.7.0.3

flood "garbage disturbs nobody" 3 garbage 10.7.0.0
flood "garbage with a peer's address disturbs nobody" 3 garbage 10.7.0.1
flood "well-formed messages from anywhere disturb no leader" 3 formed 10.7.0.0 1
flood "well-formed messages with a follower's address disturb no leader" 3 formed 10.7.0.1 1
flood "well-formed messages with the leader's address disturb no follower" 1 formed 10.7.0.3 3
flood "messages without a tag, with the leader's address, disturb no follower" 1 bare 10.7.0.3 3
flood "messages of an unknown node disturb nobody" 3 formed 10.7.0.0 77
check "rate limit: most tags were not computed" test "$(stat_of 3 g '.groups[0].drops.limited > .groups[0].drops.auth')" = true
check "a node starts while its address is flooded" newcomer
check "the node that started under the flood is followed" leads g 3 "1 2 3"

before=$(transitions) events=$(of_all)
ip netns exec n4 taskset -c 0 ./flood eth0 01:00:5e:00:00:12 vrrp "$FLOOD_S" 10.7.0.1 224.0.0.18 > sent
read -r _ sent _ _ _ ms < sent
sleep 1
echo "# keepalived beside it: $(($(transitions) - before)) changes of state by $sent forged advertisements in $ms ms," \
	"$((sent * 1000 / ms)) a second; it has no key to tell them by. bully meanwhile: $(($(of_all) - events)) events of leaders"
for i in 1 2 3; do
	kill "$(cat "k$i.pid")" 2> /dev/null || :
done
check "the group is deleted" stop_all g "1 2 3"
finish
