"""scikit-learn's histogram boosting on a table that `multitab export` wrote, by its own split.

    python3 bench/histBoosting.py table.csv      needs scikit-learn 1.7 or later; settings are read from table.csv.json

Prints a line of JSON: per task the metric of the workbench (area under the ROC curve, the mean of one against the rest for several
classes; explained variance) on the test rows. One booster per task with the defaults of scikit-learn, its number of trees chosen on the
validation rows.
"""

import csv
import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import explained_variance_score, roc_auc_score

path = sys.argv[1]
settings = json.load(open(path + ".json"))
with open(path, newline="", encoding="utf-8") as file:
    header, *rows = list(csv.reader(file))
columns = {name: np.array([row[i] for row in rows], dtype=object) for i, name in enumerate(header)}
features = []
for feature in settings["features"]:
    values = columns[feature["name"]]
    if feature["kind"] == "categorical":
        codes = {name: code for code, name in enumerate(feature["categories"])}
        values = [codes.get(value, np.nan) for value in values]
    features.append(np.array(values, dtype=np.float64))
x = np.stack(features, axis=1)
is_categorical = [feature["kind"] == "categorical" and len(feature["categories"]) <= 255 for feature in settings["features"]]
split = columns["split"]

scores = {}
for task in settings["tasks"]:
    labels = columns[task["name"]]
    labelled = labels != ""
    train, val, test = (labelled & (split == part) for part in ("train", "val", "test"))
    is_regression = task["type"] == "regression"
    if is_regression:
        y = np.array([float(label) if label != "" else np.nan for label in labels])
    else:
        codes = {name: code for code, name in enumerate(task["classes"])}
        y = np.array([codes.get(label, -1) for label in labels])
    kind = HistGradientBoostingRegressor if is_regression else HistGradientBoostingClassifier
    booster = kind(max_iter=500, early_stopping=True, n_iter_no_change=20, categorical_features=is_categorical, random_state=0)
    booster.fit(x[train], y[train], X_val=x[val], y_val=y[val])
    if is_regression:
        scores[task["name"]] = explained_variance_score(y[test], booster.predict(x[test]))
        continue
    chances = booster.predict_proba(x[test])
    if chances.shape[1] == 2:
        scores[task["name"]] = roc_auc_score(y[test], chances[:, 1])
        continue
    # A class that no training or test row has does not count.
    present = [i for i, code in enumerate(booster.classes_) if 0 < np.sum(y[test] == code) < np.sum(test)]
    scores[task["name"]] = float(np.mean([roc_auc_score(y[test] == booster.classes_[i], chances[:, i]) for i in present]))
print(json.dumps(scores))
