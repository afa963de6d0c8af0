output "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  value       = var.agent_event_stream_arn
}

output "ap_failed_records_bucket_name" {
  description = "Name of the S3 bucket that keeps the records which could not be delivered."
  value       = module.agent_productivity.failed_records_bucket_name
}

output "ap_s3_bucket_name" {
  description = "Name of the S3 bucket with the report files; upload the reference table to its root."
  value       = module.agent_productivity.ap_s3_bucket_name
}

output "classifier_event_source_mapping_uuid" {
  description = "UUID of the classifier's event source mapping, null with `engine` = `flink`: disable it to stop Agent Productivity, and the heartbeat with it."
  value       = module.agent_productivity.classifier_event_source_mapping_uuid
}

output "classifier_lambda_function_name" {
  description = "Name of the classifier function, null with `engine` = `flink`. It is being fed once this output is there."
  value       = module.agent_productivity.classifier_lambda_function_name
}

output "config_table_name" {
  description = "Name of the DynamoDB table that holds the write-to-SQS flag, null when the flag is in the function's environment."
  value       = module.rta.config_table_name
}

output "dynamodb_table_name" {
  description = "Name of the DynamoDB table with the latest state change of each signed-in agent."
  value       = module.rta.dynamodb_table_name
}

output "firehose_stream_name" {
  description = "Name of the Firehose stream. The WFM Adapter finds the report files by it."
  value       = module.agent_productivity.firehose_stream_name
}

output "flink_application_arn" {
  description = "ARN of the Flink application that classifies, null with `engine` = `lambda`. It is named `kda_application_name`: stop it to stop Agent Productivity, and the heartbeat with it."
  value       = module.agent_productivity.flink_application_arn
}

output "heartbeat_lambda_function_name" {
  description = "Name of the heartbeat function."
  value       = module.agent_productivity.heartbeat_lambda_function_name
}

output "retired_sqs_queue_urls" {
  description = "URLs of the queues that get no events any more and are kept until they are read empty."
  value       = module.rta.retired_sqs_queue_urls
}

output "rta_failed_records_bucket_name" {
  description = "Name of the S3 bucket that keeps the records which could not be delivered."
  value       = module.rta.failed_records_bucket_name
}

output "rta_lambda_function_name" {
  description = "Name of the relay function. It is being fed once this output is there."
  value       = module.rta.rta_lambda_function_name
}

output "rta_role_arn" {
  description = "ARN of the IAM role that the RTA server assumes, null when it works as a user."
  value       = module.rta.rta_role_arn
}

output "rta_user_name" {
  description = "Name of the IAM user for the RTA server, null when it assumes a role. Make its access key by hand."
  value       = module.rta.rta_user_name
}

output "sqs_queue_urls" {
  description = "URLs of the queues, in the order in which agents are assigned to them."
  value       = module.rta.sqs_queue_urls
}

output "wfm_adapter_role_arn" {
  description = "ARN of the IAM role that the WFM Adapter assumes, null when it works as a user."
  value       = module.agent_productivity.wfm_adapter_role_arn
}

output "wfm_adapter_user_name" {
  description = "Name of the IAM user for the WFM Adapter, null when it assumes a role. Make its access key by hand."
  value       = module.agent_productivity.wfm_adapter_user_name
}
