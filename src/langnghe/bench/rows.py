"""The rows of synthetic cases in COPY's text format, made from a plan that says what the city has."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import chain
from typing import Any

import numpy as np

from langnghe.bench import story
from langnghe.bench.words import vocabulary
from langnghe.texts import words

YEARS = 4.0
PAIRS = 41
"""Pairs of syllables in a text: 82 words."""
ANSWER_PAIRS = 35
FULL_HISTORY = 100_000
CHUNK = 2_000
ENTRY_IDS = 16
"""Ledger entries that a case may have: each case has so many ids of its own."""
_NEVER = "9999-12-31 00:00:00+00"
_VN = timedelta(hours=7)


FILLED = (
    "cases_case",
    "cases_sender",
    "cases_answer",
    "cases_rating",
    "cases_informationrequest",
    "cases_merge",
    "publication_publiccase",
    "worktime_deadline",
    "ledger_entry",
    "ledger_salt",
)
"""Tables that are filled; their indexes are built after the rows."""


@dataclass(frozen=True)
class Rule:
    """A deadline rule as stored."""

    id: int
    code: str
    step: str
    regime: str
    urgency: str
    amount: int
    unit: str
    valid_from: date
    valid_to: date | None
    source: str
    assumed: bool


@dataclass(frozen=True)
class Plan:
    """Everything that the filling processes need of the city; plain values, so that it travels between processes."""

    url: str
    total: int
    now: datetime
    key: bytes
    prefix: str
    seed: int
    office: int
    coordinators: tuple[int, ...]
    protected: tuple[int, ...]
    communes: tuple[tuple[int, str, str], ...]
    departments: tuple[tuple[int, str], ...]
    staff: dict[int, dict[str, tuple[int, ...]]]
    fields: dict[str, tuple[tuple[int, str], ...]]
    channels: tuple[int, ...]
    rules: tuple[Rule, ...]
    entries_before: int
    full_history: int = FULL_HISTORY


def _zipf(count: int, power: float = 0.8) -> Any:
    weights = 1 / np.arange(1, count + 1) ** power
    return weights / weights.sum()


def _line(*values: object) -> str:
    """One row in COPY's text format. Texts hold no tab, line end or backslash."""
    return "\t".join("\\N" if value is None else str(value) for value in values) + "\n"


def _bytea(value: bytes) -> str:
    return f"\\\\x{value.hex()}"


def _flag(value: object) -> str:
    return "t" if value else "f"


def _quoted(text: str) -> list[str]:
    return [f"'{word}" for word in words(text)]


def _at(moment: datetime) -> str:
    return moment.isoformat(" ")


class Maker:
    """Makes rows. The same plan gives the same rows, whatever the number of processes."""

    def __init__(self, plan: Plan) -> None:
        from langnghe.cases import rules as case_rules
        from langnghe.ledger import chain as hashes
        from langnghe.texts import make_code
        from langnghe.worktime import packaged
        from langnghe.worktime.rules import Term, Unit, compute

        self.plan = plan
        self.vocabulary = vocabulary()
        self.quoted = [tuple(f"'{word}" for word in folded) for folded in self.vocabulary.folded]
        self.quoted_names: dict[object, list[str]] = {key: _quoted(short) for key, _name, short in plan.communes}
        for name in self._names():
            self.quoted_names[name] = _quoted(name)
        self.hashes, self.case_rules, self.make_code = hashes, case_rules, make_code

        def due(rule: Rule, start: datetime) -> Any:
            return compute(Term(rule.amount, Unit(rule.unit)), start, packaged.calendar())

        self.compute = due
        self.due_known: dict[tuple[int, date], tuple[Any, str]] = {}
        self.names = [
            f"{family} {middle} {given}"
            for family in ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng")
            for middle in ("Thị", "Văn", "Minh", "Thu")
            for given in ("An", "Bình", "Chi", "Dũng", "Hà", "Lan", "Nam", "Oanh", "Phúc", "Quân")
        ]
        self.states = [*story.OPEN, *story.DONE]
        self.begin = plan.now - timedelta(days=365.25 * YEARS)
        self.span = plan.now - self.begin

    def _names(self) -> Iterable[str]:
        plan = self.plan
        yield from (name for _key, name, _short in plan.communes)
        yield from (name for _key, name in (*plan.departments, *plan.fields["field"], *plan.fields["admin"]))

    def rows(self, first: int, end: int) -> dict[str, list[str]]:
        """The rows of the cases first ≤ id < end, by table, in COPY's text format."""
        plan, count = self.plan, end - first
        dice = np.random.default_rng([plan.seed, first])
        made: dict[str, list[str]] = {table: [] for table in FILLED}
        ids = np.arange(first, end)
        newness = 1 - (ids - 0.5) / plan.total  # 0 is the newest
        chance = story.OPEN_SHARE / story.NEWNESS / (1 - np.exp(-1 / story.NEWNESS)) * np.exp(-newness / story.NEWNESS)
        is_open = dice.random(count) < chance
        open_states, done_states = list(story.OPEN), list(story.DONE)
        open_picks = dice.choice(len(open_states), count, p=[story.OPEN[code][0] for code in open_states])
        done_picks = dice.choice(len(done_states), count, p=[story.DONE[code][0] for code in done_states])
        bodies = dice.choice(len(self.vocabulary.written), (count, PAIRS), p=self.vocabulary.shares)
        titles = dice.choice(len(self.vocabulary.written), (count, 4), p=self.vocabulary.shares)
        answers = dice.choice(len(self.vocabulary.written), (count, ANSWER_PAIRS), p=self.vocabulary.shares)
        communes = dice.choice(len(plan.communes), count, p=_zipf(len(plan.communes), 0.6))
        departments = dice.choice(len(plan.departments), count, p=_zipf(len(plan.departments)))
        to_commune = dice.random(count) < 0.55
        regime_field = dice.random(count) < 0.8
        lots = dice.random((count, 8))
        for index in range(count):
            pk = int(ids[index])
            state = open_states[open_picks[index]] if is_open[index] else done_states[done_picks[index]]
            if state == "merged" and pk == 1:
                state = "closed"  # there is nothing before it to be merged into
            self._case(
                made,
                pk,
                state,
                dice=dice,
                lots=lots[index].tolist(),
                regime="field" if regime_field[index] else "admin",
                pairs=bodies[index].tolist(),
                title_pairs=titles[index].tolist(),
                answer_pairs=answers[index].tolist(),
                commune=plan.communes[communes[index]],
                department=None if to_commune[index] else plan.departments[departments[index]],
            )
        return made

    def _case(
        self,
        made: dict[str, list[str]],
        pk: int,
        state: str,
        *,
        dice: np.random.Generator,
        lots: list[float],
        regime: str,
        pairs: list[int],
        title_pairs: list[int],
        answer_pairs: list[int],
        commune: tuple[int, str, str],
        department: tuple[int, str] | None,
    ) -> None:
        plan, written = self.plan, self.vocabulary.written
        full = pk > plan.total - plan.full_history
        received = (self.begin + self.span * ((pk - lots[0]) / plan.total)).replace(microsecond=0)
        steps = (story.OPEN.get(state) or story.DONE[state])[1]
        moments = self._moments(received, steps, 0.5 + lots[1])
        code = self.make_code(pk, prefix=plan.prefix, key=plan.key)
        submission = uuid.UUID(int=int.from_bytes(dice.bytes(16)), version=4)
        secret = self.case_rules.secret_digest(self.case_rules.derive_secret(plan.key, str(submission)))
        body = " ".join(written[pair] for pair in pairs)
        title = " ".join(written[pair] for pair in title_pairs)
        number = 1 + int(lots[2] * 300)
        place = f"Số {number} {commune[2]}"
        owner, owner_name = department or commune[:2]
        agency: int | None = owner if state in story.WITH_AGENCY else None
        staff = plan.staff[owner]
        handler = staff["handler"][pk % len(staff["handler"])]
        drafter, approver = handler, staff["approver"][pk % len(staff["approver"])]
        if approver == drafter:
            drafter = next((one for one in staff["handler"] if one != approver), staff["focal_point"][0])
            handler = drafter
        has_handler = agency is not None and state not in ("transferred", "accepted")
        coordinator = plan.coordinators[pk % len(plan.coordinators)]
        people = {
            "sender": None,
            "system": None,
            "coordinator": coordinator,
            "focal_point": staff["focal_point"][0],
            "handler": handler,
            "approver": approver,
            "protected_reader": plan.protected[pk % len(plan.protected)],
        }
        classified = state not in ("received", "clarifying", "declined", "diverted", "merged")
        fields = plan.fields[regime]
        field_id, field_name = fields[int(lots[3] * len(fields))]
        urgency = "" if not classified else "urgent" if regime == "field" and lots[4] < 0.08 else "normal"
        reopened = state == "reopened"
        approved = next((at for step, at in zip(steps, moments, strict=True) if step.act == "approve"), None)
        published = next((at for step, at in zip(steps, moments, strict=True) if step.act == "publish"), None)
        ended = state in story.DONE
        channel = plan.channels[int(lots[5] * 3) % len(plan.channels)]

        due, on_time = self._deadlines(
            made,
            pk,
            state,
            regime,
            urgency,
            received,
            steps,
            moments,
            full=full,
            agency=owner if agency else plan.office,
            person=handler if has_handler else None,
        )
        folded = [*self._folded(title_pairs), "'so", f"'{number}", *self.quoted_names[commune[0]], *self._folded(pairs)]
        made["cases_case"].append(
            _line(
                pk,
                code,
                _bytea(secret),
                state,
                steps[-1].act,
                len(steps),
                2 if reopened else 1,
                regime,
                "report",
                "conduct" if regime == "admin" else "",
                "b" if regime == "admin" and classified else "",
                urgency,
                field_id if classified else None,
                None,
                channel,
                "vi",
                title,
                body,
                commune[0],
                place,
                None,
                None,
                agency,
                handler if has_handler else None,
                1 if agency else 0,
                "f",
                pk - 1 - int(lots[6] * min(pk - 1, 500)) if state == "merged" else None,
                None,
                submission,
                _at(received),
                _at(moments[-1]),
                due,
                _at(approved) if approved else None,
                _at(moments[-1]) if ended else None,
                _vector(folded),
            )
        )
        named = lots[7] < 0.85
        sender_text = ""
        if named:
            name = self.names[pk % len(self.names)]
            phone, email = f"09{pk % 10**8:08d}", f"nguoi.dan.{pk}@nguoidan.example" if lots[7] < 0.3 else ""
            contact = self.case_rules.contact_key(plan.key, phone=phone, email=email)
            made["cases_sender"].append(_line(pk, "citizen", name, place, phone, email, contact, "f", "t", None))
            sender_text = f"{name}|{place}|{phone}|{email}"
        if state == "merged":
            made["cases_merge"].append(
                _line(pk, pk - 1 - int(lots[6] * min(pk - 1, 500)), coordinator, _at(moments[-1]), None)
            )
        if state in ("clarifying", "awaiting_sender"):
            made["cases_informationrequest"].append(
                _line(
                    pk,
                    "Xin ông/bà cho biết rõ hơn địa điểm và thời gian xảy ra.",
                    people[steps[-1].role],
                    _at(moments[-1]),
                    "",
                    None,
                    None,
                )
            )
        answer_text = ""
        if approved or state == "awaiting_approval":
            answer_text = " ".join(written[pair] for pair in answer_pairs)
            drafted = next(at for step, at in zip(steps, moments, strict=True) if step.act == "draft")
            sent = next(at for step, at in zip(steps, moments, strict=True) if step.act == "submit")
            made["cases_answer"].append(
                _line(
                    pk,
                    1,
                    "approved" if approved else "submitted",
                    "explained",
                    answer_text,
                    "Kiểm tra thực tế và xử lý.",
                    "Tổ công tác",
                    (drafted + _VN).date(),
                    "",
                    None,
                    None,
                    "",
                    drafter,
                    _at(drafted),
                    _at(sent),
                    approver if approved else None,
                    _at(approved) if approved else None,
                    "",
                    None,
                    "",
                )
            )
        if any(step.act == "rate" for step in steps):
            rated = next(at for step, at in zip(steps, moments, strict=True) if step.act == "rate")
            level = 2 if reopened else 3 + int(lots[4] * 3)
            made["cases_rating"].append(_line(pk, 1, level, level, level, level, level, "", _at(rated)))
        if published and (state == "published" or lots[6] < story.PUBLIC_SHARE):
            names = (self.quoted_names[key] for key in (owner_name, commune[0], field_name))
            whole = [*folded, *self._folded(answer_pairs), *chain.from_iterable(names)]
            made["publication_publiccase"].append(
                _line(
                    pk,
                    code,
                    "published",
                    regime,
                    "report",
                    title,
                    body,
                    answer_text,
                    "Kiểm tra thực tế và xử lý.",
                    "Tổ công tác",
                    (approved + _VN).date() if approved else None,
                    "",
                    "explained",
                    None,
                    "",
                    field_id,
                    owner,
                    commune[0],
                    owner_name,
                    field_name,
                    commune[2],
                    commune[2],
                    (received + _VN).date(),
                    _at(approved) if approved else None,
                    _flag(on_time),
                    1,
                    _at(published),
                    coordinator,
                    "",
                    "",
                    _vector(whole),
                )
            )
        self._ledger(
            made,
            pk,
            steps if full else steps[:1],
            moments,
            people,
            owner,
            body=body,
            sender=sender_text,
            code=code,
            regime=regime,
            channel=channel,
        )

    def _folded(self, pairs: list[int]) -> Iterable[str]:
        """The folded words of pairs, each with a ' before it."""
        return chain.from_iterable(map(self.quoted.__getitem__, pairs))

    def _moments(self, received: datetime, steps: Sequence[story.Step], pace: float) -> list[datetime]:
        """When each act happened: as far apart as usual, but never after now."""
        total = sum(step.hours for step in steps) * pace
        left = (self.plan.now - received).total_seconds() / 3600
        pace *= min(1.0, max(left, 0.0) / total * 0.98) if total else 1.0
        moments, passed = [], 0.0
        for step in steps:
            passed += step.hours * pace
            moments.append((received + timedelta(hours=passed)).replace(microsecond=0))
        return moments

    # --- deadlines ----------------------------------------------------------------------------------------------------

    def _rule(self, step: str, regime: str, urgency: str, on: date) -> Rule | None:
        best: Rule | None = None
        for rule in self.plan.rules:
            if (
                rule.step == step
                and rule.regime in ("", regime)
                and rule.urgency in ("", urgency)
                and rule.valid_from <= on
                and (rule.valid_to is None or on <= rule.valid_to)
                and (best is None or (rule.regime != "", rule.urgency != "") > (best.regime != "", best.urgency != ""))
            ):
                best = rule
        return best

    def _due(self, rule: Rule, start: datetime) -> tuple[Any, str]:
        """The due moment and its explanation. Counted once for each rule and day, from nine o'clock."""
        day = (start + _VN).date()
        known = self.due_known.get((rule.id, day))
        if known is None:
            due = self.compute(rule, datetime(day.year, day.month, day.day, 2, tzinfo=UTC))
            explanation = {
                "term": {"amount": rule.amount, "unit": rule.unit},
                "rule": {"code": rule.code, "source": rule.source, "assumed": rule.assumed},
                "extension": 0,
                **due.to_json(),
            }
            text = json.dumps(explanation, ensure_ascii=False).replace("\\", "\\\\")  # COPY reads \\ as one
            known = self.due_known[rule.id, day] = (due, text)
        return known

    def _deadlines(
        self,
        made: dict[str, list[str]],
        pk: int,
        state: str,
        regime: str,
        urgency: str,
        received: datetime,
        steps: Sequence[story.Step],
        moments: Sequence[datetime],
        *,
        full: bool,
        agency: int,
        person: int | None,
    ) -> tuple[str, bool]:
        """Write the deadlines of a case; gives `due_at` of the case and whether the answer was in time."""
        when = {step.act: at for step, at in zip(steps, moments, strict=True)}
        ended = state in story.DONE
        # step → (start, end of it)
        owed: dict[str, tuple[datetime, datetime | None]] = {"answer": (received, when.get("approve"))}
        if full or not ended:
            owed["intake"] = (received, when.get("classify"))
            owed["transfer"] = (received, when.get("transfer"))
            if "transfer" in when:
                owed["receive"] = (when["transfer"], when.get("accept"))
            if "approve" in when:
                owed["publish"] = (when["approve"], when.get("publish") or when.get("withhold"))
            if "publish" in when or "withhold" in when:
                owed["close"] = (when.get("publish") or when["withhold"], when.get("close"))
        if state == "reopened":
            owed["answer"] = (when["reopen"], None)
        waits = state in ("clarifying", "awaiting_sender")
        next_due, on_time = _NEVER, True
        for step, (start, met) in owed.items():
            rule = self._rule(step, regime, urgency, (start + _VN).date())
            if rule is None:
                continue
            due, explanation = self._due(rule, start)
            paused = closed = reminder = None
            if met is not None:
                standing, closed = ("late" if met > due.due_at else "met"), _at(met)
                if step == "answer":
                    on_time = standing == "met"
            elif ended or (state == "reopened" and step == "close"):
                standing, closed = "cancelled", _at(moments[-1])
            elif waits and step == "answer":
                standing, paused = "paused", _at(moments[-1])
            else:
                standing = "open"
                next_due = min(next_due, _at(due.due_at.astimezone(UTC)))
                # Reminders of a load are not owed: the planner would send tens of thousands at once.
                reminder = None
            made["worktime_deadline"].append(
                _line(
                    "case",
                    pk,
                    step,
                    rule.id,
                    _at(start),
                    _at(due.due_at),
                    due.due_date,
                    _at(due.target_at),
                    _at(due.half_at),
                    _at(due.eighty_at),
                    paused,
                    "[]",
                    0,
                    explanation,
                    standing,
                    closed,
                    self.plan.office if step in ("intake", "transfer", "publish", "close") else agency,
                    person if step == "answer" else None,
                    _at(start),
                    reminder,
                )
            )
        return next_due, on_time

    # --- ledger -------------------------------------------------------------------------------------------------------

    def _ledger(
        self,
        made: dict[str, list[str]],
        pk: int,
        steps: Sequence[story.Step],
        moments: Sequence[datetime],
        people: dict[str, int | None],
        owner: int,
        *,
        body: str,
        sender: str,
        code: str,
        regime: str,
        channel: int,
    ) -> None:
        hashes, last, before = self.hashes, self.hashes.ZERO, ""
        for seq, (step, at) in enumerate(zip(steps, moments, strict=False), start=1):
            entry_id = self.plan.entries_before + pk * ENTRY_IDS + seq
            person = people[step.role]
            kind = "person" if person is not None else step.role
            agency = owner if step.role in ("focal_point", "handler", "approver") else None
            data: dict[str, Any] = {"to": step.target, "version": seq}
            commitments = {}
            if seq == 1:
                data |= {
                    "channel": channel,
                    "code": code,
                    "files": [],
                    "kind": "report",
                    "received_at": at.isoformat(),
                    "regime": regime,
                }
                personal = {"body": body, "sender": sender} if sender else {"body": body}
                for name, value in personal.items():
                    salt = sha256(b"bench salt %d %s" % (entry_id, name.encode())).digest()
                    commitments[name] = hashes.commitment(salt, value)
                    made["ledger_salt"].append(_line(entry_id, name, _bytea(salt)))
            else:
                data["from"] = before
                if step.act == "transfer":
                    data["agency"] = owner
            said = hashes.body(
                kind="case",
                subject_id=pk,
                act=step.act,
                actor_kind=kind,
                actor_id=person,
                role=step.role,
                agency_id=agency,
                at=hashes.moment(at),
                data=data,
                commitments=commitments,
            )
            this = hashes.entry_hash(prev_hash=last, seq=seq, body=said)
            made["ledger_entry"].append(
                _line(
                    entry_id,
                    "case",
                    pk,
                    seq,
                    step.act,
                    kind,
                    person,
                    step.role,
                    agency,
                    _at(at),
                    hashes.canonical(data).decode(),
                    hashes.canonical(commitments).decode(),
                    _bytea(last),
                    _bytea(this),
                )
            )
            last, before = this, step.target


_PLACES = [f"':{place}" for place in range(1, 400)]


def _vector(quoted: Sequence[str]) -> str:
    """What to_tsvector('simple', …) makes of folded words, each with a ' before it; the database joins repeats."""
    return " ".join([word + place for word, place in zip(quoted, _PLACES, strict=False)])
