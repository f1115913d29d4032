"""The people around a study: ada owns it, ben edits it, cy views it, dee is a stranger."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from surveys.models import Role, Survey
from surveys.studies.team.membership import give_role

PASSWORD = "correct horse battery"


def make_user(name: str, **more: Any) -> User:
    return User.objects.create_user(name, password=PASSWORD, **more)


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class Team:
    """Browsers of the four."""

    ada: Client
    ben: Client
    cy: Client
    dee: Client


def make_team(survey: Survey) -> Team:
    people = {name: make_user(name) for name in ("ada", "ben", "cy", "dee")}
    for name, role in (("ada", Role.OWNER), ("ben", Role.EDITOR), ("cy", Role.VIEWER)):
        give_role(survey, people[name], role, "a test")
    return Team(**{name: sign_in(user) for name, user in people.items()})
