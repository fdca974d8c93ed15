"""Passwords: hashed with Argon2id in a worker thread, or thrown away (RFC 7643 §4.1.1, rows B-54, N-15)."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher

MEMORY_KIB = 19 * 1024
ITERATIONS = 2
LANES = 1
"""Argon2id as OWASP recommends it for servers: 19 MiB, two passes, one lane."""


class Passwords:
    """Hashes passwords, at most one per core at a time, off the event loop."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self._hasher = PasswordHasher(time_cost=ITERATIONS, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._threads = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="argon2")

    async def hashed(self, password: str) -> str | None:
        """The hash to store; None where passwords are not kept."""
        if not self._keep:
            return None
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


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
