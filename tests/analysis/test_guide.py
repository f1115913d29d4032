"""The guide's examples print what the guide says."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "analysis.md"


def test_every_example_in_the_guide_prints_what_it_says(monkeypatch):
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```pycon\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    text = "\n".join(blocks)
    examples = doctest.DocTestParser().get_doctest(text, {}, "docs/analysis.md", str(GUIDE), 0)
    assert len(examples.examples) > 20
    printed: list[str] = []
    runner = doctest.DocTestRunner()
    result = runner.run(examples, out=printed.append)
    assert result.failed == 0, "".join(printed)


def test_the_guide_names_every_file_that_it_sends_readers_to():
    for path in re.findall(r"`(fixtures/[\w./]+)`", GUIDE.read_text()):
        assert (ROOT / path).exists(), path
