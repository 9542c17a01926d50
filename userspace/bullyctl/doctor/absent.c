// SPDX-License-Identifier: GPL-2.0-only
/* Finds out from modinfo, DKMS and mokutil why the module is not loaded. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor/doctor.h"
#include "host/module.h"

#define ABSENT "the kernel module bully is not loaded"

/* Reports that no module is installed for the running kernel, and why. */
static void no_file(struct doctor *d, const char *release)
{
	char built[4096], headers[sizeof("/lib/modules//build") + 65], help[400];
	bool dkms = module_ask("dkms", (char *[]){"status", "bully", NULL}, built, sizeof(built)) ==
			    0 &&
		    strstr(built, "bully");

	snprintf(headers, sizeof(headers), "/lib/modules/%.64s/build", release);
	if (!dkms) {
		snprintf(help, sizeof(help),
			 "install the package bully-dkms, or in the source tree: make install");
		doctor_find(d, FINDING_FAIL, help, ABSENT ": none is installed for this kernel, %s",
			    release);
	} else if (access(headers, F_OK)) {
		snprintf(help, sizeof(help),
			 "apt install linux-headers-%.64s; dkms autoinstall -k %.64s; modprobe "
			 "bully",
			 release, release);
		doctor_find(d, FINDING_FAIL, help,
			    ABSENT
			    ": DKMS cannot build it, because the headers of this kernel, %s, are "
			    "not installed",
			    release);
	} else {
		snprintf(help, sizeof(help),
			 "dkms autoinstall -k %.64s; if that fails, read "
			 "/var/lib/dkms/bully/*/build/make.log",
			 release);
		doctor_find(d, FINDING_FAIL, help,
			    ABSENT ": DKMS has not built it for this kernel, %s", release);
	}
}

/* Returns true, and reports it, if Secure Boot refuses the module. */
static bool refused(struct doctor *d)
{
	char *key[] = {"--test-key", "/var/lib/dkms/mok.pub", NULL};
	char said[512], signer[128];

	if (module_ask("mokutil", (char *[]){"--sb-state", NULL}, said, sizeof(said)) < 0 ||
	    !strstr(said, "SecureBoot enabled"))
		return false;
	if (module_ask("modinfo", (char *[]){"-F", "signer", "bully", NULL}, signer,
		       sizeof(signer)) == 0 &&
	    !signer[0]) {
		doctor_find(d, FINDING_FAIL,
			    "let DKMS sign it (package bully-dkms), or sign it with a key that the "
			    "firmware knows",
			    ABSENT ": Secure Boot is on, and the module has no signature");
		return true;
	}
	if (module_ask("mokutil", key, said, sizeof(said)) < 0 || !strstr(said, "not enrolled"))
		return false;
	doctor_find(d, FINDING_FAIL,
		    "mokutil --import /var/lib/dkms/mok.pub; reboot, and choose 'Enroll MOK'",
		    ABSENT
		    ": Secure Boot is on, and the key that signed the module is not enrolled");
	return true;
}

void doctor_absent(struct doctor *d)
{
	struct utsname host;
	char file[256];

	if (module_is_for_host()) {
		doctor_find(d, FINDING_FAIL, "modprobe bully, on the host of this container",
			    ABSENT);
		return;
	}
	/* if modinfo cannot run (-1), nothing is known about the file */
	if (!uname(&host) && module_ask("modinfo", (char *[]){"-F", "filename", "bully", NULL},
					file, sizeof(file)) > 0)
		no_file(d, host.release);
	else if (!refused(d))
		doctor_find(d, FINDING_FAIL,
			    "modprobe bully; if that fails, 'dmesg | tail' says why", ABSENT);
}
