"""Copies the images that participants were asked about into an export."""

import shutil
from pathlib import Path

from django.core.files.storage import storages

from pv_engine.models import Stimulus
from surveys.export.rows import Cell
from surveys.export.tables import write_csv
from surveys.models import Survey

FOLDER = Path("materials") / "stimuli"
LIST = Path("materials") / "stimuli.csv"
LIST_COLUMNS = ["item", "kind", "file"]


def write_stimuli(survey: Survey, folder: Path) -> None:
    """Copy every item's images, and list which is which; examples are left out."""
    stimuli = Stimulus.objects.filter(
        item__stimulus_set=survey.stimulus_set_id, item__is_example=False
    )
    rows: list[list[Cell]] = [
        [stimulus.item.name, stimulus.kind, stimulus.file_name]
        for stimulus in stimuli.select_related("item").order_by("item__position", "kind")
    ]
    (folder / FOLDER).mkdir(parents=True)
    for name in sorted({str(row[2]) for row in rows}):
        with storages["stimuli"].open(name) as image, (folder / FOLDER / name).open("wb") as copy:
            shutil.copyfileobj(image, copy)
    write_csv(folder / LIST, LIST_COLUMNS, rows)
