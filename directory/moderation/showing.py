"""Lines of the list as HTML. A line that says the same as a moment ago is not written anew.

What a line looks like hangs on nothing but its words, so it cannot grow old: something else to say
is another line. Whoever may see the list may see each of its lines; which of them are theirs is
part of what is said.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from flask import get_template_attribute, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from directory.moderation.queue import Line
from directory.moderation.things import Proposal

KEPT_MOST = 2_000  # lines, of some 700 bytes, in each process

# Stands for the reader's own token while a line is kept. Nobody can have written it into a name.
_TOKEN = secrets.token_hex(16)


def shown(
    lines: Sequence[Line], *, me: int, can_tick: bool, ticked: Collection[int], back: str
) -> list[Markup]:
    """Each of `lines` for the moderator with the number `me`.

    Args:
        can_tick: they have boxes.
        ticked: the submissions whose boxes are.
        back: which list it is, for buttons that come back to it.
    """
    macro = get_template_attribute("moderation/_work_line.html", "work_line")
    where = str(get_locale()), request.root_path
    found = []
    for line in lines:
        is_mine = line.held is not None and line.held.user_id == me
        is_ticked = isinstance(line.thing, Proposal) and line.thing.id in ticked
        html = _written(macro, where, line, is_mine, can_tick, is_ticked, back)
        found.append(html.replace(_TOKEN, generate_csrf()) if _TOKEN in html else html)
    return found


def forget() -> None:
    """Write each line anew when it is next shown."""
    _written.cache_clear()


@lru_cache(maxsize=KEPT_MOST)
def _written(
    macro: Callable[..., Markup],
    where: tuple[str, str],
    line: Line,
    is_mine: bool,
    can_tick: bool,
    is_ticked: bool,
    back: str,
) -> Markup:
    """One line, from the macro as it is now: `make dev` reads templates anew.

    Args:
        where: language, and the address that the site is at.
    """
    return macro(
        line,
        is_mine=is_mine,
        can_tick=can_tick,
        is_ticked=is_ticked,
        csrf_token=_TOKEN,
        back=back,
    )
