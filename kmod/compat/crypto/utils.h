/* SPDX-License-Identifier: GPL-2.0 */
/* crypto/utils.h for older kernels - crypto_memneq() is in crypto/algapi.h until 6.6 */
#ifndef BULLY_COMPAT_CRYPTO_UTILS_H
#define BULLY_COMPAT_CRYPTO_UTILS_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#include <crypto/algapi.h>
#else
#include_next <crypto/utils.h>
#endif

#endif /* BULLY_COMPAT_CRYPTO_UTILS_H */
