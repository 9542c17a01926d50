# SPDX-License-Identifier: GPL-2.0-only
# Installs the units, the documentation, all examples and the folder for configuration files; part
# of userspace/Makefile.

SYSCONFDIR ?= /etc
# With PREFIX=/usr systemd's pkg-config file names the folder of units; else it is below PREFIX.
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),$(or $(shell \
	$(PKG_CONFIG) --variable=systemdsystemunitdir systemd 2>/dev/null),/usr/lib/systemd/system),$(PREFIX)/lib/systemd/system)
LIBEXECDIR ?= $(PREFIX)/libexec
DOCDIR ?= $(PREFIX)/share/doc/bully
EXAMPLEDIR ?= $(DOCDIR)/examples

units := bully.target bully@.service bully-check@.service bully-leader@.service bully-leader@.target \
	bully-metrics.service bully-metrics.timer bully-vip@.service
unit_pages := $(filter-out bully@.service,$(units))
pages := $(notdir $(wildcard $(src)/../Documentation/*.rst $(src)/../Documentation/*.svg))
examples := $(patsubst $(src)/examples/%,%,$(filter-out %/COPYING %/postgresql,$(wildcard $(src)/examples/* $(src)/examples/postgresql/*)))

install: install-systemd
uninstall: uninstall-systemd

install-systemd:
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(EXAMPLEDIR) $(DESTDIR)$(SYSCONFDIR)/bully
	install -m 0644 $(src)/systemd/*.target $(src)/systemd/*.timer $(DESTDIR)$(UNITDIR)
	for unit in $(filter %.service,$(units)); do \
		sed 's,@BINDIR@,$(BINDIR),g; s,@LIBEXECDIR@,$(LIBEXECDIR),g' \
			$(src)/systemd/$$unit.in > $(DESTDIR)$(UNITDIR)/$$unit || exit 1; \
		chmod 0644 $(DESTDIR)$(UNITDIR)/$$unit; \
	done
	install -D -m 0755 $(src)/systemd/leader-target $(DESTDIR)$(LIBEXECDIR)/bully/leader-target
	install -D -m 0644 $(src)/man/bully@.service.8 $(DESTDIR)$(MANDIR)/man8/bully@.service.8
	for page in $(unit_pages); do ln -sf bully@.service.8 $(DESTDIR)$(MANDIR)/man8/$$page.8 || exit 1; done
	install -d $(DESTDIR)$(EXAMPLEDIR)/postgresql
	for file in $(examples); do cp $(src)/examples/$$file $(DESTDIR)$(EXAMPLEDIR)/$$file || exit 1; done
	chmod -R u=rwX,go=rX $(DESTDIR)$(EXAMPLEDIR)
	install -m 0644 $(addprefix $(src)/../Documentation/,$(pages)) $(DESTDIR)$(DOCDIR)
	install -D -m 0644 $(src)/../Documentation/netlink/specs/bully.yaml $(DESTDIR)$(DOCDIR)/netlink/specs/bully.yaml

# Files that the user added to these folders stay there.
uninstall-systemd:
	rm -f $(addprefix $(DESTDIR)$(UNITDIR)/,$(units)) $(DESTDIR)$(LIBEXECDIR)/bully/leader-target
	rm -f $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(addsuffix .8,bully@.service $(unit_pages)))
	rm -f $(addprefix $(DESTDIR)$(EXAMPLEDIR)/,$(examples))
	rm -f $(addprefix $(DESTDIR)$(DOCDIR)/,$(pages) netlink/specs/bully.yaml)
	for dir in $(LIBEXECDIR)/bully $(EXAMPLEDIR)/postgresql $(EXAMPLEDIR) $(DOCDIR)/netlink/specs $(DOCDIR)/netlink $(DOCDIR) $(SYSCONFDIR)/bully; do \
		[ ! -d $(DESTDIR)$$dir ] || rmdir --ignore-fail-on-non-empty $(DESTDIR)$$dir; \
	done

.PHONY: install-systemd uninstall-systemd
