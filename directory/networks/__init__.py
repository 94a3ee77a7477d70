"""Networks: their own slice of the directory, here and on other sites.

    joining.py     asking to be a network, and an admin's decision
    team.py        who edits it
    rules.py       what belongs in its slice
    collection.py  that, with what was added and left out by hand
    slicing.py     bringing slices after the search index
    clearing.py    showing only versions that an editor cleared; versions.py shows them
    telling.py     mails to editors about what entered, left or waits
    slices.py      what a question may find; views_slice.py asks it for every address
    code.py        lines to copy for other sites; embed.py and views_frame.py serve them

Only networks that an admin opened show anything.
"""

from flask import Flask


def attach(app: Flask) -> None:
    """Bring pages, letters and the widget's addresses to `app`."""
    from directory.networks import (  # letters and pages of the desk are known
        embed,
        letters,
        views,
        views_desk,
        views_desk_collection,
        views_desk_hooks,
        views_desk_keys,
        views_desk_page,
        views_desk_team,
        views_desk_versions,
        views_desk_widgets,
        views_frame,
        views_public,
        views_waiting,
    )

    app.register_blueprint(views.bp)
    app.register_blueprint(views_frame.bp)
    app.register_blueprint(views_frame.pasted)
    app.register_blueprint(views_public.bp)
    app.register_blueprint(views_desk.bp)
    embed.attach(app)
