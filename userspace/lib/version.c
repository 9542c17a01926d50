// SPDX-License-Identifier: LGPL-2.1-or-later
/* The versions of library and family. */
#include "libbully.h"

const char *bully_version(void)
{
	return LIBBULLY_VERSION;
}

unsigned int bully_family_version(void)
{
	return BULLY_FAMILY_VERSION;
}
