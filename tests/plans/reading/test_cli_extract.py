"""`langnghe plans`: from a file to a register, without a database; errors are sentences and exit code 2."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from langnghe.cli.commands.plans import text_of
from langnghe.cli.main import main
from tests.plans.reading import files

PLAN = (
    "Số: 12/KH-UBND\nSông Mã, ngày 03 tháng 02 năm 2025\nKẾ HOẠCH\nNâng cao chất lượng phục vụ năm 2025\nI. NHIỆM VỤ\n"
    "1. Sở Y tế chủ trì, phối hợp với Sở Nội vụ rà soát quy trình tiếp nhận. Hoàn thành trước ngày 30/6/2025.\n"
    "2. Sở Nội vụ báo cáo UBND tỉnh hằng quý; công khai kết quả trên Cổng thông tin điện tử tỉnh.\n"
)


def run(*arguments: str) -> int:
    return main(["plans", *arguments])


def test_json_is_the_register_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(PLAN, encoding="utf-8")
    assert run("extract", str(file), "--json") == 0
    register: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert register["document"]["number"] == "12/KH-UBND"
    first = register["tasks"][0]
    assert (first["lead"], first["cooperate"]) == (["Sở Y tế"], ["Sở Nội vụ"])
    assert (first["deadline"]["value"], first["deadline"]["before"]) == ("2025-06-30", True)
    assert register["recurring_reports"][0]["rrule"] == "FREQ=MONTHLY;INTERVAL=3"
    assert register["public_disclosures"][0]["where"] == "Cổng thông tin điện tử tỉnh"
    assert set(register) >= {"indicators", "channels", "warnings"}


def test_the_table_is_for_reading(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "plan.docx"
    file.write_bytes(files.word_plan())
    assert run("extract", str(file)) == 0
    out = capsys.readouterr().out
    assert out.startswith("Số 12/KH-UBND · ngày 03/02/2025")
    for words in ("Nhiệm vụ (", "CHỦ TRÌ", "Sở Tư pháp", "trước 30/09/2025", "Kênh tiếp nhận (", "Công khai ("):
        assert words in out
    assert max(map(len, out.splitlines())) < 320


def test_the_citys_own_bodies_are_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(
        "KẾ HOẠCH\nI. NHIỆM VỤ\n1. Cụm Hải Đăng rà soát quy trình.\n2. Sở Y tế tổng hợp.\n", encoding="utf-8"
    )
    bodies = tmp_path / "bodies.json"
    bodies.write_text(json.dumps({"entries": [{"name": "Cụm Hải Đăng"}, {"name": "Sở Y tế"}]}), encoding="utf-8")
    assert run("extract", str(plan), "--json", "--bodies", str(bodies)) == 0
    tasks = json.loads(capsys.readouterr().out)["tasks"]
    assert ["Cụm Hải Đăng"] in [task["lead"] for task in tasks]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.txt", None, "Không mở được tệp"),
        ("empty.txt", b"", "Tệp trống"),
        ("broken.pdf", b"%PDF-1.7 nothing", "PDF bị hỏng"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".docx"),
        ("broken.docx", b"PK\x03\x04" + b"x" * 100, "Word bị hỏng"),
    ],
)
def test_what_cannot_be_read_is_said_and_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert run("extract", str(file)) == 2
    captured = capsys.readouterr()
    assert words in captured.err and captured.out == ""


@pytest.mark.parametrize("content", ["{", "[]", '{"entries": [{}]}', '{"entries": 3}'])
def test_a_list_of_bodies_of_the_wrong_form_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    plan, bodies = tmp_path / "plan.txt", tmp_path / "bodies.json"
    plan.write_text(PLAN, encoding="utf-8")
    bodies.write_text(content, encoding="utf-8")
    assert run("extract", str(plan), "--bodies", str(bodies)) == 2
    assert "không đúng khuôn" in capsys.readouterr().err


def test_it_reads_standard_input_and_needs_neither_settings_nor_a_database() -> None:
    environment = {name: value for name, value in os.environ.items() if "DJANGO" not in name and name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", "from langnghe.cli.main import main; raise SystemExit(main())", "plans", "extract", "-"],
        input=PLAN.encode(),
        capture_output=True,
        env=environment | {"PYTHONUTF8": "1"},
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "Sở Y tế" in done.stdout.decode()


def test_measured_texts_have_the_size_asked_for_and_the_table_a_row_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert 29_900 < len(text_of(30_000)) <= 30_000
    assert io.BytesIO(text_of(5000)).read().decode("utf-8").startswith("PHẦN 1")
    assert run("measure", "--sizes", "5,10", "--runs", "1") == 0
    rows = capsys.readouterr().out.strip().splitlines()
    assert len(rows) == 4 and rows[2].startswith("| 5 KB |") and rows[3].endswith("MB |")
    with pytest.raises(SystemExit):
        run("measure", "--sizes", "x")
