# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # variables of who sources it
# Part of run: what bash offers, and that names of groups and files run nothing.

complete_words() { # words before the cursor...: what is offered
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
	equal "completion: sub-commands" "$(complete_words group '')" "add del set"
	equal "completion: options" "$(complete_words group add g id 1 preempt on pr)" "preempt-delay"
	equal "completion: all options of group set" "$(complete_words group set g '')" \
		"$("$ctl" help --words | sed -n 's/^word group set \([^ ]*\) .*/\1/p' | sort | tr '\n' ' ' | sed 's/ $//')"
	equal "completion: values" "$(complete_words group add g role '')" "candidate observer witness"
	equal "completion: candidate" "$(complete_words group set g candidate '')" "off on owner"
	equal "completion: quorum" "$(complete_words group set g quorum '')" "majority off"
	equal "completion: lease, which may be any duration" "$(complete_words group set g lease '')" "default"
	equal "completion: voters" "$(complete_words group set g voters '')" ""
	equal "completion: hold-down" "$(complete_words group set g holddown on hold)" \
		"holddown-delay holddown-free holddown-half-life holddown-max"
	equal "completion: peer del takes an id only" "$(complete_words peer del g '')" "id"
	equal "completion: wait" "$(complete_words wait g '')" "follower leader"
	equal "completion: after options" "$(complete_words -j group '')" "add del set"
	equal "completion: after an address with colons" \
		"$(complete_words group add g id 1 local '[::1]:7400' role w)" "witness"
	equal "completion: run" "$(complete_words run g --deadline off --re)" "--restart"
	equal "completion: what run takes" "$(complete_words run g '')" "-- --deadline --kill-after --once --restart --timeout"
	equal "completion: a duration of run" "$(complete_words run g --timeout '')" ""
	equal "completion: a command for run" "$(complete_words run g --once -- pri)" "$(compgen -c -- pri | sort -u | tr '\n' ' ' | sed 's/ $//')"
	equal "completion: of words that are none" "$(complete_words 'foo/b.*' '')" ""
	equal "completion: options by their dash" "$(complete_words setconf --c)" "--check"
	equal "completion: options of each command" "$(complete_words monitor --ex)" "--exec --exec-timeout"
	equal "completion: no other command's" "$(complete_words show --)" "--help --json --netns --pretty --timestamp --version"
	equal "completion: after an option with a value" "$(complete_words top --interval 1s --on)" "--once"
	equal "completion: a value that may be anything" "$(complete_words top --interval '')" ""
	equal "completion: a program" "$(complete_words monitor --exec mkfif)" "mkfifo"
	equal "completion: not within the program's words" "$(complete_words monitor --exec sh --ex)" ""
}
completion

# Names of groups, files, namespaces and interfaces are other people's text.
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
			# what is offered is one word, and not run by the shell that takes it
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
equal "completion runs nothing that stands in a name" "$(evil_completion 2>&1)" ""
