// SPDX-License-Identifier: GPL-2.0
/* bullyctl showconf NAME: what setconf would make into the same group. */
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "text.h"
#include "values.h"

/*
 * An interface that is gone has no name, and setconf takes no number: what needs
 * it is shown as a comment, of a peer all of its section.
 */
static void print_peer(FILE *f, const struct bully_peer *p)
{
	bool gone = dev_gone(p->addr.scope);
	const char *begin = gone ? "# " : "";
	char addr[ADDR_STRLEN];

	fprintf(f, "\n%s[peer %u]%s\n", begin, p->id,
		gone ? ": there is no such interface now" : "");
	fprintf(f, "%saddr = %s\n", begin, format_addr(&p->addr, addr));
	fprintf(f, "%srole = %s\n", begin, bully_role_name(p->role));
}

static void print_dev(FILE *f, const char *word, const char *value, uint32_t index)
{
	if (dev_gone(index))
		fprintf(f, "# %s = %s: there is no such interface now\n", word, value);
	else if (value[0])
		fprintf(f, "%s = %s\n", word, value);
}

/* Keys stay in the kernel: setconf on this host finds them there. */
static void print_auth(FILE *f, const struct bully_group *g)
{
	size_t i;

	if (g->auth == BULLY_AUTH_OFF)
		return;
	fprintf(f, "auth = %s\n# key-file = (hidden), with the ids", bully_auth_name(g->auth));
	for (i = 0; i < g->key_ids_len; i++)
		fprintf(f, " %u%s", g->key_ids[i], i ? "" : " (active)");
	fputc('\n', f);
}

static void print_conf(FILE *f, const struct bully_group *g)
{
	char local[ADDR_STRLEN], dev[IF_NAMESIZE + 12], dur[DUR_STRLEN];
	size_t i;

	format_local(g, local);
	format_dev(g->dev, dev);
	fprintf(f, "[group %s]\nid = %u\n", g->name, g->id);
	print_dev(f, "local", local, g->local.scope);
	print_dev(f, "dev", dev, g->dev);
	fprintf(f, "heartbeat = %s\n", format_dur(g->heartbeat_ns, dur));
	fprintf(f, "misses = %u\n", g->misses);
	fprintf(f, "preempt = %s\n", g->preempt ? "on" : "off");
	fprintf(f, "preempt-delay = %s\n", format_dur(g->preempt_delay_ns, dur));
	fprintf(f, "role = %s\n", bully_role_name(g->role));
	fprintf(f, "candidate = %s\n", bully_candidate_name(g->candidate));
	fprintf(f, "quorum = %s\n", bully_quorum_name(g->quorum));
	if (g->lease_ns)
		fprintf(f, "lease = %s\n", format_dur(g->lease_ns, dur));
	fprintf(f, "voters = %u\n", g->voters);
	fprintf(f, "holddown = %s\n", g->holddown ? "on" : "off");
	fprintf(f, "holddown-free = %u\n", g->holddown_free);
	fprintf(f, "holddown-delay = %s\n", format_dur(g->holddown_delay_ns, dur));
	fprintf(f, "holddown-max = %s\n", format_dur(g->holddown_max_ns, dur));
	fprintf(f, "holddown-half-life = %s\n", format_dur(g->holddown_half_life_ns, dur));
	print_auth(f, g);
	for (i = 0; i < g->peers_len; i++)
		print_peer(f, &g->peers[i]);
}

static int print_json(struct ctl *ctl, const struct bully_group *g)
{
	struct json_object *o;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return fail(ctl, CTL_REFUSED, 0, "out of memory");
	print_conf(f, g);
	fclose(f);
	o = json_object_new_object();
	json_put(o, "group", json_text(g->name));
	json_put(o, "conf", json_text(text ? text : ""));
	json_print(ctl, stdout, o);
	free(text);
	return CTL_DONE;
}

int cmd_showconf(struct ctl *ctl, int argc, char **argv)
{
	struct bully_group *g;
	char err[SENTENCE_LEN];
	int ret = CTL_DONE;
	size_t len;

	if (check_args(ctl, argc, argv, 1, 1))
		return CTL_USAGE;
	if (parse_name(argv[0], err))
		return fail(ctl, CTL_USAGE, 0, "showconf: %s", err);
	if (bully_groups_get(ctl->b, argv[0], &g, &len))
		return fail_lib(ctl, "group %s", argv[0]);
	sort_groups(g, len);
	if (ctl->json)
		ret = print_json(ctl, g);
	else
		print_conf(stdout, g);
	bully_groups_free(g, len);
	return ret;
}
