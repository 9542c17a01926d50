// SPDX-License-Identifier: GPL-2.0-only
/* main.c - runs the tables in user space */
#include <stdio.h>

#include "unit.h"

static void report(struct unit *u, const char *file, int line, const char *what)
{
	if (u->failures <= 5)
		printf("  %s:%d: %s\n", file, line, what);
}

int main(void)
{
	static const struct unit_case *const tables[] = {
#define UNIT_TABLE(what) unit_##what##_cases,
#include "tables.h"
#undef UNIT_TABLE
	};
	int passed = 0, failed = 0;
	size_t t;

	for (t = 0; t < sizeof(tables) / sizeof(*tables); t++) {
		const struct unit_case *c;

		for (c = tables[t]; c->name; c++) {
			struct unit u = { .report = report };

			c->run(&u);
			if (u.failures)
				printf("FAIL %s\n", c->name);
			passed += !u.failures;
			failed += !!u.failures;
		}
	}
	printf("%d passed, %d failed, 0 skipped\n", passed, failed);
	return failed ? 1 : 0;
}
