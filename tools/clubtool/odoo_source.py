"""Odoo 19.0 Community: Debian's signed package, or the folder in ODOO_HOME.

The package is read from Debian unstable with lists of our own, so the machine's own sources
stay as they are; apt checks the archive's signature. Only what runs is unpacked.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import system
from .console import Failure, say, step
from .paths import REPO, home

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCE = f"deb [signed-by={KEYRING}] http://deb.debian.org/debian unstable main\n"
PACKAGES = "usr/lib/python3/dist-packages"
OWN_COPY = "Or put Odoo 19.0 in a folder yourself and run: make ... ODOO_HOME=<that folder>"


@dataclass
class OdooSource:
    """Odoo on disk: `root` goes on Python's path, `addons` is what the configuration names."""

    version: str
    root: Path
    addons: list


def find():
    """Odoo, downloaded when it isn't there yet."""
    if os.environ.get("ODOO_HOME"):
        return _own(Path(os.environ["ODOO_HOME"]).resolve())
    pinned = (REPO / "tools" / "odoo.lock").read_text().strip()
    folder = home() / "odoo"
    chosen = folder / f"instead-of-{pinned}"
    version = chosen.read_text().strip() if chosen.exists() else pinned
    if not (folder / version).exists():
        version = _download(folder, pinned)
    root = folder / version / PACKAGES
    return OdooSource(version, root, [root / "odoo" / "addons"])


def _own(folder):
    """The user's own Odoo: a git checkout, an unpacked package, or a folder on Python's path."""
    for root in (folder, folder / PACKAGES):
        if (root / "odoo" / "release.py").exists():
            addons = [root / "addons", root / "odoo" / "addons"]
            version = _release(root / "odoo" / "release.py")
            return OdooSource(version, root, [path for path in addons if path.is_dir()])
    raise Failure(
        f"ODOO_HOME={folder} does not hold Odoo: there is no odoo/release.py in it.",
        "Name a git checkout of Odoo 19.0, or the folder into which its package was unpacked.",
    )


def _release(path):
    match = re.search(r"^version_info = \((\d+), (\d+)", path.read_text(), re.MULTILINE)
    version = ".".join(match.groups()) if match else "unknown"
    if version != "19.0":
        raise Failure(f"{path} says Odoo {version}; the customer club is for Odoo 19.0.", OWN_COPY)
    return version


def _download(folder, pinned):
    """Fetch and unpack Debian's package; return the version that it has."""
    if not KEYRING.exists():
        raise Failure(
            f"Debian's archive keys are missing ({KEYRING}), so Odoo cannot be verified.",
            f"Install the package debian-archive-keyring.\n{OWN_COPY}",
        )
    system.need_space(folder, 2.5)
    with step("Odoo 19 from Debian (123 MB)"):
        package, version = _fetch(folder)
    if version != pinned:
        say(f"  NOTE: Debian has Odoo {version} now, tools/odoo.lock expects {pinned}: taking it.")
        (folder / f"instead-of-{pinned}").write_text(f"{version}\n")
    if not (folder / version).exists():
        with step(f"unpacking Odoo {version}"):
            system.build(folder / version, lambda target: _unpack(package, target))
    # The package is only a step to the unpacked tree.
    package.unlink()
    return version


def _apt_options(folder):
    apt = folder / "apt"
    (apt / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    sources = apt / "sources.list"
    sources.write_text(SOURCE)
    settings = {
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
        # As root, apt would warn that its own user can't write into our folder.
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
        # A mirror that lags, or a clock that is wrong, is no danger here: one version is wanted,
        # and its signature is checked all the same.
        "Acquire::Check-Valid-Until": "false",
    }
    return [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]


def _fetch(folder):
    """Download the version that the index has: the pinned one, or another 19.0."""
    options = _apt_options(folder)
    try:
        system.run(["apt-get", *options, "update", "-q"])
        shown = system.run(["apt-cache", *options, "show", "--no-all-versions", "odoo-19"]).stdout
    except system.CommandFailed as error:
        raise Failure(
            f"The package index of Debian unstable could not be read.\n{error.problem}",
            f"{error.remedy or 'Check the network and run it again.'}\n{OWN_COPY}",
        ) from error
    found = re.search(r"^Version: (19\.0\S*)$", shown, re.MULTILINE)
    if not found:
        raise Failure("Debian's package odoo-19 is not at 19.0 any more.", OWN_COPY)
    version = found.group(1)
    system.run(["apt-get", *options, "download", "-q", f"odoo-19={version}"], cwd=folder)
    return folder / f"odoo-19_{version.replace(':', '%3a')}_all.deb", version


def _unpack(package, target):
    """Unpack the server and its addons; link the shared folders the package points at."""
    wanted = [f"./{PACKAGES}/odoo", f"./{PACKAGES}/odoo-19*.egg-info", "./usr/bin/odoo"]
    with subprocess.Popen(
        ["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE
    ) as archive:
        system.run(["tar", "-x", "-C", target, "--wildcards", *wanted], stdin=archive.stdout)
    share = target / "usr" / "share"
    share.mkdir()
    for name in ("javascript", "fonts", "fonts-font-awesome"):
        (share / name).symlink_to(Path("/usr/share") / name)
