// SPDX-License-Identifier: GPL-2.0-only
/*
 * agent - process 1 of a guest, or a service of its systemd: runs commands for the host
 *
 * It speaks with the host over one virtio-serial port, never over the console
 * and never over the network, so that it goes on when the network is cut and
 * a command's verdict cannot be forged by what a command prints.
 *
 * A frame is: u8 type, 3 bytes 0, u32 id, u32 length (little endian), payload.
 *
 * from the host  R  run: strings, each ended by NUL: token, working directory,
 *                   number of environment entries, those entries, the command
 *                I  bytes for the command's standard input; none: end of file
 *                K  one byte: signal for the command's process group
 *                Z  kill every process but this one, then answer Z
 *                L  answer with the kernel's log in O frames, then L
 *                M  answer with how long the guest stood still since the last M, in an O
 *                   frame, then M
 *                S  bytes for /proc/sysrq-trigger, one after another
 * to the host    H  ready
 *                O  the command's standard output      E  its standard error
 *                X  it ended: i32 wait status, then its token
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_JOBS 64
#define MAX_PAYLOAD (1 << 20)
#define MAX_WORDS 1024
#define MAX_CPUS 64
#define METER_MS 20
/* While this file exists, a test stops the processors on purpose. */
#define ON_PURPOSE "/run/bully-vm/on-purpose"

struct frame {
	uint8_t type;
	uint8_t zero[3];
	uint32_t id;
	uint32_t len;
};

struct job {
	pid_t pid;
	uint32_t id;
	int in, out, err;
	char *token;
};

static struct job jobs[MAX_JOBS];
static int port;
static char payload[MAX_PAYLOAD + 1];
static unsigned int stood_ms[MAX_CPUS];	/* each written by its thread only */

static void say(const char *what)
{
	fprintf(stderr, "agent: %s: %s\n", what, strerror(errno));
}

static void write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			struct pollfd pfd = {.fd = fd, .events = POLLOUT};

			poll(&pfd, 1, -1);
			continue;
		}
		if (n <= 0)
			return;
		p += n;
		len -= n;
	}
}

static int read_all(int fd, void *data, size_t len)
{
	char *p = data;

	while (len) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= n;
	}
	return 0;
}

static void send_frame(uint8_t type, uint32_t id, const void *data, uint32_t len)
{
	static char buf[sizeof(struct frame) + 65536];
	struct frame f = {.type = type, .id = id, .len = len};

	memcpy(buf, &f, sizeof(f));
	if (len)
		memcpy(buf + sizeof(f), data, len);
	write_all(port, buf, sizeof(f) + len);
}

static struct job *find_job(uint32_t id)
{
	for (struct job *j = jobs; j < jobs + MAX_JOBS; j++)
		if (j->pid && j->id == id)
			return j;
	return NULL;
}

/* Returns 0 at end of file; a lack of data at this moment is not the end. */
static int forward(struct job *j, int fd, uint8_t type)
{
	char buf[32768];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0)
		send_frame(type, j->id, buf, n);
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void drain(struct job *j, int *fd, uint8_t type)
{
	struct pollfd pfd = {.fd = *fd, .events = POLLIN};

	/* A left-over daemon may keep the pipe open, so only what is in the pipe is read. */
	for (int i = 0; *fd >= 0 && i < 1024 && poll(&pfd, 1, 0) > 0; i++)
		if (!forward(j, *fd, type))
			break;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void end_job(struct job *j, int status)
{
	char buf[256];
	int32_t st = status;
	size_t n = strnlen(j->token, sizeof(buf) - sizeof(st));

	drain(j, &j->out, 'O');
	drain(j, &j->err, 'E');
	if (j->in >= 0)
		close(j->in);
	memcpy(buf, &st, sizeof(st));
	memcpy(buf + sizeof(st), j->token, n);
	send_frame('X', j->id, buf, sizeof(st) + n);
	free(j->token);
	memset(j, 0, sizeof(*j));
}

static void reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct job *j = jobs; j < jobs + MAX_JOBS; j++)
			if (j->pid == pid) {
				end_job(j, status);
				break;
			}
}

static void child(int in, int out, int err, char *dir, char **env, char **argv)
{
	sigset_t none;

	setsid();
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (; *env; env++)
		putenv(*env);
	if (chdir(dir))
		say(dir);
	else
		execvp(argv[0], argv);
	dprintf(2, "%s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void run(uint32_t id, uint32_t len)
{
	char *words[MAX_WORDS], *env[MAX_WORDS] = {0};
	int in[2], out[2], err[2], n = 0, nenv;
	struct job *j = jobs;

	for (char *p = payload; p < payload + len && n < MAX_WORDS - 1; p += strlen(p) + 1)
		words[n++] = p;
	words[n] = NULL;
	while (j < jobs + MAX_JOBS && j->pid)
		j++;
	nenv = n > 3 ? atoi(words[2]) : -1;
	if (nenv < 0 || n < 4 + nenv || j == jobs + MAX_JOBS || pipe2(in, O_CLOEXEC) ||
	    pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) {
		static const char why[] = "agent: cannot run this, or too much at once\n";
		int32_t st = 126 << 8;

		send_frame('E', id, why, sizeof(why) - 1);
		send_frame('X', id, &st, sizeof(st));
		return;
	}
	memcpy(env, words + 3, nenv * sizeof(*env));
	j->id = id;
	j->token = strdup(words[0]);
	j->pid = fork();
	if (!j->pid)
		child(in[0], out[1], err[1], words[1], env, words + 3 + nenv);
	close(in[0]);
	close(out[1]);
	close(err[1]);
	j->in = in[1];
	j->out = out[0];
	j->err = err[0];
	fcntl(j->out, F_SETFL, O_NONBLOCK);
	fcntl(j->err, F_SETFL, O_NONBLOCK);
	if (j->pid < 0)
		end_job(j, 126 << 8);
}

static void send_log(uint32_t id)
{
	char buf[8192];
	ssize_t n;
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		say("/dev/kmsg");
	} else {
		/* from the first record, because "cleared" records count, too */
		lseek(fd, 0, SEEK_SET);
		while ((n = read(fd, buf, sizeof(buf))) > 0 || errno == EPIPE)
			if (n > 0)
				send_frame('O', id, buf, n);
		close(fd);
	}
	send_frame('L', id, NULL, 0);
}

static void kill_all(uint32_t id)
{
	int status;

	kill(-1, SIGKILL);
	while (waitpid(-1, &status, 0) > 0)
		;
	for (struct job *j = jobs; j < jobs + MAX_JOBS; j++)
		if (j->pid)
			end_job(j, SIGKILL);
	send_frame('Z', id, NULL, 0);
}

static long long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/*
 * This thread has priority over all other processes of its processor. So it is late only if
 * the host did not run that processor; then a failure is no fault of a test.
 */
static void *meter(void *arg)
{
	const struct sched_param first = {.sched_priority = 99};
	const struct timespec pause = {.tv_nsec = METER_MS * 1000000L};
	unsigned int *stood = arg;
	long long last, now;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(stood - stood_ms, &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu) || sched_setscheduler(0, SCHED_FIFO, &first))
		return NULL;
	for (last = now_ms();; last = now) {
		nanosleep(&pause, NULL);
		now = now_ms();
		if (now - last > METER_MS + *stood && access(ON_PURPOSE, F_OK))
			__atomic_store_n(stood, now - last - METER_MS, __ATOMIC_RELAXED);
	}
}

static void start_meters(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_t thread;

	for (long i = 0; i < cpus && i < MAX_CPUS; i++)
		if (!pthread_create(&thread, NULL, meter, stood_ms + i))
			pthread_detach(thread);
}

static void send_stood(uint32_t id)
{
	unsigned int most = 0, one;
	char text[16];

	for (int i = 0; i < MAX_CPUS; i++) {
		one = __atomic_exchange_n(stood_ms + i, 0, __ATOMIC_RELAXED);
		most = one > most ? one : most;
	}
	send_frame('O', id, text, snprintf(text, sizeof(text), "%u", most));
	send_frame('M', id, NULL, 0);
}

static void sysrq(uint32_t len)
{
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);

	for (uint32_t i = 0; fd >= 0 && i < len; i++)
		write_all(fd, payload + i, 1);
	close(fd);
}

static int serve(void)
{
	struct frame f;
	struct job *j;

	if (read_all(port, &f, sizeof(f)) || f.len > MAX_PAYLOAD || read_all(port, payload, f.len))
		return -1;
	payload[f.len] = 0;
	j = find_job(f.id);
	switch (f.type) {
	case 'R':
		run(f.id, f.len);
		break;
	case 'I':
		if (j && j->in >= 0 && f.len) {
			write_all(j->in, payload, f.len);
		} else if (j && j->in >= 0) {
			close(j->in);
			j->in = -1;
		}
		break;
	case 'K':
		if (j && f.len)
			kill(-j->pid, payload[0]);
		break;
	case 'Z':
		kill_all(f.id);
		break;
	case 'L':
		send_log(f.id);
		break;
	case 'M':
		send_stood(f.id);
		break;
	case 'S':
		sysrq(f.len);
		break;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct pollfd pfd[2 + 2 * MAX_JOBS];
	struct signalfd_siginfo si;
	sigset_t chld;
	int sfd;

	port = argc > 1 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;
	if (port < 0) {
		say("the port to the host");
		return 1;
	}
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	sfd = signalfd(-1, &chld, SFD_CLOEXEC | SFD_NONBLOCK);
	start_meters();
	send_frame('H', 0, NULL, 0);
	for (;;) {
		int n = 2;

		pfd[0] = (struct pollfd){.fd = port, .events = POLLIN};
		pfd[1] = (struct pollfd){.fd = sfd, .events = POLLIN};
		for (struct job *j = jobs; j < jobs + MAX_JOBS; j++) {
			pfd[n++] = (struct pollfd){.fd = j->pid ? j->out : -1, .events = POLLIN};
			pfd[n++] = (struct pollfd){.fd = j->pid ? j->err : -1, .events = POLLIN};
		}
		if (poll(pfd, n, -1) < 0)
			continue;
		for (int i = 0; i < MAX_JOBS; i++) {
			struct job *j = jobs + i;

			if (pfd[2 + 2 * i].revents && !forward(j, j->out, 'O')) {
				close(j->out);
				j->out = -1;
			}
			if (pfd[3 + 2 * i].revents && !forward(j, j->err, 'E')) {
				close(j->err);
				j->err = -1;
			}
		}
		if (pfd[1].revents) {
			while (read(sfd, &si, sizeof(si)) > 0)
				;
			reap();
		}
		if (pfd[0].revents && serve())
			break;
	}
	/* The host is gone, so the guest has no purpose any more. */
	return 0;
}
