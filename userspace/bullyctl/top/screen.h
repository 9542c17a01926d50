/* SPDX-License-Identifier: GPL-2.0-only */
/* A terminal that a frame is drawn on, and that is given back as it was. */
#ifndef BULLYCTL_SCREEN_H
#define BULLYCTL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum screen_event {
	SCREEN_TIME, /* nothing happened */
	SCREEN_QUIT,
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_REDRAW,
};

/**
 * struct screen - it
 * @saved: how the terminal was
 * @signals: tells of signals
 * @rows: its size
 * @cols: its size
 */
struct screen {
	struct termios saved;
	int signals;
	unsigned int rows;
	unsigned int cols;
};

/* Why standard input and output are no terminal to draw on, or NULL. */
const char *screen_unfit(void);
/* 0 or an errno. */
int screen_open(struct screen *s);
void screen_close(struct screen *s);
/* What fits of @text; the first @head lines stay, of the others @scroll are left out. */
void screen_draw(const struct screen *s, const char *text, size_t head, size_t scroll);
/* Waits for a key, a signal or the time. */
enum screen_event screen_wait(struct screen *s, int ms);

#endif /* BULLYCTL_SCREEN_H */
