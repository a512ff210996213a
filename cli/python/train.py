"""Trains one model with CatBoost, for `outwork train`: a job on standard input, progress on standard output, both JSON lines.

Tables are files of float32, column after column; what is missing is NaN. Nothing else is read or written but what the job names.
"""

import json
import sys


def main():
    try:
        import catboost
        import numpy
    except ImportError as error:
        say(error=str(error))
        return 3
    job = json.load(sys.stdin)
    say(catboost=catboost.__version__)

    def read(name, columns):
        values = numpy.fromfile(job["tables"][name], dtype="<f4")
        return numpy.asfortranarray(values.reshape(columns, -1).T)

    def pool(name):
        labels, weights = read(name + ".labels", 2).T
        return catboost.Pool(read(name, job["columns"]), label=labels, weight=weights, feature_names=job["names"])

    class Tell:
        def after_iteration(self, info):
            curve = info.metrics.get("validation", {}).get("Logloss", [None])
            say(iteration=info.iteration, loss=curve[-1])
            return True

    model = catboost.CatBoostClassifier(
        loss_function="Logloss",
        iterations=job["trees"],
        depth=job["depth"],
        learning_rate=job["learning_rate"],
        l2_leaf_reg=job["l2"],
        rsm=job["input_share"],
        border_count=job["borders"],
        monotone_constraints=job["monotone"],
        random_seed=job["seed"],
        thread_count=job["threads"],
        # Symmetric trees are what the edge evaluates; what is missing is less than everything, as it is there.
        grow_policy="SymmetricTree",
        nan_mode="Min",
        boosting_type="Plain",
        bootstrap_type="Bernoulli",
        subsample=0.8,
        early_stopping_rounds=job["early_stopping"],
        use_best_model=True,
        allow_writing_files=False,
        logging_level="Silent",
    )
    model.fit(pool("train"), eval_set=pool("validate"), callbacks=[Tell()])
    model.save_model(job["model"], format="json")
    check = read("check", job["columns"])
    model.predict(check, prediction_type="RawFormulaVal", thread_count=job["threads"]).astype("<f8").tofile(job["raw"])
    # Monotone constraints give values to leaves that no row fell into; CatBoost then weighs leaves by the rows it is asked about,
    # and not by those it learned from. So it is asked about those, too, and the others weigh nothing.
    learned, weights = (read("train", job["columns"]), read("train.labels", 2)[:, 1]) if any(job["monotone"]) else (check[:0], check[:0, 0])
    asked = numpy.concatenate([check, learned])
    weights = numpy.concatenate([numpy.zeros(len(check), "<f4"), weights]) if len(learned) else None
    shap = model.get_feature_importance(catboost.Pool(asked, weight=weights, feature_names=job["names"]), type="ShapValues", thread_count=job["threads"])
    numpy.ascontiguousarray(shap[: len(check)]).astype("<f8").tofile(job["shap"])
    say(trees=model.tree_count_)
    return 0


def say(**line):
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())
