"""The entry changed while a suggestion waited: three texts side by side, and a choice by part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from directory.entries import catalogue
from directory.entries.catalogue import Entry
from directory.entries.documents import Document
from directory.moderation import later
from directory.moderation.merging import merge
from directory.moderation.reading import rendered_change, source_change, three_ways
from directory.submissions import bodies
from tests.builders import a_body, a_place, an_approach
from tests.house_rules import Browser
from tests.moderating import SendIn, decide, moderator, send_in

__all__ = ["moderator", "send_in"]

Publish = Callable[..., list[Entry]]

BEGAN = an_approach(name="Choirs", strapline="Sing a song", body=a_body(how_it_works="We sing."))
LIVE = BEGAN.model_copy(
    update={
        "name": "Singing circles",
        "strapline": "Sing a song together",
        "body": a_body(how_it_works="We sing each week.", what_it_needs_locally="A hall."),
    }
)
PROPOSED = BEGAN.model_copy(
    update={
        "name": "Choirs for all",
        "summary": "People sing together.",
        "body": a_body(how_it_works="We sing by ear."),
    }
)


def test_what_one_changed_counts_and_what_both_changed_is_shown_first() -> None:
    merged = merge(BEGAN, PROPOSED, LIVE)

    ways = three_ways(merged, BEGAN, LIVE, PROPOSED, {})

    assert [(one.label, one.clashes) for one in ways] == [
        ("Name", True),
        ("How it works", True),
        ("In one sentence", False),
        ("In a few words", False),
        ("What it needs locally", False),
    ]
    assert merged.document.name == "Choirs for all"
    assert merged.document.tagline == "Sing a song together"


def test_a_moderator_may_keep_what_is_live_part_by_part() -> None:
    merged = merge(BEGAN, PROPOSED, LIVE, keep_live=["name", "body: How it works", "summary"])

    assert merged.document.name == "Singing circles"
    texts, _rest = bodies.split(merged.document.body)
    assert texts["How it works"] == "We sing each week."
    assert texts["What it needs locally"] == "A hall."
    # Only where both changed something is there a choice.
    assert merged.document.summary == "People sing together."


def test_words_under_no_heading_clash_too() -> None:
    began, live, proposed = (
        BEGAN.model_copy(update={"body": f"{BEGAN.body}\n\n## Songs\n\n{songs}"})
        for songs in ("Old ones.", "New ones.", "None.")
    )

    merged = merge(began, proposed, live)

    assert merged.both == ("body: Anything else",)
    kept = merge(began, proposed, live, keep_live=merged.both).document
    assert "New ones." in kept.body


def test_what_changes_of_the_body_is_shown_as_readers_see_it() -> None:
    now = an_approach(body=a_body(how_it_works="We sing."))
    body = a_body(how_it_works="We *sing*.") + "\n\n## More\n\n- tea"
    then = now.model_copy(update={"body": body})

    assert rendered_change(now, now) == []
    told = {one.label: (one.before, one.after) for one in rendered_change(now, then)}
    assert told["How it works"] == ("<p>We sing.</p>", "<p>We <em>sing</em>.</p>")
    assert told["Anything else"][0] == ""
    assert "<li>tea</li>" in told["Anything else"][1]
    assert len(told) == 2
    place = a_place(body="Old *words*.")
    (part,) = rendered_change(place, place.model_copy(update={"body": "New."}))
    assert (part.before, part.after) == ("<p>Old <em>words</em>.</p>", "<p>New.</p>")


def test_the_source_tells_what_would_change_in_the_file() -> None:
    passages = source_change(BEGAN, PROPOSED)

    told = "".join(piece.text for one in passages for piece in one.pieces)
    assert "name: Choirs" in told
    assert "for all" in told


def test_three_columns_and_a_choice_on_one_page(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    entry, number = _both_changed(send_in, publish)
    page = moderator.open(f"/moderation/submissions/{number}")
    heads = [one.text for one in page.all("span", role="columnheader")]
    assert heads[-4:] == ["Part", "They started from", "Live now", "They propose"]
    assert page.text.count("Both changed it") == 2
    assert "The same in the source (Markdown)" in page.text

    # What was chosen is kept when the decision cannot be taken.
    chosen = {"take-name": "live", "take-body: How it works": "proposed"}
    page = moderator.submit(
        page, f"/moderation/submissions/{number}/decision", outcome="fly", status=422, **chosen
    )
    assert page.find("input", name="take-name", value="live", checked="") is not None
    moderator.submit(
        page, f"/moderation/submissions/{number}/decision", outcome="publish", **chosen
    )

    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.document.name, now.document.summary) == ("Singing circles", PROPOSED.summary)
    assert "We sing by ear." in now.document.body


def test_the_choice_holds_for_words_that_come_out_later_or_are_edited_first(
    moderator: Browser, session: Session, send_in: SendIn, publish: Publish
) -> None:
    entry, number = _both_changed(send_in, publish)
    page = moderator.open(f"/moderation/submissions/{number}")
    path = f"/moderation/submissions/{number}/decision"
    edited = moderator.submit(page, path, outcome="edit", **{"take-name": "live"})
    assert edited.find("input", name="name").get("value") == "Singing circles"

    day = datetime.now(UTC).date() + timedelta(days=2)
    decide(moderator, page, number, "later", day=day.isoformat(), **{"take-name": "live"})
    while later.publish_next(session, at=datetime.now(UTC) + timedelta(days=3)):
        session.commit()

    now = catalogue.by_id(session, entry.id)
    assert now
    assert (now.document.name, now.document.summary) == ("Singing circles", PROPOSED.summary)


def _both_changed(send_in: SendIn, publish: Publish) -> tuple[Entry, int]:
    """An entry that others changed after somebody had proposed a change."""

    def of(entry: Entry, document: Document) -> Document:
        return document.model_copy(update={"id": entry.id})

    (entry,) = publish(BEGAN)
    number = send_in(of(entry, PROPOSED), change_of=entry)
    publish(of(entry, LIVE), slug=entry.slug)
    return entry, number
