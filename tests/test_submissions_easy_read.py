"""Easy Read: short sentences, each with a picture that is found by a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.entries.text import parse
from directory.submissions import pictures, views_drafting
from directory.submissions.models import Submission
from tests.house_rules import HOST, Browser, Page, words
from tests.leaving_out import leave_out
from tests.proposing import APPROACH, draft_of, fill, fill_any, send


@pytest.fixture
def picture_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three pictures, one of them known by other words too."""
    for name in ("house", "bread", "people-hugging"):
        (tmp_path / f"{name}.svg").write_text("<svg/>", encoding="utf-8")
    words = {"bread": "loaf, bakery", "house": "home, building"}
    (tmp_path / "words.json").write_text(json.dumps(words), encoding="utf-8")
    monkeypatch.setattr(views_drafting, "PICTURES", tmp_path)
    return tmp_path


def test_pictures_are_found_by_any_of_their_words(picture_set: Path) -> None:
    def found(text: str) -> list[str]:
        return [one.name for one in pictures.find(picture_set, text)]

    assert found("We bake loaves of bread at home.") == ["bread", "house"]
    assert found("hug") == ["people-hugging"]
    assert found("the and of") == []
    assert pictures.Picture("people-hugging").alt == "People hugging"


def test_words_of_every_day_find_a_picture_that_we_chose_for_them(tmp_path: Path) -> None:
    for name in ("calendar", "coin", "pensive-face", "person-in-manual-wheelchair"):
        (tmp_path / f"{name}.svg").write_text("<svg/>", encoding="utf-8")

    def found(text: str) -> list[str]:
        return [one.name for one in pictures.find(tmp_path, text)]

    assert found("We meet on Tuesdays.") == ["calendar"]
    assert found("It is free.") == ["coin"]
    assert found("You may feel lonely.") == ["pensive-face"]


def test_pictures_that_we_chose_for_words_are_in_the_set() -> None:
    if not views_drafting.PICTURES.is_dir():
        leave_out("the pictures are not here: make run fetches them")
    named = {name for line in pictures.own_words() for name in line["pictures"]}

    assert {one for one in named if not pictures.is_there(views_drafting.PICTURES, one)} == set()


def test_an_easy_read_page_is_made_without_scripts(
    picture_set: Path, browser: Browser, session: Session
) -> None:
    draft = draft_of(browser, "approach", APPROACH)
    path = f"{draft}/easy-read"
    page = browser.open(path)
    assert "Write the sentence, then press" in page.text

    page = browser.submit(page, path, pictures="easy_read-0", **text(0, "We bake bread."))
    assert offered(page, 0) == ["bread"]
    presses = {one.get("value"): one.get("formaction", "")[1:] for one in page.all("button")}
    ids = {one.get("id") for one in page.root.iter()}
    assert presses["easy_read-0"] in ids, "the pictures are in sight, not the top of the page"
    assert "We bake bread." in words(page.find("ul", class_="easy-lines")), "as it will look"
    page = browser.submit(page, path, pictures="easy_read-0", **{"look-easy_read-0": "home"})
    assert offered(page, 0) == ["house"]
    page = browser.submit(page, path, go="enter", **{"look-easy_read-0": "loaf"})
    assert offered(page, 0) == ["bread"], "Enter in that box finds pictures"
    page = browser.submit(page, path, pictures="easy_read-0", **{"look-easy_read-0": "zebra"})
    assert "No picture for these words." in page.text
    page = browser.submit(page, path, pictures="easy_read-0", **picture(0, "house"))
    assert "No picture for these words." in page.text
    assert offered(page, 0) == ["house"], "the chosen one stays"
    page = browser.submit(
        page, path, add="easy_read", **text(0, "We bake bread."), **picture(0, "bread")
    )
    assert presses["easy_read"] in {one.get("id") for one in page.root.iter()}
    browser.submit(page, path, go="later", **text(1, "Come in."), **picture(1, "house"))

    shown = browser.open(f"{draft}/check")
    assert "The Easy Read page" in shown.headings
    send(browser, draft)
    document = parse(session.scalars(select(Submission)).one().text)
    lines = document.easy_read  # type: ignore[attr-defined]
    assert [(one.text, one.picture, one.alt) for one in lines] == [
        ("We bake bread.", "bread", "Bread"),
        ("Come in.", "house", "House"),
    ]


def test_pictures_come_while_somebody_types_but_never_under_a_choice(
    picture_set: Path, browser: Browser
) -> None:
    draft = draft_of(browser, "approach", APPROACH)
    path = f"{draft}/easy-read"
    page = browser.submit(browser.open(path), path, add="easy_read")

    def typing(**typed: str) -> str:
        """What htmx puts into the page while somebody types there."""
        values = page.form(path) | {"save": "typing"} | typed
        return browser.client.post(
            path, data=values, base_url=HOST, headers={"HX-Request-Type": "partial"}
        ).text

    first = typing(**text(0, "We bake bread."))
    assert 'hx-target="#pictures-easy_read-0"' in first
    assert 'value="bread"' in first
    assert "1 picture for your words." in first
    assert 'hx-target="#pictures-easy_read-1"' not in first  # nothing was typed there
    same = typing(**text(0, "Bread we bake!"), **{"shown-easy_read-0": pictures.key("bake bread")})
    assert 'hx-target="#pictures-easy_read-0"' not in same
    chosen = typing(**text(0, "We hug."), **picture(0, "bread"))
    assert chosen.index('value="bread"') < chosen.index('value="people-hugging"')
    assert "1 sentence has its picture. 3 more sentences make it whole." in chosen
    assert "hx-partial" not in browser.open(path).text


def test_an_easy_read_version_is_done_with_four_sentences_and_may_be_sent_with_fewer(
    picture_set: Path, browser: Browser, session: Session
) -> None:
    draft = draft_of(browser, "approach", APPROACH)
    assert "Easy Read Can wait" in browser.open(draft).text
    two = text(0, "We bake bread.") | picture(0, "bread") | text(1, "Come in.")
    fill_any(browser, draft, "easy-read", two | picture(1, "house"))

    page = browser.open(draft)
    assert "Easy Read 2 more sentences" in page.text
    assert "All that is needed is there." in page.text
    page = browser.open(f"{draft}/easy-read")
    assert "2 sentences have their picture. 2 more sentences make it whole." in page.text
    page = browser.open(f"{draft}/check")
    assert "2 more sentences with a picture make it whole." in page.text

    four = text(2, "We eat.") | picture(2, "bread") | text(3, "Bye.") | picture(3, "house")
    fill_any(browser, draft, "easy-read", four)
    assert "Easy Read Done" in browser.open(draft).text
    path = f"{draft}/easy-read"
    browser.submit(browser.open(path), path, remove="easy_read-3")
    assert "Easy Read 1 more sentence" in browser.open(draft).text
    assert "more sentence" not in send(browser, draft).text
    document = parse(session.scalars(select(Submission)).one().text)
    assert len(document.easy_read) == 3  # type: ignore[attr-defined]


def test_a_picture_of_no_set_and_a_long_sentence_are_told_at_their_place(
    picture_set: Path, browser: Browser
) -> None:
    draft = draft_of(browser, "approach", APPROACH)

    page = fill(
        browser, draft, "easy-read", text(0, "We bake. " * 9) | picture(0, "../secret"), status=422
    )

    assert "Choose one of our pictures." in page.text
    fill_any(browser, draft, "easy-read", picture(0, "bread"))
    page = fill(browser, draft, "easy-read", {}, status=422)
    assert "this Easy Read sentence has 18 words" in page.text.replace("This", "this")


def text(row: int, words: str) -> dict[str, str]:
    return {f"easy_read-{row}-text": words}


def picture(row: int, name: str) -> dict[str, str]:
    return {f"easy_read-{row}-picture": name}


def offered(page: Page, row: int) -> list[str]:
    """Names of the pictures to choose from."""
    return [one.get("value", "") for one in page.all("input", name=f"easy_read-{row}-picture")]
