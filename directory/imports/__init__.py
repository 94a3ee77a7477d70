"""Lists that networks bring, and feeds of Open Referral UK that are harvested.

    tables.py         files as lists: CSV and Excel, in and out
    open_referral.py  services of Open Referral UK as rows of a list
    columns.py        our columns, from the schema; a row of them as a document
    guessing.py       whose column is whose

Whatever they hold, it ends as submissions: one gate for all.
"""

from flask import Flask


def attach(app: Flask) -> None:
    """Make the tables known."""
    from directory.imports import models  # noqa: F401
