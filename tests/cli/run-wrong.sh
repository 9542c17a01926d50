# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of run: tests wrong command lines, each with the error that says what to write instead, and
# right command lines that differ from the manual.

# shellcheck disable=SC2120 # it sets its own arguments
wrong() {
	local line text
	while IFS='|' read -r line text; do
		[ -n "$line" ] || continue
		eval "set -- $line"
		refuses 1 "$text" "$ctl" "$@"
	done <<- 'END'
		shwo|command 'shwo' is not known; the nearest is 'show'
		chekc db|command 'chekc' is not known; the nearest is 'check'
		check|check: NAME is missing
		check db|check: '-- COMMAND' is missing
		check db --|check: '-- COMMAND' is missing
		check db true|check: 'true' is one word too many before '--'; write '-- COMMAND' after the name of the group
		check d/b -- true|check: group name 'd/b' contains a slash; it may be 1 to 15 bytes
		check db --name a/b -- true|check: --name 'a/b' contains a slash; it may be 1 to 25 bytes
		check db --name "" -- true|check: --name '' is empty
		check db --name abcdefghijklmnopqrstuvwxyz -- true|is too long; it may be 1 to 25 bytes
		check db --name one --name two -- true|option --name is given twice
		check db --name|option --name lacks its value WORD
		check db --interval 5 -- true|check: --interval: '5' has no unit; write a number and a unit
		check db --interval 9ms -- true|check: --interval: '9ms' is out of range; it may be 10ms to 1h
		check db --timeout 2h -- true|check: --timeout: '2h' is out of range; it may be 10ms to 1h
		check db --deadline off -- true|check: --deadline: 'off' is not a duration
		check db --deadline 1ms -- true|check: --deadline: '1ms' is out of range; it may be 10ms to 1h
		check db --fall 0 -- true|check: --fall: '0' is out of range; it may be 1 to 1000
		check db --rise two -- true|check: --rise: 'two' is not a number; it may be 1 to 1000
		check db --rise 1001 -- true|check: --rise: '1001' is out of range; it may be 1 to 1000
		check db --weight 0 -- true|check: --weight: '0' is out of range; it may be 1 to 255
		check db --weight 256 -- true|check: --weight: '256' is out of range; it may be 1 to 255
		check db --weight -5 -- true|check: --weight: '-5' is out of range; it may be 1 to 255
		check db --timeuot 5s -- true|option --timeuot is not known; the nearest is '--timeout'
		sho|command 'sho' is not known; it may be 'show' or 'showconf'
		grop add db id 3|command 'grop' is not known; the nearest is 'group'
		setcnf f|command 'setcnf' is not known; the nearest is 'setconf'
		montor|command 'montor' is not known; the nearest is 'monitor'
		docter|command 'docter' is not known; the nearest is 'doctor'
		m|command 'm' is not known; it may be 'monitor' or 'metrics'
		db|command 'db' is not known; see 'bullyctl help'
		help shwo|command 'shwo' is not known; the nearest is 'show'
		help group ad db|'db' is one word too many; the form is 'bullyctl help [COMMAND [WORD]]'
		help group frob|group: 'frob' is not one of 'add set del show'
		help show add|'add' is one word too many
		show a b|show: 'b' is one word too many; the form is 'bullyctl show [NAME]'
		show -psn|option -s, in '-psn', is not known; see 'bullyctl help show'
		show --jsno|option --jsno is not known; the nearest is '--json'
		show --json=1|option --json takes no value
		show --netns|option --netns lacks its value NETNS
		show -n|option -n lacks its value NETNS
		setconf --chek f|option --chek is not known; the nearest is '--check'
		metrics --ouput f|option --ouput is not known; the nearest is '--output'
		monitor --exec-timeuot 5s --exec true|option --exec-timeuot is not known; the nearest is '--exec-timeout'
		top --interval|option --interval lacks its value DUR
		setconf|setconf: FILE is missing; the form is 'bullyctl setconf [--check] [--id N|all] FILE'
		syncconf --check|syncconf: FILE is missing
		elect|elect: NAME is missing; the form is 'bullyctl elect NAME'
		resign|resign: NAME is missing; the form is 'bullyctl resign NAME [to ID]'
		resign db 3|resign: option '3' is not known here; write 'to ID'
		resign db to|resign: option 'to' lacks its value ID
		resign db to 0|to: '0' is out of range
		resign db to web|to: 'web' is not a number
		resign db to 3 4|resign: '4' is one word too many
		showconf|showconf: NAME is missing
		wait|wait: NAME is missing
		wait db|wait: leader|follower|LEADER-ID is missing
		wait db leadr|wait: 'leadr' is not 'leader', 'follower' or an id
		wait db leader 5s|wait: option '5s' is not known here; write 'timeout 5s'
		wait db leader timeout|wait: option 'timeout' lacks its value DUR
		wait db leader --timeout|option --timeout lacks its value DUR
		wait db leader timeout 5|timeout: '5' has no unit; write a number and a unit (ns us ms s m h)
		wait db leader timeout -5s|timeout: '-5s' is out of range
		wait db leader timeout 1s --timeout 2s|option --timeout is given twice
		group|group: one of 'add set del show' is missing; see 'bullyctl help group'
		group ad|group add: NAME is missing
		group addd db id 3|group: 'addd' is not one of 'add set del show'; the nearest is 'add'
		group add db|group add: 'id ID' is missing
		group add db 3|group add: option '3' is not known here; write 'id 3'
		group add db host|group add: option 'host' is not known here; write 'id ID'
		group add db --id 3|option --id is not known; write 'id' without dashes
		group add db id=3|group add: 'id=3' is not known here; write 'id 3'
		group add db id -3|id: '-3' is out of range; it may be 1 to 4294967295
		group add db id three|id: 'three' is not a number; it may be 1 to 4294967295
		group add db id 3 heartbeat=100ms|group add: 'heartbeat=100ms' is not known here; write 'heartbeat 100ms'
		group add db id 3 heartbeat 100|heartbeat: '100' has no unit; write a number and a unit
		group add db id 3 heartbeat -5ms|heartbeat: '-5ms' is out of range; it may be 1ms to 60s
		group add db id 3 heartbeet 100ms|option 'heartbeet' is not known here; the nearest is 'heartbeat'
		group add db id 3 preem on|option 'preem' is not known here; it may be 'preempt' or 'preempt-delay'
		group add db id 3 foo on|option 'foo' is not known here; see 'bullyctl help group'
		group add db id 3 misses -1|misses: '-1' is out of range; it may be 2 to 100
		group set db|group set: no option is given for group 'db'
		group set db id 4|group set: option 'id' cannot be changed; only 'group add' sets it
		group set db preempt yes|preempt: 'yes' is neither 'on' nor 'off'
		group set db local 0.0.0.0|leave it out to listen at any address, or write '*:PORT'
		group del|group del: NAME is missing
		group dleete db|the nearest is 'delete'
		peer add db 2 10.0.0.2|peer add: option '2' is not known here; write 'id 2'
		peer add db id 2 10.0.0.2|peer add: option '10.0.0.2' is not known here; write 'addr 10.0.0.2'
		peer add db id 2|peer add: 'addr ADDR[:PORT]' is missing
		peer add db id 2 addr db2.example|addr: 'db2.example' is not an address; write ADDR, ADDR:PORT or, with IPv6, [ADDR]:PORT
		peer add db id 2 addr 2001:db8::1:17400|is not an address; write ADDR, ADDR:PORT or, with IPv6, [ADDR]:PORT
		peer add db id 2 addr ::ffff:10.0.0.2|write 10.0.0.2
		peer del db 2|peer del: option '2' is not known here; write 'id 2'
		peer del db|peer del: 'id ID' is missing
		vip|vip: NAME is missing
		vip a/b|contains a slash
		vip nosuch|vip: 'addr ADDR/LEN' is missing, and there is no file /etc/bully/nosuch.conf
		vip db --config /nosuch|/nosuch: cannot read it
		vip db --config f addr 10.0.0.100/24|vip: --config and 'addr' exclude each other
		vip db 10.0.0.100/24 dev eth0|vip: option '10.0.0.100/24' is not known here; write 'addr ADDR/LEN'
		vip db adr 10.0.0.100/24|vip: option 'adr' is not known here; the nearest is 'addr'
		vip db addr=10.0.0.100/24|vip: 'addr=10.0.0.100/24' is not known here; write 'addr 10.0.0.100/24'
		vip db addr|vip: option 'addr' lacks its value ADDR/LEN
		vip db dev eth0|vip: 'addr' is missing; write ADDR/LEN, as in 10.0.0.100/24
		vip db addr 10.0.0.100/24|vip: 'dev' is missing: the interface of the addresses, as in eth0
		vip db addr 10.0.0.100 dev eth0|addr: '10.0.0.100' lacks the length of its prefix; write 10.0.0.100/LEN
		vip db addr fd00::100 dev eth0|of the interface's network, or fd00::100/128
		vip db addr 10.0.0.100/33 dev eth0|length: '33' is out of range; it may be 1 to 32, in '10.0.0.100/33'
		vip db addr 10.0.0.100/0 dev eth0|length: '0' is out of range; it may be 1 to 32
		vip db addr fd00::1/129 dev eth0|length: '129' is out of range; it may be 1 to 128
		vip db addr 10.0.0.100/x dev eth0|length: 'x' is not a number
		vip db addr 10.0.0.100/ dev eth0|length: '' is not a number
		vip db addr 10.0.0.300/24 dev eth0|addr: '10.0.0.300/24' is not an address; write ADDR/LEN
		vip db addr 10.0.0.1:80/24 dev eth0|is not an address; write ADDR/LEN
		vip db addr web.example/24 dev eth0|is not an address; write ADDR/LEN
		vip db addr 224.0.0.1/32 dev eth0|addr: '224.0.0.1/32' is a multicast address; write an address that one host can have
		vip db addr ff02::1/128 dev eth0|is a multicast address
		vip db addr 127.0.0.2/8 dev eth0|is a loopback address
		vip db addr ::1/128 dev eth0|is the loopback address
		vip db addr 0.0.0.0/32 dev eth0|is in the network 0.0.0.0, which no host can have
		vip db addr ::/128 dev eth0|is the unspecified address
		vip db addr 255.255.255.255/32 dev eth0|is the broadcast address
		vip db addr ::ffff:10.0.0.1/128 dev eth0|is an IPv4 address in IPv6 notation
		vip db addr 10.0.0.0/24 dev eth0|is the address of its network, not of a host
		vip db addr 10.0.0.255/24 dev eth0|is the broadcast address of its network
		vip db addr 10.0.0.1/24 addr 10.0.0.1/32 dev eth0|addr: '10.0.0.1/32' is given twice
		vip db addr 10.0.0.1/24 dev none|dev: 'none' is not an interface; write its name, as in 'dev eth0'
		vip db addr 10.0.0.1/24 dev a/b|dev: 'a/b' contains a slash
		vip db addr 10.0.0.1/24 dev eth0 dev eth1|vip: 'dev' is given twice; for two interfaces write a file
		vip db addr 10.0.0.1/24 dev eth0 track none|track: 'none' is not an interface
		vip db addr 10.0.0.1/24 dev eth0 track a track a|track: 'a' is given twice
		vip db addr 10.0.0.1/24 dev eth0 announce 60|announce: '60' has no unit
		vip db addr 10.0.0.1/24 dev eth0 announce 10ms|announce: '10ms' is out of range; it may be 1s to 24h
		vip db addr 10.0.0.1/24 dev eth0 announce 2s announce 3s|'announce' is given twice
		vip db addr 10.0.0.1/24 dev eth0 frob 1|vip: option 'frob' is not known here
		vip db --track eth1|option --track is not known; write 'track' without dashes
		genkey one|id: 'one' is not a number; it may be 1 to 4294967295
		version 2|version: '2' is one word too many
		-t|option -t, --timestamp, is for monitor only; see 'bullyctl help show'
		-t show|option -t, --timestamp, is for monitor only; see 'bullyctl help show'
		setconf -t f|option -t, --timestamp, is for monitor only; to check a file, write --check; see 'bullyctl help setconf'
		syncconf --timestamp f|is for monitor only; to check a file, write --check; see 'bullyctl help syncconf'
		-pt setconf f|is for monitor only; to check a file, write --check
		-v|option -v is not known; the nearest is '-V'; see 'bullyctl help'
		wait db leader 10|wait: option '10' is not known here; write 'timeout 10s'
		wait db leader soon|wait: option 'soon' is not known here; write 'timeout soon'
		wait db leader 10 s|wait: option '10' is not known here; write 'timeout DUR'
		wait db master|an id from 1 to 4294967295; write 'leader'
		wait db BACKUP|an id from 1 to 4294967295; write 'follower'
		group add db id 3 advert_int 1|option 'advert_int' is not known here; write 'heartbeat DUR'
		group add db id 3 interface eth0|write 'dev IFACE'
		group set db nopreempt|option 'nopreempt' is not known here; write 'preempt off'
		group set db unicast_peer 10.0.0.2|write 'bullyctl peer add'
		group set db track_script x|see keepalived.rst in the documentation
	END
	refuses 125 "run: 'true' is one word too many before '--'; write '-- COMMAND' after the name" "$ctl" run db true
	refuses 125 "run: '-- COMMAND' is missing" "$ctl" run db timeout 5s
	refuses 125 "run: option 'timeout' lacks its value DUR" "$ctl" run db timeout
	refuses 125 "option --watchdg is not known; the nearest is '--watchdog'" "$ctl" run db --watchdg /dev/watchdog -- true
	refuses 125 "option --timeuot is not known; the nearest is '--timeout'" "$ctl" run db --timeuot 5s -- true
	refuses 125 "option -t, --timestamp, is for monitor only; see 'bullyctl help run'" "$ctl" -t run db -- true
	# an error names the wrong line and word of a file
	rejects 3 "key 'heartbeet' is not known in a group; the nearest is 'heartbeat'" '[group g]\nid = 1\nheartbeet = 1s\n'
	rejects 4 "lease: 100ms is below 3 heartbeats of 100ms" '[group g]\nid = 1\nquorum = majority\nlease = 100ms\n'
	# a word of keepalived
	while IFS='|' read -r line text; do
		rejects 3 "$text" "[group g]\nid = 1\n$line\n"
	done <<- 'END'
		priority 150|'priority 150' is neither 'KEY = VALUE' nor a section; write 'priority = N'
		advert_int = 0.2|write 'heartbeat = DUR'
		interface = eth0|write 'dev = IFACE'
		nopreempt|'nopreempt' is neither 'KEY = VALUE' nor a section; write 'preempt = off'
		unicast_src_ip = 10.0.0.1|write 'local = ADDR'
		unicast_peer = 10.0.0.2|write '[node ID]'
		unicast_peer {|write '[node ID]'
		auth_type = PASS|write 'key-file = FILE'
		auth_pass = secret|write 'key-file = FILE'
		state = BACKUP|see keepalived.rst in the documentation
		virtual_ipaddress {|write '[vip]'
		virtual_router_id = 51|see keepalived.rst in the documentation
		track_script = x|see keepalived.rst in the documentation
		notify_master = /x|see keepalived.rst in the documentation
		preempt_delay = 30|the nearest is 'preempt-delay'
		vrrp_instance db {|'vrrp_instance db {' is neither 'KEY = VALUE' nor a section; write '[group db]'
		vrrp_instance {|write '[group NAME]'
	END
	rejects 1 "write '[group pg]'" 'vrrp_instance pg {\n  priority 150\n}\n'
	# such a word in the section of a peer has no such meaning
	rejects 4 "key 'priority' is not known in a peer" '[group g]\nid = 1\n[peer 2]\npriority = 2\naddr = 10.0.0.2\n'
}
wrong

# A command line must do the same as the manual's form.
same() { # "command" "the other one"
	local want
	# shellcheck disable=SC2086
	{
		try "$ctl" $1
		want="$status $(cat "$work/out" "$work/err")"
		try "$ctl" $2
	}
	equal "'$2' does what '$1' does" "$status $(cat "$work/out" "$work/err")" "$want"
}

tolerant() {
	same -V --version
	same -V version
	same -V vers
	same "-j -V" "version -json"
	same "-j -V" "--json version"
	same "help group" "help gr"
	same "help show" "help group show"
	same "help show" "help peer list"
	same "help --words" "he --words"
	equal "help group add begins with its form" "$("$ctl" help group add | head -2 | tr '\n' '|')" "bullyctl group add NAME id ID [OPTION VALUE]...||"
	equal "help group delete begins with the form of group del" "$("$ctl" help group delete | head -1)" "bullyctl group del NAME"
	if [ -e /sys/module/bully ]; then
		skip "requests in other words" "the module is loaded here"
		return
	fi
	same "show db" "group show db"
	same show "group list"
	same show "peer ls"
	same "-j show" "show -json"
	same "-j show" "--js show"
	same "group del db" "group delete db"
	same "group del db" "gr rem db"
	same "peer del db id 2" "peer rm db id 2"
	same "group add db id 3 heartbeat 50ms" "gro a db id 3 heart 50ms"
	same "peer set db id 2 role witness" "peer s db id 2 ro witness"
	same "wait db leader timeout 1s" "wait db leader --timeout 1s"
	same "wait db leader timeout 1s" "wait --timeout=1s db leader"
	same "wait db leader timeout 1s" "w db leader time 1s"
	same "run db --timeout 1s -- true" "run db timeout 1s -- true"
	same "run db --restart --kill-after 1s -- true" "run db restart --kill 1s -- true"
	same "run db --watchdog /dev/null --watchdog-timeout 9s -- true" "run db watchdog /dev/null --watchdog-t=9s -- true"
	try "$ctl" peer add db id 2 addr 2001:db8::1:7400
	equal "an address whose end looks like a port gets a warning" "$status $(head -1 "$work/err")" \
		"4 bullyctl: warning: peer add: addr: '2001:db8::1:7400' is an address without a port; to give a port, write '[2001:db8::1]:7400'"
	conf '[group g]\nid = 1\n[peer 2]\naddr = 2001:db8::1:7400\n[peer 3]\naddr = 2001:db8::1:53\n[peer 4]\naddr = 1:2:3:4:5:6:7:8000\n'
	try "$ctl" setconf --check "$work/f"
	equal "such an address in a file gets a warning" "$status $(cat "$work/err")" \
		"0 bullyctl: warning: $work/f:4: addr: '2001:db8::1:7400' is an address without a port; to give a port, write '[2001:db8::1]:7400'"
}
tolerant
