/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells by a clock source's name if reading the clock is cheap; bullyctl doctor uses it, too. */
#ifndef LIBBULLY_CLOCKSOURCE_H
#define LIBBULLY_CLOCKSOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define BULLY_CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

static inline bool bully_clocksource_in(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(name, *names))
			return true;
	return false;
}

/* Returns true if the vDSO reads this clock without a system call. libbully(3) has the list. */
static inline bool bully_clocksource_is_cheap(const char *name)
{
	static const char *const cheap[] = {
		"tsc", /* x86 */
		"hyperv_clocksource_tsc_page", /* x86 on Hyper-V */
		"arch_sys_counter", /* arm, arm64 */
		"timebase", /* powerpc */
		"tod", /* s390 */
		"riscv_clocksource", /* riscv */
		NULL,
	};

	return bully_clocksource_in(cheap, name);
}

/* Returns true if the vDSO reads this clock on some hosts only; a guest cannot tell. */
static inline bool bully_clocksource_is_unclear(const char *name)
{
	static const char *const unclear[] = {"kvm-clock", "xen", NULL};

	return bully_clocksource_in(unclear, name);
}

#endif /* LIBBULLY_CLOCKSOURCE_H */
