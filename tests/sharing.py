"""How two processes share the tests (`make test` starts two, see the Makefile).

Tests that open a browser stay together: their sites take long to start, and one of each is enough.
"""

from __future__ import annotations

import pytest

SLOW_TO_START = {"site", "small_site", "chromium"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if SLOW_TO_START & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("browser"))
