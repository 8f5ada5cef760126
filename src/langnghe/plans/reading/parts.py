"""Splitting a block: at a change of lead, and where its sentences have different terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from langnghe.plans.reading import terms
from langnghe.plans.reading.bodies import Reading
from langnghe.plans.reading.duties import Duty, acts, begins, ordered
from langnghe.plans.reading.register import Term
from langnghe.plans.reading.sentences import Sentence, sentences
from langnghe.plans.reading.terms import Calendar, Phrase
from langnghe.plans.reading.verbs import VERBS

_WORDS: Final = re.compile(r"[^\W\d_]+")
_HELPING: Final = re.compile(r"\s*(?:có trách nhiệm\s+)?(?:cùng\s+)?(?:phối hợp|tham gia)\b")
# What follows a body that is only named as the one for the sentence before.
_ANSWERS: Final = re.compile(
    r"\s*(?:chủ trì|chịu trách nhiệm|phụ trách|thực hiện|đảm nhận|làm đầu mối|là cơ quan)(?: chính| chủ trì|"
    r" thực hiện)*\s*(?:[,.;(]|$)"
)
_SILENT: Final = frozenset(
    "là có trách nhiệm chủ động trực tiếp phải cần cơ quan thường trực đầu mối và tổ chức thực hiện triển khai tiếp "
    "tục".split()
)


@dataclass(slots=True)
class Part:
    """A part of a block that is one task: its place in the view, whom it names, and its own term."""

    start: int
    end: int
    duty: Duty | None = None
    phrase: Phrase | None = None


def parts(reading: Reading, calendar: Calendar) -> list[Part]:
    """The tasks of one block, in the order of the text."""
    found = phrases_of(reading, calendar)
    whole = sentences(reading)
    out: list[Part] = []
    for group in _by_lead(reading, whole):
        out.extend(_by_term(reading, group[0], group[1], found))
    return out


def phrases_of(reading: Reading, calendar: Calendar) -> list[Phrase]:
    """The phrases of time that count: explicit ones, and vague ones that go with the main verb of a sentence."""
    view = reading.view
    found = terms.phrases(view, calendar)
    if all(one.explicit for one in found):
        return found
    starts = [one.start for one in sentences(reading)]
    return [
        one
        for one in found
        if one.explicit or one.free or _main(reading, max(at for at in starts if at <= one.start), one)
    ]


def _main(reading: Reading, start: int, phrase: Phrase) -> bool:
    """Whether "thường xuyên", "định kỳ" goes with the first verb of its sentence: before it, or right behind it."""
    low = reading.view.low
    if phrase.start - start > 600:
        return False
    begin = start
    for group in reading.groups:
        if start <= group.start < phrase.start and not _WORDS.search(_plain(low[start : group.start])):
            begin = group.end
            break
    between = low[begin : phrase.start]
    if re.search(r"[.;:(]", between.strip(' "(*:')):
        return False
    words = _WORDS.findall(between)
    if len(words) <= 5 and not (phrase.term.type == "recurring" and "," in between):
        return _near(words)
    return all(word in _SILENT for word in words)


def _plain(before: str) -> str:
    """Without the words of ordering."""
    return re.sub(r"\b(?:giao|đề nghị|yêu cầu|phân công|ubnd|thành phố|tỉnh)\b", " ", before)


def _near(words: list[str]) -> bool:
    """Up to five words, one verb at most among them besides the silent ones, and no purpose."""
    if any(word in ("để", "nhằm", "cho", "việc", "cán", "đội") for word in words):
        return False
    rest = [word for word in words if word not in _SILENT]
    return len(rest) <= 4 and (
        not rest or " ".join(words[:2]) in VERBS or words[0] in VERBS or all(w in _SILENT for w in words)
    )


def _by_lead(reading: Reading, whole: list[Sentence]) -> list[tuple[Duty | None, list[Sentence]]]:
    """Sentences in runs with one lead."""
    low = reading.view.low
    runs: list[tuple[Duty | None, list[Sentence]]] = []
    for sentence in whole:
        duty = ordered(reading, sentence.start, sentence.end)
        if duty and duty.rule == "heading" and runs:
            duty = None
        if not runs:
            runs.append((duty, [sentence]))
            continue
        lead, run = runs[-1]
        if (
            duty is None
            or (lead and set(duty.names) == set(lead.names))
            or lead
            and "chủ trì" in low[run[0].start : run[-1].end]
            and _HELPING.match(duty.rest)
        ):
            run.append(sentence)
        elif lead is None and (_ANSWERS.match(duty.rest) or not _own(low[run[0].start : run[-1].end])):
            runs[-1] = (duty, [Sentence(run[0].start, sentence.end)])
        else:
            runs.append((duty, [sentence]))
    return runs


def _own(text: str) -> bool:
    """Whether a text before the first named lead is a task of its own."""
    return begins(text) or (
        acts(text) and not re.match(r'[\s"(*]*(?:theo|trên đây|để|căn cứ|trên cơ sở|thực hiện|về)\b', text)
    )


# "Việc di dời thực hiện theo quy định …": how what was ordered is done.
_HOW: Final = re.compile(r"\s*việc\b[^.;]{3,80}?\b(?:được )?(?:thực hiện|tiến hành|áp dụng) (?:theo|đúng|trên)\b")


def _by_term(reading: Reading, duty: Duty | None, run: list[Sentence], found: list[Phrase]) -> list[Part]:
    """One run cut where terms differ, if one of them is explicit; a closing "Thời gian hoàn thành …" covers all "
    "back."""
    low = reading.view.low
    out: list[Part] = []
    open_: list[Sentence] = []
    current: Phrase | None = None
    for sentence in run:
        own = terms.chosen(one for one in found if sentence.start <= one.start < sentence.end)
        closing = bool(own and own.explicit and terms.CLOSING.match(low, sentence.start))
        if closing and (current is None or not current.explicit or terms.same(current.term, own.term if own else None)):
            out.append(_part([*open_, sentence], duty, own))
            open_, current = [], None
            continue
        parted = bool(open_) and not terms.same(_term(current), _term(own)) and (_explicit(current) or _explicit(own))
        if parted and (own or not _HOW.match(low, sentence.start)):
            out.append(_part(open_, duty, current))
            open_, current = [], None
        open_.append(sentence)
        current = terms.chosen(one for one in (current, own) if one is not None)
    if open_:
        out.append(_part(open_, duty, current))
    return out


def _term(phrase: Phrase | None) -> Term | None:
    return phrase.term if phrase and phrase.explicit else None


def _explicit(phrase: Phrase | None) -> bool:
    return bool(phrase and phrase.explicit)


def _part(run: list[Sentence], duty: Duty | None, phrase: Phrase | None) -> Part:
    return Part(run[0].start, run[-1].end, duty, phrase)
