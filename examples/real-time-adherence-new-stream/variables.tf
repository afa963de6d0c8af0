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

variable "ahg_filter_level" {
  description = "Agent hierarchy group level (1 to 5) on which agent events are filtered; 0 lets every agent through."
  type        = number
  default     = 0
}

variable "ahg_filter_separator" {
  description = "The character between the filter values where they are stored; one that no value contains."
  type        = string
  default     = ","
}

variable "ahg_filter_values" {
  description = "Names of the agent hierarchy groups whose agents this RTA server monitors."
  type        = list(string)
  default     = []
}

variable "alarms" {
  description = "CloudWatch alarms: the SNS topics that they tell, and where they begin: `iterator_age_minutes` (how late a function may read), `queue_age_minutes` (how long a message may wait while the flag is on) and `skipped_percent` (records that are no agent events). Null for none. See docs/operations.md."
  type        = object({ iterator_age_minutes = optional(number, 5), queue_age_minutes = optional(number, 5), report_age_minutes = optional(number, 15), skipped_percent = optional(number, 5), sns_topic_arns = optional(list(string), []) })
  default     = {}
}

variable "authorization_mode" {
  description = "What the RTA server works as: `user`, an IAM user with access keys, or `role`, an IAM role that `source_aws_account_id` assumes with `external_id`."
  type        = string
  default     = "user"
}

variable "connect_instance_id" {
  description = "Id or ARN of the Amazon Connect instance whose agent events go to the new stream from now on; null to select the stream in its console by hand."
  type        = string
  default     = null
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

variable "failed_records_bucket_name" {
  description = "Name of the bucket that keeps the records which could not be delivered to the RTA server; null for a name from `name`."
  type        = string
  default     = null
}

variable "iam_path" {
  description = "IAM path of every role and user; begins and ends with `/`."
  type        = string
  default     = "/"
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key that encrypts everything that is made here; null for the keys of AWS. See docs/security.md for what the key's policy has to allow."
  type        = string
  default     = null
}

variable "lambda_config_location" {
  description = "Where the write-to-SQS flag lives: `env` or `table`."
  type        = string
  default     = "env"
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

variable "message_groups" {
  description = "Message groups of the queues: `shared`, one for all agents, or `agent`, one for each, for an RTA server that takes messages of any group."
  type        = string
  default     = "shared"
}

variable "name" {
  description = "Name of the Real-Time Adherence deployment; the name of everything in it begins with it."
  type        = string
  default     = "aspect-wfm-rta"
}

variable "num_retired_sqs_queues" {
  description = "After num_sqs_queues was lowered: how many queues behind it are kept to be read empty; 0 destroys them with what they hold."
  type        = number
  default     = null
}

variable "num_sqs_queues" {
  description = "Number of SQS queues (1 to 10)."
  type        = number
  default     = 1
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

variable "relay_function" {
  description = "How Lambda runs the relay: events a batch, seconds that a batch may wait for more, memory in MB, batches of a shard side by side."
  type        = object({ batch_size = optional(number, 500), batch_window_seconds = optional(number, 0), memory_size = optional(number, 256), parallelization_factor = optional(number, 1) })
  default     = {}
}

variable "rta_user_name" {
  description = "Name of the RTA server's IAM user or role; null for `<name>-server`."
  type        = string
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
  description = "Where on the stream to begin: `TRIM_HORIZON`, the oldest event, or `LATEST`; counts when an event source mapping is made."
  type        = string
  default     = "TRIM_HORIZON"
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
