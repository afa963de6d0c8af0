variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream; null for the AWS-managed key `aws/kinesis`. Amazon Connect must be allowed to encrypt with it."
  type        = string
  default     = null

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.agent_event_stream_kms_arn))
    error_message = "agent_event_stream_kms_arn has to be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : try(split(":", var.agent_event_stream_kms_arn)[3], data.aws_region.current.id) == data.aws_region.current.id
    error_message = "agent_event_stream_kms_arn is in another region than the AWS provider (${data.aws_region.current.id}): a stream is encrypted with a key of its own region."
  }

  validation {
    condition     = var.agent_event_stream_kms_arn == null || var.encrypted
    error_message = "agent_event_stream_kms_arn is set but encrypted is false: remove the key, or set encrypted to true."
  }
}

variable "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours (24 to 8760). It bounds how long a consumer may be down without losing events."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours has to be a whole number from 24 to 8760 (365 days), which is what Kinesis offers."
  }
}

variable "encrypted" {
  description = "Whether the stream is encrypted at rest."
  type        = bool
  default     = true
  nullable    = false
}

variable "name" {
  description = "Name of the Kinesis data stream."
  type        = string
  default     = "aspect-wfm-agent-events"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,128}$", var.name))
    error_message = "name may have 1 to 128 letters, digits, hyphens, underscores and periods: Kinesis takes no other stream name."
  }
}

variable "shard_count" {
  description = "Number of shards in mode `PROVISIONED`. One takes 1,000 events or 1 MB a second; see the README on sizing."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.shard_count >= 1 && floor(var.shard_count) == var.shard_count
    error_message = "shard_count has to be a whole number of at least 1."
  }
}

variable "stream_mode" {
  description = "`PROVISIONED` (with `shard_count`) or `ON_DEMAND`."
  type        = string
  default     = "PROVISIONED"
  nullable    = false

  validation {
    condition     = contains(["PROVISIONED", "ON_DEMAND"], var.stream_mode)
    error_message = "stream_mode is \"${var.stream_mode}\": use PROVISIONED or ON_DEMAND."
  }
}

variable "tags" {
  description = "Tags for the stream."
  type        = map(string)
  default     = {}
  nullable    = false
}
