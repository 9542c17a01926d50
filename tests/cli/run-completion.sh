# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154 # variables of the script that sources this file
# Part of run: tests the completion of bash, and that names of groups and files execute nothing.

complete_words() { # words before the cursor...: prints the words that completion offers
	COMP_LINE="bullyctl $*"
	COMP_POINT=${#COMP_LINE}
	_bullyctl
	printf '%s\n' "${COMPREPLY[@]}" | sort | tr '\n' ' ' | sed 's/ $//'
}

completion() {
	PATH=$(dirname "$ctl"):$PATH
	# shellcheck source=userspace/completion/bullyctl
	. "$top/userspace/completion/bullyctl"
	equal "completion offers all commands" "$(complete_words '')" \
		"$("$ctl" help --words | sed -n 's/^command //p' | sort | tr '\n' ' ' | sed 's/ $//')"
	equal "completion offers the commands of group" "$(complete_words group '')" "add del set"
	equal "completion offers the options that begin with pr" "$(complete_words group add g id 1 preempt on pr)" "preempt-delay priority"
	equal "completion offers all options of group set" "$(complete_words group set g '')" \
		"$("$ctl" help --words | sed -n 's/^word group set \([^ ]*\) .*/\1/p' | sort | tr '\n' ' ' | sed 's/ $//')"
	equal "completion offers the roles" "$(complete_words group add g role '')" "candidate observer witness"
	equal "completion offers the values of candidate" "$(complete_words group set g candidate '')" "off on owner"
	equal "completion offers the values of quorum" "$(complete_words group set g quorum '')" "majority off"
	equal "completion offers the values of election" "$(complete_words group set g election '')" "bully raft"
	equal "completion offers on and off for unlisted" "$(complete_words group add g unlisted '')" "off on"
	equal "completion offers default for a lease" "$(complete_words group set g lease '')" "default"
	equal "completion offers nothing for a number of voters" "$(complete_words group set g voters '')" ""
	equal "completion offers the options of hold-down" "$(complete_words group set g holddown on hold)" \
		"holddown-delay holddown-free holddown-half-life holddown-max"
	equal "completion offers only id for peer del" "$(complete_words peer del g '')" "id"
	equal "completion offers the states for wait" "$(complete_words wait g '')" "follower leader"
	equal "completion works after an option of bullyctl" "$(complete_words -j group '')" "add del set"
	equal "completion works after an address with colons" \
		"$(complete_words group add g id 1 local '[::1]:28559' role w)" "witness"
	equal "completion offers the options of run" "$(complete_words run g --deadline off --re)" "--restart"
	equal "completion offers all options of run" "$(complete_words run g '')" "-- --deadline --kill-after --once --position-file --restart --timeout --watchdog --watchdog-timeout"
	equal "completion offers nothing for a duration of run" "$(complete_words run g --timeout '')" ""
	equal "completion offers commands for run" "$(complete_words run g --once -- pri)" "$(compgen -c -- pri | sort -u | tr '\n' ' ' | sed 's/ $//')"
	equal "completion offers nothing after an unknown word" "$(complete_words 'foo/b.*' '')" ""
	equal "completion offers the options of setconf" "$(complete_words setconf --c)" "--check"
	equal "completion offers the nodes for --id of setconf" "$(complete_words setconf --id '')" "all"
	equal "completion offers the options of showconf" "$(complete_words showconf g --sh)" "--shared"
	equal "completion offers the options of monitor" "$(complete_words monitor --ex)" "--exec --exec-timeout"
	equal "completion offers no other command's options" "$(complete_words show --)" "--help --json --netns --pretty --version"
	equal "completion offers the time stamps of monitor" "$(complete_words monitor g --t)" "--timestamp"
	equal "completion works after an option with a value" "$(complete_words top --interval 1s --on)" "--once"
	equal "completion offers nothing for a free value" "$(complete_words top --interval '')" ""
	equal "completion offers the words of vip" "$(complete_words vip g '')" "addr announce dev track"
	equal "completion offers the words of vip that are left" "$(complete_words vip g addr 10.0.0.100/24 '')" "announce dev track"
	equal "completion offers the options of vip" "$(complete_words vip g --c)" "--config"
	equal "completion offers programs for --exec" "$(complete_words monitor --exec mkfif)" "mkfifo"
	equal "completion offers nothing within the words of a program" "$(complete_words monitor --exec sh --ex)" ""
}
completion

# Names of groups, files, namespaces and interfaces may come from other users.
# shellcheck disable=SC2120
evil_completion() {
	local bin=$work/evil evil='$(touch${IFS}ran)`touch${IFS}ran`;touch${IFS}ran'
	mkdir -p "$bin"
	cat > "$bin/bullyctl" <<-END
		#!/bin/sh
		[ "\$1 \$2" = "help --words" ] && exec $ctl help --words
		printf '%s\n' '[{"name":"$evil","id":1,"peers":[{"id":22},{"id":"$evil"}]},{"name":"fine"}]'
	END
	printf '#!/bin/sh\nprintf "%%s\\n" '"'%s'"' eth0\n' "$evil" > "$bin/ls"
	chmod +x "$bin/bullyctl" "$bin/ls"
	cd "$bin" && : > "./$evil"
	PATH=$bin:$PATH
	# shellcheck source=userspace/completion/bullyctl
	. "$top/userspace/completion/bullyctl"
	for line in "show " "setconf " "syncconf " "-n " "-n x show " "wait " "group add g dev " "wait g " \
		"peer del $evil id " "monitor --exec t" "metrics --output " "doctor " "top "; do
		# shellcheck disable=SC2086
		COMP_LINE="bullyctl $line" COMP_POINT=$((9 + ${#line}))
		_bullyctl
		for word in "${COMPREPLY[@]}"; do
			# an offered name is one word, and the shell that accepts it executes nothing
			eval "set -- $word"
			[ $# -eq 1 ] || echo "'$word' is $# words"
		done
		[ ! -e ran ] || echo "completing '$line' ran it"
		rm -f ran
	done
	[ "$(complete_words show f)" = fine ] || echo "and what is fine is not offered"
	[ "$(complete_words peer del fine id '')" = 22 ] || echo "nor the ids of peers"
	[ "$(complete_words wait fine '')" = "1 22 follower leader" ] || echo "nor those of leaders"
}
equal "completion executes no part of a name" "$(evil_completion 2>&1)" ""
