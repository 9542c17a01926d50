// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl genkey [ID]: prints a line for a key file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "commands/commands.h"
#include "values/keyfile.h"

/* Warns if the output file has a mode that key-file would refuse. */
static void warn_of_output(struct ctl *ctl)
{
	struct stat st;

	if (!ctl->json && !fstat(STDOUT_FILENO, &st) && S_ISREG(st.st_mode) &&
	    st.st_mode & (S_IRWXO | S_IWGRP))
		fprintf(stderr,
			"bullyctl: warning: other users may read or change the file with the key; "
			"run 'umask 077' before genkey\n");
}

int cmd_genkey(struct ctl *ctl, int argc, char **argv)
{
	char text[KEY_STRLEN], err[SENTENCE_LEN];
	uint8_t data[BULLY_KEY_MIN];
	struct json_object *o;
	uint32_t id = 1;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (argc && parse_u32("id", argv[0], 1, UINT32_MAX, &id, err))
		return fail(ctl, CTL_USAGE, 0, "genkey: %s", err);
	if (getrandom(data, sizeof(data), 0) != sizeof(data))
		return fail(ctl, CTL_REFUSED, errno, "no random bytes: %s", strerror(errno));
	warn_of_output(ctl);
	key_format(data, sizeof(data), text);
	if (ctl->json) {
		o = json_object_new_object();
		json_put(o, "id", json_u64(id));
		json_put(o, "key", json_text(text));
		json_print(ctl, stdout, o);
	} else {
		printf("%u %s\n", id, text);
	}
	explicit_bzero(data, sizeof(data));
	explicit_bzero(text, sizeof(text));
	return CTL_DONE;
}
