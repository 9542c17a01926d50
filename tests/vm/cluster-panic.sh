#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 1 minute
# cluster: 3
# A panic of the leader's kernel is a power cut: it says nothing to anybody, then or later.
set -eu
# shellcheck source=tests/vm/cluster-lib.sh
. "$(dirname "$0")/cluster-lib.sh"

# Generous: the guests share this machine with others, without KVM.
FAILOVER=$((3 * HB_MS + 3000))

# in_time FROM: node 2 told that it leads, because the leader was silent
in_time() {
	local line at
	line=$(awk -v from="$1" '$1 >= from && /"event": ?"leader"/ && /"leader": ?2[,}]/' "$dir/node2" | head -n 1)
	at=${line%% *}
	why="node2 told: $line"
	[ -n "$line" ] && [[ $line =~ \"reason\":\ ?\"leader-timeout\" ]] || return 1
	echo "# panic to the new leader: $(((at - $1) / 1000)) ms"
	[ $(((at - $1) / 1000)) -le $FAILOVER ]
}

for i in $(seq "$NODES"); do
	check "node$i: configured" configure "$i"
done
check "the highest leads" leads 3 1 2 3
from=$(now)
check "the leader's kernel panics" power 3 panic
check "the next leads" leads 2 1 2
check "in time, and after silence" in_time "$from"
from=$(now)
sleep $((10 * HB_MS / 1000))
check "the dead one says nothing more" quiet "$from" 2
check "it is switched off" power 3 off
check "and on again" power 3 on
check "node3: configured" configure 3
check "it leads again" leads 3 1 2 3
finish
