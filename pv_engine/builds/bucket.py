"""What the bucket that machines share says when it cannot be used, and whether that may pass."""

from typing import Any

from django.conf import settings

from pv_engine.errors import EngineError

# Answers that ask for another try, beside those of 500 and above.
BUSY = (408, 429)


class BucketError(EngineError):
    """The bucket is lost, which may pass, or refuses; the sentence says which bucket and why."""

    def __init__(self, sentence: str, may_pass: bool) -> None:
        super().__init__(sentence)
        self.may_pass = may_pass


def as_bucket_error(error: Exception) -> BucketError | None:
    """Return the error in words if it came from the bucket; None for any other."""
    if not _is_configured():
        return None
    # Takes a third of a second, and only machines with a bucket need it.
    from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

    if isinstance(error, ClientError):
        return _refusal(error.response)
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return BucketError(f"{_bucket()} does not answer; check it and the network.", may_pass=True)
    if isinstance(error, BotoCoreError):
        return BucketError(f"{_bucket()} cannot be used: {error}.", may_pass=False)
    return None


def _refusal(response: Any) -> BucketError:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    reason = response.get("Error", {}).get("Code") or status
    if status >= 500 or status in BUSY:
        return BucketError(f"{_bucket()} is not ready ({reason}).", may_pass=True)
    sentence = f"{_bucket()} refuses ({reason}); check S3_BUCKET and its keys with `doctor`."
    return BucketError(sentence, may_pass=False)


def _is_configured() -> bool:
    return "builds" in settings.STORAGES


def _bucket() -> str:
    options = settings.STORAGES["builds"].get("OPTIONS", {})
    endpoint = options.get("endpoint_url") or "Amazon S3"
    return f"The bucket {options.get('bucket_name')} at {endpoint}"
