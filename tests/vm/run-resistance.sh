# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh, which sources it
# A section of run.sh: measures how long commands live that resist their end.

# resisted GROUP I CMD...: CMD takes leadership from node I; sets took to the time until all
# processes are dead, and succeeds if that time is within the bound
resisted() {
	local group=$1 i=$2 at begun lost n status=0
	shift 2
	launch "$i" "$group" "${bound[@]}" -- ./resist
	if ! { wait_for alive "$i" 6 && begun=$(uptime_ms) && "$@"; }; then
		clean "$i"
		return 1
	fi
	wait $RUN || status=$?
	at=$(uptime_ms)
	dead "$i" || return 1
	why="status $status, said '$(cat "said.$i")'"
	[ $status -eq 3 ] && wait_for lost_since "$i" "$begun" || return 1
	n=$((at - lost)) took=$((at - lost))
	echo "# $group: all dead $n ms after leadership (kill-after $KILL_MS ms, bound $((DEADLINE_MS + KILL_MS + SLACK_MS)) ms)"
	[ $n -le $worst ] || worst=$n
	why="$n ms"
	[ $n -ge $((KILL_MS - EARLY_MS)) ] && [ $n -le $((DEADLINE_MS + KILL_MS + SLACK_MS)) ]
}
# clean I: kills all processes, before another try
clean() {
	local why
	send KILL $RUN
	wait $RUN 2> /dev/null || :
	until dead "$1"; do
		grep -lsz "^BULLY_ID=$1\$" /proc/[0-9]*/environ | tr -dc '0-9\n' | xargs -r kill -KILL 2> /dev/null || :
	done
}
resistance() {
	local quorum=(quorum majority lease "${LEASE_MS}ms") HELD_MS=$((DEADLINE_MS / 2)) took
	single
	resist_off() {
		bc 2 group set s candidate on
		resisted s 2 bc 2 group set s candidate off
	}
	check "a command that resists is dead in time" undisturbed s resist_off
	check "none of the killed processes has left a child" dead 2
	# bullyctl learns of the loss late, but early enough for its deadline
	held_up() {
		send STOP $RUN
		bc 2 group set s candidate off
		pass $HELD_MS
		send CONT $RUN
	}
	late_to_know() {
		bc 2 group set s candidate on
		resisted s 2 held_up
	}
	check "a command is dead in time, although bullyctl was stopped for half of its deadline" undisturbed s late_to_know
	check "the reason of this loss is config, because bullyctl was not late" told 2 config
	# a time that counts from the loss ends before a time that counts from its detection
	counted() {
		local KILL_MS=$((2 * HELD_MS)) worst=0
		local bound=(--deadline "${DEADLINE_MS}ms" --kill-after "$((2 * HELD_MS))ms")
		late_to_know || return 1
		why="$took ms"
		[ "$took" -lt $((HELD_MS + KILL_MS)) ]
	}
	check "--kill-after counts from the loss" undisturbed s counted
	bc 2 group set s candidate on
	launch 2 s --kill-after 1h -- ./stay
	wait_for ran 2 || :
	bc 2 group set s candidate off
	check "a command that obeys TERM is dead at once" ends $RUN 3
	bc 2 group set s candidate on
	launch 2 s --kill-after 0s -- ./resist
	wait_for alive 2 6 || :
	bc 2 group set s candidate off
	check "--kill-after 0s kills at once" ends $RUN 3
	bc 2 group set s candidate on
	check "processes that a command leaves behind are killed" run_is 5 2 s "${bound[@]}" -- \
		bash -c "trap '' TERM; setsid sleep 86400 & (setsid sleep 86400 &); exit 5"
	check "all processes that the command left behind are dead" dead 2
	stop_all s 2

	check "quorum mode: a group of three nodes starts" start_all q "1 2 3" "${quorum[@]}"
	parted() {
		local status=0
		heal 3
		resisted q 3 cut 3 || status=$?
		heal 3
		return $status
	}
	check "quorum mode, cut off: all processes are dead in time after the lease" undisturbed q parted
	check "quorum mode, cut off: the reason is lease-lost" told 3 lease-lost
	# bullyctl is stopped when the lease ends, one to two heartbeats less than a lease after the cut
	held_apart() {
		cut 3
		pass $((LEASE_MS - 2 * HB_MS - EARLY_MS))
		send STOP $RUN
		pass $HELD_MS
		send CONT $RUN
	}
	parted_late() {
		local status=0
		heal 3
		resisted q 3 held_apart || status=$?
		heal 3
		return $status
	}
	check "quorum mode, cut off and bullyctl stopped: all processes are dead in time" undisturbed q parted_late
	check "quorum mode, cut off and bullyctl stopped: the reason is lease-lost" told 3 lease-lost
	stop_all q "1 2 3"
}
