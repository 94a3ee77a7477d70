"""The lines to copy that show the directory on another site."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import escape

WIDGET_PATH = "/embed/v1/widget.js"
HEIGHT_PATH = "/embed/v1/height.js"
FRAME_PATH = "/embed/v1/frame"
FRAME_HEIGHT = 480
RESULTS_MAX = 10


@dataclass(frozen=True)
class Choice:
    """What somebody chose on the form: every field may be empty."""

    show: str = ""
    heading: str = ""
    q: str = ""
    near: str = ""
    kind: str = ""
    support_area: str = ""
    limit: str = ""

    @property
    def query(self) -> str:
        """The query string of the same search on our own site."""
        return self._query("q", "near", "kind", "support_area")

    @property
    def frame_query(self) -> str:
        """The query string of the frame."""
        return self._query("show", "heading", "q", "near", "kind", "support_area", "limit")

    def _query(self, *names: str) -> str:
        asked = {name: getattr(self, name) for name in names}
        return urlencode({name: value for name, value in asked.items() if value})

    def address(self, public_url: str) -> str:
        """Where the same is on our own site."""
        if self.show == "propose":
            return f"{public_url}/submit/"
        return f"{public_url}/search" + (f"?{self.query}" if self.query else "")


def link(choice: Choice, *, public_url: str, words: str) -> str:
    """A plain link: works everywhere, also in mails and where scripts are not allowed."""
    return f'<a href="{escape(choice.address(public_url))}">{escape(words)}</a>'


def frame(choice: Choice, *, public_url: str, words: str) -> str:
    """A frame, for sites that strip scripts; where they do not, a script sets its height."""
    address = public_url + FRAME_PATH + (f"?{choice.frame_query}" if choice.frame_query else "")
    return (
        f'<iframe src="{escape(address)}" title="{escape(words)}" width="100%" '
        f'height="{FRAME_HEIGHT}" loading="lazy"></iframe>'
        f'<script type="module" src="{escape(public_url + HEIGHT_PATH)}"></script>'
    )


def script(choice: Choice, *, public_url: str, words: str) -> str:
    """The widget in one line: its script, and the element with the link that stays without it."""
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name in ("show", "heading", "q", "near", "kind", "support_area", "limit")
        if (value := getattr(choice, name))
    )
    inside = link(choice, public_url=public_url, words=words)
    source = escape(public_url + WIDGET_PATH)
    return (
        f'<script type="module" src="{source}"></script>'
        f"<kith-search{attributes}>{inside}</kith-search>"
    )


def reserve(choice: Choice) -> str:
    """A rule for the other site's style sheet that keeps the page still while the widget loads.

    Measured in Chromium: a box is 240 px high, on a phone 263, or 350 with a field for the place.
    """
    phone = "16.4375rem" if choice.near else "21.875rem"
    return (
        "kith-search:not(:defined){display:block;min-height:15rem}"
        f"@media(max-width:40rem){{kith-search:not(:defined){{min-height:{phone}}}}}"
    )
