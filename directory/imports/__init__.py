"""Lists that networks bring, and feeds of Open Referral UK that are harvested.

    tables.py         files as lists: CSV and Excel, in and out
    open_referral.py  services of Open Referral UK as rows of a list
    columns.py        our columns, from the schema; a row of them as a document
    cells.py          what a cell says
    guessing.py       whose column is whose
    bringing.py       a file becomes a list
    lists.py          a list from its columns to the choices of its editors
    standing.py       how it stands, row by row, and the list to put right
    outcomes.py       what became of the rows that were sent
    telling.py        the mail when all of a list is decided
    checking.py       what is wrong with rows, what is here already, what changes
    taking.py         all that is ready becomes submissions, at once
    feeds.py          feeds of others, read page by page

Whatever they hold, it ends as submissions: one gate for all. Only feeds that an admin said to
trust go live, and they too only where nobody here has to be asked.
"""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring the pages of lists and feeds to `app`."""
    from directory.imports import telling, views, views_feeds

    app.register_blueprint(views.bp)
