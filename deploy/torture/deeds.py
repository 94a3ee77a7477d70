"""All that is done while somebody pulls the plug."""

from __future__ import annotations

from deploy.torture.bringing import Bring, Check, Take, TakeIn
from deploy.torture.deciding import (
    Merge,
    MergeFollowed,
    Publish,
    PublishAllDies,
    PublishFollowed,
)
from deploy.torture.deed import Deed
from deploy.torture.mailing import Mail

# In this order, so that there are authors to write to when it is the turn of mail.
DEEDS: tuple[type[Deed], ...] = (
    Publish,
    PublishFollowed,
    Merge,
    MergeFollowed,
    Bring,
    Check,
    Take,
    TakeIn,
    PublishAllDies,
    Mail,
)
