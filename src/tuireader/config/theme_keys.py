"""Keys of `[[theme]]`, and the choice of themes in `[ui]`."""

from msgspec import Struct
from msgspec.structs import asdict

from tuireader.commands import did_you_mean
from tuireader.config.keys import Table, declare
from tuireader.config.toml_values import describe, quote, to_toml
from tuireader.config.values import COLOR, FLAG, NAME, Invalid, Kind


class Themes(Struct, frozen=True):
    """Themes for terminals with a dark and with a light background; equal if one theme is always used."""

    dark: str = "tuireader-dark"
    light: str = "tuireader-light"

    @property
    def follow(self) -> bool:
        """True if the theme depends on the terminal."""
        return self.dark != self.light

    def on(self, dark: bool) -> str:
        return self.dark if dark else self.light


USUAL = Themes()
_SIDES = ("dark", "light")
_WANTED = 'a name, or {dark = "tuireader-dark", light = "tuireader-light"}'


def _themes(value: object) -> Themes | Invalid:
    """Read a theme's name, or a table of two; a missing one is tuireader's."""
    if not isinstance(value, str | dict):
        return Invalid(f"should be {_WANTED}, not {describe(value)}")
    if isinstance(value, str):
        name = NAME.read(value)
        return name if isinstance(name, Invalid) else Themes(name, name)
    read = {side: NAME.read(name) for side, name in value.items()}
    for side, name in read.items():
        if side not in _SIDES:
            return Invalid(f"has no {quote(side)}{did_you_mean(side, _SIDES)}; it should be {_WANTED}")
        if isinstance(name, Invalid):
            return Invalid(f"{side} {name.message}")
    return Themes(**read) if read else Invalid("is empty")


def _typed(text: str) -> object:
    """Read `nord` or `nord, tuireader-light`, the dark one first."""
    dark, comma, light = map(str.strip, text.partition(","))
    return {"dark": dark, "light": light} if comma else dark


THEMES = Kind(
    "name, or table of a dark and a light one",
    _themes,
    lambda themes: to_toml(asdict(themes) if themes.follow else themes.dark),
    typed=_typed,
    shown=lambda themes: f"{themes.dark}, {themes.light}" if themes.follow else themes.dark,
    metavar="THEME",
)


def _hex(value: object) -> str | Invalid:
    color: str | Invalid = COLOR.read(value)
    if isinstance(color, str) and color.startswith("#"):
        return color
    return Invalid(f'should be a colour such as "#4fa3ff", not {describe(value)}')


def _own_name(value: object) -> str | Invalid:
    name: str | Invalid = NAME.read(value)
    return Invalid("cannot have a comma") if isinstance(name, str) and "," in name else name


OWN_NAME = Kind("text", _own_name)
HEX = Kind('colour such as "#4fa3ff"', _hex)


class ThemeConfig(Table):
    """One `[[theme]]`: a theme of your own, for `theme` under `[ui]`.

    Colours that you leave out are derived; those of text are adjusted until they are legible.
    """

    name: str = declare(OWN_NAME, "Name for `[ui]`; it may replace a given theme.", vital=True)
    background: str = declare(HEX, "Background.", vital=True)
    foreground: str = declare(HEX, "Text.", vital=True)
    accent: str = declare(HEX, "Unread marks, links and the focused pane.", vital=True)
    dark: bool | None = declare(FLAG, "Watches' colours for a dark background.", default=None)
    surface: str = declare(HEX, "Background of dialogs.", default="")
    border: str = declare(HEX, "Lines between panes, and scrollbars.", default="")
    cursor: str = declare(HEX, "Background of the cursor line.", default="")
    warning: str = declare(HEX, "Stars and warnings.", default="")
    error: str = declare(HEX, "Errors.", default="")
