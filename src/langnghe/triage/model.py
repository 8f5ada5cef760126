"""The model of triage: suggests regime, field, agency and urgency, and notices complaints and denunciations.

Pure: examples in, a bundle of numbers out; no database, no clock. Linear classifiers on hashed features, each with a
calibrated confidence and a threshold below which it says nothing. All figures are out of sample (see evaluate.py).
Training needs scikit-learn and belongs in the worker; predicting needs numpy only.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from langnghe.triage.features import BLOCKS, Floats, Space, count_features, learn_space
from langnghe.triage.lexicon import DiversionKind, look_for_diversion
from langnghe.triage.signs import URGENT
from langnghe.triage.signs import found as signs_found

FORMAT: Final = 1
COMMUNE: Final = "@commune"  # stands for "the commune of the place" among agencies
REGIMES: Final = ("admin", "field")
TARGET: Final = 0.8  # share of right answers among those given that the threshold aims at
REGIME_TARGET: Final = 0.95  # a wrong regime brings wrong law and wrong deadlines, so it must be surer
NEVER: Final = 1.01  # a threshold that no confidence reaches
LEAST_RARE: Final = 5  # complaints, or urgent cases, below which nothing is learned of them
_STRENGTH: Final = 0.5  # C of the linear classifiers
_STRENGTH_RARE: Final = 0.1  # of what few examples tell of

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A confirmed case. agency: a code, COMMUNE where it is the commune of the place, or "". diverted: a complaint or
    denunciation. field, agency, urgency may be "" where nobody knows."""

    text: str
    regime: str
    field: str
    title: str = ""
    agency: str = ""
    urgency: str = ""
    diverted: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Where the cases of a field usually go: the department, or the commune of the place where that is likely."""

    agency: str
    commune_likely: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """One suggestion. value: "" where the model abstains; best: what it would have said; confidence: of best."""

    value: str
    confidence: float
    best: str
    others: tuple[tuple[str, float], ...] = ()  # the next likely ones


@dataclass(frozen=True, slots=True)
class Diversion:
    """Does this look like a complaint or a denunciation? words: those of the lexicon that say so."""

    suspected: bool
    confidence: float
    kind: DiversionKind | Literal[""]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prediction:
    """All suggestions for one text, and the version of the model that made them."""

    version: str
    regime: Guess
    field: Guess
    agency: Guess
    urgency: Guess
    signs: tuple[str, ...]  # the city's signs of danger that stand in the text
    diversion: Diversion


@dataclass(frozen=True)
class Head:
    """One linear classifier: a row of weights a class (one row for two classes), calibration and threshold."""

    classes: tuple[str, ...]
    weights: Floats
    bias: Floats
    slope: float = 1.0  # calibration: confidence = softmax(slope × score + shift)
    shift: float = 0.0  # of two classes: added to the score of the second
    power: float = 1.0  # of agencies: see mix_agencies
    threshold: float = NEVER

    def scores(self, columns: npt.NDArray[np.int64], values: Floats) -> Doubles:
        """Raw scores of the classes for one row of features."""
        raw = (self.weights[:, columns] @ values + self.bias).astype(np.float64)
        return np.array([-raw[0], raw[0]]) / 2 if len(raw) == 1 else raw


def calibrated(scores: Doubles, slope: float, shift: float = 0.0) -> Doubles:
    """Confidences of rows of scores; each row adds up to 1."""
    scaled = np.atleast_2d(scores) * slope
    if scaled.shape[1] == 2:
        scaled = scaled + np.array([0.0, shift])
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


class BundleError(ValueError):
    """Bytes that are no bundle of this format."""


@dataclass(frozen=True)
class ModelBundle:
    """Everything that predicting needs, and how good it is on cases it has not seen."""

    space: Space
    heads: dict[str, Head]
    agencies: dict[str, dict[str, float]]  # field → share of each agency
    metrics: dict[str, Any]
    version: str = ""

    def __post_init__(self) -> None:
        if not self.version:
            object.__setattr__(self, "version", _fingerprint(self))

    def to_bytes(self) -> bytes:
        """The bundle as an npz archive of plain numbers and one JSON text: reading it runs no code."""
        arrays, meta = _contents(self)
        text = json.dumps(
            {**meta, "metrics": self.metrics, "version": self.version}, ensure_ascii=False, sort_keys=True
        )
        stream = io.BytesIO()
        arrays["meta"] = np.frombuffer(text.encode(), dtype=np.uint8)
        np.savez_compressed(stream, allow_pickle=False, **arrays)
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> ModelBundle:
        """Read what to_bytes wrote. BundleError when it is something else, of another format or changed."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            meta = json.loads(arrays.pop("meta").tobytes())
            if meta["format"] != FORMAT:
                raise BundleError(f"format {meta['format']}, not {FORMAT}")
            space = Space(
                {name: arrays[f"hashes_{name}"].astype(np.uint32) for name in BLOCKS},
                {name: arrays[f"idf_{name}"].astype(np.float32) for name in BLOCKS},
            )
            heads = {
                name: Head(
                    tuple(about["classes"]),
                    arrays[f"weights_{number}"].astype(np.float32),
                    arrays[f"bias_{number}"].astype(np.float32),
                    about["slope"],
                    about["shift"],
                    about["power"],
                    about["threshold"],
                )
                for number, (name, about) in enumerate(sorted(meta["heads"].items()))
            }
            bundle = cls(space, heads, meta["agencies"], meta["metrics"])
        except BundleError:
            raise
        except Exception as error:  # whatever a foreign file may cause in the readers
            raise BundleError("not a model bundle") from error
        if bundle.version != meta["version"]:
            raise BundleError("the contents do not match the version")
        return bundle


def _contents(bundle: ModelBundle) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    arrays: dict[str, npt.NDArray[Any]] = {}
    for name in BLOCKS:
        arrays[f"hashes_{name}"] = bundle.space.hashes[name]
        arrays[f"idf_{name}"] = bundle.space.idf[name]
    about: dict[str, Any] = {}
    for number, (name, head) in enumerate(sorted(bundle.heads.items())):
        arrays[f"weights_{number}"] = head.weights.astype(np.float16)
        arrays[f"bias_{number}"] = head.bias
        about[name] = {
            "classes": list(head.classes),
            "slope": head.slope,
            "shift": head.shift,
            "power": head.power,
            "threshold": head.threshold,
        }
    return arrays, {"format": FORMAT, "heads": about, "agencies": bundle.agencies}


def _fingerprint(bundle: ModelBundle) -> str:
    """A version that names the contents: 16 hexadecimal digits of SHA-256."""
    arrays, meta = _contents(bundle)
    digest = hashlib.sha256(json.dumps(meta, ensure_ascii=False, sort_keys=True).encode())
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()[:16]


# --- training ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Task:
    """What one head learns: which examples, with which labels, and short texts that teach it beside them."""

    name: str
    rows: list[int]
    labels: list[str]
    hints: list[tuple[int, str]]  # index of the hint's features, label
    balanced: bool = False
    strength: float = _STRENGTH


@dataclass(frozen=True)
class Material:
    """The counted features of the examples and of the hints, and the tasks on them."""

    examples: Sequence[Example]
    counts: list[dict[str, Counter[int]]]
    hint_counts: list[dict[str, Counter[int]]]
    tasks: list[Task]
    signs: Sequence[str] = ()


def prepare(
    examples: Sequence[Example], hints: Mapping[str, Sequence[str]], signs: Sequence[str] = ()
) -> Material:  # fmt: skip
    """Count features and set out the tasks. hints: field → words and sentences that the city gives for it; signs: the
    city's signs of danger."""
    counts = [count_features(example.text, example.title) for example in examples]
    fields_of = {regime: {e.field for e in examples if e.regime == regime and e.field} for regime in REGIMES}
    hint_counts: list[dict[str, Counter[int]]] = []
    hint_fields: list[str] = []
    for code, texts in sorted(hints.items()):
        for text in texts:
            hint_counts.append(count_features(text))
            hint_fields.append(code)
    urgent_from = len(hint_counts)
    hint_counts += [count_features(text) for text in signs]
    tasks: list[Task] = []

    def add(
        name: str,
        rows: list[int],
        labels: list[str],
        own: list[tuple[int, str]],
        balanced: bool = False,
        strength: float = _STRENGTH,
    ) -> None:
        often = {label for label, times in Counter(labels).items() if times >= 2}
        kept = [(row, label) for row, label in zip(rows, labels, strict=True) if label in often]
        if len(often) >= 2 and len(kept) >= 10:
            chosen = [(at, label) for at, label in own if label in often]
            tasks.append(Task(name, [row for row, _ in kept], [label for _, label in kept], chosen, balanced, strength))

    everyone = list(range(len(examples)))
    add(
        "regime",
        everyone,
        [e.regime for e in examples],
        [
            (at, regime)
            for at, code in enumerate(hint_fields)
            for regime in REGIMES
            if code in fields_of[regime] and code not in fields_of[REGIMES[1 - REGIMES.index(regime)]]
        ],
    )
    for regime in REGIMES:
        rows = [at for at in everyone if examples[at].regime == regime and examples[at].field]
        add(
            f"field:{regime}",
            rows,
            [examples[at].field for at in rows],
            [(at, code) for at, code in enumerate(hint_fields) if code in fields_of[regime]],
        )
        # A complaint or denunciation goes where its law says, which teaches nothing about feedback.
        rows = [at for at in everyone if examples[at].regime == regime and examples[at].agency]
        rows = [at for at in rows if not examples[at].diverted]
        add(f"agency:{regime}", rows, [examples[at].agency for at in rows], [])
    rows = [at for at in everyone if examples[at].urgency]
    # Urgent cases are rare: each word counts twice.
    urgent = [(at, URGENT) for at in range(urgent_from, len(hint_counts))] * 2
    add("urgency", rows, [examples[at].urgency for at in rows], urgent, balanced=True)
    if sum(examples[at].urgency == URGENT for at in rows) >= LEAST_RARE:
        labels = ["yes" if examples[at].urgency == URGENT else "no" for at in rows]
        own = [(at, "yes") for at, _ in urgent]
        add("urgent", rows, labels, own, balanced=True, strength=_STRENGTH_RARE)
    if sum(example.diverted for example in examples) >= LEAST_RARE:
        add("diversion", everyone, ["yes" if e.diverted else "no" for e in examples], [], balanced=True)
    return Material(examples, counts, hint_counts, tasks, signs)


def fit(material: Material, train_rows: Iterable[int], seed: int) -> tuple[Space, dict[str, Head]]:
    """Learn space and heads from some of the examples (and all hints)."""
    from sklearn.svm import LinearSVC

    chosen = sorted(train_rows)
    place = {row: at for at, row in enumerate(chosen)}
    texts = [material.counts[row] for row in chosen] + material.hint_counts
    space = learn_space(texts)
    matrix = space.matrix(texts)
    heads: dict[str, Head] = {}
    for task in material.tasks:
        own = [(place[row], label) for row, label in zip(task.rows, task.labels, strict=True) if row in place]
        own += [(len(chosen) + at, label) for at, label in task.hints]
        labels = [label for _, label in own]
        if len(set(labels)) < 2:
            continue
        machine = LinearSVC(
            C=task.strength, random_state=seed, class_weight="balanced" if task.balanced else None, max_iter=2000
        )
        machine.fit(matrix[[at for at, _ in own]], labels)
        heads[task.name] = Head(
            tuple(str(label) for label in machine.classes_),
            # Rounded as they will be stored, so that a model predicts the same before and after.
            machine.coef_.astype(np.float16).astype(np.float32),
            np.asarray(machine.intercept_, dtype=np.float32),
        )
    return space, heads


def agency_shares(examples: Iterable[Example], routes: Mapping[str, Route]) -> dict[str, dict[str, float]]:
    """For each field how often each agency got its cases; the city's routes count as a few cases of their own."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for code, route in routes.items():
        if not route.agency:
            continue
        if route.commune_likely:
            counts[code][COMMUNE] += 2
        counts[code][route.agency] += 1 if route.commune_likely else 3
    for example in examples:
        if example.field and example.agency and not example.diverted:
            counts[example.field][example.agency] += 1
    return {
        code: {agency: round(times / own.total(), 6) for agency, times in sorted(own.items())}
        for code, own in sorted(counts.items())
    }


def mix_agencies(
    by_text: Mapping[str, float],
    fields: Mapping[str, float],
    shares: Mapping[str, Mapping[str, float]],
    power: float = 1.0,
) -> dict[str, float]:
    """Agencies by confidence: what the words say times what the likely fields say.

    power: below 1 it takes back what counting the same words twice made too sure (calibrated by evaluate.py).
    """
    by_field: dict[str, float] = defaultdict(float)
    for code, confidence in fields.items():
        for agency, share in shares.get(code, {}).items():
            by_field[agency] += confidence * share
    mixed = {
        agency: ((by_text.get(agency, 0.0) + 0.01) * (by_field.get(agency, 0.0) + 0.005)) ** power
        for agency in {*by_text, *by_field}
    }
    total = sum(mixed.values())
    return {agency: value / total for agency, value in mixed.items()}


def train(
    examples: Sequence[Example],
    *,
    hints: Mapping[str, Sequence[str]] | None = None,
    routes: Mapping[str, Route] | None = None,
    signs: Sequence[str] = (),
    seed: int = 20260101,
    target: float = TARGET,
) -> ModelBundle:
    """Train on confirmed cases and measure out of sample.

    hints: field → key words and sample sentences of the city, which help where cases are few. routes: field → where its
    cases go. signs: the city's signs of danger, for telling what is urgent. target: share of right answers that each
    threshold aims at. The same input gives the same bundle, byte for byte. A task with too few examples has no head,
    and the model abstains there.
    """
    from langnghe.triage.evaluate import cross_validate

    material = prepare(examples, hints or {}, signs)
    tuned, metrics = cross_validate(material, routes or {}, seed=seed, target=target)
    space, heads = fit(material, range(len(examples)), seed) if material.tasks else (learn_space([]), {})
    finished = {
        name: Head(head.classes, head.weights, head.bias, *tuned.get(name, (1.0, 0.0, 1.0, NEVER)))
        for name, head in heads.items()
    }
    return ModelBundle(space, finished, agency_shares(examples, routes or {}), metrics)


# --- predicting ----------------------------------------------------------------------------------------------------

_NOTHING: Final = Guess("", 0.0, "")


def _ranked(confidences: Mapping[str, float], threshold: float) -> Guess:
    if not confidences:
        return _NOTHING
    ranking = sorted(confidences.items(), key=lambda item: (-item[1], item[0]))
    best, confidence = ranking[0]
    return Guess(
        best if confidence >= threshold else "",
        round(confidence, 4),
        best,
        tuple((label, round(value, 4)) for label, value in ranking[1:4]),
    )


def guess_urgency(
    shares: Mapping[str, float], urgent: float, *, noticed: bool, threshold: float, alone: bool
) -> Guess:  # fmt: skip
    """The suggestion of urgency. What was noticed as urgent is said to be, however unsure: whoever reads it corrects
    it with a click, while nobody corrects what was not said. `alone`: a head of its own tells what is urgent, so of the
    rest only the others are weighed."""
    if noticed:
        return Guess(URGENT, round(urgent, 4), URGENT, _ranked(shares, threshold).others)
    if not alone:
        return _ranked(shares, threshold)
    rest = {label: share for label, share in shares.items() if label != URGENT}
    total = sum(rest.values())
    return _ranked({label: share / total for label, share in rest.items()} if total else {}, threshold)


def predict(
    bundle: ModelBundle,
    text: str,
    *,
    title: str = "",
    regime: str = "",
    field: str = "",
    commune_agency: str = "",
    signs: Sequence[str] = (),
) -> Prediction:
    """Suggestions for one text.

    regime: "admin" or "field" where it is known, "" to let the model tell. field: where a person has decided it, for
    the agency. commune_agency: the code of the agency of the place's commune; without it a suggestion "the commune"
    stays unsaid (best is then COMMUNE). signs: the city's signs of danger; one of them makes the text urgent.
    """
    columns, values = bundle.space.row(count_features(text, title))

    def confidences(name: str) -> dict[str, float]:
        head = bundle.heads.get(name)
        if head is None or not len(columns):
            return {}
        shares = calibrated(head.scores(columns, values), head.slope, head.shift)[0]
        return dict(zip(head.classes, map(float, shares), strict=True))

    def threshold(name: str) -> float:
        return bundle.heads[name].threshold if name in bundle.heads else NEVER

    regimes = confidences("regime")
    regime_guess = _ranked(regimes, threshold("regime"))
    own_regime = regime or regime_guess.best
    if regime or not regimes:
        fields = confidences(f"field:{own_regime}")
        field_guess = _ranked(fields, threshold(f"field:{own_regime}"))
    else:
        # Not knowing the regime, weigh the fields of both; what is unsure of the regime is unsure of the field.
        fields = {
            code: share * confidence
            for name, share in regimes.items()
            for code, confidence in confidences(f"field:{name}").items()
        }
        likeliest = max(
            regimes, key=lambda name: max(confidences(f"field:{name}").values(), default=0.0) * regimes[name]
        )
        field_guess = _ranked(fields, threshold(f"field:{likeliest}") if regime_guess.value else NEVER)
    likely = {field: 1.0} if field else fields
    by_text = confidences(f"agency:{own_regime}")
    power = bundle.heads[f"agency:{own_regime}"].power if by_text else 1.0
    mixed = mix_agencies(by_text, likely, bundle.agencies, power) if likely else {}
    agency = _ranked(mixed, threshold(f"agency:{own_regime}"))
    if agency.value == COMMUNE:
        agency = Guess(commune_agency, agency.confidence, commune_agency or COMMUNE, agency.others)
    elif agency.best == COMMUNE and commune_agency:
        agency = Guess(agency.value, agency.confidence, commune_agency, agency.others)
    seen = signs_found(f"{title}\n{text}", signs)
    urgent = confidences(URGENT).get("yes", 0.0)
    hits = look_for_diversion(f"{title}\n{text}")
    by_words = confidences("diversion").get("yes", 0.0)
    return Prediction(
        version=bundle.version,
        regime=regime_guess,
        field=field_guess,
        agency=agency,
        urgency=guess_urgency(
            confidences("urgency"),
            urgent,
            noticed=bool(seen) or urgent >= threshold(URGENT),
            threshold=threshold("urgency"),
            alone=URGENT in bundle.heads,
        ),
        signs=seen,
        diversion=Diversion(
            suspected=hits.suspected or by_words >= threshold("diversion"),
            confidence=round(max(hits.confidence, by_words), 4),
            kind=hits.kind,
            words=hits.words,
        ),
    )
