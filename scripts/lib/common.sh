# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the shell scripts of this folder share; sourced, not run.

TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${BULLY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bully}
SELF=${0##*/}
export TREE CACHE

# Progress goes to standard error: standard output is for results.
say() { echo "$SELF: $*" >&2; }
die() { say "$*"; exit 1; }

# with_lock NAME: from here on this process alone works on NAME
with_lock() {
	mkdir -p "$CACHE/lock"
	exec 9> "$CACHE/lock/$1"
	if ! flock -n 9; then
		say "waiting for another run that prepares $1"
		flock 9
	fi
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

# content_key WORD... < DATA: a short name for exactly this content
content_key() {
	{ printf '%s\n' "$@"; cat; } | sha256sum | cut -c1-16
}

# as_root CMD...: needed for chroot and apt only
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
		sudo -n "$@"
	else
		die "'$1' needs root, and sudo is not there or wants a password"
	fi
}
