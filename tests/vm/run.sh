#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl run: a command lives only while this node leads. All processes that it has
# started, also those that resist, are dead within the bound that bullyctl(8) states.
# Section going comes last, because it removes the name of a namespace.
# sections: where statuses signals resistance stopped positions terminal cgroups crowd going
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/run-lib.sh
. "$(dirname "$0")/run-lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
LEASE_MS=$((5 * HB_MS))
# the bound of bullyctl(8) is the sum of both and SLACK_MS
DEADLINE_MS=2000 KILL_MS=400 SLACK_MS=100
bound=(--deadline "${DEADLINE_MS}ms" --kill-after "${KILL_MS}ms")
worst=0
# /proc/uptime counts in 10 ms, and bullyctl may place the end a little too early
EARLY_MS=50

# A command that resists: it and its children ignore TERM, fork without end, lead
# sessions of their own, and lose their parents.
cat > resist <<-'END'
	#!/bin/bash
	trap '' TERM
	sleep 86400 &
	setsid bash -c 'sleep 86400 & wait' &
	(setsid bash -c '(sleep 86400 &); exec sleep 86400' < /dev/null > /dev/null 2>&1 &)
	bash -c 'kill -STOP $$' &
	echo "$BULLY_GROUP $BULLY_ID $BULLY_EPOCH" > ran.$BULLY_ID
	while :; do (sleep 0.3 &); sleep 0.1; done
END
# A command that writes each signal that it receives.
cat > listen <<-'END'
	#!/bin/bash
	for s in INT HUP QUIT USR1 USR2; do trap "echo $s >> heard" $s; done
	trap 'echo TERM >> heard; exit 4' TERM
	: > heard
	while :; do sleep 0.1; done
END
chmod +x resist listen

heard() { [ "$(paste -sd ' ' heard)" = "$1" ]; }
told() { # I REASON: succeeds if node I's last loss of its own leadership had REASON
	local got
	# shellcheck disable=SC2016
	got=$(jq -rRn 'reduce (inputs | fromjson? | select(.event == "leader")) as $e ({};
		if .[$e.group] == $e.id and $e.leader != $e.id then .why = $e.reason else . end
		| .[$e.group] = $e.leader) | .why' "events.n$1")
	why="n$1 told of $got"
	[ "$got" = "$2" ]
}
# lost_at I: prints the time in ms of the event by which node I stopped leading
lost_at() { event_time "$1" '.event == "leader" and .leader == null' | sed 's/......$//'; }
lost_since() { # I MS: sets lost to the time of node I's last loss; succeeds if that is after MS
	lost=$(lost_at "$1")
	why="n$1 has reported no loss since $2 ms, the last was at '$lost'"
	[ "${lost:-0}" -ge "$2" ]
}
# leads_on MS GROUP LEADER "NODES": succeeds if the nodes agree on LEADER for MS
leads_on() { leads "${@:2}" && holds "$1" agree "${@:2}"; }
# listens PID: succeeds if PID already handles its signals; before that a signal would end it
listens() { grep -q '^SigBlk:.*[abef]..$' "/proc/$1/status"; }
pass() { sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"; } # MS

# shellcheck source=tests/vm/run-resistance.sh
. "$here/run-resistance.sh"

where() {
	# the highest first, so that no other node leads for a moment and runs the command
	check "a group of three nodes is configured" start_all g "3 2 1"
	launch 1 g --restart -- ./stay
	local one=$RUN
	launch 2 g --restart -- ./stay
	local two=$RUN
	launch 3 g --restart -- ./stay
	local three=$RUN
	check "the leader runs its command" wait_for ran 3
	check "the node that runs the command leads" leads g 3 "1 2 3"
	look 3 g
	check "the command's environment has group, id and epoch" test "$(cat ran.3)" = "g 3 $EPOCH"
	check "the other nodes do not run the command" test ! -e ran.1 -a ! -e ran.2
	check "candidate on has become candidate owner" is 3 g .options.candidate_mode owner

	send KILL "$three"
	check "bullyctl killed: the next node leads" leads g 2 "1 2 3"
	check "bullyctl killed: its command is killed" wait_for dead 3
	check "bullyctl killed: the leader's reason is owner-exit" wait_for told 3 owner-exit
	check "bullyctl killed: the next node runs the command" wait_for ran 2
	check "bullyctl killed: the next node stays the leader, because the first node has no owner" undisturbed g leads_on $((2 * DETECT_MS)) g 2 "1 2 3"
	wait "$three" 2> /dev/null || :

	launch 3 g -- ./stay
	three=$RUN
	check "bullyctl started again: the highest node leads" leads g 3 "1 2 3"
	check "bullyctl started again: the highest node runs the command" wait_for ran 3
	check "leadership lost: the former leader's command is dead" wait_for dead 2
	check "leadership lost: bullyctl waits for the next leadership" test ! "$(over "$two" && echo over)"
	check "leadership lost: bullyctl reports the loss" wait_for said 2 "group g: this node no longer leads: "
	rm -f ran.2
	send TERM "$three"
	check "TERM: bullyctl ends with its command's status" ends "$three" 143
	check "TERM: the next node runs the command again" wait_for ran 2
	check "TERM: the next node leads under another epoch" wait_for agree g 2 "1 2 3"
	look 2 g
	check "TERM: the next command gets that epoch" test "$(cat ran.2)" = "g 2 $EPOCH"
	send INT "$one"
	check "INT while it waits ends bullyctl" ends "$one" 130
	check "INT while it waits: no command was run" test ! -e ran.1
	send TERM "$two"
	check "TERM ends the second bullyctl" ends "$two" 143
	check "no node leads without owners" wait_for is 1 g .leader null
	stop_all g "1 2 3"
}

statuses() {
	single
	check "status: 0 of the command is passed on" run_is 0 2 s -- true
	check "status: 7 of the command is passed on" run_is 7 2 s --restart -- sh -c 'exit 7'
	check "status: a command that a signal killed gives 128 and its number" run_is 137 2 s -- sh -c 'kill -KILL $$'
	printf '#!/nosuch\n' > bad
	chmod +x bad
	check "status: a missing interpreter gives 127" run_is 127 2 s -- ./bad
	check "status: a missing interpreter is reported" said 2 "there is no command './bad'"
	printf '\177ELF' > bad
	check "status: a file that is not executable gives 126" run_is 126 2 s -- ./bad
	check "status: a group that does not exist gives 125" refused 125 "there is no group of this name" bc 2 run nosuch -- true
	launch 2 s -- ./stay
	local first=$RUN
	wait_for ran 2 || :
	check "status: a second owner gives 125" refused 125 "another socket owns" bc 2 run s -- true
	check "a refused second owner does not disturb the first" alive 2 1
	send TERM "$first"
	ends "$first" 143 || :
	check "status: an unprivileged user gets 125 and the kernel's words" refused 125 "needs CAP_NET_ADMIN" \
		ip netns exec n2 setpriv --reuid 65534 --regid 65534 --clear-groups bullyctl run s -- true
	bc 2 group set s candidate off
	check "status: a timeout gives 3" run_is 3 2 s --timeout 300ms -- true
	check "status: a timeout is reported" said 2 "timed out waiting to lead"
	check "status: a timeout is reported in JSON" refused 3 '"status":3' bc 2 -j run s --timeout 100ms -- true
	launch 2 s -- true
	wait_for is 2 s '.owner != null' true && wait_for listens $RUN || :
	send USR1 $RUN
	send USR2 $RUN
	check "USR1 and USR2 while it waits have no effect" holds 500 kill -0 $RUN
	send HUP $RUN
	check "HUP while it waits ends bullyctl" ends $RUN 129
	launch 2 s -- true
	wait_for is 2 s '.owner != null' true || :
	bc 2 group del s
	check "status: a group that is deleted while it waits gives 3" ends $RUN 3
	check "status: a group that is deleted while it waits is reported" said 2 "deleted while waiting"
	single role witness
	check "status: a witness gives 125" run_is 125 2 s -- true
	check "status: a witness is reported" said 2 "role is witness"
	stop_all s 2
}

signals() {
	single
	launch 2 s -- ./listen
	wait_for test -e heard || :
	local s so_far=''
	for s in USR1 USR2 HUP INT QUIT; do
		send $s $RUN
		so_far="$so_far${so_far:+ }$s"
		check "signals: $s is passed on to the command" wait_for heard "$so_far"
	done
	send TERM $RUN
	check "signals: TERM is passed on, and the command's status is its own" ends $RUN 4
	check "signals: the command received each signal once" heard "USR1 USR2 HUP INT QUIT TERM"
	rm -f heard
	(trap '' HUP; exec bullyctl -n n2 run s -- ./listen 2> said.2 < /dev/null) &
	local run=$!
	wait_for test -e heard || :
	send HUP $run
	send USR1 $run
	check "nohup: an ignored HUP is not passed on" wait_for heard USR1
	send TERM $run
	check "nohup: TERM ends bullyctl with its command's status" ends $run 4
	rm -f heard
	launch 2 s --restart -- ./listen
	wait_for test -e heard || :
	send HUP $RUN
	check "--restart: HUP is passed on to the command" wait_for heard HUP
	bc 2 group set s candidate off
	check "--restart: the command is killed when leadership is lost" wait_for dead 2
	rm -f heard
	bc 2 group set s candidate owner
	check "--restart: the command is started again" wait_for test -e heard
	send TERM $RUN
	check "--restart: TERM ends bullyctl" ends $RUN 4
	# more signals do not shorten the time from TERM to KILL
	launch 2 s --kill-after 3s -- ./resist
	check "a command that resists TERM runs" wait_for alive 2 6
	bc 2 group set s candidate off
	check "resisting command: leadership is lost" wait_for is 2 s .leader null
	send TERM $RUN
	send TERM $RUN
	check "resisting command: bullyctl ends after KILL" ends $RUN 3
	check "resisting command: two more TERM do not make KILL come earlier" \
		test $(($(uptime_ms) - $(lost_at 2))) -ge $((3000 - EARLY_MS))
	check "resisting command: all its processes are dead" dead 2
	stop_all s 2
}

stopped() {
	check "deadline: a group of two nodes starts" start_all g "1 2"
	launch 2 g --deadline 2s -- ./stay
	check "deadline: the higher node leads" leads g 2 "1 2"
	check "deadline: the higher node runs the command" wait_for ran 2
	send STOP $RUN
	check "bullyctl stopped: the other node leads" leads g 1 "1 2"
	check "bullyctl stopped: the reason is owner-late" wait_for told 2 owner-late
	check "bullyctl stopped: its command still runs" alive 2 1
	send CONT $RUN
	check "bullyctl continued: it ends its command" ends $RUN 3
	check "bullyctl continued: it reports the loss" said 2 "no longer leads"
	check "bullyctl continued: the command is dead" dead 2
	check "--deadline off: the node leads on while bullyctl is stopped, and bullyctl goes on until TERM" \
		undisturbed g without_deadline
	stop_all g "1 2"
}

# A guest that stands still ends leadership, and then bullyctl: each try begins with a new one.
without_deadline() {
	[ -z "${OFF:-}" ] || { kill -CONT "$OFF"; kill "$OFF"; wait "$OFF"; } 2> /dev/null || :
	launch 2 g --deadline off -- ./stay
	OFF=$RUN
	wait_for ran 2 || return 1
	send STOP "$OFF"
	leads_on $((2 * DETECT_MS + 1000)) g 2 "1 2" || return 1
	send CONT "$OFF"
	send TERM "$OFF"
	ends "$OFF" 143
}

going() {
	single
	launch 2 s -- ./stay
	wait_for ran 2 || :
	bc 2 group del s
	check "group deleted: bullyctl ends with 3" ends $RUN 3
	check "group deleted: bullyctl reports the loss" said 2 "this node no longer leads"
	check "group deleted: the command is dead" dead 2
	single
	launch 2 s --restart -- ./stay
	wait_for ran 2 || :
	single misses 5
	check "--restart, option changed: the command lives on" holds 500 alive 2 1
	rm -f ran.4
	printf '[group s]\nid = 4\nheartbeat = 1s\n[peer 1]\naddr = 10.7.0.1\n' | bc 2 setconf -
	check "--restart, group replaced: the command is started anew" wait_for ran 4
	check "--restart, group replaced: the former command is dead" dead 2
	rm -f ran.2
	bc 2 group del s
	check "--restart, group deleted: the command is dead" wait_for dead 4
	single
	check "--restart, group added: the command is started anew" wait_for ran 2
	rm -f ran.2
	check "--restart: the module unloads" rmmod bully
	check "--restart, module unloaded: the command is dead" wait_for dead 2
	check "--restart, module unloaded: bullyctl waits and does not load the module" holds 1500 test ! -e /sys/module/bully
	modprobe bully
	single
	check "--restart, module loaded: the command is started anew" wait_for ran 2
	send TERM $RUN
	check "--restart: TERM ends bullyctl after the module's return" ends $RUN 143
	launch 2 s -- ./stay
	wait_for ran 2 || :
	ip netns del n2
	check "namespace without a name: the command lives on" holds 500 alive 2 1
	send TERM $RUN
	check "namespace without a name: TERM ends bullyctl" ends $RUN 143
}

# Marks a cgroup as delegated, as systemd does.
cgroups() {
	local unit=/sys/fs/cgroup/unit
	mkdir $unit
	python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.delegate", b"1")' $unit
	single
	rm -f ran.2
	# shellcheck disable=SC2016
	sh -c 'echo $$ > '$unit'/cgroup.procs; exec bullyctl -n n2 run s --kill-after 200ms -- ./resist' 2> said.2 &
	RUN=$!
	check "cgroup: the node leads and runs the command" wait_for ran 2
	check "cgroup: the command has a cgroup of its own" grep -q . $unit/bullyctl-run-$RUN/cgroup.procs
	check "cgroup: bullyctl stays in the unit's cgroup" grep -qx $RUN $unit/cgroup.procs
	bc 2 group set s candidate off
	check "cgroup: bullyctl ends with 3" ends $RUN 3
	check "cgroup: all processes of the command are dead" dead 2
	check "cgroup: the command's cgroup is removed" test ! -e $unit/bullyctl-run-$RUN
	rmdir $unit
	bc 2 group del s
}

# Finding the processes to kill, on a kernel that lists the children of a process.
crowd() {
	local user=$here/../../userspace
	check "search: the program that finds processes is compiled" gcc -std=gnu11 -D_GNU_SOURCE -O2 -I"$user/bullyctl" -I"$user/lib" \
		-I"$user/../kmod/uapi" -o kill "$here/../cli/kill.c" "$user"/bullyctl/{run/{find,kill,cgroup},process/signals}.c
	found() {
		local status=0
		./kill 2000 > killed || status=$?
		sed 's/^#* */# /' killed
		why=$(tail -n 1 killed)
		[ $status -eq 0 ] && [[ $why == *" 0 skipped" ]]
	}
	check "search: all children are found beside 2000 idle processes" found
}

# run tells the position that a file has, also while another node leads.
positions() {
	check "positions: a group of three nodes is configured" start_all p "3 2 1"
	mkdir -p data
	put "3 0/16B3748"
	launch 3 p --restart --position-file data/position -- ./stay
	local three=$RUN
	check "positions: a node with a position runs its command" wait_for ran 3
	check "positions: it was read at the start" wait_for at 3 3/23803720
	launch 1 p --restart --position-file data/missing -- ./stay
	local one=$RUN
	check "positions: a file that is missing is told" wait_for said 1 "warning: position file data/missing cannot be read: No such file or directory; there is no position until it has one"
	check "positions: there is none" at 1 null
	check "positions: it is an owner" is 1 p '.owners[0].state' ok
	check "positions: peers know the leader's" wait_for beside 1 3 3/23803720
	put "3 0/16B3750"
	check "positions: a file that is replaced is read" wait_for at 3 3/23803728
	check "positions: peers know that" wait_for beside 2 3 3/23803728
	echo "3 23803736" > data/position
	check "positions: a file that is written is read" wait_for at 3 3/23803736
	echo "2 7" > data/missing
	check "positions: a file that appears is read" wait_for at 1 2/7
	check "positions: the leader knows a follower's" wait_for beside 3 1 2/7
	check "positions: show names it" shown 3 "position 2/7"

	echo "garbage" > data/position
	check "positions: garbage is told" wait_for said 3 "warning: position file data/position is not one line 'TERM INDEX' or 'TERM X/Y'; the position stays 3/23803736"
	rm data/position
	check "positions: the position stays" holds 1000 at 3 3/23803736
	check "positions: that is told once" told_once 3
	check "positions: the command runs on" alive 3 1
	put "4 0/0"
	check "positions: the next position counts" wait_for at 3 4/0
	check "positions: it is a change of no leader" leads p 3 "1 2 3"
	rm -r data
	check "positions: a folder that is gone leaves the position" holds 1500 at 3 4/0
	mkdir data
	put "4 0/10"
	check "positions: a folder that is back is watched" wait_for at 3 4/16

	check "positions: the group is made anew" start p 3 "1 2 3"
	check "positions: the position goes on" wait_for at 3 4/16
	bc 3 group del p
	check "positions: the group is deleted and added" start p 3 "1 2 3"
	check "positions: run owns again, with the position" wait_for at 3 4/16

	send KILL "$three"
	check "positions: run is killed: the position is gone" wait_for at 3 null
	wait "$three" 2> /dev/null || :
	check "positions: peers know that" wait_for beside 1 3 null
	put "5 1"
	launch 3 p --deadline off --position-file data/position -- ./stay
	three=$RUN
	check "positions: without a deadline it is told, too" wait_for at 3 5/1
	put "5 2"
	check "positions: and each change" wait_for at 3 5/2
	put "5 3"
	check "positions: and the next" wait_for at 3 5/3
	send TERM "$three"
	check "positions: TERM ends bullyctl" ends "$three" 143
	check "positions: the position is gone" wait_for at 3 null
	send TERM "$one"
	wait "$one" || :
	stop_all p "1 2 3"
}
put() { echo "$1" > data/new && mv data/new data/position; }
# at I TERM/INDEX or null: the position that node I tells
at() { is "$1" p '.position | if . then "\(.term)/\(.index)" else null end' "$2"; }
# beside I PEER TERM/INDEX or null: the position that node I shows of a peer
beside() { is "$1" p ".peers[] | select(.id == $2) | .position | if . then \"\\(.term)/\\(.index)\" else null end" "$3"; }
shown() {
	why=$(bc "$1" show p)
	[[ $why == *"$2"* ]]
}
told_once() {
	why=$(cat "said.$1")
	[ "$(grep -c 'warning: position file' "said.$1")" -eq 1 ]
}

terminal() {
	single
	check "terminal: the command is in the foreground; ^Z and ^C work" "$here/run-tty.py" bullyctl -n n2 run s --deadline off -- ./listen
	stop_all s 2
}

modprobe bully
net_up 3
for i in 1 2 3; do watch_node "$i"; done
run_sections
[ "$worst" -eq 0 ] || echo "# worst: all dead $worst ms after the end of leadership, kill-after $KILL_MS ms"
finish
