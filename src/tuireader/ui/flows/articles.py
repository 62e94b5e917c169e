"""Addresses, links and changes of articles."""

from __future__ import annotations

from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.links import LinkPicker
from tuireader.ui.dialogs.versions import Versions
from tuireader.ui.flows.context import Asking, Outcome


async def open_in_browser(main: Controllers, ask: Asking) -> None:
    """Open the current article in the browser."""
    await main.host.browse((await main.chosen.address())[0])


async def open_link(main: Controllers, ask: Asking, number: int) -> Outcome | None:
    """Open a numbered link of the article in the browser."""
    page = main.session.page
    if page is None:
        return None
    url = next((link.url for link in page.links if link.number == number), None)
    if url is None:
        return Outcome(said=f"There is no link {number}")
    await main.host.browse(url)
    return None


async def list_links(main: Controllers, ask: Asking) -> Outcome | None:
    """Choose one of all links of the article."""
    page = main.session.page
    if page is None or not page.links:
        return Outcome(said="No links here")
    if url := await ask(LinkPicker(page.links)):
        await main.host.browse(url)
    return None


async def copy_addresses(main: Controllers, ask: Asking) -> Outcome:
    """Copy the addresses of the chosen articles."""
    found = await main.chosen.addresses()
    return _copy(main, [url for url, _ in found], "Copied", found[0][0] if found else "")


async def copy_markdown(main: Controllers, ask: Asking) -> Outcome:
    """Copy the chosen articles as Markdown links."""
    found = await main.chosen.addresses()
    lines = [f"[{_escaped(title)}](<{url}>)" for url, title in found]
    return _copy(main, lines, "Copied as Markdown", found[0][1] if found else "")


def _copy(main: Controllers, lines: list[str], said: str, what: str) -> Outcome:
    if not lines:
        return Outcome(said="This article has no address")
    main.host.copy_to_clipboard("\n".join(lines))
    return Outcome(said=f"{said}: {what if len(lines) == 1 else f'{len(lines)} articles'}")


def _escaped(title: str) -> str:
    """Return a title as the text of a Markdown link."""
    return title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


async def show_changes(main: Controllers, ask: Asking) -> Outcome | None:
    """Show how the article was changed since it was stored."""
    article = await main.navigation.opened_here()
    if article is None:
        return None
    revisions = await main.library.articles.revisions(article.id)
    if not revisions:
        return Outcome(said="Nothing was changed since it first came", seconds=2)
    await ask(Versions(article.title, revisions))
    return None
