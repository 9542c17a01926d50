// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs the loop of 'bullyctl vip' without the kernel module, for vip.py: leadership comes from a
 * file that both processes have mapped, and a byte on standard input says that it has changed.
 *
 *     vip PAGE WORD VALUE...       the loop, with the words of 'bullyctl vip'
 *     vip frames MAC IP4 IP6       prints the frames in hexadecimal, one a line
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "vip/frames.h"
#include "vip/vip.h"

/**
 * struct page - what the test sets, and what it reads
 * @epoch: the epoch with which this node leads, or 0
 * @left: if not 0: at the look that makes it 0, leadership ends
 * @stale: raised by the test to have the addresses announced again
 * @trouble: there is a trouble
 * @fit: written here: 1 if the loop wants this node to stand, 2 if not
 */
struct page {
	uint64_t epoch;
	uint64_t left;
	uint64_t stale;
	uint64_t trouble;
	uint64_t fit;
};

static volatile struct page *page;
static uint64_t stale_seen;
static int input = STDIN_FILENO;

static uint64_t epoch(struct leader *l)
{
	(void)l;
	if (page->left && !--page->left)
		page->epoch = 0;
	return page->epoch;
}

static void update(struct leader *l)
{
	char bytes[64];
	struct pollfd p = {.fd = input, .events = POLLIN};

	if (input >= 0 && poll(&p, 1, 0) > 0 && read(input, bytes, sizeof(bytes)) <= 0)
		input = -1;
	if (page->stale != stale_seen)
		l->stale = true;
	stale_seen = page->stale;
	strcpy(l->trouble, page->trouble ? "there is no such group" : "");
}

static void stand(struct leader *l, bool fit)
{
	(void)l;
	page->fit = fit ? 1 : 2;
}

static size_t fds(struct leader *l, struct pollfd *p)
{
	(void)l;
	p[0] = (struct pollfd){.fd = input, .events = POLLIN};
	return 1;
}

static uint64_t next(struct leader *l)
{
	(void)l;
	return LEADER_NEVER;
}

static void print_frame(const uint8_t *frame, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		printf("%02x", frame[i]);
	putchar('\n');
}

static int frames(char **argv)
{
	uint8_t frame[FRAME_MAX], mac[FRAME_MAC], ip4[4], ip6[16];

	if (sscanf(argv[0], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", mac, mac + 1, mac + 2, mac + 3,
		   mac + 4, mac + 5) != 6 ||
	    inet_pton(AF_INET, argv[1], ip4) != 1 || inet_pton(AF_INET6, argv[2], ip6) != 1)
		return 1;
	print_frame(frame, frame_arp(frame, mac, ip4, false));
	print_frame(frame, frame_arp(frame, mac, ip4, true));
	print_frame(frame, frame_na(frame, mac, ip6, false));
	print_frame(frame, frame_na(frame, mac, ip6, true));
	return 0;
}

static int serve(struct ctl *ctl, const struct vip_settings *s)
{
	struct leader l = {
		.epoch = epoch, .update = update, .stand = stand, .fds = fds, .next = next};
	struct announcer a = {.fd = -1};
	static struct keeper k;
	int ret;

	ret = keep_open(&k, ctl, "g", s);
	if (!ret)
		ret = check_host(&k);
	if (!ret)
		ret = announce_open(&a, ctl, s->announce_ns);
	if (!ret)
		ret = vip_loop(&k, &a, &l);
	announce_close(&a);
	keep_close(&k);
	return ret;
}

int main(int argc, char **argv)
{
	struct vip_settings s = {0};
	char err[SENTENCE_LEN];
	struct ctl ctl = {0};
	int fd, i;

	if (argc == 5 && !strcmp(argv[1], "frames"))
		return frames(argv + 2);
	fd = argc > 1 ? open(argv[1], O_RDWR) : -1;
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return 1;
	vip_begin(&s);
	for (i = 2; i + 1 < argc; i += 2) {
		const struct word *w = word_find(&vip_words, argv[i]);

		if (!w || vip_take(&s, w, argv[i + 1], err))
			return 1;
	}
	return vip_end(&s, err) ? 1 : serve(&ctl, &s);
}
