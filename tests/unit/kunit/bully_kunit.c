// SPDX-License-Identifier: GPL-2.0-only
/* bully_kunit.c - runs the tables of tests/unit in the kernel */
#include <kunit/test.h>
#include <linux/module.h>

#include "unit.h"

static void bully_kunit_report(struct unit *u, const char *file, int line, const char *what)
{
	if (u->failures <= 5)
		KUNIT_FAIL(u->context, "%s:%d: %s\n", file, line, what);
}

static void bully_kunit_run(struct kunit *test)
{
	const struct unit_case *c = test->param_value;
	struct unit u = { .report = bully_kunit_report, .context = test };

	c->run(&u);
	KUNIT_EXPECT_EQ(test, u.failures, 0);
}

/* Returns the next case of a table as a parameter; @prev is NULL first, then the last case. */
static const void *bully_kunit_next(const struct unit_case *table, const void *prev, char *desc)
{
	const struct unit_case *c = prev;

	c = c ? c + 1 : table;
	if (!c->name)
		return NULL;
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
	return c;
}

#define UNIT_TABLE(what)							\
static const void *bully_kunit_##what(const void *prev, char *desc)		\
{										\
	return bully_kunit_next(unit_##what##_cases, prev, desc);		\
}
#include "tables.h"
UNIT_TABLE(mac)
#undef UNIT_TABLE

#define UNIT_TABLE(what)							\
	{ .run_case = bully_kunit_run, .name = #what, .generate_params = bully_kunit_##what },

static struct kunit_case bully_kunit_cases[] = {
#include "tables.h"
	UNIT_TABLE(mac)
#undef UNIT_TABLE
	{ }
};

static struct kunit_suite bully_kunit_suite = {
	.name = "bully",
	.test_cases = bully_kunit_cases,
};
kunit_test_suite(bully_kunit_suite);

MODULE_DESCRIPTION("Unit tests of the bully core");
MODULE_LICENSE("GPL");
