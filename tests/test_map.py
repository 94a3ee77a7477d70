"""The map: the results of a search where they stand, and nothing that the list does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import outline
from directory import create_app
from directory.config import BadSetting, Config
from directory.search import mapping
from directory.search.mapping import APART_PX, Box
from tests.builders import a_place, a_service, an_approach
from tests.house_rules import Browser, words
from tests.places import a_gazetteer

Publish = Callable[..., Any]
SITE = "http://kith.test"
POINTS = st.lists(st.tuples(st.floats(49, 61), st.floats(-9, 2)), min_size=1, max_size=60)


@given(POINTS, st.integers(0, 17))
def test_every_point_has_one_mark_and_no_two_marks_touch(
    points: list[tuple[float, float]], zoom: int
):
    lat, lon = np.array(points).T

    found = mapping.clusters(lat, lon, zoom)

    assert sorted(int(one) for each in found for one in each.members) == list(range(len(points)))
    sizes = [len(one.members) for one in found]
    assert sizes == sorted(sizes, reverse=True)
    x, y = mapping.to_pixels(
        np.array([one.lat for one in found]), np.array([one.lon for one in found]), zoom
    )
    apart = np.hypot(x[:, None] - x, y[:, None] - y) + 2 * APART_PX * np.eye(len(found))
    assert apart.min() > APART_PX - 1


def test_a_box_is_read_only_from_four_numbers_on_the_map():
    assert Box.read("-2,53,-1,54") == Box(-2, 53, -1, 54)
    for wrong in ("", "1,2,3", "a,b,c,d", "-1,53,-2,54", "nan,53,-1,54", "-2,53,inf,54", "9" * 500):
        assert Box.read(wrong) is None
    assert mapping.zoom_for(Box(-180, -80, 180, 80), 17) == 4


def test_the_islands_are_cut_out_of_the_world(tmp_path: Path):
    # Two arcs in steps from the point before; France is left out.
    world = {
        "transform": {"scale": [0.5, 0.25], "translate": [-10, 50]},
        "arcs": [[[0, 0], [2, 0], [0, 4]], [[2, 4], [-2, 0], [0, -4]]],
        "objects": {
            "countries": {
                "geometries": [
                    {"id": "826", "type": "MultiPolygon", "arcs": [[[0, 1]]]},
                    {"id": "833", "type": "Polygon", "arcs": [[-2, -1]]},
                    {"id": "250", "type": "Polygon", "arcs": [[0, 1]]},
                ]
            }
        },
    }
    file = tmp_path / "atlas.json"
    file.write_text(json.dumps(world))

    shape = json.loads(outline.cut(file))

    ring = [[-10, 50], [-9, 50], [-9, 51], [-10, 51], [-10, 50]]
    assert shape == {"type": "MultiPolygon", "coordinates": [[ring], [ring[::-1]]]}


@pytest.fixture
def choirs(publish: Publish, config: Config) -> None:
    """Choirs in Leeds, one of them with an address, and one in York."""
    config.instance_dir.mkdir(parents=True, exist_ok=True)
    a_gazetteer(config.geo_path)
    publish(
        a_place(),
        a_place(name="York", type="unitary authority", lat=53.96, lon=-1.08, gss_code="E06000014"),
        an_approach(),
        a_service(who_for=["older-people"]),
        a_service(name="Chapeltown Choir"),
        a_service(name="Garforth Singers", location={"lat": 53.79, "lon": -1.38}),
        a_service(name="York Voices", place="york"),
    )


def on_the_map(browser: Browser, question: str) -> list[dict[str, Any]]:
    response = browser.client.get(f"/search/map.json?{question}", base_url=SITE)
    assert response.status_code == 200
    marks: list[dict[str, Any]] = response.get_json()["marks"]
    return marks


def test_the_map_holds_what_the_list_holds(choirs: None, browser: Browser):
    page = browser.open("/search?q=choir&kind=service")
    listed = {words(one) for one in page.all("h2", class_="entry-card__name")}
    (fold,) = page.all("div", id="map")
    west, south, east, north = (float(one) for one in fold.get("data-box", "").split(","))

    marks = on_the_map(browser, f"{fold.get('data-query')}&zoom=11&box=-2,53.5,-1,54")
    assert {one["name"] for mark in marks for one in mark["named"]} == listed
    assert all(west <= mark["lon"] <= east and south <= mark["lat"] <= north for mark in marks), (
        "the first view shows all"
    )
    assert sorted(mark["label"] for mark in marks) == [
        "2 in Leeds", "Garforth Singers, Leeds", "York Voices, York"
    ]  # fmt: skip

    (all_in_one,) = on_the_map(browser, f"{fold.get('data-query')}&zoom=5")
    assert all_in_one["label"] == "4 results around here. Look closer"

    (older,) = on_the_map(browser, "q=choir&kind=service&who_for=older-people")
    assert older["heading"] == "Harehills Singers, Leeds"
    only_york = on_the_map(browser, "q=choir&kind=service&zoom=9&box=-1.2,53.9,-1,54")
    assert [one["label"] for one in only_york] == ["York Voices, York"]
    assert on_the_map(browser, "q=choir&kind=approach") == []
    assert browser.client.get("/search/map.json?network=nobody", base_url=SITE).status_code == 404


def test_a_page_offers_no_map_where_nothing_has_a_point(choirs: None, browser: Browser):
    (fold,) = browser.open("/search?q=choir&kind=approach").all("div", id="map")
    assert "hidden" in fold.attrib
    (fold,) = browser.open("/search?q=choir&near=York").all("div", id="map")
    assert "hidden" not in fold.attrib

    place = browser.open("/places/leeds")
    (fold,) = place.all("div", id="map")
    assert fold.get("data-query") == "kind=service&near=Leeds&within=25"
    listed = place.links()["The same as a list."]
    assert listed == "/search?kind=service&near=Leeds&within=25"


def test_another_server_is_asked_for_streets_only_where_the_operator_says_so(config: Config):
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    for setting, problem in [
        ({"MAP_TILES": tiles}, "MAP_TILES needs MAP_CREDIT"),
        ({"MAP_TILES": "https://{s}.tiles.example/{z}/{x}/{y}.png"}, "MAP_TILES="),
        ({"MAP_TILES": "https://tiles.example/{z}/{x}/{y}.png; script-src *"}, "MAP_TILES="),
    ]:
        with pytest.raises(BadSetting, match=problem.replace("{", r"\{")):
            Config.from_env(setting)
    given = Config.from_env({"MAP_TILES": tiles, "MAP_CREDIT": "© Streets"})
    assert given.tiles_origin == "https://tiles.example"

    for settings, pictures in [
        (config, "img-src 'self' data:"),
        (
            replace(config, map_tiles=tiles, map_credit="© Streets"),
            "img-src 'self' data: https://tiles.example",
        ),
    ]:
        answer = create_app(settings).test_client().get("/help-now", base_url=SITE)
        assert pictures in answer.headers["Content-Security-Policy"].split("; ")
