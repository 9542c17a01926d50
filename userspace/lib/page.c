// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads the status page. In doubt this node does not lead. */
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clocksource.h"
#include "libbully.h"
#include "page.h"

#define TIMENS "/proc/self/ns/time"

/*
 * The kernel writes the page with preemption off, in well under a microsecond. Only a writer whose
 * virtual processor was descheduled takes longer than this many attempts.
 */
#define READ_TRIES 1000

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield" ::: "memory");
#endif
}

/*
 * On 32-bit machines a 64-bit number is read in two halves. If the kernel writes between the two
 * reads, seq changes and the copy is repeated.
 */
bool bully_page_read(const struct bully_page *page, struct bully_page_view *view)
{
	const volatile struct bully_page *p = page;
	unsigned int tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		/* acquire: the reads below do not move before this read of seq */
		uint32_t seq = __atomic_load_n(&p->seq, __ATOMIC_ACQUIRE);

		if (seq & 1) {
			relax();
			continue;
		}
		view->state = p->state;
		view->epoch = p->epoch;
		view->lease_end_ns = p->gone ? 0 : p->lease_end_ns;
		/* acquire: the reads above do not move behind the second read of seq */
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&p->seq, __ATOMIC_RELAXED) == seq)
			return true;
	}
	return false;
}

bool bully_page_leads(const struct bully_page_view *view, int64_t offset_ns, uint64_t now_ns)
{
	return view->state == BULLY_STATE_LEADER &&
	       (view->lease_end_ns == BULLY_PAGE_ALWAYS ||
		now_ns - (uint64_t)offset_ns < view->lease_end_ns);
}

static uint64_t ask(const struct bully_page *page, int64_t offset_ns)
{
	struct bully_page_view view;
	uint64_t now_ns = 0;
	struct timespec ts;

	if (!bully_page_read(page, &view) || view.state != BULLY_STATE_LEADER)
		return 0;
	/*
	 * The clock is read after the page: a reader that is delayed in between sees that
	 * the lease has ended. A lease without an end needs no clock.
	 */
	if (view.lease_end_ns != BULLY_PAGE_ALWAYS) {
		if (clock_gettime(CLOCK_BOOTTIME, &ts))
			return 0;
		now_ns = (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
	}
	return bully_page_leads(&view, offset_ns, now_ns) ? view.epoch : 0;
}

/*
 * A forked child may be in another time namespace, where another offset applies, so it must check
 * once. The kernel clears the page of @mark in a child, which thus reads 0.
 */
int bully_page_watch_forks(struct bully_leadership *l)
{
	struct stat st;
	void *p;

	p = mmap(NULL, l->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return -1;
	l->mark = p;
	if (madvise(p, l->size, MADV_WIPEONFORK))
		return -1;
	*l->mark = 1;
	if (!stat(TIMENS, &st)) {
		l->timens_dev = st.st_dev;
		l->timens_ino = st.st_ino;
	}
	return 0;
}

/*
 * Returns true if this process is in the time namespace for which the offset holds, and sets @mark
 * then. A child runs this at its first query, or at every query if the namespace is another.
 */
static bool same_clock(const struct bully_leadership *l)
{
	struct stat st;

	if (!l->timens_ino || stat(TIMENS, &st) || st.st_dev != l->timens_dev ||
	    st.st_ino != l->timens_ino)
		return false;
	__atomic_store_n(l->mark, 1, __ATOMIC_RELAXED);
	return true;
}

static bool clock_known(const struct bully_leadership *l)
{
	return __atomic_load_n(l->mark, __ATOMIC_RELAXED) || same_clock(l);
}

uint64_t bully_epoch(const struct bully_leadership *l)
{
	return clock_known(l) ? ask(l->page, l->offset_ns) : 0;
}

/* The epoch of a leader is never 0. */
bool bully_is_leader(const struct bully_leadership *l)
{
	return bully_epoch(l) != 0;
}

bool bully_leadership_gone(const struct bully_leadership *l)
{
	return __atomic_load_n(&l->page->gone, __ATOMIC_ACQUIRE) || !clock_known(l);
}

bool bully_leadership_is_cheap(const struct bully_leadership *l)
{
	char name[64] = "";
	ssize_t n;
	int fd;

	(void)l;
	if (!getauxval(AT_SYSINFO_EHDR))
		return false; /* the process has no vDSO at all */
	fd = open(BULLY_CLOCKSOURCE, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, name, sizeof(name) - 1);
	close(fd);
	name[n > 0 ? n : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	return bully_clocksource_is_cheap(name);
}

int bully_leadership_fd(const struct bully_leadership *l)
{
	return l->fd;
}

void bully_leadership_ack(struct bully_leadership *l)
{
	uint64_t changes;

	/* The read itself acknowledges; the page has the new state. */
	if (read(l->fd, &changes, sizeof(changes)) < 0)
		return;
}
