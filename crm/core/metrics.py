"""`/metrics` for Prometheus: requests by rule, how long they took, how the watched parts are.

Closed unless METRICS_TOKEN or METRICS_ALLOW opens it; then requests are counted, else nothing of this is even loaded.
With several workers each keeps its counts in files that all of them add up (the library's multiprocess mode).
"""

import hmac
import os
import time
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, abort, current_app, g, request

from crm.core import access, health, jobs, proxies
from crm.core.db import db, utcnow

blueprint = Blueprint("metrics", __name__)
LEVELS = {health.OFF: 0, health.GOOD: 0, health.WARN: 1, health.BAD: 2}
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class _Parts:
    """Gauges that are reckoned when somebody asks: health by part, and the queue of jobs."""

    def collect(self) -> Iterator[Any]:
        """The library asks for these at every scrape."""
        from prometheus_client.core import GaugeMetricFamily  # slow: only where metrics are wanted

        parts = GaugeMetricFamily("voronka_health", "0 good or not in use, 1 look at it, 2 bad", labels=["check"])
        for check in health.checks():
            parts.add_metric([check.code], LEVELS[check.probe().level])
        yield parts
        waiting = db.session.scalar(sa.select(sa.func.count()).select_from(jobs.Job).where(jobs.Job.run_at <= utcnow()))
        yield GaugeMetricFamily("voronka_jobs_due", "Jobs that wait to be done now", value=waiting or 0)


def _may_ask() -> bool:
    token, allowed = current_app.config["METRICS_TOKEN"], current_app.config["METRICS_ALLOW"]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token and hmac.compare_digest(given.encode(), token.encode())) or proxies.within(
        request.remote_addr or "", allowed)


@blueprint.get("/metrics")
@access.public
def metrics() -> Response:
    """The figures in Prometheus' text format; for everybody else there is no such page."""
    registry = current_app.extensions.get("metrics")
    if registry is None or not _may_ask():
        abort(404)
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest  # slow: only where metrics are wanted

    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def begin_anew(app: Flask) -> None:
    """A server that starts forgets what an earlier one counted; commands beside it must not."""
    for path in (app.config["DATA_DIR"] / "metrics").glob("*.db"):
        path.unlink(missing_ok=True)


def init_metrics(app: Flask) -> None:
    """Count requests where METRICS_TOKEN or METRICS_ALLOW is set."""
    app.register_blueprint(blueprint)
    if not (app.config["METRICS_TOKEN"] or app.config["METRICS_ALLOW"]):
        return
    shared = app.config["DATA_DIR"] / "metrics" if app.config["WORKERS"] > 1 else None
    if shared is not None:  # the library reads the variable when it is first imported
        shared.mkdir(parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(shared)
    from prometheus_client import CollectorRegistry, Histogram, multiprocess  # slow: only where metrics are wanted

    registry = CollectorRegistry()
    answers = Histogram("voronka_request_seconds", "Time to answer, by rule of the address",
                        ["rule", "method", "status"], registry=None if shared else registry, buckets=BUCKETS)
    if shared is not None:
        multiprocess.MultiProcessCollector(registry)
    registry.register(_Parts())
    app.extensions["metrics"] = registry

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "none"
        took = time.perf_counter() - g.get("started", time.perf_counter())
        answers.labels(rule, request.method, str(response.status_code)).observe(took)
        return response
