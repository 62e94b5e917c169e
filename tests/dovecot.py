"""A real IMAP server, Dovecot, on the loopback with folders of its own."""

from __future__ import annotations

import getpass
import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.mails import deliver, maildir
from tests.processes import PATIENCE

PASSWORD = 'a 密码 \\" secret'
USER = "me@example.org"

_CONFIG = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_driver = maildir
mail_path = {folder}/mail
ssl = yes
ssl_server_cert_file = {folder}/cert.pem
ssl_server_key_file = {folder}/key.pem
auth_allow_cleartext = yes
auth_failure_delay = 0
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
    listen = 127.0.0.1
  }}
  inet_listener imaps {{
    port = {secure}
    listen = 127.0.0.1
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
passdb passwd-file {{
  passwd_file_path = {folder}/users
}}
userdb static {{
  fields {{
    uid = {user}
    gid = {group}
    home = {folder}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running server; `certificate` is the one it shows for 127.0.0.1, which nobody has signed."""

    folder: Path
    plain: int
    secure: int
    user: str
    certificate: Path

    def url(self, scheme: str = "imaps", box: str = "News") -> str:
        """The address of a folder."""
        port = self.secure if scheme == "imaps" else self.plain
        return f"{scheme}://{USER}@127.0.0.1:{port}/{box}"

    def deliver(self, name: str, data: bytes, box: str = "News") -> None:
        """Put a mail into a folder."""
        self._own(deliver(self.box(box), name, data))

    def box(self, name: str) -> Path:
        """The Maildir of a folder, made when it is not there."""
        path = maildir(self.folder / "mail" / f".{name}")
        self._own(path, *path.iterdir())
        return path

    def flags(self, box: str = "News") -> list[bytes]:
        """What the server says of the flags of all mails in a folder."""
        with imaplib.IMAP4("127.0.0.1", self.plain, timeout=10) as client:
            client.authenticate("PLAIN", lambda _: f"\0{USER}\0{PASSWORD}".encode())
            client.select(box, readonly=True)
            return [line for line in client.fetch("1:*", "(UID FLAGS)")[1] if isinstance(line, bytes)]

    def log(self) -> str:
        """What the server has logged."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def _own(self, *paths: Path) -> None:
        if os.geteuid() == 0:
            for path in paths:
                shutil.chown(path, self.user)


def missing() -> str:
    """Why the server cannot be run here, `""` when it can."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")
    if program is None:
        return "dovecot is not installed (apt-get install dovecot-imapd)"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    if tuple(int(part) for part in version.split(" ")[0].split("-")[0].split(".")[:2]) < (2, 4):
        return "dovecot is older than 2.4, whose configuration differs"
    return "" if shutil.which("openssl") else "openssl is not installed"


@contextmanager
def running() -> Iterator[Dovecot]:
    """Start the server in a folder of its own."""
    user = "mail" if os.geteuid() == 0 else getpass.getuser()
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    try:
        ports = _free(), _free()
        group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
        settings = {"folder": folder, "user": user, "group": group, "plain": ports[0], "secure": ports[1]}
        (folder / "run").mkdir()
        maildir(folder / "mail")
        (folder / "dovecot.conf").write_text(_CONFIG.format(**settings))
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n", encoding="utf-8")
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        command += " -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
        files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
        subprocess.run([*command.split(), *files], check=True, capture_output=True)
        if os.geteuid() == 0:
            for path in [folder, *folder.rglob("*")]:
                shutil.chown(path, user)
        server = Dovecot(folder, *ports, user, folder / "cert.pem")
        program = shutil.which("dovecot") or "/usr/sbin/dovecot"
        with subprocess.Popen([program, "-c", str(folder / "dovecot.conf"), "-F"]) as process:
            try:
                _wait(server)
                yield server
            finally:
                process.terminate()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: Dovecot) -> None:
    end = time.monotonic() + 20 * PATIENCE
    while time.monotonic() < end:
        with suppress(OSError, imaplib.IMAP4.error), imaplib.IMAP4("127.0.0.1", server.plain, timeout=5):
            return
        time.sleep(0.05)
    raise RuntimeError(f"dovecot did not start:\n{server.log()}")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port
