"""What a slug looks like in an address, so that `/approaches/homeshare.md` is not one."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class SlugConverter(BaseConverter):
    """`<slug:slug>` in a route: anything without slash or dot, so that slips of typing get help."""

    regex = "[^/.]+"
