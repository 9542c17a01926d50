# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests in a guest (lib.sh) and between guests (cluster-lib.sh) share. They
# set LIMIT, in seconds, and define state_dump and finish.

passed=0 failed=0 skipped=0 why='' TOOK=0

exec {NAP_FD}<> <(:)

# look_at CMD...: its status; how long it took is in TOOK, in microseconds
look_at() {
	local begin=${EPOCHREALTIME/./} status=0
	"$@" || status=$?
	TOOK=$((${EPOCHREALTIME/./} - begin))
	return $status
}

# nap: starts no process, and lasts twice as long as the last look: under emulation a
# look costs what the nodes need to do what is looked for
nap() {
	local us=$((2 * TOOK))
	((us >= 50000)) || us=50000
	((us <= 500000)) || us=500000
	read -rt "0.$(printf %06d $us)" -u "$NAP_FD" || :
}

# wait_for CMD...: until it succeeds, within the limit
wait_for() {
	local end=$((SECONDS + LIMIT))
	until look_at "$@"; do
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
