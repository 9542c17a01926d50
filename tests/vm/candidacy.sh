#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests libbully's calls for candidacies: how a socket gets and loses a candidacy, a forked
# child, an exec, and a refresh that returns at once although its socket is full.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
user=$here/../../userspace

modprobe bully
net_up 2
# uses the library that was built for bullyctl, because a compiler is slow in a guest
# shellcheck disable=SC2046 # flags are words
gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -I"$user/lib" -I"$user/../kmod/uapi" \
	-o candidacy "$here/candidacy.c" "$user/lib/libbully.a" $(pkg-config --libs libnl-genl-3.0)
start g 1 "1 2"
check "the node leads" leads g 1 "1"
all_well() {
	local status=0
	why=$(ip netns exec n1 ./candidacy g) || status=$?
	printf '%s\n' "$why" | grep '^# ' || :
	why="status $status: $(printf '%s\n' "$why" | grep -v '^# ')"
	[ $status -eq 0 ]
}
check "the calls for candidacies keep what libbully.h promises" all_well
check "a node without an owner does not lead" wait_for is 1 g .leader null
check "candidate on makes it a candidate again" bc 1 group set g candidate on
check "the node leads again" leads g 1 "1"
bc 1 group del g
finish
