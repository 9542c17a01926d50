// SPDX-License-Identifier: GPL-2.0-only
/* bullyctl wait NAME leader|follower|LEADER-ID [timeout DUR] */
#include <errno.h>
#include <string.h>

#include "base/ctl.h"
#include "base/keepalived.h"
#include "base/suggest.h"
#include "commands/commands.h"
#include "values/values.h"

/**
 * struct condition - the condition to wait for
 * @word: the condition as the user typed it
 * @what: wait for a state or for a leader
 * @value: the state, or the leader's id
 * @timeout_ns: time limit; -1 for none
 */
struct condition {
	const char *word;
	enum bully_wait_for what;
	uint32_t value;
	int64_t timeout_ns;
};

static int parse_condition(struct ctl *ctl, const char *word, struct condition *c)
{
	char err[SENTENCE_LEN], hint[HINT_LEN];

	c->word = word;
	c->what = BULLY_WAIT_STATE;
	if (!strcmp(word, "leader")) {
		c->value = BULLY_STATE_LEADER;
	} else if (!strcmp(word, "follower")) {
		c->value = BULLY_STATE_FOLLOWER;
	} else {
		c->what = BULLY_WAIT_LEADER;
		if (parse_u32("wait", word, 1, UINT32_MAX, &c->value, err))
			return fail(ctl, CTL_USAGE, 0,
				    "wait: '%.64s' is not 'leader', 'follower' or an id from 1 to "
				    "4294967295%s",
				    word, keepalived_hint(word, KEEPALIVED_STATE, "", hint));
	}
	return CTL_DONE;
}

static int parse_timeout(struct ctl *ctl, struct condition *c)
{
	const char *text = option_given(ctl, "--timeout");
	char err[SENTENCE_LEN];
	uint64_t timeout;

	c->timeout_ns = -1;
	if (!text)
		return CTL_DONE;
	if (parse_dur("timeout", text, 0, INT64_MAX, &timeout, err))
		return fail(ctl, CTL_USAGE, 0, "wait: %s", err);
	c->timeout_ns = (int64_t)timeout;
	return CTL_DONE;
}

static int wait_failed(struct ctl *ctl, const char *name, const struct condition *c)
{
	int number = bully_error_number(ctl->b);
	const char *leader = c->what == BULLY_WAIT_LEADER ? "leader " : "";

	if (number == -ETIMEDOUT)
		return fail(ctl, CTL_TIMEOUT, 0, "group %s: timed out waiting for %s%s", name,
			    leader, c->word);
	if (number == -EIDRM)
		return fail(ctl, CTL_TIMEOUT, 0, "group %s: deleted while waiting for %s%s", name,
			    leader, c->word);
	/* other errors do not depend on the group */
	return number == -ENOENT || number == -EINVAL || number == -EPERM
		       ? fail_lib(ctl, "group %s", name)
		       : fail_lib(ctl, "wait");
}

int cmd_wait(struct ctl *ctl, int argc, char **argv)
{
	char err[SENTENCE_LEN];
	struct condition c;
	int ret;

	if (argc > 2)
		return fail(ctl, CTL_USAGE, 0,
			    "wait: option '%.64s' is not known here; write 'timeout %.64s%s'",
			    argv[2], argc == 3 ? argv[2] : "DUR",
			    argc == 3 && !argv[2][strspn(argv[2], "0123456789.")] ? "s" : "");
	if (check_args(ctl, argc, argv, 2, 2))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "wait: %s", err);
	ret = parse_condition(ctl, argv[1], &c);
	if (!ret)
		ret = parse_timeout(ctl, &c);
	if (ret)
		return ret;
	if (bully_wait(ctl->b, argv[0], c.what, c.value, c.timeout_ns))
		return wait_failed(ctl, argv[0], &c);
	return CTL_DONE;
}
