"""Measuring Kith on this machine: `make bench`, `make bench SIZE=10000`.

pages.py      time to answer and weight of the main pages, through the real server
search.py     our search beside others, on the same entries and questions
postgres.py   the index on PostgreSQL: questions, building, adding; PostgreSQL's own time too
an_app.py     the program in this process, with a database of its own
shelf.py      pages on the shelf, beside the smallest page of Flask
corpus.py     as many services as wanted, made from our own words
questions.py  what is asked
engines.py    Kith, plain Whoosh and SQLite FTS5
extras.py     tantivy and Datasette, where they are installed
clocks.py     CPU time of several ways, asked in turn
parts.py      what is measured of Kith alone: suggestions, places, memory, pages, judged questions
"""
