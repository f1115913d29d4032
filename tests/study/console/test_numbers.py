"""Numbers in the sentences of the console."""

import pytest

from study.templatetags.console import unbroken


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [
        ("is supported (p = 7.1 × 10⁻⁴).", "is supported (p\u00a0=\u00a07.1\u00a0×\u00a010⁻⁴)."),
        ("is supported (p < 0.001).", "is supported (p\u00a0<\u00a00.001)."),
        ("34.3 and 5.0 % of them", "34.3 and 5.0\u00a0% of them"),
        ("a map = a picture", "a map = a picture"),
    ],
)
def test_a_number_stays_on_the_line_of_its_sign(sentence, kept):
    assert unbroken(sentence) == kept
