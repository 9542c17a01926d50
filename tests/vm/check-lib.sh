# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests in a guest (lib.sh) and between guests (cluster-lib.sh) share. They
# set LIMIT, in seconds, and define state_dump and finish.

passed=0 failed=0 skipped=0 why=''

# nap: a short wait that starts no process
exec {NAP_FD}<> <(:)
nap() { read -rt 0.05 -u "$NAP_FD" || :; }

# wait_for CMD...: until it succeeds, within the limit
wait_for() {
	local end=$((SECONDS + LIMIT))
	until "$@"; do
		if [ $SECONDS -ge $end ]; then
			why=${why:-"$* did not come true within $LIMIT s"}
			return 1
		fi
		nap
	done
	why=''
}

# check NAME CMD...: one line, ok if it succeeds; else CMD may say in $why what is wrong
check() {
	local name=$1
	shift
	why=''
	if "$@"; then
		passed=$((passed + 1))
		echo "ok - $name"
	else
		failed=$((failed + 1))
		echo "not ok - $name: ${why:-$* failed}"
		state_dump
		# nobody learns anything from waiting for the rest
		[ $failed -ne 10 ] || { echo "# too many failures"; finish; }
	fi
}

skip() {
	skipped=$((skipped + 1))
	echo "ok - $1 # SKIP $2"
}
