"""Database servers for a run of the tests: started in a folder of their own, on a free port, with a password."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

#: It holds all that a URL gives a meaning to, and what a shell or an SQL text would stumble over.
PASSWORD = "s3cret:p@ss/w?rd#%25+é'x"
USER = "billing_reader"
_SECONDS = 60


def url(scheme: str, port: int, password: str = PASSWORD) -> str:
    return f"{scheme}://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/billing"


def program(name: str, *folders: str) -> str | None:
    """A server's program, on the path or where Debian keeps it."""
    newest = [str(path) for folder in folders for path in sorted(Path("/").glob(folder), reverse=True)]
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *newest]))


@contextmanager
def postgresql() -> Iterator[int | None]:
    """The port of a PostgreSQL server that runs in the meantime; None where none is installed."""
    folders = "usr/lib/postgresql/*/bin", "opt/homebrew/opt/postgresql@*/bin"
    initdb, server = program("initdb", *folders), program("postgres", *folders)
    if initdb is None or server is None:
        yield None
        return
    import psycopg

    with _folder("postgres") as (folder, owner):
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        _owned(folder / "password", owner)
        options = ["--no-sync", "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--encoding=UTF8"]
        _run([initdb, f"--pgdata={folder / 'data'}", f"--username={USER}", *options], owner)
        port = _free_port()
        settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
        words = [server, "-D", str(folder / "data"), *(word for setting in settings for word in ("-c", setting))]

        def create() -> None:
            target = {"host": "127.0.0.1", "port": port, "user": USER, "password": PASSWORD}
            with psycopg.connect(**target, dbname="postgres", autocommit=True) as connection:
                connection.execute("create database billing")

        with _running(words, owner, signal.SIGINT, create, psycopg.OperationalError):
            yield port


@contextmanager
def mariadb() -> Iterator[int | None]:
    """The port of a MariaDB server that runs in the meantime; None where none is installed."""
    install, server = program("mariadb-install-db"), program("mariadbd", "usr/sbin")
    if install is None or server is None:
        yield None
        return
    import pymysql

    with _folder("mysql") as (folder, owner):
        data = f"--datadir={folder / 'data'}"
        _run([install, "--no-defaults", data, "--auth-root-authentication-method=normal", "--skip-test-db"], owner)
        password, start = PASSWORD.replace("'", "''"), folder / "start.sql"
        start.write_text(
            f"set names utf8mb4;\ncreate user '{USER}'@'%' identified by '{password}';\n"
            f"grant all on *.* to '{USER}'@'%';\ncreate database billing character set utf8mb4;\n",
            encoding="utf-8",
        )
        _owned(start, owner)
        port = _free_port()
        words = [server, "--no-defaults", data, f"--socket={folder / 'socket'}", f"--port={port}"]
        words += [f"--pid-file={folder / 'pid'}", "--bind-address=127.0.0.1", f"--init-file={start}"]
        words += ["--character-set-server=utf8mb4", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve"]

        def connect() -> None:
            password = PASSWORD.encode()  # a text would be sent as Latin-1
            pymysql.connect(host="127.0.0.1", port=port, user=USER, password=password, database="billing").close()

        with _running(words, owner, signal.SIGTERM, connect, pymysql.err.OperationalError):
            yield port


@contextmanager
def _folder(owner: str) -> Iterator[tuple[Path, str | None]]:
    """A folder for a server, and the user who runs it: these servers refuse to be run by root."""
    user = owner if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="mrr-xl-") as name:
        _owned(Path(name), user)
        yield Path(name), user


def _owned(path: Path, user: str | None) -> None:
    if user is not None:
        shutil.chown(path, user)


def _run(words: list[str], user: str | None) -> None:
    done = subprocess.run(words, user=user, capture_output=True, text=True, timeout=_SECONDS, cwd="/")
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stdout}{done.stderr}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(words: list[str], user: str | None, stop: int, ready: object, not_yet: type[Exception]) -> Iterator[None]:
    with (
        tempfile.TemporaryFile("w+") as said,
        subprocess.Popen(words, user=user, stdout=said, stderr=said, cwd="/") as server,
    ):
        try:
            _wait(server, ready, not_yet, said)
            yield
        finally:
            server.send_signal(stop)
            server.wait(_SECONDS)


def _wait(server: subprocess.Popen[bytes], ready: object, not_yet: type[Exception], said: object) -> None:
    until = time.monotonic() + _SECONDS
    while True:
        try:
            ready()  # type: ignore[operator]
            return
        except not_yet:
            if server.poll() is not None or time.monotonic() > until:
                said.seek(0)  # type: ignore[attr-defined]
                raise RuntimeError(f"{server.args} does not answer: {said.read()[-3000:]}") from None  # type: ignore[attr-defined]
            time.sleep(0.1)
