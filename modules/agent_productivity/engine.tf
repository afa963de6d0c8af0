# What the classifier runs on, and where on the stream it begins.
locals {
  on_flink  = var.engine == "flink"
  on_lambda = var.engine == "lambda"

  starting_position = var.starting_timestamp == null ? var.starting_position : "AT_TIMESTAMP"
}
