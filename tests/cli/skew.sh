#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl against a module of another version, in a guest, as root. The module
# is built with BULLY_FAMILY_VERSION=2:
#   skew.sh [MODULE]
# MODULE is this bully.ko, or a file with the output of scripts/kmod for it; a path may be
# relative to the tree. Without MODULE modprobe must find the module.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/cli/lib.sh
. "$here/lib.sh"

if [ $# -gt 0 ]; then
	MODULE=$1
	[ -e "$MODULE" ] || MODULE=$here/../../$1
	if [[ $MODULE == *.vars ]]; then
		# shellcheck source=/dev/null
		. "$MODULE"
	fi
	modinfo -F depends "$MODULE" | tr ',' '\n' | xargs -r modprobe -a
	insmod "$MODULE"
else
	modprobe bully
fi
sentence="the kernel module speaks version 2, bullyctl speaks version 1: install the same version of both"
printf '[group g]\nid = 1\n' > "$work/f"
for c in show stats monitor "wait g leader" "group add g id 1" "group set g misses 4" "group del g" \
	"peer add g id 2 addr 10.0.0.2" "elect g" "resign g" "showconf g" "setconf $work/f" "syncconf $work/f"; do
	# shellcheck disable=SC2086
	refuses 2 "$sentence" bullyctl $c
done
try bullyctl -j show
equal "a module of another version is reported in JSON" "$status $(cat "$work/err")" \
	"2 {\"error\":\"$sentence\",\"status\":2,\"errno\":93}"
works "-V works beside a module of another version" bullyctl -V
works "help works beside a module of another version" bullyctl help
works "setconf --check works beside a module of another version" bullyctl setconf --check "$work/f"
works "a module of another version can be unloaded" rmmod bully
finish
