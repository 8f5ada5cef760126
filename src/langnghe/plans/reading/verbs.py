"""The verbs of administrative duty, and words that stand before them. Vietnamese grammar, not facts of a city."""

from __future__ import annotations

import re
from typing import Final

_VERBS: Final = """
quy chuẩn|kịp thời|tự giác|hằng tuần|hàng tuần|hằng ngày|hàng ngày|
áp dụng|ban hành|báo cáo|bảo đảm|bảo vệ|biên soạn|biểu dương|bồi dưỡng|bổ sung|bố trí|bám sát|cân đối|cải cách|
cải thiện|cải tiến|cập nhật|chấn chỉnh|chấp hành|chỉ đạo|chỉnh trang|chia sẻ|chịu trách nhiệm|chọn|chú trọng|
chủ động|chủ trì|chuẩn bị|chuẩn hóa|chuyển|chuyển đổi|có biện pháp|có giải pháp|có kế hoạch|có phương án|
có trách nhiệm|có văn bản|công bố|công khai|củng cố|cung cấp|cụ thể hóa|cử|dành|duy trì|duyệt|dự kiến|đa dạng|
đa dạng hóa|đánh giá|đào tạo|đảm bảo|đảm nhận|đăng ký|đăng tải|đẩy mạnh|đẩy nhanh|đầu tư|đề nghị|đề xuất|đề cao|
điều chỉnh|điều hành|điều phối|điều tra|định hướng|đo lường|đôn đốc|đổi mới|đơn giản hóa|đưa|đưa vào|gắn|gắn kết|
giải quyết|giám sát|giao|giới thiệu|giúp|góp phần|góp ý|gửi|hạn chế|hệ thống hóa|hoàn chỉnh|hoàn thành|hoàn thiện|
hỗ trợ|huy động|hướng dẫn|kết hợp|kết nối|khảo sát|khai thác|khắc phục|khẩn trương|khen thưởng|khuyến khích|
kiểm điểm|kiểm kê|kiểm soát|kiểm tra|kiên quyết|kiến nghị|kiện toàn|ký kết|lãnh đạo|lắp đặt|lấy|lấy ý kiến|lập|
lồng ghép|lòng ghép|lựa chọn|lưu trữ|mở|mở rộng|nâng cao|nâng cấp|nắm|nắm bắt|nghiên cứu|nghiêm túc|nghiệm thu|
nhân rộng|niêm yết|ngăn chặn|phân bổ|phân công|phân loại|phân tích|phát động|phát hành|phát hiện|phát huy|
phát triển|phản ánh|phấn đấu|phê duyệt|phối hợp|phổ biến|phúc đáp|phụ trách|phục vụ|quan tâm|quán triệt|quản lý|
quy định|quyết liệt|rà soát|rút ngắn|sắp xếp|siết chặt|số hóa|sơ kết|sửa đổi|sử dụng|tạo|tạo điều kiện|tăng cường|
tập huấn|tập trung|tham dự|tham gia|tham mưu|thanh tra|thành lập|thẩm định|theo dõi|thể chế hóa|thí điểm|thiết lập|
thông báo|thông tin|thống kê|thống nhất|thu hút|thu thập|thúc đẩy|thực hiện|thường xuyên|tích cực|tiến hành|
tiếp nhận|tiếp thu|tiếp tục|tìm hiểu|tính toán|tổ chức|tổng hợp|tổng kết|trang bị|trao đổi|triển khai|trình|
truy cập|trực tiếp|truyền thông|tuyên dương|tuyên truyền|tuyển chọn|tuyển dụng|tư vấn|từ chối|ưu tiên|ứng dụng|
vận động|vận hành|xác định|xác minh|xây dựng|xem xét|xét|xử lý|xử phạt|yêu cầu|căn cứ|đầu mối|phân cấp|ủy quyền|là|
nhanh chóng|sớm|nêu cao|làm tốt|làm rõ|làm|thiết kế|sản xuất|bàn giao|in|in ấn|mua sắm|cắt giảm|giảm|tiết kiệm|
tổ chức lại|hình thành|khởi công|khánh thành|giải ngân|thu hồi|cấp|cho|tự kiểm tra|tự đánh giá|ký|truyền tải|
quảng bá|trưng bày|phối kết hợp|thi|thực thi|tra cứu|xúc tiến|vệ sinh|phun|tiêm|tổ chức tiêm|diễn tập|ứng phó|
di dời|sơ tán|tuần tra|trực|phòng ngừa|phòng chống|đấu tranh|bắt|khởi tố|tạm giữ|trồng|chăm sóc|tôn tạo|thẩm tra|
khẳng định|chuyển giao|tiếp công dân|tiếp xúc|đối thoại|giải trình|trả lời|tạm dừng|dừng|đình chỉ|miễn|giữ|giữ gìn|
giữ vững|nhắc nhở|cam kết|đáp ứng|định kỳ|hằng năm|hàng năm|hằng tháng|hàng tháng|hằng quý|hàng quý|trên cơ sở|khi|
tổng rà soát|rà|lên|mời|tra|liên hệ|tận dụng|đồng bộ|hiện đại hóa|tích hợp|tin học hóa|xã hội hóa|khơi thông|
tăng|tăng thêm|đối chiếu|xác nhận|công nhận|cấp phép|thu phí|kê khai|thanh toán|quyết toán|bãi bỏ|thay thế|hủy bỏ|
loại bỏ|
xóa bỏ|lấy mẫu|xét nghiệm|kiểm nghiệm|kiểm định|giám định|khám|điều trị|cách ly|khoanh vùng|tiêu hủy|khuyến cáo|duy tu|
bảo dưỡng|tháo dỡ|cưỡng chế|phân luồng|điều tiết|giải tỏa|quan trắc|đo đạc|đăng|đưa tin|phát sóng|biên tập|tọa đàm|
thăm|gặp gỡ|gỡ bỏ|giải thích|lựa chọn|đóng cửa|xóa|cải tạo|tái cấu trúc|rào chắn|dạy|chi trả|lan tỏa|hưởng ứng|
nhận diện|thẩm tra|kích hoạt|cài đặt|kết thúc|đấu nối|hoàn trả|chấm dứt|
nạo vét|thu gom|cảnh báo|dự báo|tham vấn|phản biện|ghi nhận|tôn vinh|trao|tặng|kêu gọi|bảo trì|sửa chữa|cải tạo|
chỉ định|bổ nhiệm|điều động|luân chuyển|tinh giản|thực hành|làm việc|đề ra|tận tụy|nghiêm cấm|không|phải|cần|được|
"""
VERBS: Final = frozenset(word.strip() for word in _VERBS.replace("\n", "").split("|") if word.strip())
LONGEST: Final = max(len(verb.split()) for verb in VERBS)


def begins_with_verb(words: list[str], at: int = 0) -> bool:
    """Whether a verb stands at a place in a list of lower-case words."""
    return any(" ".join(words[at : at + length]) in VERBS for length in range(LONGEST, 0, -1))


# Verbs that order a product, so that a line which announces a list is still a task of its own.
PRODUCT: Final = re.compile(
    r"\b(?:xây dựng|ban hành|lập|thành lập|trình|hoàn thành|hoàn thiện|biên soạn|niêm yết|ký kết|lắp đặt|phê duyệt) "
    r"(?!và|các nội dung|thực hiện|điều kiện)"
)
