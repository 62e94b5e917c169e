"""Addresses, links and changes of articles."""

from __future__ import annotations

from tuireader.ui.dialogs.links import LinkPicker
from tuireader.ui.dialogs.versions import Versions
from tuireader.ui.flows.context import FlowContext, Outcome


async def open_in_browser(context: FlowContext) -> None:
    """Open the current article in the browser."""
    await context.host.browse((await context.chosen.address())[0])


async def open_link(context: FlowContext, number: int) -> Outcome | None:
    """Open a numbered link of the article in the browser."""
    page = context.session.page
    if page is None:
        return None
    url = next((link.url for link in page.links if link.number == number), None)
    if url is None:
        return Outcome(said=f"There is no link {number}")
    await context.host.browse(url)
    return None


async def list_links(context: FlowContext) -> Outcome | None:
    """Choose one of all links of the article."""
    page = context.session.page
    if page is None or not page.links:
        return Outcome(said="No links here")
    if url := await context.ask(LinkPicker(page.links)):
        await context.host.browse(url)
    return None


async def copy_addresses(context: FlowContext) -> Outcome:
    """Copy the addresses of the chosen articles."""
    found = await context.chosen.addresses()
    return _copy(context, [url for url, _ in found], "Copied", found[0][0] if found else "")


async def copy_markdown(context: FlowContext) -> Outcome:
    """Copy the chosen articles as Markdown links."""
    found = await context.chosen.addresses()
    lines = [f"[{_escaped(title)}](<{url}>)" for url, title in found]
    return _copy(context, lines, "Copied as Markdown", found[0][1] if found else "")


def _copy(context: FlowContext, lines: list[str], said: str, what: str) -> Outcome:
    if not lines:
        return Outcome(said="This article has no address")
    context.host.copy_to_clipboard("\n".join(lines))
    return Outcome(said=f"{said}: {what if len(lines) == 1 else f'{len(lines)} articles'}")


def _escaped(title: str) -> str:
    """Return a title as the text of a Markdown link."""
    return title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


async def show_changes(context: FlowContext) -> Outcome | None:
    """Show how the article was changed since it was stored."""
    article = await context.controllers.navigation.opened_here()
    if article is None:
        return None
    revisions = await context.library.articles.revisions(article.id)
    if not revisions:
        return Outcome(said="Nothing was changed since it first came", seconds=2)
    await context.ask(Versions(article.title, revisions))
    return None
