"""How two processes share the tests (`make test` starts two, see the Makefile).

Tests that open the same site stay together: it takes long to start, and one of each is enough.
"""

from __future__ import annotations

import pytest

LONGEST_NAME = 60
GROUP = {"site": "site", "small_site": "small site", "chromium": "small site"}


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        used = getattr(item, "fixturenames", ())
        if group := next((GROUP[one] for one in GROUP if one in used), None):
            item.add_marker(pytest.mark.xdist_group(group))


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Files as arguments get a short name: theirs would be all that is in them, and differ between
    two processes where a time of day is in it."""
    is_long = isinstance(val, bytes | str) and len(val) > LONGEST_NAME
    return argname if is_long else None
