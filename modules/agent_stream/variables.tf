variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream, instead of `kms_key_arn`. If null, the stream uses `kms_key_arn`, or the AWS-managed key `aws/kinesis` without one."
  type        = string
  default     = null

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.agent_event_stream_kms_arn))
    error_message = "agent_event_stream_kms_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : try(split(":", var.agent_event_stream_kms_arn)[3], local.region) == local.region
    error_message = "agent_event_stream_kms_arn is in another region than the AWS provider (${local.region}): a stream's key must be in the stream's region."
  }

  validation {
    condition     = var.agent_event_stream_kms_arn == null || var.encrypted
    error_message = "agent_event_stream_kms_arn is set but encrypted is false: remove the key, or set encrypted to true."
  }
}

variable "agent_event_stream_retention_hours" {
  description = "How long the stream keeps an agent event, in hours (24 to 8760). A consumer that is down for longer loses events."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours must be a whole number from 24 to 8760 (365 days), the range that Kinesis supports."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`); null creates no alarms. The module's alarm is for agent events that the stream rejects. See docs/alarms.md."
  type = object({
    sns_topic_arns = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : length(var.alarms.sns_topic_arns) <= 5 && alltrue([for arn in var.alarms.sns_topic_arns : can(regex("^arn:[^:]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarms.sns_topic_arns must be at most five ARNs of SNS topics (arn:aws:sns:<region>:<account>:<name>): an alarm supports no more, and no FIFO topics here."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for arn in var.alarms.sns_topic_arns : try(split(":", arn)[3], local.region) == local.region])
    error_message = "alarms.sns_topic_arns has a topic in another region than the AWS provider (${local.region}): an alarm notifies only topics in its own region."
  }
}

variable "connect_instance_id" {
  description = "ID or ARN of the Amazon Connect instance that streams its agent events to this stream; null if you select the stream in the Amazon Connect console yourself."
  type        = string
  default     = null

  validation {
    condition     = var.connect_instance_id == null ? true : can(regex("^(arn:[^:]+:connect:[a-z0-9-]+:[0-9]{12}:instance/)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.connect_instance_id))
    error_message = "connect_instance_id must be the instance's id (12345678-90ab-cdef-1234-567890abcdef) or its ARN (arn:aws:connect:<region>:<account>:instance/<id>), not its alias or URL: the ARN is in the Amazon Connect console, on the instance's page."
  }

  validation {
    condition     = try(startswith(var.connect_instance_id, "arn:"), false) ? try(join(":", slice(split(":", var.connect_instance_id), 3, 5)), "") == "${local.region}:${local.account_id}" : true
    error_message = "connect_instance_id is in another region or account than the AWS provider (${local.region}, ${local.account_id}): an instance streams only within its own region and account."
  }
}

variable "encrypted" {
  description = "Whether the stream is encrypted at rest."
  type        = bool
  default     = true
  nullable    = false
}

variable "grant_connect_the_key" {
  description = "Whether to grant the instance of `connect_instance_id` the use of the stream's customer-managed key; null creates the grant if a key is set. Set it to true if the same configuration creates the key, because the plan does not know the ARN yet, and to false if the key policy already allows Amazon Connect to use the key."
  type        = bool
  default     = null

  validation {
    condition     = var.grant_connect_the_key == true ? var.agent_event_stream_kms_arn != null || var.kms_key_arn != null : true
    error_message = "grant_connect_the_key is true, but neither kms_key_arn nor agent_event_stream_kms_arn is set: name the key, or remove grant_connect_the_key."
  }

  validation {
    condition     = var.grant_connect_the_key == true ? var.connect_instance_id != null : true
    error_message = "grant_connect_the_key is true, but connect_instance_id is not set, so the role that needs the key is unknown: set connect_instance_id, or add output connect_key_policy to the key policy."
  }
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key for every resource that supports one; null for AWS keys. Amazon Connect needs permission to encrypt with it: `connect_instance_id` creates a grant; otherwise, add output `connect_key_policy` to the key policy."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.kms_key_arn == null ? true : try(split(":", var.kms_key_arn)[3], local.region) == local.region
    error_message = "kms_key_arn is in another region than the AWS provider (${local.region}): a stream's key must be in the stream's region."
  }

  validation {
    condition     = var.kms_key_arn == null || var.encrypted
    error_message = "kms_key_arn is set but encrypted is false: remove the key, or set encrypted to true."
  }
}

variable "name" {
  description = "Name of the Kinesis data stream."
  type        = string
  default     = "aspect-wfm-agent-events"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.-]{1,128}$", var.name))
    error_message = "name must have 1 to 128 letters, digits, hyphens, underscores and periods, which is what Kinesis accepts as a stream name."
  }
}

variable "name_suffix" {
  description = "Suffix for every default name, after a hyphen, to keep deployments for several Amazon Connect instances or regions in one account apart."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.name_suffix)) && length("${var.name}-${var.name_suffix}") <= 128
    error_message = "name_suffix is \"${coalesce(var.name_suffix, "null")}\": use lowercase letters, digits and hyphens, with no hyphen at the ends, as in eu-west-1; ${var.name}-${coalesce(var.name_suffix, "null")} must have at most 128 characters."
  }
}

variable "runbook_url" {
  description = "Address of your runbook. Each alarm description ends with this address and the anchor of the alarm's section, as in `docs/alarms.md#no-heartbeat`. The default is this repository's page."
  type        = string
  default     = "docs/alarms.md"
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s#]{1,400}$", var.runbook_url))
    error_message = "runbook_url must be an address of 1 to 400 characters without spaces and without #, because each alarm adds its own anchor."
  }
}

variable "shard_count" {
  description = "Number of shards in mode `PROVISIONED`. A shard accepts 1,000 events or 1 MB per second; for sizing, see the README. One change can at most double and at least halve the number, so apply larger changes in steps."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.shard_count >= 1 && floor(var.shard_count) == var.shard_count
    error_message = "shard_count must be a whole number of at least 1."
  }
}

variable "stream_mode" {
  description = "Capacity mode of the stream: `PROVISIONED` (with `shard_count`) or `ON_DEMAND`."
  type        = string
  default     = "PROVISIONED"
  nullable    = false

  validation {
    condition     = contains(["PROVISIONED", "ON_DEMAND"], var.stream_mode)
    error_message = "stream_mode is \"${var.stream_mode}\": use PROVISIONED or ON_DEMAND."
  }
}

variable "tags" {
  description = "Tags for every resource that supports them. IAM rejects keys that differ only in case, including a key that differs only in case from one in the provider's `default_tags`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(distinct([for key in concat(keys(var.tags), local.default_tag_keys) : lower(key)])) == length(distinct(concat(keys(var.tags), local.default_tag_keys)))
    error_message = "tags (${join(", ", keys(var.tags))}) and default_tags of the AWS provider (${join(", ", local.default_tag_keys)}) have two keys that differ only in case, which IAM rejects: use the same case in both, or remove one."
  }
}
