"""The tests. Their helpers explain failed assertions as the tests themselves do; see also `reached`.

PYTEST_DONT_REWRITE: this module is imported before it can ask for that.
"""

import pytest

from tests import reached

pytest.register_assert_rewrite(__name__)
reached.install()
