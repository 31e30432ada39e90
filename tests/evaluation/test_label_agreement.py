"""Agreement of two sources of labels, on labels where it can be counted by hand."""

import numpy as np
import pytest

from avss.data.labels import StoreLabels
from avss.evaluation.label_agreement import ALL, SPEECH, agreement
from avss.speech.phone_labels import PhoneLabels
from avss.speech.phones import PHONES, VISEMES


def labels(source: str, **clips: tuple[str, list[float]]) -> StoreLabels:
    return StoreLabels(
        source,
        {
            clip_id: PhoneLabels(
                np.array([PHONES.index(phone) for phone in phones.split()], np.int8),
                np.array(confidence, np.float32),
            )
            for clip_id, (phones, confidence) in clips.items()
        },
        {},
    )


def test_phones_and_visemes_are_counted_by_the_class_of_the_true_phone():
    truth = labels("exact", a=("SIL P P AA", [1] * 4), b=("M M", [1] * 2), only_here=("Z", [1]))
    guess = labels("alignment", a=("SIL P B SIL", [1, 0.75, 0.25, 0.5]), b=("M AA", [1, 0]))
    table = agreement(truth, guess)
    assert list(table.index) == [*VISEMES, SPEECH, ALL]
    bilabial = table.loc["bilabial"]
    assert (bilabial.frames, bilabial.same_phone, bilabial.same_viseme) == (4, 0.5, 0.75)
    assert bilabial.weighted == pytest.approx(1.75 / 2)
    assert bilabial.confidence == pytest.approx(0.5)
    assert table.loc[SPEECH, ["frames", "same_phone"]].tolist() == [5, pytest.approx(2 / 5)]
    assert table.loc[ALL, ["frames", "same_phone"]].tolist() == [6, pytest.approx(3 / 6)]
    assert table.loc["dental", "frames"] == 0
    assert np.isnan(table.loc["dental", "same_phone"])


def test_labels_agree_with_themselves():
    truth = labels("exact", a=("SIL P AA", [1, 0.5, 0]))
    table = agreement(truth, truth)
    assert table.loc[ALL, ["same_phone", "same_viseme", "weighted"]].tolist() == [1, 1, 1]


def test_labels_of_no_common_clip_are_refused():
    with pytest.raises(ValueError, match="'exact' and 'alignment'"):
        agreement(labels("exact", a=("P", [1])), labels("alignment", b=("P", [1])))
