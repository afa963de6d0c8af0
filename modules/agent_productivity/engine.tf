# The engine of the classifier, and its starting position on the stream.
locals {
  on_flink  = var.engine == "flink"
  on_lambda = var.engine == "lambda"

  starting_position = var.starting_timestamp == null ? var.starting_position : "AT_TIMESTAMP"

  # Environment variables of the classifier on either engine.
  classifier_environment = {
    FAILED_RECORDS_BUCKET     = aws_s3_bucket.failed_records.bucket
    FIREHOSE_STREAM           = aws_kinesis_firehose_delivery_stream.reports.name
    INCLUDE_AGENT_STATUS_TYPE = var.include_agent_status_type ? "True" : "False"
    LOG_LEVEL                 = var.log_level
    STATUS_TABLE_BUCKET       = aws_s3_bucket.reports.bucket
  }
}
