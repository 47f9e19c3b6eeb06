# Writes challenger.json: rankings by challengeR and signed-rank tests by R on small tables.
#
# Usage: Rscript challenger_golden.R <checkout of challengeR> > challenger.json
# challengeR (GPL) is run from its checkout, never copied; its functions need plyr, dplyr, purrr,
# tidyr, reshape2 and rlang. Scores are multiples of 1/1024, so that differences are exact.

suppressMessages({
  library(plyr); library(dplyr); library(purrr); library(tidyr); library(reshape2); library(rlang)
})
checkout <- commandArgs(trailingOnly = TRUE)[1]
for (file in c(
  "aaggregate", "Aggregate", "Bootstrap", "Rank", "Rank.aggregated.list", "rankNA2",
  "rankingMethods", "rrank", "testBased", "challengeR", "by", "merge.list", "compareRanks"
)) source(file.path(checkout, "R", paste0(file, ".R")))

number <- function(x) ifelse(is.na(x), "null", formatC(x, digits = 17, format = "g"))
numbers <- function(x) paste0("[", paste(number(x), collapse = ","), "]")
quoted <- function(x) paste0("\"", x, "\"")
object <- function(...) {
  parts <- c(...)
  paste0("{", paste0(quoted(names(parts)), ":", parts, collapse = ","), "}")
}
array <- function(x) paste0("[", paste(x, collapse = ",\n"), "]")

# Scores of models that differ little, with ties and, if asked for, missing ones.
scores <- function(models, cases, missing, levels) {
  quality <- seq(0.5, 0.68, length.out = models)
  x <- sapply(quality, function(q) {
    difficulty <- ((seq_len(cases) * 37) %% 101) / 101
    pmin(pmax(q + 0.2 * (difficulty - 0.5) + rnorm(cases, 0, 0.12), 0), 1)
  })
  x <- round(x * levels) / levels
  x[sample(length(x), missing)] <- NA
  x
}

long <- function(x) data.frame(
  algorithm = sprintf("m%02d", rep(seq_len(ncol(x)), each = nrow(x))),
  case = sprintf("c%03d", rep(seq_len(nrow(x)), ncol(x))),
  value = as.vector(x))

result <- function(ranked, models) {
  table <- ranked$matlist[[1]]
  table <- table[sprintf("m%02d", seq_len(models)), ]
  object(values = numbers(table[, 1]), ranks = numbers(table$rank))
}

quiet <- function(expression) {
  sink(nullfile())
  on.exit(sink())
  suppressWarnings(suppressMessages(expression))
}

rankings <- function(x, smaller, treat) {
  k <- ncol(x)
  challenge <- quiet(as.challenge(
    long(x), case = "case", algorithm = "algorithm", value = "value", smallBetter = smaller,
    na.treat = treat))
  by <- c(
    "rank-then-mean" = quiet(result(rankThenAggregate(challenge, FUN = mean), k)),
    "rank-then-median" = quiet(result(rankThenAggregate(challenge, FUN = median), k)))
  # Without a treatment of missing scores, challengeR ranks cases and refuses the rest.
  if (!is.null(treat) || !anyNA(x)) by <- c(by,
    "mean-then-rank" = quiet(result(aggregateThenRank(challenge, FUN = mean), k)),
    "median-then-rank" = quiet(result(aggregateThenRank(challenge, FUN = median), k)),
    "test-based" = quiet(result(testThenRank(
      challenge, alpha = 0.05, p.adjust.method = "none", na.treat = "na.rm"), k)),
    "test-based-holm" = quiet(result(testThenRank(
      challenge, alpha = 0.05, p.adjust.method = "holm", na.treat = "na.rm"), k)))
  object(
    models = k, smallBetter = tolower(smaller),
    missing = quoted(if (is.null(treat)) "worst" else if (is.numeric(treat)) "zero" else "omitted"),
    scores = paste0("[", paste(apply(x, 2, numbers), collapse = ",\n"), "]"),
    methods = do.call(object, as.list(by)))
}

set.seed(4)
tables <- c()
for (shape in list(c(2, 6, 0, 1024), c(3, 8, 0, 16), c(5, 25, 0, 1024), c(6, 40, 0, 16),
                   c(4, 20, 12, 1024), c(5, 30, 20, 16), c(10, 60, 30, 64))) {
  x <- scores(shape[1], shape[2], shape[3], shape[4])
  # A case without any score is a matter on which we differ, and is tested apart.
  x[rowSums(!is.na(x)) == 0, 1] <- 0.5
  treatments <- if (anyNA(x)) list(NULL, 0, "na.rm") else list(NULL)
  for (treat in treatments) for (smaller in c(FALSE, TRUE))
    tables <- c(tables, rankings(x, smaller, treat))
}

tests <- c()
for (n in c(6, 9, 20, 45, 80)) for (levels in c(1024, 16)) {
  x <- round(rnorm(n, 0.7, 0.15) * levels) / levels
  y <- round(rnorm(n, 0.65, 0.15) * levels) / levels
  for (alternative in c("two.sided", "greater", "less")) for (correct in c(FALSE, TRUE)) {
    p <- function(exact) suppressWarnings(wilcox.test(
      x, y, paired = TRUE, alternative = alternative, exact = exact, correct = correct)$p.value)
    d <- abs(x - y)
    plain <- all(d > 0) && !anyDuplicated(d)
    tests <- c(tests, object(
      first = numbers(x), second = numbers(y),
      alternative = quoted(sub("two.sided", "two-sided", alternative, fixed = TRUE)),
      correction = tolower(correct), approximate = number(p(FALSE)),
      exact = if (plain) number(p(TRUE)) else "null"))
  }
}

taus <- c()
for (k in c(3, 5, 10)) for (repetition in 1:4) {
  a <- sample(k, k, replace = TRUE)
  b <- sample(k, k, replace = TRUE)
  taus <- c(taus, object(
    first = numbers(a), second = numbers(b),
    tau = number(suppressWarnings(cor(a, b, method = "kendall")))))
}

cat(object(
  libraries = object(R = quoted(as.character(getRversion())), challengeR = quoted("1.0.5 (beb3b67)")),
  tables = array(tables), tests = array(tests), taus = array(taus)), "\n", sep = "")
