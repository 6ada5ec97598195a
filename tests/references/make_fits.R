# Data for the one-sample fits, and what R says of them.   Rscript make_fits.R  ->  r_fits.json
# make_fits.py takes these estimates as starts, finishes them at 100 digits and writes fits_*.json.
suppressPackageStartupMessages({library(fitdistrplus); library(MASS); library(survival)})
source("_io.R")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

rows <- function(case) if (is.null(case$weights)) case$data else rep(case$data, case$weights)

# ---- what R finds -------------------------------------------------------------------------------------------------

# fitdistrplus, in units of `unit`: its optim is not made for data of size 1e-6.
by_fitdist <- function(case, law, rename) {
  unit <- if (is.null(case$unit)) 1 else case$unit
  x <- rows(case)
  fit <- fitdist(x / unit, law, control = list(reltol = 1e-15, maxit = 5000))
  list(estimate = named(rename(fit$estimate, unit)), llf = fit$loglik - if (law == "pois") 0 else length(x) * log(unit))
}

r_normal <- function(case) {
  x <- rows(case)
  n <- length(x)
  m <- mean(x)
  list(estimate = list(mean = m, sd = sqrt(mean((x - m)^2))),
       exact = list(mean = as.numeric(t.test(x)$conf.int),
                    sd = sqrt(sum((x - m)^2) / qchisq(c(0.975, 0.025), n - 1))))
}

r_exponential <- function(case) {
  x <- rows(case)
  c(by_fitdist(case, "exp", function(e, u) c(mean = u / e[["rate"]])),
    list(exact = list(mean = 2 * sum(x) / qchisq(c(0.975, 0.025), 2 * length(x)))))
}

r_gamma <- function(case) by_fitdist(case, "gamma", function(e, u) c(mean = u * e[["shape"]] / e[["rate"]], shape = e[["shape"]]))

r_weibull <- function(case) {
  x <- rows(case)
  unit <- if (is.null(case$unit)) 1 else case$unit
  fit <- survreg(Surv(x / unit, rep(1, length(x))) ~ 1, dist = "weibull", control = list(rel.tolerance = 1e-14))
  list(estimate = list(scale = unit * exp(coef(fit)[[1]]), shape = 1 / fit$scale),
       llf = fit$loglik[[1]] - length(x) * log(unit))
}

# Several peaks are possible: a grid of starts, the best kept.
r_student_t <- function(case) {
  x <- rows(case)
  centre <- median(x)
  unit <- mad(x)
  z <- (x - centre) / unit
  nll <- function(p) -sum(dt((z - p[1]) / exp(p[2]), exp(p[3]), log = TRUE) - p[2])
  starts <- expand.grid(unname(quantile(z, c(0.1, 0.3, 0.5, 0.7, 0.9))), c(-2, 0, 1), log(c(0.5, 2, 10)))
  fits <- apply(starts, 1, function(s) {
    fit <- optim(s, nll, method = "Nelder-Mead", control = list(maxit = 5000, reltol = 1e-14))
    optim(fit$par, nll, method = "BFGS", control = list(maxit = 1000, reltol = 1e-15))
  }, simplify = FALSE)
  best <- fits[[which.min(vapply(fits, `[[`, 0, "value"))]]
  list(estimate = list(loc = centre + unit * best$par[[1]], scale = unit * exp(best$par[[2]]), df = exp(best$par[[3]])),
       llf = -best$value - length(x) * log(unit))
}

r_bernoulli <- function(case) {
  x <- rows(case)
  list(estimate = list(p = mean(x)), exact = list(p = as.numeric(binom.test(sum(x), length(x))$conf.int)))
}

r_binomial <- function(case) {
  x <- rows(case)
  list(estimate = list(p = sum(x) / (10 * length(x))), llf = sum(dbinom(x, 10, sum(x) / (10 * length(x)), log = TRUE)),
       exact = list(p = as.numeric(binom.test(sum(x), 10 * length(x))$conf.int)))
}

r_poisson <- function(case) {
  x <- rows(case)
  list(estimate = list(rate = mean(x)), llf = sum(dpois(x, mean(x), log = TRUE)),
       exact = list(rate = as.numeric(poisson.test(sum(x), length(x))$conf.int)))
}

r_categorical <- function(case) {
  x <- if (is.null(case$weights)) table(case$data) else xtabs(case$weights ~ case$data)
  counts <- setNames(as.numeric(x), names(x))
  used <- counts[counts > 0]
  list(estimate = setNames(as.list(counts / sum(counts)), paste0("p[", names(counts), "]")),
       llf = sum(used * log(used / sum(counts))),
       exact = setNames(lapply(counts, function(k) as.numeric(binom.test(k, sum(counts))$conf.int)), paste0("p[", names(counts), "]")))
}

# ---- the data -----------------------------------------------------------------------------------------------------

set.seed(1)
case <- function(name, data, weights = NULL, unit = NULL) list(name = name, data = data, weights = weights, unit = unit)
times <- function(n) sample(0:5, n, replace = TRUE)

data <- list(
  bernoulli = list(
    case("ordinary", rbinom(40, 1, 0.3)),
    case("small", c(1, 0, 1, 1, 0, 1, 1, 1)),
    case("weights", c(0, 1), c(880, 120)),
    case("fractions", c(1, 0, 1, 0), c(2.5, 4.25, 0.75, 3)),
    case("all_heads", rep(1, 20)),
    case("all_tails", rep(0, 8))),
  binomial = list(
    case("ordinary", rbinom(30, 10, 0.62)),
    case("small", c(1, 0, 2, 0, 0, 1, 0, 1)),
    case("weights", 0:10, c(0, 1, 0, 4, 9, 12, 11, 8, 3, 1, 0)),
    case("all_failures", rep(0, 8))),
  categorical = list(
    case("ordinary", sample(c("a", "b", "c", "d"), 60, replace = TRUE, prob = c(0.4, 0.3, 0.2, 0.1))),
    case("small", c("no", "yes", "no", "maybe", "no", "yes", "no", "maybe")),
    case("weights", c("x", "y", "z"), c(5, 12, 83)),
    case("empty_level", c("blue", "green", "red"), c(4, 6, 0))),
  poisson = list(
    case("ordinary", rpois(50, 3.7)),
    case("small", c(0, 1, 0, 0, 2, 0, 1, 0)),
    case("large", rpois(20, 1e6)),
    case("weights", 0:7, c(11, 20, 15, 9, 4, 2, 0, 1)),
    case("fractions", c(2, 5, 3, 8, 0), c(1.5, 0.25, 2, 0.75, 1)),
    case("all_zero", rep(0, 12))),
  normal = list(
    case("ordinary", round(rnorm(40, 20, 4), 2)),
    case("small", c(72.1, 75.3, 71.2, 73.8, 74.4, 70.9, 73.1, 76.5)),
    case("shifted", round(1e9 + rnorm(25, 0, 1e-3), 5)),
    case("micro", signif(rnorm(20, 3e-6, 1e-6), 5), unit = 1e-6),
    case("weights", round(rnorm(15, -5, 2), 2), times(15)),
    case("fractions", round(rnorm(10, 3, 1), 3), sample(1:12, 10) / 4)),
  exponential = list(
    case("ordinary", signif(rexp(40, 1 / 12), 4)),
    case("small", signif(rexp(8), 4)),
    case("micro", signif(rexp(20, 1e6), 5), unit = 1e-6),
    case("mega", signif(rexp(20, 1e-6), 5), unit = 1e6),
    case("weights", signif(rexp(12, 0.5), 3), times(12))),
  gamma = list(
    case("ordinary", signif(rgamma(40, 2.5, 0.1), 4)),
    case("small", signif(rgamma(8, 1.4, 2), 4)),
    case("micro", signif(rgamma(20, 3, 1e6), 5), unit = 1e-6),
    case("mega", signif(rgamma(20, 0.8, 1e-6), 5), unit = 1e6),
    case("small_shape", signif(rgamma(30, 0.08, 1), 5)),
    case("large_shape", signif(rgamma(30, 2000, 100), 7)),
    case("weights", signif(rgamma(12, 4, 1), 3), times(12)),
    case("fractions", signif(rgamma(10, 2, 1), 4), sample(1:12, 10) / 4)),
  weibull = list(
    case("ordinary", signif(rweibull(40, 1.7, 8), 4)),
    case("small", signif(rweibull(8, 0.9, 3), 4)),
    case("micro", signif(rweibull(20, 2.2, 1e-6), 5), unit = 1e-6),
    case("mega", signif(rweibull(20, 1.2, 1e6), 5), unit = 1e6),
    case("small_shape", signif(rweibull(25, 0.25, 1), 5)),
    case("large_shape", signif(rweibull(25, 60, 10), 6)),
    case("weights", signif(rweibull(12, 1.5, 2), 3), times(12))),
  student_t = list(
    case("ordinary", signif(10 + 2 * rt(60, 3), 5)),
    case("small", c(0.12, -0.35, 0.41, 0.08, -0.22, 0.3, 2.6, -1.7)),
    case("shifted", 1e6 + signif(rt(50, 4), 5)),
    case("micro", signif(5e-6 + 1e-6 * rt(60, 2), 5), unit = 1e-6),
    case("weights", signif(3 * rt(20, 2.5), 3), sample(1:4, 20, replace = TRUE))))

asked <- list(bernoulli = r_bernoulli, binomial = r_binomial, categorical = r_categorical, poisson = r_poisson,
              normal = r_normal, exponential = r_exponential, gamma = r_gamma, weibull = r_weibull, student_t = r_student_t)

# Fractions of a row: in R four times the weights, which moves no maximum, and a quarter of the likelihood.
quarters <- function(ask) function(case) {
  if (is.null(case$weights) || all(case$weights %% 1 == 0)) return(ask(case))
  case$weights <- 4 * case$weights
  r <- ask(case)
  list(estimate = r$estimate, llf = if (!is.null(r$llf)) r$llf / 4)
}

answers <- Map(function(cases, ask) lapply(cases, function(case) {
  list(name = case$name, data = I(case$data), weights = if (is.null(case$weights)) NULL else I(case$weights), r = quarters(ask)(case))
}), data, asked)
write_reference(list(made_by = "make_fits.R", versions = versions("fitdistrplus", "MASS", "survival", "jsonlite"), fits = answers), "r_fits.json")
