"""The words by which a plan sets levels: thresholds, rises, ranks, full marks, things to be made, past levels."""

from __future__ import annotations

import re
from typing import Final

from langnghe.plans.reading.quantities import AT_LEAST, AT_MOST

CRITERION: Final = re.compile(
    r"\b(?:chỉ số|chỉ tiêu|tiêu chí|tỷ lệ|tỉ lệ|mức độ|mức|điểm số|tổng số điểm|tổng điểm|số điểm|thứ hạng|"
    r"xếp hạng|tổng số|số lượng|"
    r"số lượt|số hồ sơ|thời gian|công suất|tổng chiều dài|diện tích|sản lượng|thu nhập|kim ngạch|tốc độ)\b"
)
RISE: Final = re.compile(
    r"\b(?P<way>tăng(?! cường)|nâng(?! cấp)|cao hơn|giảm|cắt giảm|rút ngắn|hạ)\b(?P<between>[^,;.()\d]{0,60})$"
)
TO_LEVEL: Final = re.compile(r"\b(?:lên(?: mức)?|xuống(?: còn)?|còn|đạt|đến|tới|thành)\b")
RANKS_UP: Final = re.compile(
    r"\b(?:tăng|nâng)(?: \w+){0,3}? (?P<what>(?:thứ )?hạng|thứ bậc|bậc)\b(?! (?:học|trường|tiểu|trung|lương))"
    r"(?: cao)?(?: (?:hơn )?so với (?:năm )?(?:#{4}|năm trước))?"
)
TOP: Final = re.compile(
    r"\b(?:nhóm|top|trong số|nằm trong|thuộc|trong)\s+(?:top\s+|nhóm\s+)?(?P<n>\d{1,2})\s+(?!tháng|năm|ngày|"
    r"tuần|quý|đợt)(?:tỉnh|địa phương|"
    r"thành phố|đơn vị|bộ)?(?:, thành phố|, ngành)?[^,;.]{0,40}?"
    r"(?:dẫn đầu|đứng đầu|cao nhất|tốt nhất|cả nước|toàn quốc|đầu)|\b(?:top|nhóm)\s+(?P<m>\d{1,2})\b"
)
RANK: Final = re.compile(
    r"\b(?:xếp|đứng|giữ|đạt(?= (?:vị trí|hạng|thứ)))(?: (?:vị trí|hạng|thứ hạng|ở|từ|"
    r"vào))*(?: thứ)? ?(?:vị trí )?(?:thứ )?(?P<n>\d{1,2})\s?/\s?(?P<of>\d{1,3})"
    r"(?:\s+(?:tỉnh|địa phương|bộ|đơn vị|sở)(?:[^;.()]{0,60}?(?=$|[;.()]| trong đó|, )(?:, thành phố[^,;.()]*)?)?)?"
)
FULL_MARKS: Final = re.compile(r"\b(?:điểm tối đa|điểm tuyệt đối|tối đa (?:số )?điểm)\b")
ALL_OF: Final = re.compile(
    r"\b(?P<verb>tăng|giảm|cải thiện|đạt|hoàn thành)(?: (?:ở|tại|"
    r"được))* cả (?P<n>\d{1,3}) (?P<noun>[^,;.()]+)"
)
OF_SO_MANY: Final = re.compile(
    r"\b(?P<verb>cải thiện(?:,? nâng cao)?|nâng cao|đạt|hoàn thành|khắc phục|"
    r"duy trì|đưa|công nhận|phấn đấu)\s+(?P<n>\d{1,3})\s?/\s?(?P<of>\d{1,3})\s+(?P<noun>[^;.()]+)"
)
MADE: Final = re.compile(
    r"\b(?P<verb>(?:xây dựng|tổ chức|lắp đặt|thành lập|hoàn thành|ban hành|phát hành|mở|duy trì|triển khai|"
    r"trồng|đầu tư|phát triển|"
    r"sản xuất|biên soạn|in|đào tạo|tập huấn|bồi dưỡng|kiểm tra|khảo sát|thực hiện|có|tổng số|cấp|lập|bố trí|"
    r"thiết lập|cải tạo|sửa chữa|nâng cấp|"
    r"trang bị|giới thiệu|hỗ trợ|thu hút|đạt|công nhận|nhân rộng|tiến hành|thí điểm|đăng tải|đăng|phát|"
    r"thanh tra|tuyên truyền|số hóa|"
    r"in ấn|cắm|thay thế|cứng hóa|kiên cố hóa|đưa|dạy|mua|mua sắm|tặng|trao|vận động|kết nạp|xóa|tuyển dụng|cấp mới|"
    r"bàn giao|khởi công|thay|lắp|dựng|nạo vét|treo|giải quyết việc làm cho|khắc phục|lựa chọn|chọn|bồi dưỡng|hòa giải|"
    r"dạy nghề cho|đào tạo nghề cho|hỗ trợ cho|khảo sát đối với|dạy bơi[^,;.]{0,20} cho|với quy mô|quy mô|"
    r"cắt giảm|giảm|thêm|mới)(?:,? (?:và |hoặc )?(?:xây dựng|phát triển|duy trì|ban hành|tổ chức|triển khai|"
    r"cải tạo|hoàn thành|đưa vào sử dụng))?)"
    r"(?:\s+(?:thêm|mới|được|ít nhất|tối thiểu|khoảng|trên|từ|tổng số|tổng cộng|là|"
    r"hơn))*\s+(?P<n>\d{1,3}(?:\.\d{3})*|\d+)"
    r"(?:\s*(?:-|–|đến)\s*(?P<m>\d{1,3}(?:\.\d{3})*))?\s+(?P<noun>[a-zà-ỹđ][^;.():]*)"
)
AMOUNT: Final = re.compile(
    rf"\b(?P<what>công suất|tổng chiều dài|chiều dài|diện tích|tổng diện tích|quy mô|"
    rf"thời lượng)\b[^,;.]{{0,45}}?\s(?P<limit>{AT_LEAST}|{AT_MOST})?\s*"
    r"(?P<n>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)\s?(?P<unit>m³/ngày(?: đêm)?|m3/ngày(?: đêm)?|m³|m3|"
    r"km2|km²|km|m2|m²|ha|mw|phút|giờ|tấn(?:/\w+)?)(?!\w)"
)
FREQUENCY: Final = re.compile(
    rf"\b(?:mỗi|hằng|hàng|một)\s+(?P<period>ngày|tuần|tháng|quý|năm)\s+(?P<limit>{AT_LEAST}|"
    rf"{AT_MOST})\s+(?P<n>\d{{1,3}}|một|hai|ba|bốn|năm|sáu)\s+"
    rf"(?P<noun>lần|buổi|kỳ|chuyên mục|số|cuộc|tin|bài|lượt)(?P<rest>[^,;.()]*)|"
    rf"\b(?P<limit2>{AT_LEAST}|{AT_MOST})\s+(?P<n2>\d{{1,3}}|một|hai|ba|bốn|năm|sáu)\s+(?P<noun2>lần|buổi|ngày|phiên|kỳ|số|"
    rf"cuộc|tin|bài|lượt|chuyên mục)"
    r"\s*(?:/|mỗi|trong|một)\s*(?:một\s+|1\s+)?(?P<period2>ngày|tuần|tháng|quý|năm)(?P<rest2>[^,;.()]*)"
)
EACH_PERIOD: Final = re.compile(
    rf"\b(?P<limit>{AT_LEAST}|{AT_MOST})\s+(?:mỗi|hằng|hàng|một|01|1)\s+(?P<period>ngày|tuần|tháng|quý|năm)\s+"
    r"(?P<n>\d{1,3}|một|hai|ba|bốn)\s+(?P<noun>lần|buổi|kỳ|cuộc|đợt)"
)
EVENTS: Final = (
    r"(?:đợt|cuộc|buổi|lớp|hội nghị|hội thảo|hội thi|khóa|chuyến|tọa đàm|phóng sự|chuyên mục|"
    r"chuyên đề|mô hình|tin,? bài|"
    r"số báo|bản tin)"
)
# "… phun hóa chất diện rộng 02 đợt", "số lượng: 03 lớp": the count stands behind what is done.
COUNTED_AFTER: Final = re.compile(
    rf"(?P<amount>(?:số lượng|tổng số|quy mô)\s*:\s*)?(?<![\w/.,])(?P<limit>{AT_LEAST}|khoảng)?\s*(?P<n>\d{{1,3}})\s+"
    rf"(?P<noun>{EVENTS})(?!\w)(?=\s*(?:[,;.:()]|$|/năm|trong |trên |tại |cho |với ))"
)
# "kiểm tra tại 06 sở, ngành và 03 huyện": at how many places something is done.
AT_PLACES: Final = re.compile(
    rf"\btại (?:(?P<limit>{AT_LEAST}|"
    rf"khoảng)\s+)?(?P<n>\d{{1,3}}(?:\.\d{{3}})*) (?P<noun>[^\W\d][^;.():\d]*?)"
    r"(?=\s+và (?:\d)|[;.():\d]|$|, (?:hoàn thành|xong|thời gian|báo cáo)|\s(?:vào|trong|trước|từ|để|nhằm|"
    r"theo|có|về|đến)\s)"
    r"(?:\s+và (?P<m>\d{1,3}) (?P<more>[^\W\d][^;.():\d]*?)(?=[;.():\d]|$|\s(?:vào|trong|trước|từ|để|nhằm|"
    r"theo|đến)\s))?"
)
MORE_MADE: Final = re.compile(r"\s*(?:,|và)\s+(?P<n>\d{1,3}(?:\.\d{3})*)\s+(?P<noun>[a-zà-ỹđ][^,;.():\d]*)")
RATIO: Final = re.compile(
    rf"\b(?P<limit>{AT_LEAST}|"
    rf"{AT_MOST})\s+(?P<n>\d{{1,4}})\s+(?P<unit>[^\W\d]+(?: [^\W\d]+){{0,2}}\s?/\s?[^\W\d]+(?: [^\W\d]+)?)"
)
WORK_TIME: Final = re.compile(
    r"\b(?:thời gian|thời hạn)\b(?P<of>[^;.]{0,120}?)\s(?P<limit>không quá|tối đa|dưới|xuống còn tối đa|"
    r"xuống còn|còn)\s+(?:tối đa\s+)?"
    r"(?P<n>\d{1,3})\s+(?P<unit>ngày làm việc|ngày|giờ làm việc|giờ|phút)(?!\w)"
)
NO_UNIT: Final = re.compile(
    rf"\b(?:chỉ số|hệ số|tỷ số|tỉ số|thứ hạng)\b[^;.\d]{{3,120}}?\s(?P<limit>{AT_LEAST}|{AT_MOST})\s+"
    r"(?P<n>\d+(?:,\d+)?)(?=\s*(?:[;.)]|,\s|$|trở))"
)
MINUTES: Final = re.compile(rf"(?P<limit>{AT_LEAST}|{AT_MOST})\s+(?P<n>\d{{1,3}})\s+(?P<unit>phút)\b(?:/\w+)?")
# What is counted without being a thing to be made: parts of a text, stretches of time, money.
NEVER_THINGS: Final = re.compile(
    r"(?:nội dung|nhiệm vụ|nhóm|lĩnh vực|giải pháp|mục tiêu|yêu cầu|khâu|bước|nguyên tắc|phương châm|tháng|năm|"
    r"ngày|giờ|phút|tuổi|buổi chiều|"
    r"cấp|cửa|chiều|mặt|điều|khoản|phần|bản\b(?! tin)|tiêu chí|chỉ tiêu|trụ cột|"
    r"trọng tâm|khối|lần|chức năng|thành phần|phương diện|quý|tuần|loại|hình thức|rõ|không|tại chỗ|địa bàn|"
    r"vấn đề|ý kiến|tỷ|triệu|nghìn|đồng|nghị quyết|quyết định|luật|nghị định|trường hợp|%|độ|"
    r"bậc|hạng|điểm tối đa|điểm phần trăm|tr\.?đ)(?!\w)"
)
# Bodies and people: counted as a goal only where something is done to them, or by a threshold.
NOT_THINGS: Final = re.compile(
    rf"{NEVER_THINGS.pattern}|"
    r"(?:đồng chí|đầu mối|chỉ số|sở|ngành|bộ phận|đối tượng|cơ quan|đơn vị|tỉnh|quận|huyện|người dân|dân|hộ dân|"
    r"xã|phường|"
    r"người|cá nhân|tập thể|lãnh đạo)(?!\w)"
)
PAST: Final = re.compile(
    r"\b(?:đã|hiện nay|hiện có|qua các năm|trong thời gian qua|những năm qua|"
    r"kết quả đạt được|tính đến|đang có|vừa qua|theo (?:dự báo|công bố|thống kê|số liệu)|ghi nhận \d|"
    r"(?<!không để )xảy ra|"
    r"kết quả khảo sát)\b"
)
YEAR: Final = re.compile(r"(?<!so với )(?<!cùng kỳ )\b(?:năm|kỳ|quý \w+/)\s*(?P<year>(?:19|20)\d\d)\b")
BASE_YEAR: Final = re.compile(r"\bso với (?:cùng kỳ )?(?:kết quả )?(?:của )?(?:năm )?(?P<year>(?:19|20)\d\d)\b")
BASE_RANK: Final = re.compile(
    r"\bnăm (?P<year>(?:19|20)\d\d)\s*(?:xếp|đứng|ở)?\s*(?:vị trí|hạng|thứ hạng|"
    r"thứ)?\s*(?:thứ)?\s*(?P<n>\d{1,2})\s?/\s?(?P<of>\d{1,3})"
)
BASELINE: Final = re.compile(
    r"(?:\(|, |; )\s*(?:kết quả |điểm )?(?:của )?(?:(?:6|9|sáu|chín) tháng (?:đầu )?|quý [ivx\d]+[/ ])?"
    r"(?:năm )?(?P<year>(?:19|20)\d\d)(?:,)?\s*(?:(?:chỉ |mới |"
    r"ước )?(?:là|đạt|được|có|:|"
    r"xếp)|ở mức|chiếm)?\s*(?:trên |khoảng )?"
    r"(?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>%|/\s?10{1,2} điểm|/\s?10{1,2}|điểm)"
)
FROM: Final = re.compile(
    r"\btừ (?:mức )?(?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>%|"
    r"điểm)(?: \(?(?:của )?(?:năm )?(?P<year>(?:19|20)\d\d)\)?)?\s+(?:lên|xuống)"
)
LEAD_IN: Final = re.compile(
    r"(?:\W*(?:(?:phấn đấu|phân đấu|đảm bảo|bảo đảm|duy trì|mục tiêu|chỉ tiêu|cụ thể|góp phần vào?|trong đó|"
    r"đồng thời|nâng cao|nâng|cải thiện|tăng cường|"
    r"tập trung|tiếp tục|giữ vững|hằng năm|hàng năm|đến (?:hết |cuối )?(?:năm |tháng \d+/)?#{4}|(?:trong |hết |"
    r"cuối )?năm #{4}|để|nhằm|đưa|có|và|các mục tiêu|"
    r"yêu cầu|đến năm #{4}|mục tiêu, yêu cầu|giúp|là|hướng tới|tăng|giảm|hạ|đạt|kết quả|làm cho)\b[,:]?\s*))+"
)
ENDS_NAME: Final = re.compile(
    r"\s*(?:,?\s*\b(?:đạt|tăng|giảm|là|lên|từ|còn|ở mức|phải|bằng|chiếm|được nâng|nâng|rút ngắn|xuống|tối thiểu|"
    r"ít nhất|phấn đấu|hằng năm|hàng năm|đều|"
    r"cao hơn|trung bình|bình quân|ước|mỗi năm|tiếp tục|có|hài lòng đạt)\b\s*)+$"
)
QUOTED: Final = re.compile(r"[“\"](?P<name>[^”\"]{5,200})")
NOT_COUNTED: Final = re.compile(r"(?:nội dung|giai đoạn|năm|tháng|ngày|cấp|miền|nước|thời kỳ)\b")
THING: Final = re.compile(
    r"(?P<thing>(?:chuyên mục|hội nghị|lớp(?: tập huấn| bồi dưỡng)?|trạm(?: quan trắc)?|cuộc(?: kiểm tra| thi|"
    r" đối thoại| họp)?|buổi|tin,? bài|"
    r"mô hình|công trình|dự án|đề án|nhà máy|trường(?: học)?|phòng học|tuyến(?: \w+)?|chương trình|cây xanh|cây|"
    r"doanh nghiệp|sản phẩm|dịch vụ công|"
    r"thủ tục|văn bản|quy trình|camera|điểm \w+|chỉ số thành phần|[^\W\d]+(?: [^\W\d]+)?))"
)
AFTER_TARGET: Final = re.compile(
    r"\s*(?:trở lên)?\s*(?:so với (?:cùng kỳ )?(?:năm )?[#\w]+(?: trước)?)?\s*(?:\([^()]{0,80}\))?[.;]?"
)
STANDS_AFTER: Final = re.compile(
    r"\s+(?!(?:so với|trong|mỗi|vào|và|trên|trở|cho|tại|theo|hằng|hàng|đến|để|trước)\b)[^\W\d]"
)
# "năm 2023 … đạt 83%, phấn đấu đạt trên 90%": what was, told of the same criterion before what is wished.
WAS: Final = re.compile(
    r"\W*(?:trong |hết |cuối )?năm (?P<year>(?:19|20)\d\d),?\s+(?P<name>[^,;.()\d]{4,140}?)\s+(?:chỉ |mới |ước )?"
    r"(?:đạt|là|ở mức|chiếm)\s+(?:mức |trên |khoảng )*(?P<n>\d+(?:[.,]\d+)?)\s*(?P<unit>%|điểm)[^,;.]{0,30}[,;]\s*"
    r"(?=(?:và )?(?:phấn đấu|mục tiêu|đặt mục tiêu|cần|phải|bảo đảm|đảm bảo|yêu cầu|kế hoạch)\b)"
)
# "các bộ phận có tỷ lệ hài lòng dưới 80%": the level tells which of them are meant.
WHICH: Final = re.compile(
    r"\b(?:các|những|đối với|nơi|trường hợp|khi|nếu)\s+(?:[^\W\d]+\s+){1,6}?(?:có|đạt|ở mức|để xảy ra)\b[^,;.:]{0,60}$"
)
AIMS: Final = re.compile(
    r"^\W*(?:số|lượng)\b|\b(?:phấn đấu|bảo đảm|đảm bảo|mục tiêu|hoàn thành|xây dựng|đầu tư|cải tạo|trồng|"
    r"tổ chức|phát triển)\b"
)
