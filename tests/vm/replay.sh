#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests replayed messages. An attacker without the key repeats captured messages of a group with
# a key: from an earlier session, from another group, in another sender's name, reflected,
# spliced. Only counters change (A2 to A5). Then a member with the key spreads a far epoch, and
# the group recovers in the way that bully(7) describes (A7).
#
#   n1, n2, n3: groups g and h, with one key      n4: the attacker, who captured at v3
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
forge=$(dirname "$0")/forge.py

umask 077
key=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
echo "1 $key" > key
options=(key-file "$PWD/key")

from_n4() { ip netns exec n4 "$forge" "$@"; }

# capture FILE: records the packets at node 3's port until capture_end
capture() {
	tcpdump -Z root -i v3 -U -w "$1" udp port 28559 2> tcpdump.log &
	dump=$!
	wait_for grep -q 'listening on' tcpdump.log
}
# larger FILE BYTES: succeeds if FILE has more than BYTES bytes
capture_end() {
	wait_for larger "$1" "$2"
	kill -INT $dump
	wait $dump || :
}
larger() { [ "$(stat -c %s "$1")" -gt "$2" ]; }

# picture: prints all state that user space gets, without round trips and times of messages
picture() {
	local i
	for i in 1 2 3; do
		bullyctl -j -n "n$i" show | jq -c 'map(del(.peers[].rtt_ns, .peers[].last_seen_ns))' || return 1
	done
}
# looked I GROUP: prints how many messages node I has dropped, and how many HELLOs it received
# (it answers them at most). Messages that name no group are counted for the namespace.
looked() { stat_of "$1" "$2" '([.net.drops[]] | add) + (.groups[0] | ([.drops[]] | add) + .rx.hello)'; }
looked_at() { [ "$(looked "$1" "$2")" -ge "$3" ]; }
counted() { stat_of "$1" "$2" ".groups[0].drops.${3//-/_}"; }

# shot NAME I GROUP COUNTER ARGUMENT...: checks that messages to node I for GROUP change only
# counters, and raise COUNTER
shot() {
	local name=$1
	shift
	check "$name" undisturbed g fired "$@"
}
fired() {
	local to=$1 group=$2 counter=$3 before all one sent
	shift 3
	before=$(picture)
	all=$(looked "$to" "$group")
	one=$(counted "$to" "$group" "$counter")
	sent=$(from_n4 replay --to "$to" "$@") || { why="forge.py failed"; return 1; }
	wait_for looked_at "$to" "$group" $((all + sent)) || return 1
	one=$(($(counted "$to" "$group" "$counter") - one))
	echo "# $sent sent: $counter rose by $one"
	why="$counter did not rise"
	[ "$one" -gt 0 ] || return 1
	why="it is $(picture), was $before"
	[ "$(picture)" = "$before" ]
}
# unanswered ARGUMENT...: as fired, from n4's own address; succeeds if no answer comes
unanswered() {
	local count said=0
	: > answers
	# without from_n4, because its shell would get the signal
	ip netns exec n4 "$forge" answers > answers &
	count=$!
	wait_for grep -q ready answers
	fired "$@" --mine || said=1
	kill $count
	wait $count || :
	[ "$said" = 0 ] || return 1
	why="$(tail -n 1 answers) answers"
	[ "$(tail -n 1 answers)" = 0 ]
}
quiet() { # name...
	local name=$1
	shift
	check "$name, and get no answer" undisturbed g unanswered "$@"
}

modprobe bully
net_up 4
check "h: three nodes are configured" start_all h "1 2 3" "${options[@]}"
check "h: the highest node leads" leads h 3 "1 2 3"
capture old.pcap
check "g: three nodes are configured" start_all g "1 2 3" "${options[@]}"
check "g: the highest node leads" leads g 3 "1 2 3"
capture_end old.pcap 20000
check "g: the group is deleted" stop_all g "1 2 3"
capture now.pcap
check "g: the group is configured anew" start_all g "1 2 3" "${options[@]}"
check "g: the highest node leads again" leads g 3 "1 2 3"
capture_end now.pcap 20000

for to in 3 1; do
	shot "node $to counts messages of an earlier session" $to g session same --only g --cap old.pcap
	shot "node $to counts repeated messages of this session" $to g replay same --only g --cap now.pcap
	shot "node $to counts repeated messages from another address" $to g replay same --only g --cap now.pcap --mine
	shot "node $to counts messages of an earlier session from another address" $to g session same --only g --cap old.pcap --mine
	shot "node $to counts repeated messages of another group" $to h replay same --only h --cap now.pcap
	quiet "node $to counts messages of another group with a changed name" $to g auth regroup --only h --group g --cap now.pcap
	shot "node $to counts its own messages that come back" $to g own-id reflect --only g --cap now.pcap
	shot "node $to counts spliced messages in which each byte is changed" $to g auth splice --only g --cap now.pcap
	quiet "node $to counts spliced messages" $to g auth splice --only g --cap now.pcap
	quiet "node $to counts messages without a tag" $to g auth untag --only g --cap now.pcap --count 200
done
# nodes 1 and 3 get messages of other nodes in the name of node 2
shot "node 1 counts messages with another peer as the sender" 1 g auth sender --from 2 --only g --cap now.pcap
shot "node 3 counts messages with another peer as the sender" 3 g auth sender --from 2 --only g --cap now.pcap
quiet "node 3 counts messages with an unknown sender" 3 g peer sender --from 77 --only g --cap now.pcap

# shows that the group was able to change all the time
check "afterwards: node 3 resigns" bc 3 resign g
check "afterwards: node 2 leads" leads g 2 "1 2 3"
check "afterwards: elect succeeds" bc 3 elect g
check "afterwards: node 3 leads" leads g 3 "1 2 3"
check "h: the group is deleted" stop_all h "1 2 3"

# A7: a member reports a far epoch
far() { from_n4 join --to 3 --id 4 --key "$key" --reported "$1" > told 2>&1 || { why=$(cat told); return 1; }; }
says_so() { bc 3 show g > shown; grep -q 'ahead of this host' shown; }
for i in 1 2 3; do
	bc "$i" peer add g id 4 addr 10.7.0.4
done
check "far epochs: node 3 leads beside the forger" leads g 3 "1 2 3"
check "far epochs: a peer with the key reports an epoch far ahead" far $(((1 << 53) - 20))
check "far epochs: elect succeeds" bc 3 elect g
ahead() { agree g 3 "1 2 3" && [ "$EPOCH" -gt $((1 << 52)) ]; }
check "far epochs: node 3 leads with an epoch far ahead" wait_for ahead
check "far epochs: show reports that" says_so
check "far epochs: a peer reports the last epoch" far $(((1 << 53) - 1))
bc 3 elect g || :
check "far epochs: the group is deleted on all nodes" stop_all g "1 2 3"
check "far epochs: the group is added again" start_all g "1 2 3" "${options[@]}"
check "far epochs: node 3 leads again" leads g 3 "1 2 3"
why=''
# compares with the wall clock in hours, and allows one hour
check "far epochs: the epoch is not ahead of the wall clock" test $((EPOCH / 3600000000)) -le $((${EPOCHREALTIME/./} / 3600000000 + 1))
check "far epochs: the group is deleted" stop_all g "1 2 3"
finish
