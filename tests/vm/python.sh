#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Tests the Python package and its examples: tests/python with pytest, one check for each test.
# tests/lib/examples builds the library and the package before.
set -eu
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
export LD_LIBRARY_PATH=$top/tests/build/examples/lib
export PYTHONPATH=$top/tests/build/examples/python PYTHONDONTWRITEBYTECODE=1

modprobe bully
net_up 2
for i in 1 2; do start g "$i" "1 2" quorum majority holddown off; done
check "the highest node leads" leads g 2 "1 2"
/usr/bin/python3 -m pytest -p no:cacheprovider -q -rA --tb=short "$top/tests/python" > pytest.log 2>&1 || :
while read -r word test; do
	case $word in
	PASSED) check "python: ${test#*::}" true ;;
	FAILED | ERROR) check "python: ${test#*::}" false ;;
	esac
done < <(grep -E '^(PASSED|FAILED|ERROR) ' pytest.log)
check "pytest has run all tests" grep -qE '^=*.*[0-9]+ passed' pytest.log
grep -qE 'failed|error' pytest.log && sed 's/^/# /' pytest.log
finish
