"""Where is it? Postcodes and place names, answered from one small file."""

from __future__ import annotations

from pathlib import Path

import pytest

from directory.places import build, gazetteer, postcodes, sources
from directory.places.distance import miles
from directory.places.gazetteer import Found, Gazetteer, Spot
from directory.places.names import key
from directory.places.osgb import to_wgs84
from directory.places.sources import PostcodeRow
from tests.places import A_FEW_POSTCODES, A_FEW_TOWNS, a_gazetteer


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return Gazetteer(a_gazetteer(tmp_path_factory.mktemp("geo") / "geo.sqlite"))


def spot(found: Found | None) -> Spot:
    assert found is not None
    assert found.spot is not None
    return found.spot


@pytest.mark.parametrize(
    ("easting", "northing", "lat", "lon"),
    [
        (651409.903, 313177.270, 52.65798, 1.71605),  # Ordnance Survey's worked example
        (529090, 179645, 51.50101, -0.14159),  # SW1A 1AA
    ],
)
def test_the_british_grid_becomes_latitude_and_longitude(
    easting: float, northing: float, lat: float, lon: float
) -> None:
    assert to_wgs84(easting, northing) == pytest.approx((lat, lon), abs=0.000_01)


def test_leeds_and_york_are_twenty_two_miles_apart() -> None:
    assert miles(53.7965, -1.5478, 53.9576, -1.0827) == pytest.approx(22.0, abs=0.3)


@pytest.mark.parametrize(
    ("typed", "read_as"),
    [
        ("LS7 4HB", "LS7 4"),
        ("ls74hb", "LS7 4"),
        ("  sw1a  1aa ", "SW1A 1"),
        ("n1 1", "N1 1"),
        ("Ls7", "LS7"),
        ("ec1a", "EC1A"),
    ],
)
def test_postcodes_are_read_whatever_their_case_and_spaces(typed: str, read_as: str) -> None:
    assert str(postcodes.parse(typed)) == read_as


@pytest.mark.parametrize(
    "typed", ["", "Leeds", "LS", "7", "LS7 4H", "12345", "hello there", "Q1 1AA"]
)
def test_what_is_no_postcode_is_not_read_as_one(typed: str) -> None:
    assert postcodes.parse(typed) is None


def test_full_postcodes_inside_a_question_are_cut_to_their_sectors() -> None:
    assert postcodes.cut_to_sectors("choir near ls7 4hb please") == "choir near LS7 4 please"
    assert postcodes.cut_to_sectors("choir in leeds") == "choir in leeds"


def test_a_sector_is_where_its_postcodes_are(known: Gazetteer) -> None:
    sector = spot(known.find("LS7 4HB"))
    assert (sector.name, sector.full_name) == ("LS7 4", "LS7 4, Leeds")
    assert (sector.lat, sector.lon) == pytest.approx((53.82, -1.53), abs=0.02)
    assert sector.nation == "England"


def test_a_sector_is_found_without_its_space_unless_it_is_a_district(known: Gazetteer) -> None:
    assert spot(known.find("LS74")).name == "LS7 4"
    assert spot(known.find("N11")).name == "N11"
    assert spot(known.find("n1 1")).name == "N1 1"


def test_an_unknown_sector_falls_back_to_its_district(known: Gazetteer) -> None:
    unknown = spot(known.find("LS7 9ZZ"))
    assert (unknown.name, unknown.lat) == ("LS7 9", spot(known.find("LS7")).lat)
    assert known.find("LS99 9ZZ") is None


def test_belfast_is_not_near_liverpool(known: Gazetteer) -> None:
    belfast = spot(known.find("BT1 5GS"))
    assert (belfast.lat, belfast.lon) == pytest.approx((54.6, -5.93), abs=0.01)
    assert (belfast.full_name, belfast.nation) == ("BT1 5, Belfast", "Northern Ireland")


def test_the_crown_dependencies_are_known_by_name_and_by_postcode_area(known: Gazetteer) -> None:
    assert spot(known.find("Isle of Man")).lat == pytest.approx(54.23)
    assert spot(known.find("JE2 3AB")).full_name == "JE2 3, Jersey"


def test_an_ambiguous_name_offers_the_choice_with_councils(known: Gazetteer) -> None:
    newport = known.find("newport")
    assert newport is not None
    assert newport.is_ambiguous
    assert [other.full_name for other in newport.others] == [
        "Newport, Wales",
        "Newport, Isle of Wight",
        "Newport, Pembrokeshire",
    ]


def test_every_choice_is_found_again_by_its_own_words(known: Gazetteer) -> None:
    newport = known.find("Newport")
    assert newport is not None
    for choice in newport.others:
        assert spot(known.find(choice.near)) == choice


def test_the_far_bigger_place_is_meant_and_the_others_are_offered(known: Gazetteer) -> None:
    brixton = known.find("Brixton")
    assert spot(brixton).full_name == "Brixton, Lambeth"
    assert brixton is not None
    assert [other.full_name for other in brixton.others] == ["Brixton, South Hams"]


def test_a_town_and_its_council_are_one(known: Gazetteer) -> None:
    leeds = spot(known.find("Leeds"))
    assert leeds.councils == {"E08000035"}
    assert leeds.full_name == "Leeds"


def test_other_names_are_understood(known: Gazetteer) -> None:
    assert spot(known.find("Londonderry")).name == "Derry"
    assert spot(known.find("Casnewydd")).near == "Newport, Wales"
    assert spot(known.find("kingston upon hull")).name == spot(known.find("Hull")).name


def test_councils_and_counties_without_a_town_are_known(known: Gazetteer) -> None:
    assert spot(known.find("Somerset")).councils == {"E06000066"}
    kent = spot(known.find("kent"))
    assert "E07000106" in kent.councils
    assert len(kent.councils) == 13


@pytest.mark.parametrize("typed", ["King's Lynn", "kings lynn", "KING’S  LYNN", "Kings-Lynn"])
def test_punctuation_and_case_do_not_matter(typed: str) -> None:
    assert key(typed) == "kings lynn"


def test_saint_and_st_are_one(known: Gazetteer) -> None:
    assert spot(known.find("Saint Albans")).name == "St Albans"


def test_a_misspelt_place_is_guessed(known: Gazetteer) -> None:
    assert known.find("Todmordon") is None
    assert [like.full_name for like in known.like("Todmordon")] == ["Todmorden, Calderdale"]


def test_suggestions_start_with_what_was_typed_biggest_first(known: Gazetteer) -> None:
    assert [place.name for place in known.starting_with("lee", limit=2)] == ["Leeds", "Leek"]
    assert known.starting_with("l", limit=5) == []


def test_the_council_of_a_point_is_that_of_the_nearest_sector(known: Gazetteer) -> None:
    assert known.council_at(53.82, -1.53) == "E08000035"
    assert known.council_name("E08000035") == "Leeds"
    assert known.council_at(40.0, -30.0) == ""
    assert known.district_at(53.82, -1.53) == "LS7"
    assert known.district_at(40.0, -30.0) == ""


def test_without_a_file_there_is_no_gazetteer_and_a_new_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "geo.sqlite"
    assert gazetteer.at(path) is None
    a_gazetteer(path)
    first = gazetteer.at(path)
    assert first is not None
    assert gazetteer.at(path) is first
    path.unlink()
    a_gazetteer(
        path, postcodes=[*A_FEW_POSTCODES, PostcodeRow("M11AE", 384592, 398100, "E08000003")]
    )
    second = gazetteer.at(path)
    assert second is not None
    assert second.find("M1 1AE") is not None


def test_a_broken_file_counts_as_missing(tmp_path: Path) -> None:
    path = tmp_path / "geo.sqlite"
    path.write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    assert gazetteer.at(path) is None


def test_an_operators_ons_file_is_read_by_its_column_names(tmp_path: Path) -> None:
    path = tmp_path / "ONSPD.csv"
    path.write_text(
        "pcds,other,oseast1m,osnrth1m,oslaua\n"
        "LS7 4HB,x,430600,436100,E08000035\n"
        "JE2 3AB,x,,,L99999999\n"
        "BT1 5GS,x,333716,374000,N09000003\n"
    )
    assert list(sources.operator_file(path)) == [PostcodeRow("LS74HB", 430600, 436100, "E08000035")]


def test_an_operators_code_point_file_needs_no_header(tmp_path: Path) -> None:
    path = tmp_path / "ls.csv"
    path.write_text('"LS7 4HB",10,430600,436100,"E92000001","E19","E18","","E08000035","E05"\n')
    assert list(sources.operator_file(path)) == [PostcodeRow("LS74HB", 430600, 436100, "E08000035")]


def test_a_file_of_something_else_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "shopping.csv"
    path.write_text("apples,pears\n1,2\n")
    with pytest.raises(sources.NoSource, match="neither an ONS Postcode Directory"):
        list(sources.operator_file(path))


def test_a_build_that_fails_leaves_the_old_tables(tmp_path: Path) -> None:
    path = a_gazetteer(tmp_path / "geo.sqlite")
    before = path.read_bytes()

    def broken() -> list[PostcodeRow]:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        build.build(path, postcodes=broken(), towns=A_FEW_TOWNS, made_from="a test")
    assert path.read_bytes() == before
