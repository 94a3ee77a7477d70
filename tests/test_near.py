"""Near: places and postcodes rank what is found, and never hide what could start here."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.search.query import Sort
from directory.search.whoosh_index import WhooshIndex
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.searching import an_entry, an_index, find, names


@pytest.fixture
def index(tmp_path: Path) -> WhooshIndex:
    """Two approaches; choirs in Leeds, York and Brixton, a shed in Bath."""
    return an_index(
        tmp_path,
        an_entry(an_approach(name="Community choirs"), slug="community-choirs"),
        an_entry(an_approach(name="Men's Sheds", strapline="Make and mend"), slug="mens-sheds"),
        a_place(name="Leeds"),
        a_place(name="York", lat=53.96, lon=-1.08, gss_code="E06000014"),
        a_service(name="Leeds Choir", place="leeds"),
        a_service(name="York Choir", place="york"),
        a_service(
            name="Brixton Choir",
            place=None,
            location={"lat": 51.4613, "lon": -0.1156, "label": "Hall"},
        ),
        a_service(
            name="Bath Shed",
            summary="A shed.",
            approach=["mens-sheds"],
            place=None,
            service_area=["Bath"],
        ),
    )


def services(index: WhooshIndex, **asked: object) -> list[str]:
    return names(find(index, kind=("service",), **asked))  # type: ignore[arg-type]


def test_services_come_in_order_of_distance(index: WhooshIndex):
    assert services(index, near="Leeds") == [
        "Leeds Choir", "York Choir", "Bath Shed", "Brixton Choir",
    ]  # fmt: skip
    assert services(index, near="York")[:2] == ["York Choir", "Leeds Choir"]
    assert services(index, near="SW9")[0] == "Brixton Choir"


def test_distances_are_in_miles(index: WhooshIndex):
    hits = find(index, kind=("service",), near="LS7 4").hits
    assert hits[0].miles == pytest.approx(1.5, abs=0.6)
    assert hits[1].miles == pytest.approx(21, abs=2)


def test_near_services_come_first_then_approaches_that_could_start_here(index: WhooshIndex):
    found = names(find(index, "choir", near="York"))
    assert found[:3] == ["York Choir", "Leeds Choir", "Community choirs"]
    assert found[-1] == "Brixton Choir"


@pytest.fixture
def sheds(tmp_path: Path) -> WhooshIndex:
    """Sheds near Brixton and far from it, with the organisations and places that speak of them."""
    near = {"place": None, "location": {"lat": 51.4613, "lon": -0.1156, "label": "Hall"}}
    return an_index(
        tmp_path,
        an_entry(an_approach(name="Men's Sheds", summary="A shed."), slug="mens-sheds"),
        a_place(name="Leeds", summary="Here is a shed, a shed, and a shed."),
        a_place(name="Lambeth", summary="A shed.", lat=51.46, lon=-0.12, gss_code="E09000022"),
        a_service(name="Brixton Shed", approach=["mens-sheds"], organization="brixton", **near),
        a_service(name="Leeds Shed", approach=["mens-sheds"], place="leeds", organization="leeds"),
        a_service(name="York shed of all", place=None, service_area=["York"], organization="all"),
        a_service(name="Shed by telephone", place=None, service_area=["Anywhere"]),
        a_service(name="Nothing like it", summary="Tea.", organization="all", **near),
        an_entry(an_organization(name="The Brixton Shed trust"), slug="brixton"),
        an_entry(an_organization(name="Shed, shed, shed of Leeds"), slug="leeds"),
        an_entry(an_organization(name="The Sheds Association"), slug="all"),
    )


def test_what_is_far_away_does_not_stand_among_what_is_near(sheds: WhooshIndex):
    results = find(sheds, "shed near SW9")
    here, approach, *anywhere, york, leeds, of_leeds = names(results)

    assert (here, approach) == ("Brixton Shed", "Men's Sheds")
    assert set(anywhere) == {
        "The Brixton Shed trust", "The Sheds Association", "Shed by telephone", "Lambeth",
    }  # fmt: skip
    assert {york, leeds, of_leeds} == {
        "York shed of all", "Leeds Shed", "Shed, shed, shed of Leeds",
    }  # fmt: skip
    places = results.choice("kind", "place")
    assert places is not None
    assert places.count == find(sheds, "shed near SW9", kind=("place",)).total == 1


def test_a_place_far_away_is_found_where_it_is_named(sheds: WhooshIndex):
    assert "Leeds" in names(find(sheds, "shed leeds", near="SW9"))
    assert "Leeds" not in names(find(sheds, "shed", near="SW9"))
    assert "Leeds" in names(find(sheds, "shed"))


def test_the_page_of_a_place_answers_its_name_alone(sheds: WhooshIndex):
    assert names(find(sheds, "leeds"))[0] == "Leeds"
    assert names(find(sheds, "in Leeds"))[0] == "Leeds"
    assert names(find(sheds, "shed leeds"))[0] == "Leeds Shed"


def test_a_place_hides_no_approach(index: WhooshIndex):
    everywhere = find(index, kind=("approach",)).total
    assert find(index, kind=("approach",), near="Glasgow").total == everywhere
    assert find(index, kind=("approach",), near="Glasgow", within=1).total == everywhere


def test_a_distance_leaves_out_services_that_are_further(index: WhooshIndex):
    assert services(index, near="Leeds", within=25) == ["Leeds Choir", "York Choir"]
    assert services(index, near="Leeds", within=10) == ["Leeds Choir"]


def test_an_approach_shows_its_nearest_service(index: WhooshIndex):
    (choirs,) = [hit for hit in find(index, "choir", near="Leeds").hits if hit.kind == "approach"]
    assert choirs.nearest is not None
    assert (choirs.nearest.name, choirs.nearest.place) == ("Leeds Choir", "Leeds")
    assert choirs.nearest.is_inside


def test_ended_services_are_nobodys_nearest(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_entry(an_approach(), slug="community-choirs"),
        a_place(),
        a_service(name="Old Choir", status="ended"),
        a_service(name="York Choir", place=None, service_area=["York"]),
    )
    (choirs,) = find(index, kind=("approach",), near="Leeds").hits
    assert choirs.nearest is not None
    assert choirs.nearest.name == "York Choir"


def test_approaches_that_happen_here_come_higher(index: WhooshIndex):
    assert names(find(index, kind=("approach",), near="Bath"))[0] == "Men's Sheds"
    assert names(find(index, kind=("approach",), near="Leeds"))[0] == "Community choirs"


def test_how_many_ideas_happen_here_already(index: WhooshIndex):
    assert find(index, near="Leeds").inside == 1
    assert find(index, near="SW9").inside == 1
    assert find(index, near="Glasgow").inside == 0


def test_a_council_is_an_area_and_all_in_it_is_inside(index: WhooshIndex):
    hits = {hit.name: hit for hit in find(index, kind=("service",), near="Lambeth").hits}
    assert hits["Brixton Choir"].is_inside
    assert not hits["Leeds Choir"].is_inside


def test_sorted_by_distance_an_approach_is_where_its_nearest_service_is(index: WhooshIndex):
    found = names(
        find(index, "choir", near="York", sort=Sort.NEAREST, kind=("service", "approach"))
    )
    assert found[0] in {"York Choir", "Community choirs"}
    assert found[-1] == "Brixton Choir"


def test_an_ambiguous_name_offers_the_choice_and_results_from_everywhere(index: WhooshIndex):
    results = find(index, "choir", near="Newport")
    assert results.place is not None
    assert results.place.is_ambiguous
    assert [spot.near for spot in results.place.choices][:2] == [
        "Newport, Wales", "Newport, Isle of Wight",
    ]  # fmt: skip
    assert results.total == find(index, "choir").total


def test_an_unknown_place_says_so_and_guesses(index: WhooshIndex):
    place = find(index, "choir", near="Todmordon").place
    assert place is not None
    assert place.spot is None
    assert place.is_guess
    assert [spot.name for spot in place.choices] == ["Todmorden"]
    nowhere = find(index, "choir", near="Qqqqq").place
    assert nowhere is not None
    assert (nowhere.spot, nowhere.choices) == (None, ())


@pytest.mark.parametrize(
    ("q", "spot"),
    [
        ("choir in leeds", "Leeds"),
        ("choir near SW9", "SW9"),
        ("choir ls7 4", "LS7 4"),
        ("choir leeds", "Leeds"),
        ("leeds choir", "Leeds"),
        ("choirs close to st albans please", "St Albans"),
        ("choir bt1", "BT1"),
    ],
)
def test_a_place_inside_the_question_is_seen(index: WhooshIndex, q: str, spot: str):
    results = find(index, q)
    assert results.place is not None
    assert results.place.spot is not None
    assert results.place.spot.name == spot
    assert results.place.in_question
    assert "Community choirs" in names(results)


@pytest.mark.parametrize(
    "q", ["reading group", "bath chairs", "wells and springs", "choir for beginners", "number 10"]
)
def test_everyday_words_are_no_places(index: WhooshIndex, q: str):
    assert find(index, q).place is None


def test_a_word_that_is_both_is_a_place_after_in_and_stays_a_word(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Book clubs", everyday_words=["help with reading"]),
        a_service(name="Reading Shed", place=None, service_area=["Reading"]),
    )
    results = find(index, "help in reading")
    assert results.place is not None
    assert results.place.spot is not None
    assert "Book clubs" in names(results)


def test_a_place_that_was_seen_can_be_taken_away(index: WhooshIndex):
    results = find(index, "choir leeds")
    assert results.place is not None
    again = index.find(results.query.taking_away(results.place.typed))
    assert again.place is None
    assert again.query.q == "choir leeds"


def test_only_my_words_sees_no_place(index: WhooshIndex):
    assert find(index, "choir leeds", own_words=True).place is None


def test_a_question_that_is_only_a_place_finds_what_is_there(index: WhooshIndex):
    assert "Leeds Choir" in names(find(index, "leeds"))
    elsewhere = find(index, "todmorden")
    assert elsewhere.total > 0
    assert names(elsewhere)[0] in {"Leeds Choir", "York Choir", "Community choirs", "Men's Sheds"}


def test_near_me_without_a_place_asks_for_one(index: WhooshIndex):
    results = find(index, "choir near me")
    assert results.wants_place
    assert "Community choirs" in names(results)
    assert not find(index, "choir near me", near="Leeds").wants_place


def test_without_tables_of_places_the_search_still_finds(tmp_path: Path, index: WhooshIndex):
    (tmp_path / "geo.sqlite").unlink()
    results = find(index, "choir", near="Leeds")
    assert results.place is not None
    assert (results.place.spot, results.place.choices) == (None, ())
    assert "Community choirs" in names(results)
