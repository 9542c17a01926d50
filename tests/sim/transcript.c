// SPDX-License-Identifier: GPL-2.0-only
/* transcript.c - runs testdata/FILE.txt and compares the output with the expected output there */
#define _GNU_SOURCE
#include <stdlib.h>

#include "script.h"

/*
 * A file is a sequence of blocks: comment lines (#) and commands, a line "----", the
 * expected output, an empty line. With -rewrite the expected output is replaced by the
 * real output, which is then read as a diff.
 */

#define BLOCK_LINES 64

struct file {
	const char *path;
	struct world *world;
	char *result;		/* the file with the real output */
	size_t result_len;
	bool bad;
};

static void run_line(struct file *f, FILE *out, const char *line)
{
	struct script s = { .world = &f->world, .out = out };
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", line);
	copy[strcspn(copy, "#\n")] = 0;
	if (script_line(&s, copy))
		return;
	fprintf(stderr, "%s: %s in: %s", f->path, s.error, line);
	f->bad = true;
}

/* Reads the file once: keeps commands and comments, replaces outputs. */
static bool replay(struct file *f)
{
	FILE *in = fopen(f->path, "r");
	FILE *out = open_memstream(&f->result, &f->result_len);
	char *block[BLOCK_LINES], *line = NULL;
	bool skipping = false;
	size_t room = 0;
	int n = 0, i;

	if (!in || !out) {
		perror(f->path);
		exit(2);
	}
	while (getline(&line, &room, in) > 0) {
		if (skipping) {
			skipping = *line != '\n';
			if (!skipping)
				fputc('\n', out);
			continue;
		}
		fputs(line, out);
		if (strcmp(line, "----\n")) {
			if (*line != '#' && n < BLOCK_LINES)
				block[n++] = strdup(line);
			continue;
		}
		for (i = 0; i < n; i++) {
			run_line(f, out, block[i]);
			free(block[i]);
		}
		n = 0;
		skipping = true;
	}
	if (skipping)
		fputc('\n', out);
	while (n)
		free(block[--n]);
	free(line);
	fclose(in);
	fclose(out);
	if (f->world && f->world->failed) {
		fprintf(stderr, "%s: %s\n", f->path, f->world->why);
		f->bad = true;
	}
	return !f->bad;
}

static char *slurp(const char *path)
{
	FILE *in = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!in || getdelim(&text, &room, 0, in) < 0) {
		perror(path);
		exit(2);
	}
	fclose(in);
	return text;
}

/* Shows the first line in which the two differ. */
static void show_difference(const char *path, char *want, char *got)
{
	char *a = want, *b = got, *line_a = want, *line_b = got;
	int line = 1;

	while (*a && *a == *b) {
		if (*a == '\n') {
			line++;
			line_a = a + 1;
			line_b = b + 1;
		}
		a++;
		b++;
	}
	fprintf(stderr, "%s:%d:\n  expected: %.*s\n  happened: %.*s\n", path, line,
		(int)strcspn(line_a, "\n"), line_a, (int)strcspn(line_b, "\n"), line_b);
}

static bool run_file(const char *path, bool rewrite)
{
	struct file f = { .path = path };
	char *before = slurp(path);
	bool ok = replay(&f);

	if (ok && strcmp(before, f.result)) {
		if (rewrite) {
			FILE *out = fopen(path, "w");

			if (!out || fputs(f.result, out) < 0 || fclose(out)) {
				perror(path);
				exit(2);
			}
		} else {
			show_difference(path, before, f.result);
			ok = false;
		}
	}
	if (f.world)
		world_free(f.world);
	free(before);
	free(f.result);
	return ok;
}

int main(int argc, char **argv)
{
	int passed = 0, failed = 0, i = 1;
	bool rewrite = false;

	if (argc > 1 && !strcmp(argv[1], "-rewrite")) {
		rewrite = true;
		i++;
	}
	for (; i < argc; i++) {
		if (run_file(argv[i], rewrite)) {
			passed++;
		} else {
			printf("FAIL %s\n", argv[i]);
			failed++;
		}
	}
	if (!passed && !failed) {
		fprintf(stderr, "usage: transcript [-rewrite] FILE...\n");
		return 2;
	}
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
