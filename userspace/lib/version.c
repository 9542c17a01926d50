// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which version this is. */
#include "libbully.h"

const char *bully_version(void)
{
	return LIBBULLY_VERSION;
}

unsigned int bully_family_version(void)
{
	return BULLY_FAMILY_VERSION;
}
