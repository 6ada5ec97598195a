"""What an editor and a type checker know of mlekit: pyright reads this file, nobody runs it (see test_types.py)."""

from __future__ import annotations

from typing import assert_type

import numpy as np
import pandas as pd
import scipy.stats
import torch
from numpy.typing import NDArray

import lm
import lm.fit
import mlekit
from mlekit.inference.bootstrap import Bootstrap
from mlekit.inference.decompose import Decomposition
from mlekit.inference.estimates import Estimate
from mlekit.inference.evaluation import Evaluation
from mlekit.inference.likelihood_ratio import Test
from mlekit.inference.posterior import Posterior
from mlekit.inference.profile import Profile
from mlekit.show import Explanation, Picture

Floats = NDArray[np.float64]
frame = pd.DataFrame({"y": [1, 2], "x": [0, 1], "shop": ["a", "b"]})

# A distribution or a regression is a Fit, groups are a GroupedFit, and other models have fits of their own.
coin = mlekit.fit([1, 0], family="bernoulli")
shops = mlekit.fit(frame, "y", family="poisson", by="shop")
net = mlekit.fit([[0.0]], [1.0], family=mlekit.network(torch.nn.Linear(1, 1), "normal"))
words = mlekit.fit(["ada", "eva"], family=lm.Bigram(), prior=None)
assert_type(coin, mlekit.Fit)
assert_type(shops, mlekit.GroupedFit)
assert_type(net, mlekit.NetworkFit)
assert_type(words, lm.fit.Fit)
assert_type(mlekit.fit(["ada", "eva"], family=lm.GRU()), lm.fit.Fit)
assert_type(mlekit.fit(frame, {"mean": "y ~ x"}, family="normal", weights=[1, 2], missing="drop"), mlekit.Fit)
assert_type(mlekit.fit([1.0, 2.0], family=scipy.stats.burr12), mlekit.Fit)
assert_type(mlekit.fit(frame, "y", family="poisson", by=["shop", "x"]), mlekit.GroupedFit)

# So it is with an Estimator.
assert_type(mlekit.Estimator("bernoulli").fit([1, 0]), mlekit.Fit)
assert_type(mlekit.Estimator("poisson").fit(frame, "y", by="shop"), mlekit.GroupedFit)
assert_type(mlekit.Estimator(lm.Ngram(2)).fit(["ada"]), lm.fit.Fit)
assert_type(mlekit.Estimator(mlekit.network(torch.nn.Linear(1, 1), "normal")).fit([[0.0]], [1.0]), mlekit.NetworkFit)
assert_type(mlekit.merge(coin, coin), mlekit.Fit)

# Numbers of a fit are floats, and Series of groups.
assert_type(coin.llf, float)
assert_type(coin.aic, float)
assert_type(coin.bic, float)
assert_type(coin["p"], float)
assert_type(net.nobs, float)
assert_type(shops.llf, pd.Series)
assert_type(shops.aic, pd.Series)
assert_type(shops["a"], mlekit.Fit)
assert_type(shops.failed, pd.Index)

# Tables are those of pandas.
assert_type(coin.params, pd.Series)
assert_type(coin.bse, pd.Series)
assert_type(shops.params, pd.DataFrame)
assert_type(shops.pvalues, pd.DataFrame)
assert_type(coin.conf_int(), pd.DataFrame)
assert_type(shops.conf_int("rate"), pd.DataFrame)
assert_type(coin.tidy(), pd.DataFrame)
assert_type(coin.predict(interval="confidence"), pd.DataFrame)
assert_type(coin.quantile([0.5], interval=True), pd.DataFrame)
assert_type(coin.cdf(0.5), float)
assert_type(coin.cdf([0.5, 1.0]), Floats)
assert_type(coin.log_prob([1]), Floats)

# Other answers are classes.
assert_type(coin.estimate("odds"), Estimate)
assert_type(coin.lr_test(coin), Test)
assert_type(coin.profile("p"), Profile)
assert_type(coin.bootstrap(9), Bootstrap)
assert_type(coin.posterior(), Posterior)
assert_type(coin.decompose(), Decomposition)
assert_type(coin.evaluate([1]), Evaluation)
assert_type(net.evaluate([[0.0]], [1.0]), Evaluation)
assert_type(coin.with_cov("robust"), mlekit.Fit)
assert_type(coin.verdict, mlekit.Verdict)
assert_type(shops.explain(), Explanation)
assert_type(coin.plot(), Picture)
