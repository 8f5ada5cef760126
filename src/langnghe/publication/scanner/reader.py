"""The words of a text as names are made of them: what belongs together, what is a street or a place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from langnghe.publication.scanner.view import LINE, SPACE, View
from langnghe.publication.scanner.wordlists import word_lists
from langnghe.texts import fold

MAX_NAME: Final = 6  # words of a name
# Surnames that, typed without marks in small letters, are hardly ever another word.
BARE_SURNAMES: Final = frozenset(
    "nguyen tran pham hoang huynh phan vu bui ngo trinh truong le dinh mac quach luu".split()
)


class Reader:
    """Reads the tokens of one view: which belong together, which begin a name, which are streets and places."""

    def __init__(self, view: View, places: Iterable[str] = ()) -> None:
        self.view = view
        self.tokens = view.tokens
        self.words = word_lists()
        self.places = self.words.places | {tuple(fold(place).split()) for place in places}
        self.streets: set[str] = set()
        self.street_ends: set[int] = set()  # tokens that end a street or place name
        self._collect_streets()

    # -- small questions --

    def joined(self, index: int, gaps: tuple[str, ...] = (SPACE, LINE)) -> bool:
        """True when token index and the next one belong together."""
        return 0 <= index < len(self.tokens) - 1 and self.view.gap(index) in gaps

    def is_word(self, index: int, marked: frozenset[str], bare: frozenset[str] = frozenset()) -> bool:
        token = self.tokens[index]
        return token.marked in marked or (token.bare and token.folded in bare and self.view.bare_around(index))

    def pair(self, index: int, pairs: frozenset[tuple[str, str]]) -> bool:
        """True when tokens index, index+1 are one of the pairs."""
        return self.joined(index) and (self.tokens[index].marked, self.tokens[index + 1].marked) in pairs

    def starts_sentence(self, index: int) -> bool:
        if index == 0:
            return True
        gap = self.view.gap(index - 1)
        return any(char in '.!?:;\n\v"“”-+*•(' for char in gap)

    def no_name(self, index: int) -> bool:
        """Words that begin something other than a name, or end one."""
        token = self.tokens[index]
        return (
            token.digits
            or token.marked in self.words.not_names
            or self.pair(index, self.words.not_name_pairs)
            or (
                token.marked in self.words.titles
                and not token.caps
                and index + 1 < len(self.tokens)
                and self.tokens[index + 1].cap
                and self.joined(index)
                and token.marked not in self.words.given
            )
        )

    def extend(self, first: int, most: int = MAX_NAME) -> int:
        """The last token of the name that begins at `first` (capitalised words that belong together)."""
        last = first
        shouting = self.view.caps_runs[first] > 4
        while last + 1 < len(self.tokens) and last - first + 1 < most:
            token = self.tokens[last + 1]
            gaps = (SPACE, LINE, ".", ". ") if len(self.tokens[last].folded) == 1 else (SPACE, LINE)
            if not self.joined(last, gaps) or not token.cap or token.digits:
                break
            if self.no_name(last + 1) and not self._given_inside(last + 1):
                break
            known_syllable = token.marked in self.words.syllables or (
                token.bare and token.folded in self.words.syllables_folded
            )
            if self.view.gap(last) == LINE and (last > first + 1 or not known_syllable):
                break
            if shouting and (not known_syllable or last - first + 1 >= 5):
                break
            if self.pair(last + 1, self.words.compounds) and last > first and self.tokens[last + 2].cap is False:
                break
            last += 1
        return last

    def _given_inside(self, index: int) -> bool:
        """True for words such as Trường that begin other things but also are given names, here inside a name."""
        return (
            self.tokens[index].marked in self.words.given
            and not self.pair(index, self.words.compounds)
            and not self.pair(index, self.words.not_name_pairs)
        )

    def phrase(self, first: int, last: int) -> str:
        return " ".join(token.folded for token in self.tokens[first : last + 1])

    # -- streets and places --

    def place_before(self, index: int) -> bool:
        """True when a word such as đường, phố, phường, trường, chợ stands before the token, perhaps with a number."""
        at = index - 1
        steps = 0
        while at >= 0 and (
            self.tokens[at].digits or (len(self.tokens[at].folded) == 1 and at and self.tokens[at - 1].digits)
        ):
            if self.view.gap(at) not in (SPACE, "", "/", "-", ", "):
                return False
            at -= 1
            steps += 1
            if steps > 6:
                return False
        if at < 0 or self.view.gap(at) not in (SPACE, LINE, ".", ". ", " - "):
            return False
        if self.is_word(at, self.words.place_words, self.words.place_words_bare):
            return True
        return at > 0 and self.pair(at - 1, self.words.place_pairs)

    def place_extend(self, first: int) -> int:
        last = first
        while (
            last + 1 < len(self.tokens)
            and last - first < 4
            and self.joined(last, (SPACE,))
            and self.tokens[last + 1].cap
            and (not self.no_name(last + 1) or self._given_inside(last + 1))
        ):
            last += 1
        return last

    def _collect_streets(self) -> None:
        """Streets and places in the text: after đường, phố, phường …, after a preposition, in a list of them."""
        for index, token in enumerate(self.tokens):
            if not token.cap or (
                index
                and self.joined(index - 1, (SPACE,))
                and self.tokens[index - 1].cap
                and not self.is_place_word(index - 1)
            ):
                continue
            if self.is_place_word(index):
                continue
            if self.place_before(index) or self.house_before(index) or self.after_street(index):
                last = self.place_extend(index)
                self.street_ends.add(last)
                if last > index:
                    self.streets.add(self.phrase(index, last))

    def is_place_word(self, index: int) -> bool:
        return self.is_word(index, self.words.place_words, self.words.place_words_bare)

    def house_before(self, index: int) -> bool:
        """True when a house number stands right before: "52 Thân Trọng Một"."""
        if index == 0 or not self.joined(index - 1, (SPACE,)):
            return False
        before = self.tokens[index - 1]
        return (before.digits and len(before.folded) <= 4) or (
            len(before.folded) == 1 and index > 1 and self.tokens[index - 2].digits and self.view.gap(index - 2) == ""
        )

    def after_street(self, index: int) -> bool:
        """True for the next name of a list of streets: "giao Lê Duẩn - Trần Phú", "đường A và B"."""
        if index == 0:
            return False
        gap = self.view.gap(index - 1)
        if index - 1 in self.street_ends and gap.strip() in ("-", "/", ",", "&"):
            return True
        if gap != SPACE or index < 2:
            return False
        word = self.tokens[index - 1]
        if word.marked == "từ" and self.tokens[index].marked not in self.words.titles:
            # "từ Khâm Thiên đến Nguyễn Thượng Hiền"
            last = self.place_extend(index)
            return self.joined(last, (SPACE,)) and self.tokens[last + 1].marked in ("đến", "tới")
        if word.marked in self.words.prepositions and self.tokens[index].marked not in self.words.titles:
            return True
        return word.marked in self.words.joiners and index - 2 in self.street_ends

    def is_place(self, first: int, last: int, *, own_streets: bool = True) -> bool:
        """True when these words are a street or a place rather than a person. own_streets: count those of this text."""
        folded = tuple(token.folded for token in self.tokens[first : last + 1])
        if self.tokens[first].marked in ("hồ", "đường", "cầu", "chợ") and any(
            folded[1:size] in self.places for size in range(3, min(5, len(folded)) + 1)
        ):
            return True  # "Hồ Văn Chương": a lake named after a ward
        phrase = " ".join(folded)
        if phrase in self.words.historic or (own_streets and phrase in self.streets):
            return True
        return any(folded[:size] in self.places for size in range(2, min(4, len(folded)) + 1))

    # -- syllables and surnames --

    def syllable(self, index: int) -> bool:
        token = self.tokens[index]
        return token.marked in self.words.syllables or (token.bare and token.folded in self.words.syllables_folded)

    def surname_at(self, index: int, lower: bool = False) -> bool:
        token = self.tokens[index]
        if not lower and not token.cap:
            return False
        if token.marked in self.words.strong:
            return not (
                self.pair(index, self.words.compounds)
                and index + 1 < len(self.tokens)
                and not self.tokens[index + 1].cap
                and not lower
            )
        if not (token.bare and token.folded in self.words.strong_folded):
            return False
        if not self.view.bare_around(index) and not (self.joined(index) and self.tokens[index + 1].bare):
            return False  # "HUYNH" of "PHỤ HUYNH" is no Huỳnh typed without its mark
        return not lower or (self.view.bare_around(index) and token.folded in BARE_SURNAMES)
