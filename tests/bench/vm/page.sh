#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Measures the cost of bully_is_leader() on a leader in quorum mode, in a guest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../../..
# shellcheck disable=SC2046
gcc -std=gnu11 -D_GNU_SOURCE -O2 -I"$top/userspace/lib" -I"$top/kmod/uapi" -o page "$here/page.c" \
	"$top/userspace/lib/libbully.a" $(pkg-config --libs libnl-genl-3.0)
modprobe bully
ip link add lan0 type dummy
ip addr add 10.9.0.1/24 dev lan0
ip link set lan0 up
bullyctl group add page id 1 quorum majority lease 5s voters 1
# with an observer as its peer the group has a link
bullyctl peer add page id 2 addr 10.9.0.2 role observer
bullyctl wait page leader timeout 200s
echo "BENCH $(./page page)"
bullyctl group del page
rmmod bully
