# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of run: tests which configuration files and key files are accepted, and the errors of others.

# warns TEXT FILE: --check accepts the file with this warning only
warns() {
	conf "$2"
	try "$ctl" setconf --check "$work/f"
	equal "--check warns: $1" "$status $(cat "$work/err")" "0 bullyctl: warning: $work/f: group g: $1"
}

files() {
	local other c # other: a second interface
	other=$(find /sys/class/net -mindepth 1 -printf '%f\n' | grep -vx lo | head -n 1)
	conf '# c\n; c\n[group g] # c\n  id = 1\n  local=[2001:db8::1]:28559\n\theartbeat = 1.5s ; c\nquorum=off\nholddown = off\n\n[peer 2]\naddr = [2001:db8::2]:28559\nrole=witness\n[group h]\nid: 7\nlocal: *:7500'
	works "setconf --check accepts a good file" "$ctl" setconf --check "$work/f"
	grep -q "addr = \[2001" "$work/f" || miss "the good file has its IPv6 address" "$(cat "$work/f")"
	works "syncconf --check accepts a good file" "$ctl" syncconf --check "$work/f"
	works "--check accepts a file from standard input" "$ctl" setconf --check - < "$work/f"
	printf '\xef\xbb\xbf[group g]\r\nid = 1\r\n' > "$work/f"
	works "--check accepts a byte order mark and carriage returns" "$ctl" setconf --check "$work/f"
	rejects 2 "'frob'" '[group g]\nfrob\nid = 1\n'
	rejects 3 "key 'frob'" '[group g]\nid = 1\nfrob = 2\n'
	rejects 3 "key 'id' is given twice" '[group g]\nid = 1\nid = 2\n'
	rejects 2 "id: '0'" '[group g]\nid = 0\n'
	rejects 1 "'id' is missing" '[group g]\nmisses = 3\n'
	rejects 1 "'id' is missing" '[group g]\n'
	rejects 3 "'addr' is missing" '[group g]\nid = 1\n[peer 2]\n[peer 3]\naddr = 10.0.0.3\n'
	rejects 5 "peer 2 is given twice" '[group g]\nid = 1\n[peer 2]\naddr = 10.0.0.2\n[peer 2]\naddr = 10.0.0.3\n'
	rejects 6 "'addr' is also the address of peer 2" '[group g]\nid = 1\n[peer 2]\naddr = 10.0.0.2\n[peer 3]\naddr = 10.0.0.2:28559\n'
	rejects 7 "peer 3: 'addr' and 'local' of the group must both be" \
		'[group g]\nlocal = 10.0.0.1\nid = 1\n# c\n[peer 3]\nrole = witness\naddr = 2001:db8::2\n'
	rejects 7 "peer 3: 'addr' and 'local' of the group must both be" \
		'[group g]\nid = 1\nlocal = [2001:db8::1]:7500\n[peer 2]\naddr = 2001:db8::2\n[peer 3]\naddr = 10.0.0.3\n[group h]\nid = 1\n'
	rejects 5 "peer 2: 'addr' is this node's own address" '[group g]\nid = 1\nlocal = 10.0.0.1\n[peer 2]\naddr = 10.0.0.1:28559\n'
	rejects 5 "peer 2: 'addr' is this node's own address" '[group g]\nlocal = [2001:db8::1]:7500\nid = 1\n[peer 2]\naddr = [2001:DB8:0::1]:7500\nrole = witness\n'
	conf '[group g]\nid = 1\nlocal = 10.0.0.1\n[peer 2]\naddr = 10.0.0.1:28560\n[group h]\nid = 1\nlocal = *:7500\n[peer 2]\naddr = 10.0.0.1:7500\n[peer 3]\naddr = 2001:db8::3\n'
	works "--check accepts another port of this host, and any family without a local address" "$ctl" setconf --check "$work/f"
	rejects 3 "own id" '[group g]\nid = 1\n[peer 1]\naddr = 10.0.0.2\n'
	rejects 1 "before any group" '[peer 2]\naddr = 10.0.0.2\n'
	rejects 1 "before any section" 'id = 1\n[group g]\n'
	rejects 3 "'g' is given twice" '[group g]\nid = 1\n[group g]\nid = 2\n'
	rejects 1 "is not a section" '[frob g]\nid = 1\n'
	rejects 1 "is not a section" '[group g h]\nid = 1\n'
	rejects 1 "is not a section" '[group g\nid = 1\n'
	conf '[group web] # was [old]\nid = 1\n[peer 2]\t; [peer 3]\naddr = 10.0.0.2\n[group a]b]#c]\nid = 1\n[group #d] # e]\nid = 1\n'
	works "--check accepts comments after a section, also with brackets" "$ctl" setconf --check "$work/f"
	rejects 3 "'a]b' is given twice" '[group a]b]\nid = 1\n[group a]b] # ]\nid = 2\n'
	rejects 3 "'a#b]#' is given twice" '[group a#b]#]\nid = 1\n[group a#b]#] ; x\nid = 2\n'
	rejects 3 "'#a' is given twice" '[group #a]\nid = 1\n[group #a] # [b]\nid = 2\n'
	rejects 1 "is not a section" '[group g] h\nid = 1\n'
	rejects 1 "is not a section" '[group g]#h\nid = 1\n'
	rejects 1 "is not a section" '[group # g]\nid = 1\n'
	rejects 1 "is too long" '[group 1234567890123456]\nid = 1\n'
	rejects 3 "heartbeat: '100'" '[group g]\nid = 1\nheartbeat = 100\n'
	rejects 3 "heartbeat: ''" '[group g]\nid = 1\nheartbeat =\n'
	rejects 4 "addr: 'nohost'" '[group g]\nid = 1\n[peer 2]\naddr = nohost\n'
	rejects 3 "longer than 190 bytes" "[group g]\nid = 1\nlocal = $(printf '%0300d' 1)\n"
	# The error names the first of two mistakes.
	rejects 2 "'frob'" '[group g]\nfrob = 1\nfrab\n'
	rejects 2 "'frab'" '[group g]\nfrab\nfrob = 1\n'
	rejects 3 "quorum: 'maybe'" '[group g]\nid = 1\nquorum = maybe\n'
	rejects 3 "lease: '1'" '[group g]\nid = 1\nlease = 1\n'
	rejects 3 "lease: '0s'" '[group g]\nid = 1\nlease = 0s\n'
	rejects 3 "voters: '257'" '[group g]\nid = 1\nvoters = 257\n'
	rejects 3 "holddown-free: '-1'" '[group g]\nid = 1\nholddown-free = -1\n'
	rejects 4 "key 'lease' is given twice" '[group g]\nid = 1\nlease = 1s\nlease = 1s\n'
	# an error of several words is reported at the first of these words
	rejects 4 "lease: 200ms is below 3 heartbeats of 100ms" '# c\n[group g]\nid = 1\nlease = 200ms\n[group h]\nid = 2\n'
	rejects 2 "lease: 1s is below 3 heartbeats of 500ms" '[group g]\nlease = 1s\nid = 1\nheartbeat = 500ms\n[peer 2]\naddr = 10.0.0.2\n'
	rejects 8 "lease: the default, heartbeat times misses, is above 1h" \
		'[group h]\nid = 1\n\n[group g]\nid = 1\nquorum = majority\nheartbeat = 60s\nmisses = 100\n'
	rejects 3 "election: raft needs quorum majority" '[group g]\nid = 1\nelection = raft\n'
	rejects 4 "preempt: no node takes over with election raft" '[group g]\nid = 1\nelection = raft\npreempt = on\nquorum = majority\n'
	rejects 2 "preempt-delay: no node takes over with election raft" '[group g]\npreempt-delay = 5s\nid = 1\nelection = raft\nquorum = majority\n'
	rejects 5 "priority: it has no effect with election raft" '[group g]\nid = 1\nelection = raft\nquorum = majority\npriority = 7\n'
	conf '[group g]\nid = 1\nquorum = majority\nelection = raft\n[group h]\nid = 1\nlocal = *:7500\nquorum = majority\nelection = raft\npreempt = off\npreempt-delay = 0s\npriority = 0\n[group i]\nid = 1\nlocal = *:7501\nelection = bully\npriority = 9\npreempt = on\n'
	works "--check accepts both elections" "$ctl" setconf --check "$work/f"
	rejects 4 "observers: they need quorum majority" '[group g]\nid = 1\nquorum = off\nobservers = 9\n'
	rejects 3 "unlisted: it needs role observer" '[group g]\nquorum = majority\nunlisted = on\nid = 1\n'
	rejects 4 "unlisted: it needs quorum majority" '[group g]\nid = 1\nrole = observer\nunlisted = on\n'
	rejects 6 "observers: an unlisted observer answers no others" '[group g]\nid = 1\nrole = observer\nquorum = majority\nunlisted = on\nobservers = 1\n'
	conf '[group g]\nid = 100\nrole = observer\nquorum = majority\nunlisted = on\nvoters = 3\n[peer 1]\naddr = 10.0.0.1\n[peer 2]\naddr = 10.0.0.2\nrole = witness\n'
	works "--check accepts an unlisted observer of two voters" "$ctl" setconf --check "$work/f"
	warns "it has no voter to ask; write each voter as [peer ID]" \
		'[group g]\nid = 100\nrole = observer\nquorum = majority\nunlisted = on\n'
	warns "peer 2 is an observer, but an unlisted observer asks voters; leave it out" \
		'[group g]\nid = 100\nrole = observer\nquorum = majority\nunlisted = on\n[peer 1]\naddr = 10.0.0.1\n[peer 2]\naddr = 10.0.0.2\nrole = observer\n'
	rejects 3 "holddown-max: 1s is below holddown-delay, which is 10s" '[group g]\nid = 1\nholddown-max = 1s\n'
	rejects 3 "holddown-max: 5m is below holddown-delay, which is 1h" '[group g]\nid = 1\nholddown-delay = 1h\n'
	# addresses that the kernel would refuse, because no host can have them
	local a
	for a in 0.0.0.0 0.1.2.3:28559 :: "[::]:28559"; do
		rejects 3 "leave it out to listen at any address, or write '*:PORT'" "[group g]\nid = 1\nlocal = $a\n"
		rejects 5 "write the address of one host" "[group g]\nid = 1\n[peer 2]\nrole = witness\naddr = $a\n"
	done
	for a in 255.255.255.255 224.0.0.1 239.255.255.255:28559 ff02::1 "[ff15::1]:28559"; do
		rejects 3 "write the address of one host" "[group g]\nid = 1\nlocal = $a\n"
		rejects 4 "write the address of one host" "[group g]\nid = 1\n[peer 2]\naddr = $a\n"
	done
	for a in ::ffff:10.0.0.1 "[::ffff:10.0.0.1]:28559" ::ffff:a00:1; do
		rejects 4 "is an IPv4 address in IPv6 notation; write 10.0.0.1" "[group g]\nid = 1\n[peer 2]\naddr = $a\n"
	done
	conf '[group g]\nid = 1\nlocal = 127.0.0.1\n[peer 2]\naddr = 240.0.0.1\n[peer 3]\naddr = 255.255.255.254\n[group h]\nid = 1\nlocal = *:7500\n[peer 2]\naddr = ::1\n[peer 3]\naddr = ::10.0.0.1\n'
	works "--check accepts all forms of addresses" "$ctl" setconf --check "$work/f"
	# addresses that the kernel would refuse beside another group
	rejects 5 "group 'h': on port 28559, which group 'g' also has, either both groups have an address in 'local' or neither" \
		'[group g]\nid = 1\n[group h]\nid = 1\nlocal = 10.0.0.1\n'
	rejects 5 "either both groups have an address in 'local' or neither" \
		'[group g]\nid = 1\nlocal = 10.0.0.1:7500\n[group h]\nlocal = *:7500\nid = 1\n'
	rejects 4 "group 'h': group 'g' has the same port 28559 on another 'dev'" '[group g]\nid = 1\n[group h]\ndev = lo\nid = 1\n'
	conf '[group g]\nid = 1\ndev = lo\n[group i]\nid = 1\nlocal = *:7500\n[group j]\nid = 1\nlocal = 10.0.0.1:7501\n[group k]\nid = 1\nlocal = 10.0.0.2:7501\n'
	works "--check accepts groups whose addresses do not conflict" "$ctl" setconf --check "$work/f"
	conf '[group g]\nid = 1\nguard = 10.0.0.100, fd00::100 ; two\n[group h]\nid = 1\nguard = none\n[group i]\nid = 1\nguard=10.0.0.101\n'
	works "--check accepts guarded addresses" "$ctl" setconf --check "$work/f"
	rejects 3 "guard: '10.0.0.1' is given twice; write it once" '[group g]\nid = 1\nguard = 10.0.0.1, 10.0.0.1\n'
	rejects 3 "guard: it has the address of 'local'" '[group g]\nid = 1\nguard = 10.0.0.1\nlocal = 10.0.0.1\n'
	rejects 5 "peer 2: 'addr' is one that the group guards" '[group g]\nid = 1\nguard = 10.0.0.2\n[peer 2]\naddr = 10.0.0.2\n'
	rejects 6 "guard: '10.0.0.9' is guarded by group 'g'; leave it out here" \
		'[group g]\nid = 1\nguard = 10.0.0.9\n[group h]\nid = 1\nguard = 10.0.0.9\n'
	rejects 5 "guard: '10.0.0.9' is 'local' of group 'g'; leave it out here" \
		'[group g]\nid = 1\nlocal = 10.0.0.9\n[group h]\nguard = 10.0.0.9\nlocal = 10.0.0.8\nid = 1\n'
	rejects 6 "local: group 'g' guards this address, which must always work" \
		'[group g]\nid = 1\nlocal = 10.0.0.8\nguard = 10.0.0.9\n[group h]\nlocal = 10.0.0.9\nid = 1\n'
	if [ -n "$other" ]; then
		rejects 7 "differs from the interface of the group" \
			"[group g]\nid = 1\ndev = lo\n[peer 2]\naddr = ::1\n[peer 3]\naddr = fe80::1%$other\n"
		rejects 3 "local: its interface differs from 'dev'" "[group g]\nid = 1\nlocal = fe80::1%$other\ndev = lo\n"
		conf "[group g]\nid = 1\ndev = lo\n[group h]\nid = 1\ndev = $other\n"
		works "--check accepts groups on devices of their own" "$ctl" setconf --check "$work/f"
	else
		skip "addresses of another interface" "there is none"
	fi
	conf '[group g]\nid = 1\nquorum = majority\nlease = 300ms\nvoters = 256\nholddown = on\nholddown-free = 0\nholddown-delay = 1ms\nholddown-max = 1ms\nholddown-half-life = 24h\n[group h]\nid = 2\nlease = default\nheartbeat = 60s\nmisses = 100\nquorum = off\n[group i]\nid = 1\nquorum = majority\nheartbeat = 60s\nmisses = 60\n[group j]\nid = 1\nheartbeat = 1ms\nlease = 4ms\n[group k]\nid = 1\nlease = 1h\n[group l]\nid = 1\nheartbeat = 10ms\nlease = 30ms\n'
	for c in setconf syncconf; do
		try "$ctl" $c --check "$work/f"
		equal "$c --check accepts quorum, lease, voters and hold-down at their limits" "$status" 0
		equal "$c --check warns of a lease without a quorum" "$(sed -n 's/.*: group \(.\): .lease. has no effect.*/\1/p' "$work/err" | xargs)" "j k l"
	done
	warns "'voters' is 5, but the file has 3: this node takes no part in the first election" \
		'[group g]\nid = 1\nquorum = majority\nvoters = 5\n[peer 2]\naddr = 10.0.0.2\n[peer 3]\naddr = 10.0.0.3\n[peer 4]\naddr = 10.0.0.4\nrole = observer\n'
	warns "with 2 voters a leader needs both; add a witness" '[group g]\nid = 1\nquorum = majority\n[peer 2]\naddr = 10.0.0.2\n'
	warns "'voters' has no effect without 'quorum = majority'" '[group g]\nid = 1\nvoters = 3\n'
	warns "'auth = enforce' without 'key-file' is refused unless the kernel has keys of the group" '[group g]\nid = 1\nauth = enforce\n'
	# only 'bullyctl vip' uses a section [vip]; it is checked with the rest
	conf '[group g]\nid = 1\n[peer 2]\naddr = 10.0.0.2\n[vip] # c\naddr = 10.0.0.100/24\naddr: fd00::100/64\ndev = eth0\ntrack = eth1\ntrack = eth2\nannounce = off\n[vip]\ndev = eth1\naddr = 10.1.0.100/32\n[peer 3]\naddr = 10.0.0.3\n[group h]\nid = 1\nlocal = *:7500\n[vip]\naddr = 10.0.0.101/24\ndev = eth0\n'
	works "setconf --check passes over sections [vip]" "$ctl" setconf --check "$work/f"
	works "syncconf --check passes over sections [vip]" "$ctl" syncconf --check "$work/f"
	conf '[group g]\nquorum = majority\n[vip]\naddr = 10.0.0.100/24\ndev = eth0\n[node 1]\naddr = 10.0.0.1\n[node 2]\naddr = 10.0.0.2\n[vip]\naddr = 10.1.0.100/24\ndev = eth1\n'
	works "a section [vip] may come before and after nodes" "$ctl" setconf --check --id all "$work/f"
	refuses 1 "vip: $work/f has no section [group nosuch]" "$ctl" vip nosuch --config "$work/f"
	rejects 1 "[vip] comes before any group" '[vip]\naddr = 10.0.0.100/24\ndev = eth0\n'
	rejects 3 "'addr' is missing" '[group g]\nid = 1\n[vip]\ndev = eth0\n'
	rejects 3 "'dev' is missing" '[group g]\nid = 1\n[vip]\naddr = 10.0.0.100/24\n[group h]\nid = 1\n'
	rejects 4 "key 'adr' is not known in a section [vip]; the nearest is 'addr'" '[group g]\nid = 1\n[vip]\nadr = 10.0.0.100/24\n'
	rejects 3 "is not a section; write [group NAME], [node ID], [peer ID] or [vip]" '[group g]\nid = 1\n[vip eth0]\n'
	rejects 4 "lacks the length of its prefix" '[group g]\nid = 1\n[vip]\naddr = 10.0.0.100\ndev = eth0\n'
	rejects 6 "'dev' is given twice; write a section [vip] for each interface" '[group g]\nid = 1\n[vip]\naddr = 10.0.0.100/24\ndev = eth0\ndev = eth1\n'
	rejects 7 "addr: '10.0.0.100/32' is given twice" '[group g]\nid = 1\n[vip]\naddr = 10.0.0.100/24\ndev = eth0\n[vip]\naddr = 10.0.0.100/32\ndev = eth1\n'
	conf '[group g]\nid = 1\n'
	refuses 1 "vip: $work/f: group 'g' has no section [vip]; write one with 'addr' and 'dev'" "$ctl" vip g --config "$work/f"
	conf '# nothing\n'
	refuses 1 "it has no section [group NAME]" "$ctl" setconf --check "$work/f"
	printf '[group g]\nid = 1\0\n' > "$work/f"
	refuses 1 "NUL byte" "$ctl" setconf --check "$work/f"
	{ echo '[group g]' && yes '# long' | head -c 1048577; } > "$work/f"
	refuses 1 "larger than 1 MiB" "$ctl" setconf --check "$work/f"
	refuses 1 "cannot read it" "$ctl" setconf --check "$work/nosuchfile"
	refuses 1 "cannot read it" "$ctl" setconf --check "$work"
	{
		printf '[group g]\nid = 1\n'
		for i in $(seq 2 257); do
			printf '[peer %d]\naddr = 10.0.%d.%d\n' "$i" $((i / 250)) $((i % 250 + 1))
		done
	} > "$work/f"
	refuses 1 "more than 255 peers" "$ctl" setconf --check "$work/f"
	works "300 damaged files are each accepted or refused with a sentence" "$here/garbage.py" "$ctl" 300
}
files

# key-file: an error names its line, and no key is printed.
keys() {
	local k=$work/key hex b64 line
	hex=$(printf '%02x' {16..47})
	b64=$(printf "$(printf '\\x%02x' {16..47})" | base64)
	umask 077
	conf "[group g]\nid = 1\nauth = permissive\nkey-file = $k\n"
	good() { # text
		printf '%b' "$1" > "$k"
		works "--check accepts a good key-file" "$ctl" setconf --check "$work/f"
	}
	bad() { # where words text
		printf '%b' "$3" > "$k"
		refuses 1 "$work/f:4: key-file: $k$1: $2" "$ctl" setconf --check "$work/f"
		refuses 1 "group set: key-file: $k$1: $2" "$ctl" group set g key-file "$k"
		! grep -qiE '[0-9a-f]{20}|[A-Za-z0-9+/]{30}' "$work/err" || miss "no key is printed" "$(cat "$work/err")"
	}
	good "$hex"
	good "$b64\n"
	good "# c\n\n  7\t${hex^^} # c\r\n"
	good "1 $hex active\n2 $b64\n"
	good "4294967295 $hex$hex active\n2 $hex\n#3 $b64"
	good "$(seq 8 | sed "s,\$, $b64,; 3s/\$/ active/")"
	good "$(head -c 64 /dev/urandom | base64 -w 0)"
	bad "" "the file has no key" ""
	bad "" "the file has no key" "# nothing\n\n"
	bad ":1" "the key is neither hexadecimal nor base64" "key!\n"
	bad ":2" "the key is neither hexadecimal nor base64" "\n1 ${hex}0\n"
	bad ":1" "the key is neither hexadecimal nor base64" "1 ${b64%=}\n"
	bad ":1" "the key is neither hexadecimal nor base64" "1 ${b64%??}9=\n"
	bad ":1" "the key is neither hexadecimal nor base64" "1 =$b64\n"
	bad ":1" "the key is neither hexadecimal nor base64" "1 ====\n"
	bad ":1" "the key is shorter than 32 bytes" "1 ${hex%??}\n"
	bad ":1" "the key is shorter than 32 bytes" "1 $(head -c 31 /dev/zero | base64)\n"
	bad ":1" "the key is longer than 64 bytes" "1 $hex${hex}00\n"
	bad ":1" "the key is longer than 64 bytes" "1 $(head -c 65 /dev/zero | base64 -w 0)\n"
	bad ":1" "the line does not begin with an id from 1 to 4294967295" "$hex 1\n"
	bad ":1" "the line does not begin with an id from 1 to 4294967295" "0 $hex\n"
	bad ":1" "the line does not begin with an id from 1 to 4294967295" "4294967296 $hex\n"
	bad ":1" "after 'ID KEY' there can only be 'active'" "1 $hex Active\n"
	bad ":1" "after 'ID KEY' there can only be 'active'" "1 $hex active $hex\n"
	bad ":2" "with several keys, each line must begin with an id" "1 $hex active\n$hex\n"
	bad ":2" "with several keys, each line must begin with an id" "$hex\n1 $hex active\n"
	bad ":3" "another line has the same id" "1 $hex active\n2 $hex\n01 $hex\n"
	bad ":2" "a second key is active" "1 $hex active\n2 $hex active\n"
	bad "" "no key is active" "1 $hex\n2 $hex\n"
	bad ":9" "there are more than 8 keys" "$(seq 9 | sed "s,\$, $b64,")"
	head -c 16385 /dev/zero | tr '\0' '#' > "$k"
	refuses 1 "it is larger than 16 KiB" "$ctl" setconf --check "$work/f"
	printf '1 %s\0\n' "$hex" > "$k"
	refuses 1 "it contains a NUL byte" "$ctl" setconf --check "$work/f"
	good "$hex"
	for mode in 604 602 601 620; do
		chmod $mode "$k"
		refuses 1 "other users may read or change the file" "$ctl" setconf --check "$work/f"
	done
	chmod 640 "$k"
	works "--check accepts a key-file that its group may read" "$ctl" setconf --check "$work/f"
	refuses 1 "key-file: $work: " "$ctl" group set g key-file "$work"
	refuses 1 "key-file: $work/none: No such file" "$ctl" group set g key-file "$work/none"
	refuses 1 "option 'key-file' lacks its value FILE" "$ctl" group set g key-file
	refuses 1 "auth: 'on' is not one of 'off receive-only permissive enforce'" "$ctl" group set g auth on
	refuses 1 "standard input:1: the key is neither" "$ctl" group set g key-file - <<< "1 x"
	conf '[group g]\nid = 1\nauth = sometimes\n'
	refuses 1 "$work/f:3: auth: 'sometimes' is not one of" "$ctl" setconf --check "$work/f"

	conf "[group g]\nid = 1\nkey-file = $k\n"
	"$ctl" genkey > "$k"
	works "--check accepts a key-file from genkey" "$ctl" setconf --check "$work/f"
	try "$ctl" genkey 4294967295
	line=$(cat "$work/out")
	equal "genkey prints the number that was given" "$(grep -cE '^4294967295 [A-Za-z0-9+/]{43}=$' <<< "$line")" 1
	equal "genkey prints a key of 32 bytes" "$(base64 -d <<< "${line#* }" | wc -c)" 32
	try "$ctl" genkey 4294967295
	[ "$line" != "$(cat "$work/out")" ] || miss "genkey makes a new key each time" "$line"
	equal "genkey prints number and key in JSON" "$("$ctl" -j genkey 7 | python3 -c 'import base64, json, sys
o = json.load(sys.stdin)
print(sorted(o), o["id"], len(base64.b64decode(o["key"])))')" "['id', 'key'] 7 32"
	(umask 022 && exec "$ctl" genkey > "$work/open") 2> "$work/err"
	equal "genkey warns when others may read its output" "$(grep -c '^bullyctl: warning: other users may read' "$work/err")" 1
	refuses 1 "id: '0' is out of range" "$ctl" genkey 0
	refuses 1 "id: 'x' is not a number" "$ctl" genkey x
	refuses 1 "one word too many" "$ctl" genkey 1 2
	umask 022
}
keys
