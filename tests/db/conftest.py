"""Fixtures of the embedded server's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scim.db.embedded import running_sync
from tests.db.embedded_support import Pool, Workspace


@pytest.fixture(scope="session")
def embedded_pool() -> Iterator[Pool]:
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture
def workspace(embedded_pool: Pool) -> Iterator[Workspace]:
    workspace = Workspace(embedded_pool)
    yield workspace
    workspace.close()


@pytest.fixture(scope="module")
def embedded_url(embedded_pool: Pool) -> Iterator[str]:
    """The address of a running server; nothing may be changed in it."""
    workspace = Workspace(embedded_pool)
    with running_sync(workspace.data_dir()) as database:
        yield database.url
    workspace.close()
