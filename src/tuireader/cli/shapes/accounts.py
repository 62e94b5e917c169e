"""JSON of accounts on servers."""

from typing import Annotated

from tuireader.model import accounts
from tuireader.model.json_shape import Shape

_KIND = "`miniflux` or `greader`."


class Account(
    Shape,
    of=accounts.AccountState,
    shows="name kind url user software tried_at synced_at next_try error refusal"
    " rejected_since asks pending refused",
):
    """An account and its last sync."""

    kind: Annotated[str, _KIND]
    url: Annotated[str, "Address of the server."]
    user: Annotated[str, 'Your user name there, `""` with an API key.']


class RefusedMark(Shape, of=accounts.RefusedMark):
    """An article whose mark a server does not take."""


class AccountCheck(
    Shape,
    of=accounts.AccountState,
    shows="name kind url user software ok error hint feeds here tried_at synced_at asks pending refused",
):
    """An account whose server was just asked."""

    kind: Annotated[str, _KIND]
    url: Annotated[str, "Address of the server."]
    user: Annotated[str, "Your user name there."]
    ok: Annotated[bool, "True when the server accepted the user."]
    error: Annotated[str, 'The error, `""` when there was none.']
    hint: Annotated[str, "Advice on the error."]
    feeds: Annotated[int | None, "Number of feeds on the server, `null` when it could not be asked."]
    here: Annotated[int, "Number of its feeds that are listed here."]
    refused: Annotated[list[RefusedMark], "Articles whose marks the server does not take."]
