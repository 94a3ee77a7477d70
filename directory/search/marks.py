"""The results of one question on a map: where they stand, and what a mark says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from directory.places.gazetteer import Spot
from directory.search.generation import Generation
from directory.search.hits import Hits
from directory.search.mapping import (
    NAMED,
    NEAREST_SHOWN,
    Box,
    Cluster,
    Mapped,
    Mark,
    clusters,
    is_one_spot,
    zoom_for,
)
from directory.search.nearness import Around
from directory.search.reading import Floats, Ints, Mask


class Marks:
    """The services and places of a result that have a point. All of them are in the list too."""

    def __init__(self, generation: Generation, shown: Mask) -> None:
        """Find out where `shown` stands."""
        self._generation = generation
        joined = generation.joined
        lat, lon = joined.points
        stands = shown & (joined.is_kind["service"] | joined.is_kind["place"]) & ~np.isnan(lat)
        self._documents: Ints = np.flatnonzero(stands).astype(np.int32)
        self._lat = lat[self._documents].astype(np.float64)
        self._lon = lon[self._documents].astype(np.float64)

    def whole(self, spot: Spot | None, around: Around | None) -> Mapped | None:
        """How many there are and where to look first: around `spot`, where one was asked for; None
        where nothing has a point."""
        lat, lon = self._lat, self._lon
        if not len(lat):
            return None
        if spot and around:
            miles = around.miles[self._documents]
            count = min(NEAREST_SHOWN, len(miles))
            nearest = np.argpartition(miles, count - 1)[:count]
            lat, lon = np.append(lat[nearest], spot.lat), np.append(lon[nearest], spot.lon)
        return Mapped(len(self._documents), Box.around(lat, lon))

    def within(
        self, box: Box, zoom: int, *, deepest: int, scores: Floats, hits: Hits
    ) -> list[Mark]:
        """The marks of that part of the map, those with most results first."""
        inside = np.flatnonzero(box.holds(self._lat, self._lon))
        zoom = zoom_for(box, zoom)
        found = clusters(self._lat[inside], self._lon[inside], zoom)
        return [
            self._mark(
                one, inside[one.members].astype(np.int64), zoom < deepest, deepest, scores, hits
            )
            for one in found
        ]

    def _mark(
        self,
        cluster: Cluster,
        members: NDArray[np.int64],
        may_look_closer: bool,
        deepest: int,
        scores: Floats,
        hits: Hits,
    ) -> Mark:
        lat, lon, documents = self._lat[members], self._lon[members], self._documents[members]
        if may_look_closer and not is_one_spot(lat, lon, deepest):
            return Mark(cluster.lat, cluster.lon, len(documents), box=Box.around(lat, lon))
        by_name = self._generation.snapshot.name_order[documents]
        best = documents[np.lexsort((by_name, -scores[documents]))][:NAMED]
        name, slug = self._common_place(documents)
        return Mark(
            cluster.lat,
            cluster.lon,
            len(documents),
            named=tuple(hits.standing(int(one)) for one in best),
            place=name,
            place_slug=slug,
        )

    def _common_place(self, documents: Ints) -> tuple[str, str]:
        """Name and slug of the one place that all of these are in, or are."""
        joined = self._generation.joined
        of = np.where(joined.is_kind["place"][documents], documents, joined.place_of[documents])
        if of[0] < 0 or (of != of[0]).any():
            return "", ""
        card = self._generation.snapshot.card(int(of[0]))
        return str(card["name"]), str(card["slug"])
