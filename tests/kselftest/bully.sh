#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the tests of network namespaces in the form of kselftest: TAP, and status 4 for "skipped".
# bully.sh [TEST...]: names of tests/vm without .sh; the default is those that need one
# kernel, no tool beyond iproute2 and nftables, and a minute.
#
# The tests run in their own network and mount namespaces. Each test unloads the module, so no
# group may exist on this machine.

ksft_pass=0 ksft_fail=1 ksft_skip=4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$here/vm
[ -d "$tests" ] || tests=$here/../vm
[ $# -gt 0 ] || set -- basic quorum auth owner owners page addresses leaving

skip() {
	echo "1..0 # SKIP $1"
	exit $ksft_skip
}

[ "$(id -u)" -eq 0 ] || skip "this needs root"
for tool in bullyctl ip nft unshare modprobe; do
	command -v $tool > /dev/null || skip "there is no $tool"
done
if [ -z "${BULLY_KSELFTEST-}" ]; then
	export BULLY_KSELFTEST=1
	exec unshare -n -m "${BASH_SOURCE[0]}" "$@"
fi
# ip-netns(8) keeps the names of namespaces there
mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns || skip "/run/netns cannot be hidden"
modprobe -q bully || skip "there is no module bully"

echo "TAP version 13"
echo "1..$#"
number=0 status=$ksft_pass
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit $ksft_fail
for test; do
	number=$((number + 1))
	modprobe -q bully
	if bash "$tests/$test.sh" > "$work/out" 2>&1; then
		echo "ok $number $test"
	else
		sed 's/^/# /' "$work/out"
		echo "not ok $number $test"
		status=$ksft_fail
	fi
done
exit $status
