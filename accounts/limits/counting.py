"""Counts requests across all processes, in the database or in the Redis that CACHE_URL names.

Time windows are fixed, so up to twice the limit can pass across the boundary of two. While Redis
does not answer, the database counts from 1, so that nobody has to wait for it.
"""

import hashlib
import hmac
import logging
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from accounts.models import Counter

logger = logging.getLogger(__name__)

# One statement, so that two processes cannot count two requests as one.
COUNT = """
INSERT INTO accounts_counter (key, count, ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET count = accounts_counter.count + 1
RETURNING count
"""


def count(kind: str, who: str, seconds: int) -> tuple[int, datetime]:
    """Count this request; return the count for `who` in the current window, and when it ends."""
    now = timezone.now()
    start = int(now.timestamp()) // seconds * seconds
    ends_at = datetime.fromtimestamp(start + seconds, tz=UTC)
    key = _key(kind, who, start, now)
    n = _count_in_redis(key, seconds) if settings.CACHE_URL else None
    return n or _count_in_database(key, ends_at), ends_at


def _key(kind: str, who: str, start: int, now: datetime) -> str:
    """Pseudonymous; the HMAC key changes daily."""
    day = hmac.new(settings.SECRET_KEY.encode(), f"limits {now:%Y-%m-%d}".encode(), "sha256")
    return hmac.new(day.digest(), f"{kind}|{start}|{who}".encode(), hashlib.sha256).hexdigest()


def _count_in_redis(key: str, seconds: int) -> int | None:
    """None when Redis does not answer."""
    from redis.exceptions import RedisError  # slow to import, and not needed without CACHE_URL

    cache = caches["default"]
    try:
        cache.add(key, 0, timeout=seconds)
        return int(cache.incr(key))
    except ValueError:  # the key expired between the two calls
        return 1
    except RedisError as error:
        logger.error("Redis of CACHE_URL does not answer; the database counts instead: %s", error)
        return None


def _count_in_database(key: str, ends_at: datetime) -> int:
    with connection.cursor() as cursor:
        # The field converts the time to the form that this database stores.
        stored = Counter._meta.get_field("ends_at").get_db_prep_value(ends_at, connection)
        cursor.execute(COUNT, [key, stored])
        n: int = cursor.fetchone()[0]
    if n == 1:
        over = timezone.now() - timedelta(seconds=60)
        Counter.objects.filter(ends_at__lt=over).delete()
    return n
