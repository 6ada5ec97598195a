# Data and designs of the regressions, and what R says of them.   Rscript make_regressions.R  ->  r_regressions.json
# make_regressions.py finishes the estimates at 100 digits and writes regressions.json.
suppressPackageStartupMessages({library(MASS); library(survival); library(nnet)})
source("_io.R")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")

# ---- designs ------------------------------------------------------------------------------------------------------

# The formulas are mlekit's; z and s are factors, so R needs no C(), and its zb is formulaic's C(z)[T.b].
plain <- function(formula) as.formula(gsub("C\\((\\w+)\\)", "\\1", formula))
rename <- function(x) gsub("\\b([zs])([abcuv])\\b", "C(\\1)[T.\\2]", sub("^\\(Intercept\\)$", "Intercept", x))

design <- function(formula, data) {
  x <- model.matrix(delete.response(terms(plain(formula))), data)
  list(names = I(rename(colnames(x))), rows = unname(x))
}

# Weights are frequencies: a weight of 2 is a row twice, and R is given the row twice.
expand <- function(case) {
  if (is.null(case$weights)) return(case$data)
  case$data[rep(seq_len(nrow(case$data)), case$data[[case$weights]]), ]
}

first <- function(case) plain(if (is.list(case$formula)) case$formula[[1]] else case$formula)

offset_of <- function(case, data) if (is.null(case$offset)) rep(0, nrow(data)) else data[[case$offset]]

# ---- sandwiches by their formulas -----------------------------------------------------------------------------------

# (X'WX)^-1 X' diag(e^2 / (1 - h)^p) X (X'WX)^-1; e is the score's residual y - mean, W the working weights.
sandwich <- function(x, e, w, power = 0, factor = 1) {
  size <- sqrt(colSums(w * x^2))
  bread <- solve(crossprod(sweep(x * sqrt(w), 2, size, "/"))) / outer(size, size)
  h <- rowSums((x %*% bread) * x) * w
  unname(factor * bread %*% crossprod(x * (e / (1 - h)^(power / 2))) %*% bread)
}

hc <- function(fit, w, kinds) {
  x <- model.matrix(fit)
  n <- nrow(x)
  e <- if (inherits(fit, "glm")) fit$y * fit$prior.weights - fitted(fit) * fit$prior.weights else residuals(fit)
  every <- list(hc0 = sandwich(x, e, w), hc1 = sandwich(x, e, w, factor = n / (n - ncol(x))),
                hc2 = sandwich(x, e, w, power = 1), hc3 = sandwich(x, e, w, power = 2))
  every[kinds]
}

# ---- what R finds ---------------------------------------------------------------------------------------------------

r_linear <- function(case) {
  data <- expand(case)
  data$.offset <- offset_of(case, data)
  new_data <- case$new
  new_data$.offset <- offset_of(case, new_data)
  fit <- lm(update(first(case), . ~ . + offset(.offset)), data)
  s <- summary(fit)
  new <- predict(fit, new_data, se.fit = TRUE)
  list(coef = named(coef(fit)), sd = sqrt(mean(residuals(fit)^2)), llf = as.numeric(logLik(fit)),
       unbiased = list(sd = s$sigma, bse = unname(s$coefficients[, 2]), pvalues = unname(s$coefficients[, 4]),
                       conf_int = unname(confint(fit)), df_resid = fit$df.residual),
       hc = hc(fit, rep(1, nrow(data)), c("hc0", "hc1", "hc2", "hc3")),
       residuals = if (is.null(case$weights)) list(response = unname(residuals(fit))),
       predict = list(
         mean = unname(new$fit), unbiased_std_error = unname(new$se.fit),
         unbiased_interval = unname(predict(fit, new_data, interval = "prediction")[, 2:3])))
}

r_glm <- function(law, grouped = FALSE) function(case) {
  data <- expand(case)
  data$.offset <- offset_of(case, data)
  formula <- update(first(case), . ~ . + offset(.offset))
  new <- case$new
  new$.offset <- offset_of(case, new)
  if (!is.null(case$trials)) {
    data$.trials <- case$trials
    formula <- update(formula, cbind(y, .trials - y) ~ .)
  }
  fit <- glm(formula, law, data, control = glm.control(epsilon = 1e-14, maxit = 100))
  link <- predict(fit, new, se.fit = TRUE)
  mean <- predict(fit, new, type = "response", se.fit = TRUE)
  x <- list(
    coef = named(coef(fit)), llf = as.numeric(logLik(fit)),
    residuals = if (is.null(case$weights)) lapply(
      list(pearson_glm = "pearson", deviance_glm = "deviance"), function(type) unname(residuals(fit, type))),
    predict = list(linear = unname(link$fit), mean = unname(mean$fit)))
  if (law$family == "Gamma") {
    shape <- gamma.shape(fit, it.lim = 100, eps.max = 1e-14)
    mu <- fitted(fit)
    return(modifyList(x, list(shape = shape$alpha, shape_std_error = shape$SE,
                              llf = sum(dgamma(fit$y, shape$alpha, shape$alpha / mu, log = TRUE)))))
  }
  modifyList(x, list(bse = unname(summary(fit)$coefficients[, 2]), hc = hc(fit, fit$weights, c("hc0", "hc1")),
                     predict = list(linear_std_error = unname(link$se.fit), mean_std_error = unname(mean$se.fit))))
}

r_softmax <- function(case) {
  fit <- multinom(first(case), expand(case), trace = FALSE, Hess = TRUE, reltol = 1e-16, abstol = 1e-16, maxit = 5000)
  list(coef = unname(coef(fit)), bse = unname(summary(fit)$standard.errors), llf = as.numeric(logLik(fit)),
       predict = list(mean = unname(predict(fit, case$new, type = "probs"))))
}

# log T = X b + sigma W: scale is exp(X b), shape 1 / sigma, 1 for the exponential.
r_survreg <- function(law) function(case) {
  formula <- update(first(case), Surv(y, rep(1, length(y))) ~ .)
  fit <- survreg(formula, case$data, dist = law, control = list(rel.tolerance = 1e-14, maxiter = 200))
  list(coef = named(coef(fit)), shape = 1 / fit$scale, llf = fit$loglik[[2]], bse = unname(sqrt(diag(fit$var))[seq_along(coef(fit))]))
}

# Laws without a fitter in R: optim on the log density, from least squares.
r_optim <- function(log_density, start) function(case) {
  y <- case$data[[all.vars(first(case))[1]]]
  x <- lapply(if (is.list(case$formula)) case$formula else list(case$formula), function(f) design(f, case$data)$rows)
  nll <- function(p) -sum(log_density(y, p, x))
  p <- start(y, x)
  for (i in 1:20) p <- optim(p, nll, method = if (i %% 2) "Nelder-Mead" else "BFGS", control = list(maxit = 5000, reltol = 1e-16))$par
  list(free = p, llf = -nll(p))
}

ols <- function(y, x) as.numeric(lm.fit(x, y)$coefficients)
split2 <- function(p, x) list(x[[1]] %*% p[seq_len(ncol(x[[1]]))], x[[2]] %*% p[ncol(x[[1]]) + seq_len(ncol(x[[2]]))])

r_normal_sd <- r_optim(
  function(y, p, x) { e <- split2(p, x); dnorm(y, e[[1]], exp(e[[2]]), log = TRUE) },
  function(y, x) c(ols(y, x[[1]]), log(sd(y)), rep(0, ncol(x[[2]]) - 1)))

r_gamma_shape <- r_optim(
  function(y, p, x) { e <- split2(p, x); dgamma(y, exp(e[[2]]), exp(e[[2]] - e[[1]]), log = TRUE) },
  function(y, x) c(ols(log(y), x[[1]]), rep(0, ncol(x[[2]]))))

r_student_t <- r_optim(
  function(y, p, x) { k <- ncol(x[[1]]); dt((y - x[[1]] %*% p[1:k]) / exp(p[k + 1]), exp(p[k + 2]), log = TRUE) - p[k + 1] },
  function(y, x) c(ols(y, x[[1]]), log(sd(y)), log(4)))

# ---- the data -------------------------------------------------------------------------------------------------------

set.seed(2)
level <- function(n, names) factor(sample(rep_len(names, n)), levels = names)
frame <- function(n) data.frame(x = round(rnorm(n), 3), z = level(n, c("a", "b", "c")), s = level(n, c("u", "v")))
new_rows <- data.frame(x = c(-1.5, 0, 0.25, 2), z = factor(c("a", "b", "c", "b"), levels = c("a", "b", "c")),
                       s = factor(c("u", "v", "v", "u"), levels = c("u", "v")))
shift <- c(a = 0, b = 0.7, c = -0.5)
with_y <- function(data, y) cbind(y = y, data)
expit <- plogis

cases <- list()
add <- function(name, family, formula, data, ask, new = new_rows, ...) {
  cases[[length(cases) + 1]] <<- list(name = name, family = family, formula = formula, data = data, new = new, ask = ask, ...)
}

d <- frame(40); mu <- 2 + 1.5 * d$x + shift[d$z]
add("linear", "normal", "y ~ x + C(z)", with_y(d, round(mu + rnorm(40), 3)), r_linear)

d <- frame(45); mu <- 1 + d$x * (1 + shift[d$z]) + shift[d$z]
add("linear_interaction", "normal", "y ~ x * C(z)", with_y(d, round(mu + rnorm(45, 0, 0.5 + abs(d$x)), 3)), r_linear)

d <- frame(40); d$times <- sample(0:4, 40, replace = TRUE)
add("linear_weights", "normal", "y ~ x + C(s)", with_y(d, round(1 - d$x + rnorm(40), 3)), r_linear, weights = "times")

d <- frame(30); d$base <- round(rnorm(30, 5), 2)
add("linear_offset", "normal", "y ~ x", with_y(d, round(d$base + 0.5 * d$x + rnorm(30), 3)), r_linear,
    offset = "base", new = cbind(new_rows, base = c(4, 5, 6, 5.5)))

d <- data.frame(x = signif(rnorm(30, 4e6, 1e6), 7), year = sample(1990:2020, 30))
y <- signif(3e-6 + 1e-12 * d$x + 2e-8 * (d$year - 2000) + rnorm(30, 0, 3e-7), 7)
add("linear_badly_scaled", "normal", "y ~ x + year", with_y(d, y), r_linear, new = data.frame(x = c(3e6, 5e6), year = c(1995, 2021)))

d <- frame(8)
add("linear_small", "normal", "y ~ x", with_y(d, round(1 + d$x + rnorm(8), 2)), r_linear)

d <- frame(60); p <- expit(0.3 + 0.8 * d$x + shift[d$z])
add("logistic", "bernoulli", "y ~ x + C(z)", with_y(d, rbinom(60, 1, p)), r_glm(binomial()))

d <- frame(80); p <- expit(-0.2 + d$x * ifelse(d$s == "u", 1, -0.5) + shift[d$z])
add("logistic_interaction", "bernoulli", "y ~ C(z) + x * C(s)", with_y(d, rbinom(80, 1, p)), r_glm(binomial()))

d <- frame(30); d$times <- sample(1:6, 30, replace = TRUE)
add("logistic_weights", "bernoulli", "y ~ x", with_y(d, rbinom(30, 1, expit(d$x))), r_glm(binomial()), weights = "times")

d <- frame(50); d$known <- round(rnorm(50), 2)
add("logistic_offset", "bernoulli", "y ~ x", with_y(d, rbinom(50, 1, expit(d$known + d$x))), r_glm(binomial()),
    offset = "known", new = cbind(new_rows, known = c(0, 0, 1, -1)))

d <- data.frame(x = signif(rnorm(50, 4e6, 1e6), 6), tiny = signif(rnorm(50, 0, 1e-6), 5))
p <- expit((d$x - 4e6) / 1e6 + d$tiny * 1e6)
add("logistic_badly_scaled", "bernoulli", "y ~ x + tiny", with_y(d, rbinom(50, 1, p)), r_glm(binomial()),
    new = data.frame(x = c(3e6, 5e6), tiny = c(0, 1e-6)))

d <- frame(24); trials <- sample(3:15, 24, replace = TRUE); yes <- rbinom(24, trials, expit(0.5 - d$x))
add("logistic_cbind", "binomial", "cbind(yes, no) ~ x + C(s)", cbind(yes = yes, no = trials - yes, d), r_glm(binomial()))

d <- frame(30)
add("binomial_ten", "binomial", "y ~ x", with_y(d, rbinom(30, 10, expit(0.4 + 0.6 * d$x))), r_glm(binomial()), trials = 10)

d <- frame(70); e <- cbind(0, 0.4 + d$x, -0.3 - 0.8 * d$x + shift[d$z])
y <- factor(apply(e, 1, function(r) sample(c("cat", "dog", "fox"), 1, prob = exp(r))))
add("softmax", "categorical", "y ~ x + C(z)", with_y(d, y), r_softmax)

d <- frame(40); d$times <- sample(1:5, 40, replace = TRUE); e <- cbind(0, d$x, -d$x, 0.5)
y <- factor(apply(e, 1, function(r) sample(c("k", "l", "m", "n"), 1, prob = exp(r))))
add("softmax_weights", "categorical", "y ~ x", with_y(d, y), r_softmax, weights = "times")

d <- frame(50); d$log_exposure <- round(log(runif(50, 1, 20)), 4)
add("poisson_offset", "poisson", "y ~ x + C(z)", with_y(d, rpois(50, exp(d$log_exposure - 0.5 + 0.4 * d$x + shift[d$z]))),
    r_glm(poisson()), offset = "log_exposure", new = cbind(new_rows, log_exposure = log(c(1, 2, 10, 20))))

d <- frame(40); d$times <- sample(0:5, 40, replace = TRUE)
add("poisson_weights", "poisson", "y ~ x * C(s)", with_y(d, rpois(40, exp(1 + 0.5 * d$x))), r_glm(poisson()), weights = "times")

d <- data.frame(year = 1986:2020)
add("poisson_years", "poisson", "y ~ year", with_y(d, rpois(35, exp(-79 + 0.04 * d$year))), r_glm(poisson()), new = data.frame(year = c(1980, 2025)))

d <- frame(30)
add("exponential", "exponential", "y ~ x", with_y(d, signif(rexp(30, exp(-1 - 0.5 * d$x)), 4)), r_survreg("exponential"))

d <- frame(50); mu <- exp(1 + 0.5 * d$x + shift[d$z])
add("gamma", "gamma", "y ~ x + C(z)", with_y(d, signif(rgamma(50, 3, 3 / mu), 4)), r_glm(Gamma("log")))

d <- frame(30); d$times <- sample(0:4, 30, replace = TRUE)
add("gamma_weights", "gamma", "y ~ x", with_y(d, signif(rgamma(30, 2, 2e-6 / exp(d$x)), 4)), r_glm(Gamma("log")), weights = "times")

d <- frame(60); shape <- exp(1 + 0.6 * d$x); mu <- exp(2 - 0.3 * d$x)
add("gamma_shape", "gamma", list(mean = "y ~ x", shape = "~ x"), with_y(d, signif(rgamma(60, shape, shape / mu), 4)), r_gamma_shape)

d <- frame(50)
add("weibull", "weibull", "y ~ x + C(s)", with_y(d, signif(rweibull(50, 1.8, exp(1 + 0.4 * d$x)), 4)), r_survreg("weibull"))

d <- frame(50)
add("normal_sd", "normal", list(mean = "y ~ x + C(s)", sd = "~ x"), with_y(d, round(1 + 2 * d$x + exp(0.2 + 0.5 * d$x) * rnorm(50), 3)), r_normal_sd)

d <- frame(60)
add("student_t", "student_t", "y ~ x + C(s)", with_y(d, round(1 + 2 * d$x + 0.7 * rt(60, 2.2), 3)), r_student_t)

answer <- function(case) {
  formulas <- if (is.list(case$formula)) case$formula else list(case$formula)
  r <- case$ask(case)
  c(list(name = case$name, family = case$family, formula = case$formula, weights = case$weights, offset = case$offset, trials = case$trials),
    list(data = as.list(case$data), new = as.list(case$new[intersect(names(case$new), all.vars(parse(text = c(unlist(formulas), case$offset))))]),
         designs = unname(lapply(formulas, design, case$data)),
         new_designs = unname(lapply(formulas, function(f) design(f, case$new)$rows)), r = r))
}
write_reference(list(made_by = "make_regressions.R", versions = versions("MASS", "survival", "nnet", "jsonlite"),
                     regressions = lapply(cases, answer)), "r_regressions.json")
