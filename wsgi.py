"""What a WSGI server loads: `gunicorn wsgi:app`. Also where `flask` finds the commands."""

from __future__ import annotations

import sys

from directory import create_app
from directory.config import BadSetting

try:
    app = create_app()
except BadSetting as error:
    sys.exit(str(error))
