"""Passwords: hashed with Argon2id in a worker thread, or thrown away (RFC 7643 §4.1.1, rows B-54, N-15)."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher

from scim.config import Settings
from scim.protocol.text_key import opaque_string


class Passwords:
    """Hashes passwords off the event loop, at most one per core at a time over all workers of the server."""

    def __init__(self, settings: Settings) -> None:
        self._keep = settings.passwords == "hash"
        self._hasher = PasswordHasher(
            time_cost=settings.password_iterations,
            memory_cost=settings.password_memory_kib,
            parallelism=settings.password_lanes,
        )
        threads = max(1, _cores() // settings.workers)
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="argon2")

    async def hashed(self, password: str) -> str | None:
        """The hash to store; None where passwords are not kept."""
        if not self._keep:
            return None
        prepared = opaque_string(password)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, prepared)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class HashedOnce:
    """Hashes the password of one request once, however often the request is tried."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._hashes: dict[str, str | None] = {}

    async def __call__(self, password: str) -> str | None:
        """As `Passwords.hashed`."""
        if password not in self._hashes:
            self._hashes[password] = await self._passwords.hashed(password)
        return self._hashes[password]
