// SPDX-License-Identifier: GPL-2.0-only
/*
 * message.c - holds a pointer to the family, for the files that build messages
 *
 * The table of the family (family.c) names the handlers, and a handler needs the family to
 * begin a message. With the pointer here, no handler depends on family.c.
 */
#include <net/genetlink.h>

#include "netlink/message.h"

static struct genl_family *bully_message_of;

/* Set the family, before the caller registers it. */
void bully_message_use(struct genl_family *family)
{
	bully_message_of = family;
}

struct genl_family *bully_message_family(void)
{
	return bully_message_of;
}
