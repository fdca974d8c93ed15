"""What the server counts of itself, for Prometheus."""

from __future__ import annotations

from typing import Final

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder that the processes of a server share; the library reads it when it is first imported."""
