"""The examples on the rules' pages are true: what is called bad is reported, what is called good is not."""

from __future__ import annotations

import ast

import pytest

from async_guard.api import check_sources
from async_guard.rules.registry import RULES, Rule, bad_example, good_example
from literate import selection

each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.meta.name)


@each_rule
def test_the_bad_example_is_reported_by_its_rule(rule: Rule) -> None:
    """Somebody who runs the tool on the page's bad example sees the page's rule."""
    report = check_sources(bad_example(rule.doc), select=selection(rule.meta.code))
    codes = {finding.code for finding in report.findings} | ({"AG900"} if report.unreadable else set())
    assert codes == {rule.meta.code}


@each_rule
def test_the_good_example_is_not_reported(rule: Rule) -> None:
    """Somebody who follows the page is rid of the finding."""
    report = check_sources(good_example(rule.doc), select=selection(rule.meta.code))
    assert [finding.message for finding in report.findings] == []
    assert report.unreadable == ()


@each_rule
def test_the_good_example_is_python(rule: Rule) -> None:
    """An example that does not parse would be silent for the wrong reason."""
    for path, text in good_example(rule.doc).items():
        if path.endswith(".py"):
            ast.parse(text, path)
