"""Training on what people confirmed, suggesting for what is new, narrowing what looks like a denunciation."""

from __future__ import annotations

from datetime import date

import pytest
from tests.cases.city import City, build, moment

from langnghe.agencies.models import Agency
from langnghe.cases import services as cases
from langnghe.cases.models import Case, Field, Sender
from langnghe.cases.services.catalogue import set_setting
from langnghe.desk.figures import accuracy_tables
from langnghe.desk.forms.acts import ClassifyForm
from langnghe.triage import selectors
from langnghe.triage.models import ModelVersion, Suggestion, TrainingText
from langnghe.triage.services.suggesting import suggest_waiting
from langnghe.triage.services.training import gather, train_anew

pytestmark = pytest.mark.django_db

LIGHT = [
    "Đèn đường ngõ {n} tắt từ tối thứ {d}, đi lại rất tối",
    "Bóng đèn cột số {n} hỏng, ngõ tối om {d} hôm",
    "Hệ thống chiếu sáng phố {n} không bật suốt {d} đêm",
]
LAND = [
    "Hồ sơ cấp giấy chứng nhận quyền sử dụng đất thửa {n} chậm {d} tháng",
    "Cán bộ địa chính hẹn lần thứ {d} chưa trả sổ đỏ số {n}",
    "Quy định tách thửa {n} mét vuông chưa hợp lý {d}",
]
RUBBISH = [
    "Rác chất đống ở đầu ngõ {n} đã {d} ngày chưa ai thu gom",
    "Xe gom rác bỏ ngõ {n} suốt {d} hôm, mùi hôi",
    "Đổ trộm phế thải ở bãi đất số {n}, lần thứ {d}",
]
ACCUSE = [
    "Tôi tố cáo ông trưởng phòng số {n} nhận hối lộ {d} triệu đồng để ký hồ sơ",
    "Đơn tố cáo cán bộ phường nhũng nhiễu, vòi tiền lần {n}, {d} lần",
]


@pytest.fixture
def city() -> City:
    """The small city with a history of labelled texts."""
    made = build()
    rubbish = Field.objects.create(code="rac-thai", name="Rác thải", regime="field", default_agency=made.works)
    rows = []
    for number in range(12):
        for texts, field, diverted in (
            (LIGHT, made.field, False),
            (RUBBISH, rubbish, False),
            (LAND, made.rule_field, False),
            (ACCUSE, made.rule_field, True),
        ):
            rows += [
                TrainingText(
                    title="",
                    text=text.format(n=number + 3, d=number + 2),
                    regime=field.regime,
                    field=field,
                    agency=made.works,
                    urgency="normal",
                    denunciation=diverted,
                    source="test",
                )
                for text in texts
            ]
    TrainingText.objects.bulk_create(rows)
    return made


def test_train_and_suggest(city: City) -> None:
    model = train_anew(at=moment("2026-03-01 02:30"))
    assert model is not None and model.active
    assert model.metrics["regimes"]["field"]["examples"] == 72
    case = city.receive(moment("2026-03-02 09:00")).case
    assert suggest_waiting(at=moment("2026-03-02 09:01")) == 1
    hint = Suggestion.objects.get(case=case)
    assert hint.best_guess["field"] == "chieu-sang"
    assert not hint.denunciation_suspected
    assert suggest_waiting(at=moment("2026-03-02 09:02")) == 0


def test_the_city_says_which_words_make_a_case_urgent(city: City) -> None:
    """From the day that a sign holds, without a new model; and the form says which word it was."""
    train_anew(at=moment("2026-03-01 02:30"))
    told = {"title": "Tủ điện", "body": "Tủ điện đầu ngõ 3 bị rò điện, sờ vào thấy tê tay."}
    before = city.receive(moment("2026-03-02 09:00"), **told).case
    suggest_waiting(at=moment("2026-03-02 09:01"))
    assert Suggestion.objects.get(case=before).urgency != "urgent"
    set_setting(
        code="urgent_signs", value="cháy nhà; rò điện", valid_from=date(2026, 3, 3), source="Quy chế", assumed=False,
        actor=city.actor("administrator"), at=moment("2026-03-02 10:00"),
    )  # fmt: skip
    after = city.receive(moment("2026-03-03 09:00"), **told).case
    suggest_waiting(at=moment("2026-03-03 09:01"))
    hint = Suggestion.objects.get(case=after)
    assert (hint.urgency, hint.urgency_words) == ("urgent", ["rò điện"])
    assert "“rò điện”" in selectors.explain_urgency(hint)
    form = ClassifyForm(case=after, actor=city.actor("coordinator"), at=moment("2026-03-03 09:02"))
    assert form.fields["urgency"].initial == "urgent" and "“rò điện”" in str(form.fields["urgency"].help_text)


def test_only_a_sign_chooses_urgent_beforehand() -> None:
    by_sign = Suggestion(urgency="urgent", urgency_confidence=0.4, urgency_words=["rò điện"])
    by_model = Suggestion(urgency="urgent", urgency_confidence=0.9, urgency_words=[])
    assert selectors.chosen_urgency(by_sign) == "urgent" and selectors.chosen_urgency(by_model) == ""
    assert "90%" in selectors.explain_urgency(by_model)
    assert selectors.chosen_urgency(Suggestion(urgency="high")) == "high"


def test_the_accuracy_page_tells_how_urgent_cases_are_noticed(city: City) -> None:
    given = {"regime": "field", "field": city.field, "agency": city.works, "urgency": "urgent", "source": "test"}
    urgent = [f"Tủ điện số {number} rò điện, tóe lửa, có người bị giật" for number in range(8)]
    TrainingText.objects.bulk_create(TrainingText(title="", text=text, **given) for text in urgent)
    model = train_anew(at=moment("2026-03-01 02:30"))
    assert model is not None
    table = next(one for one in accuracy_tables(model) if one["title"] == "Phản ánh khẩn")
    assert [row[1] for row in table["rows"]] == ["8", "8", "8"], "how many there are"
    assert table["rows"][0][4] == "100,0%", "these stand out"


def test_a_denunciation_is_narrowed_at_once(city: City) -> None:
    train_anew(at=moment("2026-03-01 02:30"))
    body = "Tôi tố cáo ông trưởng phòng nhận hối lộ 20 triệu đồng để ký hồ sơ của tôi, đề nghị xử lý nghiêm."
    case = city.receive(moment("2026-03-02 09:00"), regime="admin", title="Đơn tố cáo", body=body).case
    suggest_waiting(at=moment("2026-03-02 09:01"))
    case.refresh_from_db()
    assert case.restricted
    assert case.diversions.get().suspected_by is None
    cases.lift(
        case_id=case.pk, actor=city.actor("protected"), at=moment("2026-03-02 10:00"), reason="Không phải tố cáo"
    )
    Suggestion.objects.all().delete()
    suggest_waiting(at=moment("2026-03-02 10:01"))
    case.refresh_from_db()
    assert not case.restricted, "what a person has decided is not suspected again"


def test_only_one_model_is_active(city: City) -> None:
    first = train_anew(at=moment("2026-03-01 02:30"))
    TrainingText.objects.filter(denunciation=True).delete()
    second = train_anew(at=moment("2026-03-02 02:30"))
    assert first is not None and second is not None and first.version != second.version
    assert list(ModelVersion.objects.filter(active=True)) == [second]


def test_confirmed_cases_are_learned_from(city: City) -> None:
    before = len(gather())
    case = city.receive(moment("2026-03-02 09:00")).case
    assert len(gather()) == before, "what nobody confirmed teaches nothing"
    cases.classify(
        case_id=case.pk,
        actor=city.actor("coordinator"),
        at=moment("2026-03-02 10:00"),
        regime="field",
        field_id=city.field.pk,
        urgency="normal",
    )
    assert len(gather()) == before + 1
    Sender.objects.filter(case=case).update(erased_at=moment("2026-03-03 10:00"))
    assert len(gather()) == before, "what was erased by law teaches nothing any more"


def test_repeats_of_the_same_place_are_found(city: City) -> None:
    first = city.receive(moment("2026-03-02 09:00")).case
    again = city.receive(
        moment("2026-03-03 09:00"),
        body="Ngõ 12 phố Thử Nghiệm ba bóng đèn cuối ngõ tắt cả tuần, tối om, trẻ em dễ ngã.",
    ).case
    far = city.receive(moment("2026-03-03 09:00"), commune_id=Agency.objects.get(code="so-cong-thuong").pk).case
    found = selectors.duplicates_of(again, at=moment("2026-03-03 10:00"))
    assert [repeat.case for repeat in found] == [first]
    assert selectors.duplicates_of(far, at=moment("2026-03-03 10:00")) == []
    assert Case.objects.count() == 3
