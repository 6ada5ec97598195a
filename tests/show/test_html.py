"""The summary for notebooks says the same, and names in it are not markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlekit

EVIL = "<script>alert('x')</script>"
VOID = {"br", "hr", "img", "meta"}


class Checked(HTMLParser):
    """Tags in the order of opening, and the text between them; every tag is closed by its own end."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        self.open += [tag] * (tag not in VOID)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def fits() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({EVIL: rng.normal(size=40), "y": rng.normal(size=40), "z": [EVIL, "b & <b>"] * 20})
    return {
        "column": mlekit.fit(data, f"y ~ `{EVIL}` + C(z)", family="normal"),
        "success": mlekit.fit(data["z"].tolist(), family="bernoulli"),
        "level": mlekit.fit(data["z"].tolist(), family="categorical"),
        "response": mlekit.fit(data.rename(columns={"y": "<y>"}), "`<y>` ~ 1", family="normal"),
        "group": mlekit.fit(data, "y", family="normal", by="z"),
        "key": mlekit.fit(data.rename(columns={"z": EVIL, EVIL: "x"}), "y", family="normal", by=EVIL),
    }


@pytest.mark.parametrize("name", list(fits()))
def test_names_are_escaped(name: str) -> None:
    html = fits()[name]._repr_html_()
    page = Checked(html)
    assert "script" not in page.tags
    assert "b" not in page.tags
    assert EVIL not in html


def test_a_name_can_be_read_as_it_is() -> None:
    assert EVIL in " ".join(Checked(fits()["column"]._repr_html_()).words)


def test_it_says_what_the_text_says() -> None:
    fit = mlekit.fit([1] * 20, family="bernoulli")
    said = " ".join(" ".join(Checked(fit._repr_html_()).words).split())
    for words in ("maximum likelihood", "0.83157 1.0000", "no standard error", "Verdict: ok"):
        assert words in said


def test_a_verdict_of_no_is_an_alert() -> None:
    fit = mlekit.fit(np.random.default_rng(0).normal(size=50), family="student_t", on_failure="ignore")
    html = fit._repr_html_()
    assert 'role="alert"' in html
    assert "VERDICT: NO" in html
    assert 'role="alert"' not in mlekit.fit([1, 0], family="bernoulli")._repr_html_()


def test_colours_are_those_of_the_page() -> None:
    html = mlekit.fit([1, 0], family="bernoulli")._repr_html_()
    assert "color: inherit" in html
    assert "background: #" not in html


def test_rows_and_columns_have_headers() -> None:
    html = fits()["column"]._repr_html_()
    assert '<th scope="col">estimate</th>' in html
    assert '<th scope="row">Intercept</th>' in html
