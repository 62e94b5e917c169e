"""Helpers of `library.watches`: advice, notifications, previews, reports, statistics, suggestions.

They connect the store with the pure `watch`. Each module is imported on first use.
"""

from typing import TYPE_CHECKING

from tuireader import lazy

if TYPE_CHECKING:
    from tuireader.library.watching import (
        advice as advice,
    )
    from tuireader.library.watching import (
        notifications as notifications,
    )
    from tuireader.library.watching import (
        preview as preview,
    )
    from tuireader.library.watching import (
        reports as reports,
    )
    from tuireader.library.watching import (
        stats as stats,
    )
    from tuireader.library.watching import (
        suggestions as suggestions,
    )

__getattr__ = lazy.modules(__name__)
