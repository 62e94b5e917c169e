"""Texts about what is shown: header, footer, and the message of an empty list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tuireader.commands import BY_ID
from tuireader.commands.sorts import ALL_SORTS
from tuireader.config import ViewConfig
from tuireader.document import reference_label
from tuireader.model import Count, View, ViewKind
from tuireader.model.accounts import AccountState, Refusal
from tuireader.text import cut
from tuireader.text.wording import counted, rows_and_articles
from tuireader.ui import views
from tuireader.ui.session import Session
from tuireader.ui.widgets.bars import FooterKey
from tuireader.ui.widgets.panes import Panes
from tuireader.ui.widgets.sidebar import FOLDING
from tuireader.wording.feed_summary import rejection
from tuireader.wording.times import age, list_time

KeyOf = Callable[[str], str]

# Keys of the footer, the most important first.
LIST = (
    "open", "help", "quit_or_back", "next_unread", "back", "search", "toggle_star", "toggle_read",
    "refresh_all", "mark_list_read", "command_line",
)  # fmt: skip
_ARTICLE = (
    "page_or_next_unread", "help", "quit_or_back", "match_done", "next_hit", "next_reference", "related",
    "open_browser", "list_links", "toggle_star", "labels", "full_text", "command_line",
)  # fmt: skip
_TO_DO = (
    "open", "help", "quit_or_back", "match_done", "match_false", "match_open", "match_note", "back", "search",
)  # fmt: skip
_REFERENCE = ("open", "help", "quit_or_back", "next_reference", "related")
_RELATED = ("open", "help", "quit_or_back", "next_unread")
_SIDEBAR = ("open", "help", "quit_or_back", "refresh_one", "add_feed", "search")
_EDITED = ("open", "help", "quit_or_back", "edit_this", "remove_this", "refresh_one", "add_feed")
_NO_ARTICLE = ("help", "quit_or_back", "refresh_all", "add_feed", "show_hide_read", "search")
_SEARCH = (("keep_as_watch", "as watch"), ("keep_as_view", "as saved search"))
_MOVING = {
    "open", "back", "next_unread", "page_or_next_unread", "next_hit", "next_reference", "related",
}  # fmt: skip
_APP = ("search", "add_feed", "refresh_all", "show_hide_read", "command_line", "help", "quit_or_back")
_KINDS = (*FOLDING, ViewKind.FEED, ViewKind.ACCOUNT, ViewKind.WATCH, ViewKind.QUERY)
_TITLE = 40  # maximum width of a title in the footer, which leaves room for the keys


def number(view: View, count: Count, *, folds: bool) -> str:
    """Write the unread count of a view; for starred articles and those with open matches, the total.

    In folded lists, count stories, followed by the number of their articles.
    """
    total = view in (views.STARRED, views.TO_DO)
    articles = count.total if total else count.unread
    rows = count.rows(folds) if total else count.unread_rows(folds)
    if total or view == views.UNREAD:
        return rows_and_articles(rows, articles)
    return f"{f'{articles:,}' if rows == articles else rows_and_articles(rows, articles)} unread"


def header(session: Session, listed: int, saved: Sequence[ViewConfig]) -> tuple[str, str]:
    """Title of the list, and its count and order; `listed` articles are shown."""
    view = session.view
    count = None if session.filter else views.count_of(view, session.counts)
    if count is None:
        more = session.partial or (session.capped and not session.filter)
        shown = f"{listed:,}{'+' if more else ''} found"
    elif not session.is_counted:
        shown = "…"
    else:
        shown = number(view, count, folds=session.folds)
    if not session.shows_read and view != views.UNREAD:
        shown += ", read ones hidden"
    if session.sort != "date":
        shown += f", {ALL_SORTS[session.sort]}"
    title = session.titles.get(view.key) or views.title_of(view, session.feeds, saved)
    return f"{title} › {session.filter}" if session.filter else title, shown


def at_rest(session: Session, now: int, *, offline: bool) -> dict[str, str]:
    """Describe the state between refreshes for the header: `2 feeds failing` and `refreshed 4 min ago`."""
    failing = sum(bool(feed.last_error) and feed.state != "paused" for feed in session.feeds)
    times = [*(feed.last_success for feed in session.feeds), *(each.synced_at for each in session.accounts)]
    refreshed = max((moment for moment in times if moment), default=None)
    state = "offline" if offline else f"refreshed {age(refreshed, now)}" if refreshed else ""
    return {"trouble": f"{counted(failing, 'feed')} failing" if failing else "", "state": state}


def footer_keys(session: Session, panes: Panes, key_of: KeyOf) -> list[FooterKey]:
    """Keys for the pane or line that has the focus."""
    leaving = FooterKey("esc", "leave", 20)
    if panes.line == "find":
        return [FooterKey("enter", "keep"), FooterKey("↓/↑", "next/previous"), leaving]
    if panes.line == "search":
        keeping = [FooterKey(key_of(command), title, 10) for command, title in _SEARCH]
        return [FooterKey("enter", "results"), leaving, *keeping, FooterKey("↑", "older searches")]
    moves = "scroll" if panes.in_article and panes.article.chosen < 0 else "move"
    to_feeds = panes.in_list and session.config.ui.preset == "newsboat"
    leaves = "Back" if panes.in_article or to_feeds else "Quit"
    return titled(pane_commands(session, panes), key_of, wide=panes.is_wide, moves=moves, leaves=leaves)


def titled(
    commands: Sequence[str], key_of: KeyOf, *, wide: bool, moves: str = "move", leaves: str = "Quit"
) -> list[FooterKey]:
    """Keys to move and those of commands, with their effect here."""
    titles = {"back": "Sidebar", "quit_or_back": leaves, "refresh_all": "Refresh", "command_line": "Commands"}
    if not wide:
        titles["next_unread"] = "Next"
    return [
        FooterKey(f"{key_of('move_down')}/{key_of('move_up')}", moves),
        *(
            FooterKey(key_of(each), titles.get(each, BY_ID[each].title), place(each))
            for each in commands
            if key_of(each) != BY_ID[each].title  # which stands for a missing key
        ),
    ]


def place(command_id: str) -> int:
    """Place in the footer, by group: keys that move, act on what is chosen, or concern the program."""
    if command_id in _APP:
        return 20 + _APP.index(command_id)
    return 10 if acts(command_id) else 0


def acts(command_id: str) -> bool:
    """Return whether a command acts on what is chosen, rather than moves or concerns the program."""
    return command_id not in _MOVING and command_id not in _APP


def pane_commands(session: Session, panes: Panes) -> tuple[str, ...]:
    """Commands that fit what is focused, the most important first."""
    if panes.in_sidebar:
        item = panes.sidebar.current
        view = item.view if item is not None else None
        return _EDITED if view is not None and view.kind in _KINDS and view != views.MUTED else _SIDEBAR
    if not panes.in_article and session.view == views.TO_DO and panes.articles.ids:
        return _TO_DO
    if not panes.in_article:
        return LIST if panes.articles.ids else _NO_ARTICLE
    if panes.article.chosen >= 0:
        return _RELATED
    page = session.page
    if page is None:
        return _ARTICLE
    if panes.article.current_reference is not None:
        return _REFERENCE
    leads_to = {
        "match_done": page.article.cases,
        "next_hit": page.hits,
        "next_reference": page.references,
        "related": page.tail.targets,
        "list_links": page.links,
    }
    return tuple(command for command in _ARTICLE if leads_to.get(command, True))


def footer_position(session: Session, panes: Panes, key_of: KeyOf) -> tuple[str, bool]:
    """Describe the position, as in `3/120`; also return True if the text is an error."""
    if panes.in_sidebar:
        return _sidebar_position(panes, key_of)
    page, article = session.page, panes.article
    if page is not None and article.sought and (panes.in_article or panes.line == "find"):
        at, count = article.found_at + 1, len(article.found)
        return (f"found {at}/{count}" if count else "not found"), not count
    if panes.in_article and page is not None:
        if mark := article.current_reference:
            label = f"reference {mark.number}" if panes.host.linear else reference_label(mark.number)
            return f"{label} {cut(mark.article.title, _TITLE)}", False
        if article.hit >= 0 and article.chosen < 0:
            return f"match {article.hit + 1}/{len(page.hits)} · {page.hits[article.hit].watch}", False
        if session.trail:
            return f"{len(session.trail)} back", False
    articles = panes.articles
    count = len(articles.ids)
    more = "+" if session.partial else ""
    selected = f"{len(articles.selected)} selected · " if articles.selected else ""
    return (f"{selected}{articles.cursor + 1}/{count}{more}" if count else "", False)


def notes(session: Session, now: int, key_of: KeyOf) -> list[str]:
    """Notes on open alarms, messages that cannot be delivered and unsent marks, the longest first."""
    numbers = [counted(session.alarms, "alarm")] if session.alarms else []
    numbers += [f"{session.undelivered:,} undelivered ({key_of('outbox')})"] if session.undelivered else []
    alarms = f"! {' · '.join(numbers)}" if numbers else ""
    away = [account for account in session.accounts if account.pending and account.error]
    if not away:
        return [alarms]
    unsent = f"{counted(sum(account.pending for account in away), 'mark')} to send"
    choices = [[alarms, unsent, _why_unsent(away[0], now)], [alarms, unsent], [unsent]]
    return [" · ".join(filter(None, words)) for words in choices]


def _why_unsent(account: AccountState, now: int) -> str:
    if account.refusal in (Refusal.LOGIN, Refusal.SECRET):
        return f"sign in to {account.name} again"
    since = "" if account.synced_at is None else f" since {list_time(account.synced_at, now)}"
    return f"{account.name} not reached{since}"


def account_trouble(account: AccountState, key_of: KeyOf) -> str:
    """Explain why an account is out of sync, with the key to fix it; `""` if it is in sync."""
    edits = f"{key_of('edit_this')} edits the account"
    if account.refusal in (Refusal.LOGIN, Refusal.SECRET):
        hint = f" ({account.hint})" if account.hint else ""
        return " · ".join(filter(None, (f"{account.error}{hint}", rejection(account), edits)))
    if account.error:
        return account.error
    if account.asks:
        return f"{account.asks} · {key_of('edit_this')} decides"
    return f"{counted(account.refused, 'mark')} refused by the server" if account.refused else ""


def account_troubles(session: Session, key_of: KeyOf) -> dict[str, str]:
    """Map the configured accounts to what is wrong with them, or `""`."""
    troubles = {account.name: account_trouble(account, key_of) for account in session.accounts}
    return {account.name: troubles.get(account.name, "") for account in session.config.accounts}


def _sidebar_position(panes: Panes, key_of: KeyOf) -> tuple[str, bool]:
    item = panes.sidebar.current
    if item is None:
        return "", False
    if item.trouble:
        return f"! {item.label}: {item.trouble}", True
    if item.paused:
        return f"= {item.label}: paused", False
    if item.command:
        return f"{key_of('open')} lists all", False
    if item.view is not None and item.view.kind in FOLDING:
        folding = ("page_or_next_unread", "back")
        key = next((key_of(each) for each in folding if key_of(each) != BY_ID[each].title), "")
        return (f"{key} folds" if key else ""), False
    return "", False


def empty_list(session: Session, key_of: KeyOf) -> str:
    """Explain an empty list, with the key that helps."""
    if session.error:
        return session.error
    if session.filter:
        return f"Nothing here is {session.filter}. {key_of('back')} shows all again."
    kind, sought = session.view.kind, session.view.key
    if kind is ViewKind.QUERY:
        return _nothing_found(sought.strip())
    if session.syncing:
        return f"First sync of {session.syncing}"
    if not session.feeds:
        return no_feeds(account_troubles(session, key_of), key_of)
    if kind is ViewKind.UNREAD:
        return (
            f"Nothing unread. {key_of('refresh_all')} refreshes, "
            f"{key_of('show_hide_read')} shows what is read."
        )
    if kind is ViewKind.TO_DO:
        return "Nothing to do: every match is handled."
    if kind is ViewKind.STARRED:
        return f"Nothing starred yet. {key_of('toggle_star')} stars an article."
    if kind is ViewKind.LABEL:
        return f"No articles labelled {sought}."
    if kind in (ViewKind.WATCH, ViewKind.GROUP):
        return "No matches yet."
    if not session.shows_read:
        return f"Nothing unread here. {key_of('show_hide_read')} shows what is read."
    return f"Nothing here yet. {key_of('refresh_one')} refreshes."


def no_feeds(accounts: Mapping[str, str], key_of: KeyOf) -> str:
    """Explain missing feeds, with the key that helps; `accounts` maps names to troubles."""
    if not accounts:
        return f"No feeds yet. {key_of('add_feed')} adds one."
    for name, trouble in accounts.items():
        if trouble:
            return f"{name}: {trouble}"
    return f"Nothing from {', '.join(accounts)} yet. {key_of('refresh_all')} syncs."


def _nothing_found(sought: str) -> str:
    if not sought:
        return 'Type words, "a phrase", title:word, -word …'
    if len(sought) > 1 and sought.isalpha() and sought.islower() and sought.isascii():
        return f"Nothing found.\n{sought}* also finds longer words."
    return "Nothing found."
