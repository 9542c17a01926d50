#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl run --watchdog with softdog, which here only logs that it would reset the host.
# A process that writes to a frozen file system cannot be killed until the file system is thawed.
# Section unfit comes last, because it loads softdog with other parameters.
# sections: fed lost stuck dies unfit
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/vm/run-lib.sh
. "$(dirname "$0")/run-lib.sh"
arguments "$@"
here=$(cd "$(dirname "$0")" && pwd)
DOG=/dev/watchdog0
SYS=/sys/class/watchdog/watchdog0
# A guest that stands still for three quarters of the timeout lets the watchdog fire. So where it
# must not fire the timeout is long, and without a deadline such a guest costs no leadership.
CALM_S=6
calm=(--deadline off --watchdog "$DOG" --watchdog-timeout "${CALM_S}s")
short=(--deadline off --watchdog "$DOG" --watchdog-timeout 1s)

# A command that cannot be killed, because it writes to a frozen file system.
cat > stuck <<-'END'
	#!/bin/sh
	echo "$BULLY_GROUP $BULLY_ID $BULLY_EPOCH" > ran.$BULLY_ID
	echo $$ > stuck.pid
	exec dd if=/dev/zero of=frozen/file count=1 status=none
END
chmod +x stuck

# barks: prints how often the watchdog would have reset the host
barks() { dmesg | grep -c 'softdog: Triggered - Reboot ignored' || :; }
barked() { # BARKS: succeeds if the watchdog has fired since
	why="the watchdog has not fired"
	[ "$(barks)" -gt "$1" ]
}
quiet() { # BARKS: the opposite
	why="the watchdog has fired"
	[ "$(barks)" -eq "$1" ]
}
runs() { # STATE: succeeds if the watchdog is active or inactive
	local state
	state=$(< $SYS/state)
	why="the watchdog is $state"
	[ "$state" = "$1" ]
}
# disarm: stops a watchdog whose process was killed
disarm() { printf V > $DOG; }
load() { # PARAMETER...
	[ ! -e $SYS ] || rmmod softdog
	modprobe softdog soft_noboot=1 "$@"
	wait_for test -c $DOG
}
lose() { bc 2 group set s candidate off; }
stand() { bc 2 group set s candidate on; }

freeze() {
	truncate -s 16M disk
	mkfs.ext4 -qF disk || return 1
	mkdir frozen
	modprobe -qa loop ext4 || :
	mount -o loop disk frozen && fsfreeze -f frozen
}
thaw() { fsfreeze -u frozen; }
unmount() {
	wait_for umount frozen
	rmdir frozen
}
hangs() { # succeeds if the command waits for the file system: a process may be in state D for less
	[ -s stuck.pid ] || return 1
	why="the command is in state $(process_state "$(< stuck.pid)")"
	grep -q mnt_want_write "/proc/$(< stuck.pid)/stack" 2> /dev/null
}

fed() {
	local fired
	single
	fed_for_long() {
		fired=$(barks)
		launch 2 s "${calm[@]}" -- ./stay
		wait_for ran 2 || return 1
		runs active && holds $((3 * CALM_S * 1000)) quiet "$fired"
		local status=$?
		send TERM "$RUN"
		ends "$RUN" 143 && return $status
	}
	check "the watchdog runs, and does not fire in three timeouts" undisturbed s fed_for_long
	check "TERM: the watchdog is stopped" runs inactive
	check "--watchdog-timeout is the timeout of the watchdog" test "$(< $SYS/timeout)" -eq $CALM_S
	launch 2 s --watchdog $DOG --deadline 2500ms -- ./stay
	wait_for ran 2 || :
	check "the default of the timeout is twice the deadline" test "$(< $SYS/timeout)" -eq 5
	send TERM "$RUN"
	ends "$RUN" 143 || :
	check "a command that ends: its status is passed on" run_is 7 2 s "${calm[@]}" -- sh -c 'exit 7'
	check "a command that ends: the watchdog is stopped" runs inactive
	printf '#!/nosuch\n' > bad
	chmod +x bad
	check "a command that cannot be started: run says so" run_is 127 2 s "${calm[@]}" -- ./bad
	check "a command that cannot be started: the watchdog is stopped" runs inactive
	check "the watchdog runs when the command starts" run_is 0 2 s "${calm[@]}" -- grep -q '^active' $SYS/state
	check "the command does not inherit the device" run_is 1 2 s "${calm[@]}" -- \
		sh -c 'readlink /proc/self/fd/* | grep -q watchdog'
	cat > listen <<-'END'
		#!/bin/bash
		for s in INT QUIT CONT; do trap "echo $s >> heard" $s; done
		trap 'echo TERM >> heard; exit 4' TERM
		: > heard
		while :; do sleep 0.1; done
	END
	chmod +x listen
	check "terminal: ^Z does not stop run, so the watchdog is fed" "$here/run-tty.py" --held \
		bullyctl -n n2 run s "${calm[@]}" -- ./listen
	check "terminal: the watchdog is stopped at the end" runs inactive
	bc 2 group set s candidate off
	launch 2 s "${calm[@]}" -- ./stay
	check "without leadership run waits" wait_for is 2 s '.owner != null' true
	check "without leadership the watchdog does not run" runs inactive
	send TERM "$RUN"
	ends "$RUN" 143 || :
	stop_all s 2
}

lost() {
	local fired
	single
	lost_in_time() {
		stand
		fired=$(barks)
		launch 2 s "${calm[@]}" -- ./stay
		wait_for ran 2 && runs active && lose && ends "$RUN" 3 && quiet "$fired"
	}
	check "leadership lost: the command dies, and the watchdog does not fire" undisturbed s lost_in_time
	check "leadership lost: the watchdog is stopped" runs inactive
	check "leadership lost: a watchdog that is stopped does not fire" holds $((CALM_S * 1000)) quiet "$fired"
	# feeding goes on as long as --kill-after gives the processes time
	cat > deaf <<-'END'
		#!/bin/sh
		trap '' TERM
		echo "$BULLY_GROUP $BULLY_ID $BULLY_EPOCH" > ran.$BULLY_ID
		while :; do sleep 1; done
	END
	chmod +x deaf
	slow_end() {
		stand
		fired=$(barks)
		launch 2 s "${calm[@]}" --kill-after $((2 * CALM_S))s -- ./deaf
		wait_for ran 2 && lose && ends "$RUN" 3 && quiet "$fired"
	}
	check "--kill-after above the timeout: the watchdog does not fire before KILL" undisturbed s slow_end
	check "--kill-after above the timeout: the watchdog is stopped" runs inactive
	stand
	launch 2 s "${calm[@]}" --restart -- ./stay
	wait_for ran 2 || :
	lose
	check "--restart: the watchdog is stopped when leadership is lost" wait_for runs inactive
	rm -f ran.2
	bc 2 group set s candidate owner
	check "--restart: the command runs again" wait_for ran 2
	check "--restart: the watchdog runs again" runs active
	send TERM "$RUN"
	check "--restart: TERM ends run" ends "$RUN" 143
	check "--restart: TERM stops the watchdog" runs inactive
	stop_all s 2
	check "quorum mode: a group of three nodes starts" start_all q "1 2 3" quorum majority lease $((5 * HB_MS))ms
	parted() {
		heal 3
		fired=$(barks)
		launch 3 q "${calm[@]}" -- ./stay
		wait_for ran 3 && runs active || return 1
		cut 3
		ends "$RUN" 3 && quiet "$fired"
	}
	check "quorum mode, cut off: the command is dead, and the watchdog has not fired" undisturbed q parted
	check "quorum mode, cut off: the watchdog is stopped" runs inactive
	heal 3
	stop_all q "1 2 3"
}

stuck() {
	local fired
	single
	check "a file system is frozen" freeze
	launch 2 s "${short[@]}" --kill-after 400ms -- ./stuck
	check "a command hangs in the kernel" wait_for hangs
	fired=$(barks)
	lose
	check "the command cannot be killed: run says that the watchdog is no longer fed" wait_for said 2 \
		"group s: a process of './stuck' is still alive; watchdog $DOG is no longer fed and resets this host in "
	check "the command cannot be killed: the watchdog fires" wait_for barked "$fired"
	check "the command cannot be killed: it is alive" hangs
	check "the command cannot be killed: this node does not lead" is 2 s .leader null
	check "the command cannot be killed: run says so once" test "$(grep -c 'no longer fed' said.2)" -eq 1
	thaw
	check "the command can be killed again: run ends" ends "$RUN" 3
	check "the command can be killed again: the watchdog is stopped" runs inactive
	# a descendant, after the command has ended by itself
	fsfreeze -f frozen
	rm -f stuck.pid
	stand
	fired=$(barks)
	# shellcheck disable=SC2016
	launch 2 s "${short[@]}" --kill-after 400ms -- \
		sh -c './stuck & until grep -q mnt_want_write /proc/$!/stack; do sleep 0.1; done; exit 5'
	check "a descendant cannot be killed: the watchdog fires" wait_for barked "$fired"
	check "a descendant cannot be killed: run says so" said 2 "watchdog $DOG is no longer fed"
	check "a descendant cannot be killed: this node has resigned" is 2 s .leader null
	thaw
	check "a descendant can be killed again: run ends with the command's status" ends "$RUN" 5
	check "a descendant can be killed again: the watchdog is stopped" runs inactive
	check "the file system is unmounted" unmount
	stop_all s 2
}

dies() {
	local fired
	single
	launch 2 s "${short[@]}" -- ./stay
	wait_for ran 2 || :
	fired=$(barks)
	send KILL "$RUN"
	check "run killed: the watchdog fires" wait_for barked "$fired"
	check "run killed: the command is dead" wait_for dead 2
	wait "$RUN" 2> /dev/null || :
	check "run killed: the watchdog still runs" runs active
	stand
	check "run started again: it does not stop that watchdog" refused 125 "watchdog $DOG runs already" \
		bc 2 run s "${short[@]}" -- true
	check "run started again: the watchdog still runs" runs active
	disarm
	launch 2 s "${short[@]}" -- ./stay
	wait_for ran 2 || :
	fired=$(barks)
	send STOP "$RUN"
	check "run stopped: the watchdog fires" wait_for barked "$fired"
	check "run stopped: the command lives" alive 2 1
	send CONT "$RUN"
	send TERM "$RUN"
	check "run continued: TERM ends it" ends "$RUN" 143
	check "run continued: TERM stops the watchdog" runs inactive
	stop_all s 2
}

unfit() {
	local dog
	single
	exec {dog}> $DOG
	check "busy: run is refused" refused 125 "watchdog $DOG runs already: another process holds it" \
		bc 2 run s "${calm[@]}" -- touch started
	check "busy: the error is printed in JSON" refused 125 '"status":125' bc 2 -j run s "${calm[@]}" -- true
	check "busy: no command was started" test ! -e started
	check "busy: this node has no owner" is 2 s .owner null
	printf V >&"$dog"
	exec {dog}>&-
	check "the other process has stopped the watchdog" runs inactive
	lose
	launch 2 s "${calm[@]}" --restart -- ./stay
	wait_for is 2 s '.owner != null' true || :
	exec {dog}> $DOG
	bc 2 group set s candidate owner
	check "busy when this node leads: run ends" ends "$RUN" 125
	check "busy when this node leads: run says so" said 2 "another process holds it"
	check "busy when this node leads: no command was started" test ! -e ran.2
	check "busy when this node leads: this node has resigned" wait_for is 2 s .leader null
	printf V >&"$dog"
	exec {dog}>&-
	check "an unprivileged user is refused" refused 125 "watchdog $DOG cannot be opened: Permission denied" \
		ip netns exec n2 setpriv --reuid 65534 --regid 65534 --clear-groups bullyctl run s --watchdog $DOG -- true
	check "/dev/null is refused" refused 125 "watchdog /dev/null is not in /sys/class/watchdog" \
		bc 2 run s --watchdog /dev/null -- true
	stand
	check "/dev/watchdog is the same watchdog" run_is 0 2 s --deadline off --watchdog /dev/watchdog -- grep -q '^active' $SYS/state
	check "/dev/watchdog: the watchdog is stopped" runs inactive
	load nowayout=1
	check "nowayout: run is refused" refused 125 "cannot be stopped, so each end of leadership would reset this host" \
		bc 2 run s "${calm[@]}" -- true
	check "nowayout: the watchdog was not started" runs inactive
	stop_all s 2
}

modprobe bully
net_up 3
load
for i in 2 3; do watch_node "$i"; done
run_sections
rmmod softdog
finish
