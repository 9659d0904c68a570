"""A key for holders that have no 統一編號: a keyed hash of other columns, whose text is dropped.

A profile says of which: `[columns.holder_key]` with `from`. The hash stands where a 統一編號 would,
so it links renewals and counts holders. With the secret it can be made again for the next file;
without, nobody can try names against it.

The text of those columns goes no further than reading. In its place stands what the profile makes
of it, such as `keyed?county=...&holder_key=key:...`: in rejects and in the archived copy, from
which every column comes out as it did, with or without the secret.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import pyarrow as pa
import pyarrow.compute as pc

from adoption.command import CommandError
from etl.validation.values import nfkc

# By its name, what makes a column of a cell.
Makes = Mapping[str, Callable[[str | None], str | None]]
PART = "holder_key"
_CONCEALED = "keyed?"
_ENVIRONMENT, _FILE = "ADOPTION_HOLDER_KEY", "holder.key"
_LEAST = 16
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class HolderKey:
    """`sources`: headers or places from 1. Without a secret no new key is made."""

    sources: tuple[str | int, ...]
    pattern: re.Pattern[str] | None = None
    secret: bytes | None = None

    def __call__(self, texts: str | None) -> str | None:
        """The key of the sources' texts, joined; None where they are all empty."""
        if self.secret is None or texts is None:
            return None
        parts = [self._part(text) for text in texts.split(_SEPARATOR)]
        if not any(parts):
            return None
        joined = _SEPARATOR.join(parts).encode()
        return f"key:{hashlib.blake2b(joined, key=self.secret, digest_size=16).hexdigest()}"

    def _part(self, text: str) -> str:
        if self.pattern:
            match = self.pattern.search(text)
            text = (match[1] if match and match.re.groups else match[0]) if match else ""
        return " ".join(nfkc(text or "").casefold().split())


def part_of(text: str | None, name: str) -> tuple[bool, str | None]:
    """Whether `text` is concealed, and what it then says that the column `name` is."""
    if not text or not text.startswith(_CONCEALED):
        return False, None
    return True, parse_qs(text.removeprefix(_CONCEALED)).get(name, [None])[0]


def conceal(
    rows: pa.RecordBatch,
    places: Sequence[int],
    key: HolderKey,
    derived: Mapping[int, Makes],
) -> pa.RecordBatch:
    """`rows` with the columns at `places` concealed; the first of them has the holder's key.

    `derived`: for each place the columns that a profile makes of it, by name.
    """
    columns, first = list(rows.columns), places[0]
    keys = _keys(rows, places, key)
    for place in places:
        texts = rows.column(place)
        parts = _by_distinct_value(texts, partial(_parts, derived.get(place, {})))
        is_kept = pc.or_(pc.fill_null(pc.starts_with(texts, _CONCEALED), False), texts.is_null())
        if place == first:
            is_kept = pc.and_(is_kept, pc.or_(texts.is_valid(), keys.is_null()))
            with_name = pc.binary_join_element_wise(f"&{PART}=", keys, "")
            parts = pc.binary_join_element_wise(
                pc.fill_null(parts, _CONCEALED), pc.fill_null(with_name, ""), ""
            )
        columns[place] = pc.if_else(is_kept, texts, parts)
    return pa.RecordBatch.from_arrays(columns, rows.schema.names)


def _parts(makes: Makes, text: str) -> str:
    parts = {name: value for name, make in makes.items() if (value := make(text))}
    return _CONCEALED + urlencode(parts)


def keys_in(concealed: pa.Array) -> pa.Array:
    """The holders' keys in the first of the concealed columns; null where there is none."""
    return _by_distinct_value(concealed, lambda text: part_of(text, PART)[1])


def _keys(rows: pa.RecordBatch, places: Sequence[int], key: HolderKey) -> pa.Array:
    texts = [pc.fill_null(rows.column(place), "") for place in places]
    return _by_distinct_value(pc.binary_join_element_wise(*texts, _SEPARATOR), key)


def _by_distinct_value(texts: pa.Array, call: Callable[[str], str | None]) -> pa.Array:
    encoded = texts.dictionary_encode()
    made = [call(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(made, pa.string()).take(encoded.indices)


def secret_of(folder: Path | None) -> bytes:
    """The secret of a store: $ADOPTION_HOLDER_KEY, else that in its folder, made at first need.

    Raises CommandError for one that is too short to keep anything secret.
    """
    stated = os.environ.get(_ENVIRONMENT)
    if stated is None and folder is not None:
        stated = _kept_in(folder)
    if stated is None or len(stated) < _LEAST:
        raise CommandError(
            f"{_ENVIRONMENT}：至少要 {_LEAST} 個字；請設定，或移除以使用資料庫資料夾裡的 {_FILE}",
            f"{_ENVIRONMENT}: at least {_LEAST} signs; set it, or remove it and use {_FILE} in the "
            "store's folder",
        )
    return hashlib.sha256(stated.encode()).digest()


def _kept_in(folder: Path) -> str:
    path = folder / _FILE
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        _write(path, secrets.token_hex(32), os.O_EXCL)
    return path.read_text("ascii").strip()


def copy_secret(source: Path | None, target: Path | None) -> None:
    """Have the next file of the copied store give its holders the same keys."""
    if source and target and (source / _FILE).exists():
        kept = (source / _FILE).read_text("ascii")
        _write(target / _FILE, kept, os.O_TRUNC)


def _write(path: Path, text: str, how: int) -> None:
    """For the owner's eyes only."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, 0o600), "w") as file:
        file.write(text)
