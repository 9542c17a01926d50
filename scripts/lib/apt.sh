# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Debian packages without installing them; sourced, not run. Addresses come
# from the machine's own apt configuration, which is read and never changed.

# debian_uri: the archive that this machine installs from
debian_uri() {
	local uri
	# shellcheck disable=SC2016
	uri=$(apt-get indextargets --format '$(CREATED_BY) $(CODENAME) $(REPO_URI)' |
		sed -n 's/^Packages bookworm //p' | head -n 1)
	[ -n "$uri" ] || die "no Debian 12 archive in this machine's apt sources (or 'apt-get update' was never run)"
	echo "$uri"
}

# apt_suite SUITE: sets APT_OPTS so that apt sees only SUITE; "" means the
# machine's own sources
apt_suite() {
	local dir=$CACHE/apt/$1
	APT_OPTS=()
	[ -n "$1" ] || return 0
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/parts"
	APT_OPTS=(-o "Dir::Etc::SourceList=$dir/sources.list" -o "Dir::Etc::SourceParts=$dir/parts"
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir" -o "Dir::Etc::Preferences=/dev/null"
		-o "Dir::Etc::PreferencesParts=$dir/parts" -o "APT::Sandbox::User=root"
		-o "Debug::NoLocking=1")
	if [ ! -s "$dir/sources.list" ] || [ -z "$(find "$dir/stamp" -mmin -1440 2> /dev/null)" ]; then
		local uri=${2:-$(debian_uri)}
		say "reading the package list of $1"
		echo "deb $uri $1 main" > "$dir/sources.list"
		run_logged "$dir/log" apt-get "${APT_OPTS[@]}" update ||
			die "cannot read the package list of $1"
		touch "$dir/stamp"
	fi
}

# apt_depends PACKAGE: the real kernel or headers package behind a meta package
apt_depends() {
	apt-cache "${APT_OPTS[@]}" depends "$1" 2> /dev/null |
		sed -n 's/^ *Depends: \(linux-\(image\|headers\)-[^<]*\)$/\1/p' | head -n 1
}

# apt_version PACKAGE: the version that would be installed
apt_version() {
	apt-cache "${APT_OPTS[@]}" policy "$1" 2> /dev/null | sed -n 's/^ *Candidate: //p' | head -n 1
}

# apt_unpack ROOT PACKAGE...: downloads, and unpacks under ROOT
apt_unpack() {
	local root=$1 tmp
	shift
	tmp=$(mktemp -d "$root.deb.XXXXXX")
	say "downloading $*"
	if ! (cd "$tmp" && run_logged "$tmp/log" apt-get "${APT_OPTS[@]}" -o APT::Sandbox::User=root download "$@"); then
		rm -rf "$tmp"
		return 1
	fi
	for deb in "$tmp"/*.deb; do
		dpkg -x "$deb" "$root" || return 1
	done
	rm -rf "$tmp"
}
