# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of guest.sh: one file for all hosts. The hosts are three namespaces on a bridge, 10.8.0.I.

echo "# one file for all hosts"
modprobe -q bridge || :
ip link add sh0 type bridge mcast_snooping 0
ip link set sh0 up
for i in 1 2 3; do
	ip netns add h$i
	ip link add p$i type veth peer name eth0 netns h$i
	ip link set p$i master sh0 up
	ip -n h$i link set lo up
	ip -n h$i link set eth0 up
	ip -n h$i addr add 10.8.0.$i/24 dev eth0
done
H() { # host word...: runs bullyctl on a host
	local host=$1
	shift
	bullyctl -n "h$host" "$@"
}
host_says() { # host path: prints it from the host's group db
	H "$1" -j show db | of_first "$2"
}
on_all() { # command...: runs it with the number of each host before its words
	local i
	for i in 1 2 3; do
		"$1" "$i" "${@:2}" || return 1
	done
}
node_of() { echo "$(host_says "$1" .id) $(host_says "$1" .options.local)"; }
sessions() { on_all host_says .session | xargs; }
three_hosts() { # the file, with lines for the group
	printf '[group db]\nheartbeat = 300ms\nmisses = 5\n'
	[ $# -eq 0 ] || printf '%s\n' "$@"
	printf '[node 1]\naddr = 10.8.0.1\nrole = observer\n[node 2]\naddr = 10.8.0.2\n[node 3]\naddr = 10.8.0.3\n'
	printf '[group other]\n[node 1]\naddr = 10.8.0.9\n[node 5]\naddr = 10.8.0.2:7500\n'
}
three_hosts > "$work/f"
refuses 5 "this host is none of the nodes" bullyctl setconf "$work/f"
works "--check --id all accepts the file on a host that is no node" bullyctl setconf --check --id all "$work/f"
works "setconf accepts the same file on three hosts" on_all H setconf "$work/f"
equal "each host is the node with its address" "$(on_all node_of | xargs)" \
	"1 10.8.0.1:28559 2 10.8.0.2:28559 3 10.8.0.3:28559"
equal "only the host that is a node of the other group has it" "$(on_all H -j show other 2> /dev/null | wc -l) $(H 2 show other | head -c 11)" "0 other: id 5"
works "all hosts follow one leader" on_all H wait db 3 timeout "${limit}s"
equal "the role of a node is known to all" "$(for i in 2 3; do host_says $i '.peers[0].role'; done | xargs) $(host_says 1 .options.role)" 'observer observer "observer"'
for i in 1 2 3; do
	H $i showconf db --shared > "$work/host$i"
done
equal "showconf --shared prints the same text on all hosts" "$(md5sum "$work"/host? | cut -d ' ' -f 1 | sort -u | wc -l)" 1
before=$(sessions)
works "setconf accepts the output of showconf --shared on all hosts" on_all H setconf "$work/host1"
equal "setconf of the output of showconf --shared replaces no group" "$(sessions)" "$before"
on_all H showconf db > "$work/former"
works "syncconf accepts the output of showconf --shared on all hosts" on_all H syncconf "$work/host2"
equal "syncconf of the output of showconf --shared changes nothing" "$(on_all H showconf db)" "$(cat "$work/former")"
three_hosts "preempt = off" > "$work/f"
works "syncconf accepts a changed file on all hosts" on_all H syncconf "$work/f"
equal "syncconf applies a changed file on all hosts" "$(on_all host_says .options.preempt | xargs)" "false false false"
equal "syncconf of a changed file replaces no group" "$(sessions)" "$before"
# an option of one node; a host that lost its address is refused, and its group stays
three_hosts > "$work/f"
sed -i 's/^addr = 10.8.0.2$/&\npreempt-delay = 7s/' "$work/f"
works "syncconf accepts an option of one node" on_all H syncconf "$work/f"
equal "an option in a node's section is set on that node only" "$(on_all host_says .options.preempt_delay_ns | xargs)" "0 7000000000 0"
H 1 showconf db > "$work/former"
ip -n h1 addr add 10.8.0.2/32 dev lo
refuses 1 "group 'db': this host is node 1 and node 2; write --id N to choose: the name of this host is" H 1 setconf "$work/f"
ip -n h1 addr del 10.8.0.2/32 dev lo
ip -n h1 addr del 10.8.0.1/24 dev eth0
refuses 5 "group 'db' has 1 (10.8.0.1:28559), 2 (10.8.0.2:28559), 3 (" H 1 syncconf "$work/f"
equal "a file without a node for this host changes nothing" "$(H 1 showconf db)" "$(cat "$work/former")"
works "--id names the node while its address is missing" H 1 syncconf --id 1 "$work/f"
for i in 1 2 3; do
	H $i group del db
done
H 1 group del other # --id chose its node, too
H 2 group del other
printf '[group db]\nid = 1\n' | H 1 setconf -
refuses 2 "--shared needs this node's own address" H 1 showconf db --shared
H 1 group del db
for i in 1 2 3; do
	ip netns del h$i
done
ip link del sh0
