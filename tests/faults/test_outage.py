"""An outage is not multiplied by those who suffer from it."""

from xml.etree import ElementTree as ET

from .outage import figures, picture


def test_an_outage_is_hardly_amplified_and_is_over_when_it_is_over() -> None:
    """A minute's outage costs the server 1.15 requests a call at most, and calls succeed as soon as it is back."""
    shown, courses = figures(60)
    assert 1.0 < shown["with_budget"]["amplification_in_the_outage"] <= 1.15
    assert shown["with_budget"]["calls_begun_after_the_outage_that_failed"] == 0
    assert shown["with_budget"]["requests_per_call_in_the_5_s_after"] <= 1.02
    assert shown["without_budget"]["amplification_in_the_outage"] > 2.9
    assert shown["amplification_in_normal_times"] <= 1.02
    assert shown["failed_in_normal_times"] == 0
    assert ET.fromstring(picture(courses, 60)).tag.endswith("svg")
