/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws frames on a terminal and restores the terminal. */
#ifndef BULLYCTL_SCREEN_H
#define BULLYCTL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

enum screen_event {
	SCREEN_TIME, /* the time is up, or an event without meaning */
	SCREEN_QUIT,
	SCREEN_UP,
	SCREEN_DOWN,
	SCREEN_REDRAW,
};

/**
 * struct screen - the terminal
 * @saved: settings of the terminal before screen_open()
 * @signals: a signalfd
 * @rows: number of rows
 * @cols: number of columns
 */
struct screen {
	struct termios saved;
	int signals;
	unsigned int rows;
	unsigned int cols;
};

/* Returns why standard input and output cannot be used for drawing, or NULL. */
const char *screen_unfit(void);
/* Prepares the terminal, and blocks signals to read them. Returns 0 or an errno. */
int screen_open(struct screen *s);
/* Restores the terminal. */
void screen_close(struct screen *s);
/* Draws what fits of @text: the first @head lines, then the others without their first @scroll. */
void screen_draw(const struct screen *s, const char *text, size_t head, size_t scroll);
/* Waits up to @ms for a key or a signal. */
enum screen_event screen_wait(struct screen *s, int ms);

#endif /* BULLYCTL_SCREEN_H */
