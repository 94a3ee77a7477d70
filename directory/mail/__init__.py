"""Mail: an outbox in the database, and a sender that the worker runs.

A view queues a mail in its own transaction (`queue`); the worker sends what is due (`send_due`).
The outbox holds which mail to whom and the values for its template: no bodies and no secrets.
Secrets in links are made when a mail is sent.
"""

from directory.mail.letters import Prepared, letter
from directory.mail.outbox import forget_old, queue
from directory.mail.sender import send_due

__all__ = ["Prepared", "forget_old", "letter", "queue", "send_due"]
