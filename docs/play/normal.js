"use strict";

// A normal law and a sample: the fit is two averages.
const Normal = {
  // mean = Σ x / n
  mean: (points) => points.reduce((sum, x) => sum + x, 0) / points.length,

  // sd² = Σ (x − mean)² / n, or over n − 1
  sd(points, divisor = points.length) {
    if (points.every((x) => x === points[0])) return 0;
    const mean = Normal.mean(points);
    return Math.sqrt(points.reduce((sum, x) => sum + (x - mean) ** 2, 0) / divisor);
  },

  // exp(−(x − mean)²/(2 sd²)) / (sd √(2π))
  density: (x, mean, sd) => Math.exp(-(((x - mean) / sd) ** 2) / 2) / (sd * Math.sqrt(2 * Math.PI)),

  // Σ log density, at the fitted mean and sd: −(n/2) (log(2π sd²) + 1)
  logLikelihood: (points) => (-points.length / 2) * (Math.log(2 * Math.PI * Normal.sd(points) ** 2) + 1),
};
