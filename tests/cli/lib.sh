# SPDX-License-Identifier: GPL-2.0-only
# Functions that the tests of bullyctl share: run a command, check status and sentence, count.
# shellcheck shell=bash

passed=0 failed=0 skipped=0 status=0
work=$(mktemp -d)

pass() {
	echo "ok - $1"
	passed=$((passed + 1))
}

miss() { # name detail...
	echo "not ok - $1"
	shift
	printf '    | %s\n' "$@" | head -40
	failed=$((failed + 1))
}

skip() {
	echo "ok - $1 # SKIP $2"
	skipped=$((skipped + 1))
}

# Runs a command; its output goes to $work/out and $work/err, its status to $status.
try() {
	status=0
	"$@" > "$work/out" 2> "$work/err" || status=$?
}

# A success that prints nothing to standard error.
works() { # name command...
	local name=$1
	shift
	try "$@"
	if [ $status -eq 0 ] && [ ! -s "$work/err" ]; then
		pass "$name"
	else
		miss "$name" "$*" "status $status" "$(cat "$work/err")"
	fi
}

# A failure: this status, and one sentence in which this text occurs.
refuses() { # status text command...
	local want=$1 text=$2 name
	shift 2
	name="${*##*/bullyctl} -> $want: $text"
	try "$@"
	if [ $status -eq "$want" ] && [ "$(wc -l < "$work/err")" -eq 1 ] &&
		grep -q '^bullyctl: ' "$work/err" && grep -qF -- "$text" "$work/err" &&
		[ ! -s "$work/out" ]; then
		pass "$name"
	else
		miss "$name" "status $status" "$(cat "$work/err" "$work/out")"
	fi
}

equal() { # name got wanted
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		miss "$1" "got:    $2" "wanted: $3"
	fi
}

# Runs a command whose output is a pipe without a reader, with the default for SIGPIPE.
unread() { # command...
	python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
ran = subprocess.run(sys.argv[1:], stdout=w, timeout=60).returncode
sys.exit(ran if ran >= 0 else 128 - ran)' "$@"
}

# Repeats a command until it succeeds; fails after that many seconds.
until_true() { # seconds command...
	local end=$((SECONDS + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.05
	done
}

finish() {
	rm -rf "$work"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed -eq 0 ]
}
