/* SPDX-License-Identifier: GPL-2.0-only */
/* net/genetlink.h for older kernels - genl_info_dump() is there since 6.7 */
#ifndef BULLY_COMPAT_NET_GENETLINK_H
#define BULLY_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

#ifndef BULLY_HAS_GENL_INFO_DUMP

/* what it gives has the attributes, and not much more */
static inline const struct genl_dumpit_info *genl_info_dump(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb);
}

#endif

#endif /* BULLY_COMPAT_NET_GENETLINK_H */
