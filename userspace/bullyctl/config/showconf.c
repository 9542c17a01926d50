// SPDX-License-Identifier: GPL-2.0
/* bullyctl showconf NAME: what setconf would make into the same group. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/text.h"
#include "config/config.h"
#include "values/values.h"

static void print_peer(FILE *f, const struct bully_peer *p)
{
	char addr[ADDR_STRLEN];

	fprintf(f, "\n[peer %u]\naddr = %s\n", p->id, format_addr(&p->addr, addr));
	fprintf(f, "role = %s\n", bully_role_name(p->role));
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
	char local[ADDR_STRLEN], dur[DUR_STRLEN];
	size_t i;

	format_local(g, local);
	fprintf(f, "[group %s]\nid = %u\n", g->name, g->id);
	if (local[0])
		fprintf(f, "local = %s\n", local);
	if (g->dev_name[0])
		fprintf(f, "dev = %s\n", g->dev_name);
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
