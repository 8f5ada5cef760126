"""The model of triage: learns, abstains, measures itself out of sample, and survives storage unchanged."""

from __future__ import annotations

import io
import json
import random
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from langnghe.texts import fold
from langnghe.triage import signs
from langnghe.triage.evaluate import FOLDS, assign_folds, calibrate, choose_for_recall, choose_threshold
from langnghe.triage.features import count_features, learn_space, without_names
from langnghe.triage.lexicon import look_for_diversion
from langnghe.triage.model import (
    COMMUNE,
    NEVER,
    BundleError,
    Example,
    ModelBundle,
    Route,
    calibrated,
    mix_agencies,
    predict,
    train,
)
from langnghe.triage.signs import URGENT

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "langnghe" / "demo" / "data"
REAL = ROOT.parent / "shared" / "feedback" / "real-cases.jsonl"

# A small world of its own: topics with their words, put together at random.
TOPICS = {
    "rac": ("field", "@commune", "rác thùng rác thu gom mùi hôi đổ trộm phế thải xe rác ruồi túi rác".split()),
    "den": ("field", "so-den", "đèn đường bóng đèn tối cột đèn chiếu sáng tắt sáng điện công tắc".split()),
    "cay": ("field", "so-cay", "cây cành gãy đổ nghiêng cắt tỉa rễ lá mục thân".split()),
    "ho-tich": ("admin", "@commune", "khai sinh kết hôn trích lục hộ tịch chứng thực giấy bản sao họ tên".split()),
    "dat": ("admin", "so-dat", "sổ đỏ thửa đất sang tên tách thửa hồ sơ địa chính đo đạc giấy hẹn".split()),
}
FILLER = "hôm nay tôi thấy ở khu nhà mình rất nhiều người dân mong sớm xem xét giúp xin cảm ơn đã lâu vẫn chưa".split()


def small_world(count: int, seed: int) -> list[Example]:
    chance = random.Random(seed)
    examples = []
    for number in range(count):
        code = sorted(TOPICS)[number % len(TOPICS)]
        regime, agency, words = TOPICS[code]
        text = [*chance.choices(words, k=6), *chance.choices(FILLER, k=8)]
        chance.shuffle(text)
        diverted = number % 9 == 0
        if diverted:
            text += ["tôi", "tố", "cáo", "cán", "bộ", "nhận", "tiền"]
        examples.append(
            Example(
                text=" ".join(text),
                title=" ".join(chance.choices(words, k=3)),
                regime=regime,
                field=code,
                agency=agency,
                urgency="urgent" if "gãy" in text or "đổ" in text else "normal",
                diverted=diverted,
            )
        )
    return examples


@lru_cache(maxsize=1)
def small_bundle() -> ModelBundle:
    return train(small_world(200, 1), routes={"den": Route("so-den"), "rac": Route("so-rac", commune_likely=True)})


# --- learning ------------------------------------------------------------------------------------------------------


def test_it_learns_a_small_world() -> None:
    bundle = small_bundle()
    for example in small_world(40, 99):
        made = predict(bundle, example.text, title=example.title, regime=example.regime, commune_agency="phuong-x")
        assert made.field.best == example.field
        assert made.agency.best == ("phuong-x" if example.agency == COMMUNE else example.agency)
        assert made.diversion.suspected == example.diverted
        assert made.version == bundle.version
    assert bundle.metrics["regimes"]["field"]["field"]["accuracy_of_all"] > 0.9
    assert bundle.metrics["regimes"]["field"]["field"]["majority_accuracy"] < 0.4


def test_it_tells_the_regime_when_nobody_has() -> None:
    made = predict(small_bundle(), "xin trích lục khai sinh bản sao giấy kết hôn")
    assert made.regime.best == "admin"
    assert made.field.best == "ho-tich"


def test_it_abstains_on_noise_and_on_nothing() -> None:
    for text in ("", "!!!", "qwxz zxwq", "asdf " * 50, "😀😀"):
        made = predict(small_bundle(), text)
        assert made.field.value == ""
        assert made.agency.value == ""
        assert not made.diversion.suspected


def test_the_commune_is_left_unsaid_without_a_place() -> None:
    text = "rác thùng rác thu gom mùi hôi xe rác túi rác"
    assert predict(small_bundle(), text, regime="field").agency.value == ""
    assert predict(small_bundle(), text, regime="field").agency.best == COMMUNE
    assert predict(small_bundle(), text, regime="field", commune_agency="xa-y").agency.value == "xa-y"


def test_a_field_that_a_person_decided_leads_to_its_agency() -> None:
    made = predict(small_bundle(), "xem giúp tôi với", regime="field", field="den")
    assert made.agency.best == "so-den"


def test_texts_without_marks_are_understood() -> None:
    made = predict(small_bundle(), fold("đèn đường tắt, cột đèn bóng đèn tối"), regime="field")
    assert made.field.best == "den"


def test_labels_that_nobody_confirmed_enough_are_never_suggested() -> None:
    examples = [*small_world(60, 3), Example(text="một chuyện hiếm có", regime="field", field="hiem")]
    bundle = train(examples)
    assert "hiem" not in bundle.heads["field:field"].classes


@pytest.mark.parametrize("count", [0, 1, 5])
def test_with_too_few_examples_it_says_nothing(count: int) -> None:
    bundle = train(small_world(count, 1), hints={"rac": ["thùng rác"]}, routes={"rac": Route("so-rac")})
    made = predict(bundle, "thùng rác đầy", regime="field", commune_agency="xa-y")
    assert made.field.value == made.agency.value == made.regime.value == ""
    assert predict(bundle, "Tôi tố cáo cán bộ nhận hối lộ").diversion.suspected
    assert ModelBundle.from_bytes(bundle.to_bytes()).version == bundle.version


# --- storage -------------------------------------------------------------------------------------------------------


def test_the_same_examples_give_the_same_bytes() -> None:
    again = train(small_world(200, 1), routes={"den": Route("so-den"), "rac": Route("so-rac", commune_likely=True)})
    assert again.to_bytes() == small_bundle().to_bytes()
    assert train(small_world(199, 1)).version != small_bundle().version


@settings(max_examples=50)
@given(st.text(max_size=200))
def test_a_stored_model_predicts_the_same(text: str) -> None:
    assert predict(_reloaded(), text) == predict(small_bundle(), text)


@lru_cache(maxsize=1)
def _reloaded() -> ModelBundle:
    return ModelBundle.from_bytes(small_bundle().to_bytes())


def test_a_model_keeps_no_word_of_the_people() -> None:
    data = small_bundle().to_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        contents = b"".join(archive[name].tobytes() for name in archive.files)
    assert "thùng".encode() not in contents
    assert "trích lục".encode() not in contents


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04 broken"])
def test_foreign_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BundleError):
        ModelBundle.from_bytes(data)


def test_a_pickle_is_never_read() -> None:
    stream = io.BytesIO()
    np.savez(stream, meta=np.array([{"format": 1}], dtype=object))
    with pytest.raises(BundleError):
        ModelBundle.from_bytes(stream.getvalue())


def test_changed_numbers_are_noticed() -> None:
    stream = io.BytesIO()
    with np.load(io.BytesIO(small_bundle().to_bytes()), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays["bias_0"] = arrays["bias_0"] + 1
    np.savez(stream, **arrays)
    with pytest.raises(BundleError, match="version"):
        ModelBundle.from_bytes(stream.getvalue())


# --- measuring -----------------------------------------------------------------------------------------------------


def test_metrics_are_json_and_add_up() -> None:
    metrics = json.loads(json.dumps(small_bundle().metrics))
    for regime in ("admin", "field"):
        figures = metrics["regimes"][regime]["field"]
        assert figures["examples"] == metrics["regimes"][regime]["examples"]
        assert sum(map(sum, figures["confusion"])) == figures["examples"]
        assert sum(own["support"] for own in figures["per_class"].values()) == figures["examples"]
        assert figures["answered"] == sum(own["answered"] for own in figures["per_class"].values())
        assert figures["abstained_share"] == pytest.approx(1 - figures["answered"] / figures["examples"], abs=1e-4)
    assert set(metrics["diversion"]) >= {"together", "lexicon", "classifier", "positives"}


def test_labels_of_chance_are_not_answered() -> None:
    chance = random.Random(5)
    examples = [
        Example(text=" ".join(chance.choices(FILLER, k=12)), regime="field", field=chance.choice("abcdef"))
        for _ in range(150)
    ]
    figures = train(examples).metrics["regimes"]["field"]["field"]
    assert figures["accuracy_of_all"] < 0.4
    assert figures["abstained_share"] > 0.8


def test_a_text_sent_twice_never_judges_itself() -> None:
    examples = small_world(50, 2) * 2
    folds = assign_folds(examples, FOLDS, 7)
    assert folds[:50] == folds[50:]
    assert set(folds) == set(range(FOLDS))


def test_each_fold_has_its_share_of_each_field() -> None:
    examples = small_world(250, 4)
    folds = assign_folds(examples, FOLDS, 7)
    for code in TOPICS:
        counts = [
            sum(fold_of == number and example.field == code for fold_of, example in zip(folds, examples, strict=True))
            for number in range(FOLDS)
        ]
        assert max(counts) - min(counts) <= 2


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.floats(0.5, 0.95))
def test_a_threshold_keeps_its_promise(answers: list[tuple[float, bool]], target: float) -> None:
    confidences, right = [value for value, _ in answers], [good for _, good in answers]
    threshold = choose_threshold(confidences, right, target)
    answered = [good for value, good in answers if value >= threshold]
    if answered:
        assert len(answered) >= 10
        assert sum(answered) / len(answered) >= target
    else:
        assert threshold == NEVER


def test_calibration_finds_the_slope_of_the_world() -> None:
    numbers = np.random.default_rng(3)
    scores = numbers.normal(size=(4000, 3))
    chances = calibrated(scores, 2.0)
    truth = np.array([numbers.choice(3, p=row) for row in chances])
    slope, shift = calibrate(scores, truth)
    assert 1.7 < slope < 2.3
    assert shift == 0


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6), st.floats(0.25, 32))
def test_confidences_add_up(scores: list[float], slope: float) -> None:
    shares = calibrated(np.array([scores]), slope)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


names = st.sampled_from(["a", "b", "c", COMMUNE])
shares_of_names = st.dictionaries(names, st.floats(0, 1), max_size=4)


@given(shares_of_names, st.dictionaries(st.sampled_from("fgh"), st.floats(0, 1), max_size=3), shares_of_names)
def test_mixed_agencies_add_up(by_text: dict[str, float], fields: dict[str, float], share: dict[str, float]) -> None:
    mixed = mix_agencies(by_text, fields, {"f": share})
    assert not mixed or sum(mixed.values()) == pytest.approx(1)


# --- features ------------------------------------------------------------------------------------------------------


def test_names_and_numbers_are_left_out() -> None:
    assert without_names("Ông Nguyễn Văn An ở số 12 phố Trần Phú đổ rác.") == "Ông ở số phố đổ rác"
    assert without_names("RÁC NGẬP ĐƯỜNG") == "RÁC NGẬP ĐƯỜNG"


@given(st.text(max_size=300), st.text(max_size=50))
def test_any_text_has_features_of_length_one_a_block(text: str, title: str) -> None:
    counts = count_features(text, title)
    space = learn_space([counts, counts])
    columns, values = space.row(counts)
    assert len(columns) == len(values) == sum(len(own) for own in counts.values())
    assert list(columns) == sorted(columns)
    if len(values):
        assert np.isfinite(values).all()


# --- urgent cases --------------------------------------------------------------------------------------------------

SIGNS = ("rò điện", "đang cháy", "cháy", "cây đổ")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cột đèn RÒ ĐIỆN, xin cứu.", ("rò điện",)),
        ("Nhà đang cháy!", ("đang cháy", "cháy")),
        ("Xe chạy nhanh, trẻ em chạy qua đường", ()),
        ("cot den ro dien", ("rò điện",)),
        ("nha dang chay", ("đang cháy", "cháy")),
        ("Cháy. Cây\nđổ", ("cháy",)),
        ("", ()),
    ],
)
def test_signs_are_found_as_whole_words_with_their_marks(text: str, found: tuple[str, ...]) -> None:
    assert signs.found(text, SIGNS) == found


def test_a_list_of_signs_is_read_as_the_city_writes_it() -> None:
    assert signs.read(" rò  điện; cháy;\ncây đổ;;cháy") == ("rò điện", "cháy", "cây đổ")
    assert signs.read(["rò điện", " "]) == ("rò điện",)
    assert signs.read(None) == signs.read("") == ()
    assert signs.found("nhà cháy", signs.read(" ; ; ")) == ()


@given(st.text(max_size=200), st.lists(st.text(max_size=12), max_size=5))
def test_any_text_and_any_list_may_be_asked(text: str, listed: list[str]) -> None:
    assert set(signs.found(text, signs.read(listed))) <= set(signs.read(listed))


def test_a_sign_makes_urgent_what_the_model_does_not_know() -> None:
    text = "ống khói nhà máy rung lắc"
    assert predict(small_bundle(), text).urgency.value != URGENT
    made = predict(small_bundle(), text, signs=("rung lắc",))
    assert (made.urgency.value, made.signs) == (URGENT, ("rung lắc",))
    empty = train(small_world(5, 1))
    assert predict(empty, text, signs=("rung lắc",)).urgency.value == URGENT
    assert predict(empty, text).urgency.value == ""


def test_urgent_is_what_the_threshold_notices_and_nothing_else_is() -> None:
    bundle = small_bundle()
    for example in small_world(60, 77):
        made = predict(bundle, example.text, title=example.title)
        assert (made.urgency.best == URGENT) == (made.urgency.value == URGENT)
    assert bundle.metrics["urgent"]["together"]["recall"] > 0.8
    figures = bundle.metrics["urgency"]
    assert figures["per_class"][URGENT]["answered"] == bundle.metrics["urgent"]["together"]["suspected"]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_no_other_threshold_weighs_better(answers: list[tuple[float, bool]]) -> None:
    confidences, wanted = [value for value, _ in answers], [good for _, good in answers]

    def weight(threshold: float) -> float:
        said = [good for value, good in answers if value >= threshold]
        return 5 * sum(said) / (4 * sum(wanted) + len(said)) if said else 0.0

    chosen = choose_for_recall(confidences, wanted)
    assert (chosen == NEVER) == (not any(wanted))
    assert all(weight(value) <= weight(chosen) + 1e-12 for value in confidences)


# --- complaints and denunciations ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tôi tố cáo ông chủ tịch xã ăn chặn tiền hỗ trợ.", "denunciation"),
        ("toi to cao can bo nhan hoi lo", "denunciation"),
        ("Cán bộ địa chính gợi ý đưa 20 triệu mới làm.", "denunciation"),
        ("Đề nghị khởi tố kẻ bảo kê bãi cát, xin giấu tên vì sợ bị trả thù.", "denunciation"),
        ("Tôi không đồng ý với quyết định cưỡng chế, đề nghị hủy quyết định.", "complaint"),
        ("KHIẾU NẠI QUYẾT ĐỊNH THU HỒI ĐẤT", "complaint"),
        ("don khieu nai lan hai ve gia den bu", "complaint"),
    ],
)
def test_the_lexicon_notices(text: str, kind: str) -> None:
    hits = look_for_diversion(text)
    assert hits.suspected
    assert hits.kind == kind
    assert hits.words


@pytest.mark.parametrize(
    "text",
    [
        "Rác không được thu gom ba ngày nay.",
        "can bo noi khong co giay to, toi khong hieu vi sao khong tra ho so",
        "Đề nghị mài ray và bôi trơn đường tàu.",
        "Điện cắt không báo trước, đề nghị điều chỉnh lịch.",
        "bang gia gui xe khong niem yet",
        "Cảm ơn cán bộ đã hướng dẫn tận tình.",
        "",
    ],
)
def test_the_lexicon_leaves_feedback_alone(text: str) -> None:
    assert not look_for_diversion(text).suspected


# --- the demo's texts and real cases -------------------------------------------------------------------------------


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def _place(code: str | None) -> str:
    return COMMUNE if code and code.startswith(("phuong-", "xa-")) else code or ""


def demo_signs() -> tuple[str, ...]:
    settings = json.loads((DATA / "settings.json").read_text(encoding="utf-8"))["settings"]
    return signs.read(next(row["value"] for row in settings if row["code"] == signs.SETTING))


@lru_cache(maxsize=1)
def demo_bundle() -> ModelBundle:
    fields = json.loads((DATA / "fields.json").read_text(encoding="utf-8"))["fields"]
    examples = [
        Example(
            text=row["text"], title=row["title"], regime=row["regime"], field=row["field"],
            agency=_place(row["agency"]), urgency=row["urgency"], diverted=row["denunciation"],
        )
        for row in _lines("training_texts.jsonl")
    ]  # fmt: skip
    examples += [
        Example(
            text=row["body"], title=row["title"], regime=row["regime"], field=row["field"] or "",
            agency=_place(row["agency"]), urgency=row["urgency"] or "", diverted=bool(row["diversion"]),
        )
        for name in ("cases_field.jsonl", "cases_admin.jsonl")
        for row in _lines(name)
    ]  # fmt: skip
    return train(
        examples,
        hints={field["code"]: [field["name"], field["sample"], *field["keywords"]] for field in fields},
        routes={field["code"]: Route(field["agency"], field["commune_likely"]) for field in fields},
        signs=demo_signs(),
    )


def test_the_demo_starts_useful() -> None:
    metrics = demo_bundle().metrics
    for regime, least in (("field", 0.65), ("admin", 0.6)):
        figures = metrics["regimes"][regime]["field"]
        assert figures["accuracy_of_all"] >= least
        assert figures["accuracy_of_all"] >= figures["majority_accuracy"] + 0.4
        assert figures["accuracy_of_answered"] >= 0.75
        assert figures["abstained_share"] <= 0.5
    assert metrics["regime"]["accuracy_of_answered"] >= 0.9
    assert metrics["diversion"]["together"]["recall"] >= 0.9
    assert metrics["diversion"]["together"]["precision"] >= 0.6
    # One in nine is urgent; a missed one weighs as much as four false alarms.
    assert metrics["urgent"]["together"]["recall"] >= 0.7
    assert metrics["urgent"]["together"]["precision"] >= 0.28


# The fields of another city's real cases, and which of the demo's fields are right for each.
REAL_FIELDS = {
    "môi trường": {"rac-thai", "khong-khi"},
    "hạ tầng giao thông": {"giao-thong"},
    "thoát nước": {"cap-thoat-nuoc"},
    "chiếu sáng": {"chieu-sang"},
    "trật tự đô thị": {"trat-tu-do-thi"},
    "cây xanh": {"cay-xanh"},
    "cây xanh (kiến nghị)": {"cay-xanh"},
    "tiếng ồn": {"tieng-on"},
    "thủ tục hành chính": {"dat-dai", "can-bo-cong-chuc", "dich-vu-cong"},
}


@pytest.mark.skipif(not REAL.exists(), reason="the folder ../shared with real cases is not there")
def test_real_cases_get_their_field(record_property: pytest.RecordProperty) -> None:
    answered = right = best = total = 0
    for line in REAL.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        wanted = REAL_FIELDS.get(case["field"])
        if wanted is None:
            continue
        regime = "admin" if case["field"] == "thủ tục hành chính" else "field"
        made = predict(demo_bundle(), case["content"], title=case["title"], regime=regime)
        total += 1
        best += made.field.best in wanted
        answered += bool(made.field.value)
        right += made.field.value in wanted
    for name, value in (("total", total), ("best", best), ("answered", answered), ("right", right)):
        record_property(name, value)
    assert best / total >= 0.7
    assert right / answered >= 0.7
