# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Three PostgreSQL servers with the agent of userspace/examples/postgresql, for tests/postgresql/run and
# tests/vm/postgresql.sh. The test has sourced check-lib.sh, and defines before it calls anything here:
#   on I CMD...     runs CMD on the host of node I
#   address I       prints the host, or host:port, of server I
#   port I          prints its port
#   WORK            a folder; all processes of node I have a working directory below $WORK/nI

BIN=/usr/lib/postgresql/15/bin
AGENT=${AGENT:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/userspace/examples/postgresql/bully-postgresql}
PG_NODES="1 2 3"

as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }

# make_servers: makes three equal servers with one table; none is started
make_servers() {
	local i
	[ -x $BIN/initdb ] || { why="there is no $BIN/initdb: run 'scripts/deps vm'"; return 1; }
	for i in $PG_NODES; do
		mkdir -p "$WORK/n$i/run" "$WORK/n$i/state" || return 1
		server_settings "$i" > "$WORK/n$i/postgresql.conf"
		printf 'local all all trust\nhost all,replication all all trust\nhost replication all all trust\n' > "$WORK/n$i/hba"
		agent_settings "$i" > "$WORK/n$i/agent.conf"
	done
	chown -R postgres: "$WORK"/n[123]
	cd "$WORK/n1" || return 1
	as_postgres $BIN/initdb -N -A trust --wal-segsize=1 --locale=C -E UTF8 -D "$WORK/n1/data" > initdb.log 2>&1 &&
		as_postgres $BIN/pg_ctl start -w -t 300 -s -D "$WORK/n1/data" -l "$WORK/n1/log" \
			-o "-c config_file=$WORK/n1/postgresql.conf -c synchronous_standby_names= -c listen_addresses=" &&
		ask_local 1 'CREATE TABLE written (id bigserial PRIMARY KEY)' && ask_local 1 'CHECKPOINT' &&
		as_postgres $BIN/pg_ctl stop -w -t 300 -s -m fast -D "$WORK/n1/data" || {
		why="a server cannot be made: $(tail -n 2 initdb.log log 2> /dev/null | paste -sd '|')"
		return 1
	}
	cd "$WORK" && cp -a n1/data n2/data && cp -a n1/data n3/data
}
server_settings() { # I
	cat <<-END
		data_directory = '$WORK/n$1/data'
		hba_file = '$WORK/n$1/hba'
		unix_socket_directories = '$WORK/n$1/run'
		listen_addresses = '*'
		port = $(port "$1")
		max_connections = 20
		shared_buffers = 4MB
		dynamic_shared_memory_type = mmap
		autovacuum = off
		jit = off
		min_wal_size = 4MB
		max_wal_size = 16MB
		wal_keep_size = 16MB
		wal_log_hints = on
		wal_retrieve_retry_interval = 500ms
		wal_receiver_timeout = 30s
		wal_sender_timeout = 30s
		log_line_prefix = '%m [%p] '
		synchronous_standby_names = 'ANY 1 (*)'
		bully.promise = '0 0'
	END
}
agent_settings() { # I
	local i
	cat <<-END
		GROUP=pg
		DATA=$WORK/n$1/data
		CONFIG=$WORK/n$1/postgresql.conf
		SOCKET=$WORK/n$1/run
		PORT=$(port "$1")
		STATE=$WORK/n$1/state
		LOG=$WORK/n$1/log
		CONNECT='user=postgres'
		ANSWER_SECONDS=${ANSWER_SECONDS:-60}
		RUN_OPTIONS=(${RUN_OPTIONS:---kill-after 5s --deadline 20s})
	END
	for i in $PG_NODES; do echo "SERVERS[$i]=$(address "$i")"; done
}

# ask_local I STATEMENT: asks server I on its own host
ask_local() {
	as_postgres env PGCONNECT_TIMEOUT=10 timeout 60 $BIN/psql -XqAt -F ' ' -h "$WORK/n$1/run" -p "$(port "$1")" -U postgres -d postgres \
		-c "$2" 2>> "$WORK/psql.err"
}

start_agent() { # I
	cd "$WORK/n$1/state" || return 1
	on "$1" "$AGENT" --config "$WORK/n$1/agent.conf" run >> "$WORK/n$1/agent.log" 2>&1 9>&- &
	disown	# so that the shell does not report its death
	cd "$WORK" || return 1
}
# processes I: prints all processes of node I: agent, bullyctl run, and server
processes() {
	# one program for all processes, because to start one for each takes half a minute in a guest
	find /proc/[0-9]* -maxdepth 1 -name cwd -lname "$WORK/n$1/*" 2> /dev/null | command cut -d / -f 3
}
# kill_all I: kills them with KILL, as a power cut would
kill_all() {
	local pids end=$((SECONDS + 30))
	while pids=$(processes "$1" | paste -sd ' ') && [ -n "$pids" ] && [ $SECONDS -lt $end ]; do
		# shellcheck disable=SC2086
		kill -KILL $pids 2> /dev/null
		nap
	done
}

# server_is I ROLE [TIMELINE]: succeeds if the agent of node I has seen its server so
server_is() {
	local role timeline
	read -r role timeline _ 2> /dev/null < "$WORK/n$1/state/server" || role=silent
	why="server $1 is ${role:-silent}, timeline ${timeline:-unknown}"
	[ "$role" = "$2" ] && [ "${3:-$timeline}" = "$timeline" ]
}
# streams I: succeeds if server I receives from a primary
streams() {
	why="server $1 does not receive: $(tail -n 1 "$WORK/n$1/agent.log")"
	[ "$(ask_local "$1" "SELECT status FROM pg_stat_wal_receiver")" = streaming ]
}
# lsn I: prints how far server I has received, as a number
lsn() {
	ask_local "$1" "SELECT (CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
		ELSE pg_current_wal_flush_lsn() END - '0/0')::bigint"
}
agent_said() { # I WORDS
	why="the agent of node $1 said '$(tail -n 3 "$WORK/n$1/agent.log" | paste -sd '|')'"
	grep -q -- "$2" "$WORK/n$1/agent.log"
}

# start_client: writes rows one after another to the primary, from the host of node $CLIENT, until $WORK/client.ends
# exists. The file acknowledged has 'MILLISECONDS ID ADDRESS' of each row that a primary has acknowledged.
start_client() {
	touch "$WORK/acknowledged" "$WORK/client.err"
	rm -f "$WORK/client.ends"
	client 9>&- &
	CLIENT_PID=$!
}
# end_client: no client is left when the connection of the present one has ended
end_client() {
	touch "$WORK/client.ends"
	wait "$CLIENT_PID"
}
client() {
	set +e
	local hosts='' ports='' i address
	for i in $PG_NODES; do
		address=$(address "$i")
		hosts+=${hosts:+,}${address%%:*}
		ports+=${ports:+,}$(port "$i")
	done
	while [ ! -e "$WORK/client.ends" ]; do
		yes 'INSERT INTO written DEFAULT VALUES RETURNING id, host(inet_server_addr());' 2> /dev/null |
			on "$CLIENT" $BIN/psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d "host=$hosts port=$ports \
			user=postgres dbname=postgres target_session_attrs=read-write connect_timeout=2 tcp_user_timeout=4000 \
			keepalives_idle=1 keepalives_interval=1 keepalives_count=3" -f - 2>> "$WORK/client.err"
		read -rt 0.1 -u "$NAP_FD"
	done | while read -r i; do
		echo "$((${EPOCHREALTIME/./} / 1000)) $i"
	done >> "$WORK/acknowledged"
}
acknowledged() { wc -l < "$WORK/acknowledged"; }
# writes_on: succeeds if five more rows are acknowledged than ACKNOWLEDGED
writes_on() {
	local now
	now=$(acknowledged)
	why="$((now - ACKNOWLEDGED)) rows were acknowledged, and the client's last error is '$(tail -n 1 "$WORK/client.err")'"
	[ "$now" -ge $((ACKNOWLEDGED + 5)) ]
}
# all_there I: succeeds if server I has each acknowledged row
all_there() {
	local lost
	command cut -d ' ' -f 2 "$WORK/acknowledged" | sort > "$WORK/sorted"
	ask_local "$1" 'SELECT id FROM written' | sort > "$WORK/there" || return 1
	lost=$(comm -23 "$WORK/sorted" "$WORK/there" | paste -sd ' ')
	why="server $1 lacks acknowledged rows: ${lost:0:200}"
	[ -s "$WORK/there" ] && [ -z "$lost" ]
}
# same_rows I J
same_rows() {
	local a b
	a=$(ask_local "$1" 'SELECT count(*), sum(id) FROM written') || return 1
	b=$(ask_local "$2" 'SELECT count(*), sum(id) FROM written') || return 1
	# shellcheck disable=SC2034 # for check
	why="server $1 has $a (rows and sum), and server $2 has $b"
	[ "$a" = "$b" ]
}
# pg_dump_state: prints what the agents said, for the reader of a failure
pg_dump_state() {
	local i
	for i in $PG_NODES; do
		echo "#   server $i: $(cat "$WORK/n$i/state/server" 2> /dev/null || echo silent); promise $(sed -n "s/^bully.promise = //p" "$WORK/n$i/data/postgresql.auto.conf" 2> /dev/null)"
		tail -n 8 "$WORK/n$i/agent.log" 2> /dev/null | sed "s/^/#   agent $i: /"
		tail -n 4 "$WORK/n$i/log" 2> /dev/null | command cut -c -200 | sed "s/^/#   log $i: /"
		tail -n 2 "$WORK/n$i/state/sql.log" 2> /dev/null | command cut -c -200 | sed "s/^/#   psql $i: /"
	done
}
