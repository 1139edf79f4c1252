"""Answers are written by one thread, together where several wait, and none is lost when one cannot be written."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from gateway.delivery.push_answers import Answers
from gateway.delivery.push_rows import Answer


def _batch(*numbers: int) -> list[Answer]:
    return [Answer(number=each, state="accepted") for each in numbers]


def test_answers_that_wait_are_written_together_in_the_order_they_were_told() -> None:
    written: list[Sequence[Answer]] = []
    answers = Answers(written.append)
    answers.tell(_batch(1, 2))
    answers.tell(_batch())
    answers.tell(_batch(3))
    answers.close()
    answers.run(lambda _error: None)
    assert written == [_batch(1, 2, 3)]


def test_nothing_told_is_nothing_written() -> None:
    written: list[Sequence[Answer]] = []
    answers = Answers(written.append)
    answers.close()
    answers.run(lambda _error: None)
    assert written == []


def test_every_answer_of_many_threads_is_written_once() -> None:
    written: list[int] = []
    answers = Answers(lambda some: written.extend(each.number for each in some))
    writer = Thread(target=answers.run, args=(lambda _error: None,))
    writer.start()

    def tell(first: int) -> None:
        for place in range(100):
            answers.tell(_batch(first + place))

    tellers = [Thread(target=tell, args=(first,)) for first in (0, 100, 200, 300)]
    for each in tellers:
        each.start()
    for each in tellers:
        each.join()
    answers.close()
    writer.join()
    assert sorted(written) == list(range(400))


def test_what_cannot_be_written_is_told_and_the_next_answers_are_tried() -> None:
    written: list[Sequence[Answer]] = []
    troubles: list[BaseException] = []
    answers = Answers(lambda _some: None)

    def write(some: Sequence[Answer]) -> None:
        if not troubles:
            answers.tell(_batch(2))
            raise OSError("the disk is full")
        written.append(some)

    def trouble(error: BaseException) -> None:
        troubles.append(error)
        answers.close()

    answers = Answers(write)
    answers.tell(_batch(1))
    answers.run(trouble)
    assert written == [_batch(2)]
    assert [str(each) for each in troubles] == ["the disk is full"]
