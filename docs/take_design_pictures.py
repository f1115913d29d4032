"""Takes the pictures of docs/guides/designs.md: a question of each protocol in protocols/.

    python docs/take_design_pictures.py

The pictures are the demo's, so the words of a design with a set of its own do not describe them.
Chromium must be on the PATH.
"""

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "images" / "designs"
DEMO = ROOT / "fixtures" / "stimuli"
WIDTH, HEIGHT = 900, 700
# Which picture of the demo stands for a kind: maps and visualizations for what explains.
MAPS = ("gradcam", "saliency", "class_", "protopnet", "maps")
VISUALIZATIONS = ("natural", "synthetic", "query", "pv")
LARGEST = (640, 1_200)
# Groups in turn, until one is found whose question has an explanation.
MOST_PEOPLE, MOST_PAGES = 6, 60
# The images of a question with an explanation, where they are not two.
N_IMAGES = {"counterfactual_simulation": 3, "alqaraawi": 10}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="foresee-designs-") as scratch:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "study.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",
            "DATABASE_URL": f"sqlite:///{scratch}/db.sqlite3",
            "VAR_DIR": scratch,
            "SECRET_KEY": "x" * 60,
            "ENTRIES_PER_MINUTE": "0",
        }
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        slugs = _load_designs(Path(scratch))
        from surveys.benchmarks.survey_load.server import running_server

        with running_server() as server:
            _take(server.site, slugs)


def _load_designs(folder: Path) -> dict[str, str]:
    """Name of the design -> address of its open study."""
    from tests.surveys.designs.library import DESIGNS, LIBRARY, NEEDS, load_design
    from tests.surveys.protocol_files import read_file

    (demo,) = DEMO.iterdir()
    slugs = {}
    for name in sorted([*NEEDS, *DESIGNS]):
        own = folder / name
        own.mkdir()
        pictures = _Demo(demo)
        if name in NEEDS:
            pictures.make_set(own / read_file(LIBRARY / f"{name}.toml").stimulus_set, NEEDS[name])
        slugs[name] = load_design(name, own, draw=pictures.draw).slug
    return slugs


class _Demo:
    """The demo's pictures, as those of any other set."""

    def __init__(self, folder: Path) -> None:
        import json

        self.folder = folder
        self.items = json.loads((folder / "manifest.json").read_text())["items"]

    def make_set(self, target: Path, needs: tuple[int, int, int]) -> None:
        """Write a set with these numbers of wrong items, right items and examples."""
        from pv_engine.stimulus_sets.importing import import_stimuli

        wrong, right, examples = needs
        by_stratum = {
            stratum: [item for item in self.items if item["stratum"] == stratum]
            for stratum in ("model_wrong", "model_right")
        }
        chosen = by_stratum["model_wrong"][:wrong] + by_stratum["model_right"][: right + examples]
        lines = ["prediction,true_labels,options,example,original,gradcam,pv"]
        for number, item in enumerate(chosen):
            shown = [item["images"][kind] for kind in ("original", "gradcam", "pv")]
            words = [item["prediction"], ";".join(item["true_labels"]), ";".join(item["options"])]
            lines.append(",".join([*words, "yes" if number >= wrong + right else "", *shown]))
        file = target.parent / "items.csv"
        file.parent.mkdir(parents=True)
        file.write_text("\n".join(lines) + "\n")
        import_stimuli(file, self.folder / "images", target.parent / "out").rename(target)

    def draw(self, kind: str, number: int, place: int, k: int) -> Any:
        from PIL import Image

        named = {"gradcam": kind.startswith(MAPS), "pv_exemplar": kind.startswith(VISUALIZATIONS)}
        shown = next((name for name, is_it in named.items() if is_it), "original")
        # Another item for each picture that is not of the same image.
        step = 3 * place + k if shown == "pv_exemplar" or "_" in kind else 0
        item = self.items[(number + step) % len(self.items)]
        return Image.open(self.folder / "images" / item["images"][shown])


def _take(site: str, slugs: dict[str, str]) -> None:
    from surveys.benchmarks.chromium import open_chromium

    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_chromium() as browser:
        for name, slug in slugs.items():
            if not any(_found(browser, f"{site}/s/{slug}/", name) for _ in range(MOST_PEOPLE)):
                raise SystemExit(f"{name}: no question with an explanation was found.")
            sys.stdout.write(f"{name}\n")


def _found(browser: Any, start: str, name: str) -> bool:
    """Walk as one participant until a question has an explanation, and keep that page."""
    from tests.browser.person import Person

    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT})
    person = Person(context.new_page(), start)
    person.arrive()
    try:
        for _ in range(MOST_PAGES):
            if person.is_over:
                return False
            if person.kind == "trial" and _n_images(person.page) >= N_IMAGES.get(name, 2):
                _keep(person.page, name)
                return True
            with person.page.expect_navigation():
                person.by_mouse()
        return False
    finally:
        context.close()


def _n_images(page: Any) -> int:
    return int(page.locator("main img").count())


def _keep(page: Any, name: str) -> None:
    from PIL import Image

    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement && document.activeElement.blur()")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled", full_page=True)))
    picture.thumbnail(LARGEST)
    picture.save(FOLDER / f"{name}.webp", "WEBP", quality=70, method=6)


if __name__ == "__main__":
    main()
