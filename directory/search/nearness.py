"""Near: how far everything is from where the reader asks, and what comes first for that."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from directory.places.gazetteer import Spot
from directory.places.names import key as name_key
from directory.search.joins import Joined
from directory.search.reading import Floats, Ints, Mask
from directory.search.schema import SORT_BYTES

# Of a service that is near, so much of the best match is asked before it comes ahead of approaches.
GOOD_ENOUGH = 0.4
NEAR_MILES = 25.0
# What happens so close to a town or postcode happens there.
HERE_MILES = 5.0
# An approach that already happens near the reader is lifted by so much.
HAPPENS_NEAR = 1.3
HAPPENS_INSIDE = 1.5
# What comes first for somebody who stands somewhere.
THE_PLACE, NEAR, COULD_START, ANYWHERE, ELSEWHERE = range(5)
# No name that we look for in a question has more words.
NAME_WORDS_MAX = 8


class Around:
    """The directory as seen from one spot.

    Attributes:
        miles: to every document; infinite where a document is nowhere in particular.
        inside: what lies in the area asked for, whatever its distance.
    """

    def __init__(self, joined: Joined, spot: Spot, *, within: int | None) -> None:
        """Look around `spot`; `within` so many miles of it, if the reader said."""
        self._joined = joined
        self._spot = spot
        self._within = within
        self.miles = joined.miles_from(spot.lat, spot.lon)
        self.inside = joined.within_councils(spot.councils)

    @cached_property
    def _is_near(self) -> Mask:
        near: Mask = self.inside | (self.miles <= (self._within or NEAR_MILES))
        return near

    def left_out(self, question: str) -> Mask:
        """What is no answer from here: services further away than was asked for, and places far
        away that `question` does not name."""
        joined = self._joined
        out = joined.is_kind["place"] & ~self._is_near
        far_places = np.flatnonzero(out)
        out[far_places[self._named(far_places, question)]] = False
        if self._within is not None:
            out |= joined.is_kind["service"] & ~self._is_near
        return out

    def happens(self) -> Mask:
        """Services and places within the distance asked for, or in the area, and the approaches
        that happen there."""
        joined = self._joined
        near = self.inside.copy()
        if self._within is not None:
            near |= self.miles <= self._within
        near &= joined.is_kind["service"] | joined.is_kind["place"]
        near[joined.followed[near[joined.followers]]] = True
        return near

    def lift(self) -> Floats:
        """By how much each document is lifted: approaches that already happen here or near."""
        joined = self._joined
        lift = np.ones(joined.size)
        runs = ~joined.has_ended[joined.followers]
        inside = self.inside[joined.followers] & runs
        near = (self.miles[joined.followers] <= NEAR_MILES / 2) & runs
        lift[joined.followed[near]] = HAPPENS_NEAR
        lift[joined.followed[inside]] = HAPPENS_INSIDE
        return lift

    def count_happening(self, shown: Mask) -> int:
        """How many approaches of `shown` happen within the area asked for, or close to its
        point."""
        joined = self._joined
        is_here = self.inside if self._spot.councils else self.miles <= HERE_MILES
        is_here = is_here & joined.is_kind["service"] & ~joined.has_ended
        here = np.zeros(joined.size, dtype=bool)
        here[joined.followed[is_here[joined.followers]]] = True
        return int(np.count_nonzero(here & shown & joined.is_kind["approach"]))

    def distances(self) -> NDArray[np.float32]:
        """Miles to each document, or to the nearest service of an approach."""
        joined = self._joined
        miles = self.miles.copy()
        np.minimum.at(miles, joined.followed, self.miles[joined.followers])
        return miles

    def order(self, documents: Ints, scores: Floats, question: str, *, names_a_place: bool) -> Ints:
        """`documents` in the order of somebody who stands here.

        Services near by that match well, the nearest first; approaches, which could start here, and
        what the question names; organisations, stories and all else that is bound to no place or is
        here; and last what is far away, or near by but hardly matches, the nearest first.

        Args:
            names_a_place: the question is nothing but a place's name: then its page is the answer.
        """
        joined = self._joined
        is_service = joined.is_kind["service"][documents]
        is_place = joined.is_kind["place"][documents]
        miles = self.miles[documents]
        is_near, inside = self._is_near[documents], self.inside[documents]
        matched = scores[documents]
        is_good = matched >= GOOD_ENOUGH * matched[is_service].max(initial=0)
        is_named = self._named(documents, question) & ~is_service
        is_nowhere = ~inside & np.isinf(miles)
        tier = np.select(
            [
                is_named & is_place & names_a_place,
                is_service & is_good & is_near,
                joined.is_kind["approach"][documents] | is_named,
                is_nowhere | (is_near & ~is_service),
            ],
            [THE_PLACE, NEAR, COULD_START, ANYWHERE],
            default=ELSEWHERE,
        )
        by_area = np.where((tier == NEAR) & inside, 0, 1)
        by_distance = np.where((tier == NEAR) | (tier == ELSEWHERE), miles, 0)
        by_name = joined.snapshot.name_order[documents]
        return documents[np.lexsort((by_name, -matched, by_distance, by_area, tier))]

    def nearest_services(self, approaches: Ints, among: Mask | None) -> dict[int, int]:
        """For each of `approaches` its nearest service that runs and is `among` those asked for."""
        joined = self._joined
        wanted = np.zeros(joined.size, dtype=bool)
        wanted[approaches] = True
        services = joined.followers[wanted[joined.followed]]
        services = services[joined.is_kind["service"][services] & ~joined.has_ended[services]]
        if among is not None:
            services = services[among[services]]
        distances = np.where(self.inside, self.miles / 1e5, self.miles)
        return joined.nearest(services[np.isfinite(distances[services])], distances)

    def miles_to(self, document: int) -> float | None:
        """As the crow flies; None where nobody knows."""
        miles = float(self.miles[document])
        return miles if np.isfinite(miles) else None

    def _named(self, documents: NDArray[Any], question: str) -> Mask:
        """Which of `documents` have their whole name standing in `question`."""
        said = name_key(question).split()
        runs = {
            " ".join(said[start:end]).encode()[:SORT_BYTES]
            for start in range(len(said))
            for end in range(start + 1, min(start + NAME_WORDS_MAX, len(said)) + 1)
        }
        names = self._joined.snapshot.sort_names_of(documents)
        named: Mask = np.isin(names, np.array(sorted(runs), dtype=f"S{SORT_BYTES}"))
        return named
