"""The supervisor: both programs run, or the whole ends and says why."""

from __future__ import annotations

import http.client
import os
import re
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy import a_site, gunicorn_config, supervisor
from deploy.packages import ROOT
from deploy.supervisor import Child, Place, Supervisor
from deploy.trouble import Trouble


def a_place(tmp_path: Path, **fields: object) -> Place:
    return Place(
        **{
            "bind": "127.0.0.1",
            "port": a_site.free_port(),
            "instance": tmp_path / "instance",
            "content": tmp_path / "content",
        }
        | fields  # type: ignore[arg-type]
    )


def a_child(script: str) -> Child:
    return Child("toy", [sys.executable, "-c", script])


def test_a_taken_port_is_told_with_another_to_choose(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Trouble, match=f"make run PORT={port + 1}"):
            supervisor.need_port(a_place(tmp_path, port=port))


@pytest.mark.parametrize("port", ["web", "-1", "0", "70000"])
def test_a_port_that_is_none_is_told(port: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Trouble, match="write a number such as 8000"):
        Place.from_env()


def test_one_that_dies_is_started_again(tmp_path: Path):
    kept = Supervisor(a_place(tmp_path), reload=False)
    marks = tmp_path / "marks"
    kept.worker = a_child(f"open({str(marks)!r}, 'a').write('x')")
    kept.web = a_child("import time; time.sleep(60)")
    kept.web.start()
    kept.worker.start()

    wait_for(lambda: (kept._revive_the_dead() or marks.exists()) and len(marks.read_text()) >= 2)

    kept._stop()


def test_one_that_keeps_dying_ends_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    kept = Supervisor(a_place(tmp_path), reload=False)
    kept.worker = a_child("raise SystemExit(3)")
    kept.worker.start()

    def revive_often() -> None:
        for _turn in range(10):
            assert kept.worker.process is not None
            kept.worker.process.wait(10)
            kept._revive_the_dead()

    with pytest.raises(Trouble, match="ended 5 times within a minute"):
        revive_often()


def test_one_that_does_not_listen_is_stopped_by_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supervisor, "PATIENCE_AT_STOP_SECONDS", 0.5)
    kept = Supervisor(a_place(tmp_path), reload=False)
    ready = tmp_path / "ready"
    kept.web = a_child(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(ready)!r}, 'w'); time.sleep(60)"
    )
    kept.web.start()
    wait_for(ready.exists)

    kept._stop()

    assert kept.web.process is not None
    assert kept.web.process.returncode == -signal.SIGKILL


def test_developers_are_told_what_changed(tmp_path: Path):
    place = a_place(tmp_path)
    place.content.mkdir()
    sources = supervisor.Sources(place)
    assert sources.changed() == set()

    (place.content / "new.md").write_text("---\n")

    assert sources.changed() == {"content"}
    assert sources.changed() == set()


@pytest.mark.parametrize(
    ("settings", "is_shared"),
    [
        ({}, False),
        ({"WEB_CONCURRENCY": "2"}, True),
        ({"WEB_CONCURRENCY": "2", "reload": "1"}, False),
    ],
)
def test_several_processes_share_the_program_unless_it_is_followed(
    settings: dict[str, str], is_shared: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    web = Supervisor(a_place(tmp_path), reload="reload" in settings).web
    for name, value in (settings | web.settings).items():
        monkeypatch.setenv(name, value)

    assert runpy.run_path(gunicorn_config.__file__)["preload_app"] is is_shared


def test_the_access_log_hides_tokens_of_private_links():
    token = "abcd" + "x" * 39

    assert gunicorn_config.hide_tokens(f"/submissions/{token}/edit") == "/submissions/abcd…/edit"
    assert gunicorn_config.hide_tokens("/approaches/community-choirs") == (
        "/approaches/community-choirs"
    )
    assert "%(q)s" not in gunicorn_config.access_log_format
    assert not re.search(r"%\((r|h|f)\)s", gunicorn_config.access_log_format)


# The real thing.


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """A site with an empty content folder, started as `make run` does; its port and log."""
    port = a_site.free_port()
    (tmp_path / "content").mkdir()
    log = tmp_path / "log"
    with open(log, "w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.supervisor"],
            cwd=ROOT,
            env=os.environ
            | {
                "PORT": str(port),
                "INSTANCE_DIR": str(a_site.an_instance(tmp_path)),
                "CONTENT_DIR": str(tmp_path / "content"),
                "PYTHONUNBUFFERED": "1",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        yield process, port, log
        process.terminate()
        process.wait(20)


def test_a_site_starts_serves_and_stops_in_order(site: tuple[subprocess.Popen[str], int, Path]):
    process, port, log = site
    wait_for(lambda: "Stop           Ctrl-C" in log.read_text(), log)

    assert answers(port, "/readyz")
    text = log.read_text()
    assert f"Kith is running on http://127.0.0.1:{port}" in text
    assert f"make moderator EMAIL=you@example.org PORT={port}" in text
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert "Kith has stopped." in log.read_text()
    assert not answers(port, "/healthz")


def test_a_site_whose_supervisor_is_killed_frees_its_port(
    site: tuple[subprocess.Popen[str], int, Path],
):
    process, port, log = site
    wait_for(lambda: answers(port, "/healthz"), log)

    process.kill()
    process.wait()

    wait_for(lambda: not answers(port, "/healthz"))


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def wait_for(what: Callable[[], object], log: Path | None = None) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, log.read_text() if log else "too slow"
        time.sleep(0.05)
