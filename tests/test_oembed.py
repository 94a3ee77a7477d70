"""oEmbed: an address of ours, pasted into another site, becomes a quotation and a frame."""

from __future__ import annotations

from urllib.parse import quote

import html5lib
import pytest

from directory.networks.rules import Rules
from tests.builders import a_page, an_approach

CHOIRS = "http://kith.test/approaches/community-choirs"


def ask(machine, url, more="", **options):
    return machine.get(f"/oembed?url={quote(url, safe='')}{more}", **options)


def shown(answer):
    """The quotation's link and the frame of an answer."""
    root = html5lib.parse(answer["html"], namespaceHTMLElements=False)
    [link] = root.iter("a")
    [frame] = root.iter("iframe")
    return link, frame


def test_an_entry_becomes_a_quotation_with_a_link_and_a_frame(publish, machine):
    publish(an_approach())

    answer = ask(machine, CHOIRS)

    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert answer["title"] == "Community choirs"
    link, frame = shown(answer)
    assert link.get("href") == CHOIRS
    assert frame.get("title") == "Community choirs"
    assert frame.get("src") == (
        "http://kith.test/embed/v1/frame?entry=approaches%2Fcommunity-choirs"
    )


def test_only_what_wordpress_keeps_is_in_it(publish, machine):
    publish(an_approach())

    root = html5lib.parse(ask(machine, CHOIRS)["html"], namespaceHTMLElements=False)

    tags = {one.tag for one in root.find("body").iter()} - {"body"}
    assert tags == {"blockquote", "a", "iframe"}


def test_a_search_becomes_a_list_of_its_results(publish, machine):
    publish(an_approach())

    answer = ask(machine, "http://kith.test/search?q=choir&near=Leeds")

    assert answer["title"] == "choir: Kith"
    _link, frame = shown(answer)
    assert frame.get("src") == ("http://kith.test/embed/v1/frame?q=choir&near=Leeds&show=list")


def test_the_page_of_a_network_becomes_a_list_of_what_it_chose(
    publish, open_network, machine, browser
):
    publish(an_approach(), an_approach(name="Homeshare", support_area=["home"]))
    network = open_network(Rules(support_area=("home",)))
    url = "http://kith.test/networks/dale-valley"

    answer = ask(machine, url)
    link, frame = shown(answer)

    assert (answer["title"], link.get("href")) == (network.name, url)
    framed = browser.open(frame.get("src").removeprefix("http://kith.test"))
    assert "Homeshare" in framed.text
    assert "Community choirs" not in framed.text
    page = browser.open("/networks/dale-valley").response.get_data(as_text=True)
    assert f"/oembed?url={url.replace(':', '%3A')}" in page
    ask(machine, "http://kith.test/networks/nobody", status=404)


def test_the_frame_is_no_bigger_than_asked_for(publish, machine):
    publish(an_approach())

    answer = ask(machine, CHOIRS, "&maxwidth=300&maxheight=150")

    assert (answer["width"], answer["height"]) == (300, 150)


@pytest.mark.parametrize(
    "url",
    [
        "http://kith.test/approaches/no-such-thing",
        "http://kith.test/accounts/sign-in",
        "http://kith.test/pages/about-kith",
        "http://kith.test.evil.example/approaches/community-choirs",
        "https://elsewhere.example/approaches/community-choirs",
        "http://kith.test/approaches/community\x00choirs",
        "http://kith.test/networks/dale\x00valley",
        "",
    ],
)
def test_other_addresses_are_not_shown(url, publish, machine):
    publish(an_approach(), a_page())

    ask(machine, url, status=404)


def test_only_json_is_spoken(publish, machine):
    publish(an_approach())

    ask(machine, CHOIRS, "&format=json")
    ask(machine, CHOIRS, "&format=xml", status=501)


def test_what_people_wrote_cannot_break_out_of_it(publish, machine):
    publish(an_approach(name='<b> "Choirs"', strapline="<script>alert(1)</script>"), slug="choirs")

    link, _frame = shown(ask(machine, "http://kith.test/approaches/choirs"))

    assert link.text == '<b> "Choirs"'


def test_pages_say_that_they_can_be_shown(publish, browser):
    publish(an_approach())

    for path in ("/approaches/community-choirs", "/search?q=choir"):
        [link] = browser.open(path).all("link", type="application/json+oembed")
        address = link.get("href").removeprefix("http://kith.test")
        assert browser.client.get(address, base_url="http://kith.test").status_code == 200
