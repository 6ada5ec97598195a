"use strict";

// The coin, s heads in n flips, under a guess θ: each formula of the page, as the code that is that formula.
const Coin = {
  // −q log θ, and nothing where q is 0
  surprise: (q, theta) => (q === 0 ? 0 : -q * Math.log(theta)),

  // loss(θ) = −(s/n) log θ − (1 − s/n) log(1 − θ)
  loss: (s, n, theta) => Coin.surprise(s / n, theta) + Coin.surprise((n - s) / n, 1 - theta),

  // H = loss at θ = s/n
  entropy: (s, n) => Coin.surprise(s / n, s / n) + Coin.surprise((n - s) / n, (n - s) / n),

  // KL = (s/n) log((s/n)/θ) + (1 − s/n) log((1 − s/n)/(1 − θ)) = loss − H
  kl: (s, n, theta) =>
    theta === s / n ? 0 : Math.max(0, Coin.excess(s / n, theta) + Coin.excess((n - s) / n, 1 - theta)),
  excess: (q, theta) => (q === 0 ? 0 : q * Math.log(q / theta)),

  // the slope in the logit, log(θ/(1 − θ)); at 0 and 1 there is no logit
  slope: (s, n, theta) => (Coin.atEnd(theta) ? NaN : theta - s / n),

  // the slope in p: another number
  slopeInP: (s, n, theta) => (Coin.atEnd(theta) ? NaN : (theta - s / n) / (theta * (1 - theta))),
  atEnd: (theta) => theta === 0 || theta === 1,

  // downhill is against the slope
  direction: (s, n, theta) => (theta < s / n ? "up" : theta > s / n ? "down" : "stay"),

  // log C(n, s) = Σ log((n − s + k)/k)
  logChoose(n, s) {
    let sum = 0;
    for (let k = 1; k <= s; k++) sum += Math.log((n - s + k) / k);
    return sum;
  },
};

// Beta(a, b) with a, b ≥ 1: a prior of the coin, and after its flips the posterior Beta(a + s, b + n − s).
const Beta = {
  mode: (a, b) => (a + b === 2 ? NaN : (a - 1) / (a + b - 2)),
  mean: (a, b) => a / (a + b),

  // θ^(a−1) (1 − θ)^(b−1) / B(a, b)
  density: (a, b, theta) =>
    Math.exp(-Coin.surprise(a - 1, theta) - Coin.surprise(b - 1, 1 - theta) - Beta.logArea(a, b)),
  logArea: (a, b) => Beta.logGamma(a) + Beta.logGamma(b) - Beta.logGamma(a + b),

  // log Γ(x): Stirling's series from 10 on, Γ(x) = Γ(x + 1)/x before
  logGamma(x) {
    if (x < 10) return Beta.logGamma(x + 1) - Math.log(x);
    return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
  },
};
