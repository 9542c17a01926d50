#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests one group of 32 nodes: it converges, fails over with at most 3(n-1) messages,
# and sends at most 2(n-1) messages in each heartbeat.
# numbers: N=32
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
HB_MS=$((HB_MS * 5)) HB=$((HB_MS))ms
all=$(seq -s ' ' "$N")
rest=$(seq -s ' ' $((N - 1)))

# sent "NODES" DEAD: prints two numbers of messages that NODES have sent so far: heartbeats with
# their answers, and all others. HELLOs to node DEAD count as neither, because they go on as
# long as that node is dead.
sent() {
	local i
	for i in $1; do bullyctl -j -n "n$i" stats g; done |
		jq -sr --argjson dead "$2" '
			[.. | objects | select(has("tx") and has("leader_changes"))] as $groups |
			([$groups[].tx | .heartbeat + .heartbeat_ack] | add) as $beats |
			([$groups[].tx | add] | add) as $sum |
			([$groups[].peers[] | select(.id == $dead) | .tx.hello] | add // 0) as $hello |
			"\($beats) \($sum - $beats - $hello)"'
}

steady() {
	local before after from
	before=$(sent "$all" 0)
	from=$(uptime_ms)
	sleep 5
	after=$(sent "$all" 0)
	beats=$(($(uptime_ms) - from))
	n=$((${after% *} - ${before% *}))
	other=$((${after#* } - ${before#* }))
	limit=$((2 * (N - 1) * (beats / HB_MS + 2)))
	echo "# $n heartbeats and answers in $beats ms, $other other messages"
	why="$n messages, more than $limit"
	[ "$n" -le "$limit" ] && [ "$n" -ge $((limit / 4)) ] || return 1
	why="$other messages besides heartbeats"
	[ "$other" -eq 0 ]
}

failover() {
	local before after n
	before=$(sent "$rest" "$N")
	cut "$N"
	leads g $((N - 1)) "$rest" || return 1
	after=$(sent "$rest" "$N")
	n=$((${after#* } - ${before#* }))
	echo "# failover of $((N - 1)) live nodes: $n messages, 3(n-1) is $((3 * (N - 1)))"
	why="$n messages"
	[ "$n" -le $((3 * (N - 1))) ]
}

modprobe bully
net_up "$N"
began=$SECONDS
for i in $all; do
	start g "$i" "$all" || break
done
check "$N nodes are configured" test "$i" -eq "$N"
echo "# configured in $((SECONDS - began)) s"
check "$N nodes agree on the highest" leads g "$N" "$all"
check "steady state: at most 2(n-1) messages a heartbeat are sent" steady
check "failover: at most 3(n-1) messages are sent" failover
heal "$N"
check "the highest node returns, and all follow it" leads g "$N" "$all"
check "resign: the command succeeds" bc "$N" resign g
check "resign: all follow the next node" leads g $((N - 1)) "$all"
check "all groups are deleted" stop_all g "$all"
finish
