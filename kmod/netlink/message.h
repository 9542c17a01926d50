/* SPDX-License-Identifier: GPL-2.0-only */
/* message.h - owns the pointer to the family of all messages */
#ifndef BULLY_MESSAGE_H
#define BULLY_MESSAGE_H

struct genl_family;

void bully_message_use(struct genl_family *family);
struct genl_family *bully_message_family(void);

#endif /* BULLY_MESSAGE_H */
