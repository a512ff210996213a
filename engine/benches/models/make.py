"""Makes the rows of `./scripts/bench models`, and trains CatBoost or LightGBM on them: make.py catboost|lightgbm FOLDER, signals' names on stdin."""

import sys
from pathlib import Path

import numpy

SEED, ROWS, TEST, INPUTS = 20261122, 24_000, 4_000, 64
# Of the inputs so many are continuous, and the last are truths; the others are small counts.
CONTINUOUS, TRUTHS = 40, 16
MISSING = 65_535


def rows() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Numbers as signals have them, of two kinds of visitors that overlap; one in ten numbers is missing."""
    random = numpy.random.Generator(numpy.random.PCG64(SEED))
    label = random.integers(0, 2, ROWS)
    style = random.normal(size=(ROWS, 6)) + 0.5 * label[:, None] * numpy.array([1, -1, 0.6, 0, 0, 0])
    mixed = style @ random.normal(size=(6, INPUTS)) + 0.8 * random.normal(size=(ROWS, INPUTS))
    mixed[:, ::3] += numpy.abs(style[:, :1] * style[:, 1:2]) * (label[:, None] - 0.5)
    values = numpy.exp(mixed * 0.5 + 6)
    values[:, CONTINUOUS:-TRUTHS] = numpy.maximum(0, mixed[:, CONTINUOUS:-TRUTHS] * 3 + 6)
    values[:, -TRUTHS:] = mixed[:, -TRUTHS:] > 0
    numbers = numpy.clip(numpy.round(values), 0, MISSING - 1)
    numbers[random.random((ROWS, INPUTS)) < 0.095] = MISSING
    return numbers.astype("<u2"), label


def main() -> None:
    rival, folder = sys.argv[1], Path(sys.argv[2])
    numbers, label = rows()
    table = numbers.astype("f8")
    table[numbers == MISSING] = numpy.nan
    numbers[-TEST:].tofile(folder / "rows.u16")
    table[-TEST:].astype("f4").tofile(folder / "rows.f32")
    {"catboost": catboost, "lightgbm": lightgbm}[rival](folder, table, label, sys.stdin.read().split())


def catboost(folder: Path, table: numpy.ndarray, label: numpy.ndarray, names: list[str]) -> None:
    import catboost

    pool = catboost.Pool(table[:-TEST], label[:-TEST], feature_names=names)
    for trees in (100, 300):
        settings = {"iterations": trees, "depth": 6, "border_count": 31, "learning_rate": 0.1, "random_seed": SEED, "thread_count": 2, "allow_writing_files": False, "verbose": False}
        model = catboost.CatBoostClassifier(**settings).fit(pool)
        model.save_model(str(folder / f"{trees}.json"), format="json", pool=pool)
        model.save_model(str(folder / f"catboost-{trees}.cpp"), format="cpp")
        print(f"catboost-{trees}", float(model.predict(table[-TEST:], prediction_type="RawFormulaVal").sum()))


def lightgbm(folder: Path, table: numpy.ndarray, label: numpy.ndarray, _: list[str]) -> None:
    import lightgbm

    for trees in (100, 300):
        settings = {"objective": "binary", "num_leaves": 31, "learning_rate": 0.1, "seed": SEED, "deterministic": True, "num_threads": 2, "verbose": -1}
        model = lightgbm.train(settings, lightgbm.Dataset(table[:-TEST], label[:-TEST]), trees)
        model.save_model(folder / f"lightgbm-{trees}.txt")
        print(f"lightgbm-{trees}", float(model.predict(table[-TEST:], raw_score=True).sum()))
    print("library", Path(lightgbm.__file__).parent / "lib" / "lib_lightgbm.so")


if __name__ == "__main__":
    main()
