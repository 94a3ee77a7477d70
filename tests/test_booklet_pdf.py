"""The booklet as a PDF: tagged, so that a screen reader finds its way, and quick to make."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from directory.entries.catalogue import Entry
from directory.entries.documents import EasyReadLine
from tests.builders import a_body, a_place, a_service, an_approach
from tests.house_rules import Browser

LINES = [
    EasyReadLine(text=f"Line {number}.", picture="house", alt=f"House {number}")
    for number in range(1, 5)
]
MILLIMETRES = 72 / 25.4


def a_pdf(browser: Browser, query: str) -> PdfReader:
    page = browser.open(f"/saved/booklet.pdf?{query}")
    assert page.headers["Content-Type"] == "application/pdf"
    return PdfReader(BytesIO(page.response.get_data()))


def tags(reader: PdfReader) -> list[DictionaryObject]:
    """All elements of the structure tree, in reading order."""

    def walk(node: Any) -> Iterator[DictionaryObject]:
        if isinstance(node, IndirectObject):
            node = node.get_object()
        if isinstance(node, list):
            for child in node:
                yield from walk(child)
        elif isinstance(node, DictionaryObject):
            if "/S" in node:
                yield node
            if "/K" in node:
                yield from walk(node["/K"])

    return list(walk(reader.root_object["/StructTreeRoot"]))


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_pdf_is_tagged_titled_and_says_its_language(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare", body=a_body(how_it_works="- One\n- Two")))

    reader = a_pdf(browser, "name=For+mum&e=approaches/homeshare")
    kinds = [str(tag["/S"]) for tag in tags(reader)]

    assert reader.root_object["/MarkInfo"]["/Marked"].value
    assert reader.root_object["/Lang"] == "en-GB"
    assert reader.metadata is not None
    assert reader.metadata.title == "For mum"
    assert reader.root_object["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert {"/H1", "/H2", "/P", "/L", "/LI", "/Link"} <= set(kinds)
    assert "pdfuaid" in reader.root_object["/Metadata"].get_object().get_data().decode()


def test_every_picture_has_words_or_is_mere_decoration(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare", easy_read=LINES))

    reader = a_pdf(browser, "e=approaches/homeshare&edition=easy-read")
    figures = [str(tag["/Alt"]) for tag in tags(reader) if tag["/S"] == "/Figure"]

    assert "QR code of this list's address" in figures
    assert [words for words in figures if words.startswith("House")] in (
        [],  # pictures were not fetched at set-up
        ["House 1", "House 2", "House 3", "House 4"],
    )


def test_a_page_tells_what_a_reader_needs_on_paper(
    publish: Callable[..., list[Entry]], browser: Browser
):
    publish(
        an_approach(
            name="Homeshare",
            strapline="A spare room for company",
            body=a_body(how_it_works="Two people share a home."),
            cost={"text": "A small fee"},
        ),
        a_place(),
        a_service(
            name="Leeds Homeshare",
            approach=["homeshare"],
            contact={"phone": "0113 496 0000"},
            last_known=2024,
        ),
    )

    text = text_of(a_pdf(browser, "e=approaches/homeshare&e=services/leeds-homeshare"))

    for words in (
        "A spare room for company",
        "Two people share a home.",
        "Leeds Homeshare (Leeds)",
        "0113 496 0000",
        "A small fee",
        "kith.test/approaches/homeshare",
        "Not checked yet, known in 2024.",
        "Samaritans: 116 123",
    ):
        assert words in text


def test_what_writers_wrote_is_never_run(publish: Callable[..., list[Entry]], browser: Browser):
    publish(
        an_approach(
            name="#panic() *stars* $x$",
            strapline='"quotes" \\ #sys.inputs @ref <label>',
            body=a_body(how_it_works="#read(`/etc/passwd`) = not a heading"),
        ),
    )

    reader = a_pdf(browser, "name=%23panic()+%5B&e=approaches/panic-stars-x")

    assert "#panic() *stars* $x$" in text_of(reader)
    assert "#sys.inputs @ref <label>" in text_of(reader)


@pytest.mark.parametrize(
    ("query", "width", "height"), [("paper=a5", 148, 210), ("paper=a4", 210, 297)]
)
def test_paper_is_what_was_asked_for(
    query: str, width: int, height: int, publish: Callable[..., list[Entry]], browser: Browser
):
    publish(an_approach(name="Homeshare"))
    page = a_pdf(browser, f"e=approaches/homeshare&{query}").pages[0]

    assert float(page.mediabox.width) == pytest.approx(width * MILLIMETRES, abs=0.5)
    assert float(page.mediabox.height) == pytest.approx(height * MILLIMETRES, abs=0.5)


def test_large_print_is_large(publish: Callable[..., list[Entry]], browser: Browser):
    publish(an_approach(name="Homeshare"))
    sizes: list[float] = []
    reader = a_pdf(browser, "e=approaches/homeshare&edition=large")
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, font, size: sizes.append(
                abs(size * tm[3] * cm[3]) if text.strip() else 99
            )
        )

    assert min(sizes) >= 16


def test_twenty_entries_take_less_than_two_seconds(
    publish: Callable[..., list[Entry]], browser: Browser
):
    long = "A sentence of ordinary length about what people do. " * 12
    publish(
        *(
            an_approach(name=f"Idea {number}", body=a_body(how_it_works=long), easy_read=LINES)
            for number in range(20)
        )
    )
    query = "&".join(f"e=approaches/idea-{number}" for number in range(20))
    a_pdf(browser, "e=approaches/idea-1")  # reads the fonts

    begun = time.process_time()
    reader = a_pdf(browser, query)

    assert time.process_time() - begun < 2
    assert len(reader.pages) >= 22
