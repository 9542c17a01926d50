// SPDX-License-Identifier: GPL-2.0-only
/* Decides from the results of a check whether it passes. */
#include "check/verdict.h"

void verdict_reset(struct verdict *v)
{
	v->known = false;
	v->up = false;
	v->row = 0;
}

static enum verdict_news become(struct verdict *v, bool up)
{
	v->known = true;
	v->up = up;
	v->row = 0;
	return up ? VERDICT_UP : VERDICT_DOWN;
}

enum verdict_news verdict_add(struct verdict *v, bool success)
{
	bool doubted = v->up && v->row;

	if (!v->known)
		return become(v, success);
	if (success == v->up) {
		v->row = 0;
		return doubted ? VERDICT_CALM : VERDICT_SAME;
	}
	v->row++;
	if (v->row >= (v->up ? v->fall : v->rise))
		return become(v, success);
	return v->up && v->row == 1 ? VERDICT_DOUBT : VERDICT_SAME;
}
