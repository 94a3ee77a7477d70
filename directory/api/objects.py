"""Entries and answers of the search in the shapes of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from directory.api import shapes
from directory.entries.catalogue import Entry, HistoryLine
from directory.entries.freshness import Freshness, State
from directory.entries.freshness import freshness as freshness_of
from directory.look import quilt
from directory.networks.models import Network
from directory.places.patchwork import Patchwork
from directory.search.query import Query
from directory.search.results import Hit, Nearest, PlaceRead, Results, Suggestion
from directory.vocabulary import facets
from directory.vocabulary.help import Subject, helplines
from directory.vocabulary.terms import Kind

LICENCE = "CC BY 4.0"
LICENCE_URL = "https://creativecommons.org/licenses/by/4.0/"
# As small as blocks are drawn elsewhere; prints would need patterns of the page around them.
BLOCK_PIXELS = 56


class Speaker:
    """Says results in the shapes of the API, with addresses of this site."""

    def __init__(self, public_url: str, site_name: str) -> None:
        self._public_url = public_url
        self._site_name = site_name

    def search_answer(
        self,
        results: Results,
        *,
        most: int | None = None,
        with_facets: bool = True,
        notes: Mapping[UUID, str] | None = None,
    ) -> shapes.SearchAnswer:
        """The answer to a search.

        Args:
            most: cuts the list of results.
            notes: what the network that was asked for says about entries.
        """
        better = results.did_you_mean
        said = notes or {}
        return shapes.SearchAnswer(
            query=_query(results.query),
            total=results.total,
            page=results.page,
            pages=results.pages,
            results=[self._result(hit, said.get(hit.id)) for hit in results.hits[:most]],
            facets=_facets(results) if with_facets else {},
            also_looked_for=[
                shapes.AlsoLookedFor(words=added.words, because=added.because)
                for added in results.also_looked_for
            ],
            did_you_mean=(
                shapes.DidYouMean(q=better.q, url=self._search_url(better)) if better else None
            ),
            place=_place(results.place),
            wants_place=results.wants_place,
            urgent_help=urgent_help(results.urgent_help),
            url=self._search_url(results.query),
            source=self.source(),
        )

    def suggestion(self, suggestion: Suggestion) -> shapes.Suggestion:
        """What somebody may be about to type."""
        return shapes.Suggestion(
            kind=suggestion.kind,
            words=suggestion.words,
            note=suggestion.note,
            url=self._public_url + suggestion.url if suggestion.url else None,
        )

    def entry(self, entry: Entry, today: date) -> shapes.EntryObject:
        """A published entry, whole."""
        url = self._public_url + entry.url
        return shapes.EntryObject(
            id=entry.id,
            kind=entry.kind,
            slug=entry.slug,
            url=url,
            api_url=self.api_url(entry),
            revision=entry.revision,
            created_at=entry.created_at,
            updated_at=entry.updated_at,
            freshness=freshness(freshness_of(entry.document, today)),
            document=entry.document,  # type: ignore[arg-type]  # one of the kinds
            html=entry.html,
            licence=LICENCE,
            licence_url=LICENCE_URL,
            attribution=f"“{entry.document.name}”, {self._site_name}, {url}",
        )

    def api_url(self, entry: Entry) -> str:
        return f"{self._public_url}/api/v1/entries/{entry.kind}/{entry.slug}"

    def entries(
        self, entries: Sequence[Entry], today: date, *, next_url: str | None
    ) -> shapes.EntryList:
        """Some entries, and where the list goes on."""
        return shapes.EntryList(
            entries=[self.entry(one, today) for one in entries],
            next=next_url,
            source=self.source(),
        )

    def revisions(self, entry: Entry, lines: Sequence[HistoryLine]) -> shapes.RevisionList:
        """The versions of an entry. What a story said before stays with who told it."""
        is_told = entry.kind is Kind.STORY
        return shapes.RevisionList(
            id=entry.id,
            revisions=[
                shapes.RevisionLine(
                    number=one.number,
                    created_at=one.created_at,
                    origin=one.origin,
                    note=one.note,
                    is_erased=one.document is None,
                    url=(
                        f"{self.api_url(entry)}/revisions/{one.number}"
                        if one.document and not is_told
                        else None
                    ),
                )
                for one in lines
            ],
        )

    def place(self, entry: Entry, quilt_of: Patchwork, today: date) -> shapes.PlaceObject:
        """What a place has and lacks, by part of life."""
        return shapes.PlaceObject(
            place=self.entry(entry, today),
            areas=[
                shapes.AreaOfLife(
                    support_area=row.area,
                    known=[
                        shapes.KnownHere(
                            name=patch.name,
                            url=self._public_url + patch.url,
                            services=[self._public_url + one.url for one in patch.services],
                        )
                        for patch in row.patches
                    ],
                    lacking=[
                        shapes.Lacking(
                            name=one.name,
                            url=self._public_url + one.url,
                            known_in_comparable_places=one.comparable,
                            known_in_places=one.anywhere,
                        )
                        for one in row.missing
                    ],
                )
                for row in quilt_of.rows
            ],
        )

    def network(self, network: Network, *, entries: int) -> shapes.NetworkObject:
        """A network, and where its slice is."""
        asked = f"?network={network.slug}"
        return shapes.NetworkObject(
            slug=network.slug or "",
            name=network.name,
            words=network.words,
            url=f"{self._public_url}/networks/{network.slug}",
            web_page=network.web_page,
            entries=entries,
            entries_url=f"{self._public_url}/api/v1/entries{asked}",
            search_url=f"{self._public_url}/api/v1/search{asked}",
            feed_url=f"{self._public_url}/feeds/networks/{network.slug}.atom",
        )

    def source(self) -> shapes.Source:
        """Whose data it is, and under which licence."""
        return shapes.Source(
            name=self._site_name,
            url=f"{self._public_url}/",
            licence=LICENCE,
            licence_url=LICENCE_URL,
        )

    def _result(self, hit: Hit, note: str | None) -> shapes.Result:
        return shapes.Result(
            id=hit.id,
            kind=hit.kind,
            slug=hit.slug,
            name=hit.name,
            strapline=hit.strapline,
            url=self._public_url + hit.url,
            support_area=list(hit.support_area),  # type: ignore[arg-type]  # keys of the index
            who_for=list(hit.who_for),  # type: ignore[arg-type]
            moment=hit.moment,  # type: ignore[arg-type]
            place=hit.place or None,
            spot=hit.spot or None,
            distance_miles=_miles(hit.miles),
            is_inside=hit.is_inside,
            nearest=self._nearest(hit.nearest) if hit.nearest else None,
            status=hit.status,  # type: ignore[arg-type]
            updated=hit.updated,
            freshness=freshness(hit.freshness),
            easy_read=(
                shapes.EasyRead(url=f"{self._public_url}{hit.url}/easy-read", begins=hit.easy_read)
                if hit.easy_read
                else None
            ),
            block=block(quilt.draw(hit.id, hit.support_area, prints=False)),
            network_note=note,
        )

    def _nearest(self, nearest: Nearest) -> shapes.Nearest:
        return shapes.Nearest(
            name=nearest.name,
            url=self._public_url + nearest.url,
            place=nearest.place or None,
            spot=nearest.spot or None,
            distance_miles=_miles(nearest.miles),
            is_inside=nearest.is_inside,
            freshness=freshness(nearest.freshness),
        )

    def _search_url(self, query: Query) -> str:
        asked = replace(query, page=1).to_string()
        return f"{self._public_url}/search" + (f"?{asked}" if asked else "")


def vocabulary() -> shapes.Vocabulary:
    """The fixed lists in reading order."""
    return shapes.Vocabulary(
        lists={
            name: [
                shapes.TermObject(key=key, label=term.label, explanation=term.explanation)
                for key, term in terms.items()
            ]
            for name, terms in facets.facets().items()
        }
    )


def urgent_help(subject: Subject | None) -> shapes.UrgentHelp | None:
    """Whose numbers come before any result, or None."""
    if subject is None:
        return None
    lines = [
        shapes.HelpLine(
            name=line.name,
            contact=way.ring or f"text {way.text} to {way.to}",
            href=way.href,
            what=line.for_whom,
            nations=list(line.nations),
        )
        for line in helplines(subject)
        for way in line.ways
    ]
    return shapes.UrgentHelp(subject=subject, lines=lines)


def freshness(found: Freshness) -> shapes.Freshness:
    return shapes.Freshness(
        state=found.state,
        checked=found.checked,
        last_known=found.last_known,
        words=freshness_words(found),
    )


def freshness_words(found: Freshness) -> str:
    """The freshness of an entry in English: "Checked 3 November 2026"."""
    day = _day(found.checked) if found.checked else ""
    match found.state:
        case State.FRESH:
            return f"Checked {day}"
        case State.DUE:
            return f"Due a check, last checked {day}"
        case State.OVERDUE:
            return f"Overdue a check, last checked {day}"
        case State.NEVER:
            known = f", known in {found.last_known}" if found.last_known else ""
            return f"Not checked yet{known}"


def block(drawn: quilt.Block) -> shapes.Block:
    """A quilt block as paths and colours, for places without our stylesheet."""
    return shapes.Block(
        behind=[_patch(patch) for patch in drawn.behind],
        figure=[_patch(patch) for patch in drawn.figure],
        transform=drawn.transform,
    )


def _patch(patch: quilt.Patch) -> shapes.Patch:
    return shapes.Patch(fill=quilt.COLOURS[patch.cloth.key], d=patch.path)


def _facets(results: Results) -> dict[str, list[shapes.FacetChoice]]:
    return {
        facet: [
            shapes.FacetChoice(
                value=choice.value, label=choice.label, count=choice.count, chosen=choice.chosen
            )
            for choice in choices
        ]
        for facet, choices in results.facets.items()
    }


def _query(query: Query) -> dict[str, str | list[str]]:
    asked: dict[str, list[str]] = {}
    for name, value in replace(query, page=1).pairs():
        asked.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in asked.items()}


def _place(place: PlaceRead | None) -> shapes.PlaceRead | None:
    if place is None:
        return None
    return shapes.PlaceRead(
        typed=place.typed,
        name=place.spot.full_name if place.spot else None,
        choices=[shapes.PlaceChoice(name=one.full_name, near=one.near) for one in place.choices],
        is_guess=place.is_guess,
    )


def _miles(miles: float | None) -> float | None:
    return None if miles is None else round(miles, 1)


def _day(value: date) -> str:
    return f"{value.day} {value:%B %Y}"
