"""Numbers about the running forum: counts and times, labelled by names of ours only."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Seconds; an ordinary message takes a few milliseconds, the deadline is about two seconds.
SCREENING_STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


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
        self.screening_seconds = Histogram(
            "handrail_screening_seconds",
            "Time until a layer had heard a text; total: until there was a verdict",
            ("layer",),
            buckets=SCREENING_STEPS,
            registry=self._registry,
        )
        self.screening_waiting = Gauge(
            "handrail_screening_waiting", "Texts that wait for the model", registry=self._registry
        )
        self.screening_verdicts = Counter(
            "handrail_screening_verdicts",
            "Texts heard, by need",
            ("level", "surface"),
            registry=self._registry,
        )
        self.screening_missed = Counter(
            "handrail_screening_missed",
            "Texts that a layer did not hear: late, raised, full, hung, closed",
            ("layer", "cause"),
            registry=self._registry,
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self.requests.labels(route, str(status)).inc()
        self.request_seconds.labels(route).observe(seconds)

    def screened(
        self, surface: str, level: str, seconds: Mapping[str, float], missed: Mapping[str, str]
    ) -> None:
        """Count one text that was screened. seconds, missed: by layer; missed holds the cause."""
        self.screening_verdicts.labels(level, surface).inc()
        for layer, took in seconds.items():
            self.screening_seconds.labels(layer).observe(took)
        for layer, cause in missed.items():
            self.screening_missed.labels(layer, cause).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
