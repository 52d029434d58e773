"""The policy pack as a command: the engine starts it, and nobody else can."""

import pytest

from infra.policy.__main__ import main


@pytest.mark.parametrize("words", [[], ["127.0.0.1:1"], ["--help"], ["127.0.0.1:1", "nowhere"]])
def test_without_an_engine_and_a_folder_it_says_who_starts_it(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["infra.policy", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = "the engine starts this itself: pulumi preview --policy-pack FOLDER\n"
    assert capsys.readouterr().err == said
