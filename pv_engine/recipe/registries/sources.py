"""The data sources that a recipe may name as `data.kind`.

Free of torch and Django: what opens a source is named as `<module>:<name>` and imported when it is
used.
"""

from pv_engine.registry import DataSource, registry

# Recipes say `factory` and the function for it; the short name has the same hash.
SHORT = {
    "scenes": DataSource(
        "fixtures.scenes.source:SceneSource",
        "short for the factory of the demo's scenes",
        "drawn scenes",
        needs_root=False,
    ),
}
OWN = {
    "image_folder": DataSource(
        "pv_engine.data.folder_source:FolderSource",
        "`root/<split>/<class>/<image>`",
        "a folder of images",
    ),
    "voc": DataSource(
        "pv_engine.data.voc_source:VocSource",
        "PASCAL VOC under `root/VOCdevkit`",
        "PASCAL VOC",
    ),
    "csv": DataSource(
        "pv_engine.data.csv_source:CsvSource",
        "`root/<split>.csv` with the columns `filename` and `labels` (separated by semicolons)",
        "a CSV list of images",
    ),
    "mask_folder": DataSource(
        "pv_engine.data.mask_folder_source:MaskFolderSource",
        "`root/<split>/images/<image>`, masks of the same name as `root/<split>/masks/<name>.png`, "
        "and `root/classes.csv`, which names their classes",
        "a folder of images with masks",
    ),
}
SOURCES = registry("foresee.data_sources", OWN)
# Of a source that `data.factory` names.
FACTORY = "factory"
KINDS = (*OWN, FACTORY, *SHORT, *(name for name in SOURCES if name not in OWN))
