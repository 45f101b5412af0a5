"""Dynamax and cuthbert on the models and data of docs/accuracy.md, in JAX's float32: errors against float64.

    python bench/peers/float32_peers.py CASES RESULT.json [--float64]

CASES is a folder written by `node scripts/accuracy_cases.mjs`. Packages: jax, dynamax, cuthbert, numpy. With --float64 the
same calls run in double precision: that shows that conventions agree, and is not a result. Rows that RESULT.json has are
kept and not run again.
"""

import argparse
import datetime
import json
import pathlib
import platform
from importlib.metadata import version

import jax
import numpy as np


def options():
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("result", type=pathlib.Path)
    parser.add_argument("--float64", action="store_true")
    return parser.parse_args()


ARGS = options()
jax.config.update("jax_enable_x64", ARGS.float64)
DTYPE = np.float64 if ARGS.float64 else np.float32

import cuthbert.filtering  # noqa: E402
import cuthbert.smoothing  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from cuthbert.gaussian import kalman  # noqa: E402
from cuthbertlib.kalman import filtering as kalman_steps  # noqa: E402
from dynamax.linear_gaussian_ssm import inference as dynamax_serial  # noqa: E402
from dynamax.linear_gaussian_ssm import parallel_inference as dynamax_parallel  # noqa: E402

MOMENTS = ("filteredMeans", "filteredCovariances", "smoothedMeans", "smoothedCovariances")


def read(path):
    """One case: the model and data in the tested precision, the exact answers in float64."""
    case = json.loads(path.read_text())
    numbers = np.fromfile(path.with_suffix(".bin"), "<f8")
    steps, n = case["steps"], len(case["model"]["initial"]["mean"])
    shapes = {
        "observations": case["arrays"]["observations"]["shape"],
        "filteredMeans": [steps, n],
        "smoothedMeans": [steps, n],
        "filteredCovariances": [steps, n, n],
        "smoothedCovariances": [steps, n, n],
    }
    arrays = {}
    for key, shape in shapes.items():
        offset = case["arrays"][key]["offset"]
        arrays[key] = numbers[offset : offset + int(np.prod(shape))].reshape(shape)
    part = lambda group, key: np.array(case["model"][group][key], np.float64)
    model = {
        "m": part("initial", "mean"),
        "S": part("initial", "covariance"),
        "F": part("dynamics", "weights"),
        "Q": part("dynamics", "covariance"),
        "H": part("emissions", "weights"),
        "R": part("emissions", "covariance"),
        "y": arrays["observations"],
    }
    return case, model, arrays


def factor(a):
    """Lower triangular L with L L' = a in float64; a may be singular."""
    low = np.zeros_like(a)
    for j in range(len(a)):
        for i in range(j, len(a)):
            rest = a[i, j] - low[i, :j] @ low[j, :j]
            if i == j:
                low[i, j] = np.sqrt(rest) if rest > 1e-14 * a[i, i] else 0
            elif low[j, j] > 0:
                low[i, j] = rest / low[j, j]
    return low


def dynamax(module):
    """The prior is on the first state, which emits the first observation: as in ours."""

    @jax.jit
    def run(p):
        params = dynamax_serial.make_lgssm_params(p["m"], p["S"], p["F"], p["Q"], p["H"], p["R"])
        out = module.lgssm_smoother(params, p["y"])
        filtered = out.filtered_means, out.filtered_covariances
        return *filtered, out.smoothed_means, out.smoothed_covariances, out.marginal_loglik

    def answer(model):
        given = {key: jnp.asarray(value, DTYPE) for key, value in model.items()}
        return [np.asarray(x, np.float64) for x in run(given)]

    return answer


def cuthbert_kalman(parallel):
    """Its first state emits nothing: y_0 is taken into the prior by its own update."""

    @jax.jit
    def run(p):
        zeros_n, zeros_m = jnp.zeros_like(p["m"]), jnp.zeros_like(p["y"][0])
        (mean, low), first = kalman_steps.update(p["m"], p["S"], p["H"], zeros_m, p["R"], p["y"][0])
        dynamics = lambda y: (p["F"], zeros_n, p["Q"])
        emission = lambda y: (p["H"], zeros_m, p["R"], y)
        filter_object = kalman.build_filter(mean, low, dynamics, emission)
        start = filter_object.init_prepare()
        start = start._replace(elem=start.elem._replace(ell=first))
        states = cuthbert.filtering.filter(filter_object, p["y"][1:], start, parallel=parallel)
        smoothed = cuthbert.smoothing.smoother(kalman.build_smoother(dynamics), states, parallel=parallel)
        filtered = states.mean, states.chol_cov
        return *filtered, smoothed.mean, smoothed.chol_cov, states.log_normalizing_constant[-1]

    def answer(model):
        given = {key: jnp.asarray(model[key], DTYPE) for key in ("m", "F", "H", "y")}
        given |= {key: jnp.asarray(factor(model[key]), DTYPE) for key in ("S", "Q", "R")}
        means, low, smoothed_means, smoothed_low, log_likelihood = (np.asarray(x, np.float64) for x in run(given))
        square = lambda a: a @ np.swapaxes(a, -1, -2)
        return [means, square(low), smoothed_means, square(smoothed_low), log_likelihood]

    return answer


def errors(got, case, exact):
    """As errors() in test-browser/accuracy.ts; None = not finite."""
    result = {}
    finite = lambda x: float(f"{x:.6g}") if np.isfinite(x) else None
    for kind, means, covariances in (("filtered", got[0], got[1]), ("smoothed", got[2], got[3])):
        true_means, true = exact[f"{kind}Means"], exact[f"{kind}Covariances"]
        variances = np.einsum("tii->ti", true)
        scale = np.where(
            variances > 1e-18, np.sqrt(np.maximum(variances, 0)), np.maximum(1, np.abs(true_means))
        )
        both = np.sqrt(np.maximum(variances[:, :, None] * variances[:, None, :], 0))
        with np.errstate(over="ignore", invalid="ignore"):
            result[f"{kind}Means"] = finite(np.max(np.abs(means - true_means) / scale))
            change = np.abs(covariances - true)
            result[f"{kind}Covariances"] = finite(np.max(change / np.where(both > 1e-18, both, 1)))
    true = case["marginalLogLikelihood"]
    value = float(got[4])
    result["logLikelihood"] = finite(abs(value - true) / max(1, abs(true)))
    result["value"] = finite(value) if not np.isfinite(value) else value
    return result


IMPLEMENTATIONS = {
    "Dynamax serial": dynamax(dynamax_serial),
    "Dynamax parallel": dynamax(dynamax_parallel),
    "cuthbert serial": cuthbert_kalman(False),
    "cuthbert parallel": cuthbert_kalman(True),
}


def report(rows):
    names = ("jax", "dynamax", "cuthbert", "numpy")
    return {
        "what": "largest errors against float64, as in the accuracy table; null = not finite",
        "date": datetime.date.today().isoformat(),
        "dtype": np.dtype(DTYPE).name,
        "platform": jax.default_backend(),
        "versions": {**{name: version(name) for name in names}, "python": platform.python_version()},
        "rows": rows,
    }


def main():
    rows = json.loads(ARGS.result.read_text())["rows"] if ARGS.result.exists() else []
    done = {(row["model"], row["steps"]) for row in rows}
    # Cases of one size one after another: compiled once.
    for path in sorted(ARGS.cases.glob("*.json"), key=lambda p: (p.with_suffix(".bin").stat().st_size, p.name)):
        case, model, exact = read(path)
        if (case["name"], case["steps"]) in done:
            continue
        missing = bool(np.isnan(model["y"]).any())
        row = {"model": case["name"], "steps": case["steps"], "logLikelihood": case["marginalLogLikelihood"], "runs": {}}
        for name, run in IMPLEMENTATIONS.items():
            # Dynamax has no missing entries.
            if not (missing and name.startswith("Dynamax")):
                row["runs"][name] = errors(run(model), case, exact)
        rows.append(row)
        print(json.dumps(row), flush=True)
        ARGS.result.write_text(json.dumps(report(rows), indent=1) + "\n")


main()
