# Recomputes the main results of this export from its CSV tables, with base R; the mixed model needs
# lme4 (install.packages("lme4")). From anywhere:
#   Rscript analysis/reanalyse.R
# prints the accuracies (Table 1), the Mann-Whitney U test of every pair of conditions, and the
# logistic mixed model, as comma-separated tables with all digits.

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- if (length(script)) dirname(dirname(normalizePath(script))) else getwd()
strata <- c("model_wrong", "model_right", "all")

# Only empty cells are missing values: a class may be called NA.
table_of <- function(kind) {
  file <- Sys.glob(file.path(folder, "data", paste0("*description-", kind, "_data.csv")))
  read.csv(file, na.strings = "", stringsAsFactors = FALSE, encoding = "UTF-8")
}
show <- function(title, table) {
  cat("# ", title, "\n", sep = "")
  numbers <- vapply(table, is.double, logical(1))
  table[numbers] <- lapply(table[numbers], formatC, digits = 15, format = "g")
  write.csv(table, row.names = FALSE, quote = FALSE)
  cat("\n")
}

people <- table_of("participants")
trials <- table_of("trials")
finished <- !is.na(people$finished_at) & !(people$status %in% c("withdrawn", "screened_out", "full"))
trials <- trials[trials$participant_id %in% people$participant_id[finished] & !is.na(trials$correct), ]

# Each participant's share of predictions named, by stratum and over both.
both <- rbind(trials, transform(trials, stratum = "all"))
scores <- aggregate(correct ~ participant_id + condition + stratum, both, function(x) sum(x) / length(x))
conditions <- sort(unique(scores$condition), method = "radix")
values <- function(condition, stratum) {
  scores$correct[scores$condition == condition & scores$stratum == stratum]
}

cells <- expand.grid(stratum = strata, condition = conditions, stringsAsFactors = FALSE)[2:1]
accuracy <- do.call(rbind, lapply(seq_len(nrow(cells)), function(i) {
  x <- values(cells$condition[i], cells$stratum[i])
  if (!length(x)) return(NULL)
  data.frame(cells[i, ], n_participants = length(x), mean = mean(x), standard_error = sd(x) / sqrt(length(x)))
}))
show("accuracy", accuracy)

tests <- NULL
if (length(conditions) > 1) {
  for (pair in combn(conditions, 2, simplify = FALSE)) for (stratum in strata) {
    a <- values(pair[1], stratum)
    b <- values(pair[2], stratum)
    if (!length(a) || !length(b)) next
    for (side in c("two.sided", "less", "greater")) {
      found <- suppressWarnings(wilcox.test(a, b, alternative = side))
      # All scores equal: R gives no p; every arrangement has the same U.
      p <- if (is.nan(found$p.value)) 1 else found$p.value
      tests <- rbind(tests, data.frame(
        stratum = stratum, condition_a = pair[1], condition_b = pair[2],
        alternative = sub("two.sided", "two-sided", side, fixed = TRUE),
        n_a = length(a), n_b = length(b), u_statistic = unname(found$statistic), p_value = p
      ))
    }
  }
  show("tests", tests)
}

if (!requireNamespace("lme4", quietly = TRUE)) {
  cat("# mixed model: not computed, since lme4 is not installed\n")
} else {
  # Levels in the order of the alphabet's code points, whatever the language of the machine.
  for (name in c("participant_id", "item", "condition", "stratum")) {
    trials[[name]] <- factor(trials[[name]], sort(unique(trials[[name]]), method = "radix"))
  }
  several <- c(condition = nlevels(trials$condition) > 1, stratum = nlevels(trials$stratum) > 1)
  fixed <- if (any(several)) paste(names(several)[several], collapse = " * ") else "1"
  # A participant has one ability in each stratum, and another in each condition where several were seen.
  within <- any(rowSums(table(trials$participant_id, trials$condition) > 0) > 1)
  of_people <- paste0("(", if (several["stratum"]) "0 + stratum" else "1", " | participant_id")
  random <- c(
    paste0(of_people, ")"), if (within) paste0(of_people, ":condition)"),
    "(1 | item)", if (several["condition"]) "(1 | item:condition)"
  )
  formula <- as.formula(paste("correct ~", fixed, "+", paste(random, collapse = " + ")))
  # From its optimum again, as tightly as lme4 can: on the edge of the possible variances its inner
  # loop may not reach the tightest tolerance, and stops with an error.
  refit <- function(model) {
    for (tolerance in c(1e-14, 1e-12, 1e-10, 1e-8)) {
      control <- lme4::glmerControl(
        optimizer = "bobyqa", tolPwrss = tolerance, check.conv.singular = "ignore",
        optCtrl = list(rhobeg = 2e-4, rhoend = 1e-9, maxfun = 1e6)
      )
      found <- tryCatch(
        suppressWarnings(lme4::glmer(
          formula, trials, family = binomial, nAGQ = 1, control = control,
          start = list(theta = lme4::getME(model, "theta"), fixef = lme4::fixef(model))
        )),
        error = function(problem) NULL
      )
      if (!is.null(found)) return(found)
    }
    model
  }
  model <- tryCatch(
    suppressMessages(suppressWarnings(lme4::glmer(formula, trials, family = binomial, nAGQ = 1))),
    error = function(problem) {
      cat("# mixed model: not fitted, lme4 stopped with: ", conditionMessage(problem), "\n", sep = "")
      quit(status = 0)
    }
  )
  for (again in 1:2) model <- refit(model)
  estimates <- lme4::fixef(model)
  errors <- sqrt(diag(as.matrix(vcov(model))))
  show("mixed model, fixed effects", data.frame(
    term = names(estimates), estimate = unname(estimates), standard_error = unname(errors)
  ))
  # A variance has an empty stratum_b, and a covariance names both strata.
  variances <- as.data.frame(lme4::VarCorr(model))
  stratum <- function(name) ifelse(is.na(name), "", sub("^stratum", "", sub("(Intercept)", "", name, fixed = TRUE)))
  show("mixed model, variances", data.frame(
    effect = variances$grp, stratum_a = stratum(variances$var1), stratum_b = stratum(variances$var2),
    variance = variances$vcov
  ))
  show("mixed model, log-likelihood", data.frame(log_likelihood = as.numeric(logLik(model))))
}
