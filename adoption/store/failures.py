"""What went wrong on the disk, in one sentence of each language."""

import errno
from pathlib import Path

from adoption.language import Text
from adoption.store.base import StoreError

_FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
# How DuckDB's messages end: it gives no error number.
_FULL_WORDS = ("No space left", "File too large", "Disk quota exceeded", "disk is full")
_NOT_ALLOWED_WORDS = ("Permission denied", "Read-only file system", "Operation not permitted")


def as_store_error(error: Exception, folder: Path) -> StoreError:
    """For an error of the operating system or of the engine while `folder` was written to."""
    number = error.errno if isinstance(error, OSError) else None
    words = str(error)
    if number in _FULL or any(word in words for word in _FULL_WORDS):
        return StoreError(
            f"{folder}: the disk is full or the quota used up; nothing was loaded and the store is "
            "as it was; free some space and run the command again",
            f"{folder}：磁碟已滿或超過配額，沒有載入，資料庫維持原狀；請清出空間再執行一次",
        )
    if number in _NOT_ALLOWED or any(word in words for word in _NOT_ALLOWED_WORDS):
        return StoreError(
            f"{folder}: cannot be written to (no permission, or read-only); nothing was loaded and "
            "the store is as it was; check the permissions of the folder",
            f"{folder}：無法寫入（沒有權限或唯讀），沒有載入，資料庫維持原狀；請檢查資料夾權限",
        )
    reason = " ".join(words.split()) or type(error).__name__
    return StoreError(
        f"{folder}: cannot be written to ({reason}); the store is as it was",
        f"{folder}：無法寫入（{reason}）；資料庫維持原狀",
    )


def notice_of_archive(folder: Path) -> Text | None:
    """For a store without records: whether they can be had from an archive that is still there."""
    if not any((folder / "archive").glob("ledger.jsonl*")):
        return None
    return Text(
        f"資料庫沒有任何版本，但封存資料夾 {folder} 還在：請執行 python -m etl rebuild 重建",
        f"the store holds no version, but {folder} has an archive: run python -m etl rebuild",
    )
