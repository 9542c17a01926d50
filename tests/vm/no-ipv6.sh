#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests a host without IPv6: scripts/vm --append ipv6.disable=1 tests/vm/no-ipv6.sh
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

check "the host has no IPv6" test ! -e /proc/net/if_inet6
modprobe bully
check "a group is added" bullyctl group add g id 2 heartbeat "$HB"
check "a peer with an IPv6 address is refused" refused 2 "IPv6 is disabled on this host" \
	bullyctl peer add g id 1 addr '[fd07::1]'
check "a local IPv6 address is refused" refused 2 "IPv6 is disabled on this host" \
	bullyctl group add h id 2 local '[fd07::1]'
check "a peer with an IPv4 address is accepted" bullyctl peer add g id 1 addr 127.0.0.9
check "the group gets its leader" bullyctl wait g leader timeout "${LIMIT}s"
finish
