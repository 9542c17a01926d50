// SPDX-License-Identifier: GPL-2.0-only
/*
 * jget [-c] PATH... < JSON - prints what jq prints for paths of .key, [N] and ["key"]
 *
 * jq takes a quarter of a second to start under emulation, and the guest tests run it
 * thousands of times. Strings are printed raw, or with -c as JSON. A missing value is null.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[4 << 20];

static void usage(const char *path)
{
	fprintf(stderr, "jget: %s is not a path\n", path);
	exit(2);
}

/* Takes one step of the path, and moves *@path behind it. */
static struct json_object *step(struct json_object *at, const char **path)
{
	const char *begin, *end, *p = *path;
	char key[128], *rest;

	if (p[0] == '.' && p[1] == '[')
		p++;
	if (p[0] == '[' && p[1] != '"') {
		unsigned long n = strtoul(p + 1, &rest, 10);

		if (rest == p + 1 || *rest != ']')
			usage(*path);
		*path = rest + 1;
		return json_object_is_type(at, json_type_array) ? json_object_array_get_idx(at, n)
								: NULL;
	}
	if (p[0] == '[') {
		begin = p + 2;
		end = strstr(begin, "\"]");
		p = end ? end + 2 : NULL;
	} else {
		begin = p + 1;
		end = begin + strcspn(begin, ".[");
		p = *p == '.' ? end : NULL;
	}
	if (!p || end == begin || (size_t)(end - begin) >= sizeof(key))
		usage(*path);
	memcpy(key, begin, end - begin);
	key[end - begin] = '\0';
	*path = p;
	return json_object_object_get(at, key);
}

int main(int argc, char **argv)
{
	struct json_object *root, *at;
	int first = argc > 1 && !strcmp(argv[1], "-c") ? 2 : 1;
	size_t len = fread(text, 1, sizeof(text) - 1, stdin);

	text[len] = '\0';
	root = json_tokener_parse(text);
	if (!root) {
		fprintf(stderr, "jget: no JSON: '%.100s'\n", text);
		return 1;
	}
	for (int i = first; i < argc; i++) {
		const char *path = argv[i];

		for (at = root; *path;)
			at = step(at, &path);
		if (first == 1 && json_object_is_type(at, json_type_string))
			puts(json_object_get_string(at));
		else
			puts(json_object_to_json_string_ext(
				at, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	}
	return 0;
}
