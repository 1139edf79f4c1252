"""Sensitive data is recognised by column names and by values, and harmless words are left alone."""

from __future__ import annotations

import pytest

from gateway.acquisition.sensitive import (
    categories,
    find_sensitive_columns,
    refuse_sensitive_columns,
    refuse_sensitive_name,
    sensitive_value,
)
from gateway.errors import Refused


@pytest.mark.parametrize(
    ("column", "category"),
    [
        ("人種", "race"),
        ("宗教", "creed"),
        ("支持政党", "creed"),
        ("門地", "social_status"),
        ("本籍地", "social_status"),
        ("病歴", "medical_history"),
        ("病　歴", "medical_history"),
        ("既往歴", "medical_history"),
        ("障害者手帳", "disability"),
        ("障がい等級", "disability"),
        ("しょうがい者", ""),
        ("健康診断結果", "examination"),
        ("通院先", "treatment"),
        ("犯罪歴", "criminal_record"),
        ("少年院", "juvenile_procedure"),
        ("犯罪被害の有無", "criminal_record"),
        ("性生活", "sexual_life"),
        ("Race", "race"),
        ("medical_history", "medical_history"),
        ("medicalHistory", "medical_history"),
        ("ＲＥＬＩＧＩＯＮ", "creed"),
    ],
)
def test_a_column_is_judged_by_its_name(column: str, category: str) -> None:
    assert [found.category for found in find_sensitive_columns([column])] == ([category] if category else [])


@pytest.mark.parametrize(
    "column",
    [
        "性別",
        "備考",
        "トレース",
        "trace",
        "raceway",
        "がん保険",
        "医療法人名",
        "経営診断日",
        "生年月日",
        "職業",
        "診断士資格",
        "血液型",
    ],
)
def test_a_harmless_column_passes(column: str) -> None:
    assert find_sensitive_columns([column]) == []


def test_the_refusal_names_the_column_and_the_article() -> None:
    with pytest.raises(Refused, match=r"病歴.*法2条3項") as raised:
        refuse_sensitive_columns(["備考", "病歴"])
    assert (raised.value.code, raised.value.exit_code) == ("sensitive_column", 1)


@pytest.mark.parametrize(
    ("value", "category"),
    [
        ("平和党党員", "creed"),
        ("○○教会員", "creed"),
        ("うつ病", "medical_history"),
        ("ＨＩＶ", "medical_history"),
        ("糖尿病　治療中", "medical_history"),
        ("身体障害２級", "disability"),
        ("通院中", "treatment"),
        ("前科あり", "criminal_record"),
        ("トランスジェンダー", "sexual_life"),
    ],
)
def test_a_value_that_speaks_of_a_trait_is_recognised(value: str, category: str) -> None:
    assert sensitive_value(value) == category


@pytest.mark.parametrize(
    "value",
    [
        "",
        "会員",
        "ゴールド会員",
        "がん保険加入",
        "システム障害対応",
        "archive",
        "輸出家電",
        "医療法人社団",
        "クリスチャン・ディオール",
        "前科目",
    ],
)
def test_a_harmless_value_passes(value: str) -> None:
    assert sensitive_value(value) == ""


@pytest.mark.parametrize("name", ["平和党党員名簿", "糖尿病の会"])
def test_a_list_named_after_a_trait_is_refused(name: str) -> None:
    with pytest.raises(Refused) as raised:
        refuse_sensitive_name(name)
    assert raised.value.code == "sensitive_list"


def test_each_category_names_its_source() -> None:
    assert len(categories()) >= 11
    assert all(
        ("令2条" in category.law or "法2条" in category.law or "機微" in category.law) and category.columns
        for category in categories()
    )
