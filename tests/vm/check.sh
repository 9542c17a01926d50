#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl check: a command decides whether the node is a candidate, together with bullyctl
# run. In each way in which a check, or bullyctl check itself, can fail, hang or end, the node resigns.
# sections: flapping weight slow leftovers ends comes together
# numbers: EVERY_MS=200
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
# without a hold-down, because the node comes and goes
steady=(holddown off)
declare -A PIDS=()

# A check that succeeds while the file bad does not exist, and fails once if fails says so; it counts its runs.
cat > probe <<-'END'
	#!/bin/sh
	echo "$BULLY_GROUP $BULLY_ID $BULLY_STATE" >> ran
	if [ -s fails ]; then
		: > fails
		exit 1
	fi
	test ! -e bad
END
# A check that hangs while the file hang exists.
cat > hang <<-'END'
	#!/bin/sh
	echo run >> ran
	test ! -e hang.on || exec sleep 86400
END
# A check that succeeds and leaves processes: a child, one in a session of its own, an orphan.
cat > leave <<-'END'
	#!/bin/bash
	export LEFT=1
	echo run >> ran
	sleep 86400 &
	setsid sleep 86400 < /dev/null > /dev/null 2>&1 &
	(setsid bash -c '(sleep 86400 &); trap "" TERM; sleep 86400' < /dev/null > /dev/null 2>&1 &)
	exit 0
END
# A check that stops itself while the file stop.on exists.
cat > stop <<-'END'
	#!/bin/sh
	echo run >> ran
	test ! -e stop.on || kill -STOP $$
END
# A command for bullyctl run.
cat > stay <<-'END'
	#!/bin/sh
	echo "$BULLY_ID" > led.$BULLY_ID
	exec sleep 86400
END
chmod +x probe hang leave stop stay

# launch WORD [OPTION]... -- COMMAND...: starts a check of group g at node 3 as owner check-WORD. The
# deadline is long, so that a guest that stands still disturbs no other test.
launch() {
	local word=$1 patient=(--deadline 20s)
	shift
	[[ " $* " != *" --deadline "* ]] || patient=()
	rm -f ran
	env --default-signal=INT,QUIT bullyctl -n n3 check g --name "$word" --interval "${EVERY_MS}ms" \
		"${patient[@]}" "$@" 2> "said.$word" < /dev/null &
	PIDS[$word]=$!
}
over() { ! kill -0 "$1" 2> /dev/null || [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2> /dev/null)" = Z ]; }
# ended_with WORD STATUS: succeeds if the check ends with STATUS within the limit
ended_with() {
	local status=0 pid=${PIDS[$1]}
	unset "PIDS[$1]"
	wait_for over "$pid" || return 1
	wait "$pid" || status=$?
	why="status $status, said '$(tail -n 1 "said.$1")'"
	[ "$status" -eq "$2" ]
}
said() { # WORD WORDS
	why="said '$(cat "said.$1")'"
	grep -qF -- "$2" "said.$1"
}
says() { wait_for said "$@"; }
# quiet WORD N: succeeds if the check has printed at most N lines
quiet() {
	local n
	n=$(wc -l < "said.$1")
	why="$n lines: $(paste -sd '|' "said.$1")"
	[ "$n" -le "$2" ]
}
runs() { [ -e ran ] && wc -l < ran || echo 0; }
# more_runs N: succeeds if the check has run N times; runs_more N: N times more than now
more_runs() {
	why="$(runs) runs, not $1"
	[ "$(runs)" -ge "$1" ]
}
runs_more() { wait_for more_runs $(($(runs) + $1)); }
# left: prints the number of processes that check leave has left
left() { grep -lsz '^LEFT=1$' /proc/[0-9]*/environ | wc -l; }
nothing_left() {
	local n
	n=$(left)
	why="$n processes are left"
	[ "$n" -eq 0 ]
}

# afresh: no check is left or missed, and node 3 leads
afresh() {
	local word
	rm -f bad hang.on stop.on
	for word in "${!PIDS[@]}"; do
		kill -9 "${PIDS[$word]}" 2> /dev/null || :
		wait "${PIDS[$word]}" 2> /dev/null || :
		unset "PIDS[$word]"
	done
	bc 3 group set g candidate off && bc 3 group set g candidate on && leads g 3 "1 2 3" && table ""
}
table() { is 3 g '[.owners[] | .name + "=" + .state] | sort | join(" ")' "$1"; }
shows() { wait_for table "$1"; }
stands_not() { leads g 2 "1 2 3" && shows "$1"; }
stands() { leads g 3 "1 2 3" && shows "$1"; }
reason() {
	local got
	got=$(sed -n '/^{"event":"leader","group":"g".*"leader":null.*}$/ s/.*"reason":"\([a-z-]*\)".*/\1/p' events.n3 | tail -n 1)
	why="the reason is $got"
	[ "$got" = "$1" ]
}
# losses: prints how often node 3 has lost leadership
losses() { grep -c '^{"event":"leader","group":"g".*"leader":null' events.n3 || :; }
no_loss() { # BEFORE
	wait_for heard g 3 || return 1
	why="$(losses) losses, $1 before"
	[ "$(losses)" = "$1" ]
}

flapping() {
	local before
	check "flapping: nothing is left of earlier tests" afresh
	check "flapping: all events of that are written" wait_for heard g 3
	before=$(losses)
	launch p --fall 3 --rise 2 -- ./probe
	check "flapping: the check owns after its first success" shows "check-p=ok"
	check "flapping: a leader that is checked goes on leading" agree g 3 "1 2 3"
	check "flapping: no leadership was lost for it" no_loss "$before"
	check "flapping: it says so" says p "group g: check-p: the check succeeds: it lets this node be a candidate"
	check "flapping: the command has its environment" wait_for grep -qx "g 3 leader" ran
	check "flapping: the check runs on" runs_more 4
	check "flapping: success after success says nothing more" quiet p 1
	: > bad
	check "flapping: the check fails" says p "the check failed, 1 of 3: exit status 1"
	check "flapping: after failures in a row the node resigns" stands_not "check-p=unwilling"
	check "flapping: the reason is owner-unwilling" wait_for reason owner-unwilling
	check "flapping: it says so" says p "the check failed: this node is not a candidate: exit status 1"
	check "flapping: failure after failure" runs_more 4
	check "flapping: says nothing more" quiet p 3
	rm bad
	check "flapping: after successes in a row the node stands again" stands "check-p=ok"
	check "flapping: failures that are too few" doubt
	check "flapping: change nothing" stands "check-p=ok"
	check "flapping: the check is ended by TERM" kill "${PIDS[p]}"
	check "flapping: its status is 0" ended_with p 0
	check "flapping: it is not missed, and the node does not stand" stands_not ""
	: > bad
	launch p --fall 3 -- ./probe
	check "flapping: a first failure counts at once" shows "check-p=unwilling"
	check "flapping: the first failure is told" says p "the check failed: this node is not a candidate"
}
# With a weight a failing check lowers the priority, and the node goes on being a candidate.
weight() {
	check "weight: nothing is left of earlier tests" afresh
	check "weight: node 3 has the highest priority" bc 3 group set g priority 10
	check "weight: node 2 has the next" bc 2 group set g priority 5
	check "weight: node 3 leads" leads g 3 "1 2 3"
	launch w --weight 6 -- ./probe
	check "weight: the check owns" shows "check-w=ok"
	check "weight: node 3 goes on leading" stands "check-w=ok"
	check "weight: it says so" says w "check-w: the check succeeds: it leaves this node's priority as it is"
	: > bad
	check "weight: the check fails, and node 2 leads" stands_not "check-w=unwilling"
	check "weight: it says so" says w "the check failed: this node's priority is lower by 6: exit status 1"
	check "weight: node 3 is a candidate" is 3 g .options.candidate true
	check "weight: with a lower priority" is 3 g .effective_priority 4
	check "weight: node 2 is no candidate" bc 2 group set g candidate off
	check "weight: node 3 leads although its check fails" stands "check-w=unwilling"
	check "weight: node 2 is a candidate" bc 2 group set g candidate on
	check "weight: it leads again" stands_not "check-w=unwilling"
	rm bad
	check "weight: the check succeeds, and node 3 leads" stands "check-w=ok"
	check "weight: bullyctl check is killed" kill -9 "${PIDS[w]}"
	check "weight: it weighs, and node 2 leads" stands_not "check-w=vacant"
	launch w --weight 6 -- ./probe
	check "weight: it is back, and node 3 leads" stands "check-w=ok"
	: > bad
	check "weight: it fails" stands_not "check-w=unwilling"
	check "weight: it is ended by TERM" kill "${PIDS[w]}"
	check "weight: it is not missed, and node 3 leads as before" stands ""
	check "weight: candidate is on" is 3 g .options.candidate_mode on
	check "weight: priorities are as they were" bc 3 group set g priority 0
	check "weight: those of node 2, too" bc 2 group set g priority 0
}

# doubt: the check fails once, and succeeds again. In a guest that stands still it may fail more often,
# by its timeout, and then it is tried again.
doubt() {
	local try n
	for try in 1 2 3 4 5; do
		n=$(times 'succeeds')
		echo once > fails
		wait_for more_times "$n" 'succeeds' || return 1
		[[ $(tail -n 1 said.p) != *"succeeds again"* ]] || return 0
		echo "# try $try: the check failed too often"
	done
	return 1
}
# times WORDS: prints how often the check has said so
times() { grep -c -- "$1" said.p || :; }
more_times() { [ "$(times "$2")" -gt "$1" ]; }

slow() {
	check "slow: nothing is left of earlier tests" afresh
	launch h --fall 2 --rise 1 --timeout 1s -- ./hang
	check "slow: the check owns" shows "check-h=ok"
	: > hang.on
	check "slow: a check that hangs is killed and fails" says h "1 of 2: it took longer than 1s"
	check "slow: the node resigns" stands_not "check-h=unwilling"
	rm hang.on
	check "slow: the node stands again" stands "check-h=ok"
	check "slow: the check is ended" kill "${PIDS[h]}"
	check "slow: its status is 0" ended_with h 0
	check "slow: nothing is missed" shows ""
	launch s --fall 2 --rise 1 --timeout 1s -- ./stop
	check "slow: another check owns" shows "check-s=ok"
	: > stop.on
	check "slow: a check that is stopped fails" says s "1 of 2: it took longer than 1s"
	check "slow: the node resigns for it" stands_not "check-s=unwilling"
	rm stop.on
	check "slow: the node stands again after it" stands "check-s=ok"
	check "slow: a check that is killed fails" killed
}
killed() {
	launch k --fall 1 -- sh -c 'kill -9 $$'
	says k "killed by signal 9" && shows "check-k=unwilling check-s=ok"
}

leftovers() {
	check "leftovers: nothing is left of earlier tests" afresh
	launch l -- ./leave
	check "leftovers: a check that leaves processes succeeds" stands "check-l=ok"
	check "leftovers: it runs again and again" runs_more 3
	check "leftovers: at most those of the last run live" few_left
	check "leftovers: INT ends the check" kill -INT "${PIDS[l]}"
	check "leftovers: its status is 0" ended_with l 0
	check "leftovers: no process is left" wait_for nothing_left
}
few_left() {
	local n
	n=$(left)
	why="$n processes live"
	[ "$n" -le 6 ]
}

# living: prints the number of live processes of the command that bullyctl run has started
living() { grep -lsz '^BULLY_EPOCH=' /proc/[0-9]*/environ | wc -l; }
dead() {
	local n
	n=$(living)
	why="$n processes of the command live"
	[ "$n" -eq 0 ]
}

ends() {
	check "ends: nothing is left of earlier tests" afresh
	launch d -- ./probe
	check "ends: a check owns" stands "check-d=ok"
	check "ends: another check cannot have its name" refused 2 "another socket owns" bc 3 check g --name d -- true
	check "ends: HUP" kill -HUP "${PIDS[d]}"
	check "ends: HUP does nothing" holds $((3 * EVERY_MS)) table "check-d=ok"
	check "ends: bullyctl check is killed" kill -9 "${PIDS[d]}"
	check "ends: the node resigns, and the check is missed" stands_not "check-d=vacant"
	check "ends: the reason is owner-exit" wait_for reason owner-exit
	wait "${PIDS[d]}" 2> /dev/null || :
	launch d --deadline $((10 * HB_MS))ms -- ./probe
	check "ends: the check is started again, and the node stands" stands "check-d=ok"
	check "ends: bullyctl check is stopped" kill -STOP "${PIDS[d]}"
	check "ends: the node resigns at its deadline" stands_not "check-d=late"
	check "ends: the reason is owner-late" wait_for reason owner-late
	check "ends: bullyctl check is continued" kill -CONT "${PIDS[d]}"
	check "ends: it says that it was late" says d "this process missed its deadline; the next check decides"
	check "ends: the node stands again" stands "check-d=ok"
	: > bad
	check "ends: a check that fails owns on" stands_not "check-d=unwilling"
	check "ends: it is stopped again" kill -STOP "${PIDS[d]}"
	check "ends: it is late again" shows "check-d=late"
	check "ends: it is continued again" kill -CONT "${PIDS[d]}"
	check "ends: a first failure counts" shows "check-d=unwilling"
}

# The group comes and goes under the check.
comes() {
	check "comes: nothing is left of earlier tests" afresh
	launch c -- ./probe
	check "comes: a check owns" stands "check-c=ok"
	check "comes: the group is made anew with another peer" start g 3 "1 2 3 4" candidate owner "${steady[@]}"
	check "comes: the check still owns" stands "check-c=ok"
	check "comes: the group is deleted" bc 3 group del g
	check "comes: the other nodes agree" leads g 2 "1 2"
	check "comes: the check runs on" runs_more 2
	check "comes: the group is added again" start g 3 "1 2 3" "${steady[@]}"
	check "comes: the check owns again" stands "check-c=ok"
	check "comes: nothing of that is a failure" quiet c 1
	check "comes: the check is ended" kill "${PIDS[c]}"
	check "comes: its status is 0" ended_with c 0
	check "comes: a group that does not exist is refused" refused 2 "group nosuch" bc 3 check nosuch -- true
	check "comes: a witness is configured" bc 3 group add w id 3 role witness
	check "comes: a check of a witness is refused" refused 2 "so it never leads" bc 3 check w -- true
	check "comes: the witness is deleted" bc 3 group del w
	check "comes: a command that does not exist is refused" refused 127 "there is no command" bc 3 check g -- ./nosuch
	check "comes: that has changed nothing" shows ""
}

together() {
	local run
	check "together: nothing is left of earlier tests" afresh
	rm -f led.3
	launch t --rise 1 -- ./probe
	launch u --rise 1 --timeout 1s -- ./hang
	env --default-signal=INT,QUIT bullyctl -n n3 run g --restart --deadline 20s -- ./stay 2> said.run < /dev/null &
	run=$!
	check "together: two checks and run own" stands "check-t=ok check-u=ok run=ok"
	check "together: the command runs" wait_for test -s led.3
	rm -f led.3
	: > bad
	check "together: a check fails, and the node resigns" stands_not "check-t=unwilling check-u=ok run=ok"
	check "together: the command is dead" wait_for dead
	: > hang.on
	check "together: the other check fails, too" shows "check-t=unwilling check-u=unwilling run=ok"
	rm bad
	check "together: the first check succeeds" shows "check-t=ok check-u=unwilling run=ok"
	check "together: one that agrees is not enough" agree g 2 "1 2 3"
	check "together: the command has not run meanwhile" test ! -e led.3
	rm hang.on
	check "together: all agree, and the node leads" stands "check-t=ok check-u=ok run=ok"
	check "together: the command runs again" wait_for test -s led.3
	check "together: run is killed" kill -9 "$run"
	wait "$run" 2> /dev/null || :
	check "together: a node that is checked does not stand without its program" stands_not "check-t=ok check-u=ok run=vacant"
	check "together: its command is dead" wait_for dead
	rm -f led.3
	env --default-signal=INT,QUIT bullyctl -n n3 run g --restart --deadline 20s -- ./stay 2> said.run < /dev/null &
	run=$!
	check "together: run is started again, and the node leads" stands "check-t=ok check-u=ok run=ok"
	check "together: the command runs for the third time" wait_for test -s led.3
	check "together: run is ended" kill "$run"
	wait "$run" || :
	check "together: a program that ends in order is missed as well" stands_not "check-t=ok check-u=ok run=vacant"
	check "together: candidate on forgets it" bc 3 group set g candidate on
	check "together: the checks decide alone" stands "check-t=ok check-u=ok"
	check "together: a check is ended" kill "${PIDS[u]}"
	check "together: its status is 0" ended_with u 0
	check "together: the other check decides alone" stands "check-t=ok"
}

modprobe bully
net_up 3
check "a group of three nodes is configured" start_all g "1 2 3" "${steady[@]}"
check "the highest node leads" leads g 3 "1 2 3"
check "node 3 is watched" watch_node 3
run_sections
check "nothing is left" afresh
check "the group is deleted" stop_all g "1 2 3"
finish
