"""Exact diffuse log-likelihoods and smoothed components of basic structural models. Writes unobserved.json.

python make_unobserved.py   (statsmodels 0.15.0; series.json beside it)
"""

import json

import numpy as np
import statsmodels
from statsmodels.tsa.statespace.structural import UnobservedComponents

series = json.load(open("series.json"))
cases = []


def run(name, of, y, trig, variances, at, **more):
    s = more.pop("period")
    kind = {"freq_seasonal": [{"period": s}]} if trig else {"seasonal": s}
    model = UnobservedComponents(y, "lltrend", use_exact_diffuse=True, **kind, **more)
    params = dict(zip(model.param_names, [variances[n] for n in ("irregular", "level", "slope", "seasonal")]))
    result = model.smooth([params[n] for n in model.param_names])
    seasonal = (result.freq_seasonal[0] if trig else result.seasonal)
    cases.append(
        {
            "name": name,
            "of": of,
            "period": s,
            "trigonometric": trig,
            "variances": variances,
            "logLikelihood": result.llf,
            "steps": at,
            "level": [result.level.smoothed[t] for t in at],
            "levelVariance": [result.level.smoothed_cov[t] for t in at],
            "seasonal": [seasonal.smoothed[t] for t in at],
            "seasonalVariance": [seasonal.smoothed_cov[t] for t in at],
        }
    )


gas, air = np.log(series["UKgas"]), np.log(series["AirPassengers"])
for trig, v in (
    (False, (0.00182249401, 0, 7.90126633e-06, 0.00330858993)),
    (True, (0.00161687138, 0, 7.48047233e-06, 0.000840906608)),
):
    names = dict(zip(("irregular", "level", "slope", "seasonal"), v))
    run("UKgas " + ("trigonometric" if trig else "dummy"), "UKgas", gas, trig, names, [0, 3, 40, 107], period=4)
for trig, v in (
    (False, (1.29510541e-4, 6.99449288e-4, 0, 6.41291605e-5)),
    (True, (2.34355359e-4, 2.98277474e-4, 0, 3.55769386e-6)),
):
    names = dict(zip(("irregular", "level", "slope", "seasonal"), v))
    run("AirPassengers " + ("trigonometric" if trig else "dummy"), "AirPassengers", air, trig, names, [0, 5, 70, 143], period=12)

with open("unobserved.json", "w") as file:
    source = f"statsmodels {statsmodels.__version__}, UnobservedComponents, exact diffuse"
    body = ",\n".join("  " + json.dumps(case) for case in cases)
    file.write('{"source": ' + json.dumps(source) + ', "cases": [\n' + body + "\n]}\n")
