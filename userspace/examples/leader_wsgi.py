# SPDX-License-Identifier: MIT
"""Serves a WSGI application only on the leader.

    application = LeaderOnly(application, "db")

Each request asks the status page, which needs no privilege and no system call. On a node that does
not lead, the answer is 503, which takes the node out of a load balancer. The application gets the
epoch as environ["bully.epoch"], and sends it along with each write. Open the status page after the
server has forked its workers: LeaderOnly opens it at the first request of each process.
"""
import os
import threading

import bully


class LeaderOnly:
    def __init__(self, application, group):
        self.application, self.group = application, group
        self.lock = threading.Lock()
        self.page, self.pid = None, None

    def epoch(self):
        """Returns the epoch with which this node leads, or 0."""
        page = self.page
        if page is None or self.pid != os.getpid() or page.gone():
            page = self.open()
        return page.epoch() if page else 0

    def open(self):
        """Opens the page again: at the start, after a fork, and after the group was added again."""
        with self.lock:
            if self.page is None or self.pid != os.getpid() or self.page.gone():
                try:
                    with bully.Bully() as b:
                        self.page, self.pid = b.leadership(self.group), os.getpid()
                except bully.BullyError:        # no group or no module: this node does not lead
                    self.page = None
            return self.page

    def __call__(self, environ, start_response):
        epoch = self.epoch()
        if not epoch:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "1")])
            return [b"this node does not lead\n"]
        return self.application({**environ, "bully.epoch": epoch}, start_response)
