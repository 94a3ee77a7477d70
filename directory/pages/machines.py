"""What machines ask a site for: robots.txt, the sitemap, OpenSearch, and whom to tell of holes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue

from directory import caching
from directory.config import current
from directory.db import db
from directory.entries import catalogue

bp = Blueprint("machines", __name__)
caching.attach(bp)

# The protocol's own limit for one file.
ADDRESSES_PER_SITEMAP = 50_000
SECURITY_CONTACT_HOLDS = timedelta(days=365)


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    """What robots may read: everything but searches and what is private."""
    return _text(render_template("pages/robots.txt", public_url=current().public_url))


@bp.get("/sitemap.xml")
def sitemap() -> ResponseReturnValue:
    """Every page that holds an entry, and when it last changed; in parts where there are many."""
    total = sum(catalogue.counts(db.session()).values())
    parts = -(-total // ADDRESSES_PER_SITEMAP)
    if parts > 1:
        return _xml(
            render_template("pages/sitemaps.xml", public_url=current().public_url, parts=parts)
        )
    return _sitemap(1)


@bp.get("/sitemap-<int:part>.xml")
def sitemap_part(part: int) -> ResponseReturnValue:
    """One part of a long sitemap, counted from 1."""
    return _sitemap(part)


@bp.get("/.well-known/security.txt")
def security() -> ResponseReturnValue:
    """Whom to tell of a security hole (RFC 9116); nothing where no mailbox is set."""
    if not current().contact_email:
        abort(404)
    # To the day, so that the page can be kept.
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return _text(
        render_template(
            "pages/security.txt", config=current(), expires=expires + SECURITY_CONTACT_HOLDS
        )
    )


@bp.get("/opensearch.xml")
def opensearch() -> ResponseReturnValue:
    """How a browser can search here from its own search field."""
    body = render_template("pages/opensearch.xml", config=current())
    response = _xml(body)
    response.headers["Content-Type"] = "application/opensearchdescription+xml; charset=utf-8"
    return response


def _sitemap(part: int) -> Response:
    if part < 1:
        abort(404)
    start = (part - 1) * ADDRESSES_PER_SITEMAP
    addresses = catalogue.addresses(db.session(), start=start, limit=ADDRESSES_PER_SITEMAP)
    if part > 1 and not addresses:
        abort(404)
    return _xml(
        render_template(
            "pages/sitemap.xml",
            public_url=current().public_url,
            addresses=addresses,
            with_lists=part == 1,
        )
    )


def _text(body: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = "text/plain; charset=utf-8"
    return response


def _xml(body: str) -> Response:
    response = make_response(body)
    response.headers["Content-Type"] = "application/xml; charset=utf-8"
    return response
