"""Decisions of intake as pure functions: regime, what a sender must give, likely field, alike texts."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log, sqrt

from django.utils.translation import gettext as _

from langnghe.texts import excerpt, words

ABOUT = ("field", "regulation", "conduct")
"""What a sender says the matter is about; the regime follows from it."""

MOST_TITLE = 200
MOST_BODY = 10_000
MOST_PLACE = 300
LEAST_BODY = 10


def regime_of(about: str) -> tuple[str, str]:
    """Regime and subject of a case from the sender's own words. ValueError for anything else."""
    if about not in ABOUT:
        raise ValueError(about)
    return ("field", "") if about == "field" else ("admin", about)


def sender_gaps(regime: str, *, name: str, address: str, phone: str, email: str) -> dict[str, str]:
    """What the sender still has to say: field → message.

    Feedback on regulations and conduct needs name, address and a contact (Decree 20/2008, article 7); a field report
    may come without a name.
    """
    if regime != "admin":
        return {}
    gaps: dict[str, str] = {}
    if not name:
        gaps["name"] = _(
            "Hãy ghi họ và tên. Phản ánh về quy định, thủ tục, cán bộ phải có tên người gửi; tên được giữ kín."
        )
    if not address:
        gaps["address"] = _("Hãy ghi địa chỉ của ông/bà. Chỉ cơ quan xử lý đọc được.")
    if not phone and not email:
        gaps["phone"] = _("Hãy ghi số điện thoại hoặc thư điện tử để cơ quan liên hệ khi cần.")
    return gaps


def place_gaps(regime: str, *, has_commune: bool, place: str) -> dict[str, str]:
    """A field report must say where."""
    if regime == "field" and not has_commune and not place:
        return {"commune": _("Hãy chọn xã, phường, hoặc ghi địa điểm ở ô bên dưới để chúng tôi biết nơi cần đến.")}
    return {}


def title_of(title: str, body: str) -> str:
    """The given title, or the first sentence of the text, cut between words."""
    if title:
        return title
    first = re.split(r"(?<=[.!?…])\s|\n", body.strip(), maxsplit=1)[0]
    return excerpt(first.rstrip(".") or body, 90)


# --- likely field -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keywords:
    """A field (or procedure) and the folded words that speak for it."""

    id: int
    regime: str
    words: tuple[str, ...]


def likely(text: str, fields: Iterable[Keywords], *, regime: str = "") -> int | None:
    """The field whose keywords occur most in the text (longer ones weigh more); None when none does, or two tie."""
    folded = f" {' '.join(words(text))} "
    found: list[tuple[int, int]] = []
    for field in fields:
        if regime and field.regime != regime:
            continue
        weight = sum(len(word.split()) * 2 - 1 for word in field.words if f" {word} " in folded)
        if weight:
            found.append((weight, field.id))
    found.sort(reverse=True)
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def keywords(texts: Iterable[str]) -> tuple[str, ...]:
    """Keywords in the form that `likely` looks for."""
    return tuple(dict.fromkeys(" ".join(words(text)) for text in texts if words(text)))


def likely_procedure(text: str, names: Sequence[tuple[int, str]], *, least: float = 0.5) -> int | None:
    """The procedure of whose name the text says the most words (weighed by how rare they are among all names)."""
    said = set(words(text))
    if len(said) < 3:
        return None
    known = [(pk, set(words(name))) for pk, name in names]
    often: dict[str, int] = {}
    for _pk, name in known:
        for word in name:
            often[word] = often.get(word, 0) + 1
    best: tuple[float, int] | None = None
    for pk, name in known:
        total = sum(1 / often[word] for word in name)
        share = sum(1 / often[word] for word in name & said) / total if total else 0.0
        if share >= least and (best is None or share > best[0]):
            best = (share, pk)
    return best[1] if best else None


# --- alike ------------------------------------------------------------------------------------------------------------


def pieces(text: str) -> frozenset[str]:
    """What two texts are compared by: their folded words and pairs of neighbouring words."""
    said = words(text[:1500])
    return frozenset([word for word in said if len(word) > 2] + [f"{a} {b}" for a, b in pairwise(said)])


def closest(text: str, others: Sequence[tuple[int, str]], *, least: float, most: int) -> list[int]:
    """The ids of the texts that are closest to `text`, the closest first; only those at least `least` close (0 to 1).

    Pieces that many of the texts share ("đề nghị", "ông bà") say little and weigh little.
    """
    mine = pieces(text)
    known = [(pk, pieces(other)) for pk, other in others]
    often: dict[str, int] = {}
    for _pk, other in known:
        for piece in other:
            often[piece] = often.get(piece, 0) + 1
    rare = {piece: log((len(known) + 1) / count) for piece, count in often.items()}
    unknown = log(len(known) + 1)
    own = sum(rare.get(piece, unknown) ** 2 for piece in mine)
    ranked = []
    for pk, other in known:
        whole = sum(rare[piece] ** 2 for piece in other)
        shared = sum(rare[piece] ** 2 for piece in mine & other)
        if shared:
            ranked.append((shared / sqrt(own * whole), pk))
    ranked.sort(key=lambda pair: (-pair[0], pair[1]))
    return [pk for share, pk in ranked[:most] if share >= least]


# --- communes ---------------------------------------------------------------------------------------------------------

_KIND = re.compile(r"^(phuong|xa|thi tran|p|x|tt)\s+")


@lru_cache(maxsize=8)
def _plain_names(communes: tuple[tuple[int, str], ...]) -> list[tuple[int, str]]:
    """The folded names; kept, because folding a city's names takes longer than the rest of a submission's checks."""
    return [(pk, " ".join(words(name))) for pk, name in communes]


def match_commune(text: str, communes: Sequence[tuple[int, str]]) -> list[int]:
    """The communes that a person may have meant: by the whole name, else by the name without "phường" or "xã".

    Marks, case and punctuation do not count. One id: clear; several: ambiguous; none: unknown.
    """
    wanted = " ".join(words(text))
    if not wanted:
        return []
    known = _plain_names(tuple(communes))
    whole = [pk for pk, name in known if name == wanted]
    if whole:
        return whole
    bare = _KIND.sub("", wanted)
    kind = _KIND.match(wanted)
    same = [pk for pk, name in known if _KIND.sub("", name) == bare]
    if kind and len(same) > 1:
        first = kind.group(1)[0]
        same = [pk for pk, name in known if pk in same and name.startswith(first)] or same
    return same


# --- addresses of clients ---------------------------------------------------------------------------------------------


def client_address(remote: str, forwarded: str, proxies: int) -> str:
    """The address of who asks: with `proxies` trusted proxies the one that the outermost of them saw."""
    if proxies > 0:
        chain = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(chain) >= proxies:
            return chain[-proxies]
    return remote


def throttle_key(key: bytes, purpose: str, address: str) -> str:
    """What is counted instead of the address: a keyed digest. An IPv6 household (/64) counts as one."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
        if known.version == 6:
            mapped = known.ipv4_mapped
            known = mapped or ipaddress.ip_network((known, 64), strict=False).network_address
        address = str(known)
    except ValueError:
        address = address[:64]
    return hmac.new(key, f"throttle:{purpose}:{address}".encode(), hashlib.sha256).hexdigest()
