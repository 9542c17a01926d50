// SPDX-License-Identifier: GPL-2.0-only
/* wire.c - fuzzes the codec: an accepted message is encoded to the same bytes, spare ones aside (W6) */
#include <stdlib.h>

#include "wire.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 again[BULLY_WIRE_LEN];
	struct bully_msg m;

	if (bully_wire_decode(&m, data, size))
		return 0;
	if (size != BULLY_WIRE_LEN || !bully_name_valid(m.group) ||
	    memcmp(m.group, bully_wire_group(data), BULLY_NAME_LEN))
		abort();
	bully_wire_encode(&m, again);
	if (memcmp(again, data, 192) || memcmp(again + 224, data + 224, 32))
		abort();
	return 0;
}
