# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that the tests in a guest (lib.sh) and between guests (tests/cluster/lib.sh) share.
# Both files set LIMIT, in seconds, and define state_dump, late and finish.

passed=0 failed=0 skipped=0 why='' TOOK=0

# said_of_itself WHAT: prints the words of the lines '# WHAT: ...' in the test's first 20 lines
said_of_itself() { sed -n "1,20s/^# $1: *//p" "$0" | paste -sd ' '; }

# arguments ARG...: reads the arguments of a test. The first lines of the test have
#   # sections: NAME...           functions; an ARG selects one, and without any all run
#   # numbers: NAME=DEFAULT...    variables; an ARG of the form NAME=VALUE sets one
arguments() {
	local arg
	for arg in $(said_of_itself numbers); do declare -g "$arg"; done
	SECTIONS=()
	for arg; do
		if [[ $arg == *=* && " $(said_of_itself numbers)" == *" ${arg%%=*}="* ]]; then
			declare -g "$arg"
		elif [[ " $(said_of_itself sections) " == *" $arg "* ]]; then
			SECTIONS+=("$arg")
		else
			echo "$0: there is no section or number '$arg'" >&2
			exit 2
		fi
	done
	[ ${#SECTIONS[@]} -gt 0 ] || read -ra SECTIONS <<< "$(said_of_itself sections)"
}
# run_sections: runs the sections that the test was called with
run_sections() {
	local section began
	for section in "${SECTIONS[@]}"; do
		began=$SECONDS
		"$section"
		echo "# $section: $((SECONDS - began)) s"
	done
}

exec {NAP_FD}<> <(:)

# look_at CMD...: returns the status of CMD, and sets TOOK to its time in microseconds
look_at() {
	local begin=${EPOCHREALTIME/./} status=0
	"$@" || status=$?
	TOOK=$((${EPOCHREALTIME/./} - begin))
	return $status
}

# nap: waits twice as long as the last look took, without a process: under emulation each
# look takes processor time from the nodes
nap() {
	local us=$((2 * TOOK))
	((us >= 50000)) || us=50000
	((us <= 500000)) || us=500000
	read -rt "0.$(printf %06d $us)" -u "$NAP_FD" || :
}

# wait_for CMD...: repeats CMD until it succeeds; fails after LIMIT seconds
wait_for() {
	local end=$((SECONDS + LIMIT))
	until look_at "$@"; do
		if [ $SECONDS -ge $end ]; then
			why=${why:-"$* did not succeed within $LIMIT s"}
			return 1
		fi
		nap
	done
	why=''
}

# check NAME CMD...: prints one line, ok if CMD succeeds. A CMD that fails sets $why.
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
		# further failures add no information
		[ $failed -ne 10 ] || { echo "# too many failures"; finish; }
	fi
}

skip() {
	skipped=$((skipped + 1))
	echo "ok - $1 # SKIP $2"
}

# later BEFORE AFTER: succeeds if a count has risen. A group that was replaced starts at 0.
later() {
	local -a old new
	local i
	mapfile -t old <<< "$1"
	mapfile -t new <<< "$2"
	for i in "${!new[@]}"; do
		[ "${new[i]}" -eq 0 ] || [ "${new[i]}" -eq "${old[i]:-0}" ] || return 0
	done
	return 1
}

# undisturbed GROUP CMD...: succeeds if CMD succeeds. CMD is repeated if it fails while a guest
# stood still for more than half a heartbeat; so CMD itself must cause what it watches.
undisturbed() {
	# names of its own: CMD may use its caller's variables
	local undisturbed_group=$1 undisturbed_try undisturbed_before
	shift
	for undisturbed_try in 1 2 3 4 5; do
		undisturbed_before=$(late "$undisturbed_group")
		why=''
		"$@" && return 0
		later "$undisturbed_before" "$(late "$undisturbed_group")" || return 1
		echo "# try $undisturbed_try: the guest stood still (${why:-$*})"
	done
	return 1
}
