#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the installed packages in a guest with a kernel for which DKMS has built the module.
# tests/packages/run runs this. The argument is the folder of the system with the packages.
set -u
root=$1
cd "$root" || exit
for dir in proc sys dev; do mount --rbind "/$dir" "$root/$dir"; done
there() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }

check() { # name command...
	local name=$1
	shift
	if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi
}

ip link add lan0 type dummy
ip addr add 10.0.0.3/24 dev lan0
ip link set lan0 up
cp "$root/usr/share/doc/bullyctl/examples/classic.conf" "$root/etc/bully/db.conf"
check "debian/tests/election passes" there /debs/tests/election
check "modprobe loads the module that DKMS has built" there modprobe bully
check "the loaded module is the installed one" test "$(cat /sys/module/bully/srcversion)" = "$(there modinfo -F srcversion bully)"
check "setconf accepts the example" there bullyctl setconf /etc/bully/db.conf
check "the host leads while no other node is up" there bullyctl wait db leader timeout 60s
there bullyctl show
check "the group is deleted" there bullyctl group del db
check "the module is unloaded" there modprobe -r bully
rm "$root/etc/bully/db.conf"
for dir in proc sys dev; do umount -l "$root/$dir"; done
