# What the R scripts share: exact numbers out, one line a vector.
suppressPackageStartupMessages(library(jsonlite))

versions <- function(...) {
  packages <- c(...)
  c(list(R = paste(R.version$major, R.version$minor, sep = ".")),
    setNames(lapply(packages, function(p) as.character(packageVersion(p))), packages))
}

# jsonlite writes at most 15 significant digits: enough for starts, and data are rounded to fewer.
write_reference <- function(x, path) {
  writeLines(toJSON(x, digits = NA, auto_unbox = TRUE, null = "null", na = "string", pretty = FALSE), path)
  cat(path, file.size(path), "bytes\n")
}

# A named vector as a JSON object.
named <- function(x) lapply(as.list(x), unname)
