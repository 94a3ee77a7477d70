"""Reading lists: files as people have them, their columns as ours, rows as documents."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook, load_workbook

from directory.entries.documents import Approach, Organization, Service
from directory.entries.wording import price
from directory.imports import columns, guessing, open_referral, tables
from directory.imports.columns import KINDS
from directory.imports.guessing import Guess, Why
from directory.imports.open_referral import NotOpenReferral
from directory.imports.tables import BadFile
from directory.vocabulary.terms import Kind
from tests.builders import a_service

KNOWN = {Kind.APPROACH: ["Community choirs", "Homeshare"], Kind.PLACE: ["Leeds", "York"]}


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
        assert keys_of(guessed) == {n: one.key for n, one in enumerate(ours)}
        assert {one.why for one in guessed.values()} == {Why.HEADING}
        assert all(template.is_own(row.cells) for row in table.rows)
        example = dict(zip([one.key for one in ours], table.rows[1].cells, strict=True))
        found = columns.read(kind, example, find)
        assert found.problems == ()
        assert found.document is not None


def test_their_words_above_columns_are_understood():
    table = tables.read(
        b"Group,Tel,Mail,Description,Town,Type,Website,Cost,Internal ref,Last updated\n"
        b"A,0113 496 0000,a@b.org,x,Leeds,Choir,https://a.org,Free,7,2026-01-02\n"
    )

    assert keys_of(guessing.guess(Kind.SERVICE, table, {})) == {
        0: "name", 1: "contact.phone", 2: "contact.email", 3: "summary", 4: "place",
        5: "approach", 6: "url", 7: "cost_option", 9: "assured_date",
    }  # fmt: skip


def test_columns_without_good_words_are_known_by_what_stands_in_them():
    table = tables.read(
        b"A,B,C,D,E,F,G\n"
        b"hello@example.org,0113 496 0000,https://example.org,Community choirs,Leeds,LS7 4HB,B12\n"
        b"n/a,01904 000000,www.example.org,Homeshare; community  choirs,York,,B13\n"
        b"a@example.org,,,,,,B14\n"
        b"b@example.org,,https://example.org/b,Homeshare,A hall,ls8 1aa,B15\n"
        b"c@example.org,,https://example.org/c,Something else,Leeds,,B16\n"
    )

    assert guessing.guess(Kind.SERVICE, table, KNOWN) == {
        0: Guess("contact.email", Why.EMAILS),
        1: Guess("contact.phone", Why.PHONES),
        2: Guess("url", Why.ADDRESSES),
        3: Guess("approach", Why.APPROACHES),
        4: Guess("place", Why.PLACES),
        5: Guess("", Why.POSTCODES_BESIDE),
    }
    assert guessing.guess(Kind.APPROACH, table, KNOWN) == {}  # "Close to this" could be meant
    assert 3 not in guessing.guess(Kind.SERVICE, table, {})


def test_plain_words_above_a_column_are_never_overruled_by_what_stands_in_it():
    table = tables.read(
        b"Name,Town,Who runs it,Web,Way of working,Sector,Ward\n"
        b"Homeshare,Community choirs,hello@example.org,0113 496 0000,Homeshare,LS7 4,LS7 4HB\n"
    )

    assert guessing.guess(Kind.SERVICE, table, KNOWN) == {
        0: Guess("name", Why.HEADING),
        1: Guess("place", Why.HEADING),
        2: Guess("organization", Why.HEADING),
        3: Guess("url", Why.HEADING),
        4: Guess("approach", Why.APPROACHES),
        5: Guess("", Why.POSTCODES_BESIDE),
        6: Guess("", Why.POSTCODES_BESIDE),
    }


@pytest.mark.parametrize(("known", "is_guessed"), [(6, False), (7, True)])
def test_most_of_a_column_must_be_names_that_are_here(known: int, is_guessed: bool):
    cells = ["Homeshare"] * known + ["Something else"] * (10 - known) + [""] * 30
    table = tables.Table(
        ("Our word",), tuple(tables.Row(n, (cell,)) for n, cell in enumerate(cells))
    )

    assert (0 in guessing.guess(Kind.SERVICE, table, KNOWN)) is is_guessed


def test_where_no_column_says_the_place_postcodes_do_as_far_as_they_are_kept():
    table = tables.read(b"Name,Where to\nSingers,ls7 4hb\n")
    assert keys_of(guessing.guess(Kind.SERVICE, table, KNOWN)) == {0: "name", 1: "service_area"}
    said = {"name": "Singers", "summary": "A choir that sings.", "approach": "Community choirs"}

    for column in ("service_area", "place"):
        typed = said | {column: "Nothing known; LS7 4HB"}
        document = columns.read(
            Kind.SERVICE,
            typed,
            lambda kind, name: find(kind, name) if kind is Kind.APPROACH else None,
        ).document

        assert document is not None
        assert document.service_area == ["Nothing known", "LS7 4"]  # type: ignore[attr-defined]


def keys_of(guessed: dict[int, Guess]) -> dict[int, str]:
    return {number: one.key for number, one in guessed.items()}


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


THREE = {
    "id": "aa3a1f6c-5d8f-4c0b-9d1e-0a4f0d6c2b11",
    "name": "Harehills Singers",
    "description": "<p>People sing.</p>\n\nEverybody can come; nobody reads music.",
    "url": "https://example.org",
    "status": "temporarily closed",
    "assured_date": "2026-10-01",
    "organization": {"id": "1", "name": "Singing Together", "description": "x"},
    "schedules": [
        {"byday": "TU,TH", "freq": "WEEKLY", "interval": 2, "opens_at": "14:00:00",
         "closes_at": "16:00:00"},
        {"byday": "FR", "freq": "MONTHLY", "notes": "The last one; ring first."},
    ],
    "cost_options": [{"option": "Each session", "amount": 3.5}, {"option": "Carers; friends"}],
    "contacts": [{"name": "Desk", "phones": [{"number": "0113 496 0000"}]}],
    "service_at_locations": [
        {"location": {"name": "The hall", "latitude": 53.81, "longitude": -1.52,
                      "addresses": [{"city": "Leeds"}]}}
    ],
    "languages": [{"name": "English"}, {"name": "Urdu"}],
    "attributes": [
        {"taxonomy_term": {"name": "Community choirs", "taxonomy": "Asset-based approaches"}},
        {"taxonomy_term": {"name": "Singing", "taxonomy": "Theirs"}},
    ],
}  # fmt: skip
ONE = {
    "id": "7",
    "name": "Harehills Singers",
    "description": "People sing.",
    "status": "active",
    "contacts": [{"name": "Desk", "phones": [{"number": "0113 496 0000"}]}],
    "regular_schedules": [{"byday": "MO", "opens_at": "10:00"}],
    "service_at_locations": [
        {"location": {"name": "The hall", "physical_addresses": [{"city": "Leeds"}]}}
    ],
    "service_taxonomys": [{"taxonomy": {"name": "Choirs", "vocabulary": "esdServiceTypes"}}],
}


def test_services_of_both_versions_of_open_referral_are_rows_of_one_list():
    table = open_referral.read(json.dumps({"content": [THREE, ONE]}).encode())

    first, second = (
        {name: cell for name, cell in zip(table.columns, row.cells, strict=True) if cell}
        for row in table.rows
    )
    assert first["description, first sentence"] == "People sing."
    assert first["description, the rest"] == "Everybody can come; nobody reads music."
    assert first["schedules"] == (
        "Tuesday 14:00 to 16:00, fortnightly; Thursday 14:00 to 16:00, fortnightly; "
        "Friday, monthly (The last one, ring first.)"
    )
    assert first["cost_options"] == "Each session 3.5; Carers, friends"
    assert first["taxonomy: Theirs"] == "Singing"
    assert second == {
        "id": "7",
        "name": "Harehills Singers",
        "description, first sentence": "People sing.",
        "status": "running",
        "schedules": "Monday 10:00",
        "contact.name": "Desk",
        "contact.phone": "0113 496 0000",
        "location.city": "Leeds",
        "taxonomy: esdServiceTypes": "Choirs",
    }
    mapping = open_referral.guess(table.columns)
    document = columns.read(
        Kind.SERVICE,
        {key: table.rows[0].cells[number] for number, key in mapping.items()},
        find,
    ).document
    assert isinstance(document, Service)
    assert document.approach == ["community-choirs"]
    assert document.place == "leeds"
    assert document.location is not None
    assert document.location.label == "The hall"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "no service"),
        (b"[]", "no service"),
        (b'"hello"', "no list of services"),
        (b'{"contents": [{"name": "x"}]}', "no service"),
        (b'{"contents": [{"id": "a", "name": "x"}, 7]}', "Number 2 in the list is no service"),
        (b'{"contents": [{"id": "a"}]}', "it has no name"),
    ],
)
def test_what_is_no_open_referral_is_refused_in_words(content: bytes, said: str):
    with pytest.raises(NotOpenReferral) as refused:
        open_referral.read(content)

    assert said in refused.value.message


def test_a_service_without_a_name_is_a_row_to_put_right():
    found = open_referral.read(
        b'{"services": [{"id": "a", "name": "Tools"}, {"id": "b", "description": "No name."}]}'
    )

    name = found.columns.index("name")
    assert [row.cells[name] for row in found.rows] == ["Tools", ""]


def test_strange_values_in_a_feed_are_left_out_and_long_ones_cut_at_a_sentence():
    said = open_referral.flat(
        {
            "id": 7,
            "name": ["x"],
            "description": "One. " + "two " * 200,
            "contacts": [None, "x", {"phones": {"number": 1}}],
            "service_at_locations": [{"location": None}, {}],
            "attributes": [{"taxonomy_term": "x"}],
            "status": {},
            "schedules": [{"byday": None}],
        }
    )

    assert said["description, first sentence"] == "One."
    assert said.keys() == {"id", "description, first sentence", "description, the rest"}
