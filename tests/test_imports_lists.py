"""A network brings its list: columns, a dry run, choices, and all of it with the moderators."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from directory import errands
from directory.db import db
from directory.imports import bringing, lists, standing, tables
from directory.imports.models import Feed, Import, ImportRow, Stage
from directory.moderation.models import Look
from directory.submissions.models import Submission
from directory.vocabulary.terms import Kind
from tests.bringing import DESK, LIST, bring, checked, jo, waiting, work
from tests.house_rules import HOST, Browser, Page, words
from tests.moderating import signed_in
from tests.networking import Open

__all__ = ["jo"]


def test_a_list_comes_to_the_moderators_all_at_once(
    app: Flask, session: Session, jo: Browser
) -> None:
    page = bring(jo, LIST)
    assert page.heading == "Which column is what?"
    columns = page.form(f"{page.path}/columns")
    assert [columns[f"column-{number}"] for number in range(6)] == [
        ["name"], [""], ["approach"], ["place"], ["contact.phone"], [""],
    ]  # fmt: skip
    action = f"{page.path}/columns"
    assert "no column of yours seems to say it" not in page.text
    page = jo.submit(
        page, action, status=422, column__1="name", column__2="", same__place="Nowhere at all"
    )
    assert "no column of yours seems to say it" in page.text
    assert page.title.startswith("Error:")
    assert "“Name” is chosen twice" in page.text
    assert "Say which of your columns is “In one sentence”" in page.text
    assert page.form(action)["same-place"] == "Nowhere at all"
    page = jo.submit(page, action, column__1="summary", column__2="approach")
    assert "0 of 4 rows checked" in page.text
    assert page.find("progress").get("max") == "4"
    assert page.find("a", id="go-on").get("href") == page.path
    assert "We are looking at each row" in page.text

    work(app)
    swapped_in = jo.open(page.path, HX_Request_Type="partial")
    assert "This is done" in swapped_in.text
    # Whoever stood there still does.
    assert swapped_in.find("a", id="go-on").get("href") == page.path
    assert "We are looking at each row" not in swapped_in.text
    page = jo.open(page.path)
    assert "1 row is ready. 1 must be put right first. 2 may be here already" in page.text
    assert "Tel: “ring us” is not a phone number. Write digits and spaces" in page.text
    assert waiting(session) == []

    page = jo.open(f"{page.path}?show=open")
    assert "Row 2 has the same name and place." in page.text
    assert "Here already: Harehills Singers" in page.text
    entry = next(
        one.get("value") for one in page.all("input", name="row-3") if len(one.get("value", "")) > 9
    )
    choices = f"{page.path}/choices"
    jo.submit(page, choices, row__3="11111111-1111-1111-1111-111111111111", status=422)
    page = jo.submit(page, choices, row__3=entry, row__5="leave")
    assert "2 rows are ready" in page.text
    assert page.headings[0] == "You have said what they are"  # none is left to say

    page = jo.submit(page, f"{page.path}/taken")
    assert "0 of 2 rows made ready" in page.text
    assert waiting(session) == []
    work(app)

    assert waiting(session) == ["Roundhay Singers", "Harehills Singers"]
    new, change = session.scalars(select(Submission).order_by(Submission.id))
    assert (new.what, new.state, new.author_name) == ("new", "waiting", "Dale Valley Carers")
    assert new.why == "From the list “choirs.csv”, row 2."
    assert (change.what, str(change.entry_id), change.base_revision) == ("change", entry, 1)
    assert "0113 496 0002" in change.text
    assert "A leaflet" in change.text  # what the list does not say stays
    number = new.id
    session.rollback()
    done = jo.open(page.path, HX_Request_Type="partial").links()["Go on"]
    assert "Wait for moderators (2)" in jo.open(done).text
    page = jo.open(page.path)
    assert "Wait for moderators 2" in page.text
    assert [link for link in page.links() if link.startswith("New (")] == []

    priya = signed_in(app, session, "priya@example.org", "Priya")
    read = priya.open(f"/moderation/submissions/{number}")
    assert "From the list “choirs.csv”, row 2." in read.text
    priya.submit(read, f"/moderation/submissions/{number}/decision", outcome="publish")
    assert "Wait for moderators 1 Published 1" in jo.open(page.path).text
    ask = jo.open(f"{page.path}/withdrawn")  # opening it takes nothing back
    assert ask.heading == "Take back the 1 row that still waits?"
    assert ask.links()["No, back to the list"] == f"{page.path}?show=taken"
    done = jo.submit(ask, ask.path)
    assert "Taken back." in done.text
    assert "All (2) Published (1) Taken back or deleted (1)" in done.text
    assert jo.open(ask.path).path == page.path  # there is nothing to ask any more


def test_the_mapping_screen_says_why_a_column_was_guessed(jo: Browser) -> None:
    page = bring(jo, "Group;Sort of;Base;Ref\nA choir;Community choirs;Leeds;LS7 4HB\n")
    action = f"{page.path}/columns"
    columns = page.form(action)
    assert [columns[f"column-{number}"] for number in range(4)] == [
        ["name"], ["approach"], ["place"], [""],
    ]  # fmt: skip

    def notes(page: Page) -> list[str]:
        return [words(one) for one in page.all("p", class_="field__note")]

    why = "Guessed because names of approaches stand in it."
    assert notes(page) == [
        "Guessed from its heading.",
        why,
        "Guessed because names of places stand in it.",
        "Postcodes stand in it. Another column says where it is, so we leave them out.",
    ]
    page = jo.submit(page, action, status=422, column__1="", column__3="service_area")
    assert notes(page) == [
        "Guessed from its heading.",
        "Guessed because names of places stand in it.",
    ]


def test_a_name_that_is_nearly_one_of_ours_is_told(app: Flask, jo: Browser) -> None:
    page = bring(jo, "Group;Summary;Type;Town\nA;We sing.;Comunity choir;Leeds\nB;We hum.;X;York")
    action = f"{page.path}/columns"
    page = jo.submit(page, action, status=422, same__approach="community choir")
    assert "“community choir” here. Did you mean “Community choirs”?" in page.text
    jo.submit(page, action, same__approach="")
    work(app)

    told = [words(one) for one in jo.open(page.path.removesuffix("/columns")).all("li")]

    why = "Type: There is no approach called"
    assert f"{why} “Comunity choir” here. Did you mean “Community choirs”?" in told
    assert f"{why} “X” here. Write a name as it stands in the directory." in told


def test_many_rows_that_say_the_same_are_no_spam(app: Flask, session: Session, jo: Browser) -> None:
    same = "We sing the songs that people bring along and drink a cup of tea afterwards."
    halls = ("Aspen", "Birch", "Cedar", "Damson", "Elder", "Foxglove")
    rows = [f"{hall};{same};Community choirs;Leeds" for hall in halls]
    page = checked(jo, app, "\n".join(["Group;What it is;Type;Town", *rows]))
    jo.submit(page, f"{page.path}/taken")
    work(app)
    assert waiting(session) == list(halls)

    with app.app_context():
        errands.look_over(db.session(), app.extensions["kith.config"])
        db.session.remove()

    assert session.scalars(select(Look.score)).all() == [0] * 6


def test_the_file_to_correct_comes_back_and_its_columns_are_remembered(
    app: Flask, session: Session, jo: Browser
) -> None:
    page = bring(jo, LIST.replace("What happens", "In one sentence"))
    page = jo.submit(page, f"{page.path}/columns", column__5="location.label")
    work(app)

    csv = jo.client.get(f"{page.path}/to-correct.csv", base_url=HOST)
    assert "attachment" in csv.headers["Content-Disposition"]
    table = tables.read(csv.data)
    assert table.columns[-1] == standing.REMEDIES
    assert table.rows[2].cells[-1].startswith("Tel: “ring us” is not a phone number.")
    book = load_workbook(
        io.BytesIO(jo.client.get(f"{page.path}/to-correct.xlsx", base_url=HOST).data)
    )
    assert [cell.value for cell in book.worksheets[0][1]] == list(table.columns)

    page = bring(jo, csv.data.decode("utf-8-sig").replace("ring us", "0113 496 0003"))
    columns = page.form(f"{page.path}/columns")
    assert columns["column-5"] == ["location.label"]
    assert columns["column-6"] == [""]
    page = jo.submit(page, f"{page.path}/columns")
    work(app)
    assert "to put right" not in jo.open(page.path).text.casefold()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_our_own_template_can_be_filled_in(
    app: Flask, session: Session, jo: Browser, form: str
) -> None:
    table = tables.read(jo.client.get(f"{DESK}/template/service.{form}", base_url=HOST).data)
    assert "Needed." in table.rows[0].cells[0]
    cells = list(table.rows[1].cells)
    page = bring(jo, tables.to_csv(table.columns, [row.cells for row in table.rows]), status=422)
    assert "Only our own example is in it" in page.text
    cells[0] = "Seacroft Singers"
    rows = [*(row.cells for row in table.rows), cells]

    page = checked(jo, app, tables.to_csv(table.columns, rows))

    assert "1 row is ready." in page.text
    assert page.headings == ["New"]


def test_a_row_that_names_an_entry_changes_it_and_the_same_again_is_nothing_to_do(
    app: Flask, session: Session, jo: Browser
) -> None:
    same = "Its address here,Name,In one sentence\n"
    page = checked(
        jo,
        app,
        same
        + "http://kith.test/services/harehills-singers,Harehills Singers,New words.\n"
        + "/services/harehills-singers,Harehills Singers,A choir that meets in a hall each week.\n"
        + "/services/nothing-here,Nothing,Words.\n",
    )

    assert "1 row is ready. 1 must be put right first." in page.text
    assert "There is nothing at this address." in page.text
    assert "Nothing to do (1)" in page.text


def test_many_readings_of_a_feed_hide_no_list(session: Session, jo: Browser) -> None:
    page = bring(jo, LIST.replace("What happens", "Summary"))
    jo.submit(page, f"{page.path}/columns", column__5="location.label")
    one = session.scalars(select(Import)).one()
    at = one.created_at
    feed = Feed(
        network_id=one.network_id, name="A feed", url="https://x.example", every="day",
        licence_version="1", created_at=at,
    )  # fmt: skip
    session.add(feed)
    session.flush()
    session.add_all(
        Import(
            network_id=one.network_id, feed_id=feed.id, kind="service", name="A feed", form="feed",
            stage=Stage.DONE, columns=[], mapping={}, same={}, licence_version="1", created_at=at,
            changed_at=at,
        )
        for _day in range(60)
    )  # fmt: skip
    session.commit()

    assert jo.open(DESK).links()["choirs.csv"] == page.path
    again = bring(jo, LIST.replace("What happens", "Summary"))
    assert again.form(f"{again.path}/columns")["column-5"] == ["location.label"]


def test_files_that_cannot_be_read_are_told_at_the_field(jo: Browser) -> None:
    page = bring(jo, b"\x00\x01", status=422)

    assert page.title.startswith("Error:")
    assert "We cannot read this file" in page.text
    assert page.find("input", type="file").get("aria-invalid") == "true"
    assert "Choose a file" in bring(jo, "", status=422, file="").text
    assert "Tick this" in bring(jo, LIST, status=422, agree="").text


def test_lists_are_for_the_editors_of_the_network_and_for_moderators(
    app: Flask, session: Session, jo: Browser, open_network: Open
) -> None:
    page = bring(jo, LIST)
    open_network(slug="other")

    jo.open("/networks/other/desk/lists", status=403)
    jo.open("/moderation/lists", status=403)
    jo.open(page.path.replace("dale-valley", "other"), status=403)
    Browser(app).open(f"{page.path}/to-correct.csv", follow=False, status=303)
    priya = signed_in(app, session, "priya@example.org", "Priya")
    assert priya.open("/moderation/lists").heading == "Bring your list"
    number = page.path.rpartition("/")[2]
    priya.open(f"/moderation/lists/{number}", status=404)
    priya.open("/moderation/lists/template/place.csv", status=404)


def test_a_list_can_be_deleted_and_columns_chosen_anew(
    app: Flask, session: Session, jo: Browser
) -> None:
    page = checked(jo, app, LIST.replace("What happens", "Summary"))
    page = jo.submit(page, f"{page.path}/columns/again")
    assert page.heading == "Which column is what?"
    page = jo.submit(page, f"{page.path}/columns", column__4="")
    work(app)
    assert "must be put right" not in jo.open(page.path).text

    review = jo.open(page.path)
    assert [
        form.get("action") for form in review.all("form") if "delet" in str(form.get("action"))
    ] == []
    ask = jo.open(review.links()["Delete this list"])
    assert ask.heading == "Delete “choirs.csv”?"
    assert "None of them was sent: nothing in the directory changes." in ask.text
    assert session.scalar(select(func.count()).select_from(Import)) == 1
    session.rollback()
    assert "Deleted." in jo.submit(ask, ask.path).text

    assert session.scalar(select(func.count()).select_from(ImportRow)) == 0
    session.rollback()
    jo.open(page.path, status=404)


def test_a_network_has_ten_unfinished_lists_at_most_and_old_ones_go(
    app: Flask, session: Session, jo: Browser
) -> None:
    network_id = None
    brought = bringing.read(LIST.encode(), Kind.SERVICE, {})
    at = datetime.now(UTC)
    for _turn in range(bringing.UNFINISHED_MOST):
        bringing.begin(
            session, brought, kind=Kind.SERVICE, name="x", network_id=network_id, user_id=1,
            licence_version="1", at=at,
        )  # fmt: skip
    with pytest.raises(bringing.TooManyLists):
        bringing.begin(
            session, brought, kind=Kind.SERVICE, name="x", network_id=network_id, user_id=1,
            licence_version="1", at=at,
        )  # fmt: skip

    lists.forget_old(session, at=at + lists.KEPT_FOR + timedelta(days=1))

    assert session.scalar(select(func.count()).select_from(Import)) == 0
