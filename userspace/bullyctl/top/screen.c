// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws with a few control sequences that all present terminals know, also the console and serial
 * lines. This needs no library.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "top/screen.h"

#define ENTER "\033[?1049h\033[?25l" /* alternate screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define HOME "\033[H"
#define LINE_END "\033[0m\033[K"
#define SCREEN_END "\033[J"

const char *screen_unfit(void)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return "standard input or output is not a terminal";
	if (!term || !*term || !strcmp(term, "dumb"))
		return "TERM is unset or 'dumb', so top cannot draw";
	return NULL;
}

static void measure(struct screen *s)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) {
		s->rows = 24;
		s->cols = 80;
		return;
	}
	s->rows = size.ws_row;
	s->cols = size.ws_col;
}

static void put(const char *sequence)
{
	fputs(sequence, stdout);
	fflush(stdout);
}

/* Keys arrive one by one and are not echoed; ^C and ^Z still send signals. */
static int enter(struct screen *s)
{
	struct termios raw = s->saved;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return errno;
	measure(s);
	put(ENTER);
	return 0;
}

static void leave(const struct screen *s)
{
	put(LEAVE);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &s->saved);
}

/* Signals that would end bullyctl are read, so that the terminal is restored. */
int screen_open(struct screen *s)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH};
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		sigaddset(&set, caught[i]);
	if (tcgetattr(STDIN_FILENO, &s->saved))
		return errno;
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->signals < 0)
		return errno;
	sigprocmask(SIG_BLOCK, &set, NULL);
	return enter(s);
}

void screen_close(struct screen *s)
{
	leave(s);
	close(s->signals);
}

/* Prints as much of a line as fits; control sequences for colours take no columns. */
static void put_line(const struct screen *s, const char *line, size_t len)
{
	unsigned int col = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (line[i] == '\033') {
			size_t end = i;

			while (end < len && line[end] != 'm')
				end++;
			fwrite(line + i, 1, end - i + (end < len), stdout);
			i = end;
		} else if (col < s->cols) {
			putchar(line[i]);
			col++;
		}
	}
}

void screen_draw(const struct screen *s, const char *text, size_t head, size_t scroll)
{
	size_t line = 0, row = 0;

	fputs(HOME, stdout);
	for (; *text && row < s->rows; line++) {
		size_t len = strcspn(text, "\n");

		if (line < head || line >= head + scroll) {
			/* a line feed after the last row would scroll */
			if (row++)
				fputs("\r\n", stdout);
			put_line(s, text, len);
			fputs(LINE_END, stdout);
		}
		text += len + (text[len] == '\n');
	}
	if (row < s->rows)
		fputs("\r\n" SCREEN_END, stdout);
	fflush(stdout);
}

static enum screen_event on_signal(struct screen *s)
{
	struct signalfd_siginfo info;

	if (read(s->signals, &info, sizeof(info)) != sizeof(info))
		return SCREEN_TIME;
	if (info.ssi_signo == SIGTSTP) {
		leave(s);
		raise(SIGSTOP);
		return enter(s) ? SCREEN_QUIT : SCREEN_REDRAW;
	}
	if (info.ssi_signo != SIGWINCH)
		return SCREEN_QUIT;
	measure(s);
	return SCREEN_REDRAW;
}

static enum screen_event on_key(void)
{
	char keys[16];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys) - 1);

	if (n <= 0)
		return SCREEN_QUIT; /* the terminal is gone */
	keys[n] = '\0';
	if (strchr(keys, 'q') || strchr(keys, 'Q'))
		return SCREEN_QUIT;
	if (strchr(keys, 'k') || strstr(keys, "\033[A") || strstr(keys, "\033OA"))
		return SCREEN_UP;
	if (strchr(keys, 'j') || strstr(keys, "\033[B") || strstr(keys, "\033OB"))
		return SCREEN_DOWN;
	return SCREEN_TIME;
}

enum screen_event screen_wait(struct screen *s, int ms)
{
	struct pollfd fds[] = {
		{.fd = STDIN_FILENO, .events = POLLIN},
		{.fd = s->signals, .events = POLLIN},
	};

	if (poll(fds, 2, ms) <= 0)
		return SCREEN_TIME;
	if (fds[1].revents)
		return on_signal(s);
	return on_key();
}
