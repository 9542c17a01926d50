/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of keepalived, and what to write for them here. */
#ifndef BULLYCTL_KEEPALIVED_H
#define BULLYCTL_KEEPALIVED_H

enum keepalived_place {
	KEEPALIVED_FILE,
	KEEPALIVED_OPTION,
	KEEPALIVED_STATE,
};

/*
 * Writes to @buf (HINT_LEN) the text that follows "'WORD' is not known", for the keepalived word at
 * the beginning of @text. Returns @buf, or @otherwise if the word is none of keepalived.
 */
const char *keepalived_hint(const char *text, enum keepalived_place place, const char *otherwise,
			    char *buf);

#endif /* BULLYCTL_KEEPALIVED_H */
