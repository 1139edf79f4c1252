"""Which layout a label gets whose rows are too long or too many."""

from __future__ import annotations

from gateway.api import Line
from gateway.pdf.text_font import TextFont
from gateway_labels.fitted import Draft, Fitted, Fitter
from gateway_labels.job import Job
from gateway_labels.options import LabelOptions
from gateway_labels.wording import firm_rows, name_row
from tests.labels.batch import address, line

JOB = Job(LabelOptions())
HIGH = Job(LabelOptions(sheet="28367"))


def _fitted(given: Line, job: Job = JOB) -> Fitted:
    assert given.address is not None
    found = Fitter(plans=job.plans, honorific="様", numbered=False, font=TextFont()).fitted(
        Draft(
            line=given,
            address=[text for text in (given.address.text, given.address.building) if text],
            firm=firm_rows(given),
            name=name_row(given, "様"),
            has_bars=True,
        )
    )
    assert found is not None
    return found


def test_a_building_joins_its_address_where_that_keeps_the_type_larger() -> None:
    firm = line(1, company="株式会社見本商事", department="営業部", address=address("1-1", building="見本塔"))
    found = _fitted(firm)
    assert found.texts == ["東京都渋谷区渋谷1-1 見本塔", "株式会社見本商事", "営業部", "見本 太郎　様"]
    assert found.shape.upper == 1


def test_a_building_keeps_its_row_where_there_is_room() -> None:
    found = _fitted(line(1, address=address("1-1", building="見本塔"), joint_names="良子、三郎、四郎"), HIGH)
    assert found.texts[:2] == ["東京都渋谷区渋谷1-1", "見本塔"]


def test_joint_names_take_two_rows_where_one_would_be_small() -> None:
    found = _fitted(line(1, name="渡邉 禮子", joint_names="翔太、さくら、ジョージ"))
    assert found.texts[-2:] == ["渡邉 禮子　様　翔太　様", "さくら　様　ジョージ　様"]
    assert found.shape.name_size > JOB.plans[0].name_sizes[-1]
