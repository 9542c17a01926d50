#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests bullyctl against the module, in a guest, as root.
#
#   namespace a                    namespace b
#   va 10.9.0.1  fd09::1 --------- vb 10.9.0.2  fd09::2
#
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
schema=$top/userspace/bullyctl/schema
# shellcheck source=tests/cli/lib.sh
. "$here/lib.sh"
limit=60

modprobe bully
ip netns add a
ip netns add b
ip link add va netns a type veth peer name vb netns b
for ns in a b; do
	ip -n $ns link set lo up
	ip -n $ns link set v$ns up
done
ip -n a addr add 10.9.0.1/24 dev va
ip -n b addr add 10.9.0.2/24 dev vb
ip -n a addr add fd09::1/64 dev va nodad
ip -n b addr add fd09::2/64 dev vb nodad

A() { bullyctl -n a "$@"; }
B() { bullyctl -n b "$@"; }

# As jq -c ".[0] | $1"; for a plain path jget is used, which starts ten times as fast.
jget=$top/tests/build/jget
[ -x "$jget" ] || jget=
of_first() {
	if [ "$jget" ] && [[ $1 =~ ^(\.[a-z_]+)+$ ]]; then
		"$jget" -c ".[0]$1"
	else
		jq -c ".[0] | $1"
	fi
}

json() { # path: prints it from a's group g
	A -j show g | of_first "$1"
}

# Succeeds if monitor has printed the newest event of g.
settled() {
	seq=$(json .event_seq)
	grep '"group":"g"' "$work/$1" | tail -1 | grep -q "\"group\":\"g\",\"seq\":$seq,"
}

judge() { # name schema-mode schema file
	if "$here/check-json.py" "$2" "$schema/$3.json" "$4" > "$work/judged" 2>&1; then
		pass "$1"
	else
		miss "$1" "$(cat "$work/judged")"
	fi
}

show() { # group path: prints it from a's group
	A -j show "$1" | of_first "$2"
}

# Starts a wait in the background; returns when it listens.
begin_wait() { # group condition
	bullyctl -n a wait "$@" timeout ${limit}s 2> "$work/wait" &
	wait=$!
	# it sleeps in poll(2) only after it has read the present state
	until_true $limit grep -q '^7 ' "/proc/$wait/syscall" || miss "wait $* listens" "$(cat "$work/wait")"
}

end_wait() { # prints the status and the sentence of the wait
	status=0
	wait $wait || status=$?
	ended="$status $(cat "$work/wait")"
}

# Prints why a group was deleted, each time, from the events of monitor.
reasons() { # group
	jq -r "select(.event == \"group-del\" and .group == \"$1\") | .reason" "$work/all.json" | tr '\n' ' '
}

told() { # reasons group: succeeds if monitor has printed these reasons
	[ "$(reasons "$2")" = "$1" ]
}

deleted() { # reasons group
	until_true $limit told "$1" "$2"
	equal "monitor prints why $2 was deleted" "$(reasons "$2")" "$1"
}

# Prints the session of group g, and how often its configuration has changed. Leaders and peers
# may change by themselves when the guest stands still, so they are left out.
configured() {
	until_true $limit settled all.json || return 1
	echo "$(json .session) $(grep -c '"event":"config","group":"g"' "$work/all.json")"
}

alive() { # waits for the state that each test needs: 2 leads, 1 follows
	A wait g 2 timeout ${limit}s && B wait g leader timeout ${limit}s
}

echo "# nothing there"
try A show
equal "show prints that there are no groups" "$(cat "$work/out")" "no groups"
try A -j show
equal "show -j prints an empty array without groups" "$(cat "$work/out")" "[]"
try A -j stats
judge "stats -j without groups matches its schema" schema stats "$work/out"
refuses 2 "group g: there is no group of this name" A show g
refuses 2 "there is no group of this name" A stats g
refuses 2 "there is no group of this name" A showconf g
refuses 2 "there is no group of this name" A elect g
refuses 2 "there is no group of this name" A resign g
refuses 2 "there is no group of this name" A group del g
refuses 2 "there is no group of this name" A group set g misses 4
refuses 2 "there is no group of this name" A peer add g id 2 addr 10.9.0.2
refuses 2 "there is no such group" A wait g leader timeout 5s

echo "# two nodes"
bullyctl -n a -j monitor > "$work/all.json" &
all=$!
bullyctl -n a -j monitor g > "$work/g.json" &
only=$!
bullyctl -n a -t monitor > "$work/text" &
text=$!
for f in all.json g.json text; do
	until_true $limit test -s "$work/$f" || miss "monitor has begun" "$f"
done
# the higher node first: the lower would lead in between if these commands take long
B group add g id 2 heartbeat 500ms
B peer add g id 1 addr 10.9.0.1 role candidate
works "group add succeeds" A group add g id 1 heartbeat 500ms
works "a second group on another port is added" A group add h id 5 local 10.9.0.1:7500
works "peer add succeeds" A peer add g id 2 addr 10.9.0.2
works "wait ID returns when that node leads" A wait g 2 timeout ${limit}s
works "wait follower returns on a follower" A wait g follower timeout ${limit}s
works "wait leader returns on the leader" B wait g leader timeout ${limit}s
until_true $limit sh -c 'bullyctl -n a -j show g | grep -q "\"rtt_ns\":[1-9]"' || miss "the round trip is measured" "$(A show)"

try A -j show
judge "show -j matches its schema" schema show "$work/out"
A -j show g > "$work/g"
equal "show -j prints the golden output" "$("$here/check-json.py" golden "$work/g")" \
	'[{"abstain_remaining_ns":null,"asked":null,"duplicate":false,"effective_priority":0,"epoch":"int","event_seq":"int","grant_remaining_ns":null,"grant_to":null,"grants":null,"holddown_remaining_ns":null,"id":1,"leader":2,"lease_remaining_ns":null,"link":"up","majority":null,"name":"g","observers_now":null,"options":{"auth":"off","candidate":true,"candidate_mode":"on","dev":null,"election":"bully","guard":[],"heartbeat_ns":500000000,"holddown":true,"holddown_delay_ns":10000000000,"holddown_free":2,"holddown_half_life_ns":300000000000,"holddown_max_ns":300000000000,"keys":[],"lease_ns":null,"local":null,"misses":3,"observers":0,"preempt":true,"preempt_delay_ns":0,"priority":0,"quorum":"off","role":"candidate","unlisted":false,"voters":0},"owner":null,"owners":[],"peers":[{"addr":"10.9.0.2:28559","address":"ok","duplicate":false,"holddown_remaining_ns":null,"id":2,"last_seen_ns":"int","mismatch":false,"position":null,"priority":0,"role":"candidate","rtt_ns":"int","source":null,"state":"up","vote":null,"voters_differ":false}],"position":null,"quorum":"off","reason":"start","resigned":false,"role":"candidate","session":"str","state":"follower"}]'
A show g | sed -E 's/epoch [0-9]+/epoch N/; s/since 20[-0-9]+ [0-9:]+ [(][0-9.]+(ms|s|m)[)]/since T/; s/[0-9.]+(ns|us|ms|s) ago/T ago/; s/  [0-9.]+(ns|us|ms|s) +T/  T  T/' > "$work/shown"
equal "show prints the golden output" "$(cat "$work/shown")" \
	"g: id 1  follower  leader 2  since T
    epoch N  quorum off  link up  last change start
    role candidate  candidate on  heartbeat 500ms  misses 3  preempt on  preempt-delay 0s  holddown on
    local any
    PEER        ADDRESS         ROLE       STATE    RTT       LAST SEEN
    2           10.9.0.2:28559  candidate  up       T  T ago  leader"
equal "bullyctl without arguments prints the same as show" "$(A | sed -n 's/: id.*//p' | tr '\n' ' ')" "g h "
try A -p -j show g
equal "-n accepts a path" "$(bullyctl -n /run/netns/a | grep -c '^g: id 1')" 1
equal "-n accepts a process id" "$(bullyctl -n $all | grep -c '^g: id 1')" 1
equal "a namespace does not show another's groups" "$(bullyctl show)" "no groups"
equal "-p indents the JSON" "$(sed -n 2,3p "$work/out")" "  {
    \"name\": \"g\","
try A -j stats
judge "stats -j matches its schema" schema stats "$work/out"
try A -j stats g
judge "stats -j of one group matches its schema" schema stats "$work/out"
equal "stats NAME prints that group only" "$(jq -c '[[.groups[].name], (.groups[0].peers | length), (.groups[0].rx.heartbeat_ack > 0)]' \
	"$work/out")" '[["g"],1,true]'
try A stats
equal "stats prints sockets, groups and peers as text" "$(grep -c 'sockets [12]\|^g:\|^h:\|peer 2:' "$work/out")" 4

echo "# bad input changes nothing"
A showconf g > "$work/before"
before=$(configured)
refuses 2 "a group of this name exists" A group add g id 1
refuses 2 "own id" A peer add g id 1 addr 10.9.0.9
refuses 2 "a peer with this id exists" A peer add g id 2 addr 10.9.0.9
refuses 2 "another peer has this address" A peer add g id 3 addr 10.9.0.2
refuses 1 "the address of one host" A peer add g id 3 addr 0.0.0.0
refuses 1 "the address of one host" A peer add g id 3 addr 255.255.255.255
refuses 1 "the address of one host" A peer add g id 3 addr 224.0.0.1
refuses 1 "the address of one host" A peer add g id 3 addr ::
refuses 1 "the address of one host" A peer add g id 3 addr ff02::1
refuses 2 "no peer of this id" A peer del g id 9
refuses 2 "no peer of this id" A peer set g id 9 role witness
refuses 2 "group x, peer 3: there is no group" A peer add x id 3 addr 10.9.0.3
refuses 2 "group g: quorum cannot change after a leader was seen; setconf replaces the group" \
	A group set g quorum majority
refuses 2 "group g: the lease is below 3 heartbeats" A group set g lease 1s
refuses 2 "group g: the lease is below 3 heartbeats" A group set g lease 1499999us
refuses 2 "group h: heartbeat times misses, the default lease, is above an hour" \
	A group set h quorum majority heartbeat 60s misses 61
refuses 2 "group g: holddown-max is below holddown-delay" A group set g holddown-max 9s
refuses 2 "group g: holddown-max is below holddown-delay" A group set g holddown-delay 301s
refuses 2 "group g: auth: this group has no keys" A group set g auth enforce
refuses 2 "group n: auth: this group has no keys" A group add n id 1 auth receive-only
printf '%064d\n' 7 > "$work/key"
chmod 600 "$work/key"
refuses 2 "group g: keys need an auth other than off" A group set g key-file "$work/key" auth off
refuses 2 "all groups on a port" A group add n id 1 local 10.9.0.1
refuses 2 "family" A peer add h id 6 addr fd09::2
refuses 2 "group's own" A peer add h id 6 addr 10.9.0.1:7500
refuses 2 "group g, peer 3: the peer's address is this host's own" A peer add g id 3 addr 10.9.0.1
refuses 2 "group g, peer 3: the peer's address is this host's own" A peer add g id 3 addr fd09::1
refuses 2 "group g, peer 2: the peer's address is this host's own" A peer set g id 2 addr 10.9.0.1
# the refusal names the right one of several peers
printf '[group n]\nid = 1\nlocal = *:7600\n[peer 2]\naddr = 10.9.0.2:7600\n[peer 3]\naddr = 10.9.0.1:7600\n' > "$work/f"
refuses 2 "group n: peer 3: the peer's address is this host's own" A setconf "$work/f"
refuses 2 "group n: peer 3: the peer's address is this host's own" A syncconf "$work/f"
printf '[group g]\nid = 1\n[peer 2]\naddr = 10.9.0.7\n[group n]\nid = 1\nfrob = 1\n' > "$work/f"
refuses 1 "$work/f:7: key 'frob'" A setconf "$work/f"
refuses 1 "$work/f:7: key 'frob'" A syncconf "$work/f"
printf '[group n]\nid = 3\nkey-file = %s/none\n' "$work" > "$work/f"
refuses 1 "$work/f:3: key-file: $work/none: No such file" A setconf "$work/f"
try A -j group set g lease 1s
equal "a refusal in JSON has status, errno and sentence" "$status $(cat "$work/err")" \
	'2 {"error":"group g: the lease is below 3 heartbeats","status":2,"errno":22}'
equal "options that fit the mode are accepted" "$(A group set g quorum off holddown on lease default voters 0 && echo yes)" yes
A showconf g > "$work/after"
equal "the refused commands changed nothing" "$(cat "$work/after")" "$(cat "$work/before")"
equal "the refused commands sent no event" "$(configured)" "$before"
equal "the refused commands added no group" "$(A | sed -n 's/: id.*//p' | tr '\n' ' ')" "g h "
A group add own id 1 local '*:7601'
works "a peer on this host at another port is accepted" A peer add own id 2 addr 10.9.0.1:7602
works "a peer at another loopback address is accepted" A peer add own id 3 addr 127.0.0.3:7601
A group del own

echo "# raw netlink"
try ip netns exec a "$here/hostile.py" refusals
if [ $status -eq 0 ]; then
	pass "malformed requests are refused with a sentence: $(cat "$work/out")"
else
	miss "malformed requests are refused with a sentence" "$(cat "$work/out" "$work/err")"
fi

try ip netns exec a "$here/hostile.py" echo h
equal "NLM_F_ECHO: the reply comes before the acknowledgement" "$status $(cat "$work/out" "$work/err")" "0 "

echo "# nobody"
nobody() { ip netns exec a setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
works "an unprivileged user may show" nobody bullyctl show
works "an unprivileged user may wait" nobody bullyctl wait g 2 timeout ${limit}s
works "an unprivileged user may see statistics" nobody bullyctl stats
for c in "group add n id 1" "group set g misses 4" "group del g" "peer add g id 3 addr 10.9.0.3" \
	"peer set g id 2 role witness" "peer del g id 2" "elect g" "resign g"; do
	# shellcheck disable=SC2086
	refuses 2 "needs CAP_NET_ADMIN" nobody bullyctl $c
done
for c in setconf syncconf; do
	printf '[group g]\nid = 1\nmisses = 7\n' > "$work/f"
	refuses 2 "needs CAP_NET_ADMIN" nobody bullyctl $c - < "$work/f"
done
equal "the refused commands of an unprivileged user changed nothing" "$(A showconf g)" "$(cat "$work/before")"

# shellcheck source=tests/cli/guest-files.sh
. "$here/guest-files.sh"

# shellcheck source=tests/cli/guest-shared.sh
. "$here/guest-shared.sh"

# shellcheck source=tests/cli/guest-quorum.sh
. "$here/guest-quorum.sh"

echo "# an interface that is gone"
ip link add gone netns a type veth peer name gone2 netns a
ip -n a link set gone up
A group add gone id 1 local '*:7610' dev gone
A peer add gone id 2 addr '[fe80::9%gone]:7611' role witness
A peer add gone id 3 addr 10.9.0.3
A group add gone2 id 1 local '[fe80::1%gone]:7612'
for group in gone gone2; do A showconf $group > "$work/$group"; done
ip -n a link del gone
for group in gone gone2; do
	equal "showconf $group prints the stored file" "$(A showconf $group)" "$(cat "$work/$group")"
	works "showconf $group piped to setconf succeeds" sh -c "bullyctl -n a showconf $group | bullyctl -n a setconf -"
	equal "showconf $group prints the same file after setconf" "$(A showconf $group)" "$(cat "$work/$group")"
done
equal "show prints why there is no link" "$(show gone .link)" '"no-device"'
equal "show prints the device that does not exist" "$(show gone '[.options.dev, .peers[0].addr]')" '["gone","[fe80::9%gone]:7611"]'
A group del gone
A group del gone2
sed 's/^heartbeat.*/heartbeat = 150ms/; s/^\[peer 2\]/[peer 4]/' "$work/before" > "$work/f"
works "setconf with other peers succeeds" A setconf "$work/f"
equal "setconf leaves the peers of the file and no others" "$(json '[[.peers[].id], .options.heartbeat_ns]')" "[[4],150000000]"
works "setconf of the former file succeeds" A setconf "$work/before"
alive || miss "the group has its leader again" "$(A show)"

echo "# elect, resign, wait"
works "resign succeeds on the leader" B resign g
works "the other node leads after resign" A wait g leader timeout ${limit}s
equal "show prints that the node resigned" "$(B show g | grep -c '^    resigned')" 1
works "elect makes the node a candidate again" B elect g
works "the node leads after elect" A wait g 2 timeout ${limit}s
refuses 3 "group g: timed out waiting for leader 9" A wait g 9 timeout 300ms
refuses 3 "timed out" A wait g leader timeout 0s
refuses 2 "does not lead" A resign g
refuses 2 "type 'bullyctl resign g' on node 2, which leads" A resign g
refuses 2 "node 2 leads already" A resign g to 2
refuses 2 "peer 1: this is the node itself" A resign g to 1
refuses 2 "peer 9: the group has no peer of this id" B resign g to 9
refuses 1 "to: '0' is out of range" B resign g to 0
B group set g holddown off # node 1 was replaced often
works "resign to a named node succeeds" B resign g to 1
works "the named node leads" A wait g leader timeout ${limit}s
works "elect makes the node a candidate again after that" B elect g
works "the node leads after elect again" A wait g 2 timeout ${limit}s
B group set g holddown on
A peer add h id 4 addr 10.9.0.77
until_true $limit A wait h leader timeout 1s
refuses 2 "no other candidate is up" A resign h
begin_wait h 77
A group del h
end_wait
equal "wait ends with 3 when its group is deleted" "$ended" "3 bullyctl: group h: deleted while waiting for leader 77"
deleted "admin " h
# A group that never takes part, because the host lacks its address.
A group add w id 1 local 10.9.0.77:7800
A peer add w id 2 addr 10.9.0.2:7800
begin_wait w leader
A group del w
end_wait
equal "wait ends with 3 when its group never had a leader and is deleted" "$ended" "3 bullyctl: group w: deleted while waiting for leader"
deleted "admin " w
A group add w2 id 1
begin_wait w2 leader
printf '[group w2]\nid = 2\n' | A setconf -
deleted "config " w2
sleep 1
equal "wait survives the replacement of its group" "$(kill -0 $wait && cat "$work/wait" && echo waits)" waits
A group del w2
end_wait
equal "wait ends with 3 when the replacement is deleted" "$ended" "3 bullyctl: group w2: deleted while waiting for leader"
deleted "config admin " w2
works "peer set accepts a role and an address" A peer set g id 2 role witness addr 10.9.0.2
equal "show has the changed role" "$(json '.peers[0].role')" '"witness"'
A peer set g id 2 role candidate
works "peer del succeeds" A peer del g id 2
equal "show has a group without peers" "$(json '[.link, .peers]')" '["no-peers",[]]'
A peer add g id 2 addr 10.9.0.2
alive || miss "the group has its leader again" "$(A show)"

echo "# monitor"
until_true $limit settled g.json || miss "monitor has all events" "$(tail -2 "$work/g.json")" "$seq"
kill $only
wait $only 2> /dev/null || :
judge "the events of monitor of one group match the schema, without a gap" lines monitor "$work/g.json"
equal "monitor NAME starts with a snapshot without the group" "$(head -1 "$work/g.json" | cut -c 1-40)" '{"event":"snapshot","group":null,"seq":n'
equal "monitor NAME prints events of that group only" "$(grep -vc '"group":"g"' "$work/g.json")" 1
judge "the events of monitor of all groups match the schema, without a gap" lines monitor "$work/all.json"
for event in group-new group-del config leader state peer; do
	equal "monitor -j has printed the event $event" "$(grep -q "^{\"event\":\"$event\"" "$work/all.json" && echo yes)" yes
done
equal "monitor -j has printed no needless resync" "$(grep -c '"resync"' "$work/all.json")" 0
kill $text
wait $text 2> /dev/null || :
equal "monitor prints each event as a line of text" "$(grep -Ec '^\[20[-0-9]{8}T[0-9:]{8}\.[0-9]{6}\] (leader|peer|config|state|group-new|group-del|snapshot) ' "$work/text")" \
	"$(wc -l < "$work/text")"
equal "monitor prints no colour to a file" "$(grep -c "$(printf '\033')" "$work/text")" 0
# The end of the reader ends the monitor, even without an event.
leaves() { timeout 20 bullyctl -n a monitor | head -1 > /dev/null; return "${PIPESTATUS[0]}"; }
works "monitor ends when its reader ends" leaves
works "monitor ends when nobody reads its output" unread timeout 20 bullyctl -n a monitor
{
	printf '[group big]\nid = 1\nlocal = *:7900\nheartbeat = 60s\n'
	for i in $(seq 2 256); do
		printf '[peer %d]\naddr = 10.9.%d.%d\n' "$i" $((i / 128 + 1)) $((i % 128 + 1))
	done
} | A setconf -
works "monitor -j of a large group ends when nobody reads its output" unread timeout 20 bullyctl -n a -j monitor big
A group del big
closed() { timeout 20 bullyctl -n a "$@" >&-; }
for c in show "-j show" stats monitor "-j monitor" "showconf g"; do
	# shellcheck disable=SC2086
	try closed $c
	equal "$c reports that standard output is closed" "$status $(grep -c 'cannot write the output: Bad file descriptor' "$work/err")" "2 1"
done

kill -STOP $all
ip netns exec a "$here/hostile.py" flood g 1500
kill -CONT $all
if until_true $limit settled all.json; then
	pass "monitor has the newest state after an overrun"
else
	miss "monitor has the newest state after an overrun" "$(tail -2 "$work/all.json")" "$seq"
fi
equal "monitor has printed the overrun as a resync" "$(grep -c '"resync".*"cause":"overrun"' "$work/all.json" | sed 's/^[1-9][0-9]*$/yes/')" yes
judge "the events around the overrun match the schema, without another gap" lines monitor "$work/all.json"

try ip netns exec a "$here/hostile.py" noise 2000 1
equal "2000 damaged requests get an answer each" "$status $(cat "$work/out" "$work/err" | tail -1)" \
	"0 2000 answers, 0 requests without one"

echo "# without the module, and with another"
# The kernel must not load the module by itself.
modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/false > /proc/sys/kernel/modprobe
rmmod bully
for c in show stats "group add g id 1" "wait g leader" "elect g" "showconf g" "setconf $work/before"; do
	# shellcheck disable=SC2086
	refuses 4 "the kernel module bully is not loaded" A $c
done
until_true $limit grep -q '"cause":"module-gone"' "$work/all.json" || miss "monitor has noticed the change of the module" "$(tail -1 "$work/all.json")"
deleted "$(reasons g | sed 's/[a-z]* $//')shutdown " g
echo "$modprobe" > /proc/sys/kernel/modprobe
sleep 3 # longer than the interval at which the monitor looks for the module
equal "a waiting monitor does not load the module" "$([ -e /sys/module/bully ] || echo absent)" absent
works "show loads the module" A show
until_true $limit grep -q '"cause":"module-loaded"' "$work/all.json" || miss "monitor has noticed the change of the module" "$(tail -1 "$work/all.json")"
# an event before the monitor's snapshot would be part of the snapshot
until_true $limit sh -c "tail -n 1 '$work/all.json' | grep -q '\"snapshot\",\"group\":null'" ||
	miss "monitor has asked for the state again" "$(tail -2 "$work/all.json")"
A group add late id 1
until_true $limit grep -q '"group-new","group":"late"' "$work/all.json" || miss "monitor prints events of the new module" "$(tail -1 "$work/all.json")"
judge "the events of monitor match the schema across a reload of the module" lines monitor "$work/all.json"
kill $all

objects="$top/userspace/bullyctl/*/*.o $top/userspace/lib/libbully.a"
# shellcheck disable=SC2086
cc ${CFLAGS-} -std=gnu11 -D_GNU_SOURCE -DBULLY_FAMILY_VERSION=2 -I"$top/kmod/uapi" -I"$top/userspace/lib" \
	-I/usr/include/libnl3 -o "$work/bullyctl" "$top/userspace/lib/family.c" $objects \
	-lnl-genl-3 -lnl-3 -ljson-c -linih
for c in show stats monitor "wait late leader" "group add g id 1" "group del late" "elect late" "showconf late" \
	"setconf $work/before"; do
	# shellcheck disable=SC2086
	refuses 2 "the kernel module speaks version 1, bullyctl speaks version 2: install the same version of both" "$work/bullyctl" -n a $c
done
works "requests of another version have not changed the group" A group del late

ip netns del a
ip netns del b
works "the module unloads" rmmod bully
finish
