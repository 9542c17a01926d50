/* SPDX-License-Identifier: GPL-2.0-only */
/* shim.h - the only file of the core that knows whether this is the kernel */
#ifndef BULLY_CORE_SHIM_H
#define BULLY_CORE_SHIM_H

#ifdef __KERNEL__

#include <linux/math64.h>
#include <linux/string.h>
#include <linux/types.h>

static inline u64 bully_div(u64 dividend, u32 divisor)
{
	return div_u64(dividend, divisor);
}

#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static inline u64 bully_div(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

#endif

#endif /* BULLY_CORE_SHIM_H */
