#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# budget: 5 minutes
# Quorum mode in one guest: who has the lease, in good networks and bad, and who takes
# it from nobody (Q3); that never two have it at once (Q1), and that epochs are as
# promised (Q2): leases.py reads the events of all nodes, which have one clock.
# Hold-down, which is in both modes, is here too. With arguments: these sections only.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)

# Longer than need be: the guest's own hiccups shall cost nobody the lease.
LEASE_MS=$((5 * HB_MS))
ABSTAIN_NS=$((LEASE_MS * 1000000 * 101 / 99))
quorum=(quorum majority lease "${LEASE_MS}ms")
everything() { longer && { [ "$KERNEL" != debug ] || [ -n "${FULL:-}" ]; }; }
longer() { [ -z "${BRIEF:-}" ]; }

# shellcheck source=tests/vm/quorum-lib.sh
. "$here/quorum-lib.sh"
# shellcheck source=tests/vm/quorum-voters.sh
. "$here/quorum-voters.sh"
# shellcheck source=tests/vm/quorum-holddown.sh
. "$here/quorum-holddown.sh"

# ---- three nodes ---------------------------------------------------------------

first_lease() {
	local began got i
	check "3 nodes configured" start_all g "1 2 3" "${quorum[@]}"
	check "the highest leads" leads_heard g 3 "1 2 3"
	# of the second that started, for two must vote
	began=$(for i in 1 2 3; do when "$i" g '.event == "group-new"'; done | sort -n | sed -n 2p)
	got=$(when 3 g '.state == "leader"')
	echo "# cold start: a lease after $(((got - began) / 1000000)) ms, of which $((ABSTAIN_NS / 1000000)) abstaining"
	check "cold start: a majority abstained first (R4)" test $((got - began)) -ge $ABSTAIN_NS
	check "show: the mode" is 3 g .quorum majority
	check "show: the majority" is 1 g .majority 2
	check "show: all have granted" wait_for is 3 g '[.grants, .peers[].vote] | join(" ")' "3 granted granted"
	check "show: a lease is left" wait_for is 3 g ".lease_remaining_ns | . > 0 and . <= ${LEASE_MS}e6" true
	check "show: a follower has none" is 1 g .lease_remaining_ns null
	check "show: whom it granted" wait_for is 1 g '[.grant_to, .grant_remaining_ns > 0] | join(" ")' "3 true"
}

# From the cut to the word that the lease is lost, by the clock of all.
lost_in_time() {
	local at lost
	leads g 3 "1 2 3" || return 1
	cut 3
	at=$(uptime_ms)
	wait_for not_leader 3 g && leads g 2 "1 2" && wait_for heard g 3 || return 1
	lost=$(when 3 g '.event == "leader" and .leader == null')
	# /proc/uptime counts in hundredths
	lost=$((lost / 1000000 - at - 10))
	echo "# minority: lease-lost $lost ms after the cut"
	[ "$lost" -le "$LEASE_MS" ] && return 0
	heal 3
	why="$lost ms"
	return 1
}
failover() {
	check "leader cut off: it stops within its lease" undisturbed g lost_in_time
	check "leader cut off: it says lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "leader cut off: a majority has the next" leads g 2 "1 2"
	check "the minority has no leader" without_leader g 3
	check "the minority shows no lease" wait_for is 3 g .lease_remaining_ns null
	heal 3
	check "healed: the highest leads again" leads g 3 "1 2 3"
	check "it was handed over (R11)" told 3 g '.state == "leader" and .event == "leader"' handover
	check "and by the one that led" told 2 g '.event == "leader" and .leader == null' handover
}

commands() {
	check "resign" bc 3 resign g
	check "resign: the next leads" leads g 2 "1 2 3"
	check "resigned: it stays a follower" unmoved g 2 "1 2 3"
	check "elect on it" bc 3 elect g
	check "elect: it leads again" leads g 3 "1 2 3"
	check "elect on a lower one is refused" refused 2 "let it resign there" bc 1 elect g
	check "and nothing changes" unmoved g 3 "1 2 3"
	check "candidate off on the leader" bc 3 group set g candidate off
	check "candidate off: the next leads" leads g 2 "1 2 3"
	check "candidate on again" bc 3 group set g candidate on
	check "candidate on: it leads" leads g 3 "1 2 3"
	check "leader deleted" bc 3 group del g
	check "leader deleted: the next leads" leads g 2 "1 2"
	check "it returns" start g 3 "1 2 3" "${quorum[@]}"
	check "it is given leadership" leads g 3 "1 2 3"
}

both() { # what deaf does, in both directions
	deaf "$1" "$2"
	deaf "$2" "$1"
}
mend_both() {
	hears "$1"
	hears "$2"
}
speaks_only() { # 3 hears nobody
	deaf 3 1
	deaf 3 2
}
unheard() { # nobody hears 3
	deaf 1 3
	deaf 2 3
}
one_way() {
	check "1 hears nothing of the leader: it goes on" unmoved g 3 "2 3" "deaf 1 3" "hears 1"
	check "mended: all follow" leads g 3 "1 2 3"
	check "the leader hears nothing of 1: it goes on" unmoved g 3 "2 3" "deaf 3 1" "hears 3"
	check "mended: all follow" leads g 3 "1 2 3"
	if [ -n "${FULL:-}" ]; then
		check "2, the next, hears nothing of the leader: it goes on" unmoved g 3 "1 3" "deaf 2 3" "hears 2"
		check "mended: all follow" leads g 3 "1 2 3"
		check "followers do not hear each other: nobody minds" unmoved g 3 "1 2 3" "both 1 2" "mend_both 1 2"
	fi
	speaks_only
	check "a leader that hears nobody: the next leads" leads g 2 "1 2"
	check "a leader that hears nobody: it says lease-lost" told 3 g '.event == "leader" and .leader == null' lease-lost
	check "it speaks on, and deposes nobody (R10)" unmoved g 2 "1 2"
	hears 3
	check "mended: it leads again" leads g 3 "1 2 3"
	unheard
	check "a leader that nobody hears: the next leads" leads g 2 "1 2"
	check "it hears all, and deposes nobody" unmoved g 2 "1 2"
	mend_both 1 2
	check "mended: it leads again" leads g 3 "1 2 3"
}

chain() {
	check "chain 1-2-3: the leader goes on" unmoved g 3 "2 3" "both 1 3" "mend_both 1 3"
	check "chain mended: all follow" leads g 3 "1 2 3"
	check "chain 3-1-2: the leader goes on" unmoved g 3 "1 3" "both 2 3" "mend_both 2 3"
	check "chain mended: all follow" leads g 3 "1 2 3"
	# formed while nobody leads: the middle one and an end
	cut 3
	check "leader cut off" leads g 2 "1 2"
	both 1 3
	heal 3
	check "chain 1-2-3: the end without a lease is given it" leads g 3 "2 3"
	check "chain 1-2-3: the other end leads nobody" undisturbed g end_is_quiet
	mend_both 1 3
	check "chain mended: all follow" leads g 3 "1 2 3"
}

end_is_quiet() { leads g 3 "2 3" && holds $((10 * HB_MS)) not_leader 1 g; }

# A node that comes and goes, link or all, and one that hears half.
flapping() {
	local i
	for i in 1 2 3 4 5; do
		cut 1
		pass_ms $((3 * HB_MS / 2))
		heal 1
		pass_ms $((HB_MS / 2))
	done
}
flaps() {
	check "a node that comes and goes deposes nobody" unmoved g 3 "2 3" flapping
	check "it follows afterwards" leads g 3 "1 2 3"
}

# ---- loss, and all at once --------------------------------------------------------

netem() {
	local i
	for i in $(seq "$NODES"); do
		tc -n "n$i" qdisc replace dev eth0 root netem "$@" || return 1
	done
}
good() {
	local i
	for i in $(seq "$NODES"); do tc -n "n$i" qdisc del dev eth0 root || return 1; done
}
has_led() { wait_for in_state "$1" "$2" leader; }
bad_network() {
	netem loss 20% delay $((HB_MS / 5))ms $((HB_MS / 8))ms reorder 50% 50%
	check "20 % loss, reordered: configured" start_all l "1 2 3" "${quorum[@]}" holddown off
	check "20 % loss: 3 has led" has_led 3 l
	sleep $((20 * HB_MS / 1000))
	cut 3
	check "20 % loss: 2 has led" has_led 2 l
	heal 3
	check "20 % loss: 3 has led again" has_led 3 l
	good
	check "they agree when it is over" leads l 3 "1 2 3"
	ends l "1 2 3"
}

all_at_once() { # GROUP LAST: node 1 to LAST
	local i pids=()
	for i in $(seq "$2"); do
		start "$1" "$i" "$(seq -s ' ' "$2")" "${quorum[@]}" &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# ---- five nodes --------------------------------------------------------------------

# apart NODE...: these on a bridge of their own; together: no more
apart() {
	local i
	ip link add br1 type bridge mcast_snooping 0
	sysctl -qw net.ipv6.conf.br1.disable_ipv6=1
	ip link set br1 up
	for i; do ip link set "v$i" master br1; done
}
together() {
	local i
	for i in $(seq "$NODES"); do ip link set "v$i" master br0; done
	ip link del br1
}
five() {
	check "5 nodes, all started at once" all_at_once f 5
	check "5 nodes: the highest leads" leads f 5 "1 2 3 4 5"
	check "5 nodes: the majority" is 5 f .majority 3
	apart 4 5
	check "leader in a minority: the majority has the next" leads f 3 "1 2 3"
	check "leader in a minority: that says lease-lost" told 5 f '.event == "leader" and .leader == null' lease-lost
	check "the minority has no leader" without_leader f "4 5"
	together
	check "healed: the highest leads" leads f 5 "1 2 3 4 5"
	check "leader in the majority: it goes on" unmoved f 5 "3 4 5" "apart 1 2" together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	apart 1 2
	check "the minority has no leader" without_leader f "1 2"
	check "the majority has" leads f 5 "3 4 5"
	together
	check "healed: all follow" leads f 5 "1 2 3 4 5"
	lateness
	check "all deleted" stop_all f "1 2 3 4 5"
	check "all started at once again" all_at_once f 5
	check "all back: the highest leads" leads f 5 "1 2 3 4 5"
	ends f "1 2 3 4 5"
}

even() {
	check "4 nodes configured" start_all e "1 2 3 4" "${quorum[@]}"
	check "4 nodes: the highest leads" leads e 4 "1 2 3 4"
	check "4 nodes: the majority is 3" is 4 e .majority 3
	apart 3 4
	check "two and two: nobody leads" without_leader e "1 2 3 4"
	together
	check "healed: the highest leads" leads e 4 "1 2 3 4"
	ends e "1 2 3 4"
}

# ---- roles ---------------------------------------------------------------------------

witness() {
	check "two nodes and a witness, and an observer" nodes w "1 2 3:witness 4:observer"
	check "witness: the higher of the two leads" leads w 2 "1 2"
	check "witness: it follows" leads w 2 3
	check "observer: it follows" leads w 2 4
	check "three vote" wait_for is 2 w '[.majority, .grants] | join(" ")' "2 3"
	check "the observer has no vote" is 2 w '.peers[] | select(.id == 4) | .vote' none
	check "and grants nothing" is 4 w .grant_to null
	check "observer cut off: nobody minds" unmoved w 2 "1 2" "cut 4" "heal 4"
	check "witness cut off: the leader goes on" unmoved w 2 "1 2" "cut 3" "heal 3"
	cut 2
	check "leader cut off: the other has the witness's vote" leads w 1 1
	check "leader cut off: it has no lease" without_leader w 2
	heal 2
	check "healed: the higher leads" leads w 2 "1 2"
	cut 3
	cut 1
	check "alone with an observer: nobody leads" without_leader w "2 4"
	heal 1
	heal 3
	check "healed" leads w 2 "1 2"
	check "elect on the witness is refused" refused 2 "role" bc 3 elect w
	ends w "1 2 3 4"
}

alone() {
	check "a group of one, without voters 1" bc 1 group add one id 1 heartbeat "$HB" "${quorum[@]}"
	check "leads nobody" holds $((3 * LEASE_MS)) nobody_leads one 1
	check "voters 1" bc 1 group set one voters 1
	check "leads itself" leads one 1 1
	check "and has a lease" wait_for is 1 one '[.majority, .grants, .lease_remaining_ns > 0] | join(" ")' "1 1 true"
	ends one 1
}

# ---- doubt about time (R8) -----------------------------------------------------------------

won() { # FROM TO: how often node 3 got a lease of g in between
	jq -s "[.[] | select(.group == \"g\" and .event == \"leader\" and .state == \"leader\" and .time_ns > $1 and .time_ns < $2)] | length" events.n3
}
# logged TEXT: when the kernel logged it last, in ms of its log's clock
logged() {
	dmesg | awk -v text="$1" 'index($0, text) { gsub(/[][]/, " "); at = $1 } END { printf "%d", at * 1000 }'
}
# gave_up: sets when node 3 did so first; what it lost after it slept is another matter
gave_up() {
	gave=$(jq -rs '[.[] | select(.group == "g" and .leader == null and .event == "leader" and .reason == "time-doubt" and .time_ns >= '"$began"'000000)] | first | .time_ns // empty' events.n3) && [ -n "$gave" ]
}
# bade_farewell: what node 1 heard of the leader of c, which slept no sooner than itself
bade_farewell() {
	why=$(jq -c 'select(.group == "c" and .event == "leader")' events.n1 | tail -n 3)
	jq -es 'any(.[]; .group == "c" and .event == "leader" and .leader == null and .reason == "resigned" and .time_ns >= '"$began"'000000)' events.n1 > /dev/null
}
within() { why="$2 is not within $1 and $3"; [ "$1" -le "$2" ] && [ "$2" -le "$3" ]; }
# The kernel's own test of a suspend: all but the sleep itself, which is a busy wait of
# some seconds, more or less: so when it began is read from the log, whose clock is set
# beside the events' by a mark.
suspends() {
	local power=/sys/power before began marked slept gave='' end
	if [ ! -e $power/pm_test ] || ! grep -qw freeze $power/state; then
		skip "suspend: the leader gives up before it sleeps" "this kernel has no $power/pm_test"
		return
	fi
	check "before: the highest leads" leads g 3 "1 2 3"
	check "before: a group in classic mode" start_all c "1 2"
	check "before: it has its leader, too" leads c 2 "1 2"
	look 3 g
	before=$EPOCH began=$(uptime_ms)
	echo "bully test: before the suspend" > /dev/kmsg
	marked=$(uptime_ms)
	echo freezer > $power/pm_test
	: > "$ON_PURPOSE"
	check "suspend (tested to the freezer)" sh -c "echo freeze > $power/state"
	rm "$ON_PURPOSE"
	end=$(uptime_ms)
	echo none > $power/pm_test
	slept=$((marked + 10 + $(logged "suspend debug: Waiting for") - $(logged "bully test: before the suspend")))
	check "suspend: the leader gave up, of time-doubt" wait_for gave_up
	echo "# suspend: it gave up $((slept - gave / 1000000)) ms before it slept, $((end - slept)) ms before the end," \
		"and had won $(won "$gave" "${slept}000000") times again by when it slept," \
		"$(won "$gave" "${end}000000") times by the end"
	check "when it slept is known" within "$began" "$slept" "$end"
	check "suspend: before it slept" within "$began" $((gave / 1000000)) "$slept"
	won_again() { why="won $1 times"; [ "$1" -eq 0 ]; }
	check "suspend: nor did it win again until then" won_again "$(won "$gave" "${slept}000000")"
	check "suspend: in classic mode the leader says farewell" wait_for bade_farewell
	check "awake: the highest leads again, in classic mode, too" leads c 2 "1 2"
	check "awake: that group is deleted" stop_all c "1 2"
	check "suspend: the highest leads again" leads g 3 "1 2 3"
	check "suspend: by a new epoch" test "$EPOCH" -gt "$before"
}

# section NAME: it, unless the test was called with the names of others
wanted=" ${*:-all} "
section() {
	case $wanted in *" all "* | *" $1 "*) ;; *) return 0 ;; esac
	local began=$SECONDS
	"$@"
	echo "# $1: $((SECONDS - began)) s"
}

judge_sound() { "$here/leases.py" --self-test > judge.log || { why=$(grep '^not ok' judge.log); return 1; }; }
check "the judge of leases finds what is wrong" judge_sound
modprobe bully
net_up 5
for i in 1 2 3 4 5; do watch_node "$i"; done
first_lease
section failover
! longer || section commands
! longer || section one_way
! everything || section chain
! longer || section flaps
section voters
section suspends
ends g "1 2 3"
! longer || section bad_network
! longer || section five
! everything || section even
section witness
section alone
! everything || section exchange
! longer || section other_set
! longer || section held_down
section often
check "leases never overlap, epochs rise and are of one leader each" sound
finish
