"""What every template may use: words for dates and terms, quilt blocks, and which pages exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, current_app, g
from flask_babel import get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, RequestRedirect

from directory import clock, config
from directory.entries import wording
from directory.look import quilt
from directory.mail.wording import mail_name
from directory.vocabulary import facets, help
from directory.vocabulary.terms import SupportArea


def attach(app: Flask) -> None:
    """Give the templates of `app` their helpers."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        day=day_in_words,
        label=_label,
        one=_one,
        mail_name=mail_name,
        explanation=_explanation,
        lower_first=lower_first,
        rendered=rendered,
        when=wording.when,
        price=wording.price,
    )
    app.jinja_env.globals.update(
        gettext=_said,
        _=_said,
        quilt_figure=quilt_figure,
        cloth_of=cloth_of,
        serves=serves,
        helplines=help.helplines,
        support_areas=tuple(SupportArea),
    )

    @app.context_processor
    def site() -> dict[str, Any]:
        locale = get_locale()
        language = str(locale).replace("_", "-") if locale else "en-GB"
        return {"site": config.current(), "page_language": language}


@pass_eval_context
def _said(context: EvalContext, message: str, **values: Any) -> str:
    """`message` in the reader's language. A page says a hundred of them: what Jinja and Flask-Babel
    do in six calls is done in one, and the catalogue is looked up once a request."""
    words: str = _catalogue().ugettext(message)
    if context.autoescape:
        words = Markup(words)  # noqa: S704 (messages are ours)
    return words % values if values or "%" in words else words


def _catalogue() -> NullTranslations:
    """What the reader's language calls things; the words as they stand where nobody reads."""
    locale = get_locale()
    if locale is None:
        return NullTranslations()
    kept: tuple[Locale, NullTranslations] | None = g.get("catalogue")
    if kept is None or kept[0] is not locale:
        kept = g.catalogue = locale, get_translations()
    return kept[1]


def day_in_words(value: date | datetime) -> str:
    """3 November 2026, in the reader's language."""
    return clock.day_in_words(value, locale=get_locale() or "en_GB")


def rendered(html: str) -> Markup:
    """HTML that entries/rendering.py made and cleaned: the one place where it is taken as it is."""
    return Markup(html)  # noqa: S704 (nh3 cleaned it)


def lower_first(text: str) -> str:
    """A label as it reads inside a sentence: "older people"."""
    return text[:1].lower() + text[1:]


def quilt_figure(
    entry_id: UUID | str, areas: Sequence[SupportArea | str], size: int = 96
) -> Markup:
    """The paths of an entry's quilt block, fit to be shown `size` pixels wide."""
    return _figure(str(entry_id), tuple(areas), size >= quilt.PRINTS_FROM)


@lru_cache(maxsize=4096)
def _figure(entry_id: str, areas: tuple[SupportArea | str, ...], prints: bool) -> Markup:
    return Markup(quilt.to_paths(quilt.draw(entry_id, areas, prints=prints)))  # noqa: S704 (drawn here)


def cloth_of(area: SupportArea | str) -> str:
    """Name of the cloth of a support area: "madder"."""
    return quilt.CLOTHS[SupportArea(area)]


def serves(path: str) -> bool:
    """Whether this copy has a page at `path`, so that no link leads nowhere."""
    return _serves(current_app.url_map, path)


@lru_cache(maxsize=1024)
def _serves(addresses: Map, path: str) -> bool:
    try:
        addresses.bind("").match(path, method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _label(key: str, facet: str) -> str:
    return facets.label(facet, key)


def _one(key: str, facet: str) -> str:
    return facets.term(facet, key).one


def _explanation(key: str, facet: str) -> str:
    return facets.explanation(facet, key)
