"""A scanned page made ready for recognition: turned upright, dirt taken off, ruled lines found and taken out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from langnghe.plans.reading.formats.ruled import Rule

_SMALL = 700
"""Longer edge of the picture on which the slope is measured."""
_STEEPEST = 4.0
_FAINTEST = 45.0
"""Ink is darker than paper by at least so much, of 255."""
_RULE_CM = 1.0
"""A line shorter than this is a letter's."""

Mask = npt.NDArray[np.bool_]


@dataclass(slots=True)
class Sheet:
    """A page as it goes to recognition, and the lines drawn on it, in dots of the picture."""

    picture: Image.Image
    flat: list[Rule]
    upright: list[Rule]


def slope_of(picture: Image.Image) -> float:
    """By how many degrees the rows of a page run askew, at most 4 either way; 0 where it cannot be told."""
    small = picture.copy()
    small.thumbnail((_SMALL, _SMALL))
    grey = np.asarray(small.convert("L"), dtype=np.float32)
    ink = Image.fromarray(((grey < _threshold(grey)) * 255).astype(np.uint8))
    if not ink.getbbox():
        return 0.0

    def sharpness(angle: float) -> float:
        turned = np.asarray(ink.rotate(angle, resample=Image.Resampling.BILINEAR), dtype=np.float32)
        rows = turned.sum(axis=1)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    best = max(np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5), key=lambda angle: sharpness(float(angle)))
    best = max(np.arange(best - 0.4, best + 0.41, 0.1), key=lambda angle: sharpness(float(angle)))
    return float(best) if sharpness(float(best)) > 1.05 * sharpness(0.0) else 0.0


def _threshold(grey: npt.NDArray[np.float32]) -> float:
    """Where ink ends and paper begins (Otsu's method). On a nearly empty page, whose grain would pass for ink, it
    stays well below the paper."""
    counts = np.histogram(grey, bins=256, range=(0, 256))[0].astype(np.float64)
    levels = np.arange(256)
    below = counts.cumsum()
    above = below[-1] - below
    sums = (counts * levels).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    spread[~np.isfinite(spread)] = 0.0
    return min(float(spread.argmax()) + 1.0, float(np.median(grey[::4, ::4])) - _FAINTEST)


def _whitened(grey: npt.NDArray[np.float32], ink: float) -> npt.NDArray[np.uint8]:
    """The page with its paper white: what is nearer to paper than to ink is no stroke."""
    paper = float(np.median(grey[::4, ::4]))
    limit = max(ink + 1.0, ink + 0.6 * (paper - ink))
    white: npt.NDArray[np.uint8] = np.clip(grey * (255.0 / limit), 0, 255).astype(np.uint8)
    return white


def _long_runs(ink: Mask, length: int) -> Mask:
    """Dots that lie in a nearly unbroken row of ink of at least this length; a slope of a dot or two is allowed."""
    thick = ink.copy()
    thick[1:] |= ink[:-1]
    thick[:-1] |= ink[1:]
    height, width = ink.shape
    if width <= length:
        return np.zeros_like(ink)
    total = np.zeros((height, width + 1), dtype=np.int32)
    np.cumsum(thick, axis=1, out=total[:, 1:])
    full = (total[:, length:] - total[:, :-length]) >= int(0.93 * length)
    marks = np.zeros((height, width + 1), dtype=np.int32)
    starts = full.shape[1]
    marks[:, :starts] += full
    marks[:, length : length + starts] -= full[:, : width + 1 - length]
    inside: Mask = np.cumsum(marks, axis=1)[:, :width] > 0
    return inside & thick


def _runs(mask: Mask, length: int) -> list[Rule]:
    """The lines of a mask of long runs, one for each row of dots; pieces of one line are put together elsewhere."""
    rules: list[Rule] = []
    for at in np.flatnonzero(mask.any(axis=1)):
        row = np.flatnonzero(np.diff(np.concatenate(([0], mask[at].astype(np.int8), [0]))))
        rules += [
            Rule(float(at), float(start), float(end))
            for start, end in zip(row[::2], row[1::2], strict=True)
            if end - start >= 0.8 * length
        ]
    return rules


def _thin(rules: list[Rule], widest: float) -> list[Rule]:
    """One line for each bundle of rows that touch; what is thicker than a line (a black edge, a picture) goes."""
    bundles: list[list[Rule]] = []
    open_: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda one: one.at):
        open_ = [one for one in open_ if rule.at - one[-1].at <= 2]
        near = next((one for one in open_ if rule.low < one[-1].high and one[-1].low < rule.high), None)
        if near is None:
            near = []
            bundles.append(near)
            open_.append(near)
        near.append(rule)
    return [
        Rule((one[0].at + one[-1].at) / 2, min(rule.low for rule in one), max(rule.high for rule in one))
        for one in bundles
        if one[-1].at - one[0].at <= widest
    ]


def prepare(picture: Image.Image, dots: float) -> Sheet:
    """Make a page ready; `dots` per inch tell how long a line must be to be one."""
    picture = picture.convert("L").filter(ImageFilter.MedianFilter(3))
    slope = slope_of(picture)
    if slope:
        paper = int(np.median(np.asarray(picture)[::8, ::8]))
        picture = picture.rotate(slope, resample=Image.Resampling.BICUBIC, fillcolor=paper)
    grey = np.asarray(picture, dtype=np.float32)
    threshold = _threshold(grey)
    ink = grey < threshold
    clean = _whitened(grey, threshold)
    length = int(dots * _RULE_CM / 2.54)
    across, down = _long_runs(ink, length), _long_runs(ink.T, length)
    widest = dots * 0.05
    flat, upright = _thin(_runs(across, length), widest), _thin(_runs(down, length), widest)
    if flat and upright:
        # Only lines that may be a table's are taken out; the stroke under a title does no harm.
        clean[_around(across, flat) | _around(down, upright).T] = 255
    return Sheet(Image.fromarray(clean), flat, upright)


def _around(mask: Mask, rules: list[Rule]) -> Mask:
    """The dots of lines with the grey seam beside them."""
    kept: Mask = np.zeros_like(mask)
    for rule in rules:
        top, bottom = max(0, int(rule.at) - 4), int(rule.at) + 6
        left, right = max(0, int(rule.low) - 2), int(rule.high) + 3
        kept[top:bottom, left:right] = mask[top:bottom, left:right]
    wide = kept.copy()
    wide[1:] |= kept[:-1]
    wide[:-1] |= kept[1:]
    return wide


def stems(picture: Image.Image, box: tuple[float, float, float, float], *, after: bool = False) -> int:
    """How many upright strokes stand at the beginning of a word: recognition takes "III" for "II", "H" or "IH".

    `after`: the strokes after the first sign that is none, as in "VII". 0 where they cannot be told, or are an H's.
    """
    left, top, right, bottom = (int(one) for one in box)
    word = np.asarray(picture.crop((max(0, left - 1), max(0, top), right + 2, bottom + 1)), dtype=np.uint8) < 128
    height = word.shape[0]
    if height < 8 or word.shape[1] < 3:
        return 0
    band = word[int(0.25 * height) : int(0.72 * height)]
    inked = band.any(axis=0)
    solid = band.mean(axis=0) >= 0.85
    edges = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    count = 0
    begun = not after
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        upright = bool(solid[start:end].any()) and end - start <= max(4, 0.4 * height)
        if upright and begun:
            count += 1
        elif not upright and begun and (count or not after):
            break
        elif not upright:
            begun = True
    return count
