# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154 # variables of lib.sh and of the test that sources this file
# Functions of the tests of bullyctl run; a test sources this file after lib.sh, in its own folder.

# A command that writes its group, id and epoch, and stays.
cat > stay <<-'END'
	#!/bin/sh
	echo "$BULLY_GROUP $BULLY_ID $BULLY_EPOCH" > ran.$BULLY_ID
	exec sleep 86400
END
chmod +x stay

# launch I GROUP [OPTION]... -- COMMAND...: starts bullyctl run in the background; RUN is its
# pid. The deadline is long, so that a guest that stands still disturbs no other test.
launch() {
	local node=$1 patient=(--deadline 20s)
	shift
	[[ " $* " != *" --deadline "* ]] || patient=()
	rm -f "ran.$node"
	# a shell without job control makes its children ignore these signals
	env --default-signal=INT,QUIT bullyctl -n "n$node" run "${patient[@]}" "$@" 2> "said.$node" < /dev/null &
	RUN=$!
}
ran() { [ -s "ran.$1" ]; }
# living I: prints the number of live processes with BULLY_ID=I in their environment
living() { grep -lsz "^BULLY_ID=$1\$" /proc/[0-9]*/environ | wc -l; }
alive() { # I N: succeeds if at least N processes live
	local n
	n=$(living "$1")
	why="$n alive at n$1"
	[ "$n" -ge "$2" ]
}
dead() {
	local n
	n=$(living "$1")
	why="$n alive at n$1"
	[ "$n" -eq 0 ]
}
over() { ! kill -0 "$1" 2> /dev/null || [ "$(process_state "$1")" = Z ]; }
process_state() { sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2> /dev/null; }
# ends PID STATUS: succeeds if PID ends with STATUS within the limit
ends() {
	local status=0
	wait_for over "$1" || return 1
	wait "$1" || status=$?
	why="status $status, said '$(tail -n 1 -- "$(ls -t said.* | head -n 1)")'"
	[ $status -eq "$2" ]
}
said() { # I WORDS
	why="said '$(cat "said.$1")'"
	grep -qF -- "$2" "said.$1"
}
# run_is STATUS I GROUP [OPTION]... -- COMMAND...
run_is() {
	local status=$1
	shift
	launch "$@"
	ends "$RUN" "$status"
}

# single [OPTION VALUE]...: starts group s on node 2, the highest, without its peer; a guest
# that stands still must not cost node 2 its leadership
single() {
	local HB=1s
	start s 2 "1 2" "$@"
}
# send SIGNAL PID: if PID has ended, the next check fails
send() { kill "-$1" "$2" 2> /dev/null || :; }
