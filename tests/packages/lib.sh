# SPDX-License-Identifier: GPL-2.0-only
# Functions that the tests of the Debian packages share: build, judge, check; sourced, not run,
# after tests/cli/lib.sh and the files of scripts/lib.
# shellcheck shell=bash disable=SC2034,SC2154

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
arch=$(dpkg --print-architecture)
# the packages, in the order of an ls
debs=("bully-dkms_${version}_all.deb" "bully-doc_${version}_all.deb" "bullyctl_${version}_$arch.deb"
	"libbully-dev_${version}_$arch.deb" "libbully0_${version}_$arch.deb" "python3-bully_${version}_all.deb")
changes=bully-election_${version}_$arch.changes

# does NAME CMD...: passes if CMD succeeds; shows the output of CMD if it fails
does() {
	local name=$1
	shift
	"$@" > "$work/said" 2>&1 && pass "$name" || miss "$name" "$(tail -n 30 "$work/said")"
}

# copy_tree FOLDER: copies the tree to the new FOLDER, without what git ignores
copy_tree() {
	mkdir -p "$1"
	git ls-files --cached --others --exclude-standard | tar --ignore-failed-read -cT - 2> /dev/null | tar -C "$1" -x
}

# judge NAME REPORT CMD...: passes if lintian, run by CMD, prints no tag at all, down to pedantic
# and experimental ones. Tags with an override in debian/ are only shown.
judge() {
	local name=$1 report=$2 status=0
	shift 2
	"$@" --allow-root --no-cfg --display-info --pedantic --display-experimental --show-overrides > "$report" 2>&1 || status=$?
	equal "$name: lintian finds nothing" "$status$(grep -E '^[A-MP-Z]: ' "$report" | sed 's/^/ /')" 0
	sed -n 's/^O: /# overridden: /p' "$report"
}

# options for the lintian of Debian 12, which is older than the policy that the packages follow
older_policy=(--suppress-tags newer-standards-version)
