"""The page that other sites frame: for those that take no scripts."""

from __future__ import annotations

import pytest

from directory.networks import collection
from directory.networks.models import Hand
from directory.networks.rules import Rules
from directory.search import NotReady
from directory.search.whoosh_index import WhooshIndex
from tests.builders import a_place, a_service, an_approach
from tests.conftest import NOW
from tests.house_rules import HOST, words
from tests.places import a_gazetteer


def results(page):
    return [words(one) for one in page.all("a", class_="frame__name")]


def test_a_box_searches_inside_its_frame_and_links_lead_out_of_it(publish, browser):
    publish(an_approach())
    page = browser.open("/embed/v1/frame")
    assert results(page) == []

    page = browser.open("/embed/v1/frame?q=choir&asked=1")

    assert page.find("base").get("target") == "_top"
    assert page.find("form").get("target") == "_self"
    assert results(page) == ["Community choirs"]
    assert page.links()["Search on Kith"] == "http://kith.test/search?q=choir"


def test_any_site_may_frame_it_and_it_knows_no_session(publish, browser):
    publish(an_approach())
    browser.client.set_cookie("session", "anything", domain="kith.test")

    page = browser.open("/embed/v1/frame?q=choir")

    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
    assert "Cookie" not in page.headers.get("Vary", "")
    assert page.headers["Cache-Control"] == "public, max-age=300"
    assert page.all("form", method="post") == []


def test_no_other_page_may_be_framed(publish, browser):
    publish(an_approach())

    for path in ("/", "/search?q=choir", "/approaches/community-choirs", "/widgets/"):
        assert "frame-ancestors 'none'" in browser.open(path).headers["Content-Security-Policy"]


def test_a_list_is_there_at_once_and_has_no_box(publish, browser):
    publish(*(an_approach(name=f"Choir {number}") for number in range(8)))

    page = browser.open("/embed/v1/frame?show=list&q=choir&limit=5&heading=Sing")

    assert page.heading == "Sing"
    assert len(results(page)) == 5
    assert page.all("form") == []
    assert "All 8 on Kith" in page.links()


def test_one_entry_stands_alone(publish, browser):
    publish(an_approach(), an_approach(name="Homeshare"))

    page = browser.open("/embed/v1/frame?entry=approaches/homeshare")

    assert results(page) == ["Homeshare"]
    assert page.heading == "Homeshare"


def test_what_the_host_chose_is_kept_from_search_to_search(publish, config, browser):
    a_gazetteer(config.geo_path)
    publish(an_approach(), a_place(), a_service())
    page = browser.open("/embed/v1/frame?near=Leeds&kind=service&heading=Near+you")

    sent = page.form("/embed/v1/frame") | {"q": "singers"}
    again = browser.open(
        "/embed/v1/frame?" + "&".join(f"{name}={value}" for name, value in sent.items())
    )

    assert page.all("input", id="near") == []
    assert again.form("/embed/v1/frame") == sent
    assert results(again) == ["Harehills Singers"]
    assert "In Leeds" in again.text


def test_a_place_that_the_reader_chose_stays_theirs_to_change(publish, config, browser):
    a_gazetteer(config.geo_path)
    publish(an_approach())

    page = browser.open("/embed/v1/frame?q=choir&near=York&asked=1")

    assert page.find("input", id="near").get("value") == "York"


def test_help_comes_before_any_result(publish, browser):
    publish(an_approach())

    page = browser.open("/embed/v1/frame?q=i+want+to+die+choir&asked=1")

    main = words(page.find("main"))
    assert main.index("116 123") < main.index("Community choirs")


def test_an_unknown_network_gets_words_and_a_way_on_but_no_entry(publish, browser):
    publish(an_approach())

    page = browser.open("/embed/v1/frame?show=list&network=nobody", status=404)

    assert results(page) == []
    assert "This cannot be shown just now." in page.text
    assert "frame-ancestors *" in page.headers["Content-Security-Policy"]


def test_while_the_search_is_built_the_frame_says_so(publish, browser, monkeypatch):
    def not_ready(*args, **kwargs):
        raise NotReady

    monkeypatch.setattr(WhooshIndex, "find", not_ready)

    assert "being rebuilt" in browser.open("/embed/v1/frame?q=choir", status=503).text


@pytest.mark.parametrize("bad", ["limit=x", "limit=-1", "limit=99999", "entry=%00", "show=x"])
def test_odd_questions_are_answered_all_the_same(bad, publish, browser):
    publish(an_approach())

    browser.open(f"/embed/v1/frame?q=choir&{bad}", status=404 if "entry" in bad else 200)


def test_a_frame_wears_the_colours_of_its_host_if_people_can_read_them(publish, browser):
    publish(an_approach())
    asked = "/embed/v1/frame?q=choir&text=%23000080&ground=fff&theme=dark"

    page = browser.open(asked)

    [styles] = [
        one.get("href") for one in page.all("link") if "frame.css" in (one.get("href") or "")
    ]
    rules = browser.client.get(styles, base_url=HOST)
    assert "--ink:#000080" in rules.text
    assert rules.headers["Content-Type"] == "text/css; charset=utf-8"
    assert page.root.get("data-theme") == "dark"
    assert page.form("/embed/v1/frame")["text"] == "#000080"
    faint = browser.open("/embed/v1/frame?text=%23777&ground=%23888")
    assert all("frame.css" not in (one.get("href") or "") for one in faint.all("link"))
    odd = browser.client.get("/embed/v1/frame.css?text=%7D*%7B", base_url=HOST)
    assert odd.text == ""


def test_what_a_network_says_stands_in_its_frame(publish, browser, session, open_network):
    (choirs,) = publish(an_approach())
    network = open_network(Rules(kind=("approach",)))
    collection.pick(session, network, choirs, Hand.KEPT, "Ask for Sam.", at=NOW)
    session.commit()

    for query in ("show=list", "entry=approaches/community-choirs"):
        page = browser.open(f"/embed/v1/frame?network=dale-valley&{query}&widget=abc")
        assert "Dale Valley Carers says: Ask for Sam." in page.text
        assert page.find("body").get("data-clicks") == "/embed/v1/widgets/abc/clicks"
    assert "Ask for Sam." not in browser.open("/embed/v1/frame?show=list").text
