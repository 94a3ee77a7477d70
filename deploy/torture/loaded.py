"""What the processes of the site have in memory when they are forked: the program, made ready.

Nothing here opens a file of the site or a connection: those must not be shared.
"""

from __future__ import annotations

from gunicorn.app import wsgiapp as wsgiapp
from gunicorn.workers import gthread as gthread

from wsgi import app as app

# Pages that are asked for right after a kill; to compile them takes a second.
USED = ("moderation/", "imports/", "components/", "entries/")

for name in app.jinja_env.list_templates():
    if name.startswith(USED):
        app.jinja_env.get_template(name)
