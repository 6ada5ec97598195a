"use strict";

// Numbers as people read them: ∞ where infinite, a dash where there is none, and no negative zero.
const Numbers = {
  fixed(x, digits = 3) {
    if (Number.isNaN(x)) return "—";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "-∞";
    const text = x.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text;
  },

  // In sentences: a true minus sign.
  told: (x, digits = 3) => Numbers.fixed(x, digits).replace("-", "−"),

  // As few digits as the number has.
  short: (x) => String(Math.round(x * 1000) / 1000).replace("-", "−"),

  whole: (x) => Math.round(x).toLocaleString("en"),

  percent: (x) => (x > 0 && x < 0.0001 ? "under 0.01 %" : `${(100 * x).toFixed(2)} %`),

  clamp: (x, low, high) => Math.min(high, Math.max(low, x)),

  // From 0 to x or a little more, in two to five steps of 1, 2 or 5 times a power of ten.
  ticks(x) {
    const ten = 10 ** Math.floor(Math.log10(x / 2));
    const step = [1, 2, 5].map((k) => k * ten).find((size) => x <= 5 * size);
    return Array.from({ length: Math.ceil(x / step - 1e-9) + 1 }, (_, i) => i * step);
  },
};
