"""Nothing in the working directory is imported: neither by the program nor by any process that it starts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import tuireader
from tests.builders import item, rss
from tests.cli.command import Home, subscribe
from tests.terminal import Terminal
from tests.ui.test_serve import entered, served
from tests.web import Web

pytestmark = pytest.mark.slow

COMMAND = str(Path(sys.executable).with_name("tuireader"))
SOURCE = Path(__file__).parents[1] / "src"
TRAP = "import os\nopen(os.path.join({seen!r}, __name__), 'w').close()\n"


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where every importable name is a trap; what was imported leaves a file in `seen` beside it."""
    folder = tmp_path_factory.mktemp("trapped") / "traps"
    seen = folder.with_name("seen")
    folder.mkdir()
    trap = TRAP.format(seen=str(seen))
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize", "evil"}
    for name in sorted(name for name in names if name.isidentifier() and name != "tuireader"):
        (folder / f"{name}.py").write_text(trap, encoding="utf-8")
    (folder / "tuireader").mkdir()
    (folder / "tuireader/__init__.py").write_text(trap, encoding="utf-8")
    (folder / "evil.pth").write_text("import evil\n", encoding="utf-8")
    plugins = folder / "evil-1.0.dist-info"
    plugins.mkdir()
    (plugins / "METADATA").write_text("Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n", encoding="utf-8")
    groups = ("sqlite_utils", "pygments.lexers", "pygments.styles", "pygments.filters")
    entry_points = "".join(f"[{group}]\nevil = evil:run\n" for group in groups)
    (plugins / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return folder


@pytest.fixture
def traps(trapped: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Work in the folder of traps; what was imported leaves a file in this one."""
    seen = trapped.with_name("seen")
    seen.mkdir()
    monkeypatch.chdir(trapped)
    yield seen
    shutil.rmtree(seen)


def with_demo(home: Path, database: Path) -> None:
    """Let the demo be there already in a home."""
    target = home / ".local/share/tuireader/demo.db"
    target.parent.mkdir(parents=True)
    shutil.copy(database, target)


def sprung(seen: Path) -> list[str]:
    return sorted(path.name for path in seen.iterdir())


def test_the_traps_would_be_seen(traps: Path) -> None:
    """The code comes from stdin: for `-c`, Python 3.13 itself imports a module that is a trap."""
    done = subprocess.run([sys.executable, "-"], input=b"import click", check=False)
    assert done.returncode == 0 and "click" in sprung(traps)


def commands_below(pid: int) -> list[list[str]]:
    """The command lines of all processes that descend from one, as far as they still run."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found.append(Path(f"/proc/{child}/cmdline").read_text().split("\0")[:-1])
            found += commands_below(int(child))
    return found


def test_no_child_of_the_reader_imports_from_the_working_directory(
    traps: Path, tmp_path: Path, web: Web
) -> None:
    """A refresh with feeds for each of the parsers, then an article's page with code in it."""
    page = "".join(f"<p>Ferry number {n} takes phones, says the harbour master.</p>" for n in range(40))
    pre = '<pre><code class="language-python">import this</code></pre>'
    link = web.serve(
        "/page", f"<html><article>{page}{pre}</article></html>", headers={"Content-Type": "text/html"}
    )
    good = web.serve(
        "/good", rss("Good", [item("1", "Ferries take phones", pre, url=link, time=1_700_000_001)])
    )
    bad = web.serve("/bad", rss("Bad", [item("2", "A loose end", "<p>Text.</p>")]).replace(b"</rss>", b"<&"))
    home = Home(tmp_path)
    subscribe(home, good, bad, more="[fetch]\nrefresh_on_start = false\n")
    env = {"no_proxy": "127.0.0.1"}
    with Terminal([COMMAND, *home.arguments()], home=tmp_path, env=env) as screen:
        screen.wait("Nothing unread")
        screen.press("R")
        screen.wait("Ferries take phones")
        screen.wait("A loose end")
        screen.press("enter")
        screen.wait("import this")
        screen.press("x")
        screen.wait("harbour master")
        children = commands_below(screen.pid)
        screen.press("Q")
        assert screen.leave() == 0
    assert sprung(traps) == []
    assert children and all("-P" in words for words in children)


def test_the_demo_that_the_reader_starts_imports_nothing_from_there(
    traps: Path, tmp_path: Path, demo_database: Path
) -> None:
    with_demo(tmp_path, demo_database)
    with Terminal([COMMAND], home=tmp_path) as screen:
        screen.wait("Welcome to tuireader")
        screen.press("d")
        screen.wait("WeChat sign-ups will be back")
        assert b"-P" in Path(f"/proc/{screen.pid}/cmdline").read_bytes().split(b"\0")
        screen.press("q")
        assert screen.leave() == 0
    assert sprung(traps) == []


async def test_the_reader_in_a_browser_imports_nothing_from_there(
    traps: Path, tmp_path: Path, demo_database: Path
) -> None:
    """The database has a name that a shell would take apart."""
    database = tmp_path / "a b; touch '$HOME' `id`.db"
    shutil.copy(demo_database, database)
    async with (
        served(tmp_path, "--demo", "--database", str(database), program=[COMMAND]) as link,
        entered(link) as session,
        session.ws_connect(f"{link.partition('?')[0]}ws?width=80&height=24") as socket,
    ):
        shown = b""
        while b"WeChat" not in shown:
            shown += await socket.receive_bytes(timeout=30)
        assert database.with_name(f"{database.name}-wal").exists()  # it is the one that is open
    assert sprung(traps) == []


IN_TURN = """
import runpy, sys
program, *lists = sys.argv[1:]
for words in lists:
    sys.argv = [program, *words.split()]
    try:
        runpy.run_path(program, run_name="__main__")
    except SystemExit as ended:
        assert not ended.code, words
"""
"""A program that runs another one, a Python script, with several lists of words in turn."""


def test_commands_import_nothing_from_there(traps: Path, tmp_path: Path, demo_database: Path) -> None:
    home, driver = tmp_path / "home", tmp_path / "driver/driver.py"
    driver.parent.mkdir()
    driver.write_text(IN_TURN, encoding="utf-8")
    with_demo(home, demo_database)
    env = os.environ | {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
    completing = env | {"_TUIREADER_COMPLETE": "bash_complete", "COMP_WORDS": "tuireader sh"}
    commands = ("--demo list", "--demo export feeds.opml", "--demo service", "man")
    several = [sys.executable, str(driver), COMMAND, *commands]
    for command, variables in ((several, env), ([COMMAND], completing)):
        done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command
    assert "show" in done.stdout and sprung(traps) == []


def test_a_start_by_python_m_drops_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Python itself imports for -m comes from there; what we import does not."""
    (tmp_path / "click.py").write_text("raise SystemExit(77)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = subprocess.run([sys.executable, "-m", "tuireader", "--help"], capture_output=True, check=False)
    assert done.returncode == 0


STARTS_A_CHILD = """
import subprocess
from tuireader.subprocesses import processes
print(subprocess.run(processes.command("tuireader", "--version"), capture_output=True, text=True))
"""


def test_children_find_the_program_in_the_user_site_and_on_the_python_path(tmp_path: Path) -> None:
    """The interpreter outside of this environment has neither the program nor what it needs."""
    python = getattr(sys, "_base_executable", sys.executable)
    env = {"PATH": os.environ["PATH"], "PYTHONUSERBASE": str(tmp_path)}
    asked = [python, "-c", "import site; print(site.getusersitepackages())"]
    done = subprocess.run(asked, env=env, capture_output=True, text=True, check=True)
    user_site = Path(done.stdout.strip())
    user_site.mkdir(parents=True)
    here = [*(path for path in sys.path if path.endswith("site-packages")), str(SOURCE)]
    (user_site / "all.pth").write_text("\n".join(here), encoding="utf-8")
    for variables in (env, {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(here)}):
        done = subprocess.run([python, "-c", STARTS_A_CHILD], env=variables, capture_output=True, text=True)
        assert f"tuireader {tuireader.__version__}" in done.stdout, done.stderr


def test_one_function_alone_names_the_interpreter() -> None:
    named = [
        path.name for path in SOURCE.rglob("*.py") if "sys.executable" in path.read_text(encoding="utf-8")
    ]
    assert named == ["processes.py"]


def test_children_are_as_isolated_as_their_parent() -> None:
    code = "from tuireader.subprocesses import processes; print(*processes.command('m', '-x'), sep='\\n')"
    for flags, expected in (((), ["-P"]), (("-s",), ["-P", "-s"]), (("-I",), ["-P", "-I", "-E", "-s"])):
        done = subprocess.run(
            [sys.executable, *flags, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[1:] == [*expected, "-m", "m", "-x"]
