#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# Tests of bullyctl against the module: run in a guest, as root.
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

# The same as jq -c ".[0] | $1", which starts ten times slower, where $1 is a mere path.
jget=$top/tests/build/jget
[ -x "$jget" ] || jget=
of_first() {
	if [ "$jget" ] && [[ $1 =~ ^(\.[a-z_]+)+$ ]]; then
		"$jget" -c ".[0]$1"
	else
		jq -c ".[0] | $1"
	fi
}

json() { # what of group g, of a
	A -j show g | of_first "$1"
}

# The newest that monitor told of g is the newest that there is.
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

show() { # group what, of a
	A -j show "$1" | of_first "$2"
}

# Waits in the background; returns once it listens.
begin_wait() { # group condition
	bullyctl -n a wait "$@" timeout ${limit}s 2> "$work/wait" &
	wait=$!
	# it has two netlink sockets then
	until_true $limit sh -c "[ \$(ls -l /proc/$wait/fd | grep -c socket) -ge 2 ]"
	sleep 1
}

end_wait() { # its status and sentence
	status=0
	wait $wait || status=$?
	ended="$status $(cat "$work/wait")"
}

# Why a group was deleted, each time, as monitor told it.
reasons() { # group
	jq -r "select(.event == \"group-del\" and .group == \"$1\") | .reason" "$work/all.json" | tr '\n' ' '
}

told() { # reasons group: monitor has told of them
	[ "$(reasons "$2")" = "$1" ]
}

deleted() { # reasons group
	until_true $limit told "$1" "$2"
	equal "monitor: why $2 was deleted" "$(reasons "$2")" "$1"
}

alive() { # every test needs the pair as it was: 2 leads, 1 follows
	A wait g 2 timeout ${limit}s && B wait g leader timeout ${limit}s
}

echo "# nothing there"
try A show
equal "show of nothing" "$(cat "$work/out")" "no groups"
try A -j show
equal "show -j of nothing" "$(cat "$work/out")" "[]"
try A -j stats
judge "stats -j of nothing" schema stats "$work/out"
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
	until_true $limit test -s "$work/$f" || miss "monitor began" "$f"
done
works "group add" A group add g id 1 heartbeat 500ms
works "another group" A group add h id 5 local 10.9.0.1:7500
works "peer add" A peer add g id 2 addr 10.9.0.2
B group add g id 2 heartbeat 500ms
B peer add g id 1 addr 10.9.0.1 role candidate
works "wait for a leader" A wait g 2 timeout ${limit}s
works "wait for following" A wait g follower timeout ${limit}s
works "wait for leading" B wait g leader timeout ${limit}s
until_true $limit sh -c 'bullyctl -n a -j show g | grep -q "\"rtt_ns\":[1-9]"' || miss "rtt is measured" "$(A show)"

try A -j show
judge "show -j and its schema" schema show "$work/out"
A -j show g > "$work/g"
equal "show -j, golden" "$("$here/check-json.py" golden "$work/g")" \
	'[{"abstain_remaining_ns":null,"duplicate":false,"epoch":"int","event_seq":"int","grant_remaining_ns":null,"grant_to":null,"grants":null,"holddown_remaining_ns":null,"id":1,"leader":2,"lease_remaining_ns":null,"link":"up","majority":null,"name":"g","options":{"auth":"off","candidate":true,"candidate_mode":"on","dev":null,"heartbeat_ns":500000000,"holddown":true,"holddown_delay_ns":10000000000,"holddown_free":2,"holddown_half_life_ns":300000000000,"holddown_max_ns":300000000000,"keys":[],"lease_ns":null,"local":null,"misses":3,"preempt":true,"preempt_delay_ns":0,"quorum":"off","role":"candidate","voters":0},"owner":null,"peers":[{"addr":"10.9.0.2:7400","duplicate":false,"holddown_remaining_ns":null,"id":2,"last_seen_ns":"int","mismatch":false,"role":"candidate","rtt_ns":"int","state":"up","vote":null,"voters_differ":false}],"quorum":"off","reason":"start","resigned":false,"role":"candidate","session":"str","state":"follower"}]'
A show g | sed -E 's/epoch [0-9]+/epoch N/; s/[0-9.]+(ns|us|ms|s) ago/T ago/; s/  [0-9.]+(us|ms) +T/  T  T/' > "$work/shown"
equal "show, golden" "$(cat "$work/shown")" \
	"g: id 1  follower  leader 2  epoch N  quorum off  link up  last change start
    role candidate  candidate on  heartbeat 500ms  misses 3  preempt on  preempt-delay 0s  holddown on
    local any
    PEER        ADDRESS        ROLE       STATE    RTT       LAST SEEN
    2           10.9.0.2:7400  candidate  up       T  T ago"
equal "no arguments mean show" "$(A | sed -n 's/: id.*//p' | tr '\n' ' ')" "g h "
try A -p -j show g
equal "-n with a path" "$(bullyctl -n /run/netns/a | grep -c '^g: id 1')" 1
equal "-n with a process id" "$(bullyctl -n $all | grep -c '^g: id 1')" 1
equal "no namespace sees another's groups" "$(bullyctl show)" "no groups"
equal "-p indents" "$(sed -n 2,3p "$work/out")" "  {
    \"name\": \"g\","
try A -j stats
judge "stats -j and its schema" schema stats "$work/out"
try A -j stats g
judge "stats -j of one group" schema stats "$work/out"
equal "of one group only" "$(jq -c '[[.groups[].name], (.groups[0].peers | length), (.groups[0].rx.heartbeat_ack > 0)]' \
	"$work/out")" '[["g"],1,true]'
try A stats
equal "stats as text" "$(grep -c 'sockets [12]\|^g:\|^h:\|peer 2:' "$work/out")" 4

echo "# bad input changes nothing"
A showconf g > "$work/before"
before=$(json .event_seq)
refuses 2 "a group of this name exists" A group add g id 1
refuses 2 "own id" A peer add g id 1 addr 10.9.0.9
refuses 2 "a peer with this id exists" A peer add g id 2 addr 10.9.0.9
refuses 2 "another peer has this address" A peer add g id 3 addr 10.9.0.2
refuses 2 "the address" A peer add g id 3 addr 0.0.0.0
refuses 2 "the address" A peer add g id 3 addr 255.255.255.255
refuses 2 "the address" A peer add g id 3 addr 224.0.0.1
refuses 2 "the address" A peer add g id 3 addr ::
refuses 2 "the address" A peer add g id 3 addr ff02::1
refuses 2 "no peer of this id" A peer del g id 9
refuses 2 "no peer of this id" A peer set g id 9 role witness
refuses 2 "group x, peer 3: there is no group" A peer add x id 3 addr 10.9.0.3
refuses 2 "group g: quorum stays as it is once a leader was seen; setconf replaces the group" \
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
refuses 2 "group g: keys are of no use with auth off" A group set g key-file "$work/key" auth off
refuses 2 "wildcard" A group add n id 1 local 10.9.0.1
refuses 2 "family" A peer add h id 6 addr fd09::2
refuses 2 "group's own" A peer add h id 6 addr 10.9.0.1:7500
printf '[group g]\nid = 1\n[peer 2]\naddr = 10.9.0.7\n[group n]\nid = 1\nfrob = 1\n' > "$work/f"
refuses 1 "$work/f:7: key 'frob'" A setconf "$work/f"
refuses 1 "$work/f:7: key 'frob'" A syncconf "$work/f"
printf '[group n]\nid = 3\nkey-file = %s/none\n' "$work" > "$work/f"
refuses 1 "$work/f:3: key-file: $work/none: No such file" A setconf "$work/f"
try A -j group set g lease 1s
equal "a refusal in JSON" "$status $(cat "$work/err")" \
	'2 {"error":"group g: the lease is below 3 heartbeats","status":2,"errno":22}'
equal "what is harmless is accepted" "$(A group set g quorum off holddown on lease default voters 0 && echo yes)" yes
A showconf g > "$work/after"
equal "nothing changed" "$(cat "$work/after")" "$(cat "$work/before")"
equal "no event happened" "$(json .event_seq)" "$before"
equal "no group appeared" "$(A | sed -n 's/: id.*//p' | tr '\n' ' ')" "g h "

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
works "and wait" nobody bullyctl wait g 2 timeout ${limit}s
works "and see statistics" nobody bullyctl stats
for c in "group add n id 1" "group set g misses 4" "group del g" "peer add g id 3 addr 10.9.0.3" \
	"peer set g id 2 role witness" "peer del g id 2" "elect g" "resign g"; do
	# shellcheck disable=SC2086
	refuses 2 "needs CAP_NET_ADMIN" nobody bullyctl $c
done
for c in setconf syncconf; do
	printf '[group g]\nid = 1\nmisses = 7\n' > "$work/f"
	refuses 2 "needs CAP_NET_ADMIN" nobody bullyctl $c - < "$work/f"
done
equal "nothing changed by nobody" "$(A showconf g)" "$(cat "$work/before")"

echo "# files"
session=$(json '[.session, .event_seq]')
A showconf g > "$work/f"
works "setconf of what is" A setconf "$work/f"
works "syncconf of what is" A syncconf "$work/f"
equal "is the identity" "$(A showconf g)" "$(cat "$work/before")"
equal "and disturbs nobody" "$(json '[.session, .event_seq]')" "$session"
works "showconf | setconf -" sh -c 'bullyctl -n a showconf g | bullyctl -n a setconf -'
cat > "$work/f" <<- END
	[group full]
	id = 4294967295
	local = [fd09::1]:7600
	dev = va
	heartbeat = 1500ms
	misses = 100
	preempt = off
	preempt-delay = 24h
	role = witness
	candidate = off
	quorum = majority
	lease = 4500ms
	voters = 1
	holddown = off
	holddown-free = 100
	holddown-delay = 1ms
	holddown-max = 24h
	holddown-half-life = 90s

	[peer 7]
	addr = [fd09::2]:7600
	role = observer

	[peer 8]
	addr = [fe80::1%va]:65535
	role = candidate
END
works "setconf of every key" A setconf "$work/f"
equal "showconf, golden" "$(A showconf full)" "$(cat "$work/f")"
try A -j show full
judge "its JSON" schema show "$work/out"
A group del full
epoch=$(json '[.leader, .epoch]')
configs() { grep -c '"event":"config","group":"g"' "$work/all.json"; }
until_true $limit settled all.json || miss "monitor has all events" "$(tail -2 "$work/all.json")" "$seq"
configs=$(configs)
sed 's/^misses.*/misses = 5/' "$work/before" > "$work/f"
printf '\n[peer 3]\naddr = 10.9.0.3\nrole = witness\n[group new]\nid = 9\nlocal = 10.9.0.1:7700\n' >> "$work/f"
works "syncconf of differences" A syncconf "$work/f"
equal "syncconf: what was different" "$(json '[.options.misses, [.peers[].id]]')" "[5,[2,3]]"
equal "syncconf: a new group" "$(A showconf new | head -3 | tr '\n' ' ')" "[group new] id = 9 local = 10.9.0.1:7700 "
equal "syncconf: no election" "$(json '[.leader, .epoch]')" "$epoch"
until_true $limit settled all.json || miss "monitor has all events" "$(tail -2 "$work/all.json")" "$seq"
equal "syncconf: two differences, two events" "$(($(configs) - configs))" 2
works "syncconf back" A syncconf "$work/before"
equal "syncconf: as before" "$(A showconf g)" "$(cat "$work/before")"
sed 's/^id.*/id = 3/' "$work/before" > "$work/f"
refuses 2 "syncconf cannot change id 1 to 3" A syncconf "$work/f"
printf '[group new]\nid = 9\n' > "$work/f"
refuses 2 "cannot take 'local' away" A syncconf "$work/f"
A group del new

peers() { # id address...: the peers of group s in this order
	printf '[group s]\nid = 1\n'
	[ -z "$more" ] || echo "$more"
	while [ $# -gt 0 ]; do
		printf '[peer %s]\naddr = 10.9.0.%s:7999\n' "$1" "$2"
		shift 2
	done
}
have() {
	show s '[.peers[] | "\(.id) \(.addr)"] | join(" ")' | sed 's/10\.9\.0\.//g; s/:7999//g; s/"//g'
}
bound() { # port: sockets of a
	ip netns exec a cat /proc/net/udp | grep -ci "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") "
}
more="local = *:7510"
peers 2 2 3 3 | A setconf -
equal "a port of its own" "$(show s .options.local) $(bound 7510)" '"*:7510" 1'
more=
peers 2 2 3 3 > "$work/f"
works "syncconf: local *:PORT goes back to the default" A syncconf "$work/f"
equal "syncconf: the default port" "$(show s .options.local) $(bound 7510)" 'null 0'
quiet() { # group: it has judged its peers, and nothing has happened for ten heartbeats
	local seq
	seq=$(show "$1" .event_seq)
	sleep 1
	[ "$(show "$1" .event_seq)" = "$seq" ]
}
same() { # name: nothing has happened to s
	equal "$1: nothing has changed" "$(A showconf s) $(show s .event_seq)" "$was"
}
# its own election is over
works "syncconf: it leads" A wait s leader timeout ${limit}s
until_true $limit quiet s
was="$(A showconf s) $(show s .event_seq)"
peers 2 3 3 2 > "$work/f"
refuses 2 "group s: syncconf cannot exchange the addresses of peers" A syncconf "$work/f"
same "two peers exchanged"
more="misses = 9"
peers 4 4 2 3 3 2 > "$work/f"
refuses 2 "group s: syncconf cannot exchange the addresses of peers" A syncconf "$work/f"
same "two peers exchanged, an option and a new peer"
{ printf '[group first]\nid = 1\n' && cat "$work/f"; } > "$work/f2"
refuses 2 "group s: syncconf cannot exchange the addresses of peers" A syncconf "$work/f2"
same "two peers exchanged behind another group"
refuses 2 "there is no group" A show first
printf '[group s]\nid = 1\nlocal = fd09::1\nmisses = 9\n[peer 2]\naddr = fd09::2\n[peer 3]\naddr = fd09::3\n' > "$work/f"
refuses 2 "group s: syncconf cannot change the family of 'local'" A syncconf "$work/f"
same "another family"
more=
# Each takes an address that another one leaves, in both orders of the file.
for want in "2 4 3 2" "3 3 2 2" "3 2 2 4" "2 2 3 3" "2 3 3 4" "4 5 3 2 2 4" "4 2 3 4 2 3"; do
	# shellcheck disable=SC2086
	peers $want > "$work/f"
	works "syncconf: peers move to $want" A syncconf "$work/f"
	equal "syncconf: they did" "$(have)" "$(xargs -n 2 <<< "$want" | sort -n | xargs)"
done
works "syncconf: it leads" A wait s leader timeout ${limit}s
until_true $limit quiet s
was="$(A showconf s) $(show s .event_seq)"
peers 2 4 3 2 4 3 > "$work/f"
refuses 2 "syncconf cannot exchange the addresses of peers" A syncconf "$work/f"
same "three peers in a ring"
peers 3 2 > "$work/f"
works "syncconf: an address of a peer that goes" A syncconf "$work/f"
equal "syncconf: it is taken" "$(have)" "3 2"

# The kernel refuses the second of three groups.
was="$(A showconf s) $(show s .event_seq)"
{
	printf '[group m]\nid = 1\nlocal = *:7710\n'
	printf '[group s]\nid = 1\nmisses = 9\n[peer 3]\naddr = 10.9.0.2:7999\n[peer 5]\naddr = 224.0.0.1\n'
	printf '[group o]\nid = 1\nlocal = *:7712\n'
} > "$work/f"
works "what only the kernel can judge passes --check" A setconf --check "$work/f"
refuses 2 "group s: " A setconf "$work/f"
same "setconf: the group that is refused"
equal "setconf: the one before is there, the one behind is not" "$(A | sed -n 's/: id.*//p' | xargs)" "g h m s"
A group del m
refuses 2 "group s, peer 5: " A syncconf "$work/f"
equal "syncconf: the one before is there, the one behind is not" "$(A | sed -n 's/: id.*//p' | xargs)" "g h m s"
equal "syncconf: what was sent before stays" "$(show s .options.misses) $(have)" "9 3 2"
sed -i 's/^addr = 224.*/addr = 10.9.0.5:7999/' "$work/f"
works "syncconf: corrected" A syncconf "$work/f"
equal "syncconf: completed" "$(A | sed -n 's/: id.*//p' | xargs), $(have)" "g h m o s, 3 2 5 5"
for group in m o s; do
	A group del $group
done

echo "# quorum mode and hold-down, as options"
lease() { # what of the options of q
	show q "[.options.quorum, .options.lease_ns, .lease_remaining_ns, (.majority | type)]"
}
works "a group in quorum mode" A group add q id 1 local 10.9.0.1:7520 quorum majority
equal "its lease is heartbeat times misses" "$(lease)" '["majority",300000000,null,"number"]'
equal "showconf names no lease" "$(A showconf q | grep -c '^lease')" 0
equal "show has a line of it" "$(A show q | grep -c '^    lease 300ms  majority ')" 1
equal "show says the mode" "$(A show q | head -1 | grep -c '  quorum majority  ')" 1
A group set q heartbeat 200ms
equal "the lease follows the heartbeat" "$(lease)" '["majority",600000000,null,"number"]'
A group set q misses 2
equal "and is 3 heartbeats at least" "$(lease)" '["majority",600000000,null,"number"]'
works "a lease of 3 heartbeats" A group set q lease 600ms
refuses 2 "the lease is below 3 heartbeats" A group set q heartbeat 201ms
works "a longer one" A group set q lease 1h
equal "is shown" "$(lease)" '["majority",3600000000000,null,"number"]'
works "classic mode" A group set q quorum off
equal "has no lease" "$(lease)" '["off",null,null,"null"]'
equal "and keeps what was set" "$(A showconf q | grep '^lease')" "lease = 1h"
equal "no line of it in show" "$(A show q | grep -c '^    lease')" 0
works "the default again" A group set q lease default quorum majority
equal "which is 3 heartbeats" "$(lease)" '["majority",600000000,null,"number"]'
A group set q lease 2s voters 1 holddown-free 0 holddown-delay 2s holddown-max 4s holddown-half-life 8s
equal "all of it is shown" \
	"$(show q '.options | [.lease_ns, .voters, .holddown, .holddown_free, .holddown_delay_ns, .holddown_max_ns, .holddown_half_life_ns]')" \
	"[2000000000,1,true,0,2000000000,4000000000,8000000000]"
equal "hold-down that is not the default has a line" "$(A show q | grep '^    holddown')" \
	"    holddown-free 0  holddown-delay 2s  holddown-max 4s  holddown-half-life 8s"
try A -j show q
judge "show -j in quorum mode, and its schema" schema show "$work/out"
A showconf q > "$work/f"
# its election goes on, and makes events: what stays is the session
session=$(show q .session)
works "setconf of what is" A setconf "$work/f"
works "syncconf of what is" A syncconf "$work/f"
equal "disturbs nobody" "$(show q .session)" "$session"
sed -i '/^lease\|^voters\|^holddown/d' "$work/f"
works "syncconf: what the file does not say is the default" A syncconf "$work/f"
equal "syncconf: it is" \
	"$(show q '.options | [.lease_ns, .voters, .holddown, .holddown_free, .holddown_delay_ns, .holddown_max_ns, .holddown_half_life_ns]')" \
	"[600000000,0,true,2,10000000000,300000000000,300000000000]"
A group del q

echo "# quorum mode, with a leader"
rconf() { # what node 1 says of the group r, and of its peers
	printf '[group r]\nid = 1\nlocal = 10.9.0.1:7530\nheartbeat = 200ms\n%b\n[peer 2]\naddr = 10.9.0.2:7530\n' "$1"
}
rconf 'quorum = majority' | A setconf -
B group add r id 2 local 10.9.0.2:7530 heartbeat 200ms quorum majority
B peer add r id 1 addr 10.9.0.1:7530
works "two of two elect" A wait r 2 timeout ${limit}s
equal "a follower has granted it, and has no lease" \
	"$(show r '[.grant_to, (.grant_remaining_ns | type), .lease_remaining_ns, .majority, .abstain_remaining_ns]')" \
	'[2,"number",null,2,null]'
equal "the leader has a lease, by two grants" \
	"$(B -j show r | jq -c '.[0] | [.majority, .grants, (.lease_remaining_ns > 0), (.lease_remaining_ns <= 600000000), .peers[0].vote]')" \
	'[2,2,true,true,"granted"]'
equal "and says so in text" "$(B show r | grep -c '^    lease 600ms  majority 2  grants 2  lease left ')" 1
was="$(A showconf r) $(show r '[.session, .leader]')"
refuses 2 "group r: quorum stays as it is once a leader was seen" A group set r quorum off
refuses 2 "group r: the lease stays once a leader was seen; setconf replaces the group" A group set r lease 2s
refuses 2 "group r: the lease, heartbeat times misses, stays once a leader was seen" A group set r heartbeat 300ms
refuses 2 "group r: the lease, heartbeat times misses, stays once a leader was seen" A group set r misses 4
rconf 'quorum = off' > "$work/f"
refuses 2 "group r: quorum stays as it is" A syncconf "$work/f"
equal "R7: nothing has changed" "$(A showconf r) $(show r '[.session, .leader]')" "$was"
works "the same lease, said in another way" A group set r lease 600ms
works "voters 1, hold-down and preempt may change" A group set r voters 1 holddown off preempt off
works "and back" A group set r lease default voters 0 holddown on preempt on
# as soon as a majority has been known for a lease to have this set
if until_true $limit A peer add r id 3 addr 10.9.0.3:7530 role witness; then
	pass "R7: a voter more"
else
	miss "R7: a voter more" "$(A peer add r id 3 addr 10.9.0.3:7530 role witness 2>&1)" "$(A show r)"
fi
refuses 2 "group r, peer 4: " A peer add r id 4 addr 10.9.0.4:7530
refuses 2 "group r, peer 3: " A peer del r id 3
refuses 2 "group r, peer 3: " A peer set r id 3 role observer
refuses 2 "group r: " A group set r role witness
equal "the peers are as they were" "$(show r '[.peers[] | [.id, .role]]')" '[[2,"candidate"],[3,"witness"]]'
works "an observer is no voter" A peer add r id 9 addr 10.9.0.9:7530 role observer
works "nor is it when it goes" A peer del r id 9
works "a voter may move" A peer set r id 3 addr 10.9.0.33:7530
if until_true $limit B peer add r id 3 addr 10.9.0.3:7530 role witness; then
	pass "R7: the other follows, when it has known of it for a lease"
else
	miss "R7: the other follows, when it has known of it for a lease" "$(B show r)"
fi
if until_true $limit A peer del r id 3; then
	pass "R7: once a majority knows of it, the next change"
else
	miss "R7: once a majority knows of it, the next change" "$(A peer del r id 3 2>&1)" "$(A show r)"
fi
works "nobody lost its leader by it" A wait r 2 timeout ${limit}s
session=$(show r .session)
rconf 'quorum = majority\nlease = 30s' | A setconf -
equal "setconf with another lease replaces the group" \
	"$([ "$(show r .session)" != "$session" ] && show r .options.lease_ns)" 30000000000
equal "and its voter abstains" "$(show r '(.abstain_remaining_ns > 0)')" true
equal "which show says" "$(A show r | grep -c '^    started just now: grants nothing for another ')" 1
A group del r
B group del r

echo "# an interface that is gone"
ip link add gone netns a type veth peer name gone2 netns a
ip -n a link set gone up
A group add gone id 1 local '*:7610' dev gone
A peer add gone id 2 addr '[fe80::9%gone]:7611' role witness
A peer add gone id 3 addr 10.9.0.3
A group add gone2 id 1 local '[fe80::1%gone]:7612'
A showconf gone > "$work/f"
index=$(ip -n a -o link show gone | cut -d : -f 1)
ip -n a link del gone
sed -e "s/^dev = gone\$/# dev = $index: there is no such interface now/" \
	-e 's/^\[peer 2\]$/# &: there is no such interface now/' \
	-e "s/^addr = \[fe80::9%gone\]/# addr = [fe80::9%$index]/" -e 's/^role = witness/# &/' "$work/f" > "$work/f2"
equal "showconf says so" "$(A showconf gone)" "$(cat "$work/f2")"
equal "and in JSON" "$(A -j showconf gone | jq -r .conf)" "$(cat "$work/f2")"
equal "so of a local address" "$(A showconf gone2 | sed -n 3p)" \
	"# local = [fe80::1%$index]:7612: there is no such interface now"
for group in gone gone2; do
	works "showconf $group | setconf --check" sh -c "bullyctl -n a showconf $group | bullyctl -n a setconf --check -"
done
works "showconf gone | setconf" sh -c 'bullyctl -n a showconf gone | bullyctl -n a setconf -'
equal "is what is left" "$(show gone '[.options.dev, .options.local, [.peers[].id]]')" '[null,"*:7610",[3]]'
A group del gone
A group del gone2
sed 's/^heartbeat.*/heartbeat = 150ms/; s/^\[peer 2\]/[peer 4]/' "$work/before" > "$work/f"
works "setconf replaces peers" A setconf "$work/f"
equal "the peers of the file and no others" "$(json '[[.peers[].id], .options.heartbeat_ns]')" "[[4],150000000]"
works "setconf back" A setconf "$work/before"
alive || miss "a leader again" "$(A show)"

echo "# elect, resign, wait"
works "resign" B resign g
works "the other leads" A wait g leader timeout ${limit}s
equal "resigned is shown" "$(B show g | grep -c '^    resigned')" 1
works "elect stands again" B elect g
works "and it leads" A wait g 2 timeout ${limit}s
refuses 3 "group g: timed out waiting for leader 9" A wait g 9 timeout 300ms
refuses 3 "timed out" A wait g leader timeout 0s
refuses 2 "does not lead" A resign g
A peer add h id 4 addr 10.9.0.77
until_true $limit A wait h leader timeout 1s
refuses 2 "no other eligible node is up" A resign h
begin_wait h 77
A group del h
end_wait
equal "wait ends with the group" "$ended" "3 bullyctl: group h: deleted while waiting for leader 77"
deleted "admin " h
# A group that never stood for anything: its address is not here.
A group add w id 1 local 10.9.0.77:7800
A peer add w id 2 addr 10.9.0.2:7800
begin_wait w leader
A group del w
end_wait
equal "wait ends with a group that never stood" "$ended" "3 bullyctl: group w: deleted while waiting for leader"
deleted "admin " w
A group add w2 id 1
begin_wait w2 leader
printf '[group w2]\nid = 2\n' | A setconf -
deleted "config " w2
sleep 1
equal "wait outlives a replacement" "$(kill -0 $wait && cat "$work/wait" && echo waits)" waits
A group del w2
end_wait
equal "and ends with the deletion" "$ended" "3 bullyctl: group w2: deleted while waiting for leader"
deleted "config admin " w2
works "peer set" A peer set g id 2 role witness addr 10.9.0.2
equal "peer set: shown" "$(json '.peers[0].role')" '"witness"'
A peer set g id 2 role candidate
works "peer del" A peer del g id 2
equal "a group without peers" "$(json '[.link, .peers]')" '["no-peers",[]]'
A peer add g id 2 addr 10.9.0.2
alive || miss "a leader again" "$(A show)"

echo "# monitor"
until_true $limit settled g.json || miss "monitor has all events" "$(tail -2 "$work/g.json")" "$seq"
kill $only
judge "monitor of one group: schema, no gap" lines monitor "$work/g.json"
equal "monitor NAME: first there was no group" "$(head -1 "$work/g.json" | cut -c 1-40)" '{"event":"snapshot","group":null,"seq":n'
equal "monitor NAME: only that group" "$(grep -vc '"group":"g"' "$work/g.json")" 1
judge "monitor of all: schema, no gap" lines monitor "$work/all.json"
for event in group-new group-del config leader state peer; do
	equal "monitor told of $event" "$(grep -q "^{\"event\":\"$event\"" "$work/all.json" && echo yes)" yes
done
equal "no resync without need" "$(grep -c '"resync"' "$work/all.json")" 0
kill $text
equal "monitor as text" "$(grep -Ec '^\[ *[0-9]+\.[0-9]{9}\] (leader|peer|config|state|group-new|group-del|snapshot) ' "$work/text")" \
	"$(wc -l < "$work/text")"
equal "colour to a file: none" "$(grep -c "$(printf '\033')" "$work/text")" 0
# A reader that goes away ends the monitor, even where nothing happens.
leaves() { timeout 20 bullyctl -n a monitor | head -1 > /dev/null; return "${PIPESTATUS[0]}"; }
works "monitor ends with its reader" leaves
works "monitor for nobody" unread timeout 20 bullyctl -n a monitor
{
	printf '[group big]\nid = 1\nlocal = *:7900\nheartbeat = 60s\n'
	for i in $(seq 2 256); do
		printf '[peer %d]\naddr = 10.9.%d.%d\n' "$i" $((i / 128 + 1)) $((i % 128 + 1))
	done
} | A setconf -
works "monitor -j of a large group for nobody" unread timeout 20 bullyctl -n a -j monitor big
A group del big
closed() { timeout 20 bullyctl -n a "$@" >&-; }
for c in show "-j show" stats monitor "-j monitor" "showconf g"; do
	# shellcheck disable=SC2086
	try closed $c
	equal "$c with standard output closed" "$status $(grep -c 'cannot write the output: Bad file descriptor' "$work/err")" "2 1"
done

kill -STOP $all
ip netns exec a "$here/hostile.py" flood g 1500
kill -CONT $all
if until_true $limit settled all.json; then
	pass "after an overrun monitor is up to date"
else
	miss "after an overrun monitor is up to date" "$(tail -2 "$work/all.json")" "$seq"
fi
equal "and said so" "$(grep -c '"resync".*"cause":"overrun"' "$work/all.json" | sed 's/^[1-9][0-9]*$/yes/')" yes
judge "with nothing missing but that" lines monitor "$work/all.json"

try ip netns exec a "$here/hostile.py" noise 2000 1
equal "2000 damaged requests, each answered" "$status $(cat "$work/out" "$work/err" | tail -1)" \
	"0 2000 answers, 0 requests without one"

echo "# without the module, and with another"
# Let nobody load it behind our back.
modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/false > /proc/sys/kernel/modprobe
rmmod bully
for c in show stats "group add g id 1" "wait g leader" "elect g" "showconf g" "setconf $work/before"; do
	# shellcheck disable=SC2086
	refuses 4 "the kernel module bully is not loaded" A $c
done
until_true $limit grep -q '"cause":"module-gone"' "$work/all.json" || miss "monitor noticed" "$(tail -1 "$work/all.json")"
deleted "$(reasons g | sed 's/[a-z]* $//')shutdown " g
echo "$modprobe" > /proc/sys/kernel/modprobe
sleep 3 # longer than the monitor's own look-out for the module
equal "a waiting monitor does not load the module" "$([ -e /sys/module/bully ] || echo absent)" absent
works "whoever asks loads it" A show
until_true $limit grep -q '"cause":"module-loaded"' "$work/all.json" || miss "monitor noticed" "$(tail -1 "$work/all.json")"
A group add late id 1
until_true $limit grep -q '"group-new","group":"late"' "$work/all.json" || miss "monitor goes on" "$(tail -1 "$work/all.json")"
judge "monitor over unloading and loading" lines monitor "$work/all.json"
kill $all

objects="$top/userspace/bullyctl/*.o $top/userspace/lib/libbully.a"
# shellcheck disable=SC2086
cc ${CFLAGS-} -std=gnu11 -D_GNU_SOURCE -DBULLY_FAMILY_VERSION=2 -I"$top/kmod/uapi" -I"$top/userspace/lib" \
	-I/usr/include/libnl3 -o "$work/bullyctl" "$top/userspace/lib/family.c" $objects \
	-lnl-genl-3 -lnl-3 -ljson-c -linih
for c in show stats monitor "wait late leader" "group add g id 1" "group del late" "elect late" "showconf late" \
	"setconf $work/before"; do
	# shellcheck disable=SC2086
	refuses 2 "module speaks version 1, bullyctl speaks version 2: install matching ones" "$work/bullyctl" -n a $c
done
works "the group is still there" A group del late

ip netns del a
ip netns del b
finish
