#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests two guests that run systemd, with the units that make install installs: start, reload
# without an election, a service and an address that follow the leader, and failover between the
# guests.
#
# follower.service is bound to the leader's target. It logs "up EPOCH" and "down", with
# CLOCK_BOOTTIME. It takes a second to stop, or as long as the file hold exists. It has no limit of
# starts: the test starts it more than five times, on a quick machine within ten seconds.
set -eu
HB_MS=${HB_MS:-300} LIMIT=${LIMIT:-120}
# shellcheck source=tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"

units=/etc/systemd/system
root=$BULLY_TREE/tests/build/systemd
install_units() {
	on "$1" "cp -a $root/. / && ldconfig && mkdir -p /var/lib/follower && systemctl daemon-reload"
}
# conf I [LINE]...: writes node I's configuration file, with LINEs in the group
conf() {
	local me=$1 peer
	shift
	{
		printf '[group g]\nid = %s\nheartbeat = %s\n' "$me" "$HB"
		[ $# -eq 0 ] || printf '%s\n' "$@"
		for peer in $(seq "$NODES"); do
			[ "$peer" = "$me" ] || printf '[peer %s]\naddr = 10.77.0.%s\n' "$peer" "$peer"
		done
	} | on -i "$me" sh -c "cat > /etc/bully/g.conf"
}
add_follower() {
	on -i "$1" sh -c "cat > $units/follower.service" <<-'END'
		[Unit]
		BindsTo=bully-leader@g.target
		After=bully-leader@g.target
		StartLimitIntervalSec=0

		[Service]
		Type=exec
		EnvironmentFile=/run/bully-leader/g/environment
		ExecStartPre=/bin/sh -c 'echo "$(cut -d" " -f1 /proc/uptime) up ${BULLY_EPOCH}" >> /var/lib/follower/log'
		ExecStart=/bin/sleep infinity
		ExecStop=/bin/sh -c 'sleep 1; while [ -e /var/lib/follower/hold ]; do sleep 0.2; done'
		ExecStopPost=/bin/sh -c 'echo "$(cut -d" " -f1 /proc/uptime) down" >> /var/lib/follower/log'

		[Install]
		WantedBy=bully-leader@g.target
	END
	on "$1" systemctl -q enable follower
}
state_dump() {
	local i
	for i in $(seq "$NODES"); do
		on "$i" "systemctl --no-pager list-units --all 'bully*' follower.service; journalctl -q --no-pager -n 12 -o cat -u 'bully*' -u follower" 2>&1 |
			sed "s/^/#   node$i: /" || :
		[ ! -s "$dir/node$i" ] || tail -n 3 "$dir/node$i" | sed "s/^/#   node$i: /"
	done
}

# is I UNIT STATE: succeeds if UNIT on node I has STATE
is() {
	local got
	got=$(on "$1" systemctl is-active "$2") || :
	why="node$1: $2 is $got"
	[ "$got" = "$3" ]
}
# both I STATE...: succeeds if "TARGET-SERVICE", the states of both units, is one of STATEs
both() {
	local node=$1 got
	shift
	got=$(on "$node" systemctl is-active bully-leader@g.target follower.service | paste -sd' ') || :
	why="node$node: target and service are $got"
	[[ " $* " == *" ${got/ /-} "* ]]
}
is_up() { both "$1" active-active; }
# if leadership is lost while the service starts, its start fails
is_down() { both "$1" inactive-inactive inactive-failed; }
# serves I J: succeeds if the service runs on node I and not on node J
serves() {
	wait_for is_up "$1" && wait_for is_down "$2"
}
# ask I KEY: prints KEY of node I's group
ask() { on "$1" bullyctl -j show g | jq -r ".[0].$2"; }
property() { on "$1" systemctl show -P "$3" "$2"; }
log_of() { on "$1" cat /var/lib/follower/log 2> /dev/null || :; }

set_up_unit() {
	install_units "$1" && conf "$1" && add_follower "$1" && on "$1" systemctl -q enable --now bully@g bully-leader@g
}
rm -rf "$root"
check "make install succeeds" make -s -C "$BULLY_TREE/userspace" DESTDIR="$root" install
for i in 1 2; do
	check "node$i: the units are installed, enabled and started" set_up_unit "$i"
	check "node$i: the group's unit is up" is "$i" bully@g.service active
	check "node$i: its events are recorded" listen "$i"
done
at_boot() {
	why=$(on 1 systemctl list-dependencies --plain multi-user.target | grep bully | xargs)
	[[ " $why " == *" bully-leader@g.service "* && " $why " == *" bully@g.service "* ]]
}
check "the units start at boot" at_boot
check "the highest node leads" leads 2 1 2
check "the service that follows the leader runs only on the leader" serves 2 1
knows_epoch() {
	why="environment: $(on 2 cat /run/bully-leader/g/environment | paste -sd' ')"
	[[ $why == *"BULLY_GROUP=g BULLY_ID=2 BULLY_EPOCH=$(ask 2 epoch)" ]]
}
check "the service can read the epoch" wait_for knows_epoch
was_told() { [ -n "$(log_of 2 | sed -n 's/.* up [1-9]//p')" ]; }
check "the service got an epoch when it started" was_told
status_says() {
	why="status: $(property "$1" bully-leader@g StatusText)"
	[[ $why == *"$2"* ]]
}
check "systemctl status on the leader says that it leads" wait_for status_says 2 "leads under epoch"
check "systemctl status on the follower names the leader" wait_for status_says 1 "the leader is 2"
refused_there() {
	! on 1 systemctl start follower.service 2> /dev/null && is_down 1
}
check "the service cannot be started by hand on a follower" refused_there
target_refused() {
	on 1 systemctl start bully-leader@g.target
	is_down 1
}
check "the leader's target cannot be started by hand" target_refused

# ---- metrics
metrics_told() {
	why="file of node 1: $(on 1 stat -c '%a %U' /run/bully-metrics/bully.prom 2>&1), $(on 1 systemctl show -P Result bully-metrics.service)"
	[[ $why == *": 644 prometheus, success" ]] && on 1 grep -qx 'bully_group_leader_id{group="g"} 2' /run/bully-metrics/bully.prom
}
inode() { on 1 stat -c '%i.%Y' /run/bully-metrics/bully.prom; }
renewed() { [ "$(inode)" != "$first" ]; }
check "metrics: the timer is enabled" on 1 systemctl -q enable --now bully-metrics.timer
check "metrics: a user without privileges writes them, and all may read them" wait_for metrics_told
first=$(inode)
check "metrics: the file is renewed" wait_for renewed
check "metrics: the timer is disabled" on 1 systemctl -q disable --now bully-metrics.timer

# ---- reload
reload() {
	local i
	for i in 1 2; do
		conf "$i" "misses = 5" && on "$i" systemctl reload bully@g || return 1
	done
	why="misses: $(ask 1 options.misses) and $(ask 2 options.misses)"
	[ "$(ask 1 options.misses)" -eq 5 ] && [ "$(ask 2 options.misses)" -eq 5 ]
}
untouched() {
	why="epoch $(ask 2 epoch), not $epoch; process $(property 2 follower MainPID), not $pid"
	[ "$(ask 2 epoch)" = "$epoch" ] && [ "$(ask 1 epoch)" = "$epoch" ] && [ "$(property 2 follower MainPID)" = "$pid" ]
}
# remember: sets the values with which untouched compares
remember() {
	leads 2 1 2 && serves 2 1 || return 1
	from=$(now) epoch=$(ask 2 epoch) pid=$(property 2 follower MainPID)
}
no_election() { quiet "$from" 1 && quiet "$from" 2 && untouched; }
reloaded() { remember && reload && no_election; }
check "reload: a changed option is applied without an election" undisturbed g reloaded
bad_reload() {
	remember || return 1
	conf 2 "misses = many"
	! on 2 systemctl reload bully@g 2> /dev/null && [ "$(ask 2 options.misses)" -eq 5 ] && is 2 bully@g.service active && no_election
}
check "reload: a file with an error changes and stops nothing" undisturbed g bad_reload
conf 2 "misses = 5"

# ---- the watcher of the leader dies
kill_watcher() {
	on 2 "systemctl kill -s KILL bully-leader@g.service"
}
restarted() {
	local new
	new=$(property 2 follower MainPID)
	why="process $new"
	[ "$new" -gt 0 ] && [ "$new" != "$pid" ] && is_up 2
}
watcher_dies() { remember && kill_watcher && wait_for restarted && quiet "$from" 2; }
check "watcher killed: the service is started anew, and the group is not disturbed" undisturbed g watcher_dies

# ---- an orderly stop: first the service stops, then leadership passes
stopped_before() {
	local down resigned
	down=$(log_of 2 | sed -n 's/ down$//p' | tail -n 1)
	resigned=$(grep '"event": *"group-del"' "$dir/node2" | tail -n 1 | sed 's/.*"time_ns": *\([0-9]*\).*/\1/')
	why="down at $down s, group deleted at $resigned ns"
	[ -n "$down" ] && [ -n "$resigned" ] && [ "${down/./}0000000" -le "$resigned" ]
}
check "stop: the unit stops" on 2 systemctl stop bully@g
check "stop: the other node leads" leads 1 1
check "stop: the service runs only on the new leader" serves 1 2
# repeated, because this node's events may arrive later than the other node's
check "stop: the service had stopped before leadership passed" wait_for stopped_before
check "stop: the watcher has stopped with the unit" is 2 bully-leader@g.service inactive
check "start: the units start" on 2 systemctl start bully@g bully-leader@g
check "start: the highest node leads" leads 2 1 2
check "start: the service moves to the leader" serves 2 1
pid=$(property 2 follower MainPID)
check "restart: the unit restarts" on 2 systemctl restart bully@g
check "restart: the highest node leads in the end" leads 2 1 2
check "restart: the service was stopped meanwhile" wait_for restarted

# ---- a start of a stopping service, which cancels the stop
hold=/var/lib/follower/hold
start_meanwhile() {
	wait_for stopping && on 2 systemctl start --no-block follower
}
stopping() {
	why=$(on 2 systemctl list-jobs --plain --no-legend | paste -sd';')
	[[ $why =~ bully-leader@g.target\ +stop ]]
}
check "resign: the leader resigns while its service is slow to stop" on 2 "touch $hold && bullyctl resign g"
check "resign: the other node leads" leads 1 1 2
# a resign causes two events, and each of them stops the target
for i in once twice "a third time"; do
	check "resign: a start of the stopping service is handled, $i" start_meanwhile
done
check "resign: the service is allowed to stop" on 2 rm $hold
check "resign: the service runs only on the new leader" serves 1 2
check "elect: the command succeeds" on 2 bullyctl elect g
check "elect: the highest node leads" leads 2 1 2
check "elect: the service moves to the leader" serves 2 1

# ---- an address that follows the leader
address=10.77.0.100
address_unit() {
	printf '[vip]\naddr = %s/24\ndev = eth0\n' $address | on -i "$1" sh -c "cat >> /etc/bully/g.conf" &&
		on "$1" systemctl -q enable --now bully-vip@g
}
has_address() {
	why="node$1: $(on "$1" ip -o -4 addr show dev eth0 | awk '{ print $4 }' | xargs)"
	[[ " $why " == *" $address/"* ]]
}
lacks_address() { ! has_address "$1"; }
# address_at I J: succeeds if node I has the address and node J has not
address_at() { wait_for has_address "$1" && wait_for lacks_address "$2"; }
vip_says() {
	why="status: $(property "$1" bully-vip@g StatusText)"
	[[ $why == "status: $2" ]]
}
for i in 1 2; do check "address: the unit starts on node$i" address_unit "$i"; done
check "address: the leader has it" address_at 2 1
check "address: systemctl status on the leader names it" wait_for vip_says 2 "leads: $address/24 on eth0"
check "address: systemctl status on the follower says so" wait_for vip_says 1 "does not lead"
vip_pid=$(property 2 bully-vip@g MainPID)
check "address: bullyctl is killed" on 2 systemctl kill -s KILL bully-vip@g
vip_restarted() {
	local new
	new=$(property 2 bully-vip@g MainPID)
	why="process $new"
	[ "$new" -gt 0 ] && [ "$new" != "$vip_pid" ]
}
check "address: the unit starts it again" wait_for vip_restarted
check "address: the leader has it again" address_at 2 1
check "address: the unit stops" on 2 systemctl stop bully-vip@g
check "address: the stopped unit has removed it" lacks_address 2
check "address: the unit starts again" on 2 systemctl start bully-vip@g
check "address: the leader has it once more" address_at 2 1
check "address: the group's unit stops" on 2 systemctl stop bully@g
check "address: it moves to the new leader" address_at 1 2
check "address: its unit has stopped with the group's" is 2 bully-vip@g.service inactive
check "address: the units start" on 2 systemctl start bully@g bully-leader@g
check "address: the highest node leads" leads 2 1 2
for i in 1 2; do check "address: the unit is disabled on node$i" on "$i" systemctl -q disable --now bully-vip@g; done
check "address: no node has it" lacks_address 1
for i in 1 2; do conf "$i" "misses = 5"; done
check "address: the service is on the leader" serves 2 1

# ---- failover
from=$(now)
power 2 off
check "power cut: the other node leads" leads 1 1
check "power cut: the service starts on the new leader" wait_for is_up 1
echo "# power cut to the service's start: $((($(now) - from) / 1000)) ms and less"
power 2 on
check "power back: the units are set up" set_up_unit 2
check "power back: the service moves to the leader" serves 2 1
from=$(now)
power 2 down
check "shutdown: the other node leads" leads 1 1
handed_over() {
	why=$(grep '"leader": *1' "$dir/node1" | tail -n 1)
	[[ ${why%% *} -ge $from && $why == *'"resigned"'* ]]
}
check "shutdown: leadership was handed over without a timeout" handed_over
check "shutdown: the service starts on the new leader" wait_for is_up 1

# ---- all groups of a host
check "the target of all groups is started, as after a boot" on 1 systemctl start bully.target
pid=$(property 1 follower MainPID)
upgrade() { on 1 "systemctl stop bully.target && modprobe -r bully && systemctl start bully.target"; }
restarted_here() {
	local new
	new=$(property 1 follower MainPID)
	why="process $new"
	[ "$new" -gt 0 ] && [ "$new" != "$pid" ] && is_up 1
}
check "upgrade: the module is exchanged as README.Debian says" upgrade
check "upgrade: the group leads again and its service runs" wait_for restarted_here
# ---- as in a container: without /lib/modules the module cannot be loaded
empty=/run/no-modules
hide_modules() { on 1 "mkdir -p $empty && mount --bind $empty /lib/modules && [ -z \"\$(ls /lib/modules)\" ]"; }
restarts() { on 1 systemctl restart bully@g && is 1 bully@g.service active; }
check "no /lib/modules: the folder is hidden" hide_modules
check "no /lib/modules: the unit starts while the module is loaded" restarts
says_where() {
	! on 1 systemctl start bully@g 2> /dev/null || return 1
	why=$(on 1 journalctl -q --no-pager -o cat -u bully@g -n 20 | grep bullyctl: | tail -n 1)
	[[ $why == *"bully is not loaded: 'modprobe bully' loads it; for a container, on its host" ]]
}
check "no module: the target is stopped and the module unloaded" on 1 "systemctl stop bully.target && rmmod bully"
check "no module: the unit fails and says who can load the module" says_where
check "/lib/modules back: the target starts" on 1 "umount /lib/modules && rmdir $empty && systemctl start bully.target"
check "/lib/modules back: the group's unit is active" wait_for is 1 bully@g.service active
# systemctl waits for the target, and so for all groups
none_left() { [ "$(on 1 bullyctl -j show)" = "[]" ] && is_down 1; }
check "the target of all groups is stopped" on 1 systemctl stop bully.target
check "target stopped: no group is left" none_left
# ---- a file for all hosts; this host's address comes after the start of the unit
shared_conf() {
	printf '[group g]\nheartbeat = %s\n[node 1]\naddr = 10.78.0.1\n[node 2]\naddr = 10.78.0.2\n' "$HB" |
		on -i 1 sh -c "cat > /etc/bully/g.conf"
}
says_none() {
	why=$(on 1 journalctl -q --no-pager -o cat -u bully@g -n 20 | grep bullyctl: | tail -n 1)
	[[ $why == *"this host is none of the nodes"* ]]
}
late_address() { on 1 ip addr add 10.78.0.1/32 dev lo; }
is_node() {
	why="node $(ask 1 id), at $(ask 1 options.local)"
	[ "$why" = "node 1, at 10.78.0.1:28559" ]
}
check "file for all hosts: it is written" shared_conf
check "file for all hosts: the unit is started" on 1 systemctl start --no-block bully@g
check "file for all hosts: without its address the host is none of the nodes" wait_for says_none
check "file for all hosts: the address comes" late_address
check "file for all hosts: the unit starts without help" wait_for is 1 bully@g.service active
check "file for all hosts: this host is the node with its address" wait_for is_node
check "file for all hosts: the unit stops" on 1 "systemctl stop bully@g && ip addr del 10.78.0.1/32 dev lo"
# in the way of quickstart.rst
check "the units are disabled" on 1 systemctl -q disable --now bully@g bully-leader@g
not_enabled() { ! on 1 systemctl is-enabled bully@g bully-leader@g; }
check "disabled units are not wanted at the next boot" not_enabled
finish 1
