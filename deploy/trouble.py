"""What stops a set-up, in one clear line with its remedy."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """Setting up cannot go on; the message says why and what to do."""


NO_SPACE = (
    "The disk is full. Free some space (a full set-up takes about 700 MB), then run this again."
)


@contextmanager
def told_plainly() -> Iterator[None]:
    """End the program with one line instead of a traceback where we know what is wrong."""
    try:
        yield
    except Trouble as trouble:
        sys.exit(f"\n{trouble}")
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same again to go on.")
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            sys.exit(f"\n{NO_SPACE}")
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            sys.exit(
                f"\nKith may not write to {error.filename}: make it yours (chown), or go elsewhere."
            )
        raise
