variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the new stream, in the place of `kms_key_arn`; null for that one, or for the AWS-managed key."
  type        = string
  default     = null
}

variable "agent_event_stream_name" {
  description = "Name of the new Kinesis data stream."
  type        = string
  default     = "aspect-wfm-agent-events"
}

variable "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours (24 to 8760)."
  type        = number
  default     = 24
}

variable "agent_statuses" {
  description = "The reference table: `A`, `0` or `1` by the name of the agent status. Null leaves it to be uploaded by hand."
  type        = map(string)
  default     = null
}

variable "alarms" {
  description = "CloudWatch alarms: the SNS topics that they tell, and where they begin: `iterator_age_minutes` (how late a function may read), `report_age_minutes` (how old an unwritten report line may be) and `skipped_percent` (records that are no agent events). Null for none. See docs/operations.md."
  type        = object({ iterator_age_minutes = optional(number, 5), queue_age_minutes = optional(number, 5), report_age_minutes = optional(number, 15), skipped_percent = optional(number, 5), sns_topic_arns = optional(list(string), []) })
  default     = {}
}

variable "aspect_ap_data_s3_prefix" {
  description = "Prefix of the report files in the report bucket, ending in `/`."
  type        = string
  default     = "OUTPUT/"
}

variable "authorization_mode" {
  description = "What the WFM Adapter works as: `user`, an IAM user with access keys, or `role`, an IAM role that `source_aws_account_id` assumes with `external_id`."
  type        = string
  default     = "user"
}

variable "classifier_function" {
  description = "How Lambda runs the classifier: events a batch, seconds that a batch may wait for more, memory in MB, batches of a shard side by side."
  type        = object({ batch_size = optional(number, 1000), batch_window_seconds = optional(number, 5), memory_size = optional(number, 256), parallelization_factor = optional(number, 1) })
  default     = {}
}

variable "connect_instance_id" {
  description = "Id or ARN of the Amazon Connect instance whose agent events go to the new stream from now on; null to select the stream in its console by hand."
  type        = string
  default     = null
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
}

variable "connect_s3_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the exported reports; null when there is none."
  type        = string
  default     = null
}

variable "connect_s3_prefix" {
  description = "Prefix of the reports that the WFM Adapter reads in the exported reports bucket. The default is a placeholder that is refused."
  type        = string
  default     = "connect/directory/Reports/Aspect/"
}

variable "dashboard" {
  description = "Whether there is a CloudWatch dashboard."
  type        = bool
  default     = true
}

variable "encrypted" {
  description = "Whether the new stream is encrypted at rest."
  type        = bool
  default     = true
}

variable "engine" {
  description = "What the classifier runs on: `lambda`, a function, or `flink`, an application of Amazon Managed Service for Apache Flink, which `flink_application` describes. Before a change on a live deployment see docs/engines.md."
  type        = string
  default     = "lambda"
}

variable "enhanced_fan_out" {
  description = "Whether the function reads the stream as a registered consumer, with a throughput of its own, at a further charge. See docs/changes.md before a change."
  type        = bool
  default     = false
}

variable "external_id" {
  description = "External id that whoever assumes the role has to name; required with `authorization_mode` = `role`, and for that only."
  type        = string
  default     = null
}

variable "failed_events_bucket_name" {
  description = "Name of the bucket that keeps the events which could not become report lines; null for a name from `kda_application_name`."
  type        = string
  default     = null
}

variable "flink_application" {
  description = "The Flink application, with `engine` = `flink`: `code_bucket` and `code_key` (the S3 object that `make flink-package` made; another object for other code) and `code_version` (its version in a bucket that keeps them), `start_application` (whether it is started when it is made; a change starts or stops it), `parallelism` (tasks side by side, 1 to 256, and at most `parallelism_per_kpu` times the quota of KPUs, which is 64 unless it was raised), `parallelism_per_kpu` (of them in one KPU, 1 to 8), `auto_scaling` (AWS changes the parallelism with the load), `checkpoint_interval_seconds` (10 to 600: as much can be in the report twice after a failure), `window_seconds` (1 to 10: how long the events of a shard wait for more, to be classified together) and `window_records` (how many of them may come in that time: at least 2,000 times `window_seconds`, which is twice what a shard takes, and at most 20,000)."
  type        = object({ auto_scaling = optional(bool, false), checkpoint_interval_seconds = optional(number, 60), code_bucket = optional(string), code_key = optional(string, "report-line-job.zip"), code_version = optional(string), parallelism = optional(number, 1), parallelism_per_kpu = optional(number, 1), start_application = optional(bool, false), window_records = optional(number, 20000), window_seconds = optional(number, 5) })
  default     = {}
}

variable "iam_path" {
  description = "IAM path of every role and user; begins and ends with `/`."
  type        = string
  default     = "/"
}

variable "include_agent_status_type" {
  description = "Whether report lines have the column AgentStatusType, which newer WFM Adapters read."
  type        = bool
  default     = false
}

variable "kda_application_name" {
  description = "Name of the Agent Productivity deployment; the name of the report files begins with it."
  type        = string
  default     = "aspect-wfm-ap"
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key that encrypts everything that is made here, the state of a Flink application aside; null for the keys of AWS. See docs/security.md for what the key's policy has to allow."
  type        = string
  default     = null
}

variable "log_level" {
  description = "Least level of the lines that the functions log: `DEBUG`, `INFO`, `WARNING` or `ERROR`."
  type        = string
  default     = "INFO"
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = 90
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds the permissions of every role and user; null for no boundary."
  type        = string
  default     = null
}

variable "qss3_bucket_name" {
  description = "S3 bucket, in the same region, with your own copy of the functions' zips; null uses the zips that come with the modules."
  type        = string
  default     = null
}

variable "qss3_key_prefix" {
  description = "Key prefix of your copy of the zips, ending in `/`."
  type        = string
  default     = null
}

variable "report_bucket_name" {
  description = "Name of the report bucket; null for a name from `kda_application_name`."
  type        = string
  default     = null
}

variable "report_retention_days" {
  description = "After how many days report files are deleted; null keeps them."
  type        = number
  default     = null
}

variable "shard_count" {
  description = "Number of shards of the new stream in mode `PROVISIONED`."
  type        = number
  default     = 1
}

variable "source_aws_account_id" {
  description = "AWS account whose principals may assume the role; required with `authorization_mode` = `role`, and for that only."
  type        = string
  default     = null
}

variable "starting_position" {
  description = "Where on the stream to begin: `TRIM_HORIZON`, the oldest event, or `LATEST`; counts when an event source mapping is made, or a Flink application starts without a snapshot."
  type        = string
  default     = "TRIM_HORIZON"
}

variable "starting_timestamp" {
  description = "Time at which reading begins, in place of `starting_position`, as in `2026-03-02T09:00:00Z`; null for `starting_position`. Set it when `engine` changes, some minutes before the change: what came since is then in the report twice, and nothing is missing. Like that one, it counts when a reader is made; a change updates a Flink application, which goes on from its snapshot."
  type        = string
  default     = null
}

variable "stream_mode" {
  description = "Capacity mode of the new stream: `PROVISIONED` or `ON_DEMAND`."
  type        = string
  default     = "PROVISIONED"
}

variable "tags" {
  description = "Tags for every resource that takes them."
  type        = map(string)
  default     = {}
}

variable "wfm_adapter_user_name" {
  description = "Name of the WFM Adapter's IAM user or role; null for `WFMAdapter-<kda_application_name>`."
  type        = string
  default     = null
}
