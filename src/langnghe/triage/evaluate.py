"""How good the model is on cases it has not seen: folds, calibration, thresholds, figures. Pure."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from langnghe.texts import fold
from langnghe.triage.lexicon import look_for_diversion
from langnghe.triage.model import (
    COMMUNE,
    NEVER,
    REGIME_TARGET,
    REGIMES,
    Doubles,
    Example,
    Material,
    Route,
    agency_shares,
    calibrated,
    fit,
    guess_urgency,
    mix_agencies,
)
from langnghe.triage.signs import URGENT
from langnghe.triage.signs import found as signs_found

FOLDS: Final = 5
MIN_ANSWERS: Final = 10  # a threshold that fewer cases pass proves nothing
RECALL_WEIGHT: Final = 2.0  # a missed denunciation, or urgent case, weighs as much as four false alarms (F-beta)
LEAST_DIVERSION: Final = 0.2  # below, the classifier suspects nothing by itself
SURE_DIVERSION: Final = 0.5  # the classifier suspects from here on, whatever the folds say

Tuned = tuple[float, float, float, float]  # slope, shift, power, threshold


def assign_folds(examples: Sequence[Example], folds: int, seed: int) -> list[int]:
    """A fold for each example: each regime and field spread evenly, texts that were sent twice kept together."""
    groups: dict[tuple[str, str, bool], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, example in enumerate(examples):
        kind = (example.regime, example.field, example.diverted)
        groups[kind][fold(f"{example.title} {example.text}")].append(index)
    chosen = [0] * len(examples)
    shuffle = random.Random(seed)
    turn = 0
    seen: dict[str, int] = {}
    for kind in sorted(groups):
        texts = sorted(groups[kind])
        shuffle.shuffle(texts)
        for text in texts:
            if text not in seen:
                seen[text] = turn % folds
                turn += 1
            for index in groups[kind][text]:
                chosen[index] = seen[text]
    return chosen


def _loss(scores: Doubles, truth: np.ndarray[Any, Any], slope: float, shift: float) -> float:
    shares = calibrated(scores, slope, shift)
    return float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-12)).mean())


def calibrate(scores: Doubles, truth: np.ndarray[Any, Any]) -> tuple[float, float]:
    """The slope (and for two classes the shift) whose confidences fit the truth best."""
    slopes = np.geomspace(0.25, 32, 57)
    shifts = np.linspace(-4, 4, 33) if scores.shape[1] == 2 else np.zeros(1)
    best = min((_loss(scores, truth, slope, shift), slope, shift) for slope in slopes for shift in shifts)
    return round(float(best[1]), 4), round(float(best[2]), 4)


def choose_threshold(confidences: Sequence[float], right: Sequence[bool], target: float) -> float:
    """The lowest confidence from which on at least `target` of the answers are right; NEVER when there is none."""
    order = sorted(range(len(confidences)), key=lambda at: -confidences[at])
    threshold, good = NEVER, 0
    for count, at in enumerate(order, start=1):
        good += right[at]
        last_of_its_kind = count == len(order) or confidences[order[count]] < confidences[at]
        # One imagined wrong answer keeps a lucky few from setting the threshold.
        if count >= MIN_ANSWERS and last_of_its_kind and good / (count + 1) >= target:
            threshold = confidences[at]
    return threshold


def choose_for_recall(confidences: Sequence[float], wanted: Sequence[bool]) -> float:
    """The confidence from which on saying yes weighs best what is found against false alarms (F-beta); NEVER when
    nothing is wanted."""
    order = sorted(range(len(confidences)), key=lambda at: -confidences[at])
    actual, square = sum(wanted), RECALL_WEIGHT**2
    best, threshold, found = 0.0, NEVER, 0
    for count, at in enumerate(order, start=1):
        found += wanted[at]
        below = confidences[order[count]] if count < len(order) else 0.0
        last_of_its_kind = count == len(order) or below < confidences[at]
        value = (1 + square) * found / (square * actual + count)
        if last_of_its_kind and value > best:
            # Half way to the next one: what is as urgent and a little less alike is noticed too.
            best, threshold = value, (confidences[at] + below) / 2
    return threshold


def cross_validate(
    material: Material, routes: Mapping[str, Route], *, seed: int, target: float
) -> tuple[dict[str, Tuned], dict[str, Any]]:
    """Calibration and thresholds of each head from predictions on held-out folds, and all figures.

    The figures are doubly out of sample: the threshold that judges a fold comes from the other folds.
    """
    examples = material.examples
    folds = assign_folds(examples, FOLDS, seed)
    held: dict[str, dict[int, Doubles]] = {task.name: {} for task in material.tasks}
    classes: dict[str, tuple[str, ...]] = {}
    shares_of: dict[int, dict[str, dict[str, float]]] = {}
    for number in range(FOLDS) if material.tasks else ():
        inside = [row for row in range(len(examples)) if folds[row] != number]
        space, heads = fit(material, inside, seed)
        shares_of[number] = agency_shares([examples[row] for row in inside], routes)
        for task in material.tasks:
            head = heads.get(task.name)
            if head is None:
                continue
            known = classes.setdefault(task.name, tuple(sorted({*task.labels, *(label for _, label in task.hints)})))
            for row in task.rows:
                if folds[row] != number:
                    continue
                scores = np.full(len(known), -10.0)
                for label, score in zip(head.classes, head.scores(*space.row(material.counts[row])), strict=True):
                    scores[known.index(label)] = score
                held[task.name][row] = scores
    tuned: dict[str, Tuned] = {}
    metrics: dict[str, Any] = {"examples": len(examples), "folds": FOLDS, "target": target, "regimes": {}}
    shares: dict[str, dict[int, dict[str, float]]] = {}
    for task in material.tasks:
        if not held[task.name]:
            continue
        rows = sorted(held[task.name])
        labels = dict(zip(task.rows, task.labels, strict=True))
        names = classes[task.name]
        scores = np.vstack([held[task.name][row] for row in rows])
        truth = np.array([names.index(labels[row]) for row in rows])
        slope, shift = calibrate(scores, truth)
        confidences = calibrated(scores, slope, shift)
        shares[task.name] = {
            row: dict(zip(names, map(float, values), strict=True))
            for row, values in zip(rows, confidences, strict=True)
        }
        tuned[task.name] = (slope, shift, 1.0, NEVER)
    for regime in REGIMES:
        name = f"agency:{regime}"
        if name in shares:
            power = _mix_held_agencies(regime, material, folds, shares, shares_of)
            slope, shift, _, threshold = tuned[name]
            tuned[name] = (slope, shift, power, threshold)
    for task in material.tasks:
        if task.name not in tuned:
            continue
        slope, shift, power, _ = tuned[task.name]
        labels = dict(zip(task.rows, task.labels, strict=True))
        if task.name == "diversion":
            threshold, figures = _diversion(examples, shares[task.name], folds)
        elif task.name == URGENT:
            threshold, figures = _urgent(material, shares[task.name], folds)
        elif task.name == "urgency" and URGENT in shares:
            threshold, figures = _urgency(material, shares[task.name], shares[URGENT], folds, target)
        else:
            threshold, figures = _figures(
                shares[task.name], labels, folds, REGIME_TARGET if task.name == "regime" else target
            )
        tuned[task.name] = (slope, shift, power, threshold)
        where, _, regime = task.name.partition(":")
        if regime:
            metrics["regimes"].setdefault(regime, {})[where] = figures
        else:
            metrics[where] = figures
    for regime in REGIMES:
        number_of = sum(example.regime == regime for example in examples)
        metrics["regimes"].setdefault(regime, {})["examples"] = number_of
    return tuned, metrics


def _mix_held_agencies(
    regime: str,
    material: Material,
    folds: Sequence[int],
    shares: dict[str, dict[int, dict[str, float]]],
    shares_of: Mapping[int, Mapping[str, Mapping[str, float]]],
) -> float:
    """Put what the fields say into the held-out confidences of agencies, as predict() does; returns the best power."""
    name, fields = f"agency:{regime}", f"field:{regime}"
    truth = {row: material.examples[row].agency for row in shares[name]}

    def mixed(power: float) -> dict[int, dict[str, float]]:
        return {
            row: mix_agencies(by_text, shares.get(fields, {}).get(row, {}), shares_of[folds[row]], power)
            for row, by_text in shares[name].items()
        }

    def loss(found: Mapping[int, Mapping[str, float]]) -> float:
        return -sum(math.log(max(found[row].get(truth[row], 0.0), 1e-6)) for row in found)

    power = min((round(0.1 * step, 1) for step in range(1, 16)), key=lambda value: loss(mixed(value)))
    shares[name] = mixed(power)
    return power


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None


def _figures(
    shares: Mapping[int, Mapping[str, float]], labels: Mapping[int, str], folds: Sequence[int], target: float
) -> tuple[float, dict[str, Any]]:
    """The threshold of one head and its figures."""
    rows = sorted(shares)
    best = {row: min(shares[row].items(), key=lambda item: (-item[1], item[0])) for row in rows}
    right = {row: best[row][0] == labels[row] for row in rows}
    threshold = choose_threshold([best[row][1] for row in rows], [right[row] for row in rows], target)
    answered: set[int] = set()
    for number in range(FOLDS):
        others = [row for row in rows if folds[row] != number]
        own = choose_threshold([best[row][1] for row in others], [right[row] for row in others], target)
        answered |= {row for row in rows if folds[row] == number and best[row][1] >= own}
    return threshold, _told(rows, labels, best, answered, threshold)


def _told(
    rows: Sequence[int],
    labels: Mapping[int, str],
    best: Mapping[int, tuple[str, float]],
    answered: set[int],
    threshold: float,
) -> dict[str, Any]:
    """The figures of best guesses, of which some were said."""
    right = {row: best[row][0] == labels[row] for row in rows}
    support = Counter(labels[row] for row in rows)
    guessed = Counter(best[row][0] for row in rows)
    names = sorted({*support, *guessed})
    hits = Counter(labels[row] for row in rows if right[row])
    confusion = [[0] * len(names) for _ in names]
    place = {name: at for at, name in enumerate(names)}
    for row in rows:
        confusion[place[labels[row]]][place[best[row][0]]] += 1
    per_class = {}
    for name in names:
        told = [row for row in answered if best[row][0] == name]
        per_class[name] = {
            "support": support[name],
            "precision": _ratio(hits[name], guessed[name]),
            "recall": _ratio(hits[name], support[name]),
            "answered": len(told),
            "answered_right": sum(right[row] for row in told),
        }
    gap = sum(best[row][1] for row in rows) / len(rows) - sum(right.values()) / len(rows)
    return {
        "examples": len(rows),
        "classes": len(support),
        "accuracy_of_all": _ratio(sum(right.values()), len(rows)),
        "accuracy_of_answered": _ratio(sum(right[row] for row in answered), len(answered)),
        "answered": len(answered),
        "abstained_share": _ratio(len(rows) - len(answered), len(rows)),
        "majority_guess": support.most_common(1)[0][0],
        "majority_accuracy": _ratio(support.most_common(1)[0][1], len(rows)),
        "threshold": threshold if threshold < NEVER else None,
        "confidence_minus_accuracy": round(gap, 4),
        "per_class": per_class,
        "labels": names,
        "confusion": confusion,  # rows: the truth; columns: the best guess
    }


def _noticed(
    material: Material, shares: Mapping[int, Mapping[str, float]], folds: Sequence[int]
) -> tuple[set[int], set[int]]:  # fmt: skip
    """The cases that the classifier alone takes for urgent, each judged by a threshold of the other folds; and those
    that hold one of the city's signs."""
    rows = sorted(shares)
    alone: set[int] = set()
    for number in range(FOLDS):
        own = _urgent_from(material, shares, [row for row in rows if folds[row] != number])
        alone |= {row for row in rows if folds[row] == number and shares[row].get("yes", 0.0) >= own}
    told = {row: f"{material.examples[row].title}\n{material.examples[row].text}" for row in rows}
    return alone, {row for row in rows if signs_found(told[row], material.signs)}


def _urgent_from(material: Material, shares: Mapping[int, Mapping[str, float]], rows: Sequence[int]) -> float:
    return choose_for_recall(
        [shares[row].get("yes", 0.0) for row in rows], [material.examples[row].urgency == URGENT for row in rows]
    )


def _urgent(
    material: Material, shares: Mapping[int, Mapping[str, float]], folds: Sequence[int]
) -> tuple[float, dict[str, Any]]:  # fmt: skip
    """The detector of urgent cases: a sign of the city or the classifier, whichever notices."""
    rows = sorted(shares)
    alone, signed = _noticed(material, shares, folds)
    actual = {row for row in rows if material.examples[row].urgency == URGENT}
    threshold = _urgent_from(material, shares, rows)
    return threshold, {
        "examples": len(rows),
        "positives": len(actual),
        "together": _both(alone | signed, actual),
        "classifier": _both(alone, actual),
        "signs": _both(signed, actual),
        "threshold": threshold,
    }


def _both(found: set[int], actual: set[int]) -> dict[str, Any]:
    return {
        "suspected": len(found),
        "precision": _ratio(len(found & actual), len(found)),
        "recall": _ratio(len(found & actual), len(actual)),
    }


def _urgency(
    material: Material,
    shares: Mapping[int, Mapping[str, float]],
    urgent: Mapping[int, Mapping[str, float]],
    folds: Sequence[int],
    target: float,
) -> tuple[float, dict[str, Any]]:
    """The threshold of the other degrees, and the figures of urgency as predict() says it."""
    rows = sorted(shares)
    labels = {row: material.examples[row].urgency for row in rows}
    alone, signed = _noticed(material, urgent, folds)
    noticed = alone | signed
    best: dict[int, tuple[str, float]] = {}
    for row in rows:
        guess = guess_urgency(
            shares[row], urgent[row].get("yes", 0.0), noticed=row in noticed, threshold=NEVER, alone=True
        )
        best[row] = (guess.best, guess.confidence)

    def choose(chosen: Sequence[int]) -> float:
        kept = [row for row in chosen if row not in noticed]
        return choose_threshold([best[row][1] for row in kept], [best[row][0] == labels[row] for row in kept], target)

    answered = set(noticed & set(rows))
    for number in range(FOLDS):
        own = choose([row for row in rows if folds[row] != number])
        answered |= {row for row in rows if folds[row] == number and best[row][1] >= own}
    threshold = choose(rows)
    return threshold, _told(rows, labels, best, answered, threshold)


def _diversion(
    examples: Sequence[Example], shares: Mapping[int, Mapping[str, float]], folds: Sequence[int]
) -> tuple[float, dict[str, Any]]:
    """The detector of complaints and denunciations: lexicon or classifier, whichever notices."""
    rows = sorted(shares)
    lexicon = {row: look_for_diversion(f"{examples[row].title}\n{examples[row].text}").suspected for row in rows}
    confidence = {row: shares[row].get("yes", 0.0) for row in rows}

    def choose(chosen: Sequence[int]) -> float:
        """The threshold with the best F-beta of the classifier alone: the lexicon may know the examples too well."""
        candidates = sorted(
            {round(confidence[row], 4) for row in chosen if LEAST_DIVERSION <= confidence[row] < SURE_DIVERSION}
        )
        return max([*candidates, SURE_DIVERSION], key=lambda value: (f_beta(chosen, value), value))

    def f_beta(chosen: Sequence[int], value: float) -> float:
        noticed = [row for row in chosen if confidence[row] >= value]
        found = sum(examples[row].diverted for row in noticed)
        actual = sum(examples[row].diverted for row in chosen)
        square = RECALL_WEIGHT**2
        return (1 + square) * found / (square * actual + len(noticed)) if noticed else 0.0

    suspected: set[int] = set()
    alone: set[int] = set()
    for number in range(FOLDS):
        own = choose([row for row in rows if folds[row] != number])
        here = [row for row in rows if folds[row] == number]
        alone |= {row for row in here if confidence[row] >= own}
        suspected |= {row for row in here if lexicon[row] or confidence[row] >= own}
    actual = {row for row in rows if examples[row].diverted}
    threshold = choose(rows)

    return threshold, {
        "examples": len(rows),
        "positives": len(actual),
        "together": _both(suspected, actual),
        "classifier": _both(alone, actual),
        "lexicon": _both({row for row in rows if lexicon[row]}, actual),
        "threshold": threshold,
    }


__all__ = ["COMMUNE", "FOLDS", "assign_folds", "calibrate", "choose_for_recall", "choose_threshold", "cross_validate"]
