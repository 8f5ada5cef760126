"""What can go wrong with an act on a case, each with a sentence that a person understands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from langnghe.acts.errors import Sentences

SAYS = Sentences(
    stale=_("Phản ánh vừa được người khác xử lý. Hãy xem lại rồi làm tiếp; nội dung đã nhập vẫn được giữ."),
    refusals={
        "state": _("Việc này không làm được ở bước hiện tại. Có thể người khác vừa xử lý phản ánh này."),
        "agency": _("Phản ánh này đang do cơ quan hoặc người khác xử lý."),
        "unrestricted": _(
            "Phản ánh đang được hạn chế truy cập vì nghi là khiếu nại, tố cáo; chờ người có trách nhiệm quyết định."
        ),
        "restricted": _("Phản ánh này không bị hạn chế truy cập."),
        "not_own_draft": _("Người soạn trả lời không được tự duyệt. Hãy để lãnh đạo khác duyệt."),
        "fresh_approver": _("Phản ánh mở lại phải do lãnh đạo khác duyệt, không phải người đã duyệt lần trước."),
        "answer_complete": _("Trả lời chưa đủ nội dung. Hãy bổ sung các mục còn thiếu."),
        "no_open_partner": _("Còn cơ quan phối hợp chưa trả lời."),
        "partner_open": _("Không có yêu cầu phối hợp nào đang chờ cơ quan của ông/bà."),
        "partner_waiting": _("Không có cơ quan phối hợp nào đang được chờ trả lời."),
        "extension_waiting": _("Không có đề nghị gia hạn nào đang chờ."),
        "no_extension_waiting": _("Đã có một đề nghị gia hạn đang chờ duyệt."),
        "may_rate": _("Phản ánh này đã được đánh giá, hoặc chưa có trả lời để đánh giá."),
        "unrated": _("Người gửi đã đánh giá trả lời này; nếu chưa hài lòng, người gửi đề nghị mở lại."),
        "sender_done": _("Người gửi còn thời hạn để đánh giá hoặc đề nghị mở lại; hết hạn thì phản ánh tự đóng."),
        "may_reopen": _("Chỉ mở lại được một lần, khi chưa hài lòng và còn trong thời hạn."),
        "no_promise": _("Còn lời hẹn thực hiện chưa xong."),
        "promise_open": _("Không có lời hẹn nào đang chờ thực hiện."),
        "was_merged": _("Phản ánh này không phải là phản ánh đã gộp."),
    },
    needs={
        "title": _("Hãy ghi tiêu đề."),
        "body": _("Hãy ghi nội dung phản ánh, kiến nghị."),
        "regime": _("Hãy chọn loại phản ánh."),
        "channel": _("Hãy chọn kênh tiếp nhận."),
        "field": _("Hãy chọn lĩnh vực."),
        "urgency": _("Hãy chọn mức độ."),
        "level": _("Hãy chọn một trong bốn loại theo Điều 9 Nghị định 20/2008/NĐ-CP."),
        "subject": _("Hãy chọn: về quy định hay về hành vi hành chính."),
        "agency": _("Hãy chọn cơ quan xử lý."),
        "reason": _("Hãy ghi lý do."),
        "question": _("Hãy ghi rõ cần bổ sung điều gì."),
        "reply": _("Hãy ghi nội dung trả lời."),
        "decline_reason": _("Hãy chọn lý do không tiếp nhận."),
        "guidance": _("Hãy hướng dẫn người gửi nơi giải quyết."),
        "into": _("Hãy chọn phản ánh để gộp vào."),
        "note": _("Hãy ghi nội dung."),
        "diversion": _("Hãy chọn: khiếu nại hay tố cáo."),
        "handler": _("Hãy chọn người xử lý."),
        "partner": _("Hãy chọn cơ quan phối hợp."),
        "days": _("Hãy ghi số ngày làm việc cần thêm."),
        "public_case": _("Hãy chuẩn bị bản công khai trước."),
        "criteria": _("Hãy đánh giá cả bốn tiêu chí."),
        "overall": _("Hãy cho biết mức hài lòng chung."),
        "report": _("Hãy ghi việc đã thực hiện."),
    },
)
refusal, needed = SAYS.refusal, SAYS.needed
