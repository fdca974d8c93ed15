"""Whether traces are to be sent, as the standard variables of OpenTelemetry say; nothing of it is loaded for that.

They are off unless an endpoint is configured. What else those variables say (service name, sampling, headers, time-outs) is
read by the library itself.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Final

log = logging.getLogger(__name__)

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS: Final = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_EXPORTERS: Final = "OTEL_TRACES_EXPORTER"
_DISABLED: Final = "OTEL_SDK_DISABLED"
_OURS: Final = {"exporter": "otlp", "protocol": "http/protobuf"}


def traces_are_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether there is an endpoint for traces, and none of the variables switches them off; says so where one cannot be met."""
    disabled = environ.get(_DISABLED, "").strip().lower() == "true"
    if disabled or not _first(environ, _ENDPOINTS) or environ.get(_EXPORTERS, "").strip().lower() == "none":
        return False
    asked = {"exporter": environ.get(_EXPORTERS, "").strip(), "protocol": _first(environ, _PROTOCOLS)}
    for what, value in asked.items():
        if value not in {"", _OURS[what]}:
            log.warning(
                "no traces are sent: the %s '%s' is asked for, and there is only '%s'", what, value, _OURS[what]
            )
            return False
    return True


def _first(environ: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := environ.get(name, "").strip())), "")
