variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream, instead of `kms_key_arn`."
  type        = string
  default     = null
}

variable "agent_event_stream_name" {
  description = "Name of the Kinesis data stream."
  type        = string
  default     = null
}

variable "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours (24 to 8760)."
  type        = number
  default     = null
}

variable "agent_statuses" {
  description = "Reference table: maps the name of each agent status in Amazon Connect to `A` (available), `0` (signed out) or `1` (signed in)."
  type        = map(string)
  default     = null
}

variable "alarm_emails" {
  description = "Email addresses that the alarms notify, through an SNS topic that is created for them. Each address must confirm its subscription."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for address in coalesce(var.alarm_emails, []) : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails has an entry that is not an email address: use addresses such as wfm-on-call@example.com."
  }

  validation {
    condition     = length(coalesce(var.alarm_emails, [])) == 0 || var.alarms != null
    error_message = "alarm_emails is set but alarms is null, which creates no alarms: remove alarms, or remove the addresses."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`); null creates no alarms."
  type = object({
    iterator_age_minutes = optional(number)
    report_age_minutes   = optional(number)
    skipped_percent      = optional(number)
    sns_topic_arns       = optional(list(string))
  })
  default = {}
}

variable "ap_failed_records_bucket_name" {
  description = "Name of the S3 bucket for events that could not become report lines; null for `<kda_application_name>-failed-events-<account>` in lower case."
  type        = string
  default     = null
}

variable "aspect_ap_data_s3_prefix" {
  description = "Prefix of the report files in the report bucket; ends in `/`."
  type        = string
  default     = null
}

variable "authorization_mode" {
  description = "How the Aspect product signs in to AWS: `user` creates an IAM user, whose access key you create yourself; `role` creates an IAM role that `source_aws_account_id` assumes with `external_id`."
  type        = string
  default     = null
}

variable "classifier_function" {
  description = "Lambda settings of the classifier: `batch_size` (events per batch, 1 to 10,000, or up to 6 MB), `batch_window_seconds` (how long Lambda waits to fill a batch, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU grows with it) and `parallelization_factor` (concurrent batches per shard, 1 to 10; each agent's events stay in order)."
  type = object({
    batch_size             = optional(number)
    batch_window_seconds   = optional(number)
    memory_size            = optional(number)
    parallelization_factor = optional(number)
  })
  default = null
}

variable "connect_instance_id" {
  description = "ID or ARN of the Amazon Connect instance that streams its agent events to this stream; null if you select the stream in the Amazon Connect console yourself."
  type        = string
  default     = null
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
}

variable "connect_s3_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the exported reports; null without one."
  type        = string
  default     = null
}

variable "connect_s3_prefix" {
  description = "Prefix of the scheduled reports for WFM in the exported reports bucket; ends in `/`."
  type        = string
  default     = null
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard."
  type        = bool
  default     = null
}

variable "encrypted" {
  description = "Whether the stream is encrypted at rest."
  type        = bool
  default     = null
}

variable "engine" {
  description = "What runs the classifier: `lambda`, a Lambda function, or `flink`, a Managed Service for Apache Flink application (see `flink_application`)."
  type        = string
  default     = null
}

variable "enhanced_fan_out" {
  description = "Whether to read the stream with enhanced fan-out: a dedicated 2 MB per second from each shard, at an extra charge."
  type        = bool
  default     = null
}

variable "external_id" {
  description = "External ID that the source account passes to assume the role; required with `authorization_mode` = `role`, otherwise null."
  type        = string
  default     = null
}

variable "flink_application" {
  description = "Settings of the Flink application with `engine` = `flink`."
  type = object({
    auto_scaling                = optional(bool)
    checkpoint_interval_seconds = optional(number)
    code_bucket                 = optional(string)
    code_key                    = optional(string)
    code_kms_key_arn            = optional(string)
    code_version                = optional(string)
    parallelism                 = optional(number)
    parallelism_per_kpu         = optional(number)
    start_application           = optional(bool)
    window_records              = optional(number)
    window_seconds              = optional(number)
  })
  default = null
}

variable "grant_connect_the_key" {
  description = "Whether to grant the instance of `connect_instance_id` the use of the stream's customer-managed key; null creates the grant if a key is set."
  type        = bool
  default     = null
}

variable "iam_path" {
  description = "IAM path of every role and user; begins and ends with `/`."
  type        = string
  default     = null
}

variable "include_agent_status_type" {
  description = "Whether report lines have the 13th column, AgentStatusType, which newer WFM Adapters read."
  type        = bool
  default     = null
}

variable "kda_application_name" {
  description = "Name of the Agent Productivity deployment and base of the names of its resources."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key for every resource that supports one; null for AWS keys."
  type        = string
  default     = null
}

variable "log_level" {
  description = "Minimum log level: `DEBUG` (one line per record, by sequence number), `INFO`, `WARNING` or `ERROR`."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long CloudWatch Logs keeps logs, in days."
  type        = number
  default     = null
}

variable "name_suffix" {
  description = "Suffix for every default name, after a hyphen, to keep deployments for several Amazon Connect instances or regions in one account apart."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy to set as permissions boundary of every role and user; null for no boundary."
  type        = string
  default     = null
}

variable "qss3_bucket_name" {
  description = "S3 bucket in the same region with your own copy of the zips (see `make publish`); null uses the zips in the module."
  type        = string
  default     = null
}

variable "qss3_key_prefix" {
  description = "Key prefix of the zips in `qss3_bucket_name`; ends in `/`."
  type        = string
  default     = null
}

variable "report_bucket_name" {
  description = "Name of the report bucket; null for `<kda_application_name>-reports-<account>` in lower case."
  type        = string
  default     = null
}

variable "report_retention_days" {
  description = "Days after which S3 deletes report files; null keeps them."
  type        = number
  default     = null
}

variable "runbook_url" {
  description = "Address of your runbook."
  type        = string
  default     = null
}

variable "shard_count" {
  description = "Number of shards in mode `PROVISIONED`."
  type        = number
  default     = null
}

variable "source_aws_account_id" {
  description = "ID of the AWS account whose principals may assume the role; required with `authorization_mode` = `role`, otherwise null."
  type        = string
  default     = null
}

variable "starting_position" {
  description = "Where to start reading the stream: `TRIM_HORIZON`, at the oldest event, or `LATEST`, at new events."
  type        = string
  default     = null
}

variable "starting_timestamp" {
  description = "Time to start reading the stream from, instead of `starting_position`, as in `2026-03-02T09:00:00Z`; null for `starting_position`."
  type        = string
  default     = null
}

variable "stream_mode" {
  description = "Capacity mode of the stream: `PROVISIONED` (with `shard_count`) or `ON_DEMAND`."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that supports them."
  type        = map(string)
  default     = null
}

variable "wfm_adapter_user_name" {
  description = "Name of the WFM Adapter's IAM user, or of its role with `authorization_mode` = `role`; null for `WFMAdapter-<kda_application_name>`."
  type        = string
  default     = null
}
