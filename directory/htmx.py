"""Fragment or whole page: the one place that knows htmx's headers."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template, request
from jinja2_fragments.flask import render_block


def render(template: str, *, fragment: str, status: int = 200, **context: Any) -> Response:
    """Answer with the page, or with its block `fragment` if htmx asked for a part."""
    if wants_fragment():
        response = make_response(render_block(template, fragment, **context), status)
    else:
        response = make_response(render_template(template, **context), status)
    # Without Vary a cache shows the bare fragment when somebody goes back.
    response.vary.add("HX-Request-Type")
    return response


def wants_fragment() -> bool:
    """Whether htmx asked for a part. Boosted pages and history restores ask for "full"."""
    return request.headers.get("HX-Request-Type") == "partial"
