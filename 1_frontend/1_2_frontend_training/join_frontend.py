"""Stage 1.2, last training step: the net that reads lips and the net that knows faces become one frontend.

Later stages load it as one model: PCA, Lip2Phone and FaceToSpeaker in one file.

    python join_frontend.py --config join_frontend_quick.yaml
"""

from pathlib import Path

from rich.console import Console

from avss.errors import ModelError
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.weights import ModelDescription, load_model, read_description, save_model
from avss.terminal import run_script
from avss.training.environment import write_environment
from avss.training.trained_models import whom_it_met


def join_frontend(lips: Path, face: Path, out: Path) -> None:
    """Join two trained nets.

    Args:
        lips: run folder of train_lip2phone.py; the PCA it learned with is in it.
        face: run folder of train_face_to_speaker.py.
        out: where the frontend goes; one that is there is replaced.
    """
    reader, knower = load_model(lips, Frontend), load_model(face, FaceToSpeaker)
    of_lips, of_face = read_description(lips), read_description(face)
    check_strangers(of_lips, of_face)
    frontend = Frontend(reader.lips, reader.pca, knower)
    notes = of_lips.notes | {"face": {"corpus": of_face.corpus, "split": of_face.split, **of_face.notes}}
    save_model(frontend, out, corpus=of_lips.corpus, split=of_lips.split, notes=notes)
    write_environment(out)
    weights = sum(weight.numel() for weight in frontend.parameters())
    summary = f"a frontend of {frontend.size} features, {weights / 1e6:.2f} M weights · {out}"
    Console().print(summary, soft_wrap=True, markup=False, highlight=False)


def check_strangers(lips: ModelDescription, face: ModelDescription) -> None:
    """Check that nobody whom one net learned from is kept back for judging the other.

    Raises:
        ModelError: somebody is.
    """
    for learned, judged in ((lips, face), (face, lips)):
        if met := whom_it_met(learned, Path(judged.corpus), judged.split):
            what = f"one net learned from {', '.join(met)}, who are to judge the other"
            raise ModelError(what, "the same split for both", "train one of them again")


if __name__ == "__main__":
    run_script(join_frontend)
