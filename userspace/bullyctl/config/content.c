// SPDX-License-Identifier: GPL-2.0-only
/* Owns the content of a configuration file: its groups with their nodes and sections [vip]. */
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"

struct bully_group *conf_add(struct conf *conf, const char *name)
{
	const size_t len = conf->len + 1;
	struct vip_settings **vips;
	struct bully_group **groups;
	struct shared *shared;

	groups = realloc(conf->groups, len * sizeof(*groups));
	if (!groups)
		return NULL;
	conf->groups = groups;
	shared = realloc(conf->shared, len * sizeof(*shared));
	if (!shared)
		return NULL;
	conf->shared = shared;
	vips = realloc(conf->vips, len * sizeof(*vips));
	if (!vips)
		return NULL;
	conf->vips = vips;
	groups[len - 1] = bully_group_new(name);
	if (!groups[len - 1])
		return NULL;
	shared[len - 1] = (struct shared){0};
	vips[len - 1] = NULL;
	conf->len = len;
	return groups[len - 1];
}

struct vip_settings *conf_add_vip(struct conf *conf)
{
	struct vip_settings **vip = &conf->vips[conf->len - 1];

	if (!*vip)
		*vip = calloc(1, sizeof(**vip));
	return *vip;
}

void conf_exchange(struct conf *conf, size_t i, size_t k)
{
	struct bully_group *group = conf->groups[i];
	struct vip_settings *vip = conf->vips[i];
	const struct shared shared = conf->shared[i];

	conf->groups[i] = conf->groups[k];
	conf->vips[i] = conf->vips[k];
	conf->shared[i] = conf->shared[k];
	conf->groups[k] = group;
	conf->vips[k] = vip;
	conf->shared[k] = shared;
}

void conf_cut(struct conf *conf, size_t len)
{
	for (; conf->len > len; conf->len--) {
		bully_group_free(conf->groups[conf->len - 1]);
		shared_free(&conf->shared[conf->len - 1]);
		free(conf->vips[conf->len - 1]);
	}
}

void conf_free(struct conf *conf)
{
	conf_cut(conf, 0);
	free(conf->groups);
	free(conf->shared);
	free(conf->vips);
	memset(conf, 0, sizeof(*conf));
}
