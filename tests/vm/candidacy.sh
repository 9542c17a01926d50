#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# libbully's candidacies: who owns one, loses it, and how; a forked child and an exec;
# and a refresh that waits for nothing, whoever fills the socket.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
user=$here/../../userspace

modprobe bully
net_up 2
# the library as it was built for bullyctl; a compiler is slow here
# shellcheck disable=SC2046 # flags are words
gcc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -I"$user/lib" -I"$user/../kmod/uapi" \
	-o candidacy "$here/candidacy.c" "$user/lib/libbully.a" $(pkg-config --libs libnl-genl-3.0)
start g 1 "1 2"
check "it leads" leads g 1 "1"
all_well() {
	local status=0
	why=$(ip netns exec n1 ./candidacy g) || status=$?
	printf '%s\n' "$why" | grep '^# ' || :
	why="status $status: $(printf '%s\n' "$why" | grep -v '^# ')"
	[ $status -eq 0 ]
}
check "candidacies are as libbully.h says" all_well
check "who is not owned leads nobody" wait_for is 1 g .leader null
check "and stands again when the administrator says so" bc 1 group set g candidate on
check "it leads again" leads g 1 "1"
bc 1 group del g
finish
