"""Numbers about the running forum: counts and times, labelled by names of ours only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """What /metrics shows. No label ever comes from what a visitor sends."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "handrail_requests", "Answers given", ("route", "status"), registry=self._registry
        )
        self.request_seconds = Histogram(
            "handrail_request_seconds", "Time to an answer", ("route",), registry=self._registry
        )
        self.connections = Gauge(
            "handrail_live_connections", "Open WebSockets", registry=self._registry
        )
        self.jobs_waiting = Gauge(
            "handrail_jobs_waiting", "Jobs not done yet", ("kind",), registry=self._registry
        )
        self.jobs_late_seconds = Gauge(
            "handrail_jobs_late_seconds",
            "Age of the longest overdue job that must not be late",
            registry=self._registry,
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(route, str(status)).inc()
        self.request_seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
