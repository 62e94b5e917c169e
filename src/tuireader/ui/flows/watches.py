"""Create, edit and keep watches; mute articles; add, edit and remove rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from tuireader.config import RuleConfig, WatchConfig
from tuireader.config.watch_keys import with_defaults
from tuireader.errors import TuireaderError
from tuireader.model import ViewKind
from tuireader.text.wording import counted
from tuireader.ui.controllers.wiring import Controllers
from tuireader.ui.flows.context import Asking, Outcome
from tuireader.ui.flows.forms import changed, confirm
from tuireader.ui.views import ranks
from tuireader.wording.lines import Line, problem_lines


async def watch_here(main: Controllers, ask: Asking) -> Outcome | None:
    """Create a watch from the selected text, the search that the list shows, or the current article.

    A search by meaning has no words to watch for.
    """
    from tuireader.ui.dialogs.new_watch import from_search, from_selection

    screen, view = main.panes.screen, main.session.view
    if (selected := screen.get_selected_text() or "").strip():
        screen.clear_selection()
        return await edit_watch(main, ask, from_selection(selected))
    article_id = main.chosen.article_id
    if view.kind is ViewKind.QUERY and view.key.strip() and not main.panes.in_article and not ranks(view.key):
        return await edit_watch(main, ask, from_search(view.key))
    if article_id is not None:
        return await edit_watch(main, ask, await main.library.watches.suggest(article_id))
    return await edit_watch(main, ask)


async def follow_story(main: Controllers, ask: Asking) -> Outcome | None:
    """Follow the story that is open or under the cursor."""
    article_id = main.chosen.article_id
    if article_id is None:
        return None
    try:
        config = await main.library.watches.for_story(article_id)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return await edit_watch(main, ask, config)


async def edit_watch(
    main: Controllers, ask: Asking, config: WatchConfig | None = None, replaces: str = ""
) -> Outcome | None:
    """Ask for a new watch, or for changes to the one that it replaces."""
    from tuireader.ui.dialogs.new_watch import NewWatch

    config = config or WatchConfig(name="")
    if not replaces:
        config = with_defaults(config, main.library.config.watch_defaults)
    name = await ask(NewWatch(config, main.library, replaces=replaces))
    return None if name is None else _written(main, f"◆ {name}")


async def find_sources(main: Controllers, ask: Asking, name: str) -> Outcome | None:
    """Propose feeds that search the web for the terms of a watch."""
    from tuireader.ui.dialogs.search_feeds import SearchFeeds

    proposals = main.library.watches.search_feeds(name)
    if not proposals:
        return Outcome(said=f"{name} has no words to search the web for")
    added = await ask(SearchFeeds(name, proposals, main.library.feeds))
    return Outcome(feeds_added=added) if added else None


async def keep_watch(main: Controllers, ask: Asking, name: str) -> Outcome:
    """Keep the watch for a followed story permanently."""
    try:
        await main.library.watches.keep(name)
    except TuireaderError as error:
        return Outcome(said=str(error), severity="warning")
    return Outcome(said=f"◆ {name} kept", watches_changed=True)


async def mute(main: Controllers, ask: Asking) -> Outcome | None:
    """Ask what to mute: by default the searched words, or articles of the current feed."""
    from tuireader.ui.dialogs.mute import Mute

    session, view = main.session, main.session.view
    article = session.article if main.chosen.in_article else None
    row = await main.chosen.row()
    shown = article or row
    feed_id = shown.feed_id if shown else None
    if view.kind is ViewKind.FEED and article is None:
        feed_id = int(view.key)
    feed = next((candidate for candidate in session.feeds if candidate.id == feed_id), None)
    words = view.key if view.kind is ViewKind.QUERY and article is None else ""
    words = words if "is:muted" not in words and not ranks(words) else ""
    muted = await ask(Mute(main.library.mutes, session.feeds, feed, words))
    if muted is None:
        return None
    return _written(main, muted) if isinstance(muted, str) else Outcome(view=muted)


_PREVIEW_DAYS = 30


async def edit_rule(main: Controllers, ask: Asking, before: RuleConfig | None = None) -> Outcome | None:
    """Ask for a new rule, or for changes to one, with a preview of the articles that it would match."""
    from tuireader.config.edit import typed_values
    from tuireader.ui.dialogs.form import PreviewForm
    from tuireader.ui.widgets.field import settings

    library, blank = main.library, RuleConfig("")

    def typed(values: Mapping[str, str]) -> RuleConfig:
        return replace(before or blank, **typed_values(RuleConfig, values))

    async def effect(values: Mapping[str, str]) -> Sequence[Line]:
        try:
            rule = typed({**values, "name": values["name"] or "new"})
        except TuireaderError as error:
            return problem_lines(error.message)
        if not (rule.query or rule.watch or rule.feeds):
            return ((), (("Enter an expression, a watch or a feed to preview its articles", "dim"),))
        preview = await library.rules.preview(rule, _PREVIEW_DAYS)
        if preview.problem:
            return problem_lines(preview.problem)
        count = f"{counted(preview.articles, 'article')} of the last {_PREVIEW_DAYS} days"
        spared = f" · {preview.watched} on a watch: not read, not muted" * bool(
            preview.watched and rule.spares_watched
        )
        lines: list[Line] = [(), ((f"Would match {count}", "strong"), (spared, "star"))]
        lines += [((f"! {note}", "star"),) for note in preview.advice]
        titles = ((row.title or row.url, library.feeds.title(row.feed_id)) for row in preview.samples)
        return [*lines, *(((f"  {title}", "text"), (f" · {feed}", "dim")) for title, feed in titles)]

    async def save(values: Mapping[str, str]) -> Outcome:
        rule = typed(values)
        await library.rules.save(rule, before.name if before else "")
        return changed(main, f"Rule {rule.name} saved")

    title = f"Rule {before.name}" if before else "New rule"
    return await ask(PreviewForm(title, settings(before or blank), save, effect))


async def remove_rule(main: Controllers, ask: Asking, name: str) -> Outcome | None:
    """Ask, then remove a rule."""
    said = f"Rule {name} removed{main.host.undo_hint}"
    question = f"Remove the rule {name}? What it has done stays."
    return await confirm(main, ask, "rule", question, partial(main.library.rules.remove, name), said)


def _written(main: Controllers, said: str) -> Outcome:
    """Report a change, where it was saved and how to undo it."""
    library = main.library
    where = "until the demo ends" if library.offline else f"saved to {library.paths.config}"
    return Outcome(said=f"{said}{main.host.undo_hint}\n{where}", watches_changed=True)
