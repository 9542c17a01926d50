// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl history NAME, and bullyctl status [NAME]: what has become of the leader */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "values/values.h"
#include "view/view.h"

#define CHANGE(h, i, attr) bully_history_number(h, i, BULLY_A_CHANGE_##attr)
#define CHANGE_HAS(h, i, attr) bully_history_has(h, i, BULLY_A_CHANGE_##attr)

#define HOUR_NS 3600000000000u

static struct json_object *json_leader(const struct bully_history *h, size_t i)
{
	return CHANGE_HAS(h, i, LEADER) ? json_u64(CHANGE(h, i, LEADER)) : NULL;
}

static struct json_object *json_change(const struct bully_history *h, size_t i)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "time_ns", json_u64(CHANGE(h, i, TIME)));
	json_put(o, "wall_ns", json_u64(CHANGE(h, i, WALL)));
	json_put(o, "leader", json_leader(h, i));
	json_put(o, "epoch", json_u64(CHANGE(h, i, EPOCH)));
	json_put(o, "state", json_text(bully_state_name((unsigned int)CHANGE(h, i, STATE))));
	json_put(o, "reason", json_text(bully_reason_name((unsigned int)CHANGE(h, i, REASON))));
	return o;
}

static const char *format_change_leader(const struct bully_history *h, size_t i, char *buf,
					size_t len)
{
	if (CHANGE_HAS(h, i, LEADER))
		snprintf(buf, len, "%" PRIu64, CHANGE(h, i, LEADER));
	else
		snprintf(buf, len, "none");
	return buf;
}

static void print_change(struct ctl *ctl, const struct bully_history *h, size_t i)
{
	const char *state = bully_state_name((unsigned int)CHANGE(h, i, STATE));
	char at[WALL_STRLEN], leader[16], epoch[24] = "-";

	if (CHANGE_HAS(h, i, LEADER))
		snprintf(epoch, sizeof(epoch), "%" PRIu64, CHANGE(h, i, EPOCH));
	printf("%-23s  %-10s  %-16s  %s%-9s%s  %s\n", format_wall(CHANGE(h, i, WALL), true, at),
	       format_change_leader(h, i, leader, sizeof(leader)), epoch, colour_of(ctl, state),
	       state, colour_end(ctl), bully_reason_name((unsigned int)CHANGE(h, i, REASON)));
}

int cmd_history(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *o = NULL;
	struct bully_history *h;
	char err[SENTENCE_LEN];
	size_t i;

	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "history: %s", err);
	if (bully_history_get(ctl->b, argv[0], &h))
		return fail_lib(ctl, "group %s", argv[0]);
	if (ctl->json)
		o = json_object_new_array();
	else if (bully_history_len(h))
		printf("%-23s  %-10s  %-16s  %-9s  %s\n", "WHEN", "LEADER", "EPOCH", "THIS NODE",
		       "REASON");
	else
		printf("group %s has had no leader yet\n", argv[0]);
	for (i = 0; i < bully_history_len(h); i++) {
		if (o)
			json_object_array_add(o, json_change(h, i));
		else
			print_change(ctl, h, i);
	}
	if (o)
		json_print(ctl, stdout, o);
	bully_history_free(h);
	return CTL_DONE;
}

/* Returns how many changes were in the hour before @now, a time of the kernel. */
static unsigned int last_hour(const struct bully_history *h, uint64_t now)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < bully_history_len(h); i++)
		n += CHANGE(h, i, TIME) + HOUR_NS > now;
	return n;
}

static struct json_object *json_status(const struct bully_group *g, const struct bully_history *h)
{
	struct json_object *o = json_object_new_object();
	size_t len = bully_history_len(h);

	json_put(o, "name", json_text(bully_group_name(g)));
	json_put(o, "id", json_u64(GROUP32(g, ID)));
	json_put(o, "state", json_text(bully_state_name(GROUP(g, STATE))));
	json_put(o, "leader", GROUP_HAS(g, LEADER) ? json_u64(GROUP32(g, LEADER)) : NULL);
	json_put(o, "epoch", json_u64(GROUP(g, EPOCH)));
	json_put(o, "since_wall_ns", len ? json_u64(CHANGE(h, len - 1, WALL)) : NULL);
	json_put(o, "changes_last_hour", json_u64(last_hour(h, GROUP(g, TIME))));
	json_put(o, "reason", json_text(bully_reason_name(GROUP(g, REASON))));
	return o;
}

static void print_status(struct ctl *ctl, const struct bully_group *g,
			 const struct bully_history *h)
{
	const char *state = bully_state_name(GROUP(g, STATE));
	unsigned int changes = last_hour(h, GROUP(g, TIME));
	char at[WALL_STRLEN] = "-", leader[16];
	size_t len = bully_history_len(h);

	if (len)
		format_wall(CHANGE(h, len - 1, WALL), false, at);
	printf("%-15s  %s%-9s%s  %-10s  %-19s  %u%-9s  %s\n", bully_group_name(g),
	       colour_of(ctl, state), state, colour_end(ctl),
	       format_leader(g, leader, sizeof(leader)), at, changes,
	       changes == BULLY_HISTORY_MAX ? "+" : "", bully_reason_name(GROUP(g, REASON)));
}

static int show_status(struct ctl *ctl, struct json_object *o, const struct bully_group *g)
{
	struct bully_history *h;

	if (bully_history_get(ctl->b, bully_group_name(g), &h)) {
		/* the group was deleted since it was listed */
		return bully_error_number(ctl->b) == -ENOENT ? CTL_DONE : fail_lib(ctl, "status");
	}
	if (o)
		json_object_array_add(o, json_status(g, h));
	else
		print_status(ctl, g, h);
	bully_history_free(h);
	return CTL_DONE;
}

int cmd_status(struct ctl *ctl, int argc, char **argv)
{
	const char *name = argc ? argv[0] : NULL;
	struct json_object *o = NULL;
	struct bully_group **groups;
	char err[SENTENCE_LEN];
	size_t len, i;
	int status = CTL_DONE;

	if (check_args(ctl, argc, argv, 0, 1))
		return CTL_USAGE;
	if (name && parse_name(name, err))
		return fail(ctl, CTL_USAGE, 0, "status: %s", err);
	if (bully_groups_get(ctl->b, name, &groups, &len))
		return name ? fail_lib(ctl, "group %s", name) : fail_lib(ctl, "status");
	if (ctl->json)
		o = json_object_new_array();
	else if (len)
		printf("%-15s  %-9s  %-10s  %-19s  %-10s  %s\n", "GROUP", "THIS NODE", "LEADER",
		       "SINCE", "LAST HOUR", "REASON");
	else
		printf("no groups\n");
	for (i = 0; !status && i < len; i++)
		status = show_status(ctl, o, groups[i]);
	if (o && !status)
		json_print(ctl, stdout, o);
	else
		json_object_put(o);
	bully_groups_free(groups, len);
	return status;
}
