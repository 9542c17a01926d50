# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034 # variables of the script that sources this file
# A section of quorum.sh: how the kernel shows a hold-down, and when the hold-down ends (P5 to P8).

restart() { # I GROUP "IDS" WORDS...
	local i=$1 group=$2
	bc "$i" group del "$group" && leads "$group" 2 "1 2" || return 1
	shift 2
	start "$group" "$i" "$@"
}
held() { # GROUP SECONDS: succeeds if all nodes show the rest of node 3's hold-down
	is 3 "$1" ".holddown_remaining_ns | . > 0 and . <= ${2}e9" true &&
		is 1 "$1" '.peers[] | select(.id == 3) | .holddown_remaining_ns > 0' true &&
		is 2 "$1" '.peers[] | select(.id == 3) | .holddown_remaining_ns > 0' true
}
holddown() { # GROUP OPTION VALUE...
	local h=$1 i from to
	shift
	check "hold-down: the group starts without a free restart" start_all "$h" "1 2 3" "$@" holddown-free 0 holddown-delay 4s holddown-max 10m
	check "hold-down: the highest node leads" leads "$h" 3 "1 2 3"
	check "hold-down: a first start causes no hold-down" is 1 "$h" '.peers[] | select(.id == 3) | .holddown_remaining_ns' null
	check "hold-down: the highest node restarts" restart 3 "$h" "1 2 3" "$@" holddown-free 0 holddown-max 10m
	check "hold-down: the highest node leads again" leads_heard "$h" 3 "1 2 3"
	from=$(when 3 "$h" '.event == "group-new"') to=$(when 3 "$h" '.state == "leader"')
	echo "# hold-down: the highest node led after $(((to - from) / 1000000)) ms"
	check "hold-down: the highest node led only after its hold-down" test $((to - from)) -ge 4000000000
	# so long that the test sees it on the slowest machine
	for i in 1 2; do bc "$i" group set "$h" holddown-delay 5m; done
	check "hold-down: the highest node restarts once more" restart 3 "$h" "1 2 3" "$@" holddown-max 10m
	check "hold-down: the highest node follows while it is held down" wait_for follows 3 "$h" 2
	check "hold-down: show has the rest of the hold-down on all nodes" wait_for held "$h" 600
	check "hold-down: show has the hold-down in words" held_in_words "$h"
	check "hold-down: the leader is not disturbed" unmoved "$h" 2 "1 2 3"
	check "hold-down: the hold-down is switched off" bc 3 group set "$h" holddown off
	check "hold-down: the highest node leads at once" leads "$h" 3 "1 2 3"
	check "hold-down: show has no hold-down any more" is 3 "$h" .holddown_remaining_ns null
}
held_in_words() { bc 3 show "$1" | grep -q 'held down' || { why=$(bc 3 show "$1"); return 1; }; }
held_down() {
	without_g
	holddown h "${quorum[@]}"
	ends h "1 2 3"
}
