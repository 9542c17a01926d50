// SPDX-License-Identifier: GPL-2.0
/*
 * message.c - the family as the other files see it
 *
 * The table of the family (family.c) names the handlers, and a handler needs the family to
 * begin a message. So the family is known here by a pointer, and nothing calls up.
 */
#include <net/genetlink.h>

#include "netlink/message.h"

static struct genl_family *bully_message_of;

/* Caller will register the family. */
void bully_message_use(struct genl_family *family)
{
	bully_message_of = family;
}

struct genl_family *bully_message_family(void)
{
	return bully_message_of;
}
