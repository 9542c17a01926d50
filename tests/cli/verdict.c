// SPDX-License-Identifier: GPL-2.0-only
/* Tests what a series of results of a check says: its first result, fall and rise. */
#include <stdio.h>

#include "check/verdict.h"

/*
 * Each letter of @results is a success (+) or a failure (-), or forgets all results (!). Below it
 * is what it must change: U up, D down, d doubt, c calm, or a space for nothing.
 */
static const struct {
	uint32_t fall, rise;
	const char *results, *news;
} table[] = {
	{3, 2, "+", "U"},
	{3, 2, "-", "D"},
	{3, 2, "+++---", "U  d D"},
	{3, 2, "+--+--+---", "Ud cd cd D"},
	{3, 2, "-++--", "D Ud "},
	{3, 2, "-+-+-++", "D     U"},
	{1, 1, "+-+-+", "UDUDU"},
	{2, 1, "+-+--+", "UdcdDU"},
	{1, 3, "+-++-+++", "UD     U"},
	{3, 2, "+--!+--", "Ud  Ud "},
	{3, 2, "---!+---", "D   Ud D"},
	{3, 2, "+--!-+", "Ud  D "},
};

int main(void)
{
	static const char letters[] = {' ', 'U', 'D', 'd', 'c'};
	int failed = 0;
	size_t i, k;

	for (i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct verdict v = {.fall = table[i].fall, .rise = table[i].rise};

		for (k = 0; table[i].results[k]; k++) {
			char got = ' ';

			if (table[i].results[k] == '!')
				verdict_reset(&v);
			else
				got = letters[verdict_add(&v, table[i].results[k] == '+')];
			if (got == table[i].news[k] && v.known == (table[i].results[k] != '!'))
				continue;
			printf("%s with fall %u and rise %u: result %zu says '%c', not '%c'\n",
			       table[i].results, v.fall, v.rise, k + 1, got, table[i].news[k]);
			failed++;
		}
	}
	return failed;
}
