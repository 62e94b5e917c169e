"""Services of the app for screens and widgets: library, clock, styles, key labels, toasts, browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace
from textual import events
from textual.constants import TEXTUAL_ANIMATIONS
from textual.driver import Driver
from textual.geometry import NULL_OFFSET, Offset
from textual.message_pump import MessagePump
from textual.notifications import Notification, Notify, SeverityLevel
from textual.signal import Signal
from textual.theme import Theme
from textual.widgets import Input

from tuireader.commands import BY_ID, KeyProblem, key_label, resolve_keys
from tuireader.config import Themes
from tuireader.errors import TuireaderError
from tuireader.library import Library
from tuireader.subprocesses.programs import ADDRESS
from tuireader.text import bidi
from tuireader.ui.bindings import keymap
from tuireader.ui.browser import open_in_browser, start
from tuireader.ui.drawing import styles
from tuireader.ui.drawing.row_options import RowOptions
from tuireader.ui.drawing.themes import PLAIN, available, theme_problem
from tuireader.ui.textual_private import CrashSafeApp

Browser = Callable[[str], Awaitable[str]]

DEMO = -1  # return code that requests a restart as the demo
_MOST_TOASTS = 4
_ROOMY = (120, 30)  # minimum size of a terminal for rows of two lines, unless they are configured
_SHORT = "short"  # group of toasts about frequent actions


class Host(CrashSafeApp):
    """Services for every screen and widget. `browser` opens an address; it returns an error or `""`."""

    def __init__(
        self,
        library: Library,
        browser: Browser | None,
        clock: Callable[[], float],
        driver: type[Driver] | None = None,
    ) -> None:
        super().__init__(driver)
        self.on_dark = True  # as far as it is known
        self.background_known = False  # the terminal has answered
        self.previews = False  # a theme is shown that may not be chosen
        self.library = library
        self.clock = clock
        self.keys_of: Mapping[str, tuple[str, ...]] = {}
        self.key_problems: Sequence[KeyProblem] = ()
        self.themes: Mapping[str, Theme] = {}  # that can be chosen
        self.first_keys: set[str] = set()  # of sequences
        self.begun = ""  # keys typed of a sequence, such as `g`
        self.count = ""  # digits typed before a key that moves
        self.theme_problem = ""
        self.reorders = False  # right-to-left text is put into visual order
        self.typed_at = 0.0  # time of the last key, by the monotonic clock
        self.reloaded: Signal[None] = Signal(self, "reloaded")  # published after a full reload
        self.lent = False  # an editor has the terminal, and receives ctrl+c
        self._browser = browser
        self._theme_styles: styles.Styles | None = None
        self._toasts: list[Notification] = []  # possibly still visible, oldest first
        self._grouped: dict[str, Notification] = {}  # last toast of each group

    def take_config(self) -> None:
        ui = self.library.config.ui
        before, self.themes = self.current_theme, available(self.library.config.themes)
        for theme in self.themes.values():
            self.register_theme(theme)
        self.reorders = ui.bidi and bidi.is_available()
        self.theme_problem = theme_problem(ui.theme, self.themes)
        self.take_theme()
        if before.name == self.theme and before != self.current_theme:
            self.mutate_reactive(Host.theme)
        self.keys_of, self.key_problems = resolve_keys(ui.preset, self.library.config.keys)
        self.set_keymap(keymap(self.keys_of))
        sequences = (key.partition(" ") for keys in self.keys_of.values() for key in keys)
        self.first_keys = {first for first, space, _ in sequences if space}
        self.linear = self.shows_cursor = ui.linear
        self.write_to_terminal("\x1b[?25l")  # until the next frame
        self.set_class(ui.linear, "-linear", update=self.is_running)
        self.is_still = ui.linear or not ui.motion  # nothing moves by itself
        self.animation_level = "none" if self.is_still else TEXTUAL_ANIMATIONS

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = not self.is_still

    @property
    def cursor_position(self) -> Offset:
        """Cell of the terminal's cursor, which screen readers and braille displays follow."""
        screen = self.screen
        widget = getattr(screen, "followed", None) or screen.focused or next(iter(screen.children), screen)
        if isinstance(widget, Input):
            return widget.cursor_screen_offset
        region = widget.content_region
        return region.offset + region.size.clamp_offset(getattr(widget, "caret", NULL_OFFSET))

    @cursor_position.setter
    def cursor_position(self, position: Offset) -> None:
        """Textual's fields report their cursors; the focus decides."""

    @property
    def theme_for_terminal(self) -> str:
        """Name of the theme that the configuration has for the terminal."""
        few = self.no_color or self.console.color_system == "standard"  # 16 colours cannot show a theme
        wanted = PLAIN.name if few else self.library.config.ui.theme.on(self.on_dark)
        return wanted if wanted in self.themes else Themes().on(self.on_dark)

    def take_theme(self) -> None:
        self.theme = self.theme_for_terminal

    def report_background(self, dark: bool) -> None:
        """Note what the terminal says at once: while a screen opens, messages wait, but not the paint."""
        self.on_dark, self.background_known = dark, True
        self.call_later(self._follow_terminal)

    def _follow_terminal(self) -> None:
        """Use its theme, now or once no other one is being tried."""
        if not self.previews:
            self.take_theme()
            if self.current_theme.ansi:
                self.mutate_reactive(Host.theme)

    @property
    def theme_styles(self) -> styles.Styles:
        if self._theme_styles is None:
            theme, watches = self.current_theme, self.library.watches
            dark, leads = self.on_dark if theme.ansi else theme.dark, watches.color_leads
            colors = {name: watches.colors[name] for name in leads.values()}
            drawn = styles.make(self.theme_variables, dark=dark, watch_colors=colors)
            shared = {name: drawn.watches[lead] for name, lead in leads.items()}
            self._theme_styles = replace(drawn, watches=shared)
        return self._theme_styles

    def forget_theme_styles(self) -> None:
        """Rebuild the styles at next use: the theme or the watches have changed."""
        self._theme_styles = None

    @property
    def watch_names(self) -> tuple[str, ...]:
        return tuple(self.library.watches.colors)

    @property
    def row_options(self) -> RowOptions:
        return RowOptions.of(self.library.config.ui, self.watch_names, self.library.feeds.titles)

    @property
    def is_cosy(self) -> bool:
        """True if rows of the list have a second line."""
        density = self.library.config.ui.density
        roomy = self.linear or (self.size.width >= _ROOMY[0] and self.size.height >= _ROOMY[1])
        return density == "cosy" or (density == "auto" and roomy)

    def key_of(self, command_id: str) -> str:
        """Label of a command's first key, or its title if it has none."""
        keys = self.keys_of.get(command_id, ())
        return key_label(keys[0]) if keys else BY_ID[command_id].title

    def following(self) -> list[tuple[str, str]]:
        """Keys that may follow those that begin a sequence, with the titles of their commands."""
        bound = self.screen.active_bindings.items() if self.begun else ()
        starts = f"{self.begun} "
        return [
            (key_label(key.removeprefix(starts)), each.binding.description)
            for key, each in bound
            if key.startswith(starts)
        ]

    @property
    def undo_hint(self) -> str:
        """End of a message about a change: the key that undoes it."""
        return f" · {self.key_of('undo')} undoes"

    def say(
        self, message: str, *, severity: SeverityLevel = "information", seconds: float = 4, group: str = ""
    ) -> None:
        """Show a toast, replacing the last one of its group; the text is never markup."""
        if not message:
            return
        if severity != "information":  # replaces "Fetching …"
            self.say_no_more()
        self.say_no_more(group)
        self._make_room(message)
        toast = Notification(message, "", severity, seconds, markup=False)
        if group:
            self._grouped[group] = toast
        for holder in self.screen.query("ToastHolder"):  # Textual keeps one for every toast ever shown
            if not holder.children:
                holder.remove()
        self._toasts.append(toast)
        self.post_message(Notify(toast))

    def say_theme_problem(self) -> None:
        if self.theme_problem:
            self.say(f"ui.theme: {self.theme_problem}", severity="warning", seconds=10)
        if self.library.config.ui.bidi and not self.reorders:
            self.say(f"ui.bidi {bidi.MISSING}", severity="warning", seconds=10)

    def report(self, error: TuireaderError) -> None:
        self.say(str(error), severity="error", seconds=10)

    def say_shortly(self, message: str) -> None:
        """Show a toast for a frequent action, replacing the last one."""
        self.say(message, seconds=2, group=_SHORT)

    def say_no_more(self, group: str = _SHORT) -> None:
        """Remove an outdated toast of a group, by default that of `say_shortly`."""
        self._drop(self._grouped.pop(group, None))

    def _make_room(self, message: str) -> None:
        """Remove toasts with the same message, and the oldest: a held key causes thirty a second."""
        self._toasts = [toast for toast in self._toasts if not toast.has_expired]
        same = [toast for toast in self._toasts if toast.message == message]
        others = [toast for toast in self._toasts if toast.message != message]
        others.sort(key=lambda toast: toast.severity != "information")
        for toast in same + others[: max(0, len(others) + 1 - _MOST_TOASTS)]:
            self._drop(toast)

    def _drop(self, toast: Notification | None) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            self.call_later(self.remove_toast, toast)  # once it is shown, which waits behind keys

    async def browse(self, url: str) -> None:
        from tuireader.text import safe_url

        checked = safe_url(url)
        if not checked.lower().startswith(("http://", "https://")):
            self.say(f"Not a web address: {url}" if url else "No address to open", severity="warning")
            return
        if self._browser is None and self.is_web:
            self.open_url(checked)
            return
        own = partial(open_in_browser, program=self.library.config.ui.browser)
        trouble = await (self._browser or own)(checked)
        if trouble:
            remedy = f"[ui] browser names the program · {self.key_of('copy_url')} copies its address"
            self.say(f"{trouble}\n{checked}\n{remedy}", severity="warning", seconds=10)

    async def open_with(self, program: Sequence[str], target: str) -> None:
        """Open an http address or the absolute path of a local file with a program."""
        words = [part.replace(ADDRESS, target) for part in program]
        if not any(ADDRESS in part for part in program):
            words.append(target)
        if trouble := await start(words):
            self.say(f"{trouble}\n{target}", severity="warning", seconds=10)

    async def keep_frame(self) -> None:
        """Save the frame that the next start shows before anything is imported."""

    async def leave(self, code: int) -> None:
        self.exit(code)


class Hosted(MessagePump):
    """Mixin for screens and widgets, after their Textual base."""

    @property
    def host(self) -> Host:
        app = self.app
        assert isinstance(app, Host)
        return app

    @property
    def theme_styles(self) -> styles.Styles:
        return self.host.theme_styles
