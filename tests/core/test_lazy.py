"""Modules that are imported when something of them is first used."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tuireader import document, feeds, ingest, model, store

LAZY = (document, ingest, model, store)


@pytest.mark.parametrize("package", LAZY, ids=lambda one: one.__name__)
def test_a_package_has_all_that_it_names(package: ModuleType) -> None:
    code = f"""
import sys, {package.__name__} as package
before = [name for name in sys.modules if name.startswith(package.__name__ + ".")]
for name in package.__all__:
    found = getattr(package, name)
    assert not isinstance(found, type(sys)), name  # a function that is named as its module is the function
print(*before)
"""
    for order in ("package.__all__", "reversed(package.__all__)"):
        run = subprocess.run(
            [sys.executable, "-c", code.replace("package.__all__", order)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert run.returncode == 0, run.stderr
        assert run.stdout.split() == []
    with pytest.raises(AttributeError, match="no_such_thing"):
        _ = package.no_such_thing


def test_a_command_that_asks_a_server_imports_nothing_that_draws(tmp_path: Path) -> None:
    """httpx would import rich for a command of its own."""
    config = tmp_path / "config.toml"
    config.write_text(
        '[[account]]\nname = "home"\nkind = "miniflux"\nurl = "http://127.0.0.1:9"\ntoken = "t"\n'
    )
    code = """
import atexit, sys
from tuireader.__main__ import main
atexit.register(lambda: print(*sys.modules))
main()
"""
    command = ["--config", str(config), "--database", str(tmp_path / "news.db"), "sync"]
    run = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, timeout=60)
    imported = {name.partition(".")[0] for name in run.stdout.split()}
    assert "httpx" in imported, run.stderr
    assert imported.isdisjoint({"rich", "pygments", "textual"})


def test_the_processes_of_a_refresh_import_no_more_than_they_need() -> None:
    """A refresh waits for their start: one for each mail folder on a server, one for other documents."""
    code = "import sys, tuireader.feeds.mail.imap, tuireader.feeds.parse.worker; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    imported = set(run.stdout.split())
    assert "tuireader.model.fetching" in imported, run.stderr
    models = {f"tuireader.model.{name}" for name in ("alarms", "articles", "events", "lists")}
    assert imported.isdisjoint({*models, "tuireader.config", "tuireader.store", "httpx", "feedparser"})


@pytest.mark.parametrize("is_installed", [False, True])
def test_sniffio_is_ruled_out_only_where_it_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_installed: bool
) -> None:
    """Where it is, older versions of anyio need it; where it is not, httpcore would look for it each time."""
    if is_installed:
        (tmp_path / "sniffio.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "sniffio", raising=False)
    importlib.reload(feeds)
    assert ("sniffio" in sys.modules) is not is_installed
