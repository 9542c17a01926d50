// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl doctor [NAME] */
#include <errno.h>
#include <stdio.h>

#include "base/json.h"
#include "doctor/doctor.h"
#include "values/values.h"

/* Reports that the group does not exist, or that the groups cannot be read. */
static void no_groups(struct doctor *d, const char *name)
{
	char help[SENTENCE_LEN] = "%s show";

	if (name && bully_error_number(d->ctl->b) == -ENOENT)
		snprintf(help, sizeof(help),
			 "%%s setconf /etc/bully/%s.conf: if it refuses the file, it says why; a "
			 "copied file may have an address of this host for a peer",
			 name);
	d->check = "group";
	doctor_find(d, FINDING_FAIL, help, "%s%s%s", name ? name : "", name ? ": " : "",
		    bully_error(d->ctl->b));
}

static void look_at_groups(struct doctor *d, const char *name)
{
	struct snapshot s;
	size_t i;

	if (snapshot_take(d->ctl->b, name, &s)) {
		no_groups(d, name);
		return;
	}
	doctor_net(d, s.stats);
	d->check = "groups";
	if (!s.len)
		doctor_find(d, FINDING_WARNING, "%s setconf /etc/bully/GROUP.conf",
			    "there is no group in this network namespace");
	for (i = 0; i < s.len; i++) {
		const struct bully_group_stats *counters =
			stats_of(s.stats, bully_group_name(s.groups[i]));

		d->group = s.groups[i];
		doctor_group(d, d->group);
		doctor_peers(d, d->group, counters);
		doctor_counters(d, d->group, counters);
	}
	d->group = NULL;
	snapshot_free(&s);
}

static void conclude(struct doctor *d)
{
	struct json_object *o;

	if (!d->list) {
		printf("%u ok, %u warnings, %u failed\n", d->counts[FINDING_OK],
		       d->counts[FINDING_WARNING], d->counts[FINDING_FAIL]);
		return;
	}
	o = json_object_new_object();
	json_put(o, "result", json_text(finding_word(d->worst)));
	json_put(o, "findings", d->list);
	json_print(d->ctl, stdout, o);
}

int cmd_doctor(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct doctor d = {.ctl = ctl};
	int number;
	char err[SENTENCE_LEN];
	bool there;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "doctor: %s", err);
	snprintf(d.prefix, sizeof(d.prefix), "bullyctl%s%s", ctl->netns ? " -n " : "",
		 ctl->netns ? ctl->netns : "");
	if (ctl->json)
		d.list = json_object_new_array();
	there = doctor_module(&d);
	if (there) {
		doctor_host(&d);
		look_at_groups(&d, name);
	}
	conclude(&d);
	/* If sysfs has no module, there was no request, and the number is 0. */
	number = bully_error_number(ctl->b);
	if (!there && (!number || number == -ENOPKG))
		return CTL_ABSENT;
	return d.worst == FINDING_FAIL ? CTL_TIMEOUT : CTL_DONE;
}
