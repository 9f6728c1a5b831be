"""Servers of databases, started when a test first asks for them; their tests are one xdist group, so that one does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support import servers


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a database in PostgreSQL, its password written as a URL needs it."""
    with servers.postgresql() as port:
        if port is None:
            pytest.skip("PostgreSQL is not installed; see .ci/databases")
        yield servers.url("postgresql", port)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """The URL of a database in MariaDB."""
    with servers.mariadb() as port:
        if port is None:
            pytest.skip("MariaDB is not installed; see .ci/databases")
        yield servers.url("mariadb", port)
