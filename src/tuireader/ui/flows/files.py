"""Flows for the files of articles: open, download."""

from __future__ import annotations

from tuireader.document import Link
from tuireader.export.enclosures import program_for
from tuireader.model import Article, DownloadState, Enclosure
from tuireader.text import safe_url
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.pickers import LinkPicker
from tuireader.ui.flows.context import NO_ARTICLE, Asking, Outcome
from tuireader.wording.enclosures import enclosure_label


async def open_file(main: Controllers, ask: Asking) -> Outcome | None:
    """Open a file of the current article; ask which if there are several."""
    article_id = main.chosen.article_id
    article = await main.library.articles.get(article_id) if article_id is not None else None
    if article is None or not article.enclosures:
        return Outcome(said="No files belong to this article", seconds=2)
    url: str | None = article.enclosures[0].url
    if len(article.enclosures) > 1:
        links = [Link(at, file.url, enclosure_label(file)) for at, file in enumerate(article.enclosures, 1)]
        url = await ask(LinkPicker(links))
    if url is not None:
        await open_address(main, article, url)
    return None


async def open_address(main: Controllers, article: Article, url: str) -> None:
    """Open a link of an article: a file with the program for its type, others in the browser."""
    for file in article.enclosures:
        if file.url == url:
            await open_enclosure(main, file)
            return
    await main.host.browse(url)


async def open_enclosure(main: Controllers, file: Enclosure) -> None:
    """Open a file with the program for its type; prefer the downloaded copy."""
    program = program_for(main.library.config.open, file.type, file.url)
    path = await main.library.downloads.path_of(file.url)
    if program and path:
        await main.host.open_with(program, path)
    elif program and safe_url(file.url).startswith(("http://", "https://")):
        await main.host.open_with(program, safe_url(file.url))
    else:
        await main.host.browse(file.url)


async def download(main: Controllers, ask: Asking) -> Outcome:
    """Queue the files of the chosen articles, and download them in the background."""
    ids = main.chosen.ids
    if not ids:
        return NO_ARTICLE
    added = await main.library.downloads.add(ids)
    if not added:
        return Outcome(said="No files belong to this article", seconds=2)
    waiting = [file for file in added if file.state is not DownloadState.DONE]
    if not waiting:
        return Outcome(said=f"Already downloaded: {added[0].path}")
    await main.library.downloads.start()
    return Outcome(
        said=f"Downloading {counted(len(waiting), 'file')} · {main.host.key_of('queue')} shows the queue"
    )
