#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Prints what `bullyctl top` and `bullyctl show` draw on a terminal, for scripts/pictures: three
# hosts of a quorum group, one of which is switched off. Runs in a guest.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$BULLY_TREE/tests/vm/lib.sh"
terminal() { "$BULLY_TREE/tests/cli/terminal.py" "$@"; }

net_up 3
for i in 1 2 3; do start db "$i" "1 2 3" quorum majority; done
wait_for leads db 3 "1 2 3" || exit 1
cut 3
wait_for leads db 2 "1 2" || exit 1
echo "--- top"
terminal 12x100 wait "leader" wait "down" gone "sent -/s" print -- bullyctl -n n2 top db
echo "--- show"
terminal 16x110 wait "down" ends 0 print -- bullyctl -n n1 show db
echo "---"
net_down
