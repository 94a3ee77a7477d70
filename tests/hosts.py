"""Other people's sites, on another port, with their own policies and style sheets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Host:
    """A site that embeds ours. `url` has no slash at its end."""

    url: str
    directory: str
    pages: dict[str, tuple[str, str]] = field(default_factory=dict)

    def page(self, body: str, *, head: str = "", policy: str = "", language: str = "en") -> str:
        """Address of a new page with `body`, under that content security policy."""
        path = f"/{len(self.pages)}"
        html = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="icon" href="data:,"><title>Dale Valley</title>{head}</head>'
            f"<body><main><h1>Dale Valley Carers’ Centre</h1>{body}</main></body></html>"
        )
        self.pages[path] = (html, policy)
        return self.url + path

    def script(self) -> str:
        """The tag that loads the widget."""
        return f'<script type="module" src="{self.directory}/embed/v1/widget.js"></script>'

    def widget(self, **attributes: str) -> str:
        """A widget with its link inside."""
        said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        link = f'<a href="{self.directory}/search">Search Kith</a>'
        return f"<kith-search{said}>{link}</kith-search>"

    def frame(self, query: str = "", **attributes: str) -> str:
        """A frame of ours, as a site has it that takes no scripts."""
        said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        address = escape(f"{self.directory}/embed/v1/frame" + (f"?{query}" if query else ""))
        return (
            f'<iframe src="{address}" title="Search Kith" width="360" height="300"{said}></iframe>'
        )

    def strict(self, *, connects: bool = True) -> str:
        """A policy that lets in nothing but the widget."""
        policy = f"default-src 'none'; style-src 'self'; img-src data:; script-src {self.directory}"
        policy += "; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
        return policy + (f"; connect-src {self.directory}" if connects else "")


@contextmanager
def host(directory: str) -> Iterator[Host]:
    """A site on a free port of this machine that embeds the one at `directory`."""
    found = Host("", directory)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, policy = found.pages.get(self.path, ("", ""))
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: pytest shows what matters."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
