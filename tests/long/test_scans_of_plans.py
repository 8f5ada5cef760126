"""The reference plans as scans: pages of pictures, turned, soiled, at two resolutions, read by the real Tesseract."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from langnghe.plans.reading.formats import load, scan
from langnghe.plans.reading.reader import read
from tests.plans.reading.scanning import scan_of
from tests.plans.reading.test_scores import scorer

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not scan.available(), reason="needs Tesseract with Vietnamese data (tesseract-ocr, tesseract-ocr-vie)"
    ),
]


@pytest.mark.parametrize(("angle", "noise"), [(0.6, 12.0), (2.0, 25.0)])
@pytest.mark.parametrize("name", ["69-KH-UBND-2017", "181-KH-UBND-2022"])
def test_a_reference_plan_as_a_scan(
    name: str, angle: float, noise: float, shared_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = scorer(shared_dir)
    text = (shared_dir / "plans" / "documents" / f"{name}.txt").read_text(encoding="utf-8")
    wanted = json.loads((shared_dir / "plans" / "register" / f"{name}.json").read_text(encoding="utf-8"))
    content = scan_of(text, tmp_path, angle=angle, noise=noise)
    start = time.perf_counter()
    source = load(content, f"{name}.pdf")
    seconds = time.perf_counter() - start
    figures, misses = module.score(wanted, read(source).to_json())
    pages = max(line.page or 1 for line in source.lines)
    with capsys.disabled():
        print(f"\n{name} turned {angle}°, grain {noise}: {seconds / pages:.1f} s a page")
        for field, figure in figures.items():
            print(f"  {field:20}", figure if isinstance(figure, float) else f"F1 {figure['f1']:.3f}")
    assert figures["strict"]["f1"] >= 0.85, misses
