"""Storages in an S3-compatible bucket, for machines that share no folder."""

from typing import Any

from study.configuration import env


def object_store() -> dict[str, dict[str, Any]]:
    """Where stimuli and builds go when S3_BUCKET names a bucket; nothing otherwise."""
    bucket = env.read_text("S3_BUCKET")
    if not bucket:
        return {}
    common = {
        "bucket_name": bucket,
        "endpoint_url": env.read_text("S3_ENDPOINT_URL") or None,
        "region_name": env.read_text("S3_REGION") or None,
        "access_key": env.read_text("S3_ACCESS_KEY") or None,
        "secret_key": env.read_secret("S3_SECRET_KEY") or None,
        # Images reach participants through the web server, which knows who may see which.
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
