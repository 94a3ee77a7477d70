"""Deeds: to bring a list, and what the worker does with its rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from sqlalchemy import func, select

from deploy.torture.deed import WEB, WORKER, Deed, a_service, insist
from deploy.torture.site import WORKING
from directory.imports.models import Import, ImportRow, Stage, State
from directory.submissions.models import Submission

ROWS_OF_A_LIST = 30
COLUMNS = ("name", "summary", "approach", "service_area")


class Bring(Deed):
    """A moderator brings a list."""

    name = "import, bringing"
    victims = (WEB,)

    def prepare(self) -> None:
        self._name = f"list-{self.chance.getrandbits(48)}"
        rows = [a_service(self.chance) for _row in range(ROWS_OF_A_LIST)]
        lines = [f"{one.name},{one.summary},community-choirs,Leeds" for one in rows]
        self._list = "\r\n".join([f"{self._name},What happens,Type,Town", *lines])
        path = "/moderation/lists"
        self._form = self.site.person.open(path).form(path) | {"kind": "service", "agree": "y"}

    def begin(self) -> None:
        self.press("/moderation/lists", self._form, file=self._list)

    def is_over(self) -> bool:
        return self.is_answered

    def look(self) -> str:
        with self.site.looking() as session:
            found = session.scalars(select(Import).where(Import.name == f"{self._name}.csv")).all()
            if not found:
                insist(not self.is_answered, f"{self._name} was brought, and is not here")
                return "as before"
            insist(len(found) == 1, f"{self._name} is here {len(found)} times")
            one = found[0]
            rows = session.scalars(select(ImportRow).where(ImportRow.import_id == one.id)).all()
            insist(len(rows) == ROWS_OF_A_LIST, f"{self._name} has {len(rows)} rows")
            waiting = session.scalar(
                select(func.count())
                .select_from(Submission)
                .where(Submission.why.startswith(f"From the list “{one.name}”, row"))
            )
            taken = [row for row in rows if row.submission_id is not None]
            insist(
                waiting == len({row.submission_id for row in taken}) == len(taken),
                f"{self._name}: {len(taken)} rows were taken in and {waiting} submissions made",
            )
            if one.stage != Stage.DONE:
                insist(not taken, f"{self._name} is half taken in: {len(taken)} rows")
                read = sum(row.state != State.UNREAD for row in rows)
                written = sum(bool(row.text) for row in rows)
                return f"{one.stage}, {read} rows checked, {written} written"
            left = [row.number for row in rows if row.state == State.NEW and row.taken_at is None]
            insist(not left, f"{self._name} is taken in without the rows {left}")
            insist(bool(taken), f"{self._name} is taken in, and nothing of it")
            return f"{len(taken)} rows taken in"

    def finish(self) -> None:
        if self.look() == "as before":
            insist(self.press_again().status == 303, f"{self._name} cannot be brought")
        self._go_on(Stage.DONE)
        insist(self.look().endswith("taken in"), f"{self._name} cannot be taken in")

    def _go_on(self, until: Stage) -> None:
        """Do what is next with the list until it is at a stage."""
        while (stage := self._stage()) != until:
            if stage in WORKING:
                self.site.wait(partial(self._has_left, stage), f"a list at {stage}")
            else:
                path, form = self._next_form()
                answer = self.site.person.send(path, form)
                insist(answer.status == 303, f"{path} answers {answer.status}")

    def _next_form(self) -> tuple[str, dict[str, str]]:
        """The form that takes the list further: its columns, or what was found."""
        page = f"/moderation/lists/{self._number()}"
        is_new = self._stage() == Stage.MAPPING
        path = f"{page}/columns" if is_new else f"{page}/taken"
        form = self.site.person.open(page).form(path)
        if is_new:
            form |= {f"column-{number}": key for number, key in enumerate(COLUMNS)}
        return path, form

    def _has_left(self, stage: Stage) -> bool:
        return self._stage() != stage

    def _stage(self) -> Stage:
        with self.site.looking() as session:
            return Stage(session.get_one(Import, self._number()).stage)

    def _number(self) -> int:
        with self.site.looking() as session:
            return session.scalars(
                select(Import.id).where(Import.name == f"{self._name}.csv")
            ).one()

    def _count(self, which: Callable[[ImportRow], bool]) -> int:
        with self.site.looking() as session:
            rows = session.scalars(
                select(ImportRow).where(ImportRow.import_id == self._number())
            ).all()
            return sum(which(row) for row in rows)


class _Brought(Bring):
    """A list that is at a stage already."""

    at: ClassVar[Stage]

    def prepare(self) -> None:
        super().prepare()
        super().begin()
        self.settle()
        self._go_on(self.at)
        self._path, self._next = self._next_form()


class Check(_Brought):
    """The worker checks its rows."""

    name = "import, checking"
    victims = (WORKER,)
    at = Stage.MAPPING

    def begin(self) -> None:
        self.press(self._path, self._next)
        self.settle()
        self.site.wait(
            lambda: bool(self._count(lambda row: row.state != State.UNREAD)),
            "a row to be checked",
            every=0.01,
        )

    def is_over(self) -> bool:
        return self._stage() not in WORKING


class Take(_Brought):
    """A moderator says: take it in."""

    name = "import, deciding"
    victims = (WEB,)
    lasts_like = "publish"
    at = Stage.CHECKED

    def begin(self) -> None:
        self.press(self._path, self._next)

    def look(self) -> str:
        stage = self._stage()
        insist(not self.is_answered or stage != self.at, f"{self._name} is {stage} again")
        return super().look()


class TakeIn(_Brought):
    """The worker takes it in."""

    name = "import, taking in"
    victims = (WORKER,)
    at = Stage.CHECKED

    def begin(self) -> None:
        self.press(self._path, self._next)
        self.settle()
        self.site.wait(
            lambda: bool(self._count(lambda row: bool(row.text))) or self.is_over(),
            "a row to be written",
            every=0.01,
        )

    def is_over(self) -> bool:
        return self._stage() not in WORKING
