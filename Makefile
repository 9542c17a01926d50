# SPDX-License-Identifier: GPL-2.0-only
# What a person types. `make help` lists it; Kbuild says what the module is made of.

# The running kernel's headers, else the newest installed ones.
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -d /lib/modules/*/build /usr/src/linux-headers-*-amd64 2>/dev/null | sort -rV))
# the kernel that it is built for
RELEASE = $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
SEEDS ?= 3000
TESTS ?=
HTMLDIR ?= tests/build/html
export TESTS

all: modules tools

modules:
ifeq ($(KDIR),)
	@echo "no kernel headers found: apt install linux-headers-$(shell uname -r), or make KDIR=/path/to/a/kernel/build" >&2; exit 1
else
	$(MAKE) -C $(KDIR) M=$(CURDIR) W=1 modules
endif

tools:
	$(MAKE) -C userspace

install: all
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates modules_install
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) -C userspace install

uninstall:
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/bully.ko*
	$(if $(DESTDIR),,depmod $(RELEASE))
	$(MAKE) -C userspace uninstall

demo:
	@scripts/deps build vm
	@scripts/demo

check:
	@tests/check $(if $(MORE),--more)

check-more:
	@tests/check --more

check-full:
	@tests/check --full

bench:
	@scripts/deps build vm bench
	@tests/bench/run

sim:
	@$(MAKE) --no-print-directory -C tests sim SEEDS=$(SEEDS)

htmldocs:
	@command -v sphinx-build > /dev/null || { echo "sphinx-build is missing: apt install python3-sphinx" >&2; exit 1; }
	sphinx-build -q -n -W --keep-going -d tests/build/doctrees -b html Documentation $(HTMLDIR)
	@echo "$(HTMLDIR)/index.html"

mutants model fuzz unit transcripts graphs:
	@$(MAKE) --no-print-directory -C tests $@

clean:
	$(MAKE) -C userspace clean
	$(MAKE) -C tests clean
	$(if $(KDIR),$(MAKE) -C $(KDIR) M=$(CURDIR) clean)

help:
	@echo 'make              build bully.ko and bullyctl (KDIR=... for another kernel)'
	@echo 'make install      install both on this machine (DESTDIR=folder)'
	@echo 'make uninstall    undo it; a module that is loaded stays loaded'
	@echo 'make demo         three virtual hosts elect, lose and regain a leader; about 2 minutes'
	@echo 'make check        everything that a change must pass; installs what it needs'
	@echo '                  (TESTS=pattern runs some; tests/check --list names them)'
	@echo 'make check-more   also packages, systemd, examples, the walk through the quick start'
	@echo 'make check-full   also other kernels, more seeds, longer runs'
	@echo 'make bench        the figures of Documentation/performance.rst'
	@echo 'make sim          the simulator alone (SEEDS=number)'
	@echo 'make model        spin proves the promises of quorum mode, and that its rules are needed'
	@echo 'make mutants      does the simulator find deliberate bugs?'
	@echo 'make fuzz         libFuzzer on the codec and the core (FUZZ_SECONDS=number)'
	@echo 'make unit         the unit tables in user space'
	@echo 'make graphs       elections in every standing graph of 4 and 5 nodes'
	@echo 'make transcripts  the scenarios in tests/sim/testdata'
	@echo 'make htmldocs     Documentation as HTML, in tests/build/html (HTMLDIR=folder)'
	@echo 'make clean        remove what was built here; kernels stay in the cache'
	@echo 'scripts/vm        run a script in a virtual machine with the module'
	@echo 'scripts/cluster   run a script with N virtual machines on a switch'

.PHONY: all modules tools install uninstall demo check check-more check-full bench sim model mutants fuzz unit transcripts graphs htmldocs \
	clean help
