# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of guest.sh: tests the options of quorum mode and hold-down, and how they are shown.

echo "# quorum mode and hold-down, as options"
lease() { # prints what show has of q's lease
	show q "[.options.quorum, .options.lease_ns, .lease_remaining_ns, (.majority | type)]"
}
works "group add accepts quorum mode" A group add q id 1 local 10.9.0.1:7520 quorum majority
equal "the default lease is heartbeat times misses" "$(lease)" '["majority",300000000,null,"number"]'
equal "showconf does not print a default lease" "$(A showconf q | grep -c '^lease')" 0
equal "show prints one line about the lease" "$(A show q | grep -c '^    lease 300ms  majority ')" 1
equal "show prints the mode" "$(A show q | grep -c '  quorum majority  ')" 1
A group set q heartbeat 200ms
equal "the default lease follows the heartbeat" "$(lease)" '["majority",600000000,null,"number"]'
A group set q misses 2
equal "the default lease is 3 heartbeats or more" "$(lease)" '["majority",600000000,null,"number"]'
works "a lease of 3 heartbeats is accepted" A group set q lease 600ms
refuses 2 "the lease is below 3 heartbeats" A group set q heartbeat 201ms
refuses 1 "lease: 35ms is below 4 heartbeats of 9ms" A group set q heartbeat 9ms lease 35ms
works "a lease of 4 heartbeats is accepted with a heartbeat below 10 ms" A group set q heartbeat 9ms lease 36ms
refuses 2 "the lease is below 4 heartbeats (heartbeat below 10 ms)" A group set q lease 35ms
A group set q heartbeat 1ms misses 3 lease default
equal "with a short heartbeat the lease has 4 heartbeats" "$(lease)" '["majority",4000000,null,"number"]'
A group set q heartbeat 200ms misses 2
works "a lease of an hour is accepted" A group set q lease 1h
equal "show has a lease of an hour" "$(lease)" '["majority",3600000000000,null,"number"]'
works "a group may return to classic mode" A group set q quorum off
equal "a group in classic mode has no lease" "$(lease)" '["off",null,null,"null"]'
equal "a group in classic mode keeps the lease that was set" "$(A showconf q | grep '^lease')" "lease = 1h"
equal "show has no line about the lease in classic mode" "$(A show q | grep -c '^    lease')" 0
works "a group may return to quorum mode and the default lease" A group set q lease default quorum majority
equal "the default lease is 3 heartbeats again" "$(lease)" '["majority",600000000,null,"number"]'
A group set q lease 2s voters 1 holddown-free 0 holddown-delay 2s holddown-max 4s holddown-half-life 8s
equal "show has all options of quorum mode" \
	"$(show q '.options | [.lease_ns, .voters, .holddown, .holddown_free, .holddown_delay_ns, .holddown_max_ns, .holddown_half_life_ns]')" \
	"[2000000000,1,true,0,2000000000,4000000000,8000000000]"
equal "show prints a hold-down that differs from the default" "$(A show q | grep '^    holddown')" \
	"    holddown-free 0  holddown-delay 2s  holddown-max 4s  holddown-half-life 8s"
try A -j show q
judge "show -j in quorum mode matches its schema" schema show "$work/out"
A showconf q > "$work/f"
# the group's election goes on and causes events, so the session is compared
session=$(show q .session)
works "setconf accepts showconf's output in quorum mode" A setconf "$work/f"
works "syncconf accepts showconf's output in quorum mode" A syncconf "$work/f"
equal "setconf and syncconf of showconf's output keep the session" "$(show q .session)" "$session"
sed -i '/^lease\|^voters\|^holddown/d' "$work/f"
works "syncconf accepts a file without the options of quorum mode" A syncconf "$work/f"
equal "syncconf restores the defaults of options that the file lacks" \
	"$(show q '.options | [.lease_ns, .voters, .holddown, .holddown_free, .holddown_delay_ns, .holddown_max_ns, .holddown_half_life_ns]')" \
	"[600000000,0,true,2,10000000000,300000000000,300000000000]"
A group del q

echo "# the election"
election() { # prints what show has of e's election
	show e '.options | [.quorum, .election, .preempt, .preempt_delay_ns, .priority]'
}
works "a group may have election raft" A group add e id 1 local 10.9.0.1:7525 quorum majority election raft
equal "with election raft preempt is off if it is not given" "$(election)" '["majority","raft",false,0,0]'
equal "show prints election raft" "$(A show e | grep -c '  quorum majority  election raft  link ')" 1
try A -j show e
judge "show -j with election raft matches its schema" schema show "$work/out"
refuses 2 "group e: election raft needs quorum majority" A group set e quorum off
refuses 2 "group e: election raft never takes over: set preempt off" A group set e preempt on
refuses 2 "group e: election raft never takes over: set preempt-delay 0s" A group set e preempt-delay 1s
refuses 2 "group e: election raft has no priorities: set priority 0" A group set e priority 1
try A check e --weight 20 -- true
equal "election raft refuses an owner with a weight" "$status $(tail -1 "$work/err")" \
	"2 bullyctl: group e, owner check: election raft has no priority to lower: own without a weight"
equal "the refused options changed nothing" "$(election)" '["majority","raft",false,0,0]'
A showconf e > "$work/e"
session=$(show e .session)
works "setconf accepts showconf's output with election raft" A setconf "$work/e"
works "syncconf accepts showconf's output with election raft" A syncconf "$work/e"
sed -i '/^preempt/d' "$work/e"
works "syncconf accepts election raft without preempt" A syncconf "$work/e"
works "setconf accepts election raft without preempt" A setconf "$work/e"
equal "setconf and syncconf of the same options keep the session" "$(show e .session)" "$session"
equal "preempt is still off" "$(election)" '["majority","raft",false,0,0]'
works "a group may return to election bully" A group set e election bully
equal "preempt stays off" "$(election)" '["majority","bully",false,0,0]'
A group set e preempt on preempt-delay 1s priority 5
refuses 2 "group e: election raft never takes over: set preempt-delay 0s" A group set e election raft
A group set e preempt-delay 0s
refuses 2 "group e: election raft has no priorities: set priority 0" A group set e election raft
works "a change to election raft turns preempt off" A group set e election raft priority 0
equal "preempt is off again" "$(election)" '["majority","raft",false,0,0]'
sed -i '/^election/d' "$work/e"
works "syncconf accepts a file without an election" A syncconf "$work/e"
equal "a file without an election means bully, with preempt on" "$(election)" '["majority","bully",true,0,0]'
A group set e quorum off
refuses 2 "group e: election raft needs quorum majority" A group set e election raft
A group del e

echo "# unlisted observers"
observers() { # prints what show has of e's observers
	show e '[.options.role, .options.observers, .observers_now, .options.unlisted, .asked]'
}
works "a group may answer unlisted observers" A group add e id 1 local 10.9.0.1:7525 quorum majority observers 3
equal "a new group has all places" "$(observers)" '["candidate",3,0,false,null]'
equal "show prints the places" "$(A show e | grep observers)" "    observers 0 of 3"
try A -j show e
judge "show -j of a group with places matches its schema" schema show "$work/out"
refuses 2 "group e: observers needs quorum majority" A group set e quorum off
refuses 2 "group e: unlisted needs the role observer" A group set e unlisted on
refuses 2 "group e: an unlisted observer answers no others: set observers 0" A group set e role observer unlisted on
equal "the refused options changed nothing" "$(observers)" '["candidate",3,0,false,null]'
works "a group may become an unlisted observer" A group set e role observer unlisted on observers 0
equal "an unlisted observer without a voter asks none" "$(observers)" '["observer",0,null,true,null]'
equal "show prints that the observer is unlisted" "$(A show e | grep unlisted)" "    unlisted on"
refuses 2 "group e: unlisted needs the role observer" A group set e role witness
refuses 2 "group e: unlisted needs quorum majority" A group set e quorum off
A showconf e > "$work/e"
session=$(show e .session)
works "setconf accepts showconf's output of an unlisted observer" A setconf "$work/e"
works "syncconf accepts showconf's output of an unlisted observer" A syncconf "$work/e"
equal "setconf and syncconf of an unlisted observer keep the session" "$(show e .session)" "$session"
A group del e

echo "# quorum mode, with a leader"
rconf() { # lines: prints node 1's configuration of group r
	printf '[group r]\nid = 1\nlocal = 10.9.0.1:7530\nheartbeat = 200ms\n%b\n[peer 2]\naddr = 10.9.0.2:7530\n' "$1"
}
rconf 'quorum = majority' | A setconf -
B group add r id 2 local 10.9.0.2:7530 heartbeat 200ms quorum majority
B peer add r id 1 addr 10.9.0.1:7530
works "two nodes of a set of two elect" A wait r 2 timeout ${limit}s
equal "a follower has granted its vote and has no lease" \
	"$(show r '[.grant_to, (.grant_remaining_ns | type), .lease_remaining_ns, .majority, .abstain_remaining_ns]')" \
	'[2,"number",null,2,null]'
equal "the leader has a lease by two grants" \
	"$(B -j show r | jq -c '.[0] | [.majority, .grants, (.lease_remaining_ns > 0), (.lease_remaining_ns <= 600000000), .peers[0].vote]')" \
	'[2,2,true,true,"granted"]'
equal "show prints the leader's lease and grants" "$(B show r | grep -c '^    lease 600ms  majority 2  grants 2  lease left ')" 1
was="$(A showconf r) $(show r .session)"
refuses 2 "group r: quorum cannot change after a leader was seen" A group set r quorum off
refuses 2 "group r: election cannot change after a leader was seen; setconf replaces the group" A group set r election raft
refuses 2 "group r: the lease cannot change after a leader was seen; setconf replaces the group" A group set r lease 2s
refuses 2 "group r: heartbeat times misses, the lease, cannot change after a leader was seen" A group set r heartbeat 300ms
refuses 2 "group r: heartbeat times misses, the lease, cannot change after a leader was seen" A group set r misses 4
rconf 'quorum = off' > "$work/f"
refuses 2 "group r: quorum cannot change" A syncconf "$work/f"
rconf 'quorum = majority\nelection = raft' > "$work/f"
refuses 2 "group r: election cannot change" A syncconf "$work/f"
equal "R7: the refused changes changed nothing" "$(A showconf r) $(show r .session)" "$was"
works "R7: a default lease may be set as a number" A group set r lease 600ms
works "R7: voters 1, hold-down and preempt may be changed" A group set r voters 1 holddown off preempt off
works "R7: these options may be changed back" A group set r lease default voters 0 holddown on preempt on
# as soon as node 1 has known for a lease that a majority has this set
if until_true $limit A peer add r id 3 addr 10.9.0.3:7530 role witness; then
	pass "R7: one more voter is accepted"
else
	miss "R7: one more voter is accepted" "$(A peer add r id 3 addr 10.9.0.3:7530 role witness 2>&1)" "$(A show r)"
fi
refuses 2 "group r, peer 4: " A peer add r id 4 addr 10.9.0.4:7530
refuses 2 "group r, peer 3: " A peer del r id 3
refuses 2 "group r, peer 3: " A peer set r id 3 role observer
refuses 2 "group r: " A group set r role witness
equal "R7: the peers are unchanged after the refusals" "$(show r '[.peers[] | [.id, .role]]')" '[[2,"candidate"],[3,"witness"]]'
works "R7: an observer may be added" A peer add r id 9 addr 10.9.0.9:7530 role observer
works "R7: an observer may be deleted" A peer del r id 9
works "R7: a voter's address may be changed" A peer set r id 3 addr 10.9.0.33:7530
if until_true $limit B peer add r id 3 addr 10.9.0.3:7530 role witness; then
	pass "R7: the other node may follow when it has known of the change for a lease"
else
	miss "R7: the other node may follow when it has known of the change for a lease" "$(B show r)"
fi
if until_true $limit A peer del r id 3; then
	pass "R7: the next change is accepted when a majority knows of the first"
else
	miss "R7: the next change is accepted when a majority knows of the first" "$(A peer del r id 3 2>&1)" "$(A show r)"
fi
works "R7: the leader is the same after the changes" A wait r 2 timeout ${limit}s

echo "# a majority that is lost for good"
B group add l id 2 local '10.9.0.2:7540' heartbeat 200ms quorum majority
B peer add l id 1 addr 10.9.0.1:7540
B peer add l id 3 addr 10.9.0.3:7540
lconf() { printf '[group l]\nid = 1\nlocal = 10.9.0.1:7540\nheartbeat = 200ms\nquorum = majority\n%b' "$1"; }
lconf '[peer 2]\naddr = 10.9.0.2:7540\n[peer 3]\naddr = 10.9.0.3:7540\n' | A setconf -
works "two nodes of a set of three elect" A wait l 2 timeout ${limit}s
until_true $limit A peer del l id 3 || miss "one voter of three may be deleted" "$(A peer del l id 3 2>&1)"
B group del l
lost() { A peer del l id 2 2>&1 | grep -qF "; 1 of 2 voters are up: if the others are gone for good, see bully(7), Losing a majority for good"; }
if until_true $limit lost; then
	pass "the refusal of peer del without a majority names the way out"
else
	miss "the refusal of peer del without a majority names the way out" "$(A peer del l id 2 2>&1)" "$(A show l)"
fi
lconf 'voters = 1\n' | A setconf -
works "the survivor leads after setconf of a smaller set" A wait l leader timeout ${limit}s
A group del l

session=$(show r .session)
rconf 'quorum = majority\nelection = raft' | A setconf -
equal "setconf with another election replaces the group" \
	"$([ "$(show r .session)" != "$session" ] && show r .options.election)" '"raft"'
rconf 'quorum = majority' | A setconf -
works "the group elects again with the first election" A wait r 2 timeout ${limit}s
session=$(show r .session)
rconf 'quorum = majority\nlease = 30s' | A setconf -
equal "setconf with another lease replaces the group" \
	"$([ "$(show r .session)" != "$session" ] && show r .options.lease_ns)" 30000000000
equal "the voter of a replaced group abstains" "$(show r '(.abstain_remaining_ns > 0)')" true
equal "show prints that the voter abstains" "$(A show r | grep -c '^    started just now: grants nothing for another ')" 1
A group del r
B group del r
