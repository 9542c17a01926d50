#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the lack of memory: at each allocation of each command, and in softirq while packets
# flow. Leaks and crashes fail the guest's verdict.
# numbers: SECONDS_WITHOUT=10 LAST=60
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
slab=/sys/kernel/debug/failslab

# fault_on: lets only atomic allocations fail: packets, events and others in softirq
fault_on() {
	echo Y > $slab/ignore-gfp-wait
	echo 0 > $slab/verbose
	echo N > $slab/task-filter
	echo 1 > $slab/interval
	echo -1 > $slab/times
	echo 10 > $slab/probability
}
fault_off() { echo 0 > $slab/probability; }
tx_errors() { bullyctl -j -n n3 stats g | jq '[.. | objects | .tx_errors? | numbers] | max'; }

modprobe bully
check "the kernel has fail-nth" test -e /proc/self/fail-nth
# from here on also allocations that may sleep fail
echo N > $slab/ignore-gfp-wait
/usr/bin/python3 -u "$(dirname "$0")/failnth.py" || :
read -r good bad < failnth.sum || good=0 bad=1
passed=$((passed + good)) failed=$((failed + bad))

# A namespace that cannot be made is removed again: bully's part first, if it was made.
namespaces() {
	read -r refused _ _ < <(/usr/bin/python3 "$(dirname "$0")/failns.py" $LAST)
	echo "# namespaces refused: $refused"
	why="$refused were refused"
	# the number of failures depends on the boot
	[ "$refused" -ge 5 ]
}
check "failures while a namespace is made are handled" namespaces

net_up 3
check "three nodes are configured" start_all g "1 2 3"
check "the highest node leads" leads g 3 "1 2 3"
fault_on
for _ in $(seq $SECONDS_WITHOUT); do
	bullyctl -n n3 show > /dev/null 2>&1 || :
	bullyctl -n n2 elect g > /dev/null 2>&1 || :
	sleep 1
done
fault_off
echo "# packets without memory or route at node 3: $(tx_errors)"
check "some packets were not sent for lack of memory" test "$(tx_errors)" -gt 0
check "with memory all agree again" leads g 3 "1 2 3"
check "the group is deleted" stop_all g "1 2 3"
finish
