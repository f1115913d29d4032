"""Storage in an S3-compatible bucket, for machines that share no folder."""

from typing import Any

from study.configuration import env


def object_store() -> dict[str, dict[str, Any]]:
    """Return the storages of stimuli and builds in the bucket S3_BUCKET; none if it is not set."""
    bucket = env.read_text("S3_BUCKET")
    if not bucket:
        return {}
    common = {
        "bucket_name": bucket,
        "endpoint_url": env.read_text("S3_ENDPOINT_URL") or None,
        "region_name": env.read_text("S3_REGION") or None,
        "access_key": env.read_text("S3_ACCESS_KEY") or None,
        "secret_key": env.read_secret("S3_SECRET_KEY") or None,
        # Nothing is public: the web server decides who may see which image.
        "default_acl": None,
        "querystring_auth": True,
    }
    return {
        name: {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {**common, "location": name},
        }
        for name in ("stimuli", "builds")
    }
