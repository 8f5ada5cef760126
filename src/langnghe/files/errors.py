"""Errors of the attachments."""


class FileRejected(Exception):
    """A file that is not taken. `code` is for programs, `message` tells the person what to do (Vietnamese).

    Codes: too_large, empty, type, heic, image_damaged, image_too_big, document_damaged, document_too_big, macro,
    locked, too_many, unavailable, upload_expired, upload_incomplete, not_yours.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
