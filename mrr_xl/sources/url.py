"""The parts of a database's URL, of which those that are secret are never shown.

Source: RFC 3986; https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from mrr_xl.errors import MrrError
from mrr_xl.sources.place import is_query

_SECRET = re.compile(r"(?i)pass|pwd|secret|token|key")  #: in the name of what a URL's query sets
_PLACE = re.compile(r"[\w.%,-]*(?::\d*)?|\[[0-9a-fA-F:.%]+\](?::\d*)?")  #: a host, or several, and its port
#: Schemes of databases that are a file: behind three slashes stands its path.
FILES = ("sqlite", "duckdb")


@dataclass(frozen=True)
class Url:
    """The parts of a database's URL; wanted: the table or query behind its #."""

    scheme: str
    user: str | None = field(repr=False)
    password: str | None = field(repr=False)
    place: str  #: host and port
    database: str
    query: tuple[tuple[str, str], ...] = field(repr=False)
    wanted: str
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """What messages call the database.

        >>> url_of("postgres://ada:pa%40ss@db.example.com:5432/billing?sslmode=require#subscriptions").name
        'postgres://db.example.com:5432/billing'
        """
        return f"{self.scheme}://{self.place}/{self.database}"

    def without_secrets(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def url_of(text: str) -> Url:
    """A URL's parts; a password may hold any character but # and ?, which are %23 and %3F. Raises MrrError."""
    scheme, _, rest = text.partition(":")
    scheme, (located, _, wanted) = scheme.lower(), rest.removeprefix("//").partition("#")
    split = ("", located, "") if scheme in FILES else _split(located)
    userinfo, location, options = split or ("", "", "")
    user, colon, password = userinfo.partition(":")
    place, _, database = location.partition("/")
    cut = "@" in wanted and not is_query(wanted)  # the password's # was taken for the one before a table
    if cut or split is None or not rest.startswith("//") or not _PLACE.fullmatch(place):
        raise MrrError(
            f"the URL of the {scheme} database can't be read; write {scheme}://user:password@host/name, with %23 for a "
            "# and %3F for a ? in the password"
        )
    query = tuple(parse_qsl(options, keep_blank_values=True))
    given = [unquote(password), password] if colon else []
    given += [value for name, value in query if _SECRET.search(name)]
    secrets = {userinfo, *(form for one in given for form in _forms(one))}
    return Url(
        scheme,
        unquote(user) or None,
        unquote(password) if colon else None,
        place,
        unquote(database),
        query,
        wanted.strip(),
        tuple(sorted(filter(None, secrets), key=len, reverse=True)),
    )


def _split(located: str) -> tuple[str, str, str] | None:
    """User and password, host and database, and the options behind the ?; None where these can't be told apart.

    A password may hold an @ or a /, as people write them.
    """
    if found := re.fullmatch(rf"((?:{_PLACE.pattern})/[^?@]*)\?(\w+=.*)", located):
        return "", found[1], found[2]
    if re.search(r"@.*\?.*@", located):
        return None
    userinfo, _, location = located.rpartition("@")
    location, _, options = location.partition("?")
    return userinfo, location, options


def _forms(secret: str) -> tuple[str, ...]:
    """A secret as it may stand in a driver's message."""
    return secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1]
