"""What slugs and numbers look like in an address: `/approaches/homeshare.md` is no slug."""

from __future__ import annotations

from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter


class SlugConverter(BaseConverter):
    """`<slug:slug>` in a route: anything without slash or dot, so that slips of typing get help."""

    regex = "[^/.]+"


class NumberConverter(IntegerConverter):
    """`<int:number>` in a route: no more than a row's number can be, which no database is asked."""

    def __init__(self, *given: Any, **limits: Any) -> None:
        super().__init__(*given, **{"max": 2**31 - 1, **limits})
