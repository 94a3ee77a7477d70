"""Networks: asking, deciding, choosing, and what their slices show wherever they are asked for."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.accounts import people
from directory.api import keys
from directory.entries import publishing
from directory.entries.catalogue import Entry
from directory.networks import collection, colours, logo, origins, slices, team
from directory.networks.models import Hand, Network, Role, State
from directory.networks.rules import Rules
from directory.networks.slices import NoSuchNetwork
from directory.vocabulary.terms import SupportArea, WhoFor
from tests import services
from tests.builders import a_place, a_service, an_approach, an_organization
from tests.conftest import NOW
from tests.house_rules import HOST, Browser
from tests.machines import Machine
from tests.mailbox import Mailbox
from tests.moderating import signed_in
from tests.networking import Open, an_editor

Publish = Callable[..., list[Entry]]


def test_whoever_asks_confirms_an_admin_opens_it_and_they_choose(
    app: Flask, session: Session, browser: Browser, publish: Publish, mailbox: Mailbox
):
    admin = signed_in(app, session, "priya@example.org", "Priya")
    publish(an_approach(), an_approach(name="Homeshare", support_area=["home"]))

    page = browser.open("/networks/ask")
    asked = {"name": "Dale Valley Carers", "web_page": "dale-valley.example", "email": "jo@x"}
    page = browser.submit(page, "/networks/ask", status=422, **asked)
    assert page.title.startswith("Error:")
    assert page.form("/networks/ask")["name"] == "Dale Valley Carers"
    browser.submit(page, "/networks/ask", email="jo@dale-valley.example", why="Our carers.")
    link = mailbox.fetch("jo@dale-valley.example").link("/networks/confirm/")
    assert admin.open("/networks/waiting").heading == "No network asks"
    page = browser.open(link)
    browser.submit(page, link)
    browser.open(link, status=410)
    assert "Dale Valley Carers" in mailbox.fetch("priya@example.org").subject
    browser.open("/networks/dale-valley-carers", status=404)

    waiting = admin.open("/networks/waiting")
    action = next(
        f.get("action", "") for f in waiting.all("form") if "decision" in f.get("action", "")
    )
    admin.submit(waiting, action, status=422, outcome="decline", reason=" ")
    admin.submit(waiting, action, status=422, outcome="open", slug="Not An Address")
    assert "This is not an address of their site" not in waiting.text
    opened = admin.submit(waiting, action, outcome="open", slug="dale-valley")
    assert "Opened. They get a mail" in opened.text
    admin.send(action, waiting.form(action) | {"outcome": "open", "slug": "two"}, status=409)

    jo = by_mail(app, mailbox, "jo@dale-valley.example")
    desk = jo.open("/networks/mine")
    assert desk.heading == "Dale Valley Carers"
    rules = jo.open("/networks/dale-valley/desk/collection")
    action = "/networks/dale-valley/desk/collection"
    shown = jo.submit(rules, action, support_area="home", preview="1")
    assert "1 entry today" in shown.text
    assert "1 would come in" in shown.text
    assert "All of them" not in shown.text  # the same list twice
    jo.submit(shown, action, support_area="home")
    services.follow(app)
    page = browser.open("/networks/dale-valley")
    assert "Homeshare" in page.text
    assert "Community choirs" not in page.text


def by_mail(app: Flask, mailbox: Mailbox, email: str) -> Browser:
    """A browser in which whoever has that address signed in by a mailed link."""
    browser = Browser(app)
    page = browser.open("/accounts/sign-in")
    browser.submit(page, "/accounts/sign-in", email=email)
    link = mailbox.fetch(email, subject="ign in").link("/accounts/sign-in/")
    browser.submit(browser.open(link), link)
    return browser


def test_by_hand_wins_and_the_note_shows_wherever_the_slice_does(
    app: Flask, session: Session, publish: Publish, open_network: Open, machine: Machine
):
    publish(an_approach(), an_approach(name="Homeshare"), an_approach(name="Timebanking"))
    jo = an_editor(app, session, open_network(Rules(kind=("approach",))))
    action = "/networks/dale-valley/desk/entries"
    page = jo.open(action)
    page = jo.submit(page, action, entry="Homeshare", hand="left-out")
    page = jo.submit(
        page, action, entry=f"{HOST}/approaches/timebanking", hand="kept", note="Ask for Sam."
    )
    jo.submit(page, action, status=422, entry="No such thing", hand="added")
    services.follow(app)

    found = machine.get("/embed/v1/search.json?network=dale-valley")["results"]

    said = {one["name"]: one["network_note"] for one in found}
    assert said == {"Community choirs": None, "Timebanking": "Ask for Sam."}
    assert "Ask for Sam." in Browser(app).open("/networks/dale-valley").text

    page = jo.open(action)
    undo = next(f.get("action", "") for f in page.all("form") if "undone" in f.get("action", ""))
    jo.submit(page, undo)
    assert len(collection.picks(session, network_of(session))) == 1


def network_of(session: Session) -> Network:
    session.expire_all()
    return slices.network_of(session, "dale-valley")


def test_an_editor_is_told_what_entered_and_left_by_itself(
    app: Flask, session: Session, publish: Publish, open_network: Open
):
    choirs, homeshare = publish(an_approach(), an_approach(name="Homeshare"))
    network = open_network(Rules(support_area=("whole-community",)))
    jo = an_editor(app, session, network)
    desk = "/networks/dale-valley/desk"
    collection.seen(session, network_of(session), user_id(session))
    session.commit()

    publish(an_approach(name="Repair cafés"))
    publishing.end(session, choirs.id, reason="It ended.", at=NOW)
    session.commit()
    services.follow(app)
    publish(homeshare.document.model_copy(update={"summary": "Another summary."}))

    page = jo.open(desk)
    assert "Repair cafés entered" in page.text
    assert "Community choirs left" in page.text
    assert "Homeshare" not in page.text
    actions = [one.action for one in collection.log(session, network_of(session), after=2)]
    session.rollback()
    assert actions == ["entered", "left", "changed"]
    jo.submit(page, f"{desk}/news")
    assert "Repair cafés" not in jo.open(desk).text


def user_id(session: Session) -> int:
    user = people.find(session, "jo@dale-valley.example")
    assert user
    number = user.id
    session.rollback()
    return number


def test_nobody_else_gets_to_the_desk(
    app: Flask, session: Session, browser: Browser, open_network: Open
):
    network = open_network()
    jo = an_editor(app, session, network, Role.EDITOR)
    signed_in(app, session, "priya@example.org", "Priya, the admin")
    other = signed_in(app, session, "kim@example.org", "Kim")
    pages = ["", "/collection", "/entries", "/versions", "/page", "/keys", "/team", "/closing"]

    for page in pages:
        path = f"/networks/dale-valley/desk{page}"
        assert browser.open(path).heading == "Sign in"
        other.open(path, status=403)
        jo.open(path, status=403 if page in {"/team", "/closing"} else 200)
    jo.open("/networks/waiting", status=403)
    network.state = State.CLOSED
    session.commit()
    jo.open("/networks/dale-valley/desk", status=404)


def test_an_owner_chooses_editors_but_one_owner_stays(
    app: Flask, session: Session, open_network: Open, mailbox: Mailbox
):
    network = open_network()
    jo = an_editor(app, session, network)
    action = "/networks/dale-valley/desk/team"
    page = jo.submit(jo.open(action), action, email="sam@example.org", role="editor")
    assert "sam@example.org, editor" in page.text
    assert "Dale Valley Carers" in mailbox.fetch("sam@example.org").subject

    own = f"{action}/{user_id(session)}/removal"
    jo.send(own, page.form(action), status=409)
    assert jo.open(own).heading == "A network needs an owner"
    assert [form for form in jo.open(own).all("form") if form.get("action") == own] == []
    sam = next(user.id for _one, user in team.editors(session, network) if user.name == "sam")
    session.rollback()
    ask = jo.open(page.links()["Remove sam@example.org"])
    assert ask.heading == "Remove sam@example.org?"
    page = jo.submit(ask, f"{action}/{sam}/removal")
    jo.open(ask.path, status=404)

    assert "sam@example.org" not in page.text
    assert [user.name for _one, user in team.editors(session, network)] == ["jo"]
    session.rollback()
    kim = an_editor(app, session, network, email="kim@example.org")
    assert jo.open(own).heading == "Stop editing Dale Valley Carers?"
    assert jo.submit(jo.open(own), own).path == "/networks/"
    assert "jo@dale-valley.example" not in kim.open(action).text


def test_an_owner_closes_it_and_an_admin_opens_it_again(
    app: Flask, session: Session, publish: Publish, open_network: Open, machine: Machine
):
    publish(an_approach())
    network = open_network(Rules(kind=("approach",)))
    jo = an_editor(app, session, network)
    _key, secret = keys.make(session, "An app", network_id=network.id, by=user_id(session), at=NOW)
    session.commit()
    action = "/networks/dale-valley/desk/closing"
    page = jo.submit(jo.open(action), action, reason="We merged.")
    assert page.path == "/networks/"
    machine.ask("/embed/v1/search.json?network=dale-valley", status=404)
    machine.ask("/api/v1/networks", status=401, Authorization=f"Bearer {secret}")

    admin = signed_in(app, session, "priya@example.org", "Priya")
    page = admin.open("/networks/waiting")
    assert "We merged." in page.text
    again = next(f.get("action", "") for f in page.all("form") if "opening" in f.get("action", ""))
    form = page.form(again)
    admin.submit(page, again)
    admin.send(again, form, status=409)

    found = machine.get("/embed/v1/search.json?network=dale-valley")["results"]
    assert [one["name"] for one in found] == ["Community choirs"]


def test_an_unknown_network_is_told_and_never_the_whole_directory(
    publish: Publish, machine: Machine, browser: Browser, open_network: Open, session: Session
):
    publish(an_approach())
    network = open_network(Rules(kind=("approach",)))
    network.state = State.CLOSED
    session.commit()

    for name in ("dale-valley", "no-such"):
        for path in (
            "/embed/v1/search.json?",
            "/embed/v1/search.json?entry=approaches/community-choirs&",
            "/api/v1/search?",
            "/api/v1/entries?",
            "/api/v1/entries.csv?",
            "/feeds/search.atom?",
            "/oruk/v3/services?",
            "/oruk/v3/service_at_locations?",
        ):
            problem = machine.get(f"{path}network={name}", status=404)
            assert "Community choirs" not in str(problem)
        machine.ask(f"/feeds/networks/{name}.atom", status=404)
        for path in (f"/search?network={name}", f"/networks/{name}"):
            assert "Community choirs" not in browser.open(path, status=404).text
        frame = browser.open(f"/embed/v1/frame?network={name}&show=list", status=404)
        assert "Community choirs" not in frame.text


def test_a_list_of_sites_blocks_all_others(
    app: Flask, publish: Publish, open_network: Open, machine: Machine
):
    publish(an_approach())
    open_network(Rules(kind=("approach",)), origins=["https://www.dale-valley.example"])
    paths = ("/embed/v1/search.json", "/api/v1/search", "/api/v1/entries", "/feeds/search.atom",
             "/oruk/v3/services")  # fmt: skip

    for path in paths:
        address = f"{path}?network=dale-valley"
        shown = machine.ask(address)
        assert "Origin" in shown.headers["Vary"]
        for other in ("https://phish.example", "http://www.dale-valley.example", "null"):
            refused = machine.ask(address, status=403, Origin=other)
            assert "Community choirs" not in refused.text
            assert "Origin" in refused.headers["Vary"]
    frame = app.test_client().get("/embed/v1/frame?network=dale-valley", base_url=HOST)
    policy = frame.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://www.dale-valley.example" in policy
    free = app.test_client().get("/embed/v1/frame", base_url=HOST)
    assert "frame-ancestors *" in free.headers["Content-Security-Policy"]


@pytest.mark.parametrize("seed", range(3))
def test_nothing_leaks_into_a_slice(
    seed: int, app: Flask, session: Session, publish: Publish, open_network: Open, machine: Machine
):
    """Whatever the rules: what any address shows is what they say, worked out another way."""
    chance = random.Random(seed)
    areas, people_for = list(SupportArea), list(WhoFor)
    published = publish(
        an_organization(),
        *(a_place(name=name, gss_code=f"E0800003{n}", lat=51 + n, lon=-n / 2)
          for n, name in enumerate(("Leeds", "York", "Hull"))),
        *(an_approach(name=f"Approach {n}", support_area=chance.sample(areas, 2),
                      who_for=chance.sample(people_for, 2)) for n in range(6)),
        *(a_service(name=f"Service {n}", approach=[f"approach-{chance.randrange(6)}"],
                    place=chance.choice(["leeds", "york", "hull"]), open_referral=True,
                    organization=chance.choice([None, "singing-together"]))
          for n in range(9)),
    )  # fmt: skip
    rules = Rules(
        kind=chance.choice([(), ("approach", "service"), ("service",)]),
        support_area=tuple(chance.sample(areas, chance.choice([0, 2]))),
        who_for=tuple(chance.sample(people_for, chance.choice([0, 3]))),
        place=chance.choice([(), ("leeds", "york")]),
        organization=chance.choice([(), ("singing-together",)]),
    )
    network = open_network(rules)
    for entry in chance.sample(published, 4):
        hand = chance.choice([Hand.ADDED, Hand.LEFT_OUT])
        collection.pick(session, network, entry, hand, "", at=NOW)
    session.commit()
    services.follow(app)

    expected = {str(one) for one in by_the_rules(published, rules, session, network)}

    assert {str(one) for one in session.scalars(collection.member_ids(network))} == expected
    asked = "network=dale-valley"
    for path in (
        "/embed/v1/search.json?near=Leeds&",
        "/api/v1/search?",
        "/api/v1/search?q=service&",
        "/api/v1/search?q=approach+leeds&",
    ):
        for one in machine.get(path + asked)["results"]:
            assert one["id"] in expected
            if one["nearest"]:
                slug = one["nearest"]["url"].rsplit("/", 1)[1]
                assert {str(e.id) for e in published if e.slug == slug} <= expected
    listed = machine.get(f"/api/v1/entries?{asked}&limit=100")["entries"]
    assert {one["id"] for one in listed} == expected
    feed = machine.ask("/feeds/networks/dale-valley.atom").text
    assert {part[:36] for part in feed.split("urn:uuid:")[1:]} == expected
    services_of = machine.get(f"/oruk/v3/services?{asked}")["contents"]
    assert {one["id"] for one in services_of} == {
        str(one.id) for one in published if str(one.id) in expected and one.kind == "service"
    }


def by_the_rules(
    published: list[Entry], rules: Rules, session: Session, network: Network
) -> set[UUID]:
    """What is in the slice, from documents alone."""
    approaches = {one.slug: one.document for one in published if one.kind == "approach"}

    def of(entry: Entry, name: str) -> set[str]:
        own = getattr(entry.document, name, None) or []
        if not own and entry.kind == "service":
            own = [
                value
                for slug in entry.document.approach
                for value in getattr(approaches[slug], name)
            ]  # type: ignore[attr-defined]
        return {str(value) for value in own}

    def places(entry: Entry) -> set[str]:
        if entry.kind == "place":
            return {entry.slug}
        if entry.kind == "service":
            return {entry.document.place}  # type: ignore[attr-defined]
        return {
            one.document.place for one in published  # type: ignore[attr-defined]
            if one.kind == "service" and entry.slug in one.document.approach  # type: ignore[attr-defined]
            and entry.kind == "approach"
        }  # fmt: skip

    found = set()
    for entry in published:
        if rules.are_empty:
            continue
        holds = [
            not rules.kind or str(entry.kind) in rules.kind,
            not rules.support_area or of(entry, "support_area") & set(map(str, rules.support_area)),
            not rules.who_for or of(entry, "who_for") & set(map(str, rules.who_for)),
            not rules.place or places(entry) & set(rules.place),
            not rules.organization
            or entry.slug in rules.organization
            or getattr(entry.document, "organization", None) in rules.organization,
        ]
        if all(holds):
            found.add(entry.id)
    for pick in collection.picks(session, network).values():
        found = found | {pick.entry_id} if pick.hand == Hand.ADDED else found - {pick.entry_id}
    return found


def test_colours_that_people_cannot_read_are_not_taken(
    app: Flask, session: Session, browser: Browser, open_network: Open
):
    jo = an_editor(app, session, open_network())
    action = "/networks/dale-valley/desk/page"
    page = jo.submit(jo.open(action), action, status=422, text="#777", ground="#888888")
    assert "too faint" in page.text
    assert page.form(action)["text"] == "#777"

    page = jo.submit(page, action, text="#000080", ground="fff", words="We are carers.")

    assert "easy to read" in page.text
    sheet = browser.client.get("/networks/dale-valley/look.css", base_url=HOST).text
    assert "--band-text:#000080" in sheet
    assert "We are carers." in browser.open("/networks/dale-valley").text


def test_contrast_is_as_wcag_measures_it():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert [colours.tidy(one) for one in ("abc", "#ABCDEF", "red", "#12345", "")] == [
        "#aabbcc", "#abcdef", None, None, None,
    ]  # fmt: skip


def a_png(width: int = 2, height: int = 2, *more: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    parts = [(b"IHDR", head), *more, (b"IDAT", pixels), (b"IEND", b"")]
    return logo.SIGNATURE + b"".join(chunk(*part) for part in parts)


def test_a_logo_is_a_picture_and_nothing_else():
    assert logo.cleaned(a_png(2, 2, (b"tEXt", b"Author\0Sam"))) == a_png()
    for bad in (b"<svg/>", a_png()[:-4], a_png(5000), logo.SIGNATURE, b"\x89PNG\r\n\x1a\n" * 9):
        with pytest.raises(logo.NotALogo):
            logo.cleaned(bad)


def test_sites_are_kept_as_browsers_name_them():
    typed = " https://www.example.org/page?x \nHTTP://Example.org:80\nexample.org:8443\n\n"
    assert origins.read(typed) == [
        "https://www.example.org", "http://example.org", "https://example.org:8443",
    ]  # fmt: skip
    for bad in (
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "https://u:p@x.org",
        "http://x:y",
    ):
        with pytest.raises(origins.NotASite):
            origins.read(bad)


def test_a_network_that_is_not_there_has_no_slice(session: Session):
    with pytest.raises(NoSuchNetwork):
        slices.network_of(session, "")
