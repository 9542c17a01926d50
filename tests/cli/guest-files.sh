# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of guest.sh: tests setconf, syncconf and showconf.

echo "# files"
was=$(configured)
A showconf g > "$work/f"
works "setconf accepts the output of showconf" A setconf "$work/f"
works "syncconf accepts the output of showconf" A syncconf "$work/f"
equal "setconf of showconf's output changes no option" "$(A showconf g)" "$(cat "$work/before")"
equal "syncconf of showconf's output sends no event" "$(configured)" "$was"
works "showconf piped to setconf succeeds" sh -c 'bullyctl -n a showconf g | bullyctl -n a setconf -'
cat > "$work/f" <<- END
	[group full]
	id = 4294967295
	local = [fd09::1]:7600
	dev = va
	heartbeat = 1500ms
	misses = 100
	priority = 255
	preempt = off
	preempt-delay = 24h
	role = witness
	unlisted = off
	candidate = off
	quorum = majority
	election = bully
	lease = 4500ms
	voters = 1
	observers = 65535
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
works "setconf accepts every key" A setconf "$work/f"
equal "showconf prints every key as the file has it" "$(A showconf full)" "$(cat "$work/f")"
try A -j show full
judge "show -j of a group with every key matches its schema" schema show "$work/out"
A group del full
sed 's/^misses.*/misses = 5/' "$work/before" > "$work/f"
printf '\n[peer 3]\naddr = 10.9.0.3\nrole = witness\n[group new]\nid = 9\nlocal = 10.9.0.1:7700\n' >> "$work/f"
# Prints how often a, and b, noticed that the guest stood still.
stood_still() { { A -j stats g && B -j stats g; } | grep -oE '"voided": ?[0-9]+' | xargs; }
# Two differences cause two events and no election. If the guest stood still, an election proves
# nothing, and the test is repeated.
differences() {
	local try epoch configs still
	for try in 1 2 3 4 5; do
		alive && epoch=$(json '[.leader, .epoch]') && configs=$(configured) && still=$(stood_still) &&
			A syncconf "$work/f" || return 1
		[ "$(configured)" = "${configs% *} $((${configs#* } + 2))" ] || { echo "events: $(configured), before $configs" >&2; return 1; }
		[ "$(json '[.leader, .epoch]')" != "$epoch" ] || return 0
		[ "$(stood_still)" != "$still" ] || { echo "it was $epoch" >&2; return 1; }
		A syncconf "$work/before" && A group del new || return 1
	done
	echo "try $try: the guest stood still" >&2
	return 1
}
works "syncconf of differences: two events, no election" differences
equal "syncconf applies an option and a peer that differ" "$(json '[.options.misses, [.peers[].id]]')" "[5,[2,3]]"
equal "syncconf adds a group" "$(A showconf new | head -3 | tr '\n' ' ')" "[group new] id = 9 local = 10.9.0.1:7700 "
works "syncconf of the former file succeeds" A syncconf "$work/before"
equal "syncconf of the former file restores everything" "$(A showconf g)" "$(cat "$work/before")"
sed 's/^id.*/id = 3/' "$work/before" > "$work/f"
refuses 2 "syncconf cannot change id 1 to 3" A syncconf "$work/f"
printf '[group new]\nid = 9\n' > "$work/f"
refuses 2 "cannot remove 'local'" A syncconf "$work/f"
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
bound() { # port: prints the number of a's sockets on it
	ip netns exec a cat /proc/net/udp | grep -ci "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") "
}
more="local = *:7510"
peers 2 2 3 3 | A setconf -
equal "setconf binds a port of its own" "$(show s .options.local) $(bound 7510)" '"*:7510" 1'
more=
peers 2 2 3 3 > "$work/f"
works "syncconf accepts a return to the default port" A syncconf "$work/f"
equal "syncconf binds the default port again" "$(show s .options.local) $(bound 7510)" 'null 0'
# Events are not compared: leaders and peers change by themselves when the guest stands still.
state_of_s() { echo "$(A showconf s) $(show s .session)"; }
same() { # name: passes if group s is unchanged
	equal "$1: the refused syncconf changes nothing" "$(state_of_s)" "$was"
}
works "the group leads after the ports were changed" A wait s leader timeout ${limit}s
was=$(state_of_s)
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
refuses 2 "group s: syncconf cannot change the address family of 'local'" A syncconf "$work/f"
same "another family"
more=
# Each peer gets the address that another peer leaves, in both orders of the file.
for want in "2 4 3 2" "3 3 2 2" "3 2 2 4" "2 2 3 3" "2 3 3 4" "4 5 3 2 2 4" "4 2 3 4 2 3"; do
	# shellcheck disable=SC2086
	peers $want > "$work/f"
	works "syncconf moves the peers to $want" A syncconf "$work/f"
	equal "syncconf has moved the peers to $want" "$(have)" "$(xargs -n 2 <<< "$want" | sort -n | xargs)"
done
works "the group leads after its peers were moved" A wait s leader timeout ${limit}s
was=$(state_of_s)
peers 2 4 3 2 4 3 > "$work/f"
refuses 2 "syncconf cannot exchange the addresses of peers" A syncconf "$work/f"
same "three peers in a ring"
peers 3 2 > "$work/f"
works "syncconf gives a peer the address of a removed peer" A syncconf "$work/f"
equal "the peer has the address of the removed peer" "$(have)" "3 2"

# The kernel refuses the second of three groups: an address of this host cannot be a peer's.
was=$(state_of_s)
{
	printf '[group m]\nid = 1\nlocal = *:7710\n'
	printf '[group s]\nid = 1\nmisses = 9\n[peer 3]\naddr = 10.9.0.2:7999\n[peer 5]\naddr = 10.9.0.1\n'
	printf '[group o]\nid = 1\nlocal = *:7712\n'
} > "$work/f"
works "--check accepts what only the kernel can judge" A setconf --check "$work/f"
refuses 2 "group s: " A setconf "$work/f"
same "setconf: the group that is refused"
equal "a refused setconf keeps only the groups before the refused group" "$(A | sed -n 's/: id.*//p' | xargs)" "g h m s"
A group del m
refuses 2 "group s, peer 5: " A syncconf "$work/f"
equal "a refused syncconf keeps only the groups before the refused group" "$(A | sed -n 's/: id.*//p' | xargs)" "g h m s"
equal "a refused syncconf keeps the options that were sent before the error" "$(show s .options.misses) $(have)" "9 3 2"
sed -i 's/^addr = 10.9.0.1$/addr = 10.9.0.5:7999/' "$work/f"
works "syncconf accepts the corrected file" A syncconf "$work/f"
equal "syncconf of the corrected file completes the groups" "$(A | sed -n 's/: id.*//p' | xargs), $(have)" "g h m o s, 3 2 5 5"
for group in m o s; do
	A group del $group
done
