# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of run: tests files with [node ID] sections, which are the same on all hosts.

db='[group db]\nquorum = majority\nmisses = 5\nheartbeat = 200ms\nholddown-delay = 10s\nholddown-max = 5m\nholddown-half-life = 5m\n'

# Errors are found on every host, also on one that is none of the nodes.
wrong_nodes() {
	rejects 3 "id: group 'g' has [node ID] sections" '[group g]\nmisses = 5\nid = 1\n[node 1]\naddr = 10.0.0.1\n'
	rejects 2 "local: group 'g' has [node ID] sections" '[group g]\nlocal = *:7500\n[node 1]\naddr = 10.0.0.1\n'
	rejects 2 "role: group 'g' has [node ID] sections; write it in that of each node" '[group g]\nrole = witness\n[node 1]\naddr = 10.0.0.1\n'
	rejects 3 "unlisted: group 'g' has [node ID] sections, which name nodes that know each other" '[group g]\nquorum = majority\nunlisted = on\n[node 1]\naddr = 10.0.0.1\n'
	rejects 4 "key 'unlisted' does not belong to a node; an unlisted observer has a file of its own" '[group g]\n[node 1]\naddr = 10.0.0.1\nunlisted = on\n'
	rejects 4 "observers: they need quorum majority" '[group g]\n[node 1]\naddr = 10.0.0.1\nobservers = 5\n'
	rejects 1 "node '1' comes before any group" '[node 1]\naddr = 10.0.0.1\n[group g]\n'
	rejects 4 "peer 2: group 'g' has [node ID] sections; write [node 2]" '[group g]\n[node 1]\naddr = 10.0.0.1\n[peer 2]\naddr = 10.0.0.2\n'
	rejects 5 "node 3: group 'g' has 'id' and [peer ID] sections; write [peer 3]" '[group g]\nid = 1\n[peer 2]\naddr = 10.0.0.2\n[node 3]\naddr = 10.0.0.3\n'
	rejects 1 "'id' is missing; or write each node, this one too, as [node ID]" '[group g]\n[peer 2]\naddr = 10.0.0.2\n[node 3]\naddr = 10.0.0.3\n'
	rejects 1 "'id' is missing" '[group g]\nmisses = 5\n[group h]\n[node 3]\naddr = 10.0.0.3\n'
	rejects 2 "node: '0' is out of range; it may be 1 to 4294967295" '[group g]\n[node 0]\naddr = 10.0.0.1\n'
	rejects 2 "node: 'one' is not a number" '[group g]\n[node one]\naddr = 10.0.0.1\n'
	rejects 4 "node 1 is given twice" '[group g]\n[node 1]\naddr = 10.0.0.1\n[node 1]\naddr = 10.0.0.2\n'
	rejects 2 "node 1: 'addr' is missing" '[group g]\n[node 1]\n[node 2]\naddr = 10.0.0.2\n'
	rejects 6 "node 2: 'addr' is that of node 1" '[group g]\n[node 1]\naddr = 10.0.0.1\n[node 2]\nhost = b\naddr = 10.0.0.1:28559\n'
	rejects 6 "node 2: 'addr' is 'local' of node 1" '[group g]\n[node 1]\naddr = 10.0.0.1\nlocal = 10.0.0.2\n[node 2]\naddr = 10.0.0.2\n'
	rejects 5 "node 2: 'local' is 'addr' of node 1" '[group g]\n[node 1]\naddr = 10.0.0.1\n[node 2]\nlocal = 10.0.0.1\naddr = 10.0.0.2\n'
	rejects 5 "node 2: its address is of another family than that of node 1" '[group g]\n[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 2001:db8::2\n'
	rejects 5 "node 2: the interface in 'addr' is another one than that of node 1" '[group g]\n[node 1]\naddr = fe80::1%one\n[node 2]\naddr = fe80::2%two\n'
	rejects 4 "node 1: the interface in its address is another one than 'dev'" '[group g]\ndev = two\n[node 1]\naddr = fe80::1%one\n'
	rejects 7 "node 2: 'host' is that of node 1" '[group g]\n[node 1]\naddr = 10.0.0.1\nhost = DB1\n[node 2]\naddr = 10.0.0.2\nhost = db1\n'
	rejects 4 "host: 'a/b' is not a host name" '[group g]\n[node 1]\naddr = 10.0.0.1\nhost = a/b\n'
	rejects 3 "host: '' is not a host name" '[group g]\n[node 1]\nhost =\n'
	rejects 4 "node 1: its address is one that the group guards; write the host's own" '[group g]\nguard = 10.0.0.9, 10.0.0.1\n[node 1]\naddr = 10.0.0.1\n'
	rejects 6 "priority: it has no effect with election raft" '[group g]\nquorum = majority\nelection = raft\n[node 1]\naddr = 10.0.0.1\npriority = 3\n'
	rejects 8 "preempt: no node takes over with election raft" '[group g]\nquorum = majority\nelection = raft\n[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2\npreempt = on\n'
	rejects 4 "key 'host' is given twice" '[group g]\n[node 1]\nhost = a\nhost = a\n'
	rejects 2 "key 'host' is not known in a group" '[group g]\nhost = a\n'
	rejects 3 "key 'id' does not belong to a node; the id is the number in [node ID]" '[group g]\n[node 1]\nid = 1\n'
	rejects 3 "key 'heartbeat' does not belong to a node; write it in the section of the group" '[group g]\n[node 1]\nheartbeat = 1s\n'
	rejects 3 "key 'adr' is not known in a node; the nearest is 'addr'" '[group g]\n[node 1]\nadr = 10.0.0.1\n'
	rejects 2 "lease: 200ms is below 3 heartbeats of 100ms" '[group g]\nlease = 200ms\n[node 1]\naddr = 10.0.0.1\n'
	{
		echo '[group g]'
		for i in $(seq 257); do
			printf '[node %d]\naddr = 10.0.%d.%d\n' "$i" $((i / 250)) $((i % 250 + 1))
		done
	} > "$work/f"
	refuses 1 "$work/f:514: group 'g' has more than 256 nodes" "$ctl" setconf --check "$work/f"
	sed -i '/^\[node 257\]/,$d' "$work/f"
	works "--check --id all accepts 256 nodes" "$ctl" setconf --check --id all "$work/f"
}
wrong_nodes

# Which node is meant: --id, on any host.
wrong_ids() {
	local command
	conf "${db}[node 1]\naddr = 198.51.100.1\n[node 2]\naddr = 198.51.100.2\nhost = no-such-host.example\n[node 4]\naddr = 198.51.100.4\nrole = witness\n"
	for command in setconf syncconf; do
		refuses 5 "$work/f: this host is none of the nodes; write --id N" "$ctl" $command "$work/f"
		refuses 5 "write --id N, or --id all to check the file for all" "$ctl" $command --check "$work/f"
		refuses 5 "the name of this host is '$(uname -n)', its addresses are " "$ctl" $command --check "$work/f"
		refuses 5 "group 'db' has 1 (198.51.100.1:28559), 2 (198.51.100.2:28559, host no-such-host.example)" "$ctl" $command "$work/f"
		refuses 1 "$work/f: --id: there is no node 3; group 'db' has 1 (198.51.100.1:28559), 2 (" "$ctl" $command --check --id 3 "$work/f"
		refuses 1 "$command: --id: '0' is out of range" "$ctl" $command --id 0 "$work/f"
		refuses 1 "$command: --id: 'me' is not a number" "$ctl" $command --id me "$work/f"
		refuses 1 "option --id lacks its value" "$ctl" $command "$work/f" --id
		refuses 1 "$command: '--id all' is for --check" "$ctl" $command --id all "$work/f"
		{ cat "$work/f" && printf '[node 3]\naddr = 198.51.100.3\n'; } > "$work/three"
		works "$command --check --id N accepts a good file" "$ctl" $command --check --id 2 "$work/three"
		works "$command --check --id all accepts a good file" "$ctl" $command --check --id all "$work/f"
		works "$command --check --id all accepts standard input" "$ctl" $command --check --id all - < "$work/f"
	done
	conf "${db}[node 1]\naddr = 127.0.0.1\n[node 2]\naddr = 198.51.100.2\nhost = $(uname -n)\n[node 4]\naddr = 198.51.100.4\nrole = witness\n"
	refuses 1 "$work/f:10: group 'db': this host is node 1 and node 2; write --id N to choose: the name of this host is" \
		"$ctl" setconf --check "$work/f"
	refuses 1 "the nodes are 1 (127.0.0.1:28559), 2 (198.51.100.2:28559, host $(uname -n))" "$ctl" setconf --check "$work/f"
	{ cat "$work/f" && printf '[node 3]\naddr = 198.51.100.3\n'; } > "$work/three"
	works "--check --id chooses one of two nodes that are this host" "$ctl" setconf --check --id 1 "$work/three"
	conf '[group g]\nid = 1\n'
	refuses 1 "$work/f: --id: group 'g' has 'id' and is for one host" "$ctl" setconf --check --id 1 "$work/f"
	refuses 1 "$work/f: --id: group 'g' has 'id' and is for one host" "$ctl" setconf --check --id all "$work/f"
	# groups of one host must fit each other, on each host
	conf '[group g]\n[node 1]\naddr = 198.51.100.1\n[node 2]\naddr = 198.51.100.2\n[group h]\n[node 7]\naddr = 198.51.100.2\ndev = x\n'
	refuses 1 "$work/f:7: group 'h': group 'g' has the same port 28559 on another 'dev'" "$ctl" setconf --check --id all "$work/f"
	conf '[group g]\n[node 1]\naddr = 198.51.100.1\nhost = a\n[group h]\n[node 1]\naddr = 198.51.100.2\nhost = a.example\nlocal = *\n'
	refuses 1 "$work/f:6: group 'h': on port 28559, which group 'g' also has, either both" "$ctl" setconf --check --id all "$work/f"
	refuses 1 "$work/f:6: group 'h': on port 28559, which group 'g' also has, either both" "$ctl" setconf --check --id 1 "$work/f"
	conf '[group g]\n[node 1]\naddr = 198.51.100.1\nlocal = *\n[node 2]\naddr = 2001:db8::2\nlocal = *\ndev = x\npreempt = off\npreempt-delay = 1s\ncandidate = owner\nrole = observer\n'
	works "--check accepts every key of a node, and two families if no node has a local address" "$ctl" setconf --check --id all "$work/f"
}
wrong_ids

# A simulated kernel keeps what was sent: the request for a node must be that of its own file.
simulated() {
	# shellcheck disable=SC2046
	cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror $(pkg-config --cflags libnl-genl-3.0) -I"$top/kmod/uapi" \
		-I"$top/userspace/lib" -Wl,--wrap=bully_family_need -Wl,--wrap=bully_socket_talk -o "$work/simulated" \
		"$here/echo.c" "$build"/plain/ctl/*/*.o "$build/plain/lib/libbully.a" \
		$(pkg-config --libs libnl-genl-3.0 json-c inih)
}
works "bullyctl links with a simulated kernel" simulated
sim=$work/simulated
export BULLY_ECHO=$work/echo

own_file() { # node: writes the file of one node to $work/own
	local i
	printf '%b' "$db" | sed "/^\[group/a id = $1\nlocal = 10.0.0.$1" > "$work/own"
	case $1 in 2) printf 'preempt = off\ndev = eth9\n' ;; 3) printf 'role = witness\n' ;; esac >> "$work/own"
	for i in 1 2 3; do
		[ "$i" = "$1" ] || printf '[peer %s]\naddr = 10.0.0.%s\n' "$i" "$i"
		[ "$i" != 3 ] || [ "$1" = 3 ] || echo 'role = witness'
	done >> "$work/own"
}
shared_file() {
	printf '%b' "$db" '[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2\npreempt = off\ndev = eth9\n[node 3]\naddr = 10.0.0.3\nrole = witness\n' > "$work/shared"
}
sent() { # command...: prints a sum of the request that the command sent
	rm -f "$BULLY_ECHO"*
	"$@" && md5sum < "$BULLY_ECHO.db"
}
same_requests() {
	local i own
	shared_file
	for i in 1 2 3; do
		own_file "$i"
		own=$(sent "$sim" setconf "$work/own") || own=
		[ -n "$own" ] || miss "setconf of the file of node $i sends a request"
		equal "node $i of a shared file is set up as by a file of its own" "$(sent "$sim" setconf --id "$i" "$work/shared")" "$own"
		# unlike the kernel, the simulated one has no defaults
		"$sim" showconf db --shared > "$work/complete"
		works "syncconf accepts a file that was set up on node $i" "$sim" syncconf --id "$i" "$work/complete"
		equal "syncconf of the same file sends nothing on node $i" "$(cat "$BULLY_ECHO-log")" "+"
	done
}
same_requests

# showconf --shared prints the same on all nodes; here no node has options of its own.
shows_shared() {
	local i first text
	printf '%b' "$db" '[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2:7500\n[node 9]\nrole = witness\naddr = 10.0.0.9\n' > "$work/shared"
	"$sim" setconf --id 1 "$work/shared"
	first=$("$sim" showconf db --shared)
	equal "showconf --shared prints the nodes by id" "$(sed -n '/^\[node/,$p' <<< "$first" | xargs)" \
		"[node 1] addr = 10.0.0.1:28559 role = candidate [node 2] addr = 10.0.0.2:7500 role = candidate [node 9] addr = 10.0.0.9:28559 role = witness"
	equal "showconf --shared prints no option of one node for the group" "$(sed '/^\[node/,$d' <<< "$first" | grep -E '^(id|local|role) ')" ""
	for i in 2 9; do
		"$sim" setconf --id "$i" "$work/shared"
		text=$("$sim" showconf db --shared)
		equal "showconf --shared prints the same file on node $i" "$text" "$first"
		"$sim" showconf db > "$work/before"
		works "setconf accepts the output of showconf --shared on node $i" "$sim" setconf --id "$i" - <<< "$text"
		equal "setconf of showconf --shared changes nothing on node $i" "$("$sim" showconf db)" "$(cat "$work/before")"
	done
	equal "showconf --shared prints JSON" "$("$sim" -j showconf db --shared | python3 -c 'import json, sys; print(json.load(sys.stdin)["conf"], end="")')" "$first"
	equal "the option of showconf needs no dashes" "$("$sim" showconf db shared)" "$first"
	rm -f "$BULLY_ECHO"*
	"$sim" group add db id 1
	refuses 2 "group db: --shared needs this node's own address, which 'local' does not have; write 'bullyctl group set db local ADDR'" \
		"$sim" showconf --shared db
	# an unlisted observer is no node of such a file
	printf '%b' "${db/group db/group u}" 'id = 100\nrole = observer\nunlisted = on\nlocal = 10.0.0.100\n[peer 1]\naddr = 10.0.0.1\n' |
		"$sim" setconf -
	equal "showconf prints that an observer is unlisted" "$("$sim" showconf u | grep -E '^(unlisted|observers) ')" "unlisted = on
observers = 0"
	"$sim" showconf u > "$work/unlisted"
	works "setconf accepts the output of showconf of an unlisted observer" "$sim" setconf "$work/unlisted"
	equal "show prints that an observer is unlisted" "$("$sim" show u | grep -E 'unlisted|lease')" "    unlisted on"
	refuses 2 "group u: --shared is for nodes that know each other; copy the file of this unlisted observer to the other ones" \
		"$sim" showconf --shared u
}
shows_shared

# The addresses and the name of the host choose the node. The host is a network and UTS namespace.
as_host() { # name address command...: runs a command on a host with this name and address
	unshare -rnu sh -c 'hostname "$1" && ip link set lo up && ip addr add "$2" dev lo && shift 2 && exec "$@"' - "$@"
}
which_node() { # name address: prints the id and the address that the host gets, or an error
	rm -f "$BULLY_ECHO"*
	as_host "$1" "$2" "$sim" setconf "$work/f" 2> "$work/err" || { sed 's/.*: this host/this host/; s/;.*//' "$work/err" && return; }
	"$sim" showconf db | sed -n 's/^id = //p; s/^local = //p' | xargs
}
chosen() {
	if ! as_host x 10.9.9.9/32 true 2> /dev/null; then
		skip "the node of this host is found" "namespaces cannot be made"
		return
	fi
	conf "${db}[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2\nhost = db2\n[node 3]\naddr = 2.0.0.3\nlocal = 10.0.0.3\nhost = db3.example.org\n[node 4]\naddr = 10.0.0.4\nhost = db3.example.net\n"
	equal "an address finds the node" "$(which_node x 10.0.0.1/24)" "1 10.0.0.1:28559"
	equal "an address in 'local' finds the node" "$(which_node x 10.0.0.3/24)" "3 10.0.0.3:28559"
	equal "a host name finds the node before it has its address" "$(which_node db2 10.9.9.9/32)" "2 10.0.0.2:28559"
	equal "the case of a host name has no meaning" "$(which_node DB2 10.9.9.9/32)" "2 10.0.0.2:28559"
	equal "a full host name finds a short one" "$(which_node db2.example.org 10.9.9.9/32)" "2 10.0.0.2:28559"
	equal "a full host name finds its node only" "$(which_node db3.example.org 10.9.9.9/32)" "3 10.0.0.3:28559"
	equal "a short host name finds two full ones" "$(which_node db3 10.9.9.9/32)" "this host is node 3 and node 4"
	equal "another domain is another host" "$(which_node db3.example.com 10.9.9.9/32)" "this host is none of the nodes"
	equal "the beginning of a host name is another host" "$(which_node db 10.9.9.9/32)" "this host is none of the nodes"
	equal "name and address of two nodes are refused" "$(which_node db2 10.0.0.1/32)" "this host is node 1 and node 2"
	equal "name and address of one node find it" "$(which_node db2 10.0.0.2/32)" "2 10.0.0.2:28559"
	refuses 5 "the name of this host is 'x', its addresses are none; group 'db' has 1 (10.0.0.1:28559), " \
		unshare -rnu sh -c 'hostname x && exec "$@"' - "$sim" setconf "$work/f"
	conf "[group g]\nmisses = 5\n[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2\n[group h]\nmisses = 5\n[node 7]\naddr = 10.0.0.2\n[group i]\nmisses = 5\n[node 1]\naddr = 10.0.0.3\n"
	rm -f "$BULLY_ECHO"*
	works "setconf accepts a file with groups of other hosts" as_host x 10.0.0.2/32 "$sim" setconf "$work/f"
	equal "a host gets only the groups of which it is a node" "$(cd "$work" && echo echo.*)" "echo.g echo.h"
	refuses 5 "group 'g' has 1 (10.0.0.1:28559), 2 (10.0.0.2:28559), group 'h' has 7 (" as_host x 10.0.0.4/32 "$sim" setconf "$work/f"
	rm -f "$BULLY_ECHO"*
	works "setconf --id accepts a file in which some groups have no such node" "$sim" setconf --id 1 "$work/f"
	equal "--id sets up the groups that have the node" "$(cd "$work" && echo echo.*)" "echo.g echo.i"
	conf "[group g]\n[node 1]\naddr = 10.0.0.1\n[group old]\nid = 1\nlocal = 10.0.0.2\n"
	rm -f "$BULLY_ECHO"*
	works "setconf accepts a group of this host beside groups of other hosts" as_host x 10.0.0.2/32 "$sim" setconf "$work/f"
	equal "a group with 'id' is set up on each host" "$(cd "$work" && echo echo.*)" "echo.old"
}
chosen
unset BULLY_ECHO

for file in classic quorum; do
	works "--check --id all accepts the example $file.conf" "$ctl" setconf --check --id all "$top/userspace/examples/$file.conf"
done
works "--check accepts the example observer.conf" "$ctl" setconf --check "$top/userspace/examples/observer.conf"
