# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Makes a Debian system in a folder, to test packages in; sourced, not run, after common.sh and
# apt.sh. This machine's apt downloads the packages, so the system needs no network.

# debian_lists: sets APT_OPTS so that apt sees this machine's archives of Debian 12,
# and the backports
debian_lists() {
	local dir=$CACHE/apt/packages
	APT_OPTS=(-o "Dir::Etc::SourceList=$dir/sources.list" -o "Dir::Etc::SourceParts=$dir/parts"
		-o "Dir::State::Lists=$dir/lists" -o "Dir::Cache=$dir" -o "Dir::Etc::Preferences=/dev/null"
		-o "Dir::Etc::PreferencesParts=$dir/parts" -o "APT::Sandbox::User=root"
		-o "APT::Install-Recommends=false" -o "Debug::NoLocking=1")
	! apt_fresh "$dir" || return 0
	say "reading the package lists"
	mkdir -p "$dir/lists/partial" "$dir/archives/partial" "$dir/parts"
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(CREATED_BY) $(CODENAME) $(REPO_URI)' |
		sed -n 's/^Packages \(bookworm[a-z-]*\) \(.*\)/deb \2 \1 main/p' | sort -u > "$dir/sources.list"
	grep -q ' bookworm-backports ' "$dir/sources.list" ||
		echo "deb $(debian_uri) bookworm-backports main" >> "$dir/sources.list"
	apt_update "$dir" || die "cannot read the package lists"
}

# in_root ROOT CMD...: runs CMD in ROOT, as root; its mounts end with it
in_root() {
	# shellcheck disable=SC2016
	as_root unshare -m sh -c 'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
		exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
			DEBIAN_FRONTEND=noninteractive INITRD=No chroot "$@"' sh "$@"
}

# debian_fetch ROOT FOLDER PACKAGE...: downloads into ROOT/FOLDER the packages, and all that they
# need and ROOT does not have
debian_fetch() {
	local root=$1 folder=$1/$2
	shift 2
	mkdir -p "$folder/partial"
	say "downloading $*"
	patiently apt-get -q "${APT_OPTS[@]}" -o "Dir::State::status=$root/var/lib/dpkg/status" \
		-o "Dir::Cache::archives=$folder/" -y -d install "$@" || return 1
	rm -rf "$folder/partial" "$folder/lock"
}

# debian_install ROOT FOLDER: installs the packages in ROOT/FOLDER, and no others
debian_install() {
	in_root "$1" sh -c "exec apt-get -qy --no-install-recommends install /$2/*.deb"
}

# debian_root ROOT [SUITE]: makes a small system, Debian 12 or SUITE, in which no service starts
debian_root() {
	as_root unshare -m debootstrap --variant=minbase "${2:-bookworm}" "$1" "$(debian_uri)" || return 1
	printf '#!/bin/sh\nexit 101\n' > "$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
	rm -f "$1"/var/cache/apt/archives/*.deb
}
