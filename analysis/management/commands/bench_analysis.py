"""Measures the analysis of a million responses and prints JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from analysis.benchmarks import benchmark


class Command(BaseCommand):
    help = "Seconds and memory for a large study and for a two-way bootstrap, as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--participants", type=int, default=33_334, help="30 trials each")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        found = benchmark(options["participants"], options["seed"])
        self.stdout.write(json.dumps({name: round(value, 2) for name, value in found.items()}))
