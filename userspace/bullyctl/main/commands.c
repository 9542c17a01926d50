// SPDX-License-Identifier: GPL-2.0-only
/* The table of commands: dispatch, help and completion read it. */
#include "check/check.h"
#include "commands/commands.h"
#include "config/config.h"
#include "doctor/doctor.h"
#include "main/commands.h"
#include "metrics/metrics.h"
#include "monitor/monitor.h"
#include "run/run.h"
#include "top/top.h"
#include "values/words.h"
#include "view/view.h"

const struct command commands[] = {
	{"group", "add set del", "GROUP", NULL, "add, change or delete a group",
	 "bullyctl group add NAME id ID [OPTION VALUE]...\n"
	 "bullyctl group set NAME OPTION VALUE...\n"
	 "bullyctl group del NAME",
	 "'group show' is 'show', and 'group delete' is 'group del'.\n"
	 "A group is one election. NAME is 1 to 15 bytes without '/' or white space.",
	 &group_words, false, cmd_group},
	{"peer", "add set del", "GROUP", NULL, "add, change or delete a peer of a group",
	 "bullyctl peer add NAME id ID addr ADDR[:PORT] [role ROLE]\n"
	 "bullyctl peer set NAME id ID [addr ADDR[:PORT]] [role ROLE]\n"
	 "bullyctl peer del NAME id ID",
	 "'peer show' is 'show', and 'peer delete' is 'peer del'.\n"
	 "A peer is another node of the group. ADDR is IPv4 or IPv6, no host name:\n"
	 "10.0.0.1, 10.0.0.1:28559, 2001:db8::1, [2001:db8::1]:28559, [fe80::1%eth0]:28559.",
	 &peer_words, false, cmd_peer},
	{"show", NULL, "GROUP", NULL, "show groups and their peers (the default command)",
	 "bullyctl show [NAME]", NULL, NULL, false, cmd_show},
	{"stats", NULL, "GROUP", NULL, "show counters of groups and their peers",
	 "bullyctl stats [NAME]", "Text leaves out what is zero; JSON has it all.", NULL, false, cmd_stats},
	{"monitor", NULL, "GROUP", "--exec-timeout=DUR --exec=...",
	 "print what is, then each event as it happens",
	 "bullyctl monitor [NAME]\n"
	 "bullyctl monitor [NAME] [--exec-timeout DUR] --exec COMMAND [ARG]...",
	 "NAME need not exist yet, nor the module be loaded. Where events may have\n"
	 "been missed it says 'resync' and prints fresh snapshots. It ends, with status 0,\n"
	 "when its reader goes away. -t, --timestamp, puts the time before each line of text.\n"
	 "--exec also runs COMMAND, without a shell, first with what is and then after each\n"
	 "event, one at a time; what happens meanwhile is told by one further run for each\n"
	 "group, with its newest state. BULLY_GROUP, BULLY_STATE and others tell it;\n"
	 "see bullyctl(8). One that takes longer than --exec-timeout (1m; 0s is for ever) is\n"
	 "ended. SIGTERM ends monitor after the command that runs.",
	 NULL, false, cmd_monitor},
	{"elect", NULL, "GROUP", NULL, "start an election, and stand again after resign",
	 "bullyctl elect NAME", NULL, NULL, false, cmd_elect},
	{"resign", NULL, "GROUP", NULL, "give up leadership and do not stand",
	 "bullyctl resign NAME",
	 "The node stands again when its successor is lost, or on 'bullyctl elect NAME'.\n"
	 "Refused where this node does not lead or no other eligible node is up.",
	 NULL, false, cmd_resign},
	{"showconf", NULL, "GROUP", NULL, "print a group as a configuration file",
	 "bullyctl showconf NAME", NULL, NULL, false, cmd_showconf},
	{"setconf", NULL, "FILE", "--check", "replace the groups that a file names",
	 "bullyctl setconf [--check] FILE",
	 "Each group is replaced as one; others are left alone. FILE '-' is standard\n"
	 "input. With --check the file is checked and nothing applied. A group of which FILE\n"
	 "has no key-file keeps the keys that the kernel has.",
	 NULL, false, cmd_setconf},
	{"syncconf", NULL, "FILE", "--check", "apply what differs between a file and the kernel",
	 "bullyctl syncconf [--check] FILE",
	 "Causes no election where nothing relevant changed. A changed id, a 'local' that\n"
	 "is taken away or of another family, and peers that exchange their addresses need\n"
	 "setconf.",
	 NULL, false, cmd_syncconf},
	{"wait", NULL, "GROUP leader follower LEADER", "--timeout=DUR",
	 "wait until this node leads or follows, or a given node leads",
	 "bullyctl wait NAME leader|follower|LEADER-ID [timeout DUR]",
	 "'--timeout DUR' is the same as 'timeout DUR'. Without it there is no end of waiting.\n"
	 "Status 3 when the time is up or the group is deleted.",
	 NULL, false, cmd_wait},
	{"run", NULL, "GROUP",
	 "--once --restart --timeout=DUR --kill-after=DUR --deadline=DUR|off --=...",
	 "run a command while this node leads, and no longer",
	 "bullyctl run NAME [--once|--restart] [--timeout DUR] [--kill-after DUR]\n"
	 "             [--deadline DUR|off] -- COMMAND [ARG]...",
	 "This node stands while 'run' lives. COMMAND is started, without a shell, when it\n"
	 "leads, with BULLY_GROUP, BULLY_ID and BULLY_EPOCH. When it leads no more, COMMAND and\n"
	 "all that it has started get TERM, and after a while KILL. The status is that of\n"
	 "COMMAND; 125 to 127 as of env(1); 3 where leadership was lost, or not had in time.\n"
	 "\nOptions:\n"
	 "  --once\n"
	 "      end, with status 3, when leadership is lost (the default)\n"
	 "  --restart\n"
	 "      wait then, and start COMMAND again at the next leadership\n"
	 "  --timeout DUR\n"
	 "      how long to wait for leadership, each time (for ever)\n"
	 "  --kill-after DUR\n"
	 "      from the loss of leadership to KILL, up to 1h; 0s: KILL at once (1s)\n"
	 "  --deadline DUR|off\n"
	 "      10ms to 1h; a 'run' that hangs for longer loses leadership; off: it may (2s)",
	 NULL, true, cmd_run},
	{"check", NULL, "GROUP",
	 "--name=WORD --interval=DUR --timeout=DUR --fall=N --rise=N --deadline=DUR --=...",
	 "let a command that checks a service decide whether this node stands",
	 "bullyctl check NAME [--name WORD] [--interval DUR] [--timeout DUR] [--fall N]\n"
	 "               [--rise N] [--deadline DUR] -- COMMAND [ARG]...",
	 "COMMAND is run again and again, without a shell, with BULLY_GROUP, BULLY_ID and\n"
	 "BULLY_STATE. Status 0 is a success; all else is a failure, also a signal and a timeout.\n"
	 "The first result counts at once. Later this node resigns after --fall failures in a\n"
	 "row, and stands again after --rise successes in a row. It stands only while all owners\n"
	 "of its candidacy agree: other checks, 'run', and programs with libbully. TERM ends\n"
	 "the check, and the others decide without it; a check that dies is missed.\n"
	 "\nOptions:\n"
	 "  --name WORD\n"
	 "      tells several checks of a group apart: the owner is check-WORD (check)\n"
	 "  --interval DUR\n"
	 "      from the start of COMMAND to its next start, 10ms to 1h (1s)\n"
	 "  --timeout DUR\n"
	 "      how long COMMAND may take before it is killed, 10ms to 1h (1s)\n"
	 "  --fall N\n"
	 "      failures in a row after which this node resigns, 1 to 1000 (3)\n"
	 "  --rise N\n"
	 "      successes in a row after which it stands again, 1 to 1000 (2)\n"
	 "  --deadline DUR\n"
	 "      10ms to 1h; with a 'check' that hangs for longer this node resigns (2s)",
	 NULL, false, cmd_check},
	{"doctor", NULL, "GROUP", NULL, "look for what is wrong, and say what helps",
	 "bullyctl doctor [NAME]",
	 "Each check is ok, warning or FAIL. Status 0 where nothing failed, 3 where something\n"
	 "did, 4 where the module is not loaded.",
	 NULL, false, cmd_doctor},
	{"metrics", NULL, "-", "--output=FILE", "print OpenMetrics for a monitoring system",
	 "bullyctl metrics [--output FILE]",
	 "With --output a regular FILE is replaced as one, which suits the textfile collector\n"
	 "of node_exporter; a device, a pipe or a link is written to, and '-' is standard\n"
	 "output. Where the module is not loaded it says bully_module_loaded 0.",
	 NULL, false, cmd_metrics},
	{"top", NULL, "GROUP", "--interval=DUR --once --count=N",
	 "watch groups, peers and rates in a terminal",
	 "bullyctl top [NAME] [--interval DUR] [--once|--count N]",
	 "Keys: q quits; j and k, or the arrows, scroll. --once and --count print so many\n"
	 "frames, one below the other, and need no terminal. The interval is 1s unless given,\n"
	 "100ms to 1h.",
	 NULL, false, cmd_top},
	{"genkey", NULL, "-", NULL, "make a key, as a line of a key-file", "bullyctl genkey [ID]",
	 "ID is 1 unless given. 'umask 077; bullyctl genkey > FILE' makes a file for key-file.",
	 NULL, false, cmd_genkey},
	{"help", NULL, "COMMAND", NULL, "show this, or what a command takes",
	 "bullyctl help [COMMAND [WORD]]",
	 "'bullyctl help --words' prints the grammar for programs.", NULL, false, cmd_help},
	{"version", NULL, "-", NULL, "print the version of the program", "bullyctl version", NULL,
	 NULL, false, cmd_version},
};

const size_t commands_len = ARRAY_SIZE(commands);
