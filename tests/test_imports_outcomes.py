"""What became of a list that a network brought: row by row, as a file, and in one mail."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.accounts.models import User
from directory.config import Config
from directory.entries.models import EntryRow
from directory.imports import lists, telling
from directory.imports.models import Import
from directory.moderation import stewarding
from directory.networks import telling as network_telling
from directory.networks.models import Editor, Network, Often, Role
from directory.personal import persons, retention
from directory.submissions import links, proposing
from directory.submissions.models import DraftLink, Submission, SubmissionLink
from tests import days
from tests.bringing import bring, checked, work
from tests.builders import a_place, an_approach
from tests.house_rules import HOST, Browser, Page, words
from tests.mailbox import Mailbox
from tests.moderating import decide, let_claims_lapse, signed_in
from tests.networking import Open, an_editor
from tests.test_networks import Publish

JO = "jo@dale-valley.example"
CHOIRS = """Group;Summary;Type;Town
Armley Singers;We sing on Mondays.;Community choirs;Leeds
Beeston Bakers;We bake loaves on Tuesdays.;Community choirs;Leeds
Crossgates Carvers;We carve spoons on Fridays.;Community choirs;Leeds
Gipton Gardeners;We grow beans at the weekend.;Community choirs;Leeds
"""
CHOIRS_NAMED = ["Armley Singers", "Beeston Bakers", "Crossgates Carvers", "Gipton Gardeners"]


@pytest.fixture
def jo(app: Flask, session: Session, open_network: Open, publish: Publish) -> Browser:
    """An editor of a network whose list holds nothing that is here already."""
    publish(an_approach(), a_place())
    return an_editor(app, session, open_network(), Role.EDITOR)


def taken_in(jo: Browser, app: Flask) -> Page:
    """The page of the list, whose rows now wait for moderators."""
    page = checked(jo, app, CHOIRS)
    jo.submit(page, f"{page.path}/taken")
    work(app)
    return page


def test_editors_read_what_became_of_each_row_and_why(
    app: Flask,
    session: Session,
    config: Config,
    jo: Browser,
    mailbox: Mailbox,
) -> None:
    page = taken_in(jo, app)
    priya = signed_in(app, session, "priya@example.org", "Priya")
    armley, beeston, crossgates, gipton = numbers(session)

    read = priya.open(f"/moderation/submissions/{crossgates}")
    assert "ask-summary" in read.form(f"{read.path}/decision")
    assert "The editors of the network read it beside their list." in read.text
    assert "says “network”" not in read.text
    name = session.scalars(select(Network.name)).one()
    session.rollback()
    assert f"From a list of {name}" in read.text
    assert read.links()[name] == "/networks/dale-valley"

    decided(priya, armley, "publish")
    decided(priya, beeston, "decline", note="It has no open door.\n\nTell us who can come.")
    decided(priya, crossgates, "ask", note="One thing is missing.", **{"ask-summary": "Who comes?"})

    page = jo.open(f"{page.path}?show=taken")
    became = rows(page)
    assert list(became) == CHOIRS_NAMED
    assert became["Armley Singers"].startswith("Published on")
    assert became["Beeston Bakers"].startswith("Not published. Decided on")
    assert became["Crossgates Carvers"] == "Moderators ask for a change."
    assert became["Gipton Gardeners"].startswith("Waits for moderators since")
    assert "It has no open door." in page.text
    assert "In one sentence: Who comes?" in page.text
    assert "/services/armley-singers" in page.links().values()
    only = jo.open(f"{page.path}?show=taken&became=declined")
    assert list(rows(only)) == ["Beeston Bakers"]
    assert only.links()["as CSV"].endswith("outcomes.csv?became=declined")
    jo.open(f"{page.path}?show=taken&became=nothing-of-that-kind")
    assert "1 row of “choirs.csv”" in jo.open("/networks/dale-valley/desk/lists").text
    assert "1 row of your lists waits for your answer" in jo.open("/networks/dale-valley/desk").text
    assert told_of_lists(app, session, mailbox) == []  # not all of it is decided

    # The morning's mail to editors says that something is asked; it goes once.
    since = datetime.now(UTC) - timedelta(hours=1)
    network = session.scalars(select(Network)).one()
    assert network_telling.new_since(session, network, since).asked == ("Crossgates Carvers",)
    session.rollback()

    # Answering: the editors' own page of that row, good for a day.
    row = jo.submit(page, f"{page.path}/rows/4/page")
    assert "The moderator asks you for a change" in row.text
    assert "Lists of Dale Valley Carers" in row.text
    tasks = jo.submit(row, f"{row.path}/words")
    assert "This address works for a day" in tasks.text
    sent = {"email": JO, "csrf_token": row.form(f"{row.path}/words")["csrf_token"]}
    jo.send(f"{tasks.path}/link", sent, status=404)  # it is mailed nowhere
    session.execute(update(DraftLink).values(created_at=datetime.now(UTC) - links.GOOD_FOR_EDITORS))
    session.commit()
    assert "Open the row from your list again" in jo.open(tasks.path, status=410).text
    tasks = jo.submit(row, f"{row.path}/words")
    part = jo.open(f"{tasks.path}/you")
    answer = {"answer-summary": "Anyone from Leeds.", "answer-": "Here it is.", "go": "later"}
    jo.send(part.path, part.form(part.path) | answer)
    check = f"{tasks.path}/check"
    jo.send(check, jo.open(check).form(check))
    assert rows(jo.open(f"{page.path}?show=taken"))["Crossgates Carvers"].startswith("Waits")
    assert "Anyone from Leeds." in priya.open(f"/moderation/submissions/{crossgates}").text

    # All is decided: one mail, after the half minute in which it can be undone.
    let_claims_lapse(session)
    decided(priya, crossgates, "publish")
    decided(priya, gipton, "decline", note="Gardens are no choirs.")
    assert telling.due(session, at=datetime.now(UTC)) == []
    session.rollback()
    (letter,) = told_of_lists(app, session, mailbox)
    assert (letter.to, "Your list “choirs.csv” is decided" in letter.subject) == (JO, True)
    assert "2 rows are published" in letter.text
    assert "Row 3, Beeston Bakers: It has no open door. Tell us who can come." in letter.text
    assert "Row 5, Gipton Gardeners: Gardens are no choirs." in letter.text
    assert letter.link("/networks/dale-valley/desk/lists/") == page.path
    assert letter.link("/networks/mails/")
    assert told_of_lists(app, session, mailbox) == [letter]

    # A second look: it waits again, and what comes of it is told once more.
    page = jo.open(f"{page.path}?show=taken")
    row = jo.submit(page, f"{page.path}/rows/3/page")
    row = jo.submit(row, f"{row.path}/appeal", reason="The door is open.")
    assert "You asked for a second look" in row.text
    let_claims_lapse(session)
    decided(priya, beeston, "decline", note="It is still closed.")
    again = jo.open(f"{page.path}?show=taken&became=declined")
    assert rows(again)["Beeston Bakers"].endswith("It was looked at twice.")
    assert "It is still closed." in again.text
    assert [form for form in forms(again) if form.endswith("/rows/3/page")] == []
    assert len(told_of_lists(app, session, mailbox)) == 2

    # What is published can go offline, and what was declined is deleted when its time is up.
    offline(session, "Armley Singers", "Nobody sings there now.")
    retention.declined(session, datetime.now(UTC))
    session.commit()
    became = rows(jo.open(f"{page.path}?show=taken"))
    why = "It was taken offline since. The reason: Nobody sings there now."
    assert became["Armley Singers"].endswith(why)
    assert became["Gipton Gardeners"] == "Taken back, or deleted since."
    assert taken_away(jo, page)[3]["Decided on"] == ""


def test_the_list_is_taken_away_with_what_became_of_it_and_comes_back_as_changes(
    app: Flask,
    session: Session,
    jo: Browser,
) -> None:
    began = days.today()
    broken = CHOIRS.replace("Community choirs;Leeds\nGipton", "Nothing we know;Leeds\nGipton")
    page = checked(jo, app, broken)
    jo.submit(page, f"{page.path}/taken")
    work(app)
    priya = signed_in(app, session, "priya@example.org", "Priya")
    armley, beeston, gipton = numbers(session)
    decided(priya, armley, "publish")
    decided(priya, beeston, "publish")
    decided(priya, gipton, "decline", note="=HYPERLINK() and so on.")
    joined(session, "Beeston Bakers", "Armley Singers")
    shown = rows(jo.open(f"{page.path}?show=taken"))
    assert "It was the same as “Armley Singers”, and is part of it now." in shown["Beeston Bakers"]

    table = taken_away(jo, page)

    where, became, why = "Its address here", "What became of it", "Why, or what is asked"
    assert list(table[0])[:4] == ["Group", "Summary", "Type", "Town"]
    assert table[0][where] == f"{HOST}/services/armley-singers"
    assert table[1][where] == f"{HOST}/services/armley-singers"
    assert table[2][became] == "Not sent: put it right first."
    assert "Nothing we know" in table[2][why]
    assert table[3][became].startswith("Not published. Decided on")
    assert table[3][why] == "'=HYPERLINK() and so on."  # no program runs what others wrote
    assert date.fromisoformat(table[3]["Decided on"]) in days.since(began)
    assert [one["Group"] for one in taken_away(jo, page, "?became=declined")] == [
        "Gipton Gardeners"
    ]

    raw = jo.client.get(f"{page.path}/outcomes.csv", base_url=HOST).data.decode("utf-8-sig")
    back = bring(jo, raw.replace("We sing on Mondays.", "We sing on Sundays."))
    mapping = back.form(f"{back.path}/columns")
    assert [mapping[f"column-{number}"] for number in range(8)] == [
        ["name"], ["summary"], ["approach"], ["place"], ["entry"], [""], [""], [""],
    ]  # fmt: skip
    jo.submit(back, f"{back.path}/columns")
    work(app)
    assert "Armley Singers" in jo.open(f"{back.path}?show=change").text

    # The list to put right has our remedies where our address stood: that is no column of theirs.
    raw = jo.client.get(f"{page.path}/to-correct.csv", base_url=HOST).data.decode("utf-8-sig")
    again = bring(jo, raw)
    mapping = again.form(f"{again.path}/columns")
    assert [mapping[f"column-{number}"] for number in range(5)] == [
        ["name"], ["summary"], ["approach"], ["place"], [""],
    ]  # fmt: skip


def test_what_is_asked_of_a_network_waits_for_nobody_once_its_list_is_gone(
    app: Flask,
    session: Session,
    jo: Browser,
    mailbox: Mailbox,
) -> None:
    page = taken_in(jo, app)
    priya = signed_in(app, session, "priya@example.org", "Priya")
    armley, beeston, _crossgates, _gipton = numbers(session)
    jo.open(f"{page.path}/outcomes.exe", status=404)

    # Whoever wants no mails gets none; what they took back themselves is no news at all.
    session.scalars(select(Editor)).one().often = Often.NEVER
    session.commit()
    for number in numbers(session)[1:]:
        decided(priya, number, "decline", note="No.")
    decided(priya, armley, "ask", note="Who can come?")
    lists.forget_old(session, at=datetime.now(UTC) + lists.KEPT_FOR + timedelta(days=1))
    session.commit()
    assert session.scalars(select(Import)).one().told_at is None  # something waits: it is kept
    session.rollback()
    row = jo.submit(jo.open(f"{page.path}?show=taken"), f"{page.path}/rows/2/page")
    tasks = jo.submit(row, f"{row.path}/words")
    ask = jo.open(f"{page.path}/deleted")
    assert "1 row still waits for moderators" in ask.text
    jo.submit(jo.open(f"{page.path}/withdrawn"), f"{page.path}/withdrawn")
    assert told_of_lists(app, session, mailbox) == []
    assert rows(jo.open(f"{page.path}?show=taken&became=withdrawn")) == {
        "Armley Singers": "Taken back."
    }
    ask = jo.open(f"{page.path}/deleted")
    assert "still waits" not in ask.text
    jo.submit(ask, ask.path)

    jo.open(row.path, status=404)
    jo.open(tasks.path, status=410)
    assert {one.network_id for one in session.scalars(select(Submission))} == {None}
    session.rollback()
    read = priya.open(f"/moderation/submissions/{beeston}")
    undo = next(form for form in forms(read) if form.endswith("/reversal"))
    priya.submit(read, undo)
    read = priya.open(f"/moderation/submissions/{beeston}")
    assert "From a list of Dale Valley Carers that is deleted" in read.text
    assert "Ask for changes" not in read.text
    assert "Kept with the decision." in read.text
    assert "ask-summary" not in read.form(f"{read.path}/decision")


def test_only_editors_of_its_network_open_the_page_of_a_row_each_time_for_a_day(
    app: Flask,
    session: Session,
    jo: Browser,
    open_network: Open,
) -> None:
    page = taken_in(jo, app)
    page = jo.open(f"{page.path}?show=taken")
    desk = "/networks/dale-valley/desk"
    of_row = f"{page.path.removeprefix(desk)}/rows/2/page"

    hill_top = open_network(slug="hill-top")
    sam = an_editor(app, session, hill_top, email="sam@hill-top.example")
    people.appoint(session, "ada@example.org", name="Ada", at=datetime.now(UTC))  # the admin
    priya = signed_in(app, session, "priya@example.org", "Priya")
    for stranger, own in ((sam, "/networks/hill-top/desk"), (priya, "/moderation")):
        token = {"csrf_token": stranger.open(f"{own}/lists").form(f"{own}/lists")["csrf_token"]}
        stranger.send(desk + of_row, token, status=403)
        stranger.send(own + of_row, token, status=404)

    row = jo.submit(page, desk + of_row)
    assert row.heading == "Armley Singers"
    session.execute(update(SubmissionLink).values(expires_at=datetime.now(UTC)))
    session.commit()
    old = jo.open(row.path, status=410)
    assert "Open it from your list again." in old.text
    assert old.links()["Lists of Dale Valley Carers"] == f"{desk}/lists"
    row = jo.submit(page, desk + of_row)
    later = datetime.now(UTC) + links.OLD_KEPT_FOR_EDITORS
    proposing.forget_old(session, at=later)
    session.commit()
    jo.open(old.path, status=404)
    assert "What becomes of it stands beside your list." in jo.open(row.path).text

    # Nobody is promised a mail when the network goes.
    session.execute(update(Submission).values(network_id=None))
    session.commit()
    text = jo.open(row.path).text
    assert "It has been waiting for a moderator" in text
    assert "We will write to you." not in text
    assert "in our mails" not in text
    session.execute(update(SubmissionLink).values(expires_at=datetime.now(UTC)))
    session.commit()
    old = jo.open(row.path, status=410)
    assert "It came with a list that is not here any more." in old.text
    assert "Mail me a new link" not in old.text

    session.delete(session.scalars(select(Editor).join(User).where(User.email == JO)).one())
    session.commit()
    jo.submit(page, desk + of_row, status=403)


def test_links_to_rows_end_with_whoever_edits_the_network_no_more(
    app: Flask,
    session: Session,
    jo: Browser,
) -> None:
    page = taken_in(jo, app)
    network = session.scalars(select(Network)).one()
    sam = an_editor(app, session, network, Role.OWNER, email="sam@dale-valley.example")
    desk = "/networks/dale-valley/desk"
    jos = session.scalars(select(User.id).where(User.email == JO)).one()
    session.rollback()

    def opened(browser: Browser) -> tuple[Page, Page]:
        """The page of a row, and a draft of new words for it in which something was typed."""
        row = browser.submit(browser.open(f"{page.path}?show=taken"), f"{page.path}/rows/2/page")
        tasks = browser.submit(row, f"{row.path}/words")
        part = browser.open(f"{tasks.path}/what")
        browser.send(part.path, part.form(part.path) | {"summary": "We hum.", "go": "later"})
        return row, tasks

    def have_ended(row: Page, tasks: Page) -> None:
        """Whoever holds these links, and wherever: they open nothing and change nothing."""
        anyone = Browser(app)
        assert anyone.open(row.path, status=410).heading == "This link works no more"
        anyone.open(tasks.path, status=410)
        part = f"{tasks.path}/what"
        anyone.send(part, {"summary": "Not ours.", "csrf_token": token(anyone)}, status=410)
        gone = {"csrf_token": token(anyone), "words": "Hello?"}
        for act in ("messages", "withdrawal", "words"):
            anyone.send(f"{row.path}/{act}", gone, status=404)

    links_of_jo = opened(jo)
    removal = f"{desk}/team/{jos}/removal"
    sam.submit(sam.open(removal), removal)
    have_ended(*links_of_jo)

    kim = an_editor(app, session, network, Role.EDITOR, email="kim@dale-valley.example")
    links_of_kim = opened(kim)
    persons.erase(session, "kim@dale-valley.example", secret="x", at=datetime.now(UTC))
    session.commit()
    have_ended(*links_of_kim)

    row, tasks = opened(sam)  # who edits it still finds what was typed
    assert "We hum." in Browser(app).open(f"{tasks.path}/what").text
    sam.submit(sam.open(f"{desk}/closing"), f"{desk}/closing")
    have_ended(row, tasks)
    assert f"{desk}/lists" not in Browser(app).open(row.path, status=410).links().values()


def test_moderators_read_of_their_own_list_what_became_of_it_and_appeal_to_nobody(
    app: Flask,
    session: Session,
    jo: Browser,
) -> None:
    page = taken_in(jo, app)
    priya = signed_in(app, session, "priya@example.org", "Priya")
    session.execute(update(Import).values(network_id=None))
    session.commit()
    decided(priya, numbers(session)[1], "decline", note="No.")

    own = page.path.replace("/networks/dale-valley/desk", "/moderation")
    shown = priya.open(f"{own}?show=taken&became=declined")

    assert rows(shown)["Beeston Bakers"].startswith("Not published. Decided on")
    assert "second look" not in shown.text
    (row,) = shown.all("li", class_="list-row")
    assert all(words(one) for one in row.iter("p"))


def token(browser: Browser) -> object:
    """What a form of that browser's own holds, so that it is refused for nothing else."""
    return browser.open("/accounts/sign-in").form("/accounts/sign-in")["csrf_token"]


def numbers(session: Session) -> list[int]:
    """The submissions, in the order of the list."""
    session.rollback()
    found = list(session.scalars(select(Submission.id).order_by(Submission.id)))
    session.rollback()
    return found


def decided(moderator: Browser, number: int, outcome: str, **values: Any) -> None:
    page = moderator.open(f"/moderation/submissions/{number}")
    decide(moderator, page, number, outcome, **values)


def rows(page: Page) -> dict[str, str]:
    """What a page tells of each row: by its name, without the day."""
    found = {}
    for one in page.all("li", class_="list-row"):
        found[words(one.find("h3")).partition(" · ")[0]] = words(one.find("p"))
    return found


def forms(page: Page) -> list[str]:
    return [one.get("action", "") for one in page.all("form")]


def told_of_lists(app: Flask, session: Session, mailbox: Mailbox) -> list[Any]:
    """The mails about lists so far, half a minute after the last decision."""
    session.rollback()
    for number in telling.due(session, at=datetime.now(UTC) + timedelta(minutes=1)):
        telling.queue_one(session, number, at=datetime.now(UTC))
    session.commit()
    mailbox.send(later=timedelta(minutes=2))
    return [one for one in mailbox.letters() if one.subject.startswith("Your list")]


def joined(session: Session, name: str, into: str) -> None:
    """Somebody finds that two entries are the same, and joins them."""
    by_name = {one.name: one for one in session.scalars(select(EntryRow))}
    moderator = people.moderators(session)[0]
    row = by_name[name]
    stewarding.join(
        session, row, by_name[into], head=row.head_number, moderator=moderator, at=datetime.now(UTC)
    )
    session.commit()


def offline(session: Session, name: str, reason: str) -> None:
    """A moderator takes an entry off the site."""
    row = session.scalars(select(EntryRow).where(EntryRow.name == name)).one()
    stewarding.unpublish(
        session,
        row,
        reason=reason,
        head=row.head_number,
        moderator=people.moderators(session)[0],
        at=datetime.now(UTC),
    )
    session.commit()


def taken_away(jo: Browser, page: Page, query: str = "") -> list[dict[str, str]]:
    """The rows of the file with what became of each."""
    answer = jo.client.get(f"{page.path}/outcomes.csv{query}", base_url=HOST)
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=csv.Sniffer().sniff(text).delimiter))
