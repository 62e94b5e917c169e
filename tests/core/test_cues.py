"""Which sentences say that something came before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuireader.related.reading.cues import refers_back


@pytest.mark.parametrize(
    "sentence",
    [
        "The company had been fined by the regulator.",
        "It had never publicly denied that.",
        "Following the ban, shares fell.",
        "The shop closed after the app was pulled.",
        "Since then, nobody has been let in.",
        "In the wake of the breach, the chief left.",
        "Die Aufsicht hatte die Firma deshalb gesperrt.",
        "Nachdem die App verschwunden war, fiel der Kurs.",
        "Seitdem steht das Werk still.",
        "L’autorité avait déjà infligé une amende.",
        "Après avoir fermé, la société rouvre.",
        "Le patron est parti à la suite de la panne.",
        "该公司此前否认了这一消息。",
        "它曾被罚款。",
        "同社は以前、計画を否定していた。",
        "発表を受けて株価が下がった。",
        "회사는 앞서 이를 부인했다.",
    ],
)
def test_cues(sentence: str) -> None:
    assert refers_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The company has money, and had a factory.",
        "The regulator fines the company.",
        "After lunch, it opens.",
        "These are the following months.",
        "Die Firma hatte Geld.",
        "Le dossier est suivi.",
        "微信暂停新用户注册。",
        "",
    ],
)
def test_other_sentences(sentence: str) -> None:
    assert not refers_back(sentence)


@given(st.text())
def test_a_cue_is_found_after_any_text(text: str) -> None:
    assert refers_back(f"{text} It had been fined.")
