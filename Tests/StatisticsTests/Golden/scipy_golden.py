"""Writes scipy.json: what SciPy and statsmodels say about worked examples.

Usage: python scipy_golden.py > scipy.json
"""

import json
import sys
import warnings

import numpy as np
import scipy
import statsmodels
from scipy import optimize, stats
from scipy.stats import _resampling
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower

warnings.simplefilter("ignore")
rng = np.random.default_rng(20240)


def score_pairs():
    """Differences of decimal scores: plain, with ties, with zeros, of many sizes."""
    pairs = []
    for n, digits, shift in [
        (5, 6, 0.05), (8, 6, 0.0), (10, 2, 0.03), (13, 1, 0.1), (13, 2, 0.0), (14, 2, 0.02),
        (20, 6, 0.03), (30, 2, 0.0), (50, 6, 0.01), (51, 6, 0.01), (60, 2, 0.02), (120, 3, -0.01),
    ]:
        first = np.clip(rng.normal(0.8 + shift, 0.1, n), 0, 1).round(digits)
        second = np.clip(rng.normal(0.8, 0.1, n), 0, 1).round(digits)
        if digits <= 2:
            second[: n // 5] = first[: n // 5]
        pairs.append((first, second))
    return pairs


def finite(value):
    value = float(value)
    return value if np.isfinite(value) else None


def wilcoxon():
    cases = []
    for first, second in score_pairs():
        difference = (first - second).round(9)
        results = []
        for zeros in ["wilcox", "pratt", "zsplit"]:
            for alternative in ["two-sided", "greater", "less"]:
                for correction in [False, True]:
                    kind = dict(
                        zero_method=zeros, alternative=alternative, correction=correction)
                    normal = stats.wilcoxon(difference, method="asymptotic", **kind)
                    # The choice of the method is the same for both corrections.
                    auto = None if correction else stats.wilcoxon(difference, **kind).pvalue
                    results.append(dict(
                        zeros=zeros, alternative=alternative, correction=correction,
                        automatic=auto, approximate=normal.pvalue))
        cases.append(dict(first=first.tolist(), second=second.tolist(), results=results))
    return cases


def permutation():
    cases = []
    for first, second in score_pairs():
        if len(first) > 13:
            continue
        for alternative in ["two-sided", "greater", "less"]:
            difference = (first - second).round(9)
            result = stats.permutation_test(
                (difference,), np.mean, permutation_type="samples", n_resamples=np.inf,
                alternative=alternative, vectorized=True)
            cases.append(dict(
                first=first.tolist(), second=second.tolist(), alternative=alternative,
                pValue=result.pvalue))
    return cases


def bootstrap():
    samples = {
        "dice": rng.beta(18, 2, 40), "failures": np.r_[rng.beta(30, 3, 26), rng.beta(1, 3, 4)],
        "distance": rng.lognormal(1, 0.8, 25), "few": rng.beta(5, 1, 7),
        "decimal": rng.beta(8, 2, 30).round(2),
    }
    cases = []
    for name, sample in samples.items():
        for estimator in ["mean", "median"]:
            statistic = getattr(np, estimator)
            small = stats.bootstrap(
                (sample,), statistic, n_resamples=400, method="percentile", rng=rng)
            stored = np.sort(small.bootstrap_distribution)
            case = dict(
                name=name, estimator=estimator, values=sample.tolist(), resampled=stored.tolist())
            for method in ["percentile", "BCa"]:
                again = stats.bootstrap(
                    (sample,), statistic, n_resamples=0, bootstrap_result=small, method=method)
                large = stats.bootstrap(
                    (sample,), statistic, n_resamples=100_000, method=method, batch=1000, rng=rng)
                case[method.lower()] = dict(
                    stored=list(again.confidence_interval), large=list(large.confidence_interval))
            case["standardError"] = float(large.standard_error)
            low, high, acceleration = _resampling._bca_interval(
                (sample,), statistic, -1, 0.025, stored, None, np)
            share = _resampling._percentile_of_score(stored, statistic(sample), axis=-1, xp=np)
            case.update(
                bias=float(stats.norm.ppf(share)), acceleration=float(np.squeeze(acceleration)),
                levels=[float(np.squeeze(low)), float(np.squeeze(high))])
            cases.append(case)
    return cases


def distributions():
    p = [1e-300, 1e-20, 1e-8, 0.001, 0.02425, 0.1, 0.3, 0.5, 0.7, 0.975, 0.999999]
    x = [-37.0, -10.0, -3.5, -1.0, -1e-3, 0.0, 0.5, 2.0, 5.0, 8.0]
    student, noncentral = [], []
    for df in [1, 2, 3, 4, 7, 19, 30, 99, 999, 20000]:
        for t in [-30.0, -4.0, -1.5, -0.2, 0.0, 0.7, 2.5, 9.0]:
            student.append(dict(df=df, t=t, p=stats.t.cdf(t, df)))
        for q in [1e-6, 0.005, 0.025, 0.3, 0.9, 0.995]:
            student.append(dict(df=df, t=stats.t.ppf(q, df), p=q))
        for delta in [0.0, 0.5, 2.0, 4.0, -1.0]:
            for t in [-2.0, 0.0, 1.0, 2.5, 6.0]:
                value = stats.nct.cdf(t, df, delta)
                # SciPy has no value in some far tails.
                if np.isfinite(value):
                    noncentral.append(dict(df=df, t=t, delta=delta, p=value))
    return dict(
        normalQuantile=[dict(p=v, x=stats.norm.ppf(v)) for v in p],
        normalCumulative=[dict(x=v, p=stats.norm.cdf(v)) for v in x],
        student=student, noncentral=noncentral)


def corrections():
    cases = []
    for n in [1, 3, 6, 10, 45]:
        p = (rng.random(n) ** 3).round(4)
        adjusted = {
            ours: multipletests(p, method=theirs)[1].tolist()
            for ours, theirs in [
                ("holm", "holm"), ("bonferroni", "bonferroni"), ("benjamini-hochberg", "fdr_bh")]
        }
        cases.append(dict(pValues=p.tolist(), adjusted=adjusted))
    return cases


def power():
    test, cases = TTestPower(), []
    for n in [3, 5, 10, 28, 100, 1000]:
        # Its search stops at six digits; the root of its power function has more.
        effect = float(np.squeeze(test.solve_power(nobs=n, alpha=0.05, power=0.8)))
        effect = optimize.brentq(
            lambda e, n=n: test.power(e, n, 0.05) - 0.8, 0.99 * effect, 1.01 * effect, xtol=1e-13)
        cases.append(dict(
            pairs=n, smallestEffect=effect,
            achieved=test.power(0.1, n, 0.05)))
    needed = [
        dict(effect=e, pairs=int(np.ceil(np.squeeze(test.solve_power(e, alpha=0.05, power=0.8)))))
        for e in [0.05, 0.2, 0.5, 0.8, 1.3]
    ]
    return dict(cases=cases, needed=needed)


def kendall():
    cases = []
    for n in [2, 5, 10, 25]:
        for top in [2, n]:
            a, b = rng.integers(0, top, n), rng.integers(0, top, n)
            cases.append(dict(
                first=a.tolist(), second=b.tolist(), tau=finite(stats.kendalltau(a, b).statistic)))
    return cases


def effects():
    cases = []
    for first, second in score_pairs():
        difference = (first - second).round(9)
        kept = difference[difference != 0]
        ranks = stats.rankdata(abs(kept))
        cases.append(dict(
            first=first.tolist(), second=second.tolist(),
            rankBiserial=float((ranks * np.sign(kept)).sum() / ranks.sum()),
            cohensD=float(difference.mean() / difference.std(ddof=1)),
            cliffsDelta=float(np.sign(first[:, None] - second[None, :]).mean()),
            quartiles=np.percentile(first, [0, 25, 50, 75, 100]).tolist()))
    return cases


json.dump(dict(
    libraries=dict(scipy=scipy.__version__, statsmodels=statsmodels.__version__,
                   numpy=np.__version__),
    wilcoxon=wilcoxon(), permutation=permutation(), bootstrap=bootstrap(),
    distributions=distributions(), corrections=corrections(), power=power(), kendall=kendall(),
    effects=effects()), sys.stdout, allow_nan=False)
