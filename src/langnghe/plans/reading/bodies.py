"""Bodies named in a text: mentions and lists of them, under the names the register uses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from langnghe.plans.reading import collectives, levels, names
from langnghe.plans.reading.gazetteer import Entry, Gazetteer, Home, Token, packaged, tokens
from langnghe.plans.reading.glyphs import View
from langnghe.plans.reading.mentions import Group, Mention

__all__ = ["Bodies", "Entry", "Gazetteer", "Group", "Home", "Mention", "packaged"]

_GAP: Final = re.compile(r"[ ,\-./&]{1,3}")
_SPACE: Final = re.compile(r"[ \-&/]{1,3}|(?<=tp)\. ?|\.")
_JOIN: Final = re.compile(r"\s*(?:[,;]\s*(?:(?:va|hoac)\b)?|va\b|hoac\b|&|/)\s*(?:cac\s+(?=co quan nhu|don vi nhu))?")
_SCOPE: Final = re.compile(
    r"\s*(?:(?:(?:truc\s+)?thuoc|cua|o|(?:dong )?tren dia ban|cap|khoi)\s*(?:(?:ubnd|uy ban nhan dan)\s+)?)?"
    r"(?:(?:toan\s+)?thanh pho\b(?: ha noi)?|tp\b\.?|tinh\b|trung uong\b|thu do\b|huyen\b|quan\b|phuong\b|"
    r"xa\b(?! hoi)|thi xa\b|dia phuong minh\b)"
)
_OF_MINISTRY: Final = re.compile(
    r"\s*(?:(?:co )?lien quan )?(?:(?:truc )?thuoc|cua) (?=(?:cac )?bo\b|(?:ubnd|uy ban nhan dan) cac tinh\b)"
)
# "Chủ đầu tư dự án hạ tầng kỹ thuật khu, cụm công nghiệp": whose project it is tells who is meant.
_PROJECTS: Final = re.compile(
    r"(?:,? (?:kinh doanh|hạ tầng|kỹ thuật|dự án|các|khu|cụm|công nghiệp|công trình|đô thị|nhà ở|chung cư))+\b"
)
_EXPERT: Final = re.compile(r"(?:cac )?co quan chuyen mon")
_OF_DEPARTMENT: Final = re.compile(r"\s*(?:truc\s+)?thuoc\s+so\b")
_LEADS: Final = re.compile(r"\s*(?:chu tri|lam dau moi|chiu trach nhiem|thuc hien|tham muu)\b")
_RELATED: Final = re.compile(r"\s*(?:khac\s+)?,?\s*(?:co\s+)?lien quan\b(?:\s+khac\b)?")
_POSTS: Final = tuple(
    tuple(post.split())
    for post in (
        "tong giam doc|pho giam doc|giam doc|thu truong|pho chu tich|chu tich|truong ban|chanh van phong|"
        "chanh thanh tra|"
        "chi cuc truong|cuc truong|vu truong|bo truong|tong bien tap|hieu truong|nguoi dung dau|bi thu|"
        "tu lenh|chi huy truong|lanh dao|"
        "vien truong|chanh an|truong|chanh|dong chi"
    ).split("|")
)
_SINGLE: Final = ("trưởng", "chánh")


@dataclass
class Bodies:
    """Finds bodies in the texts of one document; `style` says what the document calls the bodies of each level."""

    gazetteer: Gazetteer
    style: levels.Style = field(default_factory=levels.Style)
    aliases: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def place(self) -> tuple[str, ...]:
        """The words of the home place's name."""
        return tuple(token.key for token in tokens(View(self.gazetteer.home.place)))

    @cached_property
    def starts(self) -> frozenset[str]:
        """The words with which a body, or a post, may begin."""
        own = {words[0] for words in self.aliases if words}
        posts = {post[0] for post in _POSTS}
        listed = self.gazetteer.starts | collectives.STARTS | levels.STARTS | names.STARTS
        return listed | posts | own | {"tung", "moi", "toan", "so", "bo"}

    def reading(self, view: View) -> Reading:
        """One text, ready to be searched."""
        return Reading(self, view, tokens(view))


@dataclass
class Reading:
    """The bodies of one text. Places are places of the view."""

    bodies: Bodies
    view: View
    tokens: list[Token]

    @cached_property
    def starts(self) -> dict[int, int]:
        """The number of the word that begins at a place."""
        return {token.start: at for at, token in enumerate(self.tokens)}

    @cached_property
    def groups(self) -> list[Group]:
        """All lists of bodies in the text, in their order."""
        found: list[Group] = []
        at = 0
        while at < len(self.tokens):
            group = self.group(at)
            if group is None:
                at += 1
            else:
                found.append(group)
                at = max(group.last, at + 1)
        return found

    def token_at(self, place: int) -> int:
        """The number of the first word at or after a place."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].start < place:
                low = middle + 1
            else:
                high = middle
        return low

    def group_at(self, place: int) -> Group | None:
        """The list of bodies that begins with the first word at or after a place."""
        at = self.token_at(place)
        return self.group(at) if at < len(self.tokens) else None

    # --- a list ------------------------------------------------------------------------------------------------------

    def group(self, at: int) -> Group | None:
        """The list of bodies that begins at a word; members in brackets stand for their collective."""
        mention = self.mention(at)
        if mention is None:
            return None
        start, posts = mention.start, mention.post
        found: list[str] = []
        sure = 1.0
        end, last = mention.end, mention.last
        post = mention.post
        for _ in range(60):
            mention, replaced = self._members(mention)
            found.extend(name for name in mention.names if name not in found)
            sure = min(sure, mention.sure)
            end, last = mention.end, mention.last
            after = _JOIN.match(self.view.bare, end)
            if after is None or replaced is None:
                break
            following = self.mention(self.token_at(after.end()), post=post and not self._united(end, after.end()))
            if following is None or self._open(after, following):
                break
            if (
                mention.posts
                and following.kind == "members"
                and self.tokens[self.token_at(following.start)].key == "cac"
            ):
                # "Chủ tịch UBND thành phố A và các quận, huyện"
                named = tuple(levels.headed(name, mention.posts) for name in following.names)
                following = replace(following, names=named)
            post = following.post or (post and following.kind == "collective")
            posts = posts or following.post
            mention = following
        return Group(tuple(found), start, end, last, sure, posts)

    def _united(self, start: int, end: int) -> bool:
        return ";" in self.view.bare[start:end]

    def _open(self, after: re.Match[str], following: Mention) -> bool:
        """Whether the next body begins a clause of its own: "; Sở Y tế hướng dẫn …" with a capital goes on only if "
        "a list."""
        return following.start != self.tokens[self.token_at(after.end())].start

    def _members(self, mention: Mention) -> tuple[Mention, bool | None]:
        """A collective followed by ":" or brackets with its members is replaced by them; other brackets are passed."""
        bare = self.view.bare
        place = mention.end
        while place < len(bare) and bare[place] == " ":
            place += 1
        if place >= len(bare):
            return mention, False
        if bare[place] == ":" and (places := self._places(mention, place + 1, len(bare))):
            stop = self._places_end(place + 1, len(bare))
            return replace(mention, names=places, end=stop, last=self.token_at(stop)), True
        if bare[place] == ":" and mention.collective:
            inner = self.group_at(place + 1)
            if inner and inner.start - place < 6:
                return replace(mention, names=inner.names, end=inner.end, last=inner.last), True
            return mention, None
        if bare[place] != "(":
            return mention, False
        close = bare.find(")", place, place + 400)
        if close < 0:
            return mention, False
        inner = self.group_at(place + 1)
        last = self.token_at(close)
        if inner and inner.end <= close and _LEADS.match(bare, inner.end):
            # "… tại UBND cấp xã (Sở A chủ trì, …)": the bracket says who leads, not who is meant.
            return mention, None
        places = self._places(mention, place + 1, close)
        if places:
            return replace(mention, names=places, end=close + 1, last=last), True
        if mention.collective and inner and inner.start - place < 18 and inner.end <= close:
            members = list(inner.names)
            while inner and inner.last < last:
                inner = self.group(inner.last)
                members.extend(inner.names if inner else ())
            return replace(mention, names=tuple(members), end=close + 1, last=last), True
        return replace(mention, end=close + 1, last=last), False

    def _places(self, mention: Mention, start: int, end: int) -> tuple[str, ...]:
        """ "UBND các quận: Hoàn Kiếm, Ba Đình": the places named after a collective of one kind."""
        kind = re.fullmatch(r"(?P<head>(?:Chủ tịch )?(?:UBND|HĐND)) các (?P<unit>[^,]+)", mention.names[0])
        if mention.kind != "members" or len(mention.names) > 1 or not kind:
            return ()
        stop = self._places_end(start, end)
        named = [one.strip() for one in re.split(r",| và ", self.view.words(start, stop)) if one.strip()]
        if len(named) < 2:
            return ()
        return tuple(f"{kind['head'].removeprefix('Chủ tịch ')} {kind['unit']} {one}" for one in named)

    def _places_end(self, start: int, end: int) -> int:
        """Where a list of places with capitals ends that begins at a place of the view."""
        at, stop = self.token_at(start), start
        while at < len(self.tokens) and self.tokens[at].end <= end:
            gap = self.view.bare[stop : self.tokens[at].start]
            token = self.tokens[at]
            if gap.strip() not in ("", ",") or names.begins(self.tokens, at) or token.upper and len(token.key) > 2:
                break
            joins = token.low == "và" and at + 1 < len(self.tokens) and self.tokens[at + 1].capital
            if not token.capital and not joins:
                break
            at, stop = at + 1, token.end
        return stop

    # --- one body ----------------------------------------------------------------------------------------------------

    def mention(self, at: int, *, post: bool = False) -> Mention | None:
        """The body that begins at a word; with `post`, as after "Giám đốc", a collective without "các" counts."""
        if at >= len(self.tokens):
            return None
        if self.tokens[at].key not in self.bodies.starts:
            return None
        begin = at
        person = self._known(at)
        if person and person.kind == "collective":
            return self._scope(person)
        if self._reads(at, ("bo", "truong")) and not any(self._reads(at + 2, (key,)) for key in ("bo", "cac")):
            return self._mention(["Bộ trưởng"], at, at + 2, "body")
        skip = self.tokens[at].key == "cac" and bool(self._posts(at + 1)[0])
        posts, at = self._posts(at + skip)
        at = self._article(at, bool(posts) or post)
        found = self._body(at, bool(posts) and posts[-1] not in ("lanh dao", "dong chi") or post)
        if found is None and posts and at < len(self.tokens) and self.tokens[at].low == "sở":
            if not self.tokens[at].capital:
                return replace(
                    self._mention([levels.headed(collectives.SECTORS, posts)], begin, at + 1, "collective"), post=True
                )
            # "Giám đốc Sở" in a department's own plan.
            words = self.view.words(self.tokens[begin].start, self.tokens[at].end)
            return self._mention([words[:1].upper() + words[1:]], begin, at + 1, "body")
        if found is None or (not posts and not self._marked(found, at)):
            return None
        found = self._scope(self._everywhere(found))
        if posts or (post and found.kind == "collective" and not found.names[0].startswith(collectives.BODIES)):
            plural = self.tokens[at].key == "cac"
            found = replace(found, names=tuple(levels.headed(name, posts, plural) for name in found.names), post=True)
            found = replace(found, posts=posts)
        return replace(found, start=self.tokens[begin].start)

    def _everywhere(self, found: Mention) -> Mention:
        """ "Công an các xã, phường": the body of each place."""
        at = found.last
        if found.kind != "body" or at + 1 >= len(self.tokens) or self.tokens[at].key != "cac":
            return found
        members, last = levels.members(self.tokens, at + 1, self.view.bare)
        if not members and self.tokens[at + 1].key == "tinh":
            members, last = ["tỉnh"], at + 2
        if not members or self.view.bare[found.end : self.tokens[at].start].strip():
            return found
        named = tuple(f"{name} các {', '.join(members)}" for name in found.names)
        return replace(found, names=named, end=self.tokens[last - 1].end, last=last, kind="members")

    def _posts(self, at: int) -> tuple[tuple[str, ...], int]:
        """ "Giám đốc, Thủ trưởng", "Chủ tịch": the posts named, and the word after them."""
        posts: list[str] = []
        place = at
        while place < len(self.tokens):
            keys = [token.key for token in self.tokens[place : place + 3]]
            for post in _POSTS:
                if tuple(keys[: len(post)]) == post and (len(post) > 1 or self.tokens[place].low in _SINGLE):
                    break
            else:
                break
            step = 1 if post[0] == "chanh" and len(post) > 1 else len(post)
            if post == ("truong", "ban") and all(token.capital for token in self.tokens[place : place + 3]):
                step = 1  # "Trưởng Ban Quản lý …": the board's name begins with the post's second word
            posts.append(" ".join(post))
            place += step
            if place < len(self.tokens) and self.tokens[place].key in ("va", "hoac") and step == len(post):
                place += 1
        if (
            posts
            and posts[-1] in ("truong", "chanh", "lanh dao", "dong chi")
            and place == at + 1
            and at + 1 < len(self.tokens)
        ):
            if not self.tokens[at].capital and posts[-1] == "truong":
                return (), at
        return tuple(posts), place

    def _article(self, at: int, post: bool) -> int:
        while at < len(self.tokens) and self.tokens[at].key in ("tung", "moi", "toan") and at + 1 < len(self.tokens):
            at += 1
        return at

    def _marked(self, found: Mention, at: int) -> bool:
        """A single body's name begins with a capital; "sở" and "ủy ban" may be small where the rest is known."""
        return found.sure >= 0.9 or self.tokens[at].capital

    def _body(self, at: int, post: bool) -> Mention | None:
        if at >= len(self.tokens):
            return None
        return (
            self._own_alias(at)
            or self._level(at)
            or self._office(at)
            or self._listed(at)
            or self._collective(at, post)
            or self._known(at)
            or self._standing(at)
            or self._unknown(at)
        )

    def _own_alias(self, at: int) -> Mention | None:
        """A short name the document itself introduces ("sau đây gọi tắt là …")."""
        for words, meant in self.bodies.aliases.items():
            if tuple(token.key for token in self.tokens[at : at + len(words)]) == words:
                return self._mention(meant, at, at + len(words), "alias")
        return None

    def _mention(self, names: Sequence[str], at: int, last: int, kind: str, sure: float = 1.0) -> Mention:
        return Mention(tuple(names), self.tokens[at].start, self.tokens[last - 1].end, kind, False, last, sure)

    def _level(self, at: int) -> Mention | None:
        """UBND, HĐND, MTTQ and the like with their level: Thành phố, tỉnh, cấp huyện, các xã, phường."""
        found = levels.read(self.tokens, at, self.view.bare, self.bodies.style, self.bodies.place)
        if found is None:
            return None
        return self._mention(found.names, at, found.last, "members" if found.collective else "body")

    def _office(self, at: int) -> Mention | None:
        """ "Văn phòng UBND …", "Văn phòng Đoàn ĐBQH và HĐND tỉnh", "Đảng ủy UBND …", "Thường trực HĐND …"."""
        office = next((one for one in levels.OFFICES if self._reads(at, one[0])), None)
        if office is None:
            return None
        keys, name = office
        place = at + len(keys)
        second = ""
        shared = [token.key for token in self.tokens[place : place + 3] if token.key != "va"][:2]
        if shared in (["hdnd", "ubnd"], ["ubnd", "hdnd"]):
            second = f"{levels.HEADS[shared[0]]} và "
            place += 1 + (self.tokens[place + 1].key == "va")
        inner = levels.read(self.tokens, place, self.view.bare, self.bodies.style, self.bodies.place)
        if inner is None or len(inner.names) != 1:
            return None
        of = inner.names[0].removeprefix("UBND ") if self.tokens[place].key == "cac" else inner.names[0]
        return self._mention(
            [f"{name} {second}{of}".strip()], at, inner.last, "members" if inner.collective else "body"
        )

    def _reads(self, at: int, keys: tuple[str, ...]) -> bool:
        return tuple(token.key for token in self.tokens[at : at + len(keys)]) == keys

    def _listed(self, at: int) -> Mention | None:
        """ "Các Sở: Nội vụ, Y tế và Tài chính" names each of them."""
        place = at + (self.tokens[at].key == "cac")
        if place >= len(self.tokens) or self.tokens[place].low not in ("sở", "bộ"):
            return None
        head = self.tokens[place].low
        listed: list[str] = []
        last = place + 1
        at_name = last
        while at_name < len(self.tokens) and len(listed) < 30:
            gap = self.view.bare[self.tokens[at_name - 1].end : self.tokens[at_name].start]
            if gap.strip() not in ("", ":", ",", ";"):
                break
            if self.tokens[at_name].key == "va":
                at_name += 1
                continue
            if self.tokens[at_name].low == head and listed:
                at_name += 1
                continue
            found = self._portfolio(at_name, head)
            if found is None:
                break
            listed.append(found[0].name)
            last = at_name = found[1]
        if len(listed) < 2 and not (listed and place > at):
            return None
        if place == at and self.view.bare[self.tokens[at].end : self.tokens[at + 1].start].strip() != ":":
            return None
        return self._mention(listed, at, last, "body")

    def _portfolio(self, at: int, head: str) -> tuple[Entry, int] | None:
        """The department whose field is named at a word, and the word after it."""
        if not self.tokens[at].capital:
            return None
        keys: list[str] = []
        best: tuple[Entry, int] | None = None
        for place in range(at, min(at + 9, len(self.tokens))):
            token = self.tokens[place]
            if place > at and not _GAP.fullmatch(self.view.bare, self.tokens[place - 1].end, token.start):
                break
            if token.key == "va":
                continue
            keys.append(token.key)
            entry = self.bodies.gazetteer.portfolios.get(" ".join((head, *keys)))
            if entry:
                best = entry, place + 1
        return best or self._initials(at, head)

    def _initials(self, at: int, head: str) -> tuple[Entry, int] | None:
        """The body behind "TN&MT", "LĐ-TB&XH"."""
        short = ""
        best: tuple[Entry, int] | None = None
        for place in range(at, min(at + 6, len(self.tokens))):
            token = self.tokens[place]
            gap = self.view.bare[self.tokens[place - 1].end : token.start] if place > at else " "
            if gap != "," and not _SPACE.fullmatch(gap):
                break
            if token.key == "va":
                continue
            if not token.upper:
                break
            short += token.key
            entry = self.bodies.gazetteer.short.get(f"{head} {short}")
            if entry:
                best = entry, place + 1
        return best

    def _collective(self, at: int, post: bool) -> Mention | None:
        found = collectives.read(self.tokens, at, self.view.bare, post)
        if found is None:
            return None
        called, last, end = found
        mention = self._mention(called, at, last, "collective")
        return replace(mention, end=end)

    def _known(self, at: int) -> Mention | None:
        """A name of the gazetteer."""
        found = self.bodies.gazetteer.match(self.tokens, at, _GAP, self.view.bare)
        if found:
            entry, count = found
            if not self.bodies.style.own and entry.name.endswith(" Thành phố") and self._elsewhere(at, at + count):
                return None
            kind = "collective" if entry.kind == "collective" else "body"
            small = not self.tokens[at].capital and kind == "body" and count < 3
            more = _PROJECTS.match(self.view.low, self.tokens[at + count - 1].end)
            if more and entry.name == "Các chủ đầu tư":
                last = self.token_at(more.end())
                words = " ".join(self.view.words(self.tokens[at].start, more.end()).split())
                return self._mention([words[:1].upper() + words[1:]], at, last, kind)
            return self._mention([entry.name], at, at + count, kind, 0.8 if small else 1.0)
        token = self.tokens[at]
        if token.low in ("sở", "bộ") and at + 1 < len(self.tokens):
            short = self._initials(at + 1, token.low)
            if short:
                return self._mention([short[0].name], at, short[1], "body")
        return None

    def _elsewhere(self, at: int, last: int) -> bool:
        """ "Thành đoàn Huế": a body of another city, under its own name."""
        named = {token.key for token in self.tokens[at:last]}
        return "thanhpho" not in named and last < len(self.tokens) and self.tokens[last].capital

    def _standing(self, at: int) -> Mention | None:
        """ "Thường trực, Ban Thường vụ Thành ủy": the first shares the place of the second."""
        keys = [token.key for token in self.tokens[at : at + 2]]
        if keys != ["thuong", "truc"] or not self.tokens[at].capital:
            return None
        after = _JOIN.match(self.view.bare, self.tokens[at + 1].end)
        following = self._known(self.token_at(after.end())) if after else None
        if following is None or not following.names[0].startswith("Ban Thường vụ"):
            return None
        return self._mention([following.names[0].replace("Ban Thường vụ", "Thường trực")], at, at + 2, "body")

    def _unknown(self, at: int) -> Mention | None:
        """A body the gazetteer does not know, by the first word of its name and its capitals."""
        if [token.low for token in self.tokens[at : at + 2]] == ["công", "chức"] and at + 2 < len(self.tokens):
            office = self._office(at + 2)
            if office:
                return self._mention([f"Công chức {office.names[0]}"], at, office.last, "body", 0.9)
        article = self.tokens[at].key == "cac" and at + 1 < len(self.tokens) and self.tokens[at + 1].capital
        last, sure = names.unknown(self.tokens, at + article, self.view.bare)
        if not last:
            return None
        words = self.view.words(self.tokens[at].start, self.tokens[last - 1].end)
        if self.tokens[last - 1].key == "thanhpho" and last - at > 1:
            words = f"{self.view.words(self.tokens[at].start, self.tokens[last - 2].end)} Thành phố"
        elif own := next((n for n in range(at + 2, last) if self.tokens[n].low == "tỉnh"), 0):
            # "… các Khu công nghiệp tỉnh Lào Cai": the province's own, as the register calls it.
            words = self.view.words(self.tokens[at].start, self.tokens[own].end)
        name = levels.tidy(self._spelt_out(" ".join(words.split())))
        return self._mention([name[:1].upper() + name[1:]], at, last, "body", sure)

    def _spelt_out(self, name: str) -> str:
        """ "Báo TN&MT": the field of a department, where a name ends with its initials."""
        short = re.search(r" (?P<short>[A-ZĐ]{1,3}&[A-ZĐ]{1,3})$", name)
        key = re.sub("đ", "d", short["short"].replace("&", "").lower()) if short else ""
        entry = self.bodies.gazetteer.short.get(f"sở {key}") if key else None
        return f"{name[: short.start()]} {entry.name.partition(' ')[2]}" if short and entry else name

    def _scope(self, found: Mention) -> Mention:
        """Take "của Thành phố", "trực thuộc UBND Thành phố", "có liên quan" along, which name no other body."""
        bare = self.view.bare
        end = found.end
        if (
            found.kind == "body"
            and re.search(r"(?:đoàn|ủy)$", found.names[0])
            and found.names[0][:4] in ("Tỉnh", "Thàn")
        ):
            place = self._named_place(end)
            if place > end:
                words = self.view.words(end, place)
                return replace(found, names=(f"{found.names[0]} {words}",), end=place, last=self.token_at(place))
        if found.kind == "body" and found.last < len(self.tokens):
            end = self._named_place(end) if re.search(r"(?:tinh|thanh pho|tp)$", bare[:end][-9:]) else self._home(found)
        if found.kind == "collective" and (of := _OF_MINISTRY.match(bare, end)):
            # "cơ quan chuyên môn thuộc Bộ Tài chính", "các đơn vị liên quan thuộc các Bộ: Công Thương, Xây dựng"
            inner = self.mention(self.token_at(of.end()))
            if inner and inner.start == of.end():
                if _EXPERT.match(bare, found.start):
                    words = " ".join(self.view.words(found.start, found.end).split())
                    name = f"{words[:1].upper()}{words[1:]} thuộc {inner.names[0]}"
                    found = replace(found, names=(name,))
                    return replace(found, end=inner.end, last=inner.last)
                matter = "lien quan" in of.group()
                named = tuple(collectives.related(name) if matter else name for name in found.names)
                return replace(found, names=named, end=inner.end, last=inner.last)
        related = False
        own = _OF_DEPARTMENT.match(bare, end) if found.kind == "collective" else None
        after_own = self.token_at(own.end()) if own else len(self.tokens)
        capital = after_own < len(self.tokens) and self.tokens[after_own].capital
        if own and not (capital and bare[own.end() : self.tokens[after_own].start] == " "):
            end = own.end()
        for _ in range(3):
            scope = _SCOPE.match(bare, end) if found.kind == "collective" or found.last < len(self.tokens) else None
            if scope and found.kind != "members" and not self._is_list(scope.end()):
                level = bare[end : scope.end()].strip()
                if (
                    found.kind == "body"
                    and level in ("xa", "phuong", "huyen", "quan")
                    and found.names[0][:9] == "Trung tâm"
                ):
                    words = self.view.words(end, scope.end()).strip().lower()
                    found = replace(found, names=(f"{found.names[0]} {words}",))
                end = self._named_place(scope.end())
            after = _RELATED.match(bare, end)
            if after and found.collective:
                related, end = True, after.end()
            if not scope and not after:
                break
        if found.end == end:
            return found
        called = tuple(self.scoped(name, bare[found.end : end]) for name in found.names)
        if own and end == own.end():
            called = tuple(f"{name} thuộc Sở" if name.startswith("Các phòng") else name for name in called)
        if found.kind == "collective" and "trung uong" in bare[found.end : end] and called == found.names:
            words = " ".join(self.view.words(found.start, end).split())
            called = (words[:1].upper() + words[1:],)
        called = tuple(collectives.related(name) if related else name for name in called)
        return replace(found, names=called, end=end, last=self.token_at(end))

    def scoped(self, name: str, scope: str) -> str:
        """ "Các cơ quan báo chí" of the city, where the gazetteer has a name for them."""
        for words, place in (("thanh pho", "Thành phố"), ("trung uong", "Trung ương"), ("tinh", "tỉnh")):
            if words in scope and f"{name} {place}" in self.bodies.gazetteer.names:
                return f"{name} {place}"
        return name

    def _home(self, found: Mention) -> int:
        """ "Sở Nội vụ Hà Nội": the end with the home place's name."""
        place = self.bodies.place
        following = tuple(token.key for token in self.tokens[found.last : found.last + len(place)])
        return self.tokens[found.last + len(place) - 1].end if place and following == place else found.end

    def _is_list(self, place: int) -> bool:
        """ "… huyện, thị xã" after a collective is a body of its own and no place of it."""
        return bool(re.match(r"\s*,\s*(?:thi xa|huyen|quan|thanh pho)\b", self.view.bare[place : place + 24]))

    def _named_place(self, place: int) -> int:
        """The end of the name of a province or city that follows, if one does."""
        at = self.token_at(place)
        count = 0
        while at < len(self.tokens) and count < 4 and self.tokens[at].capital:
            gap = self.view.bare[place : self.tokens[at].start]
            if gap.strip() or names.begins(self.tokens, at) or self.tokens[at].upper and len(self.tokens[at].key) > 2:
                break
            place = self.tokens[at].end
            at, count = at + 1, count + 1
        return place
