"""scikit-learn's histogram boosting on one thread, on order: bench/trees.ts measures it in turn with ours.

    python3 bench/treesSpeed.py FOLDER

FOLDER holds values.f32 and codes.f32 ([rows, features], column by column), regression.f32, binary.f32 and about.json. For every line,
`regression` or `binary` and `values` or `codes`, it fits anew and prints a line of JSON: seconds of the processor, and the training
score (share of variance explained, or mean log loss).
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, r2_score

folder = sys.argv[1]
about = json.load(open(f"{folder}/about.json"))
# In the order that scikit-learn bins fastest, so that its time holds no conversion.
x = {
    table: np.fromfile(f"{folder}/{table}.f32", dtype=np.float32).reshape(about["features"], about["rows"]).T
    for table in ("values", "codes")
}
y = {kind: np.fromfile(f"{folder}/{kind}.f32", dtype=np.float32) for kind in ("regression", "binary")}
print(json.dumps({"version": sklearn.__version__}), flush=True)
for line in sys.stdin:
    task, table = line.split()
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    booster = kind(early_stopping=False, **about["settings"])
    started = time.process_time()
    booster.fit(x[table], y[task])
    seconds = time.process_time() - started
    if task == "regression":
        score = r2_score(y[task], booster.predict(x[table]))
    else:
        score = log_loss(y[task], booster.predict_proba(x[table]))
    print(json.dumps({"seconds": seconds, "score": score}), flush=True)
