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
#include "values/vip.h"
#include "view/view.h"
#include "vip/vip.h"

const struct command commands[] = {
	{"group", "add set del", "GROUP", NULL, "add, change or delete a group",
	 "bullyctl group add NAME id ID [OPTION VALUE]...\n"
	 "bullyctl group set NAME OPTION VALUE...\n"
	 "bullyctl group del NAME",
	 "'group show' is the same as 'show', and 'group delete' as 'group del'.\n"
	 "A group is one election. NAME is 1 to 15 bytes without '/' or white space.",
	 &group_words, false, cmd_group},
	{"peer", "add set del", "GROUP", NULL, "add, change or delete a peer of a group",
	 "bullyctl peer add NAME id ID addr ADDR[:PORT] [role ROLE]\n"
	 "bullyctl peer set NAME id ID [addr ADDR[:PORT]] [role ROLE]\n"
	 "bullyctl peer del NAME id ID",
	 "'peer show' is the same as 'show', and 'peer delete' as 'peer del'.\n"
	 "A peer is another node of the group. ADDR is an IPv4 or IPv6 address, not a host name:\n"
	 "10.0.0.1, 10.0.0.1:28559, 2001:db8::1, [2001:db8::1]:28559, [fe80::1%eth0]:28559.",
	 &peer_words, false, cmd_peer},
	{"show", NULL, "GROUP", NULL, "show groups and their peers (the default command)",
	 "bullyctl show [NAME]", NULL, NULL, false, cmd_show},
	{"status", NULL, "GROUP", NULL, "show who leads, one line for each group",
	 "bullyctl status [NAME]",
	 "SINCE is when the leader last changed, by this host's clock. LAST HOUR counts the\n"
	 "changes of the last hour that the kernel still has: up to 32.",
	 NULL, false, cmd_status},
	{"history", NULL, "GROUP", NULL, "show the last changes of a group's leader",
	 "bullyctl history NAME",
	 "The kernel keeps the last 32 changes while the group exists, the oldest is first.\n"
	 "The times are those that this host's wall clock showed.",
	 NULL, false, cmd_history},
	{"stats", NULL, "GROUP", NULL, "show counters of groups and their peers",
	 "bullyctl stats [NAME]", "Text omits counters that are zero; JSON has all counters.", NULL, false,
	 cmd_stats},
	{"monitor", NULL, "GROUP", "--exec-timeout=DUR --exec=...",
	 "print the present state, then each event as it happens",
	 "bullyctl monitor [NAME]\n"
	 "bullyctl monitor [NAME] [--exec-timeout DUR] --exec COMMAND [ARG]...",
	 "If the group NAME or the module does not exist yet, monitor waits for it. If events\n"
	 "were lost, monitor prints a line 'resync', then new snapshots. It ends with status 0\n"
	 "when the reader of its output goes away. -t, --timestamp, prints the time before each\n"
	 "line of text.\n"
	 "--exec also runs COMMAND, without a shell: first for the present state, then after\n"
	 "each event. One COMMAND runs at a time; events in the meantime cause one more run for\n"
	 "each group, with its newest state. COMMAND gets BULLY_GROUP, BULLY_STATE and other\n"
	 "variables; see bullyctl(8). A COMMAND that takes longer than --exec-timeout (default:\n"
	 "1m; 0s: no limit) is ended. On SIGTERM, monitor waits for the running COMMAND and ends.",
	 NULL, false, cmd_monitor},
	{"elect", NULL, "GROUP", NULL, "start an election; after resign, become a candidate again",
	 "bullyctl elect NAME", NULL, NULL, false, cmd_elect},
	{"resign", NULL, "GROUP", NULL, "give up leadership, and stop being a candidate",
	 "bullyctl resign NAME [to ID]",
	 "The highest candidate leads next. With 'to' the node ID leads next: this node asks it,\n"
	 "and continues to lead if that node does not answer, is no candidate or, in quorum mode, does\n"
	 "not receive a majority. This node is a candidate again when its successor is lost, when no\n"
	 "node takes over, or after 'bullyctl elect NAME'. The command is refused if this node does\n"
	 "not lead, or if no other candidate is up. A higher node with preempt on takes over\n"
	 "from the node ID.",
	 NULL, false, cmd_resign},
	{"showconf", NULL, "GROUP", "--shared", "print a group as a configuration file",
	 "bullyctl showconf NAME [--shared]",
	 "With --shared the file is for all hosts: it has [node ID] sections.", NULL, false,
	 cmd_showconf},
	{"setconf", NULL, "FILE", "--check --id=N|all", "replace the groups that a file names",
	 "bullyctl setconf [--check] [--id N|all] FILE",
	 "Each group is replaced as a whole; other groups are left alone. FILE '-' is standard\n"
	 "input. --check only checks FILE and applies nothing. If FILE has no key-file for a group,\n"
	 "the group keeps the keys that the kernel has.\n"
	 "A FILE with [node ID] sections is for all hosts: this host is the node whose addr it\n"
	 "has, or whose host is its name, or that of --id. --check --id all checks all nodes.",
	 NULL, false, cmd_setconf},
	{"syncconf", NULL, "FILE", "--check --id=N|all",
	 "apply only the differences between a file and the kernel",
	 "bullyctl syncconf [--check] [--id N|all] FILE",
	 "No election starts unless a relevant setting has changed. FILE, --check and --id are as\n"
	 "for setconf. Use setconf to change an id, to remove 'local' or change its address family,\n"
	 "or to exchange the addresses of peers.",
	 NULL, false, cmd_syncconf},
	{"wait", NULL, "GROUP leader follower LEADER", "--timeout=DUR",
	 "wait until this node leads or follows, or a given node leads",
	 "bullyctl wait NAME leader|follower|LEADER-ID [timeout DUR]",
	 "'--timeout DUR' is the same as 'timeout DUR' (default: no limit). The status is 3 if the\n"
	 "time is up or the group is deleted.",
	 NULL, false, cmd_wait},
	{"run", NULL, "GROUP",
	 "--once --restart --timeout=DUR --kill-after=DUR --deadline=DUR|off --watchdog=DEVICE "
	 "--watchdog-timeout=DUR --position-file=FILE --=...",
	 "run a command only while this node leads",
	 "bullyctl run NAME [--once|--restart] [--timeout DUR] [--kill-after DUR]\n"
	 "             [--deadline DUR|off] [--watchdog DEVICE [--watchdog-timeout DUR]]\n"
	 "             [--position-file FILE] -- COMMAND [ARG]...",
	 "This node is a candidate while 'run' lives. When this node leads, 'run' starts COMMAND,\n"
	 "without a shell, with BULLY_GROUP, BULLY_ID and BULLY_EPOCH in its environment. When\n"
	 "leadership is lost, COMMAND and all its descendants get TERM, and KILL after --kill-after.\n"
	 "The status is that of COMMAND; 125 to 127 as in env(1); 3 if leadership was lost, or was\n"
	 "not obtained in time.\n"
	 "\nOptions:\n"
	 "  --once\n"
	 "      end with status 3 when leadership is lost (default)\n"
	 "  --restart\n"
	 "      when leadership is lost, wait, and start COMMAND again at the next leadership\n"
	 "  --timeout DUR\n"
	 "      the longest wait for leadership, each time (default: no limit)\n"
	 "  --kill-after DUR\n"
	 "      time from the loss of leadership to KILL, up to 1h; 0s: KILL at once (default: 1s)\n"
	 "  --deadline DUR|off\n"
	 "      how long 'run' may hang before this node loses leadership, 10ms to 1h; off: no limit\n"
	 "      (default: 2s)\n"
	 "  --watchdog DEVICE\n"
	 "      let a watchdog reset this host if leadership has ended and a process cannot be killed,\n"
	 "      or if 'run' dies or hangs; the watchdog runs while COMMAND lives (default: none)\n"
	 "  --watchdog-timeout DUR\n"
	 "      time from the last feed to the reset, 1s to 2h in whole seconds, and at least twice\n"
	 "      --deadline (default: twice --deadline, rounded up)\n"
	 "  --position-file FILE\n"
	 "      tell this node's peers how far its data is: FILE has one line 'TERM INDEX', or\n"
	 "      'TIMELINE X/Y' as in PostgreSQL, and is read again when it changes (default: none)",
	 NULL, true, cmd_run},
	{"check", NULL, "GROUP",
	 "--name=WORD --interval=DUR --timeout=DUR --fall=N --rise=N --weight=N --deadline=DUR --=...",
	 "make this node a candidate only while a check of a service succeeds",
	 "bullyctl check NAME [--name WORD] [--interval DUR] [--timeout DUR] [--fall N]\n"
	 "               [--rise N] [--weight N] [--deadline DUR] -- COMMAND [ARG]...",
	 "'check' runs COMMAND again and again, without a shell, with BULLY_GROUP, BULLY_ID and\n"
	 "BULLY_STATE in its environment. Status 0 is a success; any other status, a signal and a\n"
	 "timeout are failures. The first result counts at once. Later this node resigns after\n"
	 "--fall failures in a row, and is a candidate again after --rise successes in a row. It is\n"
	 "a candidate only while all owners of its candidacy agree: other checks, 'run', and programs\n"
	 "with libbully. TERM ends the check, and the other owners decide without it. A check that\n"
	 "dies is missed: this node resigns and is not a candidate until the check is back.\n"
	 "With --weight a check that fails, hangs or dies only lowers this node's priority.\n"
	 "\nOptions:\n"
	 "  --name WORD\n"
	 "      tells several checks of a group apart: the owner is check-WORD (default: check)\n"
	 "  --interval DUR\n"
	 "      time from one start of COMMAND to the next, 10ms to 1h (default: 1s)\n"
	 "  --timeout DUR\n"
	 "      how long COMMAND may run before it is killed, 10ms to 1h (default: 1s)\n"
	 "  --fall N\n"
	 "      failures in a row after which this node resigns, 1 to 1000 (default: 3)\n"
	 "  --rise N\n"
	 "      successes in a row after which it is a candidate again, 1 to 1000 (default: 2)\n"
	 "  --weight N\n"
	 "      while the check fails, this node's priority is lower by N, 1 to 255, and the node stays\n"
	 "      a candidate (default: none)\n"
	 "  --deadline DUR\n"
	 "      how long 'check' may hang before this node resigns, 10ms to 1h (default: 2s)",
	 NULL, false, cmd_check},
	{"vip", NULL, "GROUP", "--config=FILE --remove",
	 "keep virtual addresses on the leader, and announce them",
	 "bullyctl vip NAME addr ADDR/LEN [addr ADDR/LEN]... dev IFACE [track IFACE]...\n"
	 "             [announce DUR|off] [--remove]\n"
	 "bullyctl vip NAME [--config FILE] [--remove]",
	 "Runs until a signal. While this node leads, 'vip' keeps the addresses on the interface and\n"
	 "adds them again if another program removes them. While this node does not lead, 'vip' removes\n"
	 "them, also addresses that an earlier run has left. Without 'addr', 'vip' reads the sections\n"
	 "[vip] of the group in FILE (default: /etc/bully/NAME.conf). With --remove it only removes the\n"
	 "addresses.",
	 &vip_words, false, cmd_vip},
	{"doctor", NULL, "GROUP", NULL, "check the module, this host and the groups, and suggest repairs",
	 "bullyctl doctor [NAME]",
	 "Each finding is ok, warning or FAIL. The status is 0 if nothing failed, 3 if something\n"
	 "failed, and 4 if the module is not loaded.",
	 NULL, false, cmd_doctor},
	{"metrics", NULL, "-", "--output=FILE",
	 "print metrics for a monitoring system, in OpenMetrics format",
	 "bullyctl metrics [--output FILE]",
	 "--output replaces a regular FILE in one step, for the textfile collector of\n"
	 "node_exporter. A device, a pipe or a symbolic link is written to instead, and '-' is\n"
	 "standard output. If the module is not loaded, the only metric is bully_module_loaded 0.",
	 NULL, false, cmd_metrics},
	{"top", NULL, "GROUP", "--interval=DUR --once --count=N",
	 "watch groups, peers and rates in a terminal",
	 "bullyctl top [NAME] [--interval DUR] [--once|--count N]",
	 "Keys: q quits; j and k, or the arrows, scroll. --once prints one frame, and --count N\n"
	 "prints N frames, one below the other; neither needs a terminal. The interval is 100ms to\n"
	 "1h (default: 1s).",
	 NULL, false, cmd_top},
	{"genkey", NULL, "-", NULL, "print a new random key, as a line of a key file",
	 "bullyctl genkey [ID]",
	 "ID is 1 by default. 'umask 077; bullyctl genkey > FILE' makes a file for key-file.",
	 NULL, false, cmd_genkey},
	{"help", NULL, "COMMAND", NULL, "show this list, or the help of a command",
	 "bullyctl help [COMMAND [WORD]]",
	 "'bullyctl help --words' prints the grammar for programs.", NULL, false, cmd_help},
	{"version", NULL, "-", NULL, "print the version of the program", "bullyctl version", NULL,
	 NULL, false, cmd_version},
};

const size_t commands_len = ARRAY_SIZE(commands);
