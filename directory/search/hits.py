"""From documents to results, with all that a card shows of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from directory.entries.catalogue import url_of
from directory.entries.freshness import Freshness
from directory.search.generation import Generation
from directory.search.mapping import Standing
from directory.search.nearness import Around
from directory.search.ranking import Plan
from directory.search.reading import Floats, Ints, Mask
from directory.search.reasons import matched
from directory.search.results import Hit, Nearest, Reason
from directory.vocabulary.terms import Kind


@dataclass(frozen=True)
class Brought:
    """What was found without the words of the question.

    Attributes:
        close: what is close to them in meaning.
        goes_with: documents by the approach that answers well and names them as close to it.
    """

    close: Mask | None = None
    goes_with: Mapping[int, int] = field(default_factory=dict)


class Hits:
    """Describes documents of one generation as seen from `around`, as of `today`."""

    def __init__(self, generation: Generation, around: Around | None, today: date) -> None:
        self._snapshot = generation.snapshot
        self._joined = generation.joined
        self._around = around
        self._today = today

    def of(
        self, documents: Ints, scores: Floats, plan: Plan, among: Mask | None, brought: Brought
    ) -> list[Hit]:
        """The hits of `documents`; approaches with their nearest service `among` those asked for,
        where the reader said where they are; and why those are here that were `brought`."""
        approaches = documents[self._joined.is_kind["approach"][documents]]
        nearest = self._around.nearest_services(approaches, among) if self._around else {}
        known, close = documents.tolist(), brought.close
        goes_with = {one: brought.goes_with[one] for one in known if one in brought.goes_with}
        beside = [*nearest.values(), *goes_with.values()]
        self._snapshot.fetch_cards(self._shown_with([*known, *beside]))
        reasons = matched(self._snapshot, self._joined, plan, documents)
        return [
            self._hit(
                document,
                float(scores[document]),
                nearest.get(document),
                why,
                is_close=close is not None and bool(close[document]),
                goes_with=self._name(goes_with.get(document)),
            )
            for document, why in zip(known, reasons, strict=True)
        ]

    def _shown_with(self, documents: Sequence[int]) -> Iterator[int]:
        """All whose cards are looked at to show `documents`."""
        yield from documents
        for document in documents:
            yield from self._joined.followed_by(document)[:1]
            if self._joined.place_of[document] >= 0:
                yield int(self._joined.place_of[document])

    def standing(self, document: int) -> Standing:
        """A service or place as the map names it."""
        card = self._snapshot.card(document)
        kind = Kind(card["kind"])
        return Standing(
            id=UUID(card["id"]),
            kind=kind,
            name=card["name"],
            url=url_of(kind, card["slug"]),
            place=self._place_name(document, card) or card.get("label", ""),
            support_area=self._taken("support_area", document, card),
        )

    def _hit(
        self,
        document: int,
        score: float,
        nearest: int | None,
        why: tuple[Reason, ...],
        *,
        is_close: bool,
        goes_with: str,
    ) -> Hit:
        card = self._snapshot.card(document)
        kind = Kind(card["kind"])
        return Hit(
            id=UUID(card["id"]),
            kind=kind,
            slug=card["slug"],
            url=url_of(kind, card["slug"]),
            name=card["name"],
            strapline=card["strapline"],
            support_area=self._taken("support_area", document, card),
            who_for=self._taken("who_for", document, card),
            moment=card.get("moment"),
            freshness=self._freshness(document, card),
            updated=date.fromisoformat(card["updated"]),
            score=score,
            place=self._place_name(document, card),
            spot=card.get("label", ""),
            miles=self._miles_to(document) if kind is Kind.SERVICE else None,
            is_inside=self._is_inside(document),
            nearest=self._nearest(nearest) if nearest is not None else None,
            status=card.get("status"),
            easy_read=card.get("easy", ""),
            matched=why,
            is_close=is_close,
            goes_with=goes_with,
        )

    def _name(self, document: int | None) -> str:
        return "" if document is None else str(self._snapshot.card(document)["name"])

    def _taken(self, name: str, document: int, card: dict[str, Any]) -> tuple[str, ...]:
        """Values of a filter in the order of the document, or of the approach that it follows."""
        if own := card.get(name):
            return tuple(own)
        for followed in self._joined.followed_by(document)[:1]:
            return tuple(self._snapshot.card(followed).get(name, ()))
        return ()

    def _nearest(self, document: int) -> Nearest:
        card = self._snapshot.card(document)
        return Nearest(
            url=url_of(Kind.SERVICE, card["slug"]),
            name=card["name"],
            place=self._place_name(document, card),
            spot=card.get("label", ""),
            miles=self._miles_to(document),
            is_inside=self._is_inside(document),
            freshness=self._freshness(document, card),
        )

    def _miles_to(self, document: int) -> float | None:
        return self._around.miles_to(document) if self._around else None

    def _is_inside(self, document: int) -> bool:
        return self._around is not None and bool(self._around.inside[document])

    def _place_name(self, document: int, card: dict[str, Any]) -> str:
        place = int(self._joined.place_of[document])
        if place >= 0:
            return str(self._snapshot.card(place)["name"])
        return ", ".join(card.get("area", []))

    def _freshness(self, document: int, card: dict[str, Any]) -> Freshness:
        checked = date.fromisoformat(card["assured_date"]) if "assured_date" in card else None
        state = self._joined.freshness_of(document, self._today)
        return Freshness(state, checked, card.get("last_known"))
