"""What commands are called: in a checkout, and where the wheel is installed."""

from study.configuration import env

WORKER = "python -m celery -A study worker --queues default,gpu"


def is_checkout() -> bool:
    return env.HOME == env.CODE


def command(line: str) -> str:
    """How somebody types a command of Foresee, such as `check_data demo`."""
    return f"python manage.py {line}" if is_checkout() else f"foresee {line}"


def demo() -> str:
    return target("demo", "foresee demo")


def target(name: str, installed: str) -> str:
    """How somebody types what `make` does in a checkout; a wheel has no Makefile."""
    return f"make {name}" if is_checkout() else installed
