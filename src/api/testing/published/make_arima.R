# Series of R's package datasets, and exact maximum likelihood fits of ARMA models to (differenced) series.
# Writes series.json and arima.json:  Rscript make_arima.R
number <- function(x) sprintf("%.17g", x)
list_of <- function(x) paste0("[", paste(number(as.numeric(x)), collapse = ", "), "]")

series <- list(
  UKgas = UKgas, AirPassengers = AirPassengers, WWWusage = WWWusage, lh = lh, LakeHuron = LakeHuron,
  USAccDeaths = USAccDeaths, lynx = lynx, sunspotYear = sunspot.year
)
source <- paste0("R ", getRversion(), ", package datasets")
lines <- mapply(function(name, x) paste0('  "', name, '": ', list_of(x)), names(series), series)
writeLines(c("{", paste0('  "source": "', source, '",'), paste(lines, collapse = ",\n"), "}"), "series.json")

control <- list(reltol = 1e-14, maxit = 5000)
rows <- c()
# x: the differenced series. ar, ma: orders; P, Q, s: seasonal ones.
fit <- function(name, of, x, p, q, P = 0, Q = 0, s = NA, mean = FALSE, xreg = NULL) {
  seasonal <- if (is.na(s)) list(order = c(0, 0, 0)) else list(order = c(P, 0, Q), period = s)
  once <- function(...) arima(x, order = c(p, 0, q), seasonal = seasonal, include.mean = mean, xreg = xreg, ...)
  m <- tryCatch(once(), error = function(e) once(method = "ML"))
  # arima() takes init in rotated coordinates when there are regressors: start those afresh.
  init <- if (is.null(xreg)) coef(m)
  m <- tryCatch(once(method = if (is.null(xreg)) "ML" else "CSS-ML", optim.control = control, init = init), error = function(e) {
    message(name, ": the second round failed, first kept")
    m
  })
  value <- coef(m)
  pick <- function(prefix) list_of(value[grepl(paste0("^", prefix, "[0-9]+$"), names(value))])
  rest <- value[!grepl("^s?(ar|ma)[0-9]+$", names(value))]
  rows <<- c(rows, paste0(
    '  {"name": "', name, '", "of": "', of, '", "ar": ', pick("ar"), ', "ma": ', pick("ma"),
    ', "seasonalAr": ', pick("sar"), ', "seasonalMa": ', pick("sma"),
    ', "period": ', if (is.na(s)) "null" else s, ', "coefficients": ', list_of(rest),
    ', "variance": ', number(m$sigma2), ', "logLikelihood": ', number(m$loglik), "}"
  ))
}
air <- log(AirPassengers)
fit("lh AR(1)", "lh", lh, 1, 0, mean = TRUE)
fit("lh AR(3)", "lh", lh, 3, 0, mean = TRUE)
fit("lh ARMA(1,1)", "lh", lh, 1, 1, mean = TRUE)
fit("LakeHuron AR(2) with trend", "LakeHuron", LakeHuron, 2, 0, mean = TRUE, xreg = time(LakeHuron) - 1920)
fit("USAccDeaths (0,1,1)(0,1,1)12", "USAccDeaths", diff(diff(USAccDeaths), 12), 0, 1, 0, 1, 12)
fit("WWWusage (1,1,1)", "WWWusage", diff(WWWusage), 1, 1)
fit("WWWusage (3,1,0)", "WWWusage", diff(WWWusage), 3, 0)
fit("lynx log10 AR(2)", "lynx", log10(lynx), 2, 0, mean = TRUE)
fit("sunspot.year AR(9)", "sunspotYear", sunspot.year, 9, 0, mean = TRUE)
fit("AirPassengers (0,1,1)(0,1,1)12", "AirPassengers", diff(diff(air), 12), 0, 1, 0, 1, 12)
fit("AirPassengers (2,1,1)", "AirPassengers", diff(air), 2, 1)
fit("AirPassengers (0,1,2)(0,1,1)12", "AirPassengers", diff(diff(air), 12), 0, 2, 0, 1, 12)
fit("AirPassengers (0,1,2)(0,1,2)12", "AirPassengers", diff(diff(air), 12), 0, 2, 0, 2, 12)
fit("AirPassengers (0,1,2)(0,1,2)5", "AirPassengers", diff(diff(air), 5), 0, 2, 0, 2, 5)
fit("AirPassengers (1,1,2)(0,1,2)5", "AirPassengers", diff(diff(air), 5), 1, 2, 0, 2, 5)
fit("AirPassengers (2,0,0)(0,1,0)12", "AirPassengers", diff(air, 12), 2, 0, 0, 0, 12)
head <- paste0('  "source": "R ', getRversion(), ', stats::arima(method = ML) on the differenced series",')
writeLines(c("{", head, '  "fits": [', paste(rows, collapse = ",\n"), "  ]", "}"), "arima.json")
