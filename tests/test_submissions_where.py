"""Where it happens: a town, a council area or a postcode, and only as exact as its people want."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.entries.documents import Service
from directory.places.gazetteer import Gazetteer
from directory.submissions import proposing
from directory.submissions.models import Submission
from directory.submissions.whereabouts import nearest_town, understand
from tests.builders import a_place, an_approach
from tests.house_rules import HOST, Browser, words
from tests.places import a_gazetteer
from tests.proposing import SERVICE, begin, draft_of, fill, send


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer(a_gazetteer(tmp_path_factory.mktemp("places") / "geo.sqlite"))


def test_a_postcode_is_kept_as_its_sector_and_never_as_a_house(places: Gazetteer) -> None:
    where = understand(places, "ls7 4hb")

    assert where
    assert (where.name, where.area) == ("LS7 4, Leeds", "Leeds")
    assert where.point
    assert where.point.label == "near LS7 4"
    next_street = understand(places, "LS7 4HD")
    assert next_street
    assert (next_street.name, next_street.point) == (where.name, where.point)


def test_the_card_shows_no_more_of_a_postcode_than_its_sector(browser: Browser) -> None:
    draft = begin(browser, "service", "Harehills Singers", place="ls8 5aa")

    card = words(browser.open(f"{draft}/where").find("div", class_="live-card__card"))

    assert "LS8 5" in card
    assert "5aa" not in card.lower()


def test_a_name_keeps_no_point_and_namesakes_are_to_choose_from(places: Gazetteer) -> None:
    todmorden, newport = understand(places, " Todmorden "), understand(places, "Newport")

    assert todmorden
    assert (todmorden.name, todmorden.point) == ("Todmorden, Calderdale", None)
    assert newport
    assert len(newport.choices) > 1
    for choice in newport.choices:
        chosen = understand(places, choice)
        assert chosen
        assert chosen.name == choice
    assert understand(places, "Xyzzy") is None
    assert understand(None, "Leeds") is None


def test_a_point_on_a_map_is_named_in_words_that_mean_it_alone(places: Gazetteer) -> None:
    for typed in ("Todmorden", "Newport, Isle of Wight", "Leeds"):
        found = places.find(typed)
        assert found
        assert found.spot

        name = nearest_town(places, found.spot.lat + 0.001, found.spot.lon)

        again = understand(places, name)
        assert again
        assert again.name == name
        assert name.startswith(typed.partition(",")[0])
    assert nearest_town(places, 55.0, -12.0) == "", "far out at sea"
    assert nearest_town(None, 53.8, -1.5) == ""


def test_a_map_asks_what_lies_in_its_middle(browser: Browser, config: Config) -> None:
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    a_gazetteer(Path(config.geo_path))

    told = browser.client.get(
        "/submit/where.json?lat=53.71&lon=-2.1&box=-3,53,-1,54&zoom=8", base_url=HOST
    ).json

    assert told
    assert told["name"] == "Todmorden, Calderdale"
    assert "Leeds" in [one["name"] for one in told["towns"]]
    for wrong in ("", "?lat=x&lon=1&box=1,1,2,2", "?lat=nan&lon=1&box=1,1,2,2", "?lat=53&lon=1"):
        answer = browser.client.get(f"/submit/where.json{wrong}", base_url=HOST)
        assert answer.status_code == 400


def test_what_was_understood_is_told_and_kept(
    browser: Browser, session: Session, publish: object, config: Config
) -> None:
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    a_gazetteer(Path(config.geo_path))
    publish(an_approach(), a_place())  # type: ignore[operator]
    draft = draft_of(browser, "service", SERVICE)

    page = fill(browser, draft, "where", {"place": "Newport"}, status=422)

    assert "There is more than one Newport." in page.text
    (first, *others) = [
        button.get("value", "") for button in page.all("button") if button.get("name") == "swap"
    ]
    assert others
    path = f"{draft}/where"
    browser.send(path, browser.open(path).form(path) | {"swap": first})
    chosen = first.rpartition("|")[2]
    assert browser.open(path).find("input", name="place").get("value") == chosen
    page = fill(browser, draft, "where", {"place": "LS99 9ZZ"}, status=422)
    assert "We do not know this postcode." in page.text

    fill(browser, draft, "where", {"place": "LS7 4HB"})
    assert "Near LS7 4, Leeds." in browser.open(path).text
    send(browser, draft)

    kept = proposing.document_of(session.scalars(select(Submission)).one())
    assert isinstance(kept, Service)
    assert kept.location
    assert kept.location.label == "near LS7 4"
    assert (kept.place, kept.service_area) == ("leeds", [])
    assert "4HB" not in session.scalars(select(Submission.text)).one()
