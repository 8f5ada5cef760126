"""The step of the package's build that makes the front-end assets; see src/langnghe/cli/assets.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before every wheel and editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the assets into the source tree, where both kinds of install take them from."""
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from langnghe.cli.assets import build_all
        finally:
            sys.path.pop(0)
        build_all(root)
