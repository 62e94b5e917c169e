"""Flows for the chosen articles: browser, clipboard, labels, files, channels, programs."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial
from string import ascii_lowercase, digits

from tuireader.config import MacroConfig
from tuireader.export.markdown import markdown_link
from tuireader.model import LABEL_MARK, Label, OutboxState, Undelivered
from tuireader.subprocesses.programs import Ran
from tuireader.text.wording import counted
from tuireader.ui.controllers.mark_steps import Step
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.dialogs.form import pipe_form, split
from tuireader.ui.dialogs.pickers import KeyPicker, LinkPicker
from tuireader.ui.flows.context import NO_ARTICLE, Asking, Outcome
from tuireader.ui.flows.files import open_address
from tuireader.ui.flows.settings import undo
from tuireader.ui.widgets.choices import Choice

_LINES = 6  # maximum lines shown of a program's output
_KEYS = digits[1:] + ascii_lowercase  # of channels


async def open_in_browser(main: Controllers, ask: Asking) -> None:
    """Open the current article in the browser."""
    await main.host.browse((await main.chosen.address())[0])


async def open_link(main: Controllers, ask: Asking, number: int) -> Outcome | None:
    """Open a numbered link of the article."""
    page = main.session.page
    if page is None:
        return None
    url = next((link.url for link in page.links if link.number == number), None)
    if url is None:
        return Outcome(said=f"No link {number}")
    await open_address(main, page.article, url)
    return None


async def list_links(main: Controllers, ask: Asking) -> Outcome | None:
    """Choose among the links of the article and open one."""
    page = main.session.page
    if page is None or not page.links:
        return Outcome(said="No links here")
    if url := await ask(LinkPicker(page.links)):
        await open_address(main, page.article, url)
    return None


async def copy_addresses(main: Controllers, ask: Asking) -> Outcome:
    """Copy the addresses of the chosen articles."""
    addresses = await main.chosen.addresses()
    return _copy(main, [url for url, _ in addresses], "Copied", addresses[0][0] if addresses else "")


async def copy_markdown(main: Controllers, ask: Asking) -> Outcome:
    """Copy the chosen articles as Markdown links; of a single one, with the sentences that watches match."""
    from tuireader.export.brief import sentences
    from tuireader.export.markup import markdown_quotation

    addresses = await main.chosen.addresses()
    evidence = await main.library.lists.evidence(main.chosen.ids)
    lines = [markdown_link(title, url) for url, title in addresses]
    if len(addresses) == 1:
        matched = sentences(item for items in evidence.values() for item in items)
        lines = ["\n\n".join([*lines, *map(markdown_quotation, matched)])]
    return _copy(main, lines, "Copied as Markdown", addresses[0][1] if addresses else "")


def _copy(main: Controllers, lines: list[str], said: str, what: str) -> Outcome:
    if not lines:
        return Outcome(said="This article has no address")
    main.host.copy_to_clipboard("\n".join(lines))
    return Outcome(said=f"{said}: {what if len(lines) == 1 else f'{len(lines)} articles'}")


async def show_changes(main: Controllers, ask: Asking) -> Outcome | None:
    """Show how the article has changed since it was stored."""
    article = await main.navigation.opened_here()
    return None if article is None else await show_edits(main, ask, article.id, article.title)


async def show_edits(main: Controllers, ask: Asking, article_id: int, title: str) -> Outcome | None:
    """Show the edits of an article under its title."""
    revisions = await main.library.articles.revisions(article_id)
    if not revisions:
        return Outcome(said="No edits since it arrived", seconds=2)
    from tuireader.ui.dialogs.versions import Versions

    await ask(Versions(title, revisions))
    return None


async def label(main: Controllers, ask: Asking) -> None:
    """Ask for labels for the chosen articles; list and article show them at once."""
    ids, marks = main.chosen.ids, main.marks
    if not ids:
        return

    from tuireader.ui.dialogs.labels import Labels

    async def set_label(name: str, value: bool) -> list[Label]:
        said = f"Labelled {name}" if value else f"No longer labelled {name}"
        lowered = f"{said[0].lower()}{said[1:]}"
        write = partial(main.library.labels.set, name, value=value)
        what, mark = f"{counted(len(ids), 'article')} {lowered}", f"{LABEL_MARK}{name}"
        step = await marks.do(Step(what, write, mark=mark, ids=ids, value=value))
        if step.trouble is not None:
            raise step.trouble
        await marks.show(ids)
        if len(ids) > 1:
            said = step.what
        main.host.say_shortly(f"{said}{main.host.undo_hint}")
        return await marks.labels(ids)

    async def take_back() -> list[Label]:
        await ask.flows.apply(await undo(main, ask))
        return await marks.labels(ids)

    await ask(Labels(await marks.labels(ids), len(ids), set_label, take_back))


async def save(main: Controllers, ask: Asking) -> Outcome:
    """Save the chosen articles as files."""
    ids = main.chosen.ids
    if not ids:
        return NO_ARTICLE
    saved = [await main.library.articles.save(article_id) for article_id in ids]
    new = sum(file.new for file in saved)
    if len(saved) > 1:
        already = f", {len(saved) - new} already saved" if new < len(saved) else ""
        return Outcome(said=f"{new} saved{already}: {saved[0].path.parent}")
    return Outcome(said=f"{'Saved' if new else 'Already saved, unchanged'}: {saved[0].path}")


async def share(main: Controllers, ask: Asking) -> Outcome | None:
    """Send the chosen articles by a channel; ask by which if there are several."""
    ids, channels = main.chosen.ids, [each for each in main.library.config.channels if not each.desktop]
    if not ids:
        return NO_ARTICLE
    if not channels:
        return Outcome(said=f"No channels yet: {main.host.key_of('channels')} adds one")
    key: str | None = _KEYS[0]
    if len(channels) > 1:
        pairs = zip(_KEYS, channels, strict=False)
        choices = [Choice(key, channel.name, note=channel.target) for key, channel in pairs]
        key = await ask(KeyPicker("Share by", choices, "press a key to share · esc cancels"))
    if key is None:
        return None
    name = channels[_KEYS.index(key)].name
    messages = await main.library.outbox.share(name, ids)
    main.host.say_shortly(f"Sending to {name} …")
    await ask.flows.run(partial(_send, name=name, messages=messages), keys_wait=False)
    return None


async def _send(main: Controllers, ask: Asking, name: str, messages: Sequence[int]) -> Outcome:
    """Send what is due, and report what came of the shared articles."""
    events = await main.library.outbox.send()
    for event in events:
        await main.refreshing.take(event)
    states = [message.state for message in await main.library.outbox.some(messages)]
    sent = states.count(OutboxState.ACCEPTED)
    said = f"Sent to {name}" if len(states) == 1 else f"{counted(sent, 'article')} sent to {name}"
    is_told = any(isinstance(event, Undelivered) and event.channel == name for event in events)
    if not is_told and (waiting := len(states) - sent):
        waits = "waits" if waiting == 1 else "wait"
        said = f"{counted(waiting, 'article')} {waits} for {name} ({main.host.key_of('outbox')})"
    return Outcome(said=said * bool(sent or not is_told), recount=True)


async def pipe(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask for a program, and pipe the current article to it."""
    article_id = main.chosen.article_id
    if main.host.is_web:
        return Outcome(said="In the browser, no program can be named", severity="warning")
    if article_id is None:
        return NO_ARTICLE
    text = await ask(pipe_form(main.session.piped_to))
    if text:
        main.session.piped_to = text
        form, command = split(text)
        _pipe(main, article_id, command, form)
    return None


async def choose_macro(main: Controllers, ask: Asking) -> Outcome | None:
    """Show the macros and run the one chosen by its key."""
    macros = {macro.key: macro for macro in main.library.config.macros}
    if not macros:
        return Outcome(said="No macros yet: add [[macro]] to the config")
    from tuireader.ui.dialogs.help import described

    choices = [Choice(key, described(macro)) for key, macro in macros.items()]
    hint = "press a key to run a macro · esc closes"
    key = await ask(KeyPicker("Macros", choices, hint))
    return None if key is None else run_macro(main, macros[key])


def run_macro(main: Controllers, macro: MacroConfig) -> Outcome:
    """Start the program of a macro; its commands follow in the outcome."""
    if macro.command:
        article_id = main.chosen.article_id
        if article_id is None:
            return NO_ARTICLE
        if macro.shell:
            _start(main, main.library.articles.run_script(article_id, *macro.command))
        else:
            _pipe(main, article_id, macro.command)
    return Outcome(run=macro.run)


async def bookmark(main: Controllers, ask: Asking) -> Outcome | None:
    """Start the program for bookmarks."""
    article_id, command = main.chosen.article_id, main.library.config.ui.bookmark
    if article_id is None or not command:
        return NO_ARTICLE if command else Outcome(said="No program for bookmarks: set [ui] bookmark")
    _pipe(main, article_id, command)
    return None


def _pipe(main: Controllers, article_id: int, command: Sequence[str], form: str = "json") -> None:
    _start(main, main.library.articles.pipe(article_id, tuple(command), form=form))


def _start(main: Controllers, program: Awaitable[Ran]) -> None:
    async def run() -> None:
        ran = await program
        if ran.ok:
            main.host.say(described_run(ran))
        else:
            main.host.say(described_run(ran), severity="error", seconds=10)

    main.panes.run_worker(run(), group="programs")


def described_run(ran: Ran) -> str:
    """Describe the result of a program for a toast."""
    if ran.trouble:
        return f"{ran.program} {ran.trouble}"
    lines = ran.output.splitlines()
    shown = "\n".join([*lines[:_LINES], *(["…"] if len(lines) > _LINES else [])])
    if ran.code is None:
        return f"{ran.program} is still running"
    if ran.code:
        return f"{ran.program} ended with exit status {ran.code}" + (f"\n{shown}" if shown else "")
    if not shown:
        return f"{ran.program} finished"
    return f"{ran.program}: {shown}" if len(lines) == 1 else f"{ran.program}:\n{shown}"
