"""What many steps ask and write, gathered."""

from balie.platform.gathering import gathering, later, remembered


def test_what_is_gathered_is_written_once_at_the_end() -> None:
    written: list[list[int]] = []
    with gathering():
        for number in (1, 2):
            later(written.append, number)
        assert written == []
    assert written == [[1, 2]]
    later(written.append, 3)
    assert written == [[1, 2], [3]]


def test_nothing_is_written_of_what_failed() -> None:
    written: list[list[int]] = []
    try:
        with gathering():
            later(written.append, 1)
            raise ValueError
    except ValueError:
        pass
    with gathering():
        later(written.append, 2)
    assert written == [[2]]


def test_an_answer_is_remembered_within_one_gathering_only() -> None:
    answers = iter(range(10))
    assert remembered("it", lambda: next(answers)) == 0
    with gathering():
        assert remembered("it", lambda: next(answers)) == 1
        with gathering():
            assert remembered("it", lambda: next(answers)) == 1
    with gathering():
        assert remembered("it", lambda: next(answers)) == 2
