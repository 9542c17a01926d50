// SPDX-License-Identifier: GPL-2.0-only
/* Suggests what to write for a word of keepalived. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/ctl.h"
#include "base/keepalived.h"
#include "base/suggest.h"

/**
 * struct keepalived - a word of keepalived
 * @word: the word; a '*' at the end stands for any letters
 * @key: the key here, or NULL
 * @value: its value
 * @file: what to write in a file; if there is neither this nor @key, the documentation says it
 * @option: what to write on the command line
 */
static const struct keepalived {
	const char *word, *key, *value;
	const char *file, *option;
} table[] = {
	{"priority", "priority", "N", NULL, NULL},
	{"advert_int", "heartbeat", "DUR", NULL, NULL},
	{"interface", "dev", "IFACE", NULL, NULL},
	{"nopreempt", "preempt", "off", NULL, NULL},
	{"unicast_src_ip", "local", "ADDR", NULL, NULL},
	{"auth_type", "key-file", "FILE", NULL, NULL},
	{"auth_pass", "key-file", "FILE", NULL, NULL},
	{"authentication", "key-file", "FILE", NULL, NULL},
	{"unicast_peer", NULL, NULL, "[node ID]", "bullyctl peer add"},
	{"vrrp_instance", NULL, NULL, "[group NAME]", "bullyctl group add"},
	{"state", NULL, NULL, NULL, NULL},
	{"virtual_ipaddress", NULL, NULL, "[vip]", "bullyctl vip"},
	{"virtual_*", NULL, NULL, NULL, NULL},
	{"track_*", NULL, NULL, NULL, NULL},
	{"notify*", NULL, NULL, NULL, NULL},
	{"vrrp_*", NULL, NULL, NULL, NULL},
	{"global_defs", NULL, NULL, NULL, NULL},
};

static const struct {
	const char *word, *state;
} states[] = {
	{"master", "leader"},
	{"backup", "follower"},
};

static const struct keepalived *find(const char *word, size_t len)
{
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		bool any;

		n = strcspn(table[i].word, "*");
		any = table[i].word[n];
		if (!strncmp(table[i].word, word, n) && (any ? len >= n : len == n))
			return &table[i];
	}
	return NULL;
}

static const char *state_hint(const char *word, const char *otherwise, char *buf)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcasecmp(states[i].word, word)) {
			snprintf(buf, HINT_LEN, "; write '%s'", states[i].state);
			return buf;
		}
	return otherwise;
}

const char *keepalived_hint(const char *text, enum keepalived_place place, const char *otherwise,
			    char *buf)
{
	bool file = place == KEEPALIVED_FILE;
	size_t len = strcspn(text, " \t={\r\n"), name;
	const struct keepalived *k;
	const char *rest;

	if (place == KEEPALIVED_STATE)
		return state_hint(text, otherwise, buf);
	k = find(text, len);
	if (!k)
		return otherwise;
	rest = text + len + strspn(text + len, " \t");
	name = strcspn(rest, " \t{\r\n");
	if (k->key)
		snprintf(buf, HINT_LEN, "; write '%s%s%s'", k->key, file ? " = " : " ", k->value);
	else if (k->file && file && name && !strcmp(k->word, "vrrp_instance"))
		snprintf(buf, HINT_LEN, "; write '[group %.*s]'", name > 64 ? 64 : (int)name, rest);
	else if (k->file)
		snprintf(buf, HINT_LEN, "; write '%s'", file ? k->file : k->option);
	else
		snprintf(buf, HINT_LEN, "; see keepalived.rst in the documentation");
	return buf;
}
