"""A test client that holds the house rules on every page it opens.

Rules: valid HTML; a language, a title, one h1; no repeated id; a label for each field; a name for
each button and link; alt text for each picture; no inline style or script; the usual headers; no
link to an address that is not built; and no cookie for somebody who only reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

HOST = "http://kith.test"
FIELDS = {"input", "select", "textarea"}


@dataclass
class Page:
    """A page as a reader has it in front of them."""

    response: TestResponse
    path: str
    root: Element
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The words of the page's body, one space between them."""
        return words(self.find("body"))

    @property
    def title(self) -> str:
        return words(self.find("title"))

    @property
    def heading(self) -> str:
        return words(self.find("h1"))

    @property
    def headings(self) -> list[str]:
        """The words of each h2 of the page's own part, in order."""
        return [words(heading) for heading in self.find("main").iter("h2")]

    @property
    def html(self) -> str:
        return self.response.get_data(as_text=True)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements by tag and attributes; `class_="card"` matches one of the classes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.root.iter(tag)
            if all(
                value in element.get(name, "").split()
                if name == "class"
                else element.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def find(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert found, f"no <{tag} {attributes}> on {self.path}"
        return found[0]

    def links(self) -> dict[str, str]:
        """Words of each link and where it goes (the last one, where words repeat)."""
        return {words(link): link.get("href", "") for link in self.all("a")}

    def form(self, action: str | None = None) -> dict[str, Any]:
        """The values that a browser would send for the form (of that action) as it stands."""
        forms = [
            form
            for form in self.all("form")
            if action is None or urlsplit(form.get("action", "")).path == action
        ]
        assert forms, f"no form for {action} on {self.path}"
        return dict(_values(forms[-1]))


class Browser:
    """Opens pages and sends forms as a browser without scripts would."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.has_session = False

    def open(self, path: str, *, status: int = 200, follow: bool = True, **headers: str) -> Page:
        """GET `path`, follow redirects, hold the house rules."""
        response = self.client.get(
            path,
            base_url=HOST,
            follow_redirects=follow,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
        return self._page(response, path, status)

    def send(
        self,
        path: str,
        values: dict[str, Any] | None = None,
        *,
        status: int = 200,
        follow: bool = True,
    ) -> Page:
        """POST a form to `path`; values may be lists. Follows the redirect."""
        self.has_session = True
        response = self.client.post(path, base_url=HOST, data=values or {}, follow_redirects=follow)
        return self._page(response, path, status)

    def submit(
        self, page: Page, action: str, *, status: int = 200, follow: bool = True, **changes: Any
    ) -> Page:
        """Send the form of `page` that goes to `action`, as it stands but for `changes`."""
        values = page.form(action) | {
            name.replace("__", "-"): value for name, value in changes.items()
        }
        return self.send(action, values, status=status, follow=follow)

    def _page(self, response: TestResponse, path: str, status: int) -> Page:
        assert response.status_code == status, (
            f"{path} answered {response.status_code}, not {status}: "
            f"{response.get_data(as_text=True)[:2000]}"
        )
        path = response.request.path  # where the redirects ended
        if response.mimetype != "text/html" or response.status_code in {301, 302, 303, 308}:
            return Page(
                response, path, Element("html"), response.status_code, dict(response.headers)
            )
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        text = response.get_data(as_text=True)
        whole = "<html" in text[:400].lower()
        root = parser.parse(text)
        page = Page(response, path, root, response.status_code, dict(response.headers))
        hold_rules(page, parser.errors if whole else [], self.app, whole=whole)
        if not self.has_session and whole and not page.all("form", method="post"):
            assert "Set-Cookie" not in response.headers, f"{path} sets a cookie for a reader"
        return page


def hold_rules(page: Page, errors: list[Any], app: Flask, *, whole: bool) -> None:
    """Fail with the first house rule that `page` breaks."""
    where = page.path
    assert not errors, f"{where}: not valid HTML: {errors[:3]}"
    repeated = [name for name, count in Counter(_ids(page.root)).items() if count > 1]
    assert not repeated, f"{where}: ids used twice: {repeated}"
    _no_inline_code(page)
    _fields_have_labels(page)
    _things_have_names(page)
    if whole:
        assert page.find("html").get("lang"), f"{where}: no language"
        assert page.title, f"{where}: no title"
        assert len(page.all("h1")) == 1, f"{where}: {len(page.all('h1'))} h1"
        for header in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"):
            assert header in page.headers, f"{where}: no {header}"
    _links_lead_somewhere(page, app)


def words(element: Element) -> str:
    """The visible words of `element`, one space between them."""
    return " ".join(" ".join(_text(element)).split())


def _text(element: Element) -> Iterator[str]:
    if element.tag in {"script", "style", "template", "noscript"}:
        return
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield from _text(child)
        if child.tail:
            yield child.tail


def _ids(root: Element) -> Iterator[str]:
    return (element.get("id", "") for element in root.iter() if element.get("id"))


def _values(form: Element) -> Iterator[tuple[str, Any]]:
    ticked: dict[str, list[str]] = {}
    for element in form.iter():
        name = element.get("name")
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "textarea":
            yield name, (element.text or "").removeprefix("\n")
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            yield name, [one.get("value", words(one)) for one in chosen]
        elif element.tag == "input":
            kind = element.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if element.get("checked") is not None:
                    ticked.setdefault(name, []).append(element.get("value", "on"))
            elif kind not in {"submit", "button", "file", "image"}:
                yield name, element.get("value", "")
    yield from ticked.items()


def _no_inline_code(page: Page) -> None:
    for element in page.root.iter():
        for name in element.attrib:
            bad = name == "style" or name.startswith(("on", "hx-on"))
            assert not bad, f"{page.path}: inline {name} on <{element.tag}>"
        if element.tag == "script" and not element.get("src"):
            assert element.get("type") in {"application/ld+json"}, f"{page.path}: inline script"
        assert element.tag != "style", f"{page.path}: inline style sheet"


def _fields_have_labels(page: Page) -> None:
    labels = {label.get("for") for label in page.all("label")}
    inside = {id(child) for label in page.all("label") for child in label.iter()}
    for tag in FIELDS:
        for element in page.all(tag):
            if element.get("type") in {"hidden", "submit", "button"}:
                continue
            named = (
                element.get("id") in labels
                or id(element) in inside
                or element.get("aria-label")
                or element.get("aria-labelledby")
            )
            assert named, f"{page.path}: no label for {element.get('name')}"


def _things_have_names(page: Page) -> None:
    for tag in ("a", "button", "h1", "h2", "h3", "summary"):
        for element in page.all(tag):
            pictures = " ".join(image.get("alt", "") for image in element.iter("img"))
            name = words(element) or element.get("aria-label") or pictures.strip()
            assert name, f"{page.path}: a <{tag}> without words"
    for image in page.all("img"):
        assert image.get("alt") is not None, f"{page.path}: a picture without alt"


def _links_lead_somewhere(page: Page, app: Flask) -> None:
    adapter = app.url_map.bind("kith.test")
    here = urljoin(HOST, page.path)
    for tag, attribute in (("a", "href"), ("form", "action"), ("link", "href"), ("script", "src")):
        for element in page.all(tag):
            address = element.get(attribute)
            if address is None:
                continue
            if address.startswith("#"):
                there = page.root.find(f".//*[@id='{address[1:]}']")
                assert there is not None, f"{page.path}: nothing on this page is {address}"
                continue
            parts = urlsplit(urljoin(here, address))
            if parts.netloc != urlsplit(HOST).netloc or parts.scheme not in {"http", "https"}:
                continue
            if parts.path.startswith(("/static/", "/assets/")):
                continue
            method = element.get("method", "get").upper() if tag == "form" else "GET"
            try:
                adapter.match(parts.path, method=method)
            except RequestRedirect:
                continue
            except (NotFound, MethodNotAllowed):
                raise AssertionError(f"{page.path}: {address} is not built") from None
