"""Figures for monitoring, where they are switched on: counts and times, nothing about a person.

Answered to this machine only. Counts of requests are those of the process that is asked.
"""

import time
from ipaddress import ip_address

from flask import Flask, abort, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from werkzeug.wrappers import Response as Page

from quizapp.gauges import count_work
from quizapp.system import views
from quizapp.system.access_log import method
from quizapp.system.shelf import library

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Meters:
    """The meters of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("endpoint", "method", "status")
        self.requests = Counter("quizapp_requests", "Requests", labels, registry=self.registry)
        self.seconds = Histogram(
            "quizapp_request_seconds",
            "How long requests took",
            ("endpoint",),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.attempts = self._gauge("quizapp_attempts", "Attempts", ("state",))
        self.waiting = self._gauge("quizapp_answers_waiting", "Answers waiting for a teacher")
        self.quizzes = self._gauge("quizapp_quizzes", "Quiz files", ("state",))
        self.log_bytes = self._gauge("quizapp_wal_bytes", "Size of the write-ahead log of SQLite")

    def _gauge(self, name: str, text: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, text, labels, registry=self.registry)

    def note(self, page: Page) -> Page:
        """Count a request that is answered with this page."""
        endpoint = request.endpoint or "none"
        self.requests.labels(endpoint, method(), page.status_code).inc()
        if "metered" in g:
            self.seconds.labels(endpoint).observe(time.perf_counter() - g.metered)
        return page

    def look(self) -> None:
        """Read how things stand now."""
        work, shelf = count_work(), library().shelf
        self.attempts.labels("open").set(work.open)
        self.attempts.labels("submitted").set(work.submitted)
        self.waiting.set(work.waiting)
        self.quizzes.labels("live").set(len(shelf.quizzes))
        self.quizzes.labels("broken").set(len(shelf.broken))
        self.log_bytes.set(work.log_bytes)


def init_app(app: Flask) -> None:
    """Open /metrics. Called where METRICS is set; otherwise there is no such page."""
    meters = Meters()

    def begin() -> None:
        g.metered = time.perf_counter()

    def metrics() -> Page:
        """Answer this machine with the figures; to others there is no such page."""
        if not _is_near(request.remote_addr):
            abort(404)
        meters.look()
        return Page(generate_latest(meters.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    app.before_request(begin)
    app.after_request(meters.note)
    app.add_url_rule("/metrics", f"{views.bp.name}.metrics", metrics)


def _is_near(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
