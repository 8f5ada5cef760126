"""One case in every state (and a few that wait for somebody), made through the services, for pages to show."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from langnghe.cases import services
from langnghe.cases.models import Case
from langnghe.files import services as files
from langnghe.publication import services as publication
from langnghe.workflow.actor import SENDER
from langnghe.worktime.clock import Frozen
from tests.browser.acts import photo
from tests.cases.city import City

LEVELS = ("forms", "ease", "handling", "notice")


@dataclass
class Cases:
    """The cases by name, and the secret of each."""

    city: City
    time: Frozen
    made: dict[str, Case] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Case:
        return self.made[name]

    def do(self, act: Any, name: str, who: str, **given: Any) -> Case:
        """One act, five minutes after the last one."""
        self.time.move_by(timedelta(minutes=5))
        actor = SENDER if who == "sender" else self.city.actor(who)
        self.made[name] = act(case_id=self.made[name].pk, actor=actor, at=self.time.at, **given)
        return self.made[name]

    def receive(self, name: str, *, picture: bool = False, **given: Any) -> Case:
        """Something new comes in."""
        if picture:
            given["file_ids"] = [self._photo("den-hong.jpg")]
        receipt = self.city.receive(self.time.at, **given)
        self.made[name], self.secrets[name] = receipt.case, receipt.secret
        return receipt.case

    def classified(self, name: str, **given: Any) -> None:
        """Read and classified by the office."""
        self.receive(name, **given)
        self.do(services.classify, name, "coordinator", regime="field", field_id=self.city.field.pk, urgency="normal")

    def transferred(self, name: str, **given: Any) -> None:
        """On its way to the agency."""
        self.classified(name, **given)
        self.do(services.transfer, name, "coordinator", agency_id=self.city.works.pk, reason="Đúng thẩm quyền")

    def handling(self, name: str, **given: Any) -> None:
        """With one person of the agency."""
        self.transferred(name, **given)
        self.do(services.accept, name, "focal")
        self.do(services.assign, name, "focal", handler_id=self.city.people["handler"].pk)

    def submitted(self, name: str, *, handler: str = "handler", fresh: bool = True, **given: Any) -> None:
        """An answer with its proof waits for the approver."""
        if fresh:
            self.handling(name, **given)
        draft = services.Draft(
            outcome="solved", text="Tổ điện đã thay ba bóng đèn ở cuối ngõ và kiểm tra lại toàn tuyến.",
            done_what="Thay ba bóng đèn", done_by="Tổ quản lý chiếu sáng", done_on=self.time.at.date(),
            proof_ids=[self._photo("sau-khi-thay.jpg")],
        )  # fmt: skip
        self.do(services.draft, name, handler, content=draft)
        self.do(services.submit, name, handler)

    def answered(self, name: str, **given: Any) -> None:
        """Approved and answered."""
        self.submitted(name, **given)
        self.do(services.approve, name, "approver")

    def published(self, name: str, **given: Any) -> None:
        """Answered, and shown to everybody with its proof."""
        self.answered(name, **given)
        case = self.made[name]
        publication.prepare(case_id=case.pk, at=self.time.at)
        proof = case.attachments.get(role="proof").file_id
        publication.confirm(case_id=case.pk, actor=self.city.actor("coordinator"), at=self.time.at, file_ids=[proof])
        case.refresh_from_db()

    def rated(self, name: str, level: int, **given: Any) -> None:
        """Published and rated."""
        self.published(name, **given)
        levels = dict.fromkeys(LEVELS, level)
        self.do(services.rate, name, "sender", levels=levels, overall=level, comment="Như đã nói.")

    def _photo(self, name: str) -> Any:
        picture = photo(name)
        return files.store(content=io.BytesIO(picture["buffer"]), name=name, at=self.time.at).pk


def settle(city: City, time: Frozen) -> Cases:
    """Every state once."""
    made = Cases(city, time)
    office, question = "coordinator", "Đèn hỏng ở những cột số mấy?"
    made.receive("received", picture=True)
    made.receive("repeat", title="Đèn đường ngõ 12 lại hỏng")
    late = "Nộp hồ sơ đã quá hẹn 19 ngày chưa được trả kết quả."
    made.receive("conduct", regime="admin", subject="conduct", title="Hồ sơ trả chậm", body=late)
    made.classified("clarifying")
    made.do(services.clarify, "clarifying", office, question=question)
    made.classified("classified")
    made.transferred("transferred")
    made.do(services.urge, "transferred", office, note="Đã hai ngày chưa nhận.")
    made.transferred("accepted")
    made.do(services.accept, "accepted", "focal")
    made.handling("handling", picture=True)
    made.do(services.draft, "handling", "handler", content=services.Draft(outcome="solved", text="Đang thay bóng."))
    made.do(services.ask_partner, "handling", "handler", partner_id=city.partner.pk, question="Nguồn điện tuyến này?")
    made.do(services.request_extension, "handling", "handler", days=3, reason="Chờ vật tư.")
    made.do(services.note, "handling", "handler", text="Đã hẹn tổ điện.")
    publication.prepare(case_id=made["handling"].pk, at=time.at)
    publication.show(case_id=made["handling"].pk, actor=city.actor(office), at=time.at)
    made.handling("awaiting_sender")
    made.do(services.ask_sender, "awaiting_sender", "handler", question=question)
    made.submitted("awaiting_approval", picture=True)
    made.submitted("returned")
    made.do(services.send_back, "returned", "approver", note="Ghi rõ cột nào.")
    body = "Đèn tắt từ thứ Hai. Gọi tôi số 0912 345 678, xe 29A-123.45 hay đỗ ở đó."
    made.answered("answered", picture=True, body=body)
    made.published("published")
    made.answered("withheld")
    publication.withhold(case_id=made["withheld"].pk, actor=city.actor(office), at=time.at, reason="Người gửi đề nghị.")
    made.rated("dissatisfied", 2)
    made.rated("reopened", 2)
    made.do(services.reopen, "reopened", "sender", reason="Đèn lại tắt.")
    made.rated("closed", 5)
    made.receive("declined")
    given = {"decline_reason_id": city.reason.pk, "guidance": "Gửi lại rõ hơn."}
    made.do(services.decline, "declined", office, **given)
    made.receive("withdrawn")
    made.do(services.withdraw, "withdrawn", "sender")
    made.receive("merged")
    made.do(services.merge, "merged", office, into_id=made["transferred"].pk)
    for name in ("restricted", "diverted"):
        made.receive(name)
        made.do(services.restrict, name, office, reason="Nghi là tố cáo cán bộ.")
    given = {"diversion": "denunciation", "guidance": "Gửi đơn tố cáo đến Thanh tra."}
    made.do(services.divert, "diverted", "protected", **given)
    for case in made.made.values():
        case.refresh_from_db()
    return made
