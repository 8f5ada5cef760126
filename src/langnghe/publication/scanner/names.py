"""Names of people, found by what stands around them: forms of address, key words, surnames, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

from langnghe.publication.scanner.marks import N_, Mark
from langnghe.publication.scanner.reader import BARE_SURNAMES, Reader
from langnghe.publication.scanner.view import LINE, PARAGRAPH, SPACE, Token
from langnghe.texts import fold

# Words that may stand between "tên" and the name.
_BEFORE_NAME = frozenset("là la tôi toi của cua em đầy đủ khai sinh người gửi phản ánh".split())
# What a person may call themselves instead of a name: công dân, chủ hộ, cán bộ, giáo viên, cư dân, khách …
_WHAT_PEOPLE_ARE = frozenset("công chủ cán giáo đại hộ cư khách người doanh sinh học".split())


class NameFinder(Reader):
    """Finds names in one view; every method looks at tokens by index."""

    def marks(self) -> Iterator[Mark]:
        for index in range(len(self.tokens)):
            yield from self._after_title(index)
            yield from self._after_role(index)
            yield from self._after_keyword(index)
            yield from self._by_surname(index)
        yield from self._signatures()

    def mark(self, first: int, last: int, reason: str, certainty: float) -> Mark:
        start, end = self.view.span(self.tokens[first].start, self.tokens[last].end)
        return Mark(start, end, "name", reason, certainty)

    def _is_initials(self, first: int, last: int) -> bool:
        return all(len(token.folded) == 1 for token in self.tokens[first : last + 1])

    def _proper_before(self, index: int) -> bool:
        """True when the token continues a capitalised phrase ("Hai Bà Trưng"), so it is no form of address."""
        if index == 0 or not self.joined(index - 1, (SPACE,)) or not self.tokens[index].cap:
            return False
        before = self.tokens[index - 1]
        return (
            before.cap
            and not before.caps
            and before.marked in (self.words.syllables | {"hai"})
            and before.marked not in self.words.titles
            and not self.starts_sentence(index - 1)
        )

    def _after_title(self, index: int) -> Iterator[Mark]:
        """ông Nguyễn Văn A, chị Lan, cô giáo Hạnh, anh cán bộ một cửa tên Hòa, ông ba (no), anh tuấn."""
        token = self.tokens[index]
        bare_title = token.bare and token.folded in self.words.titles_bare and self.view.bare_around(index)
        if token.marked not in self.words.titles and not bare_title:
            return
        if not self.joined(
            index,
            (SPACE, LINE, ". ", ".")
            if len(token.folded) <= 3 and token.folded in ("mr", "mrs", "ms")
            else (SPACE, LINE),
        ):
            return
        if self.place_before(index) and (token.cap or token.marked != "anh"):
            return
        if index and self.view.gap(index - 1) == "/":  # "Ông/Bà" means the reader
            return
        if (
            index
            and self.tokens[index - 1].marked in ("tiếng", "nước", "đông", "ánh", "hình", "trẻ")
            and self.joined(index - 1)
        ):
            return
        if bare_title and token.cap and index and self.tokens[index - 1].cap and self.joined(index - 1):
            return
        if self._proper_before(index):
            return
        at = index + 1
        # Words of kin and office between the title and the name.
        steps = 0
        while at < len(self.tokens) - 1 and steps < 7 and not self._name_word(at):
            word = self.tokens[at]
            if word.marked not in self.words.roles and word.folded not in self.words.titles_bare:
                break
            if not self.joined(at):
                return
            at += 1
            steps += 1
        first = self.tokens[at]
        pair = (token.marked, first.marked)
        if at > index + 1 and self.is_place_word(at - 1):
            # "ông Chủ tịch UBND phường …": a ward or a name follows; a surname tells.
            last = self.extend(at)
            if not self.surname_at(at) or last == at or self.is_place(at, last, own_streets=False):
                return
        elif at > index + 1 and self.place_before(at):
            return
        if self.view.gap(at - 1) == LINE and not (self.surname_at(at) or first.marked in self.words.given):
            return
        if first.digits or (pair in self.words.title_exceptions and at == index + 1 and not self.surname_at(at)):
            return
        if first.cap and not (token.caps and first.caps and self.view.caps_runs[index] > 4 and not self.syllable(at)):
            if self.no_name(at) and not self.surname_at(at):
                return
            if (
                first.marked in self.words.roles
                and self.joined(at)
                and not self.tokens[at + 1].cap
                and first.marked not in self.words.given
            ):
                return
            last = self.extend(at)
            if self._is_initials(at, last):
                yield self.mark(at, last, N_("Chữ viết tắt tên người sau cách xưng hô"), 0.4)
                return
            if self.pair(at, self.words.compounds) and last == at and not self.tokens[at + 1].cap:
                return
            yield self.mark(at, last, N_("Đứng sau cách xưng hô như ông, bà, anh, chị"), 0.9 if not bare_title else 0.7)
            return
        if first.cap:
            return
        yield from self._lower_name(index, at, bare_title)

    def _name_word(self, index: int) -> bool:
        token = self.tokens[index]
        return (
            token.cap
            and not self.no_name(index)
            and token.marked not in ("chủ", "phó", "trưởng", "giám", "cán", "chuyên", "công", "kế", "tổ", "bí")
        )

    def _lower_name(self, title: int, at: int, bare_title: bool) -> Iterator[Mark]:
        """A name in small letters after a form of address."""
        token = self.tokens[at]
        if at > title + 1 and self.tokens[at - 1].marked not in ("tên", "giáo", "sĩ", "sỹ", "là"):
            return
        if self.surname_at(at, lower=True) and self.joined(at) and self.syllable(at + 1):
            last = at + 1
            while (
                last - at < 3
                and self.joined(last, (SPACE,))
                and self.syllable(last + 1)
                and not self.pair(last + 1, self.words.compounds)
                and self.tokens[last + 1].marked not in self.words.after_given
            ):
                last += 1
            yield self.mark(at, last, N_("Họ và tên sau cách xưng hô"), 0.8)
            return
        if bare_title:
            if (
                token.folded in self.words.rare_folded
                and self.tokens[title].folded in ("ong", "anh", "chi")
                and at == title + 1
            ):
                after = self.tokens[at + 1].folded if self.joined(at) else ""
                if not after or after in {
                    fold(word) for word in ("ở", "là", "nói", "nhà", "đã", "bảo", "có", "không", "tổ", "hàng")
                }:
                    yield self.mark(at, at, N_("Có thể là tên viết thường sau cách xưng hô"), 0.4)
            return
        if (
            token.marked not in self.words.given
            or self.pair(at - 1, self.words.compounds)
            or self.pair(at, self.words.compounds)
        ):
            return
        if self.pair(at - 1, self.words.title_exceptions):
            return
        after = self.tokens[at + 1].marked if self.joined(at, (SPACE,)) else ""
        if token.marked not in self.words.ordinary:
            yield self.mark(at, at, N_("Tên viết thường sau cách xưng hô"), 0.7)
        elif not after or after in self.words.after_given:
            yield self.mark(at, at, N_("Có thể là tên viết thường sau cách xưng hô"), 0.5)

    def _after_role(self, index: int) -> Iterator[Mark]:
        """cán bộ Hải, chuyên viên Lê Thị D, đ/c Tuấn, chủ hộ Nam."""
        if self.pair(index, self.words.role_titles):
            at = index + 2
            ends = index + 1
        elif self.tokens[index].marked == "đc" or (
            self.tokens[index].marked == "đ"
            and index + 1 < len(self.tokens)
            and self.view.gap(index) == "/"
            and self.tokens[index + 1].marked == "c"
        ):
            ends = index if self.tokens[index].marked == "đc" else index + 1
            at = ends + 1
        elif (
            self.tokens[index].marked in ("a", "c", "e", "đ", "hộ")
            and not self.starts_sentence(index)
            and not (index and self.tokens[index - 1].digits)
        ):
            at, ends = index + 1, index
            if (
                at >= len(self.tokens)
                or self.tokens[at].marked not in self.words.given
                or self.tokens[at].marked in ("chi", "công")
            ):
                return
        else:
            return
        dotted = (".", ". ") if ends == index or self.tokens[ends].marked == "c" else ()
        if at >= len(self.tokens) or not self.joined(ends, (SPACE, ": ", ":", *dotted)):
            return
        steps = 0
        while (
            at < len(self.tokens) - 1
            and steps < 5
            and not self.tokens[at].cap
            and (self.tokens[at].marked in self.words.roles)
        ):
            if not self.joined(at):
                return
            at += 1
            steps += 1
        first = self.tokens[at]
        if not first.cap or self.no_name(at) or self.view.caps_runs[at] > 4 and not self.surname_at(at):
            return
        last = self.extend(at)
        if self.surname_at(at) or (
            first.marked in self.words.given and not (self.pair(at, self.words.compounds) and not self.surname_at(at))
        ):
            if not self.is_place(at, last) or self.surname_at(at):
                yield self.mark(at, last, N_("Đứng sau chức danh, vai trò"), 0.85)

    def _after_keyword(self, index: int) -> Iterator[Mark]:
        """tên là …, tôi là …, họ và tên: …, người gửi: …"""
        ends = index + 1
        if self.pair(index, self.words.keywords):
            at = index + 2
        elif self.tokens[index].marked in ("tên", "ten") and (
            self.tokens[index].marked == "tên" or self.view.bare_around(index)
        ):
            at, ends = index + 1, index
        else:
            return
        steps = 0
        while at < len(self.tokens) - 1 and steps < 4 and self.tokens[at].marked in _BEFORE_NAME:
            if not self.joined(at, (SPACE, ": ", ":", " : ")):
                return
            ends = at
            at += 1
            steps += 1
        if at >= len(self.tokens) or not re.fullmatch(r"[ \n]|\s?(?::|-|_|\()\s?|[\s:._]{4,200}", self.view.gap(ends)):
            return
        first = self.tokens[at]
        if self.tokens[at - 1].marked == "người" and not first.caps and not self.surname_at(at):
            return  # "Em là người Mông"
        named = self.tokens[index].marked in ("tên", "ten") or (
            index + 1 < len(self.tokens) and self.tokens[index + 1].marked in ("tên", "ten")
        )
        if first.digits:
            return
        if first.cap:
            if self.no_name(at) and not self.surname_at(at):
                return
            if first.marked in _WHAT_PEOPLE_ARE and (self.pair(at, self.words.compounds) or not named):
                return
            last = self.extend(at)
            if self.pair(at, self.words.compounds) and last == at:
                return
            if self.view.caps_runs[index] > 4 and not self.syllable(at):
                return
            yield self.mark(at, last, N_("Đứng sau “tên là”, “tôi là” hay từ tương tự"), 0.85)
            return
        if self.surname_at(at, lower=True) and self.joined(at, (SPACE,)) and self.syllable(at + 1):
            last = at + 1
            while (
                last - at < 3
                and self.joined(last, (SPACE,))
                and self.syllable(last + 1)
                and self.tokens[last + 1].marked not in self.words.after_given
                and not self.pair(last + 1, self.words.compounds)
            ):
                last += 1
            yield self.mark(at, last, N_("Họ và tên viết thường"), 0.75)
        elif (
            named
            and first.marked not in self.words.titles
            and (
                first.marked in self.words.given
                or (first.bare and first.folded in self.words.rare_folded and self.view.bare_around(at))
            )
            and not self.pair(at, self.words.compounds)
        ):
            yield self.mark(at, at, N_("Đứng sau “tên”"), 0.6)

    def _by_surname(self, index: int) -> Iterator[Mark]:
        token = self.tokens[index]
        if token.cap:
            yield from self._capitalised_surname(index, token)
        elif (token.marked in self.words.strong or (token.bare and token.folded in BARE_SURNAMES)) and self.joined(
            index
        ):
            # nguyễn văn an, tran thi hoa: small letters, so a middle name must follow.
            middle = self.tokens[index + 1]
            if middle.folded not in (
                "van",
                "thi",
                "duc",
                "huu",
                "dinh",
                "ngoc",
                "quang",
                "xuan",
                "minh",
                "thanh",
            ) or not self.joined(index + 1):
                return
            if not (middle.marked in self.words.middles or middle.bare) or middle.cap:
                return
            given = self.tokens[index + 2]
            if given.digits or not (given.marked in self.words.syllables or given.bare) or self.place_before(index):
                return
            last = index + 2
            if (
                self.joined(last, (SPACE,))
                and (self.tokens[last].marked in self.words.middles)
                and self.syllable(last + 1)
                and self.tokens[last + 1].marked not in self.words.after_given
                and not self.pair(last, self.words.compounds)
            ):
                last += 1
            if self.phrase(index, last) in self.words.historic or self.phrase(index, index + 2) in self.words.historic:
                return
            yield self.mark(index, last, N_("Họ và tên viết thường"), 0.7)

    def _capitalised_surname(self, index: int, token: Token) -> Iterator[Mark]:
        if (
            index
            and self.joined(index - 1, (SPACE,))
            and self.tokens[index - 1].cap
            and self.surname_at(index - 1)
            and not self.starts_sentence(index)
        ):
            return  # inside a name that began before
        strong = self.surname_at(index)
        weak = token.marked in self.words.weak
        second_folded = self.tokens[index + 1].folded if index + 1 < len(self.tokens) else ""
        if not (strong or weak) or not self.joined(index) or not self.tokens[index + 1].cap:
            return
        if token.bare and strong and self.is_place_word(index) and second_folded not in ("van", "thi"):
            return  # "Duong Co Linh" is a street
        if (
            self.pair(index, self.words.not_name_pairs)
            or self.place_before(index)
            or self.house_before(index)
            or self.after_street(index)
        ):
            return
        if (
            index
            and self.joined(index - 1, (SPACE,))
            and self.tokens[index - 1].cap
            and not self.view.caps_runs[index]
            and weak
            and not self.starts_sentence(index - 1)
        ):
            return
        last = self.extend(index)
        if last == index or (last == index + 1 and self.pair(index, self.words.compounds)):
            return
        if self.is_place(index, last):
            return
        count = last - index + 1
        second = self.tokens[index + 1]
        shouting = self.view.caps_runs[index] > 4
        syllables = sum(self.syllable(at) or len(self.tokens[at].folded) == 1 for at in range(index + 1, last + 1))
        if syllables == 0 and not (strong and token.marked in ("nguyễn", "trần", "phạm", "huỳnh")):
            return
        if self.pair(index, self.words.compounds):
            return
        middle = second.marked in ("văn", "thị", "van", "thi")
        if not strong and not middle:
            if count < 3 or shouting or self.tokens[last].marked not in self.words.given:
                return
        if shouting and not middle and (count < 3 or not strong):
            return
        after = (
            last + 1 < len(self.tokens)
            and self.joined(last, (SPACE,))
            and self.tokens[last + 1].marked in ("kéo", "giao", "đoạn")
        )
        if after:
            return
        before = self.tokens[index - 1].marked if index and self.joined(index - 1, (SPACE,)) else ""
        certainty = 0.85 if strong and (count >= 3 or middle) else 0.7 if middle else 0.55
        if before in ("tại", "ở", "khu", "gần", "từ", "đến", "về", "hướng", "ra", "vào"):
            certainty = min(certainty, 0.5)
        yield self.mark(index, last, N_("Họ đứng đầu những từ viết hoa"), certainty)

    def _signatures(self) -> Iterator[Mark]:
        """A last line that holds nothing but a name: "Trân trọng,\\nMinh"."""
        lines: list[tuple[int, int]] = []
        first = 0
        for index in range(len(self.tokens)):
            last = index == len(self.tokens) - 1
            if last or LINE in self.view.gap(index) or PARAGRAPH in self.view.gap(index):
                lines.append((first, index))
                first = index + 1
        for number, (start, end) in enumerate(lines):
            if number == 0 or end - start > 4 or number < len(lines) - 4:
                continue
            words = self.tokens[start : end + 1]
            if not all(word.cap and not word.digits for word in words) or any(
                self.no_name(at) for at in range(start, end + 1)
            ):
                continue
            previous = self.phrase(*lines[number - 1])
            closing = re.search(
                r"tran trong|cam on|kinh thu|nguoi viet|lam don|ky ten|kinh don|nguoi gui|cong dan|nguoi dan"
                r"|ghi ro ho ten",
                previous[-60:],
            )
            named = any(word.marked in self.words.given or self.surname_at(start) for word in words)
            compound = any(self.pair(at, self.words.compounds) for at in range(start, end))
            if closing and (named or end > start) and not compound and not self.is_place(start, end):
                yield self.mark(start, end, N_("Chữ ký cuối thư"), 0.7)
