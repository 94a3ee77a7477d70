"""/widgets/: choose what to show on your own site, copy one line."""

from __future__ import annotations

import html5lib
import pytest

from directory.networks import builds, code, colours
from directory.networks.code import Choice
from directory.networks.rules import Rules
from tests.builders import an_approach
from tests.house_rules import HOST, words


def lines(page):
    """The lines to copy: the widget's first, the plain link last."""
    return [words(one) for block in page.all("pre") for one in block.iter("code")]


def attributes(line):
    """The attributes of the widget in `line`."""
    root = html5lib.parse(line, namespaceHTMLElements=False)
    [widget] = root.iter("kith-search")
    return widget.attrib


def test_without_any_choice_there_is_a_line_to_copy(browser):
    page = browser.open("/widgets/")

    script, pinned, frame, address, link = lines(page)
    assert script == (
        '<script type="module" src="http://kith.test/embed/v1/widget.js"></script>'
        '<kith-search><a href="http://kith.test/search">Search Kith</a></kith-search>'
    )
    build = builds.newest()
    assert pinned == (
        f'<script type="module" src="http://kith.test{build.path}" '
        f'integrity="{build.integrity}" crossorigin="anonymous"></script>'
    )
    assert link == '<a href="http://kith.test/search">Search Kith</a>'
    assert address == "http://kith.test/search"
    assert frame == (
        '<iframe src="http://kith.test/embed/v1/frame" title="Search Kith" width="100%" '
        'height="480" loading="lazy"></iframe>'
        '<script type="module" src="http://kith.test/embed/v1/height.js"></script>'
    )


def test_every_choice_is_in_the_line_and_still_in_the_form(browser):
    chosen = (
        "show=list&heading=Near+you&near=LS7&q=choir&kind=service&support_area=home&limit=5"
        "&sort=latest"
    )

    page = browser.open(f"/widgets/?{chosen}")

    assert attributes(lines(page)[0]) == {
        "show": "list",
        "heading": "Near you",
        "near": "LS7",
        "q": "choir",
        "kind": "service",
        "support_area": "home",
        "sort": "latest",
        "limit": "5",
    }
    assert page.form("/widgets/") == {
        "show": ["list"],
        "entry": "",
        "heading": "Near you",
        "near": "LS7",
        "q": "choir",
        "kind": ["service"],
        "support_area": ["home"],
        "sort": ["latest"],
        "limit": ["5"],
        "theme": [""],
        "text": "",
        "ground": "",
        "accent": "",
        "on_accent": "",
        "behind": "#ffffff",
    }


def test_colours_are_told_in_words_and_shown_before_anything_is_copied(browser):
    page = browser.open("/widgets/?text=%23777777&ground=fff&behind=%23003366&theme=light")

    assert "Words: too faint: 4.5 to 1" in page.text
    assert "kith-search{--kith-text:#777777;--kith-bg:#ffffff;" in page.text
    frames = page.all("iframe")
    assert [frame.get("width") for frame in frames] == ["320", "480", "760"]
    framed = browser.client.get(frames[0].get("src"), base_url=HOST)
    assert framed.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
    assert '<kith-search theme="light"' in framed.text
    styles = browser.client.get(
        f"/widgets/preview.css?{frames[0].get('src').partition('?')[2]}", base_url=HOST
    )
    assert "background:#003366" in styles.text
    assert "--kith-text:#777777" in styles.text
    bad = browser.client.get("/widgets/preview.css?behind=}body{&text=x", base_url=HOST).text
    assert "}body{&" not in bad


def test_one_colour_brings_the_others_with_it_so_that_no_device_mixes_in_another():
    chosen = code.properties(Choice(ground="#002200"))

    assert chosen["--kith-text"] == chosen["--kith-link"] == colours.USUAL["text"]
    assert set(chosen) == {
        "--kith-text", "--kith-bg", "--kith-accent", "--kith-on-accent", "--kith-link",
    }  # fmt: skip
    assert code.properties(Choice()) == {}


def test_one_entry_is_shown_by_its_address_or_its_name(publish, open_network, browser):
    publish(an_approach(), an_approach(name="Homeshare", support_area=["home"]))
    open_network(Rules(support_area=("home",)))

    asked = browser.open("/widgets/?show=entry")
    unknown = browser.open("/widgets/?show=entry&entry=Chess")
    named = browser.open("/widgets/?show=entry&entry=community+choirs&q=sing&near=Leeds")
    pasted = browser.open("/widgets/?show=entry&entry=http://kith.test/approaches/homeshare")
    outside = browser.open(
        "/widgets/?show=entry&entry=approaches/community-choirs&network=dale-valley"
    )

    assert "Say which entry" in asked.text
    assert not asked.all("pre")
    assert unknown.title.startswith("Error: ")
    assert unknown.form("/widgets/")["entry"] == "Chess"
    assert not outside.all("pre")
    assert attributes(lines(named)[0]) == {"show": "entry", "entry": "approaches/community-choirs"}
    assert lines(named)[-1] == (
        '<a href="http://kith.test/approaches/community-choirs">Community choirs on Kith</a>'
    )
    assert lines(pasted)[3] == "http://kith.test/approaches/homeshare"
    frame = html5lib.parse(lines(pasted)[2], namespaceHTMLElements=False).find(".//iframe")
    framed = browser.open(frame.get("src").removeprefix("http://kith.test"))
    assert framed.heading == "Homeshare"


def test_a_part_that_htmx_asked_for_is_only_what_was_made(browser):
    part = browser.open("/widgets/?heading=Hello", HX_Request_Type="partial")

    assert 'heading="Hello"' in part.text
    assert not part.all("form")


def test_the_plain_link_makes_the_same_search(browser):
    page = browser.open("/widgets/?q=choir&near=Leeds&kind=service")

    assert "http://kith.test/search?q=choir&near=Leeds&kind=service" in lines(page)[-1].replace(
        "&amp;", "&"
    )


@pytest.mark.parametrize("bad", ["network=a%00", "entry=%00", "entry=approaches/%00"])
def test_signs_that_no_name_has_are_told_at_their_field(bad, browser):
    page = browser.open(f"/widgets/?show=entry&{bad}")

    assert page.title.startswith("Error:") or "network" in bad


@pytest.mark.parametrize("bad", ["kind=secret", "limit=1000", "support_area=x", "show=x"])
def test_what_is_not_on_a_list_is_left_out(bad, browser):
    assert attributes(lines(browser.open(f"/widgets/?{bad}"))[0]) == {}


def test_what_somebody_types_cannot_become_code(browser):
    page = browser.open('/widgets/?heading="><script>alert(1)</script>')

    assert attributes(lines(page)[0]) == {"heading": '"><script>alert(1)</script>'}


def test_a_full_postcode_is_cut_to_its_sector(browser):
    page = browser.open("/widgets/?near=LS7+4HB")

    assert attributes(lines(page)[0]) == {"near": "LS7 4"}


def test_the_page_is_linked_from_every_page(browser):
    assert browser.open("/").links()["On your own site"] == "/widgets/"


def test_the_frame_and_the_address_show_what_was_chosen(publish, browser):
    publish(
        an_approach(),
        an_approach(name="Repair cafes", strapline="Mend it", summary="Mend.", body=""),
    )

    page = browser.open("/widgets/?show=list&q=choirs&limit=5&heading=Sing")
    frame = html5lib.parse(lines(page)[2], namespaceHTMLElements=False).find(".//iframe")
    framed = browser.open(frame.get("src").removeprefix("http://kith.test"))

    assert framed.heading == "Sing"
    assert [words(one) for one in framed.all("a", class_="frame__name")] == ["Community choirs"]
    assert lines(page)[3] == "http://kith.test/search?q=choirs"


def test_a_button_to_share_needs_no_frame(browser):
    page = browser.open("/widgets/?show=propose")

    script, _pinned, link = lines(page)
    assert link == '<a href="http://kith.test/submit/">Share what you do on Kith</a>'
    assert attributes(script) == {"show": "propose"}
