# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions that the shell scripts in scripts/ share; sourced, not run.

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${BULLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bully}
SELF=${0##*/}
export TREE CACHE

# Progress goes to standard error: standard output is for results.
say() { echo "$SELF: $*" >&2; }
die() { say "$*"; exit 1; }

case $CACHE in
*[[:space:]:]*) die "make cannot work in the cache $CACHE: its path has a blank or a colon (set BULLY_CACHE)" ;;
esac

# with_lock NAME: takes the lock NAME, which this process keeps until its end
with_lock() {
	mkdir -p "$CACHE/lock"
	exec 9> "$CACHE/lock/$1"
	if ! flock -n 9; then
		say "waiting for another run that prepares $1"
		flock 9
	fi
}

# start_group CMD...: runs CMD in its own process group, which ends before this script. The group
# shares the lock: if it survives a SIGKILL of this script, it still keeps other runs out. The
# caller has end_group in its EXIT trap.
start_group() {
	local told=
	trap 'told=130' INT
	trap 'told=143' TERM
	trap 'told=129' HUP
	set -m
	"$@" < /dev/null &
	GROUP=$!
	set +m
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'exit 129' HUP
	[ -z "$told" ] || exit "$told"
}

# end_group: ends the group; returns when no process of the group is left
end_group() {
	[ -n "${GROUP:-}" ] || return 0
	trap '' INT TERM HUP
	kill -TERM -- "-$GROUP" 2> /dev/null || true
	for _ in {1..60}; do
		kill -0 -- "-$GROUP" 2> /dev/null || break
		sleep 0.1
	done
	kill -KILL -- "-$GROUP" 2> /dev/null || true
	wait "$GROUP" 2> /dev/null || true
	GROUP=
	trap - INT TERM HUP
}

# wait_group: waits for CMD; returns its status
wait_group() {
	local status=0
	wait "$GROUP" || status=$?
	end_group
	return $status
}

# run_logged LOG CMD...: quiet unless it fails
run_logged() {
	local log=$1
	shift
	if ! "$@" >> "$log" 2>&1; then
		tail -n 40 "$log" >&2
		return 1
	fi
}

# patiently CMD...: retries CMD, because a failing mirror or another apt may be ready soon
patiently() {
	local pause
	for pause in 5 15 30; do
		! "$@" || return 0
		say "that failed; once more in $pause s"
		sleep "$pause"
	done
	"$@"
}

# content_key WORD... < DATA: prints a short name for exactly this content
content_key() {
	{ printf '%s\n' "$@"; cat; } | sha256sum | cut -c1-16
}

# as_root CMD...: runs CMD as root; only chroot and apt need it
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
		sudo -n "$@"
	else
		die "'$1' needs root, and sudo is not there or wants a password"
	fi
}
