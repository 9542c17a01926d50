#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests several owners of one candidacy (S7, S8): the node is a candidate only while all of
# them agree, an owner that is gone is missed, and only the operator or the owner itself makes it
# forgotten.
# sections: together missed silent will weights names changes crowd
# numbers: ROUNDS=12
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
# shellcheck source=tests/vm/owners-lib.sh
. "$(dirname "$0")/owners-lib.sh"

together() {
	check "together: nothing is left of earlier tests" afresh
	check "together: a first socket owns" own disk
	check "together: the node stands with one owner" stands "disk=ok"
	check "together: a second socket owns under another name" own net
	check "together: the node stands with two owners" stands "disk=ok net=ok"
	check "together: the mode is owner" is 3 g .options.candidate_mode owner
	check "together: each has a port id of its own" is 3 g '[.owners[].portid] | unique | length' 2
	check "together: a third socket is refused under a name that is owned" answers "EBUSY another socket owns" own --name net
	check "together: show names both" shown "owner disk: ok" "owner net: ok"
	check "together: metrics name both" measured
	check "together: one is killed" kill -9 "${PIDS[disk]}"
	check "together: the node resigns, and the killed owner is vacant" stands_not "disk=vacant net=ok"
	check "together: the reason is owner-exit" wait_for reason owner-exit
	check "together: elect says who is missed" refused 2 "an owner of its candidacy is gone" bc 3 elect g
	check "together: the doctor says who is missed" doctor "the owner 'disk' is vacant"
	check "together: the owner comes back" own disk
	check "together: the node stands again" stands "disk=ok net=ok"
}
measured() {
	why=$(bc 3 metrics | grep owner)
	[[ $why == *'bully_group_owner_state{group="g",owner="disk",state="ok"} 1'* ]] &&
		[[ $why == *'bully_group_owner_state{group="g",owner="net",state="vacant"} 0'* ]]
}
doctor() {
	why=$(bc 3 doctor g 2>&1 || :)
	[[ $why == *"$1"* ]]
}

missed() {
	check "missed: nothing is left of earlier tests" afresh
	both
	check "missed: two own" stands "disk=ok net=ok"
	check "missed: one gives the candidacy back" asks disk disown ok
	check "missed: it is missed" stands_not "disk=vacant net=ok"
	check "missed: candidate on forgets it" bc 3 group set g candidate on
	check "missed: the other owner decides alone" stands "net=ok"
	check "missed: the forgotten owner owns anew" asks disk own ok
	check "missed: the node stands with both" stands "disk=ok net=ok"
	check "missed: one gives it back and is not missed" asks disk forget ok
	check "missed: the node goes on standing" undisturbed g holds $((2 * HB_MS)) agree g 3 "1 2 3"
	check "missed: one owner is left" stands "net=ok"
	check "missed: the last one gives it back and is not missed" asks net forget ok
	check "missed: a node without owners does not stand" stands_not ""
	check "missed: elect says that nobody owns" refused 2 "no socket owns its candidacy" bc 3 elect g
	check "missed: candidate on makes it stand" bc 3 group set g candidate on
	check "missed: it stands without owners" stands ""
	check "missed: its mode is on" is 3 g .options.candidate_mode on
	check "missed: who owns nothing cannot forget" answers "ESTALE this socket does not own" forget
}

silent() {
	check "silent: nothing is left of earlier tests" afresh
	check "silent: a quick owner owns" own quick --deadline "$DEADLINE" --every "$EVERY"
	check "silent: a slow owner owns" own slow --deadline 3600000
	check "silent: two own, each with a deadline" stands "quick=ok slow=ok"
	check "silent: the quick owner says nothing" asks quick mute ok
	check "silent: the quick owner is late" stands_not "quick=late slow=ok"
	check "silent: the reason is owner-late" wait_for reason owner-late
	check "silent: its refresh comes too late" asks quick refresh "ESTALE this socket missed its deadline"
	check "silent: elect says that an owner is late" refused 2 "an owner of its candidacy is late" bc 3 elect g
	check "silent: the slow owner has its own deadline" asks slow refresh ok
	check "silent: the late owner ends" quit quick
	check "silent: it is vacant then" stands_not "quick=vacant slow=ok"
	check "silent: another socket owns under its name" own quick
	check "silent: the node stands again" stands "quick=ok slow=ok"
	check "silent: a late owner is forgotten by candidate on" late_forgotten
}
late_forgotten() {
	own third --deadline $((2 * HB_MS)) || return 1
	wait_for table "quick=ok slow=ok third=late" || return 1
	bc 3 group set g candidate on && stands "quick=ok slow=ok" || return 1
	asks third refresh "ESTALE this socket does not own" || return 1
	quit third && holds $((2 * HB_MS)) table "quick=ok slow=ok"
}

will() {
	check "will: nothing is left of earlier tests" afresh
	both
	check "will: two own" stands "disk=ok net=ok"
	check "will: one is unwilling" asks disk unwilling ok
	check "will: the node resigns" stands_not "disk=unwilling net=ok"
	check "will: the reason is owner-unwilling" wait_for reason owner-unwilling
	check "will: elect says that an owner is unwilling" refused 2 "an owner of its candidacy is unwilling" bc 3 elect g
	check "will: the doctor names the owner" doctor "the owner 'disk' is unwilling"
	check "will: candidate on does not overrule an owner" bc 3 group set g candidate on
	check "will: the node still does not stand" stands_not "disk=unwilling net=ok"
	check "will: a plain refresh changes no will" asks disk refresh ok
	check "will: the owner is still unwilling" holds $((2 * HB_MS)) table "disk=unwilling net=ok"
	check "will: both are unwilling" asks net unwilling ok
	check "will: one is willing again" asks disk willing ok
	check "will: one willing owner is not enough" stands_not "disk=ok net=unwilling"
	check "will: the other is willing again" asks net willing ok
	check "will: the node stands again" stands "disk=ok net=ok"
	check "will: an owner begins unwilling" own third --willing 0
	check "will: the node resigns for it" stands_not "disk=ok net=ok third=unwilling"
	check "will: an owner that comes back without a word is willing" own_plain third
	check "will: an owner without privileges changes its will" unprivileged
}
own_plain() {
	quit "$1" && own "$1" && stands "disk=ok net=ok $1=ok"
}
unprivileged() {
	own third --user 65534 && stands "disk=ok net=ok third=ok" || return 1
	asks third unwilling ok && stands_not "disk=ok net=ok third=unwilling" && asks third willing ok &&
		asks third forget ok && stands "disk=ok net=ok"
}

# An owner with a weight changes the priority, and has no say in whether the node stands.
weights() {
	check "weights: nothing is left of earlier tests" afresh
	check "weights: node 3 has the highest priority" bc 3 group set g priority 10
	check "weights: node 2 has the next" bc 2 group set g priority 5
	check "weights: an owner with a weight" own load --weight 8
	check "weights: node 3 leads" stands "load=ok"
	check "weights: candidate is still on" is 3 g .options.candidate_mode on
	check "weights: it is unwilling" asks load unwilling ok
	check "weights: node 2 leads, and node 3 is a candidate" lowered 2 "load=unwilling"
	check "weights: the option is as it was" is 3 g .options.priority 10
	check "weights: peers know the priority" wait_for is 2 g '.peers[] | select(.id == 3) | .priority' 2
	check "weights: show says why" shown "priority 2 instead of 10, because of owners" \
		"owner load: unwilling, so this node's priority is lower  weight 8"
	check "weights: the doctor says why" doctor "the owner 'load' is unwilling, so this node's priority is lower by 8"
	check "weights: metrics have both" weighed
	check "weights: a group that is made anew keeps the weight" anew_weighed
	check "weights: without node 2 it leads, although its check fails" alone
	check "weights: a second owner, unwilling" own disk --weight 200 --willing 0
	check "weights: the priority does not fall below 0" lowered 0 "disk=unwilling load=unwilling"
	check "weights: the first is willing again" asks load willing ok
	check "weights: the second still weighs" lowered 0 "disk=unwilling load=ok"
	check "weights: the second takes a smaller weight" own disk --weight 1 --willing 0
	check "weights: node 3 leads with what is left" stands "disk=unwilling load=ok"
	check "weights: that is 9" is 3 g .effective_priority 9
	check "weights: an owner without a weight" own net
	check "weights: it has a say" is 3 g .options.candidate_mode owner
	check "weights: it is unwilling" asks net unwilling ok
	check "weights: the node does not stand" stands_not "disk=unwilling load=ok net=unwilling"
	check "weights: it is not missed" asks net forget ok
	check "weights: no owner has a say: the node does not stand" stands_not "disk=unwilling load=ok"
	check "weights: candidate on makes it stand" bc 3 group set g candidate on
	check "weights: it leads" stands "disk=unwilling load=ok"
	check "weights: a killed owner weighs" kill -9 "${PIDS[load]}"
	check "weights: node 2 leads" lowered 1 "disk=unwilling load=vacant"
	check "weights: candidate on forgets it" bc 3 group set g candidate on
	check "weights: node 3 leads" stands "disk=unwilling"
	check "weights: 256 is refused" answers ERANGE own --name more --weight 256
	check "weights: without a weight its will counts" own disk --willing 0
	check "weights: the node does not stand again" stands_not "disk=unwilling"
	check "weights: priorities are as they were" bc 3 group set g priority 0
	check "weights: those of node 2, too" bc 2 group set g priority 0
}
# lowered PRIORITY "NAME=STATE ...": node 2 leads, and node 3 is a candidate with this priority
lowered() {
	leads g 2 "1 2 3" && shows "$2" && is 3 g .effective_priority "$1" && is 3 g .options.candidate true
}
weighed() {
	why=$(bc 3 metrics | grep -e owner_weight -e priority)
	[[ $why == *'bully_group_owner_weight{group="g",owner="load"} 8'* ]] &&
		[[ $why == *'bully_group_effective_priority{group="g"} 2'* ]] &&
		[[ $why == *'bully_group_priority{group="g"} 10'* ]]
}
anew_weighed() {
	start g 3 "1 2 3 4" candidate on priority 10 "${steady[@]}" && lowered 2 "load=unwilling" &&
		start g 3 "1 2 3" candidate on priority 10 "${steady[@]}" && lowered 2 "load=unwilling"
}
alone() {
	bc 2 group set g candidate off && leads g 3 "1 2 3" && bc 2 group set g candidate on && leads g 2 "1 2 3"
}

names() {
	local long=abcdefghijklmnopqrstuvwxyz01234
	check "names: nothing is left of earlier tests" afresh
	check "names: 31 bytes are a name" answers ok own --name "$long"
	check "names: it is shown whole" shows "$long=vacant"
	check "names: 32 bytes are none" answers EINVAL own --name "${long}x"
	check "names: an empty one is refused" answers "EINVAL an owner's name cannot be empty" own --name ""
	check "names: a slash is refused" answers "EINVAL an owner's name has no '/' or space in it" own --name a/b
	check "names: a space is refused" answers "EINVAL an owner's name has no '/' or space in it" own --name "a b"
	check "names: the refusals have changed nothing" shows "$long=vacant"
	bc 3 group set g candidate on
	check "names: without a name it is owner" answers ok own
	check "names: that is shown" shows "owner=vacant"
	bc 3 group set g candidate on
	check "names: one socket has one name" second_name
	bc 3 group set g candidate on
	check "names: the table is full" full
	check "names: a name of a full table may own" answers ok own --name n5
	check "names: candidate on empties the table" bc 3 group set g candidate on
	check "names: the node stands" stands ""
}
second_name() {
	why=$(ip netns exec n3 /usr/bin/python3 "$owner_py" names g one two one 2>&1 | paste -sd ' ')
	[ "$why" = "ok EBUSY this socket owns the candidacy of this group under another name ok" ] && shows "one=vacant"
}
full() {
	local i
	for i in 1 2 3 4 5 6 7 8; do answers ok own --name "n$i" || return 1; done
	answers "ENOSPC this group has 8 owners" own --name n9 || return 1
	shows "$(printf 'n%s=vacant ' 1 2 3 4 5 6 7 8 | sed 's/ $//')"
}

# setconf replaces the group, with a fourth node that never starts; the owners stay.
changes() {
	check "changes: nothing is left of earlier tests" afresh
	check "changes: an owner with a deadline" own disk --deadline "$DEADLINE" --every "$EVERY"
	check "changes: an owner without one" own net
	check "changes: two own" stands "disk=ok net=ok"
	check "changes: a group that is made anew keeps its owners" anew "disk=ok net=ok" stands
	check "changes: the deadline goes on" holds $((2 * DEADLINE)) table "disk=ok net=ok"
	check "changes: one is unwilling" asks net unwilling ok
	check "changes: a group that is made anew keeps the will" anew "disk=ok net=unwilling" stands_not
	quit net
	check "changes: one is gone" stands_not "disk=ok net=vacant"
	check "changes: a group that is made anew misses it" anew "disk=ok net=vacant" stands_not
	check "changes: a group that is made anew with candidate on forgets it" renewed_on
	check "changes: the end of an owner after that is noticed" quit disk
	check "changes: the node does not stand" stands_not "disk=vacant"
	check "changes: owners that end while groups are made anew are missed" in_a_race
	check "changes: a group that is deleted forgets all" deleted
}
renewed_on() {
	if [ "$IDS" = "1 2 3" ]; then IDS="1 2 3 4"; else IDS="1 2 3"; fi
	start g 3 "$IDS" candidate on "${steady[@]}" && stands "disk=ok"
}
in_a_race() {
	local i
	for i in $(seq $((ROUNDS / 4))); do
		own disk && own net || return 1
		kill -9 "${PIDS[disk]}" &
		if [ "$IDS" = "1 2 3" ]; then IDS="1 2 3 4"; else IDS="1 2 3"; fi
		start g 3 "$IDS" candidate owner "${steady[@]}" || return 1
		shows "disk=vacant net=ok" || { why="round $i: $why"; return 1; }
	done
	quit_all && start g 3 "1 2 3" candidate owner "${steady[@]}" && IDS="1 2 3"
}
deleted() {
	own disk && own net && quit net && bc 3 group del g && asks disk refresh ENOENT || return 1
	start g 3 "1 2 3" "${steady[@]}" && stands "" && asks disk refresh "ESTALE this socket does not own"
}

# Owners come and go in every way at once; afterwards the table says who is missed, and no more.
crowd() {
	local i pids=()
	check "crowd: nothing is left of earlier tests" afresh
	for i in 1 2 3 4; do
		ip netns exec n3 /usr/bin/python3 "$owner_py" churn g > /dev/null 2>&1 &
		pids+=($!)
		disown "$!"
	done
	check "crowd: groups are made anew while owners come and go" busy
	kill -9 "${pids[@]}"
	for i in "${pids[@]}"; do wait_for ended "$i"; done
	check "crowd: no socket owns afterwards" wait_for nobody_owns
	check "crowd: the node works afterwards" afresh
}
busy() {
	local i
	for i in $(seq "$ROUNDS"); do
		if [ $((i % 2)) = 1 ]; then IDS="1 2 3 4"; else IDS="1 2 3"; fi
		start g 3 "$IDS" candidate owner "${steady[@]}" || return 1
		bc 3 group set g candidate on || return 1
		is 3 g '[.owners[].name] - ["owner", "run", "check"] | length' 0 || return 1
	done
	start g 3 "1 2 3" candidate owner "${steady[@]}" && IDS="1 2 3"
}
nobody_owns() { is 3 g '[.owners[] | select(.state != "vacant")] | length' 0; }

with_owners
finish
