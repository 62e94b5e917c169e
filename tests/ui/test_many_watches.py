"""Groups and priorities of watches: in the sidebar, which they never fill, in rows, colours and lists."""

from __future__ import annotations

from functools import partial

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.examples import half_as_many
from tests.ui import samples
from tests.ui.running import Running, running
from tests.ui.shelf import NOW
from tuireader.config import WatchConfig, by_group, by_priority, loads
from tuireader.config.watch_keys import PRIORITIES
from tuireader.model import ArticleRow, Count, Counts, Feed, View, ViewKind
from tuireader.startup import saved_frame
from tuireader.ui.dialogs.new_watch import NewWatch
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.drawing.row_parts import detail_parts, row_parts
from tuireader.ui.drawing.sidebar_items import SidebarItem, sidebar_items
from tuireader.ui.flows.watches import edit_watch
from tuireader.ui.screens.watches import Watches

FEED = Feed(1, "https://a.example/", title="The Quay", folder="Harbour", subscribed=True)

HARBOUR = [replace(FEED, id=number) for number in range(1, 19)]


def views(items: tuple[SidebarItem, ...], kind: ViewKind) -> list[str]:
    return [item.view.key for item in items if item.view is not None and item.view.kind is kind]


@st.composite
def watches_and_counts(draw: st.DrawFn) -> tuple[list[WatchConfig], Counts]:
    few, many = ["", "", "Law", "Money", "Apps"], ["", *(f"G{number}" for number in range(30)), "Law"]
    groups, priorities = st.sampled_from(draw(st.sampled_from([few, many]))), st.sampled_from(PRIORITIES)
    kinds = draw(st.lists(st.tuples(groups, priorities, st.integers(0, 2)), max_size=40))
    watches = [
        WatchConfig(f"W{at}", ("w",), group=group, priority=priority)
        for at, (group, priority, _) in enumerate(kinds)
    ]
    counts = {f"W{at}": Count(unread, 3) for at, (_, _, unread) in enumerate(kinds)}
    sums = {
        group: Count(sum(counts[item.name].unread for item in members), 9)
        for group, members in by_group(watches).items()
    }
    return watches, Counts(watches=counts, groups=sums)


@given(
    made=watches_and_counts(),
    height=st.integers(0, 60),
    hides_quiet=st.booleans(),
    closed=st.sets(st.sampled_from(["Law", "Money"])),
    at=st.integers(0, 60),
)
@half_as_many
def test_the_sidebar_accounts_for_every_watch(
    made: tuple[list[WatchConfig], Counts], height: int, hides_quiet: bool, closed: set[str], at: int
) -> None:
    watches, counts = made
    current, folded = View(ViewKind.WATCH, f"W{at}"), {View(ViewKind.GROUP, name) for name in closed}
    build = partial(sidebar_items, HARBOUR, counts, watches, folded, hides_quiet=hides_quiet, current=current)
    items = build(height=height)
    shown, heads = views(items, ViewKind.WATCH), views(items, ViewKind.GROUP)
    inside = {item.name for item in watches if item.group in closed and item.group in heads}
    more = [item.label for item in items if item.command == "watches"]
    hidden = len(watches) - len(shown) - len(inside)
    assert len(more) == bool(hidden) and (not hidden or more[0].startswith(f"… {hidden} more"))
    unread = sum(
        counts.watches[item.name].unread > 0 for item in watches if item.name not in {*shown, *inside}
    )
    assert f", {unread} unread" in more[0] if unread else not any("unread" in label for label in more)
    names = [item.name for item in by_priority(watches)]
    group = {item.name: item.group for item in watches}
    assert current.key in shown or current.key not in names or group[current.key] in closed
    order = [item.name for members in by_group(watches).values() for item in members]
    assert shown == [name for name in order if name in shown]
    listed = {"", *heads}
    left = [name for name in names if name not in {*shown, *inside, current.key} and group[name] in listed]
    rank = {name: (not counts.watches[name].unread, number) for number, name in enumerate(names)}
    others = [rank[name] for name in shown if name != current.key]
    assert not others or not left or max(others) < min(rank[name] for name in left)
    everything = build(height=10_000)
    assert height < 17 or items.index(SidebarItem("Feeds")) <= height - height // 3 + 1
    unread_groups = {name for name in group.values() if name and counts.groups[name].unread}
    quiet_ones = {*heads} - unread_groups - {group.get(current.key)}
    assert not quiet_ones or unread_groups <= {*heads}
    if len(everything) <= height or (height > 23 and len(watches) < 5):
        assert items == everything
    if not hides_quiet:
        unfolded = [item for item in watches if item.group not in closed]
        assert len(views(everything, ViewKind.WATCH)) == len(unfolded)


def test_without_new_keys_nothing_changes() -> None:
    counts = Counts(watches={"B": Count(2, 4)})
    items = sidebar_items(
        [FEED], counts, [WatchConfig("A"), WatchConfig("B"), WatchConfig("C")], (), height=21
    )
    at = items.index(SidebarItem("Watches"))
    assert items[at + 1 : at + 4] == tuple(
        SidebarItem(name, View(ViewKind.WATCH, name), unread, total, "◆", name)
        for name, unread, total in (("A", 0, 0), ("B", 2, 4), ("C", 0, 0))
    )


def tags(names: str, watches: tuple[str, ...], *, cosy: bool = False) -> str:
    options = RowOptions(letters={name: name for name in names}, cosy=cosy, now=NOW)
    row = ArticleRow(1, 1, "Title", NOW, False, False, watches=watches, uncertain=("B",))
    parts = detail_parts(row, "", options) if cosy else row_parts(row, "Feed", options)
    return "".join(text for text, _ in parts).partition("Title")[0].split("  ")[-1].strip()


def test_at_most_two_tags_in_a_row() -> None:
    assert tags("ABC", ("A", "B", "C")) == "◆A ◇B ◆C"
    assert tags("ABCD", ("A", "B")) == "◆A ◇B"
    assert tags("ABCD", ("B", "A", "C")) == "◇B +2"
    assert tags("ABCD", ("A", "B", "C", "D")) == "◆A +3"
    lines = RowOptions(letters=dict.fromkeys("ABCD", ""), cosy=True, now=NOW)
    row = ArticleRow(1, 1, "Title", NOW, False, False, watches=("A", "B", "C"), detail=("Text.", (), ""))
    parts = detail_parts(row, "", lines)
    assert "".join(text for text, _ in parts).strip() == "▌A +2 Text."
    assert sum(len(text) for text, _ in parts) == lines.width
    assert not any(text.startswith("+") for text, _ in detail_parts(row, "", replace(lines, width=22)))


WATCH = '[[watch]]\nname = "W{0}"\nany = ["n{0}"]\ngroup = ""\n'
MANY = '[watch_defaults]\ngroup = "Waters"\n' + "".join(map(WATCH.format, range(1, 39)))
WATERS, W30 = View(ViewKind.GROUP, "Waters"), View(ViewKind.WATCH, "W30")


async def test_forty_watches_and_a_group_by_keys() -> None:
    async with running(samples.library(MANY)) as run:
        main, sidebar = run.main, run.main.sidebar
        names = views(sidebar.items, ViewKind.WATCH)
        assert names[-2:] == ["LanternPay", "Ferries"] and 10 < len(names) < 30
        assert run.text.splitlines()[39 - 3].strip() and "港口日报" in run.text  # the last feed
        await run.press("colon")
        await run.write("Go to W30")
        await run.press("enter")  # it is listed while its articles are
        assert sidebar.current and sidebar.current.view == W30
        run.select(WATERS)
        await run.press("enter")
        count, ids = main.session.counts.groups["Waters"], await run.library.lists.ids(WATERS)
        assert len(main.articles.ids) == count.rows(folded=True) and len(ids) == count.total > 1
        assert f"Waters   {count.unread_folded} unread" in run.text
        await run.press("V")
        assert 'watch:="LanternPay" OR watch:="Ferries"' in run.text
        await run.press("escape", "h", "space")
        assert views(sidebar.items, ViewKind.WATCH)[-1].startswith("W") and "space folds" in run.text
        await run.press("0")
        assert views(sidebar.items, ViewKind.WATCH) == [] and "Quiet watches hidden" in run.toasts
        frame = saved_frame.compose(main)
        assert frame is not None and "W1 " in "".join(frame["side"])  # as the next start shows it
        await run.press("space", "j", "j", "j")
        assert "… 38 more" in run.text and "enter lists all" in run.text
        await run.press("enter")
        assert len(run.rows(Watches)) == 40 and "LanternPay · Waters" in run.text
        await run.press("escape", "0")
        await run.resize(120, 24)
        assert "┃Feeds" in run.text and "┃▾ Waters" in run.text


FORTY = "".join(
    f'[[watch]]\nname = "W{number}"\nany = ["n{number}"]\ngroup = "G{number}"\n' for number in range(1, 41)
)
FEEDS = "".join(f'[[feeds]]\nurl = "https://f{number}.example/"\n' for number in range(300))


async def test_forty_groups_leave_the_feeds_in_sight() -> None:
    async with running(samples.library(FORTY + FEEDS)) as run:
        sidebar = run.main.sidebar
        for width, height in ((120, 40), (80, 24)):
            await run.resize(width, height)
            await run.press("h", "g")
            assert "┃Feeds" in run.text and "┃https://f0.exam" in run.text
            top = sidebar.items.index(SidebarItem("Feeds"))
            more = next(line for line, item in enumerate(sidebar.items) if item.command == "watches")
            await run.click("#sidebar", (5, more))
            assert len(run.rows(Watches)) == 42
            await run.press("escape", "colon")
            await run.write("Go to G33")
            await run.press("enter")  # it is listed while its articles are
            assert sidebar.current and sidebar.current.view == View(ViewKind.GROUP, "G33")
            assert sidebar.items.index(SidebarItem("Feeds")) == top
        await run.press("h")
        assert "┃▾ G33" in run.text and "┃Feeds" in run.text
        while sidebar.cursor < more:
            await run.press("j")
        await run.press("enter")
        assert run.screen(Watches)


async def test_a_group_is_renamed_and_given_to_a_new_watch(run: Running) -> None:
    run.library.context.config, problems = loads(run.written + "[watch_defaults]\ngroup = 'Waters'\n")
    assert not problems
    await run.main.controllers.reload()
    run.select(WATERS)
    await run.press("e")
    await run.submit(name="Coast")
    assert {item.group for item in run.library.config.watches} == {"Coast"}
    assert "Group Waters renamed to Coast" in run.toasts
    await run.press("d")
    assert "A group disappears with its last watch" in run.toasts
    await run.press("U")
    assert "Waters" not in run.written and run.written.count("group") == 0
    await run.flow(partial(edit_watch, config=WatchConfig("Fog", ("fog",))))
    dialog = run.screen(NewWatch)
    assert dialog.typed().color
    run.fill(group="Coast")
    await run.settle()
    assert not dialog.typed().color  # it shares that of the group
    dialog.query_one("#priority").focus()
    await run.press("right", "enter")
    fog = WatchConfig("Fog", ("fog",), group="Coast", priority="high")
    assert run.library.config.watches[-1] == fog
    await run.press("w")
    assert run.screen(Watches).table.keys[0] == "Fog" and "Fog · Coast, high priority" in run.text


async def test_colours_follow_the_group_and_tags_the_priority(run: Running) -> None:
    context, lists, articles = run.library.context, run.library.lists, run.library.articles
    shared = {"A": "", "B": "", "C": "green"}
    for color in ("", "red"):
        given = {**shared, "B": color}
        watches = [WatchConfig(name, ("x",), group="G", color=own) for name, own in given.items()]
        context.config = replace(context.config, watches=(WatchConfig("X", ("x",)), *watches))
        run.app.forget_theme_styles()
        styles = run.app.theme_styles
        first = styles.palette[color or "green"]
        assert styles.watch("A") == styles.watch("B") == first
        assert styles.watch("C") == styles.palette["green"] and styles.watch("X") != first
    for low, high in (("LanternPay", "Ferries"), ("Ferries", "LanternPay")):
        config, _ = loads(run.written)
        ranks = {low: "low", high: "high"}
        ranked = [replace(item, priority=ranks[item.name]) for item in config.watches]
        await context.use(replace(config, watches=tuple(ranked)))
        row, article = (await lists.rows([1]))[0], await articles.require(1)
        assert row.watches == (high, low)
        assert [item.watch for item in article.evidence] == [high, low]
