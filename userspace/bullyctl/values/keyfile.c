// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads key files: comments, and a line "ID KEY [active]" for each key. Error messages never quote
 * such a line, and buffers are wiped.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "values/keyfile.h"

#define FILE_MAX 16384
#define SPACE " \t\r\v\f"

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct key {
	uint32_t id;
	bool active;
	size_t len;
	uint8_t data[BULLY_KEY_MAX];
};

struct keyfile {
	char text[FILE_MAX + 1];
	struct key keys[BULLY_KEYS_MAX];
	size_t len;
	size_t active;
	bool lone; /* the file has a key without an id */
};

void key_format(const uint8_t *data, size_t len, char *buf)
{
	size_t i;

	for (i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)data[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)data[i + 1] << 8;
		if (i + 2 < len)
			v |= data[i + 2];
		*buf++ = digits64[v >> 18];
		*buf++ = digits64[v >> 12 & 63];
		*buf++ = i + 1 < len ? digits64[v >> 6 & 63] : '=';
		*buf++ = i + 2 < len ? digits64[v & 63] : '=';
	}
	*buf = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * parse_hex() and parse_base64() return the number of bytes that @s encodes, or 0 if it is invalid.
 * They write at most @max bytes.
 */
static size_t parse_hex(const char *s, uint8_t *data, size_t max)
{
	size_t len = strlen(s), i;

	if (len % 2)
		return 0;
	for (i = 0; i < len / 2; i++) {
		int high = hex_digit(s[2 * i]), low = hex_digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return 0;
		if (i < max)
			data[i] = (uint8_t)(high << 4 | low);
	}
	return len / 2;
}

/* RFC 4648: padding is required, and unused bits must be 0. */
static size_t parse_base64(const char *s, uint8_t *data, size_t max)
{
	size_t len = strlen(s), pad = 0, n = 0, i;
	uint32_t v = 0;

	while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
		pad++;
	if (!len || len % 4)
		return 0;
	for (i = 0; i < len; i++) {
		const char *at = i < len - pad ? strchr(digits64, s[i]) : digits64;

		if (!at)
			return 0;
		v = v << 6 | (uint32_t)(at - digits64);
		if (i % 4 < 3)
			continue;
		if (n < max)
			data[n] = (uint8_t)(v >> 16);
		if (n + 1 < max)
			data[n + 1] = (uint8_t)(v >> 8);
		if (n + 2 < max)
			data[n + 2] = (uint8_t)v;
		n += 3;
	}
	if (pad && v & (pad == 1 ? 0xff : 0xffff))
		return 0;
	explicit_bzero(&v, sizeof(v));
	return n - pad;
}

/* Text of hexadecimal digits alone is hexadecimal. Returns NULL, or what is wrong. */
static const char *parse_key(const char *s, struct key *key)
{
	size_t n = parse_hex(s, key->data, sizeof(key->data));

	if (!n && strspn(s, "0123456789abcdefABCDEF") != strlen(s))
		n = parse_base64(s, key->data, sizeof(key->data));
	if (!n)
		return "the key is neither hexadecimal nor base64";
	if (n < BULLY_KEY_MIN)
		return "the key is shorter than 32 bytes";
	if (n > BULLY_KEY_MAX)
		return "the key is longer than 64 bytes";
	key->len = n;
	return NULL;
}

/* Parses one line. Returns NULL, or what is wrong. */
static const char *parse_line(struct keyfile *f, char *line)
{
	char *word[4] = {NULL}, *rest, err[SENTENCE_LEN];
	const char *wrong;
	struct key *key;
	size_t n, i;

	word[0] = strtok_r(line, SPACE, &rest);
	for (n = 1; n < 4 && word[n - 1]; n++)
		word[n] = strtok_r(NULL, SPACE, &rest);
	for (n = 0; n < 4 && word[n] && word[n][0] != '#'; n++)
		;
	if (!n)
		return NULL;
	if (n > 3 || (n == 3 && strcmp(word[2], "active")))
		return "after 'ID KEY' there can only be 'active'";
	if (f->len == BULLY_KEYS_MAX)
		return "there are more than 8 keys";
	if (f->lone || (n == 1 && f->len))
		return "with several keys, each line must begin with an id";
	key = &f->keys[f->len];
	key->id = 1;
	f->lone = n == 1;
	if (n > 1 && parse_u32("id", word[0], 1, UINT32_MAX, &key->id, err)) {
		explicit_bzero(err, sizeof(err)); /* err quotes the word, which may be the key */
		return "the line does not begin with an id from 1 to 4294967295";
	}
	for (i = 0; i < f->len; i++)
		if (f->keys[i].id == key->id)
			return "another line has the same id";
	wrong = parse_key(word[n == 1 ? 0 : 1], key);
	if (wrong)
		return wrong;
	key->active = n == 3;
	if (key->active && f->active++)
		return "a second key is active";
	f->len++;
	return NULL;
}

static const char *parse_text(struct keyfile *f, int *line)
{
	const char *wrong = NULL;
	char *s = f->text, *end;

	for (*line = 1; s && !wrong; s = end, ++*line) {
		end = strchr(s, '\n');
		if (end)
			*end++ = '\0';
		wrong = parse_line(f, s);
		if (wrong)
			return wrong;
	}
	*line = 0;
	if (!f->len)
		return "the file has no key; 'bullyctl genkey' makes one";
	if (f->len > 1 && !f->active)
		return "no key is active; write 'active' after one of them";
	f->keys[0].active |= f->len == 1;
	return NULL;
}

/* Reads the whole file into @f. Returns NULL, or what is wrong. */
static const char *slurp(int fd, struct keyfile *f)
{
	size_t len = 0;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return strerror(errno);
	if (S_ISREG(st.st_mode) && st.st_mode & (S_IRWXO | S_IWGRP))
		return "other users may read or change the file; run chmod 600 on it, and make a "
		       "new key";
	do {
		n = read(fd, f->text + len, FILE_MAX + 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		return strerror(errno);
	if (len > FILE_MAX)
		return "it is larger than 16 KiB";
	f->text[len] = '\0';
	return strlen(f->text) == len ? NULL : "it contains a NUL byte";
}

/* Copies the keys to @g. Returns NULL, or what is wrong. */
static const char *hand_over(const struct keyfile *f, struct bully_group *g)
{
	size_t i;

	for (i = 0; i < f->len; i++)
		if (bully_group_add_key(g, f->keys[i].id, f->keys[i].active, f->keys[i].data,
					f->keys[i].len))
			return "out of memory";
	return NULL;
}

int keyfile_read(const char *what, const char *file, struct bully_group *g, char *err)
{
	const char *name = strcmp(file, "-") ? file : "standard input", *wrong;
	struct keyfile *f = calloc(1, sizeof(*f));
	int fd, line = 0;

	if (!f) {
		snprintf(err, SENTENCE_LEN, "%s: out of memory", what);
		return -1;
	}
	fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY) : STDIN_FILENO;
	wrong = fd < 0 ? strerror(errno) : slurp(fd, f);
	if (fd > STDIN_FILENO)
		close(fd);
	if (!wrong)
		wrong = parse_text(f, &line);
	if (!wrong)
		wrong = hand_over(f, g);
	if (wrong && line)
		snprintf(err, SENTENCE_LEN, "%s: %.256s:%d: %s", what, name, line, wrong);
	else if (wrong)
		snprintf(err, SENTENCE_LEN, "%s: %.256s: %s", what, name, wrong);
	explicit_bzero(f, sizeof(*f));
	free(f);
	return wrong ? -1 : 0;
}
