"""Which blocks are tasks, and what they say."""

from __future__ import annotations

from langnghe.plans.reading.reader import read
from langnghe.plans.reading.register import Task
from langnghe.plans.reading.source import Source, plain
from tests.plans.reading.samples import names, sample, source

HEAD = "Hà Nội, ngày 10 tháng 2 năm 2022\nKẾ HOẠCH\nUBND Thành phố ban hành Kế hoạch như sau:\n"
SECTORS = "Các sở, ban, ngành"


def tasks(text: str) -> list[Task]:
    """The tasks of a plan with this body."""
    return read(source(HEAD + text)).tasks


def quotes(text: str) -> list[str]:
    return [task.quote for task in tasks(text)]


def test_headings_goals_and_funding_are_no_tasks() -> None:
    text = (
        "I. MỤC ĐÍCH, YÊU CẦU\n1. Mục đích\n- Nâng cao trách nhiệm của cán bộ.\n2. Yêu cầu\n"
        "- Người đứng đầu cơ quan, đơn vị trực tiếp chỉ đạo.\nII. KINH PHÍ\nKinh phí bố trí từ ngân sách.\n"
    )
    assert quotes(text) == ["Người đứng đầu cơ quan, đơn vị trực tiếp chỉ đạo."]


def test_leads_and_partners_are_inherited_from_the_line_above() -> None:
    text = (
        "I. NHIỆM VỤ\n"
        "1. Giao Sở Tư pháp chủ trì, phối hợp với Sở Nội vụ thực hiện:\n"
        "- Rà soát văn bản.\n"
        "- Công bố danh mục.\n"
    )
    found = tasks(text)
    assert [(task.lead, task.cooperate) for task in found] == [(["Sở Tư pháp"], ["Sở Nội vụ"])] * 2
    assert found[0].reasons["lead"].rule == "inherited"
    assert found[0].path == "I.1/-1"


def test_the_nearest_actor_wins_over_the_heading() -> None:
    found = tasks("I. NHIỆM VỤ\n1. Sở Y tế\n- Giám sát dịch bệnh.\n- UBND cấp xã bố trí điểm tiêm.\n")
    assert [task.lead for task in found] == [["Sở Y tế"], ["UBND các xã, phường, thị trấn"]]


def test_a_closing_gives_its_section_the_lead() -> None:
    text = (
        "I. NỘI DUNG\n"
        "1. Quản lý nước thải\n"
        "Nạo vét kênh mương.\n"
        "Giao Sở Xây dựng chủ trì, phối hợp với các đơn vị liên quan thực hiện nội dung này.\n"
        "2. Việc khác\n"
        "Trồng cây.\n"
    )
    found = tasks(text)
    assert [task.lead for task in found] == [["Sở Xây dựng"], ["Sở Xây dựng"]]
    assert found[0].cooperate == ["Các cơ quan, đơn vị liên quan"]
    assert found[0].reasons["lead"].rule == "closing"


def test_split_where_another_body_is_named() -> None:
    found = tasks("1. Sở Nội vụ tham mưu kế hoạch tập huấn. Giao Sở Tài chính bố trí kinh phí.\n")
    assert [(task.path, task.lead) for task in found] == [("1#1", ["Sở Nội vụ"]), ("1#2", ["Sở Tài chính"])]


def test_split_where_terms_differ_and_not_at_a_closing_term() -> None:
    found = tasks("1. Sở Nội vụ rà soát vị trí việc làm. Sắp xếp nhân sự. Thời gian hoàn thành trước ngày 30/6/2022.\n")
    assert [task.path for task in found] == ["1"]
    found = tasks("1. Sở Nội vụ xây dựng đề án trước ngày 30/4/2022; Sắp xếp nhân sự xong trước ngày 30/6/2022.\n")
    assert [task.deadline.value.isoformat() for task in found if task.deadline.value] == ["2022-04-30", "2022-06-30"]


def test_a_groups_term_and_addressee_go_to_each_task() -> None:
    text = (
        "I. NỘI DUNG\n"
        "1. Giao Sở Tư pháp:\n"
        "- Rà soát văn bản.\n"
        "- Công bố danh mục.\n"
        "Thời gian thực hiện: trước ngày 31/5/2022, báo cáo UBND Thành phố kết quả.\n"
    )
    found = tasks(text)
    assert len(found) == 2
    for task in found:
        assert (task.deadline.type, task.report_to, task.inherits_deadline_from) == ("date", "UBND Thành phố", "I.1")


def test_a_term_under_a_goal_holds_for_the_group() -> None:
    text = (
        "I. NỘI DUNG\n"
        "1. Truyền thông\n"
        "a) Mục tiêu: Người dân biết và làm theo.\n"
        "Thực hiện thường xuyên.\n"
        "b) Nhiệm vụ:\n"
        "- Sở Y tế: in tờ rơi.\n"
    )
    (task,) = tasks(text)
    assert (task.deadline.type, task.inherits_deadline_from, task.path) == ("ongoing", "I.1.a", "I.1.b/Sở Y tế")


def test_own_term_beats_the_groups() -> None:
    text = (
        "I. NỘI DUNG\n"
        "1. Giao Sở Tư pháp thực hiện xong trước ngày 31/5/2022 các việc sau:\n"
        "- Rà soát văn bản.\n"
        "- Công bố danh mục trước ngày 30/4/2022.\n"
    )
    assert [task.deadline.value and task.deadline.value.month for task in tasks(text)] == [5, 4]


def test_vague_terms_count_only_with_the_main_verb() -> None:
    text = (
        "1. Sở Y tế\n"
        "- Thường xuyên kiểm tra.\n"
        "- Xây dựng phần mềm để cập nhật thường xuyên số liệu.\n"
        "- Bồi dưỡng cán bộ thường xuyên tiếp xúc với dân.\n"
    )
    assert [task.deadline.type for task in tasks(text)] == ["ongoing", "none", "none"]


def test_addressees() -> None:
    text = (
        "1. Sở Y tế báo cáo UBND Thành phố.\n"
        "2. Sở Nội vụ báo cáo kết quả về Sở Tài chính để tổng hợp, báo cáo UBND Thành phố.\n"
        "3. Sở Xây dựng báo cáo UBND Thành phố (qua Sở Nội vụ).\n"
        "4. Sở Tư pháp trình UBND Thành phố ban hành quyết định.\n"
        "5. Sở Du lịch gửi Sở Nội vụ tổng hợp, báo cáo UBND Thành phố.\n"
        "6. Sở Công Thương báo cáo Thành ủy, UBND Thành phố.\n"
    )
    assert [task.report_to for task in tasks(text)] == [
        "UBND Thành phố", "Sở Tài chính", "UBND Thành phố", None, "Sở Nội vụ", "Thành ủy; UBND Thành phố",
    ]  # fmt: skip


def test_a_list_of_contents_is_no_list_of_tasks() -> None:
    text = (
        "1. Sở Nội vụ\n"
        "a) Niêm yết tại bộ phận tiếp dân các phương châm sau:\n"
        "- Khách đến được chào hỏi.\n"
        "- Khách về được hài lòng.\n"
    )
    assert quotes(text) == ["Niêm yết tại bộ phận tiếp dân các phương châm sau:"]


def test_form_lines_fill_the_task_above() -> None:
    (task,) = tasks(
        "1. Xây dựng bộ câu hỏi\n"
        "- Cơ quan chủ trì: Sở Y tế.\n"
        "- Cơ quan phối hợp: Sở Nội vụ.\n"
        "- Thời gian: Quý II.\n"
        "- Sản phẩm: Bộ câu hỏi.\n"
    )
    assert (task.quote, task.lead, task.cooperate) == ("Xây dựng bộ câu hỏi", ["Sở Y tế"], ["Sở Nội vụ"])
    assert task.deadline.type == "quarter"


def test_table_rows() -> None:
    text = (
        "| TT | Nhiệm vụ | Chủ trì | Phối hợp | Thời gian |\n| I | Nhóm một | | | |\n"
        "| 1 | Số hóa hồ sơ | Sở Nội vụ | Sở Y tế | 30/6/2022 |\n| 2 | Đào tạo | | | Hằng năm |\n"
    )
    found = tasks(text)
    assert [(task.quote, task.lead, task.cooperate) for task in found] == [
        ("Số hóa hồ sơ", ["Sở Nội vụ"], ["Sở Y tế"]),
        ("Đào tạo", ["Sở Nội vụ"], []),
    ]
    assert found[0].deadline.type == "date"
    assert found[1].deadline.rrule == "FREQ=YEARLY"
    assert found[1].doubts == ["Ô cơ quan chủ trì để trống, lấy theo dòng trên."]


def test_a_table_whose_cells_stand_on_lines_of_their_own() -> None:
    text = (
        "PHỤ LỤC\n| TT | Nội dung | Cơ quan chủ trì | Cơ quan phối hợp |\n| --- | --- | --- | --- |\n"
        "Thời gian thực hiện\n1\nPhổ biến quy định mới\na)\nTổ chức hội nghị phổ biến quy định mới.\nSở Tư pháp\n"
        "Sở Nội vụ\nQuý III/2026\nb)\nBiên soạn tài liệu hỏi đáp.\nSở Nội vụ\nThường xuyên\n"
    )
    found = read(plain(HEAD + text)).tasks
    assert [(one.quote, one.lead, one.cooperate, one.deadline.type) for one in found] == [
        ("Tổ chức hội nghị phổ biến quy định mới.", ["Sở Tư pháp"], ["Sở Nội vụ"], "quarter"),
        ("Biên soạn tài liệu hỏi đáp.", ["Sở Nội vụ"], [], "ongoing"),
    ]


def test_chairs_spoken_of_do_not_lead() -> None:
    text = (
        "I. TỔ CHỨC THỰC HIỆN\n1. Sở Tư pháp\n- Rà soát văn bản.\n2. Các sở, ngành và các đơn vị khác có liên quan\n"
        "Phối hợp chặt chẽ với các cơ quan chủ trì trong tổ chức thực hiện Kế hoạch này.\n"
    )
    assert tasks(text)[-1].lead == [SECTORS, "Các cơ quan, đơn vị liên quan"]
    assert tasks(text)[-1].cooperate == []


def test_a_table_of_something_else_gives_no_tasks() -> None:
    assert tasks("| Họ tên | Chức vụ |\n| Nguyễn Văn A | Trưởng ban |\n") == []


def test_doubts_for_the_reviewer() -> None:
    (task,) = tasks("1. Sở Y tế xây dựng đề án, hoàn thành trước ngày 30/6/2020.\n")
    assert "Hạn ghi trước ngày ban hành kế hoạch." in task.doubts
    (form,) = tasks("1. Xây dựng đề án\nThời gian thực hiện: Quý II.\n")
    assert form.lead == []
    assert "Không thấy cơ quan chủ trì." in form.doubts


def test_every_task_shows_its_place_and_why() -> None:
    for name in names():
        document: Source = sample(name)
        for task in read(document).tasks:
            start, end = task.span
            assert " ".join(document.text[start:end].split()) == task.quote
            assert task.reasons["lead"].rule
            assert all(0 <= value <= 1 for value in task.confidence.values())
            for reason in task.reasons.values():
                if reason.span:
                    assert 0 <= reason.span[0] <= reason.span[1] <= len(document.text)
