"""The meters of one server process.

Labels are names of tenants, applications, routes and rules: as many as the operator made, whatever clients send.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from scim.db.session import DatabaseWork

M = TypeVar("M", Counter, Histogram)

_REQUEST_BUCKETS: Final = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_WAIT_BUCKETS: Final = (0.0001, 0.001, 0.01, 0.1, 1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request that was answered; without a caller tenant and app are empty."""

    tenant: str
    app: str
    method: str
    route: str
    status: int
    seconds: float
    rules: Iterable[str] = ()
    rate_limited: bool = False


class Meters:
    """Counts requests, and the use of the database's pool (`db.database.PoolWatch`).

    `registry` holds what this process counted.
    """

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        app, route = ("tenant", "app"), ("method", "route")

        def counter(name: str, told: str, *labels: str) -> _Children[Counter]:
            return _Children(Counter(f"pyscim_{name}", told, labels, registry=registry))

        self._requests = counter("requests", "Requests answered.", *app, *route, "status")
        self._database_seconds = counter("database_seconds", "Time of requests in database statements.", *route)
        self._statements = counter("database_statements", "Database statements of requests.", *route)
        self._rules = counter("quirk_rules", "Requests to which a quirk rule was applied.", *app, "rule")
        self._rate_limited = counter("rate_limited", "Requests beyond the rate limit.", *app)
        self._unauthenticated = Counter(
            "pyscim_authentication_failures", "Requests without a token that works.", registry=registry
        )
        self._seconds = _Children(
            Histogram("pyscim_request_seconds", "Time to answer.", route, buckets=_REQUEST_BUCKETS, registry=registry)
        )
        self._waits = Histogram(
            "pyscim_pool_wait_seconds", "Time to get a connection.", buckets=_WAIT_BUCKETS, registry=registry
        )
        self._in_use = Gauge(
            "pyscim_pool_in_use", "Connections in use.", multiprocess_mode="livesum", registry=registry
        )
        self._size = Gauge(
            "pyscim_pool_max", "Connections that may be open.", multiprocess_mode="livesum", registry=registry
        )

    def start(self, *, pool_max: int) -> None:
        """The process begins to serve; an earlier one of the same id may have ended without a word."""
        self._in_use.set(0)
        self._size.set(pool_max)

    def saw(self, seen: Seen, work: DatabaseWork | None) -> None:
        """Count a request, and what it asked of the database."""
        route = (seen.method, seen.route)
        self._requests[(seen.tenant, seen.app, *route, str(seen.status))].inc()
        self._seconds[route].observe(seen.seconds)
        if work is not None and work.statements:
            self._database_seconds[route].inc(work.seconds)
            self._statements[route].inc(work.statements)
        for rule in seen.rules:
            self._rules[seen.tenant, seen.app, rule].inc()
        if seen.status == HTTPStatus.UNAUTHORIZED:
            self._unauthenticated.inc()
        if seen.rate_limited:
            self._rate_limited[seen.tenant, seen.app].inc()

    def acquired(self, waited: float) -> None:
        """A connection was taken from the pool."""
        self._waits.observe(waited)
        self._in_use.inc()

    def released(self) -> None:
        """It was given back."""
        self._in_use.dec()


class _Children(dict[tuple[str, ...], M]):
    """A meter's children by their labels, each looked up in the library once: that costs as much as counting."""

    def __init__(self, meter: M) -> None:
        super().__init__()
        self._meter: M = meter

    def __missing__(self, labels: tuple[str, ...]) -> M:
        child: M = self._meter.labels(*labels)
        self[labels] = child
        return child
