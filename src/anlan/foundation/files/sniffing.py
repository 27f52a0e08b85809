"""What a file is, by its first bytes; the name that a sender gives it proves nothing."""

#: Offset and bytes by which a format begins, its media type and the extension that it is kept under.
SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (0, b"GIF8", "image/gif", ".gif"),
    (8, b"WEBP", "image/webp", ".webp"),
    (4, b"ftypheic", "image/heic", ".heic"),
    (4, b"ftypmif1", "image/heic", ".heic"),
    (0, b"%PDF-", "application/pdf", ".pdf"),
    (4, b"ftypM4A", "audio/mp4", ".m4a"),
    (4, b"ftyp", "video/mp4", ".mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm", ".webm"),
    (0, b"OggS", "audio/ogg", ".ogg"),
    (0, b"ID3", "audio/mpeg", ".mp3"),
    (0, b"\xff\xfb", "audio/mpeg", ".mp3"),
    (0, b"#!AMR", "audio/amr", ".amr"),
    (8, b"WAVE", "audio/wav", ".wav"),
)
#: Word and Excel files are ZIP archives that name their parts.
OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
)


def media_type_of(head: bytes) -> tuple[str, str]:
    """Media type and extension of an accepted file, two empty texts for any other.

    >>> media_type_of(b"%PDF-1.7"), media_type_of(b"<html>")
    (('application/pdf', '.pdf'), ('', ''))
    """
    if head.startswith(b"PK\x03\x04"):
        return next(((kind, ending) for part, kind, ending in OFFICE if part in head), ("", ""))
    for offset, mark, kind, ending in SIGNATURES:
        if head[offset : offset + len(mark)] == mark:
            return kind, ending
    return "", ""
