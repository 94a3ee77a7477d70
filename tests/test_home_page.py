"""The front page: the question inside the rainbow, the same as a list, true counts, help first."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from xml.etree.ElementTree import Element

from flask import Flask, render_template

from directory.entries.catalogue import Entry
from directory.entries.documents import Approach
from directory.entries.slugs import slugify
from directory.pages.front_page import front_page
from directory.vocabulary.terms import Kind, Moment
from tests.builders import a_place, a_service, an_approach, an_id
from tests.conftest import NOW
from tests.house_rules import Browser, Page, words

SVG = "{http://www.w3.org/2000/svg}"

Publish = Callable[..., list[Entry]]


def by_class(page: Page, name: str) -> list[Element]:
    return [one for one in page.root.iter() if name in one.get("class", "").split()]


def patches(page: Page) -> list[str]:
    return [one.get("aria-label", "") for one in by_class(page, "rainbow__patch")]


def listed(page: Page) -> list[str]:
    return [words(one) for one in by_class(page, "entry-line__name")]


def moment(page: Page, key: str) -> Element:
    return page.find("details", id=key)


def an_entry(document: Approach) -> Entry:
    """The entry that publishing `document` would make."""
    slug = slugify(document.name)
    return Entry(an_id(slug + document.moment), Kind.APPROACH, slug, document, "", 1, NOW, NOW)


def test_the_page_asks_what_would_make_life_better(browser: Browser):
    page = browser.open("/")

    assert page.heading == "What would make life better?"
    form = by_class(page, "rainbow__form")[0]
    assert form.get("action") == "/search"
    assert [field.get("name") for field in form.iter("input")] == ["q", "near"]


def test_every_approach_is_on_the_rainbow_and_in_the_list(publish: Publish, browser: Browser):
    publish(
        an_approach(name="Community choirs"),
        an_approach(name="Homeshare", moment="everyday-support"),
    )

    page = browser.open("/")

    assert sorted(patches(page)) == ["Community choirs", "Homeshare"]
    assert listed(page) == ["Community choirs", "Homeshare"]
    assert "Staying well 1" in page.text
    assert "Everyday support 1" in page.text


def test_a_new_approach_is_there_at_the_next_look(publish: Publish, browser: Browser):
    publish(an_approach(name="Community choirs"))
    assert listed(browser.open("/")) == ["Community choirs"]

    publish(an_approach(name="Bike library"))

    assert listed(browser.open("/")) == ["Bike library", "Community choirs"]


def test_a_renamed_approach_keeps_its_patch_of_cloth(publish: Publish, browser: Browser):
    [before] = publish(an_approach(name="Choirs"))
    drawn = browser.open("/").root.find(f".//{SVG}symbol[@id='b0']")
    publish(an_approach(name="Singing for all", id=before.id), slug="choirs")

    again = browser.open("/").root.find(f".//{SVG}symbol[@id='b0']")

    assert drawn is not None
    assert again is not None
    assert [path.get("d") for path in again.iter(f"{SVG}path")] == [
        path.get("d") for path in drawn.iter(f"{SVG}path")
    ]


def test_without_a_script_the_picture_leaves_keyboard_and_reader_to_the_list(
    publish: Publish, browser: Browser
):
    publish(an_approach(name="Community choirs", strapline="Sing with your neighbours"))

    page = browser.open("/")

    picture = by_class(page, "rainbow__arcs")[0]
    assert picture.get("aria-hidden") == "true"
    assert {one.get("tabindex") for one in by_class(page, "rainbow__patch")} == {"-1"}
    assert "Each patch is an approach. The list below has them all." in page.text
    assert page.links()["Skip to the same as a list"] == "#list"
    assert page.find("h2", id="list") is not None


def test_what_is_known_in_most_places_is_listed_first(publish: Publish, browser: Browser):
    publish(
        an_approach(name="Aardvark walks"),
        an_approach(name="Men’s Sheds"),
        a_place(name="Leeds"),
        a_place(name="York", gss_code=None),
        a_service(name="Shed Leeds", approach=["mens-sheds"], place="leeds"),
        a_service(name="Shed York", approach=["mens-sheds"], place="york"),
    )

    assert listed(browser.open("/")) == ["Men’s Sheds", "Aardvark walks"]


def test_after_five_of_a_moment_the_others_fold_and_stay_on_the_page(
    publish: Publish, browser: Browser
):
    publish(*(an_approach(name=f"Approach {letter}") for letter in "ABCDEFG"))

    page = browser.open("/")

    inner = moment(page, "staying-well").find(".//details")
    assert inner is not None
    assert words(inner[0]) == "All 7 for staying well"
    assert len(listed(page)) == 7
    assert len(list(inner.iter("li"))) == 2


def test_a_full_arc_says_how_many_of_how_many_it_shows(publish: Publish, browser: Browser):
    publish(*(an_approach(name=f"Safe haven {n}", moment="crisis") for n in range(20)))

    page = browser.open("/")

    assert len(patches(page)) == 18
    assert "Crisis 18 of 20" in page.text
    assert len(listed(page)) == 20


def test_a_full_arc_shows_what_was_checked_last():
    documents = [
        *(an_approach(name=f"Old {n}", moment="crisis") for n in range(18)),
        an_approach(name="Checked", moment="crisis", assured_date="2026-11-03"),
    ]

    crisis = front_page([an_entry(document) for document in documents], {}).arcs[-1]

    assert "Checked" in [one.patch.name for one in crisis.laid if one.patch]


def test_crisis_leads_with_help_first(publish: Publish, browser: Browser):
    publish(an_approach(name="Crisis cafes", moment="crisis"))

    page = browser.open("/")

    label = by_class(page, "rainbow__labels")[0][-1]
    assert words(label) == "Help first Crisis 1"
    links = list(moment(page, "crisis").iter("a"))
    assert [link.get("href") for link in links] == ["/help-now", "/approaches/crisis-cafes"]


def test_each_cloth_counts_the_approaches_of_its_part_of_life(publish: Publish, browser: Browser):
    publish(
        an_approach(name="Homeshare", support_area=["home", "accommodation"]),
        an_approach(name="Befriending", support_area=["home"]),
    )

    strips = [words(one) for one in by_class(browser.open("/"), "cloth-strip")]

    assert strips[0] == "At home Help to live well in your own place. 2 approaches"
    assert strips[1].endswith("1 approach")
    assert strips[4].endswith("0 approaches")


def test_an_empty_directory_shows_bare_cloth_and_no_error(browser: Browser):
    page = browser.open("/")

    assert patches(page) == []
    assert words(moment(page, "staying-well")) == "Staying well Bare cloth so far."


def test_the_name_of_a_place_leads_to_its_page(publish: Publish, browser: Browser):
    publish(a_place(name="Leeds"))

    answer = browser.open("/?place=leeds", status=303, follow=False)

    assert answer.headers["Location"] == "/places/leeds"


def test_a_place_that_nobody_knows_is_told_at_the_field_with_what_to_do(browser: Browser):
    page = browser.open("/?place=Nowhere+at+all")

    assert "We do not know “Nowhere at all”." in page.text
    field = page.find("input", id="place")
    assert field.get("value") == "Nowhere at all"
    assert field.get("aria-describedby") == "place-error"


def test_typed_words_come_back_as_words(browser: Browser):
    page = browser.open('/?place="><script>alert(1)</script>')

    assert not [one for one in page.all("script") if "alert" in (one.text or "")]
    assert "alert(1)" in page.find("input", id="place").get("value", "")


def test_the_page_may_be_kept_for_a_minute_and_sets_no_cookie(browser: Browser):
    page = browser.open("/")

    assert page.headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in page.headers


def test_the_whole_collection_makes_a_light_page(app: Flask):
    documents = [
        an_approach(name=f"Approach number {n}", moment=moment, support_area=["home"])
        for n in range(18)
        for moment in Moment
    ]

    with app.test_request_context("/", base_url="http://kith.test"):
        front = front_page([an_entry(document) for document in documents], {})
        page = render_template("home/show.html", front=front, your_place=None)

    assert len(gzip.compress(page.encode())) < 20_000


def test_the_page_travels_small(browser: Browser):
    answer = browser.client.get(
        "/", base_url="http://kith.test", headers={"Accept-Encoding": "br, gzip"}
    )

    assert answer.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in answer.headers["Vary"]
