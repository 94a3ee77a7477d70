"""The page of results, without and with htmx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from directory.config import Config
from directory.entries.documents import Location
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import HOST, Browser, Page, words
from tests.places import a_gazetteer

Publish = Callable[..., Any]


@pytest.fixture(autouse=True)
def places(config: Config) -> None:
    """The app knows a few places."""
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    a_gazetteer(config.geo_path)


@pytest.fixture
def choirs(publish: Publish) -> None:
    publish(
        an_approach(name="Community choirs", who_for=["anyone", "older-people"]),
        an_approach(
            name="Men's Sheds",
            strapline="Make and mend together",
            summary="A workshop to share.",
            support_area=["home"],
        ),
        a_place(),
        a_service(),
    )


def names(page: Page) -> list[str]:
    return [words(one) for one in page.all("h2", class_="entry-card__name")]


def asked(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def count_of(page: Page, name: str, value: str) -> int:
    """The count beside a tick box."""
    (label,) = page.all("label", for_=f"{name}-{value}")
    return int(words(label).split()[-1])


def test_a_search_answers_with_its_count_in_heading_and_title(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir")
    assert names(page) == ["Community choirs", "Harehills Singers"]
    assert page.heading == "1 idea"
    assert "and 1 more: where it happens" in page.text
    assert page.title == "2 results for choir · Kith"


def test_the_question_stays_in_its_fields(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&near=Leeds&who_for=anyone&sort=name")
    form = page.form("/search")
    assert (form["q"], form["near"]) == ("choir", "Leeds")
    (ticked,) = [box for box in page.all("input", name="who_for") if "checked" in box.attrib]
    assert (ticked.get("value"), ticked.get("form")) == ("anyone", "search")


def test_a_place_is_named_in_heading_chip_and_cards(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&near=leeds")
    assert page.heading == "1 idea, 1 of them already in Leeds"
    assert "In Leeds" in page.text
    assert "q=choir" in page.links()["Remove Leeds"]
    assert "near" not in asked(page.links()["Remove Leeds"])


def test_what_is_near_a_postcode_says_so_behind_its_place(publish: Publish, browser: Browser):
    near = Location(lat=53.812, lon=-1.52, label="near LS8 5")
    publish(an_approach(), a_place(), a_service(location=near))

    assert "In Leeds, near LS8 5" in browser.open("/search?q=singers&near=Leeds").text
    assert "Leeds, near LS8 5, about" in browser.open("/search?q=singers&near=York").text


def test_a_count_is_what_ticking_the_box_gives(choirs: None, browser: Browser):
    before = browser.open("/search?q=choir")
    after = browser.open("/search?q=choir&who_for=older-people")
    assert count_of(before, "who_for", "older-people") == len(names(after)) == 2
    assert after.links()["Remove Older people"] == "/search?q=choir"


def test_what_we_added_can_be_taken_away(publish: Publish, browser: Browser):
    publish(an_approach(name="Befriending", summary="A visitor for isolated people."))
    page = browser.open("/search?q=lonely")
    assert names(page) == ["Befriending"]
    assert asked(page.links()["Remove isolated"])["without"] == ["isolated"]
    mine = browser.open(page.links()["Only my words"])
    assert "Only your own words were looked for" in mine.text
    assert names(mine) == []


def test_a_full_postcode_is_cut_to_its_sector(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&near=ls7+4hb", follow=False, status=303)
    assert page.headers["Location"] == "/search?q=choir&near=LS7+4"
    page = browser.open("/search?q=choir+near+ls74hb", follow=False, status=303)
    assert page.headers["Location"] == "/search?q=choir+near+LS7+4"


def test_an_ambiguous_place_is_a_choice(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&near=newport")
    assert "Which newport do you mean?" in page.text
    assert asked(page.links()["Newport, Isle of Wight"])["near"] == ["Newport, Isle of Wight"]
    assert names(page)[0] == "Community choirs"
    chosen = browser.open(page.links()["Newport, Isle of Wight"])
    assert "Which" not in chosen.text


def test_an_unknown_place_says_so_and_still_shows_results(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&near=Todmordon")
    assert "We do not know a place called “Todmordon”" in page.text
    assert asked(page.links()["Todmorden, Calderdale"])["near"] == ["Todmorden"]
    assert names(page)[0] == "Community choirs"


def test_help_comes_before_any_result(choirs: None, browser: Browser):
    page = browser.open("/search?q=i want to end it all")
    html = page.html
    assert "tel:116123" in html
    assert "tel:999" in html
    if "entry-card" in html:
        assert html.index("tel:999") < html.index("entry-card")
    assert "tel:116123" not in browser.open("/search?q=choir").html


def test_nothing_found_is_no_dead_end(choirs: None, browser: Browser):
    page = browser.open("/search?q=xyzzy plugh&near=Leeds")
    assert page.heading == "Nothing for “xyzzy plugh” near Leeds yet"
    ways = [link for link in page.links().values() if link.startswith("/search?kind=approach")]
    assert len(ways) == 5


def test_nothing_found_with_filters_offers_to_take_them_away(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&support_area=home")
    assert "Nothing" in page.heading
    assert page.links()["Take all filters away"] == "/search?q=choir"


def test_nothing_found_offers_single_words_that_find(choirs: None, browser: Browser):
    page = browser.open('/search?q="workshop choirs"')
    assert names(page) == []
    assert names(browser.open(page.links()["choirs"])) != []


def test_did_you_mean(choirs: None, browser: Browser):
    page = browser.open("/search?q=worksop")
    assert page.links()["workshop"] == "/search?q=workshop"
    assert names(page) == ["Men's Sheds"]


def test_near_me_asks_where(choirs: None, browser: Browser):
    assert "Where are you?" in browser.open("/search?q=choir near me").text


@pytest.mark.parametrize(
    "path",
    ["/", "/search", "/approaches/community-choirs", "/services/", "/places/", "/places/leeds"],
)
def test_every_page_for_readers_can_search_everything(choirs: None, browser: Browser, path: str):
    page = browser.open(path)
    assert "/search" in [one.get("action") for one in page.all("form")]
    fields = [one for one in page.all("input") if one.get("type") == "search"]
    assert "q" in [one.get("name") for one in fields]


def test_a_point_gives_the_first_half_of_a_postcode_and_is_kept_nowhere(browser: Browser):
    answer = browser.client.get("/search/here?lat=53.82&lon=-1.53", base_url=HOST)
    assert (answer.status_code, answer.json) == (200, {"near": "LS7"})
    assert answer.headers["Cache-Control"] == "no-store"
    for elsewhere in ("lat=40&lon=-30", "lat=nan&lon=inf", "lat=x", "lat=1e999&lon=0", ""):
        answer = browser.client.get(f"/search/here?{elsewhere}", base_url=HOST)
        assert (answer.status_code, answer.json) == (404, {"near": ""})


@pytest.mark.parametrize("here", ["me", "near me", "Here", "my house"])
def test_near_me_in_the_field_for_a_place_asks_where_too(choirs: None, browser: Browser, here: str):
    page = browser.open(f"/search?q=choir&near={here}")
    assert "Where are you?" in page.text
    assert "We do not know a place" not in page.text
    assert names(page)[0] == "Community choirs"


def test_a_place_that_is_an_everyday_word_is_offered_as_both(publish: Publish, browser: Browser):
    publish(
        an_approach(name="Book clubs", everyday_words=["reading with others"]),
        an_approach(name="Choirs", everyday_words=["singing"]),
        a_place(name="Reading"),
    )
    page = browser.open("/search?q=reading")
    assert names(page) == ["Reading", "Book clubs"]
    near = page.links()["Everything near Reading"]
    assert asked(near) == {"near": ["Reading"]}
    assert "near Reading" in browser.open(near).heading

    page = browser.open("/search?q=choir Reading")
    assert asked(page.links()["“choir” near Reading"]) == {"q": ["choir"], "near": ["Reading"]}
    # Not where it is plainly a word, or plainly the place.
    for address in ("q=book reading", "q=choir in reading", "q=reading&near=Leeds"):
        assert "Do you mean the place?" not in browser.open(f"/search?{address}").text


def test_a_name_that_several_places_have_is_no_question_in_vain(choirs: None, browser: Browser):
    page = browser.open("/search?q=Newport")
    assert page.heading == "There are several places called Newport"
    assert asked(page.links()["Newport, Isle of Wight"])["near"] == ["Newport, Isle of Wight"]


def test_words_of_loss_are_looked_for_and_never_marked(publish: Publish, browser: Browser):
    publish(
        an_approach(name="Tea for two", everyday_words=["my husband died", "so lonely"]),
        an_approach(name="After a death", everyday_words=["alone", "bereaved"]),
    )
    page = browser.open("/search?q=lonely since my husband died")
    assert names(page) == ["Tea for two", "After a death"]
    assert [words(one) for one in page.all("mark")] == ["lonely", "alone"]
    assert "Remove bereaved" not in page.text
    assert [words(one) for one in browser.open("/search?q=husband").all("mark")] == ["husband"]


def test_others_of_a_family_are_found_without_a_word_about_it(publish: Publish, browser: Browser):
    publish(an_approach(name="Visits", everyday_words=["company for my dad"]))
    page = browser.open("/search?q=mum")
    assert names(page) == ["Visits"]
    assert "We also looked for" not in page.text
    assert page.all("mark") == []
    assert names(browser.open("/search?q=mum&words=mine")) == []


def test_further_pages_are_linked(publish: Publish, browser: Browser):
    publish(*(an_approach(name=f"Club {n:02}") for n in range(15)))
    page = browser.open("/search?q=club")
    assert "Showing 1 to 12 of 15" in page.text
    assert len(names(browser.open(page.links()["Next 3"]))) == 3


def test_htmx_gets_the_answer_alone_with_title_count_and_address(choirs: None, browser: Browser):
    page = browser.open("/search?q= choir &near=&page=1", HX_Request_Type="partial")
    assert "<html" not in page.html
    assert "<title>2 results for choir" in page.html
    assert '<hx-partial hx-target="#status">2 results</hx-partial>' in page.html
    assert page.headers["HX-Replace-Url"] == "/search?q=choir"
    assert "HX-Request-Type" in page.headers["Vary"]


def test_the_whole_page_has_one_status_line(choirs: None, browser: Browser):
    assert len(browser.open("/search?q=choir").all("p", role="status")) == 1


def test_suggestions_are_options_and_plain_values(choirs: None, browser: Browser):
    options = browser.open("/suggest?q=cho").all("li", role="option")
    assert words(options[0]) == "Community choirs Approach"
    assert options[0].get("data-href") == "/approaches/community-choirs"
    answer = browser.client.get("/suggest.json?q=cho", base_url="http://kith.test")
    assert answer.json[0]["words"] == "Community choirs"
    assert browser.open("/suggest?q=").html.strip() == ""


def test_suggestions_know_places(choirs: None, browser: Browser):
    found = [one.get("data-words") for one in browser.open("/suggest?q=choir in lee").all("li")]
    assert "choir in Leeds" in found


def test_each_card_says_why_it_is_there(choirs: None, browser: Browser) -> None:
    page = browser.open("/search?q=choir")

    why = [words(one) for one in page.all("p", class_="entry-card__why")]
    assert why == [
        "Matches: choir",
        "Matches: choir",
    ]
    assert [words(one) for one in page.all("mark")] == ["choir", "choir"]
    assert browser.open("/search").all("p", class_="entry-card__why") == []
