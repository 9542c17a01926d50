// SPDX-License-Identifier: GPL-2.0-only
/* args.c - reads the arguments of a transcript's line */
#include <stdarg.h>
#include <stdlib.h>

#include "script.h"

bool script_error(struct script *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, ap);
	va_end(ap);
	return false;
}

/* Returns the value of KEY=VALUE, or NULL. */
const char *script_arg(struct script *s, const char *key)
{
	size_t len = strlen(key);
	int i;

	for (i = 1; i < s->argc; i++)
		if (!strncmp(s->argv[i], key, len) && s->argv[i][len] == '=')
			return s->argv[i] + len + 1;
	return NULL;
}

bool script_time(struct script *s, const char *word, u64 *ns)
{
	static const struct {
		const char *unit;
		u64 ns;
	} units[] = { { "ns", 1 }, { "us", US }, { "ms", MS }, { "s", SEC }, { "h", 3600 * SEC } };
	char *end;
	double v;
	size_t i;

	v = word ? strtod(word, &end) : 0;
	for (i = 0; word && i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		*ns = (u64)(v * (double)units[i].ns + 0.5);
		return true;
	}
	return script_error(s, "%s is no time", word ? word : "(nothing)");
}

bool script_time_arg(struct script *s, const char *key, u64 *ns)
{
	const char *word = script_arg(s, key);

	return !word || script_time(s, word, ns);
}

bool script_flag_arg(struct script *s, const char *key, bool *flag)
{
	const char *word = script_arg(s, key);

	if (!word)
		return true;
	*flag = !strcmp(word, "on");
	return *flag || !strcmp(word, "off") || script_error(s, "%s is on or off", key);
}

bool script_u32_arg(struct script *s, const char *key, u32 *value)
{
	const char *word = script_arg(s, key);
	char *end;

	if (!word)
		return true;
	*value = (u32)strtoul(word, &end, 10);
	return !*end || script_error(s, "%s is no number", word);
}

/* The options that an operator may set, by their names in bullyctl. */
bool script_opts(struct script *s, struct bully_opts *opts)
{
	const char *role = script_arg(s, "role"), *mode = script_arg(s, "quorum");
	const char *election = script_arg(s, "election");
	u32 voters = opts->voters;
	u64 hb = opts->heartbeat_ns;

	if (role) {
		int r = print_find(role, print_role, 0, 3);

		if (r < 0)
			return script_error(s, "%s is no role", role);
		opts->role = (u8)r;
	}
	if (mode)
		opts->quorum = !strcmp(mode, "majority");
	if (election)
		opts->election = !strcmp(election, "raft");
	if (!script_u32_arg(s, "voters", &voters) ||
	    !script_time_arg(s, "lease", &opts->lease_ns))
		return false;
	opts->voters = (u16)voters;
	if (!script_time_arg(s, "heartbeat", &hb) || !script_u32_arg(s, "misses", &opts->misses) ||
	    !script_time_arg(s, "preempt-delay", &opts->preempt_delay_ns) ||
	    !script_time_arg(s, "look", &opts->look_ns) ||
	    !script_u32_arg(s, "priority", &opts->priority) ||
	    !script_flag_arg(s, "preempt", &opts->preempt) ||
	    !script_flag_arg(s, "candidate", &opts->candidate) ||
	    !script_flag_arg(s, "holddown", &opts->holddown) ||
	    !script_u32_arg(s, "holddown-free", &opts->holddown_free) ||
	    !script_time_arg(s, "holddown-delay", &opts->holddown_delay_ns) ||
	    !script_time_arg(s, "holddown-max", &opts->holddown_max_ns) ||
	    !script_time_arg(s, "holddown-half-life", &opts->holddown_half_life_ns))
		return false;
	opts->heartbeat_ns = hb;
	if (opts->quorum && !opts->lease_ns)
		opts->lease_ns = hb * (opts->misses > BULLY_LEASE_HEARTBEATS(hb) ? opts->misses :
				       BULLY_LEASE_HEARTBEATS(hb));
	return true;
}

bool script_node(struct script *s, const char *word, struct node **n)
{
	*n = word && *s->world ? world_find(*s->world, word) : NULL;
	return *n || script_error(s, "%s is no node", word ? word : "(nothing)");
}

bool script_nodes(struct script *s, const char *word,
		  bool (*each)(struct script *s, struct node *n))
{
	char list[128], *save, *one;
	struct node *n;
	u32 i;

	if (!word || !*s->world)
		return script_error(s, "which node?");
	if (!strcmp(word, "all")) {
		for (i = 0; i < (*s->world)->n; i++)
			if (!each(s, (*s->world)->node[i]))
				return false;
		return true;
	}
	snprintf(list, sizeof(list), "%s", word);
	for (one = strtok_r(list, ",", &save); one; one = strtok_r(NULL, ",", &save))
		if (!script_node(s, one, &n) || !each(s, n))
			return false;
	return true;
}
