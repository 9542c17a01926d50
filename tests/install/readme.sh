#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the README's steps of installation: types them exactly, in a guest without the module.
# tests/install/run runs this. The argument is the tree in which the steps are typed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
# shellcheck source=tests/cli/lib.sh
. "$here/../cli/lib.sh"

# The indented lines after "Use it", with continued lines joined.
sed -n '/^Use it,/,/^and then/s/^    //p' "$top/README" | sed -e :a -e '/\\$/N; s/\\\n//; ta' > "$work/steps"
apt=$(sed -n 's/^apt install //p' "$work/steps")
grep -v '^apt ' "$work/steps" > "$work/typed"
equal "the README has the steps" "$(grep -c . "$work/typed")" 4

# The guest has the packages of the machine that runs it, and the headers of its own kernel.
for package in $(eval "echo $apt"); do
	case $package in
	linux-headers-"$(uname -r)") ln -sfn "$BULLY_KDIR" "/lib/modules/$(uname -r)/build" ;;
	*) works "package $package is in Debian and installed here" sh -c "dpkg -s $package > /dev/null" ;;
	esac
done

cd "$1"
installed() {
	find /usr/local "/lib/modules/$(uname -r)/" -path '*/modules.*' -prune -o ! -type d -print | sort
}
installed > "$work/before"
ip link add lan0 type dummy
ip addr add 10.0.0.3/24 dev lan0
ip link set lan0 up

while read -r line; do
	begin=$SECONDS
	bash -ec "$line" > "$work/out" 2>&1 && pass "$line" || miss "$line" "$(tail -20 "$work/out")"
	echo "# $((SECONDS - begin)) s"
done < "$work/typed"
works "the host leads while no other node is up" bullyctl wait db leader timeout 60s
equal "show has the node as the leader" "$(bullyctl show | sed -n '1s/  since.*//p')" "db: id 3  leader  leader 3"
installed > "$work/after"
equal "the steps have installed exactly the expected files" "$(comm -13 "$work/before" "$work/after" | sed "s,$(uname -r),RELEASE,; s,^/,," | LC_ALL=C sort)" \
	"$(sed 1,2d "$here/files" | LC_ALL=C sort)"
works "man finds bully" man -w bully
works "man finds bullyctl" man -w bullyctl
works "man finds libbully" man -w libbully
works "the completion loads" bash -c '. /usr/local/share/bash-completion/completions/bullyctl && complete -p bullyctl > /dev/null'

rmmod bully
cd /
finish
