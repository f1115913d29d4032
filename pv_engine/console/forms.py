"""The form for starting a build: a recipe from the server, a file, or pasted text."""

from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings

from pv_engine.errors import RecipeError
from pv_engine.recipe.reading import Recipe, parse_recipe, read_recipe

LARGEST_RECIPE_BYTES = 100_000


def recipe_choices() -> list[tuple[str, str]]:
    names = sorted(path.name for path in Path(settings.RECIPES_DIR).glob("*.toml"))
    return [("", "None of these"), *((name, name) for name in names)]


class StartForm(forms.Form):
    recipe_file = forms.ChoiceField(
        label="Recipe on this server", choices=recipe_choices, required=False
    )
    upload = forms.FileField(
        label="or a recipe file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )
    text = forms.CharField(
        label="or the text of a recipe",
        required=False,
        strip=False,
        max_length=LARGEST_RECIPE_BYTES,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, folder: Path | None = None, **kwargs: Any) -> None:
        """Relative paths in a pasted or uploaded recipe start at `folder`."""
        super().__init__(*args, **kwargs)
        self.folder = folder or Path(settings.RECIPES_DIR)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        given = [name for name in ("recipe_file", "upload", "text") if values.get(name)]
        if self.errors:
            return values
        if len(given) != 1:
            raise forms.ValidationError(
                "Choose exactly one of the three: a recipe, a file or a text."
            )
        try:
            values["recipe"] = self._read(given[0], values[given[0]])
        except RecipeError as error:
            self.add_error(given[0], str(error).splitlines())
        return values

    def _read(self, kind: str, value: Any) -> Recipe:
        if kind == "recipe_file":
            return read_recipe(Path(settings.RECIPES_DIR) / value)
        if kind == "text":
            return parse_recipe(value, "The pasted recipe", self.folder)
        if value.size > LARGEST_RECIPE_BYTES:
            raise RecipeError(f"{value.name} is too large for a recipe; the limit is 100 kB.")
        try:
            text = value.read().decode("utf-8")
        except UnicodeDecodeError as error:
            raise RecipeError(f"{value.name} is not UTF-8 text; save it as a TOML file.") from error
        return parse_recipe(text, value.name, self.folder)
