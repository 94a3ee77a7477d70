"""The walls between the parts: imports point one way, views → domain → models."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from directory.config import ROOT

HOUSE = ROOT / "directory"
PARTS = sorted(path.name for path in HOUSE.iterdir() if (path / "__init__.py").exists())

# What speaks to the web or the terminal. Everything else in a part is its domain.
OUTSIDE = ("__init__", "views", "forms", "commands")
WEB = ("flask", "wtforms", "click")

# Outside as well, though their names do not say so.
OUTSIDE_TOO = {
    "accounts.guard": "joins Flask-Security to the app",
    "entries.addresses": "how addresses are matched",
    "moderation.showing": "lines of a page",
    "imports.wording": "words on pages and in files",
    "mail.wording": "what letters are called on pages",
    "networks.embed": "views of what other sites embed",
    "pages.home": "views of the home page",
    "pages.machines": "views of what machines read",
    "submissions.controls": "controls of forms",
    "submissions.shown": "a document as the page would show it",
    "submissions.wording": "words on forms",
}

# Where a wall has a door, and why.
DOORS = {
    ("accounts.models", "flask_security"): "its mixins say what a user and a role can do",
    ("accounts.second_factor", "flask_security"): "it makes and checks the codes",
}


@cache
def modules() -> list[tuple[str, ast.Module]]:
    """Each module of the program, by its name inside directory/: "entries.publishing"."""
    return [
        (
            ".".join(path.relative_to(HOUSE).with_suffix("").parts),
            ast.parse(path.read_text(encoding="utf-8"), filename=str(path)),
        )
        for path in sorted(HOUSE.rglob("*.py"))
    ]


def imports(tree: ast.Module) -> set[str]:
    """Full names of all that is imported, wherever in the file: "directory.entries.files"."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where a thing comes from"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def breaches(of: object, *, banned: object) -> list[str]:
    """Imports that go through a wall: `of` says which modules, `banned` which imports."""
    return [
        f"{module} imports {name}"
        for module, tree in modules()
        if of(module)  # type: ignore[operator]
        for name in sorted(imports(tree))
        if banned(name)  # type: ignore[operator]
        and not any(module == door and name.startswith(way) for door, way in DOORS)
    ]


def part_of(module: str) -> str:
    return module.partition(".")[0]


def is_domain(module: str) -> bool:
    part, _, rest = module.partition(".")
    return part in PARTS and rest != "" and not is_outside(module)


def is_outside(module: str) -> bool:
    return module.partition(".")[2].startswith(OUTSIDE) or module in OUTSIDE_TOO


def imports_from(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def test_the_domain_knows_nothing_of_the_web():
    def web(name: str) -> bool:
        return imports_from(name, *WEB) or name.startswith("flask_")

    assert breaches(is_domain, banned=web) == []


def test_the_domain_does_not_import_what_is_outside_of_it():
    known = {module for module, _tree in modules()}

    def outside(name: str) -> bool:
        module = name.removeprefix("directory.")
        return name.startswith("directory.") and module in known and is_outside(module)

    assert breaches(is_domain, banned=outside) == []


def test_models_know_only_the_database_and_other_models():
    def more(name: str) -> bool:
        own = imports_from(name, "directory.db") or ".models" in name
        return name.startswith("directory.") and not own

    assert breaches(lambda module: module.endswith(".models"), banned=more) == []


def test_only_search_knows_whoosh():
    def elsewhere(module: str) -> bool:
        return part_of(module) != "search"

    assert breaches(elsewhere, banned=lambda name: imports_from(name, "whoosh")) == []


@pytest.mark.parametrize("part", ["search", "submissions", "networks"])
def test_entries_know_nothing_of_who_uses_them(part: str):
    def in_entries(module: str) -> bool:
        # A command is the caller: it may hand the conflicts of a sync to submissions.
        return part_of(module) == "entries" and module != "entries.commands"

    assert breaches(in_entries, banned=lambda n: imports_from(n, f"directory.{part}")) == []


def test_what_comes_in_by_lists_knows_the_others_and_none_of_them_knows_it():
    def joined(module: str) -> bool:
        # The worker calls them; they stand behind everything that it uses.
        return part_of(module) not in {"imports", "errands"}

    assert breaches(joined, banned=lambda name: imports_from(name, "directory.imports")) == []


def test_parts_end_no_transaction_in_their_domain():
    committing = [
        f"{module}:{node.lineno}"
        for module, tree in modules()
        if is_domain(module) and module not in ENDS_ITS_OWN_TRANSACTIONS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func) in ("session.commit", "db.session.commit")
    ]

    assert committing == []


# The sender commits before and after each mail, because a mail cannot be rolled back.
ENDS_ITS_OWN_TRANSACTIONS = {"mail.sender"}


def test_what_is_said_to_be_outside_is_there():
    assert OUTSIDE_TOO.keys() <= {module for module, _tree in modules()}


def test_a_door_that_nobody_uses_is_closed():
    used = {
        (module, way)
        for module, tree in modules()
        for door, way in DOORS
        if module == door and any(name.startswith(way) for name in imports(tree))
    }

    assert used == DOORS.keys()


def test_imports_inside_functions_are_seen():
    tree = ast.parse("def f():\n    from whoosh import index\n")

    assert "whoosh.index" in imports(tree)
