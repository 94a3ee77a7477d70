"""Saved widgets: changed here, wherever they stand; and counted without anything about who."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from directory.networks import embed, widgets
from directory.networks.code import Choice
from directory.networks.models import WidgetDay
from directory.networks.rules import Rules
from directory.networks.widgets import Use
from tests import days
from tests.builders import an_approach
from tests.house_rules import HOST, Browser
from tests.machines import A_HOST, Machine
from tests.networking import Open, an_editor
from tests.test_networks import Publish

NEW = "/networks/dale-valley/desk/widgets/new"


def test_a_saved_widget_is_changed_here_and_so_wherever_it_stands(
    app: Flask,
    session: Session,
    publish: Publish,
    open_network: Open,
    machine: Machine,
) -> None:
    publish(an_approach())
    jo = an_editor(app, session, open_network(Rules(kind=("approach",))))
    page = jo.submit(jo.open(NEW), NEW, status=422, text="#777", ground="#888")
    assert "Write a name" in page.text
    assert "Too close" in page.text
    shown = jo.submit(page, NEW, name="Front page", text="", ground="", preview="1")
    assert shown.heading == "A new widget"
    page = jo.submit(shown, NEW, status=422, show="entry", entry="Chess")
    assert "There is no such entry in this network" in page.text
    page = jo.submit(page, NEW, show="list", entry="", heading="Near you", text="#000080")

    assert page.heading == "Front page"
    line = page.all("pre")[0]
    key = "".join(line.itertext()).partition('widget="')[2][:16]
    told = machine.get(f"/embed/v1/widgets/{key}.json")
    assert told == {
        "attributes": {"show": "list", "heading": "Near you", "network": "dale-valley"},
        "colours": told["colours"],
    }
    assert told["colours"]["--kith-text"] == told["colours"]["--kith-link"] == "#000080"
    action = f"/networks/dale-valley/desk/widgets/{key}"
    jo.submit(page, action, heading="Around here", text="")
    told = machine.get(f"/embed/v1/widgets/{key}.json")
    assert told["attributes"]["heading"] == "Around here"
    frame = Browser(app).open(f"/embed/v1/frame?widget={key}")
    assert frame.heading == "Around here"
    assert "Community choirs" in frame.text
    choirs = "approaches/community-choirs"
    jo.submit(jo.open(action), action, show="entry", entry="Community choirs")
    told = machine.get(f"/embed/v1/widgets/{key}.json")
    assert (told["attributes"]["show"], told["attributes"]["entry"]) == ("entry", choirs)
    assert jo.open(action).form(action)["entry"] == choirs

    ask = jo.open(jo.open(action).links()["Take this widget away"])
    jo.submit(ask, f"{action}/removal")
    machine.get(f"/embed/v1/widgets/{key}.json", status=404)


def test_uses_are_counted_by_day_and_nothing_else_is_kept(
    app: Flask,
    session: Session,
    publish: Publish,
    open_network: Open,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day_of_test = days.today()
    monkeypatch.setattr(embed, "today", lambda: day_of_test)
    publish(an_approach())
    network = open_network(Rules(kind=("approach",)), origins=[A_HOST])
    widget = widgets.save(session, network, name="=Front", choice=Choice(), at=network.created_at)
    session.commit()
    key = widget.key
    session.rollback()
    asked = f"/embed/v1/search.json?network=dale-valley&widget={key}"
    client = app.test_client()

    def click(origin: str) -> int:
        response = client.post(
            f"/embed/v1/widgets/{key}/clicks", base_url=HOST, headers={"Origin": origin}
        )
        assert "Set-Cookie" not in response.headers
        return response.status_code

    machine.get(f"/embed/v1/widgets/{key}.json")
    machine.get(f"{asked}&q=choir")
    machine.get(asked)
    machine.get(f"/embed/v1/search.json?widget={key}")  # no network: not its search
    machine.get("/embed/v1/search.json?widget=no-such")
    machine.get(f"/embed/v1/widgets/{key}.json", status=403, Origin="https://x.example")
    assert [click(A_HOST), click("https://x.example")] == [204, 403]

    session.rollback()
    [(_widget, day)] = widgets.days(session, network, since=date.min)
    assert (day.loads, day.searches, day.clicks) == (1, 2, 1)
    assert {column.key for column in WidgetDay.__table__.columns} == {
        "key", "day", "loads", "searches", "clicks",
    }  # fmt: skip
    session.rollback()
    jo = an_editor(app, session, network)
    assert "=Front" in jo.open("/networks/dale-valley/desk/widgets").text
    table = jo.client.get("/networks/dale-valley/desk/widgets.csv", base_url=HOST).text
    assert table.splitlines()[0] == "day,widget,name,loads,searches,clicks"
    assert table.splitlines()[1].endswith(",'=Front,1,2,1")


def test_the_first_two_of_a_day_are_two(
    session: Session,
    open_network: Open,
) -> None:
    network = open_network()
    widget = widgets.save(session, network, name="One", choice=Choice(), at=network.created_at)
    session.commit()
    today = date(2026, 11, 22)

    for _turn in range(2):
        widgets.count(session, widget.key, Use.CLICKS, day=today)
    session.commit()

    assert session.get_one(WidgetDay, (widget.key, today)).clicks == 2
