/* SPDX-License-Identifier: GPL-2.0-only */
/* crypto/utils.h for older kernels - crypto_memneq() is in crypto/algapi.h until 6.6 */
#ifndef BULLY_COMPAT_CRYPTO_UTILS_H
#define BULLY_COMPAT_CRYPTO_UTILS_H

#ifdef BULLY_HAS_CRYPTO_UTILS
#include_next <crypto/utils.h>
#else
#include <crypto/algapi.h>
#endif

#endif /* BULLY_COMPAT_CRYPTO_UTILS_H */
