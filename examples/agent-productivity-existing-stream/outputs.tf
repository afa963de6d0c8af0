output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  value       = var.agent_event_stream_arn
}

output "ap_failed_records_bucket_name" {
  description = "Name of the S3 bucket for records that could not be delivered."
  value       = module.agent_productivity.failed_records_bucket_name
}

output "ap_s3_bucket_name" {
  description = "Name of the S3 bucket with the report files. Upload the reference table to its root."
  value       = module.agent_productivity.ap_s3_bucket_name
}

output "classifier_event_source_mapping_uuid" {
  description = "UUID of the classifier's event source mapping; null with `engine` = `flink`. Disable the mapping to stop Agent Productivity, including the heartbeat."
  value       = module.agent_productivity.classifier_event_source_mapping_uuid
}

output "classifier_lambda_function_name" {
  description = "Name of the classifier function; null with `engine` = `flink`. Available once the function receives events."
  value       = module.agent_productivity.classifier_lambda_function_name
}

output "firehose_stream_name" {
  description = "Name of the Firehose stream, which the WFM Adapter uses to find the report files."
  value       = module.agent_productivity.firehose_stream_name
}

output "flink_application_arn" {
  description = "ARN of the Flink application that runs the classifier; null with `engine` = `lambda`. Its name is `kda_application_name`. Stop the application to stop Agent Productivity, including the heartbeat."
  value       = module.agent_productivity.flink_application_arn
}

output "heartbeat_lambda_function_name" {
  description = "Name of the heartbeat function."
  value       = module.agent_productivity.heartbeat_lambda_function_name
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}

output "wfm_adapter_role_arn" {
  description = "ARN of the IAM role that the WFM Adapter assumes; null if it uses an IAM user."
  value       = module.agent_productivity.wfm_adapter_role_arn
}

output "wfm_adapter_user_name" {
  description = "Name of the IAM user for the WFM Adapter; null if it assumes a role. Create the access key yourself."
  value       = module.agent_productivity.wfm_adapter_user_name
}
