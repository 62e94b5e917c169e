"""A real Miniflux with a PostgreSQL of its own, on the loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.processes import PATIENCE

ADMIN, PASSWORD = "admin", "a password"
_POSTGRES = """\
listen_addresses = ''
unix_socket_permissions = 0777
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 40
"""
_MINIFLUX = {
    "RUN_MIGRATIONS": "1",
    "CREATE_ADMIN": "1",
    "ADMIN_USERNAME": ADMIN,
    "ADMIN_PASSWORD": PASSWORD,
    "DISABLE_SCHEDULER_SERVICE": "1",
    "CLEANUP_FREQUENCY_HOURS": "8760",
    "MEDIA_PROXY_MODE": "none",
    "WATCHDOG": "0",
    "FETCHER_ALLOW_PRIVATE_NETWORKS": "1",  # since 2.2.18
}


@dataclass(slots=True)
class Miniflux:
    """A running server, which fetches nothing by itself."""

    folder: Path
    port: int
    programs: Path
    _process: subprocess.Popen[bytes] | None = None
    _users: int = field(default=0)

    @property
    def url(self) -> str:
        """Its address without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """A client without certificates, which take most of the time of a short request to load."""
        return httpx.Client(base_url=self.url, trust_env=False, timeout=30, verify=False, **options)

    def up(self) -> None:
        """Start it, or start it again with its old data on its old port."""
        database = f"user=postgres dbname=miniflux host={self.folder} sslmode=disable"
        address = {"LISTEN_ADDR": f"127.0.0.1:{self.port}", "BASE_URL": self.url, "DATABASE_URL": database}
        with (self.folder / "miniflux.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_dying(signal.SIGKILL), "miniflux"],
                env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **_MINIFLUX, **address},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        _wait(self._is_healthy, self._process, self.folder / "miniflux.log")

    def down(self) -> None:
        """Stop it; its data stay."""
        if self._process:
            _end(self._process, signal.SIGTERM)
            self._process = None

    def user(self) -> str:
        """Add a user without feeds; return its API token. Hashing a password would take longest."""
        self._users += 1
        token = f"token-{self._users}"
        self.sql(
            f"""with made as (insert into users(username) values ('reader{self._users}') returning id),
                a as (insert into categories(user_id, title) select id, 'All' from made),
                b as (insert into integrations(user_id) select id from made)
                insert into api_keys(user_id, token, description) select id, '{token}', 'tests' from made"""
        )
        return token

    def sql(self, statement: str) -> None:
        """Change the data directly."""
        psql: list[str | Path] = [
            self.programs / "psql",
            "-h",
            self.folder,
            "-U",
            "postgres",
            "-d",
            "miniflux",
        ]
        subprocess.run(
            [*psql, "-qX", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            input=statement,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _is_healthy(self) -> bool:
        with suppress(httpx.HTTPError), self.client() as client:
            return client.get("/healthcheck").text == "OK"
        return False


def missing() -> str:
    """Return why the server cannot be run here, `""` if it can."""
    if shutil.which("miniflux") is None:
        return "miniflux is not installed (apt-get install miniflux)"
    return "" if _programs() else "PostgreSQL is not installed (apt-get install postgresql)"


def _programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, which Debian keeps out of PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextmanager
def running() -> Iterator[Miniflux]:
    """Start both servers in a temporary folder."""
    programs = _programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="miniflux-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres = _postgres(folder, programs)
        stack.callback(_end, postgres, signal.SIGQUIT)
        server = Miniflux(folder, _free(), programs)
        _wait(lambda: _created(server), postgres, folder / "postgres.log")
        stack.callback(server.down)
        server.up()
        yield server


def _postgres(folder: Path, programs: Path) -> subprocess.Popen[bytes]:
    """Start PostgreSQL, which refuses to be run by root."""
    options: dict[str, Any] = {
        "cwd": folder,
        "env": {"PATH": f"{programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    }
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        options |= {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    data = folder / "data"
    command: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-sync",
    ]
    subprocess.run(command, check=True, capture_output=True, **options)
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(_POSTGRES)
    with (folder / "postgres.log").open("wb") as log:
        command = [*_dying(signal.SIGQUIT), programs / "postgres", "-D", data, "-k", folder]
        return subprocess.Popen(command, stderr=log, **options)


def _dying(number: signal.Signals) -> list[str]:
    """The beginning of a command that gets a signal when the tests are killed."""
    return ["setpriv", "--pdeathsig", number.name.removeprefix("SIG")]


def _created(server: Miniflux) -> bool:
    command: list[str | Path] = [
        server.programs / "createdb",
        "-h",
        server.folder,
        "-U",
        "postgres",
        "miniflux",
    ]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _wait(is_ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 30 * PATIENCE
    while time.monotonic() < end and process.poll() is None:
        if is_ready():
            return
        time.sleep(0.03)
    raise RuntimeError(f"the server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    process.send_signal(number)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
