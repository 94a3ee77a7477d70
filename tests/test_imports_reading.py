"""Reading lists: files as people have them, our template, and rows as documents."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook

from directory.entries.documents import Approach, Organization, Service
from directory.entries.wording import price
from directory.imports import columns, guessing, tables
from directory.imports.columns import KINDS
from directory.imports.guessing import Guess, Why
from directory.imports.tables import BadFile
from directory.vocabulary.terms import Kind
from tests.builders import a_service


def find(kind: Kind, name: str) -> str | None:
    """Everything is known but what is called nothing here."""
    return None if "Nothing" in name or "," in name else "-".join(name.casefold().split())


def a_workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "Name,Town\nCafé Kindness,Leeds\n".encode(),
        "Name;Town\r\nCafé Kindness;Leeds\r\n".encode("utf-8-sig"),
        "Name;Town\r\nCafé Kindness;Leeds".encode("cp1252"),
        "Name\tTown\nCafé Kindness\tLeeds\n".encode("utf-16"),
        "sep=|\nName|Town\n'Café Kindness|Leeds\n".replace("'", "").encode(),
        '\n\n"Name","Town","",\n,,,\n"Café Kindness",Leeds,,\n'.encode(),
        a_workbook([], ["Name", "Town"], [None, None], ["Café Kindness", "Leeds", None]),
    ],
)
def test_the_same_list_is_read_however_it_was_saved(content: bytes):
    table = tables.read(content)

    assert table.columns == ("Name", "Town")
    assert [row.cells for row in table.rows] == [("Café Kindness", "Leeds")]


def test_cells_are_what_people_see_and_rows_have_the_numbers_that_they_see():
    table = tables.read(
        a_workbook(
            ["A", "A", None, "D", "E"],
            [],
            [2024.0, 3.5, True, datetime(2026, 11, 3), time(14, 30)],  # noqa: DTZ001
            ["a\nb", date(2026, 1, 2), " x ", None, None],
        )
    )

    assert table.columns == ("A", "A (2)", "Column 3", "D", "E")
    assert [(row.number, row.cells) for row in table.rows] == [
        (3, ("2024", "3.5", "yes", "2026-11-03", "14:30")),
        (4, ("a\nb", "2026-01-02", "x", "", "")),
    ]


def a_bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(tables.UNPACKED_MAX + 1))
    return content.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w") as new:
        for one in old.namelist():
            new.writestr(one, part if one == name else old.read(one))
        if name not in old.namelist():
            new.writestr(name, part)
    return changed.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData><row r="1"><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "empty"),
        (b"x" * (tables.BYTES_MAX + 1), "larger than 5 MB"),
        (b"Name\n", "no row"),
        (b"\x00\x01\x02PNG", "cannot read"),
        (b"\xd0\xcf\x11\xe0old", "old Excel"),
        (b"PK\x03\x04 and no more", "cannot read"),
        (b"Name,Town\nA,B,C\n", "Row 2 has more cells"),
        (b"Name\n" + b"x" * (tables.CELL_MAX + 1), "letters"),
        (b"Name\n" + b"x\n" * (tables.ROWS_MAX + 1), "more than 2000 rows"),
        (b",".join([b"c"] * 101) + b"\nx\n", "more than 100 columns"),
        (b'Name\n"' + b"x" * 140_000, "quotation mark"),
        (a_workbook(["Name"], ["=1+1"]), "formula without its result"),
        (a_bomb(), "too much in this workbook"),
        (with_part(a_workbook(["a"], ["b"]), "xl/vbaProject.bin", b"x"), "macros"),
        (with_part(a_workbook(["a"], ["b"]), "xl/worksheets/sheet1.xml", LAUGHS), "cannot read"),
        (with_part(a_workbook(["a"], ["b"]), "xl/worksheets/sheet1.xml", b"<x"), "cannot read"),
    ],
)
def test_files_that_are_too_much_or_something_else_are_refused_in_words(content: bytes, said: str):
    with pytest.raises(BadFile) as refused:
        tables.read(content)

    assert said in refused.value.message


def test_a_list_that_says_it_is_a_million_rows_long_is_read_to_its_end():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c t="inlineStr"><is><t>Name</t></is></c></row>'
        b'<row r="2"><c t="inlineStr"><is><t>Choir</t></is></c></row>'
        b'<row r="1048576"><c t="inlineStr"><is><t>Far away</t></is></c></row>'
        b"</sheetData></worksheet>"
    )

    table = tables.read(with_part(a_workbook(["a"]), "xl/worksheets/sheet1.xml", sheet))

    assert [row.cells for row in table.rows] == [("Choir",)]


@pytest.mark.parametrize("cell", ["=1+1", "+44 113 496 0000", "-5", "@home", "\t=1", "'quoted"])
def test_what_we_write_is_no_formula_and_comes_back_as_it_was(cell: str):
    csv = tables.to_csv(["Name"], [[cell]])
    first = csv.decode("utf-8-sig").splitlines()[1].strip('"')
    assert not first.startswith(("=", "+", "-", "@", "\t"))
    assert tables.read(csv).rows[0].cells == (cell.strip(),)

    book = tables.to_workbook(["Name"], [[cell]], title="List")
    (_head,), (written,) = load_workbook(io.BytesIO(book)).worksheets[0].iter_rows()
    assert (written.data_type, written.value) == ("s", cell)


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_can_be_filled_in_and_brought_back(kind: Kind):
    ours, template = columns.columns(kind), columns.template(kind)

    for content in (
        tables.to_csv(template.titles, [template.hints, template.example]),
        tables.to_workbook(template.titles, [template.hints, template.example], title="List"),
    ):
        table = tables.read(content)
        guessed = guessing.guess(kind, table, {})
        assert guessed == {n: Guess(one.key, Why.HEADING) for n, one in enumerate(ours)}
        assert all(template.is_own(row.cells) for row in table.rows)
        example = dict(zip([one.key for one in ours], table.rows[1].cells, strict=True))
        found = columns.read(kind, example, find)
        assert found.problems == ()
        assert found.document is not None


def test_times_in_a_row_are_read_as_on_a_form():
    row = {"name": "Singers", "summary": "A choir.", "schedule": "Tuesday 2:30 to 4pm"}

    [problem] = [
        one for one in columns.read(Kind.SERVICE, row, find).problems if "2:30" in str(one)
    ]

    assert "could be morning or afternoon" in str(problem)


def test_a_row_becomes_a_document():
    found = columns.read(
        Kind.SERVICE,
        {
            "name": "Harehills Singers",
            "summary": "A choir.",
            "approach": "Community choirs, Singing for health",
            "organization": "Nothing known",
            "place": "Nothing like it",
            "schedule": "Every second Tuesday, 2pm - 4.30 pm (not in August)\n"
            "last Friday of the month, 10:00",
            "cost_option": "Each time £3.50; £2; Free; ask us",
            "status": "RUNNING",
            "who_for": "older people; Family carers",
            "open_referral": "Yes",
            "assured_date": "3 November 2026",
            "sources": "https://example.org/a; A leaflet (2018)",
            "location.lat": "53.81",
            "location.lon": "-1,52",
        },
        find,
    )

    assert found.problems == ()
    document = found.document
    assert isinstance(document, Service)
    assert document.approach == ["community-choirs", "singing-for-health"]
    assert (document.place, document.service_area) == (None, ["Nothing like it"])
    assert found.asides == {"organization": "Nothing known"}
    assert [
        (str(one.day), one.start, one.end, str(one.frequency), one.note)
        for one in document.schedule
    ] == [
        ("tuesday", "14:00", "16:30", "fortnightly", "not in August"),
        ("friday", "10:00", None, "monthly", None),
    ]
    assert [(one.option, one.amount) for one in document.cost_option] == [
        ("Each time", 3.5), ("Price", 2), ("Free", 0), ("ask us", None),
    ]  # fmt: skip
    said = [price(one) for one in document.cost_option]
    assert said == ["Each time: £3.50", "Price: £2", "Free", "ask us"]
    assert document.who_for == ["older-people", "unpaid-carers"]
    assert str(document.assured_date) == "2026-11-03"
    assert [(one.title, one.year) for one in document.sources] == [
        ("example.org", None),
        ("A leaflet", 2018),
    ]
    assert document.location is not None
    assert (document.location.lat, document.location.lon) == (53.81, -1.52)


def test_every_cell_that_is_wrong_is_told_with_a_remedy():
    found = columns.read(
        Kind.SERVICE,
        {
            "name": "x" * 121,
            "approach": "Nothing",
            "contact.phone": "ring us",
            "contact.email": "at example.org",
            "url": "example.org",
            "status": "runing",
            "who_for": "aliens",
            "schedule": "sometimes; Tuesday 25:00",
            "last_known": "long ago",
            "assured_date": "31/02/2026",
            "location.lat": "91",
            "location.lon": "0",
        },
        find,
    )

    assert found.document is None
    told = {one.key: one.words for one in found.problems}
    assert told.keys() == {
        "name", "summary", "approach", "contact.phone", "contact.email", "url", "status",
        "who_for", "schedule", "last_known", "assured_date", "location.lat",
    }  # fmt: skip
    assert told["approach"].startswith("There is no approach called “Nothing” here.")
    assert told["status"] == "“runing” is not on our list. Did you mean “Running”?"
    assert "Write one of: Anyone; Older people" in told["who_for"]
    assert told["summary"] == "It is missing. Add it."
    assert (
        columns.read(Kind.SERVICE, {"name": "A", "summary": "B", "approach": "C"}, find)
        .problems[0]
        .words
        == "It does not say where it is. Write a place, or the area it covers."
    )


def test_a_change_keeps_what_the_row_does_not_say():
    base = a_service(contact={"name": "Sam", "phone": "0113 496 0000"}, body="Kept.")

    changed = columns.read(
        Kind.SERVICE,
        {"contact.phone": "0113 496 0001", "summary": ""},
        find,
        base=base,
        cleared=["last_known"],
    ).document

    assert changed == base.model_copy(
        update={
            "contact": base.contact and base.contact.model_copy(update={"phone": "0113 496 0001"}),
            "last_known": None,
        }
    )


def test_a_hall_that_is_not_on_the_map_is_told_in_words():
    said = {"name": "A", "summary": "B", "approach": "C", "place": "Leeds", "body": "More."}

    found = columns.read(Kind.SERVICE, said | {"location.label": "St Aidan’s hall"}, find)

    assert isinstance(found.document, Service)
    assert found.document.location is None
    assert found.document.body == "More.\n\nWhere: St Aidan’s hall"


def test_organisations_and_approaches_are_read_too():
    organization = columns.read(
        Kind.ORGANIZATION,
        {"name": "A", "summary": "B", "legal_ids.charity": "1234567"},
        find,
    ).document
    assert isinstance(organization, Organization)
    assert organization.legal_ids is not None
    approach = columns.read(
        Kind.APPROACH,
        {
            "name": "A", "strapline": "B", "summary": "C", "support_area": "At home",
            "moment": "Staying well", "who_for": "Anyone", "builds_on": "Skills, Friendship",
            "cost.text": "Little", "cost.source_url": "https://example.org",
        },
        find,
    ).document  # fmt: skip
    assert isinstance(approach, Approach)
    assert approach.builds_on == ["skills", "friendships"]
