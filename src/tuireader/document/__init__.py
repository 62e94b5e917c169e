"""Parse any HTML into a flat list of blocks with inline spans and numbered links. Pure, linear, never raises.

Modules are imported on first use, as a refresh needs only the links.
"""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.document.blocks import *  # noqa: F403
    from tuireader.document.links import *  # noqa: F403
    from tuireader.document.reader import *  # noqa: F403
    from tuireader.document.references import *  # noqa: F403

__getattr__, __all__ = lazy.names(
    __name__,
    {
        "blocks": ("Block", "BlockKind", "Document", "Link", "Picture", "Span", "SpanKind"),
        "links": ("links_of",),
        "reader": ("parse",),
        "references": ("Referring", "mark_references", "reference_label"),
    },
)
