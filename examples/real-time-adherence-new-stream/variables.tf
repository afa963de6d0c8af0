variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream, in the place of `kms_key_arn`; null for that one, or for the AWS-managed key `aws/kinesis`."
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

variable "ahg_filter_level" {
  description = "Agent hierarchy group level (1 to 5) on which agent events are filtered; 0 lets every agent through."
  type        = number
  default     = null
}

variable "ahg_filter_separator" {
  description = "The character between the filter values where they are stored; one that no value contains."
  type        = string
  default     = null
}

variable "ahg_filter_values" {
  description = "Names of the agent hierarchy groups, at `ahg_filter_level`, whose agents this RTA server monitors."
  type        = list(string)
  default     = null
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`), null for none; docs/alarms.md has each of them."
  type = object({
    iterator_age_minutes = optional(number)
    queue_age_minutes    = optional(number)
    skipped_percent      = optional(number)
    sns_topic_arns       = optional(list(string))
  })
  default = {}
}

variable "authorization_mode" {
  description = "What the product works as: `user`, an IAM user whose access key is made by hand, or, where users must not exist, `role`, an IAM role that `source_aws_account_id` assumes with `external_id`."
  type        = string
  default     = null
}

variable "connect_instance_id" {
  description = "Id or ARN of the Amazon Connect instance whose agent events go to the stream from now on; null to select the stream in its console by hand."
  type        = string
  default     = null
}

variable "dashboard" {
  description = "Whether there is a CloudWatch dashboard."
  type        = bool
  default     = null
}

variable "encrypted" {
  description = "Whether the stream is encrypted at rest."
  type        = bool
  default     = null
}

variable "enhanced_fan_out" {
  description = "Whether the stream is read as a registered consumer, with 2 MB a second of every shard to itself, at a further charge."
  type        = bool
  default     = null
}

variable "external_id" {
  description = "External id that whoever assumes the role has to name; required with `authorization_mode` = `role`, and for that only."
  type        = string
  default     = null
}

variable "grant_connect_the_key" {
  description = "Whether the instance of `connect_instance_id` is granted the customer-managed key of the stream; null grants it where a key is given."
  type        = bool
  default     = null
}

variable "iam_path" {
  description = "IAM path of every role and user made here; begins and ends with `/`."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key that encrypts everything here that can have one; null for the keys of AWS."
  type        = string
  default     = null
}

variable "lambda_config_location" {
  description = "Where the write-to-SQS flag lives: `env`, an environment variable of the relay function, or `table`, a DynamoDB table (fewer rights for the RTA user, one more read for each batch)."
  type        = string
  default     = null
}

variable "log_level" {
  description = "Least level of what is logged: `DEBUG` (a line for each record, by its sequence number), `INFO`, `WARNING` or `ERROR`."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = null
}

variable "message_groups" {
  description = "Message groups of the queues: `shared`, one for all agents, as the RTA server expects, or `agent`, one for each agent, which lifts the queues' throughput (high-throughput FIFO)."
  type        = string
  default     = null
}

variable "name" {
  description = "Name of the Real-Time Adherence deployment; the name of everything in it begins with it."
  type        = string
  default     = null
}

variable "name_suffix" {
  description = "Suffix of every name that is not given, behind a hyphen: it tells another Amazon Connect instance or region of the account apart."
  type        = string
  default     = null
}

variable "num_retired_sqs_queues" {
  description = "After num_sqs_queues was lowered: how many of the queues behind it are kept, without new events, for the RTA server to read empty. 0 destroys all of them with what they hold."
  type        = number
  default     = null
}

variable "num_sqs_queues" {
  description = "Number of SQS queues that carry events (1 to 10)."
  type        = number
  default     = null
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds the permissions of every role and user made here, null for no boundary."
  type        = string
  default     = null
}

variable "qss3_bucket_name" {
  description = "S3 bucket, in the same region, with your own copy of the zips (see `make publish`); null uses the zips of the module."
  type        = string
  default     = null
}

variable "qss3_key_prefix" {
  description = "Key prefix of your copy of the zips in `qss3_bucket_name`; ends in `/`."
  type        = string
  default     = null
}

variable "relay_function" {
  description = "How Lambda runs the relay: `batch_size` (events a batch, 1 to 10,000; 6 MB end one earlier), `batch_window_seconds` (how long a batch may wait for more, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU comes with it) and `parallelization_factor` (batches of a shard side by side, 1 to 10; an agent's events stay in order)."
  type = object({
    batch_size             = optional(number)
    batch_window_seconds   = optional(number)
    memory_size            = optional(number)
    parallelization_factor = optional(number)
  })
  default = null
}

variable "rta_failed_records_bucket_name" {
  description = "Name of the bucket that keeps the records which could not be delivered; null for `<name>-failed-records-<account>`."
  type        = string
  default     = null
}

variable "rta_user_name" {
  description = "Name of the RTA server's IAM user, or with `authorization_mode` = `role` of its role; null for `<name>-server`."
  type        = string
  default     = null
}

variable "runbook_url" {
  description = "Where your runbook is."
  type        = string
  default     = null
}

variable "shard_count" {
  description = "Number of shards in mode `PROVISIONED`."
  type        = number
  default     = null
}

variable "source_aws_account_id" {
  description = "AWS account whose principals may assume the role; required with `authorization_mode` = `role`, and for that only."
  type        = string
  default     = null
}

variable "starting_position" {
  description = "Where on the stream reading begins: `TRIM_HORIZON`, the oldest event, or `LATEST`."
  type        = string
  default     = null
}

variable "stream_mode" {
  description = "`PROVISIONED` (with `shard_count`) or `ON_DEMAND`."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that takes them."
  type        = map(string)
  default     = null
}
