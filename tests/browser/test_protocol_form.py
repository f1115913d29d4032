"""A researcher who writes no TOML adds a condition, a check and a test, in a real browser."""

import pytest

from surveys.models import Survey
from tests.browser.inspection import cut_off, violations
from tests.browser.pressing import press
from tests.factories import make_survey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_condition_check_and_test_are_written_in_the_form(sign_in, tmp_path, width, scheme):
    make_survey(tmp_path, n_wrong=1, n_right=1, is_open=False)
    page = sign_in(width=width, color_scheme=scheme)
    page.goto("/console/surveys/shapes/protocol/edit/")
    for section in ("Conditions", "Checks", "Analysis plan"):
        closed = page.locator("details:not([open]) > summary", has_text=section)
        if closed.count():
            closed.click()
    condition = page.get_by_role("group", name="One more condition")
    condition.get_by_label("What is shown beside the image").select_option(label="No explanation")
    check = page.get_by_role("group", name="One more comprehension question")
    check.get_by_label("Question about the instructions").fill("What do you name?")
    check.get_by_label("Options").fill("What I see\nWhat the model predicts")
    check.get_by_label("Right option").fill("2")
    test = page.get_by_role("group", name="One more test")
    test.get_by_label("Compares accuracy on").select_option(index=1)
    test.get_by_label("Of the condition", exact=True).select_option("pv")
    test.get_by_label("Is expected to be").select_option("greater")
    test.get_by_label("That of the condition").select_option("gradcam")
    assert violations(page) == []
    assert cut_off(page) == []
    press(page.get_by_role("button", name="Save the form"))
    stored = Survey.objects.get().protocol
    assert [row.name for row in stored.conditions] == ["gradcam", "pv", "none"]
    (question,) = stored.comprehension.questions
    assert (question.options[-1], question.answer) == ("What the model predicts", 2)
    declared = {"condition_a": "pv", "alternative": "greater", "condition_b": "gradcam"}
    assert stored.analysis["tests"] == [{"stratum": "model_wrong", **declared}]
