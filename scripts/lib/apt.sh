# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Downloads and unpacks Debian packages without installing them; sourced, not run. Addresses
# come from the machine's own apt configuration, which is only read.

# debian_uri: prints the address of the archive from which this machine installs
debian_uri() {
	local uri
	# shellcheck disable=SC2016
	uri=$(apt-get indextargets --format '$(CREATED_BY) $(CODENAME) $(REPO_URI)' |
		sed -n 's/^Packages bookworm //p' | head -n 1)
	[ -n "$uri" ] || die "no Debian 12 archive in this machine's apt sources (or 'apt-get update' was never run)"
	echo "$uri"
}

# apt_update FOLDER: downloads the lists that APT_OPTS name. Without --error-on=any apt only warns
# of a list that it did not get, and the list would be missing as long as the stamp is valid.
# If a list is not available at all, the others are used this time.
apt_update() {
	if patiently run_logged "$1/log" apt-get "${APT_OPTS[@]}" update --error-on=any; then
		touch "$1/stamp"
	else
		run_logged "$1/log" apt-get "${APT_OPTS[@]}" update
	fi
}

# apt_fresh FOLDER: succeeds if the lists were downloaded today
apt_fresh() {
	[ -s "$1/sources.list" ] && [ -n "$(find "$1/stamp" -mmin -1440 2> /dev/null)" ]
}

# apt_suite SUITE: sets APT_OPTS so that apt sees only SUITE; with "" it sees the machine's own
# sources
apt_suite() {
	local dir=$CACHE/apt/$1
	APT_OPTS=()
	[ -n "$1" ] || return 0
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/parts"
	APT_OPTS=(-o "Dir::Etc::SourceList=$dir/sources.list" -o "Dir::Etc::SourceParts=$dir/parts"
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir" -o "Dir::Etc::Preferences=/dev/null"
		-o "Dir::Etc::PreferencesParts=$dir/parts" -o "APT::Sandbox::User=root"
		-o "Debug::NoLocking=1")
	! apt_fresh "$dir" || return 0
	# apt does not lock here; the caller uses descriptor 9
	(
		flock 8
		! apt_fresh "$dir" || exit 0
		say "reading the package list of $1"
		echo "deb ${2:-$(debian_uri)} $1 main" > "$dir/sources.list"
		apt_update "$dir" || die "cannot read the package list of $1"
	) 8> "$dir/lock" || exit 1
}

# apt_depends PACKAGE: prints the real kernel or headers package of a meta package
apt_depends() {
	apt-cache "${APT_OPTS[@]}" depends "$1" 2> /dev/null |
		sed -n 's/^ *Depends: \(linux-\(image\|headers\)-[^<]*\)$/\1/p' | head -n 1
}

# apt_version PACKAGE: prints the version that apt would install
apt_version() {
	apt-cache "${APT_OPTS[@]}" policy "$1" 2> /dev/null | sed -n 's/^ *Candidate: //p' | head -n 1
}

# apt_unpack ROOT PACKAGE...: downloads, and unpacks under ROOT
apt_unpack() {
	local root=$1 tmp
	shift
	tmp=$(mktemp -d "$root.deb.XXXXXX")
	say "downloading $*"
	if ! (cd "$tmp" && patiently run_logged "$tmp/log" apt-get "${APT_OPTS[@]}" -o APT::Sandbox::User=root download "$@"); then
		rm -rf "$tmp"
		return 1
	fi
	for deb in "$tmp"/*.deb; do
		dpkg -x "$deb" "$root" || return 1
	done
	rm -rf "$tmp"
}
