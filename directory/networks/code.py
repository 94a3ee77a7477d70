"""The lines to copy that show the directory on another site."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import escape

from directory.networks import colours
from directory.networks.builds import Build

WIDGET_PATH = "/embed/v1/widget.js"
HEIGHT_PATH = "/embed/v1/height.js"
FRAME_PATH = "/embed/v1/frame"
FRAME_HEIGHT = 480
RESULTS_MAX = 10


# What a widget can be told by attributes, in the order in which they are written.
ATTRIBUTES = (
    "show", "heading", "network", "entry", "q", "near", "kind", "support_area", "sort", "limit",
    "theme",
)  # fmt: skip
# What of it means anything to a kind; a box and a list take all but `entry`.
_MEANT_BY = {
    "entry": ("show", "heading", "network", "entry", "theme"),
    "propose": ("show", "heading", "network", "theme"),
}
_MEANT_BY_SEARCHES = tuple(name for name in ATTRIBUTES if name != "entry")


@dataclass(frozen=True)
class Choice:
    """What somebody chose on the form: every field may be empty.

    Attributes:
        entry: path of the one entry to show, such as approaches/homeshare.
        text: this and the other colours are #rrggbb.
    """

    show: str = ""
    heading: str = ""
    network: str = ""
    entry: str = ""
    q: str = ""
    near: str = ""
    kind: str = ""
    support_area: str = ""
    sort: str = ""
    limit: str = ""
    theme: str = ""
    text: str = ""
    ground: str = ""
    accent: str = ""
    on_accent: str = ""

    @property
    def attributes(self) -> dict[str, str]:
        """What the widget is told, without what was not chosen or means nothing to its kind."""
        if self.show == "entry" and not self.entry:
            return {}  # which one is not known yet
        meant = _MEANT_BY.get(self.show, _MEANT_BY_SEARCHES)
        return {name: value for name in meant if (value := getattr(self, name))}

    @property
    def colours(self) -> dict[str, str]:
        """The colours that were chosen, by the names of colours.py."""
        return {name: value for name in colours.NAMES if (value := getattr(self, name))}

    def kept(self) -> dict[str, str]:
        """What was chosen, as plain values."""
        return {**self.attributes, **self.colours}

    @property
    def query(self) -> str:
        """The query string of the same search on our own site."""
        asked = self.attributes
        names = ("q", "near", "kind", "support_area", "sort", "network")
        return urlencode({name: asked[name] for name in names if name in asked})

    @property
    def frame_query(self) -> str:
        """The query string of the frame."""
        return urlencode(self.kept())

    def address(self, public_url: str) -> str:
        """Where the same is on our own site."""
        if self.show == "propose":
            return f"{public_url}/submit/"
        if self.show == "entry" and self.entry:
            return f"{public_url}/{self.entry}"
        return f"{public_url}/search" + (f"?{self.query}" if self.query else "")


def link(choice: Choice, *, public_url: str, words: str) -> str:
    """A plain link: works everywhere, also in mails and where scripts are not allowed."""
    return f'<a href="{escape(choice.address(public_url))}">{escape(words)}</a>'


def frame(choice: Choice, *, public_url: str, words: str) -> str:
    """A frame, for sites that strip scripts; where they do not, a script sets its height."""
    query = f"?{choice.frame_query}" if choice.frame_query else ""
    return _frame(public_url + FRAME_PATH + query, public_url, words)


def _frame(address: str, public_url: str, words: str) -> str:
    return (
        f'<iframe src="{escape(address)}" title="{escape(words)}" width="100%" '
        f'height="{FRAME_HEIGHT}" loading="lazy"></iframe>'
        f'<script type="module" src="{escape(public_url + HEIGHT_PATH)}"></script>'
    )


def script(choice: Choice, *, public_url: str, words: str) -> str:
    """The widget in one line: its script, and the element with the link that stays without it."""
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in choice.attributes.items())
    inside = link(choice, public_url=public_url, words=words)
    return f"{loader(public_url)}<kith-search{attributes}>{inside}</kith-search>"


def saved_script(key: str, choice: Choice, *, public_url: str, words: str) -> str:
    """The line for a saved widget: what it shows is asked for, so it can be changed here."""
    inside = link(choice, public_url=public_url, words=words)
    return f'{loader(public_url)}<kith-search widget="{escape(key)}">{inside}</kith-search>'


def loader(public_url: str) -> str:
    """The tag that loads the widget, in whatever build is the newest."""
    return f'<script type="module" src="{escape(public_url + WIDGET_PATH)}"></script>'


def pinned(build: Build, *, public_url: str) -> str:
    """The tag that loads one build of the widget, and lets no other script come in its place."""
    return (
        f'<script type="module" src="{escape(public_url + build.path)}" '
        f'integrity="{escape(build.integrity)}" crossorigin="anonymous"></script>'
    )


def saved_frame(key: str, *, public_url: str, words: str) -> str:
    """A frame with a saved widget."""
    return _frame(f"{public_url}{FRAME_PATH}?widget={key}", public_url, words)


def properties(choice: Choice) -> dict[str, str]:
    """The colours as the widget's custom properties; none where none was chosen.

    All of them or none: beside a colour that was chosen, one of ours that follows the reader's
    device could not be read in the dark.
    """
    if not choice.colours:
        return {}
    whole = {**colours.USUAL, **choice.colours}
    return {_PROPERTIES[name]: whole[name] for name in colours.NAMES} | {
        "--kith-link": whole["text"]
    }


def colour_rule(choice: Choice) -> str:
    """The colours as a rule for the other site's style sheet; "" where none was chosen."""
    said = "".join(f"{name}:{value};" for name, value in properties(choice).items())
    return f"kith-search{{{said}}}" if said else ""


_PROPERTIES = {
    "text": "--kith-text",
    "ground": "--kith-bg",
    "accent": "--kith-accent",
    "on_accent": "--kith-on-accent",
}


def reserve(choice: Choice) -> str:
    """A rule for the other site's style sheet that keeps the page still while the widget loads.

    Measured in Chromium: a box is 240 px high, on a phone 263, or 350 with a field for the place.
    """
    phone = "16.4375rem" if choice.near else "21.875rem"
    return (
        "kith-search:not(:defined){display:block;min-height:15rem}"
        f"@media(max-width:40rem){{kith-search:not(:defined){{min-height:{phone}}}}}"
    )
