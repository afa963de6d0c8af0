output "ap_s3_bucket_name" {
  description = "Name of the S3 bucket with the report files. Upload the reference table to its root."
  value       = aws_s3_bucket.reports.bucket
  depends_on  = [aws_s3_bucket_policy.reports]
}

output "classifier_event_source_mapping_uuid" {
  description = "UUID of the classifier's event source mapping; null with `engine` = `flink`. Disable the mapping to stop Agent Productivity, including the heartbeat."
  value       = one(aws_lambda_event_source_mapping.classifier[*].uuid)
}

output "classifier_lambda_function_name" {
  description = "Name of the classifier function; null with `engine` = `flink`. Available once the function receives events."
  value       = one(aws_lambda_function.classifier[*].function_name)
  depends_on  = [aws_lambda_event_source_mapping.classifier]
}

output "failed_records_bucket_name" {
  description = "Name of the S3 bucket for records that could not be delivered."
  value       = aws_s3_bucket.failed_records.bucket
}

output "firehose_stream_name" {
  description = "Name of the Firehose stream, which the WFM Adapter uses to find the report files."
  value       = aws_kinesis_firehose_delivery_stream.reports.name
}

output "flink_application_arn" {
  description = "ARN of the Flink application that runs the classifier; null with `engine` = `lambda`. Its name is `kda_application_name`. Stop the application to stop Agent Productivity, including the heartbeat."
  value       = one(aws_kinesisanalyticsv2_application.classifier[*].arn)
}

output "heartbeat_lambda_function_name" {
  description = "Name of the heartbeat function."
  value       = aws_lambda_function.heartbeat.function_name
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}

output "wfm_adapter_role_arn" {
  description = "ARN of the IAM role that the WFM Adapter assumes; null if it uses an IAM user."
  value       = one(aws_iam_role.wfm_adapter[*].arn)
  depends_on  = [aws_iam_role_policy.wfm_adapter]
}

output "wfm_adapter_user_name" {
  description = "Name of the IAM user for the WFM Adapter; null if it assumes a role. Create the access key yourself."
  value       = one(aws_iam_user.wfm_adapter[*].name)
  depends_on  = [aws_iam_user_policy.wfm_adapter]
}
