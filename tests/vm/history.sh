#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests what the kernel keeps of a group's leaders, and `bullyctl history` and `status`.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
tree=$(cd "$(dirname "$0")/../.." && pwd)

history() { bullyctl -j -n "n$1" history g; }
# changes I FILTER WANTED: compares the result of a filter on the history of node I
changes() {
	why="it is $(history "$1" | jq -c "$2")"
	[ "$(history "$1" | jq -c "$2")" = "$3" ]
}
# named REASON LEADER "I...": succeeds if one of the nodes I names REASON in a change since LEADER led last
# shellcheck disable=SC2016
named() {
	local i since='.[(map(.leader) | rindex($leader)) + 1:]'
	why=
	for i in $3; do
		why+="node $i: $(history "$i" | jq -c --argjson leader "$2" "$since | map([.leader, .reason])") "
		history "$i" | jq -e --arg reason "$1" --argjson leader "$2" "$since | any(.reason == \$reason)" > /dev/null && return
	done
	return 1
}
# fits SCHEMA CMD...: succeeds if the output of CMD fits the schema
fits() {
	local schema=$1
	shift
	"$@" > out.json && why=$("$tree/tests/cli/check-json.py" schema "$tree/userspace/bullyctl/schema/$schema.json" out.json 2>&1)
}
# ordered I: succeeds if neither the clocks nor the epochs of node I's history go back
# shellcheck disable=SC2016
ordered() { changes "$1" 'map(.time_ns) as $t | map(.epoch) as $e | ($t == ($t | sort)) and ($e == ($e | sort)) and all(.[]; .wall_ns > 1.7e18)' true; }

modprobe bully
net_up 3
check "a new group has no history" bc 1 group add g id 1 heartbeat "$HB" candidate off
check "history says so" grep -qx "group g has had no leader yet" <(bc 1 history g)
check "an empty history is an empty array" changes 1 . "[]"
check "status shows a group without a leader" grep -Eq '^g +[a-z]+ +none +- +0 ' <(bc 1 status)
check "the group is deleted" bc 1 group del g

start_all g "1 2 3" holddown off
check "the highest node leads" leads g 3 "1 2 3"
check "its last change is its own leadership" changes 3 '.[-1] | [.leader, .state]' '[3,"leader"]'
check "a follower has the same leader and epoch" changes 1 '.[-1] | [.leader, .state, .epoch]' "$(history 3 | jq -c '.[-1] | [.leader, "follower", .epoch]')"
cut 3
check "leader cut off: the next node leads" leads g 2 "1 2"
# the other follower may have heard of the election before its own limit
check "the history of one that noticed it names the cause" named leader-timeout 3 "1 2"
heal 3
check "the highest node leads again" leads g 3 "1 2 3"
for i in 1 2 3; do check "node $i: times and epochs only rise" ordered "$i"; done
check "history -j fits its schema" fits history bullyctl -j -n n1 history g
check "status -j fits its schema" fits status bullyctl -j -n n1 status
check "text and JSON have as many changes" test "$(bc 1 history g | grep -c '^20')" = "$(history 1 | jq length)"
check "status has one line for the group, with the leader" grep -Eq '^g +follower +3 +20[0-9-]+ [0-9:]+ +[0-9]+ ' <(bc 1 status)
check "status of a group that is absent is refused" refused 2 "there is no group of this name" bc 1 status none
check "history of a group that is absent is refused" refused 2 "there is no group of this name" bc 1 history none
check "an unprivileged user may read it" ip netns exec n1 setpriv --reuid 65534 --clear-groups --inh-caps=-all --bounding-set=-all bullyctl history g

before=$(history 1 | jq -c '.[0]')
check "node 1 is replaced as a whole" start g 1 "1 2 3" holddown off misses 4
check "a replaced group keeps its history" changes 1 '.[0]' "$before"
check "the replaced node follows again" leads g 3 "1 2 3"
check "times and epochs still rise" ordered 1

for _ in $(seq 20); do
	bc 3 resign g
	leads g 2 "1 2 3"
	bc 3 elect g
	leads g 3 "1 2 3"
done
check "the kernel keeps 32 changes" changes 1 length 32
check "the newest is the last" changes 1 '.[-1] | [.leader, .epoch]' "$(bullyctl -j -n n1 show g | jq -c '.[0] | [.leader, .epoch]')"
check "and the oldest are gone" ordered 1
check "status says that there may be more" grep -Eq '^g .* 32\+ ' <(bc 1 status)

check "the group is deleted and made anew" stop_all g "1 2 3"
check "the new group is added" bc 1 group add g id 1 heartbeat "$HB" candidate off
check "a new group does not have the old one's history" changes 1 . "[]"
bc 1 group del g
finish
