#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests doctor, metrics, top and completion beside groups that elect: doctor names each fault
# that the test makes, and the usual parsers accept the metrics.
# sections: faults mistakes metrics top completion ends
set -eu
HB_MS=${HB_MS:-400} # long, so that only the test itself causes events
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
arguments "$@"
cli=$(cd "$(dirname "$0")/../cli" && pwd)
userspace=$cli/../../userspace

# ---- doctor ----------------------------------------------------------------

# doctor I [GROUP]: puts the JSON of doctor into doctor.json, and its status into DOCTOR
doctor() {
	DOCTOR=0
	bc "$1" -j doctor ${2:+"$2"} > doctor.json 2> doctor.err || DOCTOR=$?
}
# finds I GROUP RESULT CHECK WORDS: succeeds if doctor has that finding for GROUP ("" for none),
# and the status for it
finds() {
	local group=$2
	doctor "$1" "$2"
	why=$(jq -r '.findings[] | select(.result != "ok") | "\(.result) \(.check): \(.text)"' doctor.json | paste -sd ';')
	jq -e --arg g "$group" --arg r "$3" --arg c "$4" --arg t "$5" '.findings | any(.group == (if $g == "" then null else $g end)
		and .result == $r and .check == $c and (.text | contains($t)) and ($r == "ok" or .help != null or $c == "quorum"))' \
		doctor.json > /dev/null || return 1
	[ "$3" != fail ] || [ $DOCTOR -eq 3 ]
}
# healthy I GROUP: succeeds if nothing has failed and GROUP has no warning except of its timer
healthy() {
	doctor "$1" "$2"
	why="status $DOCTOR: $(jq -r '.findings[] | select(.result != "ok") | "\(.result) \(.check): \(.text)"' doctor.json | paste -sd ';')"
	[ $DOCTOR -eq 0 ] && jq -e '.findings | all(.group == null or .result == "ok" or .check == "timer")' doctor.json > /dev/null
}
judged() { why=$("$cli/check-json.py" schema "$userspace/bullyctl/schema/doctor.json" doctor.json 2>&1); }

faults() {
	for i in 1 2 3; do
		check "node $i is healthy" wait_for healthy $i web
	done
	check "doctor: the JSON has every finding in its form" judged
	check "doctor: equal versions are reported" finds 1 '' ok version 'are both'
	check "doctor: a live peer is reported with its round trip" finds 1 web ok peer '3 (10.7.0.3:28559) is up, '
	check "doctor: a follower reports the other follower, by the leader's report" finds 1 web ok peer '2 (10.7.0.2:28559) is up'
	check "doctor: the majority is reported" finds 1 web ok quorum '3 of 3 voters can be reached, a leader needs 2'
	as_text() {
		bc 1 doctor web > text || return 1
		why=$(cat text)
		grep -q "^ok *web: leader: 3 leads, and this node is follower$" text
	}
	check "doctor: the text has the findings" wait_for as_text
	check "doctor: the text ends with the counts" grep -Eq '^[0-9]+ ok, [0-9]+ warnings, 0 failed$' text

	cut 2
	check "doctor: a peer that is down is a warning" wait_for finds 3 web warning peer '2 (10.7.0.2:28559) is down; its last message came'
	check "doctor: one lost peer is no failure while a majority is left" test $DOCTOR -eq 0
	cut 3
	check "doctor: the loss of the majority is a failure" wait_for finds 1 web fail quorum '1 of 3 voters can be reached, and a leader needs 2'
	check "doctor: the lack of a leader is a failure" wait_for finds 1 web fail leader 'no leader is known'
	heal 2
	heal 3
	check "the group has its leader again" leads web 3 "1 2 3"
	check "doctor: node 1 is healthy again" wait_for healthy 1 web

	start_all even "1 2" quorum majority
	check "doctor: an even number of voters is a warning" wait_for finds 1 even warning quorum '2 voters tolerate the same number of failures as 1'
	start_all short "1 2 3" quorum majority lease "$((4 * HB_MS))ms" misses 5
	check "doctor: a short lease is a warning" wait_for finds 1 short warning lease 'ends before others detect the loss of a leader'
	start alone 1 1
	check "doctor: a group without peers is a failure" finds 1 alone fail link 'no peer is configured'
	start nowhere 1 "1 2" local 10.7.0.99:7500
	check "doctor: a local address that the host lacks is a failure" wait_for finds 1 nowhere fail link \
		'the address 10.7.0.99:7500 of this node (local) is absent'
	bc 1 group del nowhere
	start silent 1 "1 9"
	check "doctor: a peer that never answered is a failure" wait_for finds 1 silent fail peer 'nothing was ever received from it'
	check "doctor: the help for a silent peer names the firewall" grep -q 'firewall' doctor.json
	start other 2 "1 2"
	check "doctor: messages for groups that the host lacks are a warning" wait_for finds 1 '' warning packets 'were for groups that do not exist here'
	stop_all other 2
	start hb 1 "1 2"
	HB=$((2 * HB_MS))ms start hb 2 "1 2"
	check "doctor: a peer with another heartbeat is a failure" wait_for finds 1 hb fail peer '2 has another heartbeat, misses or members'
	start_all voters "1 2 3" quorum majority
	check "the group of voters has its leader" leads voters 3 "1 2 3"
	bc 4 group add voters id 4 quorum majority heartbeat $HB
	for i in 1 2 3; do bc 4 peer add voters id $i addr 10.7.0.$i; done
	bc 1 peer add voters id 4 addr 10.7.0.4
	check "doctor: peers that do not know the new voter yet are a failure" wait_for finds 1 voters fail peer '2 has another heartbeat, misses or members'
	stop_all voters "1 2 3 4"

	key() { (umask 077 && bullyctl genkey > "$1"); }
	key k1
	key k2
	start keys 1 "1 2" key-file k1
	start keys 2 "1 2" key-file k2
	check "doctor: a peer with another key is a failure" wait_for finds 1 keys fail peer 'had no tag, or a tag of another key'
	check "doctor: the other node reports the wrong key too" wait_for finds 2 keys fail peer 'had no tag, or a tag of another key'
	bc 2 group set keys key-file k1
	check "the nodes have the same key and a leader" leads keys 2 "1 2"
	check "doctor: earlier messages with a wrong tag are a warning" wait_for finds 1 keys warning peer 'had no tag, or a tag of another key'
	bc 1 group set keys auth permissive
	check "doctor: accepted messages without a tag are a warning" finds 1 keys warning keys 'messages without a tag are accepted'

	# n4 poses as a second node 3
	start_all twins "1 2 3"
	check "the group gets its leader before a second node with an id starts" leads twins 3 "1 2 3"
	bc 4 group add twins id 3 heartbeat $HB
	for i in 1 2; do bc 4 peer add twins id $i addr 10.7.0.$i; done
	check "doctor: another node with this node's id is a failure" wait_for finds 3 twins fail leader "another node has the same id 3 as this node"
	# the node that both bearers answered notices it
	two_of_one_id() {
		finds 2 twins fail peer 'two nodes have the id 3' || finds 1 twins fail peer 'two nodes have the id 3'
	}
	check "doctor: two peers with one id are reported" wait_for two_of_one_id
	bc 4 group del twins

	bc 1 group set even candidate off
	check "doctor: a node that is not a candidate is a warning" finds 1 even warning candidate 'candidate is off'
	check "node 3 resigns" wait_for bc 3 resign web
	check "doctor: a node that resigned is a warning" wait_for finds 3 web warning candidate 'has resigned'
	bc 3 elect web
	check "node 3 leads again" leads web 3 "1 2 3"
	start_all down "1 2" holddown-free 0 holddown-delay 1h holddown-max 1h
	check "a node that will restart leads" leads down 2 "1 2"
	bc 2 group del down
	start down 2 "1 2" holddown-free 0 holddown-delay 1h holddown-max 1h
	check "doctor: a peer that is held down is a warning" wait_for finds 1 down warning peer '2 restarted too often'
	check "doctor: the held-down node reports its hold-down" wait_for finds 2 down warning candidate 'it is held down for another'
	unplug 1
	check "doctor: a link without a carrier is a failure" wait_for finds 1 web fail link 'no link with a carrier'
	plug 1
	check "the group has its leader once more" leads web 3 "1 2 3"
	ip netns exec n2 bash -c 'for i in 1 2 3; do echo hello > /dev/udp/10.7.0.1/28559; done'
	check "doctor: packets that are no messages are a warning" wait_for finds 1 '' warning packets 'were not bully messages'
}

# ---- a file of another host, a port of another program, another build ------

copied_file() {
	printf '[group copy]\nid = 1\nheartbeat = %s\n[peer 2]\naddr = 10.7.0.2\n[peer 5]\naddr = 10.7.0.50\n' "$HB" > copy.conf
	check "a configuration file is accepted on its host" bc 1 setconf copy.conf
	check "the same file is refused on the host of a peer" refused 2 "peer 2: the peer's address is this host's own" bc 2 setconf copy.conf
	check "doctor: a silent peer whose address may be this host's is a failure" finds 1 copy fail peer \
		'nothing was ever received from it'
	check "doctor: the help for that peer names the id" grep -q 'its id must be 2, and this host must be one of its peers' doctor.json
	check "doctor: a unique own id is reported" finds 1 copy ok own-id "no other host sends with this node's id 1"
	# n4 has the file of n1 without its first peer
	bc 4 group add copy id 1 heartbeat $HB
	bc 4 peer add copy id 2 addr 10.7.0.1
	check "doctor: a foreign sender with this node's id is a failure" wait_for finds 1 copy fail own-id \
		"another host, 10.7.0.4:28559, sends with this node's id 1; last"
	check "stats has the address of that sender" test "$(stat_of 1 copy '.groups[0].own_id_from')" = 10.7.0.4:28559
	bc 4 group del copy
	# an address that is added later, as a floating address is
	ip -n n1 addr add 10.7.0.50/32 dev eth0
	check "doctor: a peer's address that has become this host's own is a failure" wait_for finds 1 copy fail peer \
		"the address of peer 5, 10.7.0.50:28559, is this host's own"
	check "such a peer may be changed in other options" bc 1 peer set copy id 5 role observer
	check "a group with such a peer may be changed" bc 1 group set copy misses 4
	check "a new group with such a peer is refused" refused 2 "peer 5: the peer's address is this host's own" bc 1 setconf copy.conf
	ip -n n1 addr del 10.7.0.50/32 dev eth0
	bc 1 group del copy
}
taken_port() {
	ip netns exec n1 python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 7450))
time.sleep(3600)' &
	holder=$!
	port_is_taken() { ip netns exec n1 ss -Hanu 'sport = :7450' | grep -q .; }
	check "another program has taken the port" wait_for port_is_taken
	bc 1 group add busy id 1 local '*:7450'
	bc 1 peer add busy id 2 addr 10.7.0.2:7450
	check "doctor: a port that another program has taken is a failure" wait_for finds 1 busy fail link 'port 7450 is taken by another program: python'
	check "doctor: the process that has the port is named" grep -q "(pid $holder)" doctor.json
	kill $holder
	wait $holder 2> /dev/null || :
	bc 1 group del busy
}
# another build on the disk, with another srcversion, which is never loaded
other_build() {
	local file
	check "doctor: a loaded module that is the installed one is reported" finds 1 '' ok version 'the loaded module is the installed one'
	file=$(readlink -f "$(modinfo -n bully)")
	cp -a "$file" loaded.ko
	LC_ALL=C sed -i 's/srcversion=...../srcversion=00000/' "$file"
	check "doctor: a module that was upgraded on the disk only is a warning" finds 1 '' warning version \
		'the loaded module is another build than the one on the disk'
	cp -a loaded.ko "$file"
}
mistakes() {
	copied_file
	taken_port
	other_build
}

# ---- metrics ---------------------------------------------------------------

metric() { # I NAME LABEL...: prints the value of the metric
	local node=$1
	shift
	bc "$node" metrics | "$cli/openmetrics.py" value "$@"
}
metric_is() { # I VALUE NAME LABEL...
	local got
	got=$(metric "$1" "${@:3}") || { why=$got; return 1; }
	why="$3 is $got, not $2"
	[ "$got" = "$2" ]
}
parses() { why=$(bc "$1" metrics | "$cli/openmetrics.py" 2>&1 | tail -n 3); bc "$1" metrics | "$cli/openmetrics.py" > /dev/null; }
# promtool reads the older text format, as node_exporter does; in it these counters have no type
promtool_takes() {
	local status=0
	bc 1 metrics > prom
	promtool check metrics < prom > prom.said 2>&1 || status=$?
	why="status $status: $(grep -v '_total no help text' prom.said | tail -n 3)"
	[ $status -eq 0 ] || { [ $status -eq 3 ] && ! grep -qv '_total no help text' prom.said; }
}
never_partial() {
	local i
	bc 1 metrics --output out.prom
	for i in $(seq 10); do bc 1 metrics --output out.prom || return 1; done &
	while kill -0 $! 2> /dev/null; do
		cat out.prom > seen
		[ "$(tail -n 1 seen)" = "# EOF" ] || return 1
	done
	wait $!
}
# a user without privileges, who writes into a folder of that user
any_user_writes() {
	local file=/tmp/any-user/bully.prom got
	install -m 755 "$(command -v bullyctl)" /tmp/bullyctl && install -d -m 755 -o 65534 /tmp/any-user || return 1
	ip netns exec n1 setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		/tmp/bullyctl metrics --output $file || return 1
	got="$(stat -c '%a %u' $file) $("$cli/openmetrics.py" value bully_group_leader_id group=web < $file)"
	rm -r /tmp/bullyctl /tmp/any-user
	why="mode, owner and leader are $got"
	[ "$got" = "644 65534 3.0" ]
}

metrics() {
	for i in 1 2 3; do check "metrics of node $i: the reference parser accepts them" parses $i; done
	check "metrics: promtool accepts them" promtool_takes
	check "metrics: the module is loaded" metric_is 1 1.0 bully_module_loaded
	check "metrics: the leader's state is leader" wait_for metric_is 3 1.0 bully_group_state group=web state=leader
	check "metrics: a follower's state is follower" wait_for metric_is 1 1.0 bully_group_state group=web state=follower
	check "metrics: a follower's state is not leader" metric_is 1 0.0 bully_group_state group=web state=leader
	check "metrics: the leader's id is told" wait_for metric_is 1 3.0 bully_group_leader_id group=web
	check "metrics: the number of live peers is told" wait_for metric_is 1 2.0 bully_group_peers_up group=web
	epoch_told() { look 1 web && metric_is 1 "$EPOCH.0" bully_group_epoch group=web; }
	check "metrics: the epoch has all its digits" wait_for epoch_told
	check "metrics: the heartbeat is in seconds" metric_is 1 "$(jq -n "$HB_MS / 1000")" bully_group_heartbeat_seconds group=web
	check "metrics: a follower has no lease" metric_is 1 absent bully_group_lease_remaining_seconds group=web
	between() { # LOW HIGH I NAME LABEL...: succeeds if the metric is above LOW, and at most HIGH
		local got
		got=$(metric "${@:3}") || { why=$got; return 1; }
		why="$4 is $got"
		jq -en "$got > $1 and $got <= $2" > /dev/null
	}
	check "metrics: the leader's lease is within its bounds" wait_for between 0 "$HB_MS * 3 / 1000" 3 bully_group_lease_remaining_seconds group=web
	check "metrics: the round trip is within its bounds" wait_for between 0 10 1 bully_peer_rtt_seconds group=web peer=3
	check "metrics: a counter agrees with stats" test "$(stat_of 1 web '.groups[0].elections.start')" = \
		"$(metric 1 bully_group_elections_total group=web reason=start | command cut -d . -f 1)"
	check "metrics: the last bucket of the timer's lateness has all" test "$(bc 1 -j stats web | jq '[.groups[0].late[].count] | add')" -le \
		"$(metric 1 bully_group_timer_lateness_seconds_bucket group=web le=+Inf | command cut -d . -f 1)"
	strange='a"b\c#{}'
	bc 1 group add "$strange" id 1
	check "metrics: a name with special characters is escaped" metric_is 1 1.0 bully_group_link "group=$strange" link=no-peers
	bc 1 group del "$strange"
	strange=$(printf 'x\377y\302\266')
	bc 1 group add "$strange" id 1
	check "metrics: a name that is not UTF-8 is escaped" metric_is 1 1.0 bully_group_link 'group=x/xffy¶' link=no-peers
	bc 1 group add "$(printf 'x\376y\302\266')" id 1
	check "two names that are not UTF-8 differ in JSON" test "$(bc 1 -j show | jq -r '.[].name' | grep ^x | paste -sd ' ')" = 'x/xfey¶ x/xffy¶'
	bc 1 group del "$(printf 'x\376y\302\266')"
	bc 1 group del "$strange"
	check "metrics: the file is replaced as a whole" never_partial
	check "metrics: a user without privileges writes them, and all may read them" any_user_writes
	check "metrics: no temporary file is left" test -z "$(find . -name '.out.prom*')"
}

# ---- top -------------------------------------------------------------------

terminal() { why=$(timeout $((4 * LIMIT)) "$cli/terminal.py" "$@" 2>&1 | tail -n 30; exit "${PIPESTATUS[0]}"); }
top=(bullyctl -n n1 top web --interval 300ms)
top() {
	check "top: the group and its peers are drawn" terminal 24x100 line 1 "bullyctl top" line 2 "web: id 1  follower  leader 3" \
		wait "10.7.0.3:28559" full keys q ends 0 -- "${top[@]}"
	check "top: TERM restores the terminal" terminal 24x100 wait "web: id 1" signal TERM ends 0 -- "${top[@]}"
	check "top: a resize while it draws is followed" terminal 24x100 wait "web: id 1" resize 3x40 line 3 "  link up" full \
		keys j line 2 "  link up" keys k line 2 "web: id 1" keys q ends 0 -- "${top[@]}"
	bc 1 top web --count 2 --interval 3s > frames
	check "top: --count prints frames" test "$(grep -c '^web: id 1' frames)" = 2
	check "top: the first frame has no rates, and the second has" test \
		"$(sed -nE 's/.*sent (-|[1-9][0-9]*\.[0-9])\/s.*/\1/p' frames | sed 's/[1-9].*/N/' | paste -sd ' ')" = "- N"
	# the leader changes again and again, so a change follows the first frame
	touch changing
	(
		while [ -e changing ]; do
			sleep 2
			bc 3 resign web || :
			sleep 2
			bc 3 elect web || :
		done
	) 2> /dev/null &
	changer=$!
	check "top: a change of the leader is shown" terminal 24x100 wait "leader 3" wait "leader 2" keys q ends 0 -- "${top[@]}"
	rm changing
	wait $changer
	bc 3 elect web
	check "node 3 leads again" leads web 3 "1 2 3"
}

# ---- completion ------------------------------------------------------------

complete_words() ( # WORDS before the cursor...: prints the words that completion offers
	unset -f cut # the function of lib.sh; completion calls the program
	COMP_LINE="bullyctl $*"
	COMP_POINT=${#COMP_LINE}
	_bullyctl
	printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
)
# shellcheck source=userspace/completion/bullyctl
. "$userspace/completion/bullyctl"
completion() {
	check "completion: the names of groups are offered" test "$(complete_words -n n2 doctor '')" = \
		"$(bc 2 -j show | jq -r '.[].name' | sort | paste -sd ' ')"
	check "completion: the ids of peers are offered" test "$(complete_words -n n1 peer del web id '')" = "2 3"
	check "completion: the ids of leaders and the states are offered" test "$(complete_words -n n1 wait web '')" = "1 2 3 follower leader"
	check "completion: the word of resign is offered" test "$(complete_words -n n1 resign web '')" = to
	check "completion: the successors of resign are offered" test "$(complete_words -n n1 resign web to '')" = "2 3"
	check "completion: the names of namespaces are offered" test "$(complete_words -n '')" = "n1 n2 n3 n4"
}

# ---- a clock that was wrong, and no module ---------------------------------

# All hosts start in 1970, and get the right time after they have elected a leader.
unset_clock() {
	local began
	began=$(($(date +%s) - $(uptime_ms) / 1000))
	date -s @86400 > /dev/null
	start_all early "1 2" quorum majority
	check "a leader is elected by a clock that was never set" leads early 2 "1 2"
	check "doctor: a clock that was never set is a failure" finds 1 '' fail clock 'the wall clock is years behind'
	date -s "@$((began + $(uptime_ms) / 1000))" > /dev/null
	check "doctor: an epoch from before the clock was set is a warning" finds 1 early warning epoch "it is from 1970-01-02: the leader's clock was not set"
	check "doctor: the help names the node that can correct the epoch" grep -q 'elect early, on node 2, which leads' doctor.json
	bc 2 elect early
	check "doctor: a new epoch after elect is reported" wait_for finds 1 early ok epoch "not ahead of this host's clock"
	check "the leader is the same after the new epoch" follows 1 early 2
	stop_all early "1 2"
}

ends() {
	unset_clock
	date -s '+3 days' > /dev/null
	bc 3 elect web
	check "a leader claims by a clock that is ahead" wait_for finds 1 web ok leader '3 leads'
	date -s '-3 days' > /dev/null
	check "doctor: an epoch ahead of the clock is a failure" wait_for finds 1 web fail epoch "ahead of this host's clock"
	stop_all web "1 2 3"
	rmmod bully
	DOCTOR=0
	bc 1 doctor > text || DOCTOR=$?
	check "doctor without the module fails and says why" test "$DOCTOR $(grep -c '^FAIL.*the kernel module bully is not loaded$' text)" = "4 1"
	check "metrics without the module tell that it is not loaded" metric_is 1 0.0 bully_module_loaded
	check "top without the module waits for it" terminal 24x100 wait "bully is not loaded" keys q ends 0 -- "${top[@]}"
	check "doctor, metrics and top have not loaded the module" test ! -e /sys/module/bully
}

modprobe bully
net_up 4
check "doctor: a namespace without a group is a warning" finds 1 '' warning groups 'no group in this network namespace'
check "doctor: the loaded module is reported" finds 1 '' ok module 'is loaded and answers'
doctor 1 nosuch
check "doctor: a group that does not exist is a failure" test "$DOCTOR $(jq -r '.findings[] | select(.result == "fail") | .text' doctor.json)" = \
	"3 nosuch: there is no group of this name"
start_all web "1 2 3" quorum majority
check "a group in quorum mode has its leader" leads web 3 "1 2 3"
run_sections
finish
