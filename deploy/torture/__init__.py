"""`make torture`: kill web and worker in the middle of their work, and look what is lost.

A real site runs: gunicorn and the worker, on a database of its own. A moderator publishes, joins
entries and brings lists over http; the worker follows and sends mail. Each round one of the two
processes (or both) is killed with SIGKILL at a moment drawn from the measured length of the work,
and started again; then everything that must be true of the site is looked at.

processes.py  the web server and the worker, killed and started in a moment
person.py     a moderator with a browser
site.py       the site as the driver sees it: its processes, its database, its index, its files
deed.py       what is done, and killed in the middle: what all of it has in common
deciding.py, bringing.py, mailing.py  publish and merge; import; mail
deeds.py      all of them, in order
truths.py     what must be true whenever the site is quiet
"""
