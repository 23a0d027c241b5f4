"""The report as JUnit XML, with one test case for each check."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ._report import Finding, Report


def render(report: Report) -> str:
    """Render the report as JUnit XML."""
    suites = Element("testsuites", name="pareta.contract", time=f"{report.seconds:.3f}")
    for part, checks in report.parts.items():
        suite = SubElement(
            suites,
            "testsuite",
            name=part,
            tests=str(len(checks)),
            failures=str(sum(each.outcome == "failed" for each in checks)),
            skipped=str(sum(each.outcome == "skipped" for each in checks)),
            errors="0",
        )
        for check in checks:
            case = SubElement(suite, "testcase", classname=f"contract.{part}", name=check.name)
            if check.outcome == "skipped":
                SubElement(case, "skipped", message=_text(check.reason))
            if check.outcome == "noted":
                SubElement(case, "system-out").text = _text(check.reason)
            for finding in report.findings:
                if finding.check == check.name:
                    failure = SubElement(case, "failure", message=_text(f"{finding.operation}: {finding.reason}"))
                    failure.text = _text(_details(finding))
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def _details(finding: Finding) -> str:
    steps = [f"{place}. {step}" for place, step in enumerate(finding.steps, start=1)]
    return "\n".join([finding.reason, finding.where, *steps, finding.curl])


def _text(text: str) -> str:
    """Replace the characters that XML does not allow."""
    return "".join(char if char in "\t\n" or (char.isprintable() and char < "\ufffe") else "\ufffd" for char in text)
