variable "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+$", var.agent_event_stream_arn))
    error_message = "agent_event_stream_arn is \"${var.agent_event_stream_arn}\": it must be the ARN of a Kinesis data stream (arn:aws:kinesis:<region>:<account>:stream/<name>). The Amazon Connect console shows it under Data streaming, Agent events."
  }

  validation {
    condition     = try(split(":", var.agent_event_stream_arn)[3], local.region) == local.region
    error_message = "agent_event_stream_arn is in another region than the AWS provider (${local.region}): deploy in the region of the Amazon Connect instance and its stream."
  }
}

variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the agent event stream; null without one."
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
}

variable "agent_event_stream_retention_hours" {
  description = "Retention of the agent event stream, in hours. The relay retries a record until one hour before the stream deletes it, and for seven days at most, and then saves it in the bucket for failed records."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours must be a whole number from 24 to 8760: set it to the retention of the stream."
  }
}

variable "ahg_filter_level" {
  description = "Agent hierarchy level (1 to 5) to filter agent events by; 0 includes every agent."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains([0, 1, 2, 3, 4, 5], var.ahg_filter_level)
    error_message = "ahg_filter_level is ${var.ahg_filter_level}: use 1 to 5 for the hierarchy level to filter on, or 0 for no filter."
  }
}

variable "ahg_filter_separator" {
  description = "Character that separates the filter values in the function's environment; no value may contain it."
  type        = string
  default     = ","
  nullable    = false

  validation {
    condition     = length(var.ahg_filter_separator) == 1
    error_message = "ahg_filter_separator is \"${var.ahg_filter_separator}\": it must be exactly one character."
  }
}

variable "ahg_filter_values" {
  description = "Names of the agent hierarchy groups, at `ahg_filter_level`, whose agents this RTA server monitors. Case, and the kind and number of spaces, do not matter."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    # The pattern matches every character that agent_events.names treats as a space.
    condition     = alltrue([for value in var.ahg_filter_values : try(trim(replace(value, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " ") != "", false)])
    error_message = "ahg_filter_values has a value that is empty or blank, which matches no agent hierarchy group: enter each name as it is in Amazon Connect."
  }

  validation {
    condition     = !anytrue([for value in var.ahg_filter_values : can(regex("\\p{Cf}", value))])
    error_message = "ahg_filter_values has a name with an invisible character, such as a zero-width space (U+200B), which matches no agent hierarchy group: type the name again instead of pasting it."
  }

  validation {
    # Split as in the relay: a separator can also merge with a combining mark at the start of a value.
    condition     = length(var.ahg_filter_values) == 0 ? true : try(split(var.ahg_filter_separator, join(var.ahg_filter_separator, var.ahg_filter_values)) == var.ahg_filter_values, false)
    error_message = "ahg_filter_values cannot be told apart with \"${var.ahg_filter_separator}\" between them: set ahg_filter_separator to a character that no value contains."
  }

  validation {
    condition     = length(var.ahg_filter_values) == 0 || var.ahg_filter_level != 0
    error_message = "ahg_filter_values is set but ahg_filter_level is 0, so the filter is off: set ahg_filter_level to the level of these groups (1 to 5), or remove the values."
  }

  validation {
    condition     = length(var.ahg_filter_values) > 0 || !contains([1, 2, 3, 4, 5], var.ahg_filter_level)
    error_message = "ahg_filter_level is ${var.ahg_filter_level} but ahg_filter_values is empty, so no agent passes the filter: name the groups in ahg_filter_values, or set ahg_filter_level to 0."
  }

  validation {
    # Lambda measures the environment as JSON. Terraform counts characters, of which Base64 without
    # its padding writes 2,050 bytes (2,048 and two quotation marks) as 2,734.
    condition     = length(replace(base64encode(jsonencode(join(var.ahg_filter_separator, [for value in var.ahg_filter_values : value == null ? "" : value]))), "=", "")) <= 2734
    error_message = "ahg_filter_values is too long: as JSON, with separators, it may use at most 2,048 bytes of the function's 4 KB of environment variables. Filter by a higher hierarchy level, or split the groups between several instances of this module."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`); null creates no alarms. Thresholds: `iterator_age_minutes` (how far behind the relay may read), `queue_age_minutes` (how long a message may wait while the RTA server has the flag on) and `skipped_percent` (share of records that are not agent events). See docs/alarms.md."
  type = object({
    iterator_age_minutes = optional(number, 5)
    queue_age_minutes    = optional(number, 5)
    skipped_percent      = optional(number, 5)
    sns_topic_arns       = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : var.alarms.iterator_age_minutes >= 1
    error_message = "alarms.iterator_age_minutes is ${try(var.alarms.iterator_age_minutes, 0)}: it must be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.queue_age_minutes >= 1
    error_message = "alarms.queue_age_minutes is ${try(var.alarms.queue_age_minutes, 0)}: it must be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.skipped_percent >= 0 && var.alarms.skipped_percent < 100
    error_message = "alarms.skipped_percent is ${try(var.alarms.skipped_percent, 0)}: it must be at least 0 and less than 100, a percentage of the records on the stream."
  }

  validation {
    condition     = var.alarms == null ? true : length(var.alarms.sns_topic_arns) <= 5 && alltrue([for arn in var.alarms.sns_topic_arns : can(regex("^arn:[^:]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarms.sns_topic_arns must be at most five ARNs of SNS topics (arn:aws:sns:<region>:<account>:<name>): an alarm supports no more, and no FIFO topics here."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for arn in var.alarms.sns_topic_arns : try(split(":", arn)[3], local.region) == local.region])
    error_message = "alarms.sns_topic_arns has a topic in another region than the AWS provider (${local.region}): an alarm notifies only topics in its own region."
  }
}

# A threshold other than the default above, without a topic, is probably a mistake.
check "alarms_notify_somebody" {
  assert {
    condition     = var.alarms == null ? true : length(var.alarms.sns_topic_arns) > 0 || (var.alarms.iterator_age_minutes == 5 && var.alarms.queue_age_minutes == 5 && var.alarms.skipped_percent == 5)
    error_message = "alarms sets a threshold but no topic in sns_topic_arns, so the alarms notify no one: add a topic, or remove the threshold."
  }
}

variable "authorization_mode" {
  description = "How the Aspect product signs in to AWS: `user` creates an IAM user, whose access key you create yourself; `role` creates an IAM role that `source_aws_account_id` assumes with `external_id`. A change destroys one identity and creates the other: see the README."
  type        = string
  default     = "user"
  nullable    = false

  validation {
    condition     = contains(["user", "role"], var.authorization_mode)
    error_message = "authorization_mode is \"${var.authorization_mode}\": use user or role."
  }
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard. Its name is `<name>-adherence`."
  type        = bool
  default     = true
  nullable    = false
}

variable "enhanced_fan_out" {
  description = "Whether to read the stream with enhanced fan-out: a dedicated 2 MB per second from each shard, at an extra charge. A change replaces the event source mapping, which then reads everything on the stream again. See docs/changes.md first."
  type        = bool
  default     = false
  nullable    = false
}

variable "external_id" {
  description = "External ID that the source account passes to assume the role; required with `authorization_mode` = `role`, otherwise null. It is not a secret, but must be unique to you among the source account's customers."
  type        = string
  default     = null

  validation {
    # In two parts: a repetition in a regular expression is limited to 1,000 here.
    condition     = var.external_id == null ? true : length(var.external_id) >= 2 && length(var.external_id) <= 1224 && can(regex("^[A-Za-z0-9_+=,.@:/-]*$", var.external_id))
    error_message = "external_id must be 2 to 1,224 letters, digits and _ + = , . @ : / -, which is what STS accepts."
  }

  validation {
    condition     = var.external_id != null || var.authorization_mode != "role"
    error_message = "authorization_mode is role but external_id is not set: ask the team or vendor that assumes the role for the external ID that they use for you, and set it here."
  }

  validation {
    condition     = var.external_id == null || var.authorization_mode != "user"
    error_message = "external_id is set but authorization_mode is user, which creates no role: set authorization_mode to role, or remove external_id."
  }
}

variable "failed_records_bucket_name" {
  description = "Name of the S3 bucket for records that could not be delivered; null for `<name>-failed-records-<account>`. A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.failed_records_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.failed_records_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.failed_records_bucket_name))
    error_message = "failed_records_bucket_name must be a valid S3 bucket name: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and no prefix or suffix that S3 reserves (such as xn-- and -s3alias)."
  }
}

variable "iam_path" {
  description = "IAM path of every role and user; begins and ends with `/`. A change replaces the roles."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = length(var.iam_path) <= 512 && can(regex("^/([A-Za-z0-9_+=,.@-]+/)*$", var.iam_path))
    error_message = "iam_path is \"${var.iam_path}\": it must begin and end with /, as in /wfm/, with letters, digits and _ + = , . @ - in between, and have at most 512 characters."
  }
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key for every resource that supports one; null for AWS keys. It encrypts the tables, the queues, the bucket, the log and the function's environment variables. The key policy must allow CloudWatch Logs to use it: see docs/security.md, and docs/changes.md before a change."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.kms_key_arn == null ? true : try(split(":", var.kms_key_arn)[3], local.region) == local.region
    error_message = "kms_key_arn is in another region than the AWS provider (${local.region}): use a key in the region that you deploy to, or the replica of a multi-Region key there."
  }
}

variable "lambda_config_location" {
  description = "Where the write-to-SQS flag is stored: `table`, a DynamoDB table (recommended: the RTA server needs fewer permissions), or `env`, an environment variable of the relay function (the default of the configuration guide). Disconnect the RTA server before a change: see the README."
  type        = string
  default     = "env"
  nullable    = false

  validation {
    condition     = contains(["env", "table"], var.lambda_config_location)
    error_message = "lambda_config_location is \"${var.lambda_config_location}\": use env or table."
  }
}

variable "log_level" {
  description = "Minimum log level: `DEBUG` (one line per record, by sequence number), `INFO`, `WARNING` or `ERROR`. The line per batch, which contains the metrics, is written at every level."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level is \"${var.log_level}\": use DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "How long CloudWatch Logs keeps logs, in days."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch Logs supports 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "message_groups" {
  description = "Message groups in the queues: `shared`, one group for all agents, which the RTA server expects, or `agent`, one group per agent, which raises the throughput of the queues (high-throughput FIFO). Use `agent` only if your RTA server accepts messages from any group. Before a change, see the README."
  type        = string
  default     = "shared"
  nullable    = false

  validation {
    condition     = contains(["shared", "agent"], var.message_groups)
    error_message = "message_groups is \"${var.message_groups}\": use shared or agent."
  }
}

variable "name" {
  description = "Name of the Real-Time Adherence deployment and prefix of the names of its resources. Use one name per RTA server."
  type        = string
  default     = "aspect-wfm-rta"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", var.name))
    error_message = "name is \"${var.name}\": use 1 to 32 lowercase letters, digits and hyphens, with no hyphen at the ends, so that every name derived from it is valid."
  }

  validation {
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.name))
    error_message = "name begins with xn--, sthree- or amzn-s3-demo-, which S3 reserves: use another name."
  }
}

variable "name_suffix" {
  description = "Suffix for every default name, after a hyphen, to keep deployments for several Amazon Connect instances or regions in one account apart. `name` with the suffix has at most 32 characters."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.name_suffix)) && length("${var.name}-${var.name_suffix}") <= 32
    error_message = "name_suffix is \"${coalesce(var.name_suffix, "null")}\": use lowercase letters, digits and hyphens, with no hyphen at the ends, as in eu-west-1; ${var.name}-${coalesce(var.name_suffix, "null")} must have at most 32 characters."
  }
}

variable "num_retired_sqs_queues" {
  description = "Number of queues to keep after you lower `num_sqs_queues`, so that the RTA server can read them empty; they receive no new events. 0 destroys all of them with their messages. With any other value, or null, a plan that would destroy a queue fails."
  type        = number
  default     = null

  validation {
    condition     = var.num_retired_sqs_queues == null ? true : contains(range(0, local.max_sqs_queues + 1 - min(local.max_sqs_queues, max(1, var.num_sqs_queues))), var.num_retired_sqs_queues)
    error_message = "num_retired_sqs_queues must be a whole number, at least 0, and at most ${local.max_sqs_queues} together with num_sqs_queues: set it to the number that you lowered num_sqs_queues by, or to 0 to destroy those queues."
  }
}

variable "num_sqs_queues" {
  description = "Number of SQS queues for agent events (1 to 10). More queues lower the latency of state changes. Before a change, see the README."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains(range(1, local.max_sqs_queues + 1), var.num_sqs_queues)
    error_message = "num_sqs_queues is ${var.num_sqs_queues}: it must be a whole number from 1 to ${local.max_sqs_queues}."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy to set as permissions boundary of every role and user; null for no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy, customer-managed (arn:aws:iam::<account>:policy/<name>) or AWS-managed (arn:aws:iam::aws:policy/<name>), not of a role or user."
  }
}

variable "qss3_bucket_name" {
  description = "S3 bucket in the same region with your own copy of the zips (see `make publish`); null uses the zips in the module. The name must be known at plan time."
  type        = string
  default     = null

  validation {
    condition     = var.qss3_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.qss3_bucket_name))
    error_message = "qss3_bucket_name must be the name of an S3 bucket: 3 to 63 lowercase letters, digits, hyphens and periods."
  }
}

variable "qss3_key_prefix" {
  description = "Key prefix of the zips in `qss3_bucket_name`; ends in `/`. Null for the root of the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.qss3_key_prefix == null ? true : can(regex("^[A-Za-z0-9/-]*[A-Za-z0-9-]/$", var.qss3_key_prefix)) && !startswith(var.qss3_key_prefix, "/")
    error_message = "qss3_key_prefix must have only letters, digits, hyphens and slashes, no / at the beginning and a / at the end, as in connect-integration-aspect-wfm/."
  }

  validation {
    condition     = var.qss3_key_prefix == null ? true : length(var.qss3_key_prefix) <= 1000
    error_message = "qss3_key_prefix has more than 1,000 characters: an S3 key has at most 1,024 bytes, and the name of the zip follows the prefix."
  }

  validation {
    condition     = var.qss3_key_prefix == null || var.qss3_bucket_name != null
    error_message = "qss3_key_prefix is set but qss3_bucket_name is not: set the bucket with your copy of the zips, or remove the prefix."
  }
}

variable "relay_function" {
  description = "Lambda settings of the relay: `batch_size` (events per batch, 1 to 10,000, or up to 6 MB), `batch_window_seconds` (how long Lambda waits to fill a batch, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU grows with it) and `parallelization_factor` (concurrent batches per shard, 1 to 10; each agent's events stay in order). See the README."
  type = object({
    batch_size             = optional(number, 1000)
    batch_window_seconds   = optional(number, 0)
    memory_size            = optional(number, 1024)
    parallelization_factor = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.relay_function.batch_size >= 1 && var.relay_function.batch_size <= 10000 && floor(var.relay_function.batch_size) == var.relay_function.batch_size
    error_message = "relay_function.batch_size is ${var.relay_function.batch_size}: it must be a whole number from 1 to 10,000, the range that Lambda supports for Kinesis streams."
  }

  validation {
    condition     = var.relay_function.batch_window_seconds >= 0 && var.relay_function.batch_window_seconds <= 300 && floor(var.relay_function.batch_window_seconds) == var.relay_function.batch_window_seconds
    error_message = "relay_function.batch_window_seconds is ${var.relay_function.batch_window_seconds}: it must be a whole number from 0 to 300, the range that Lambda supports."
  }

  validation {
    condition     = var.relay_function.memory_size >= 256 && var.relay_function.memory_size <= 10240 && floor(var.relay_function.memory_size) == var.relay_function.memory_size
    error_message = "relay_function.memory_size is ${var.relay_function.memory_size}: it must be a whole number from 256, which the function needs, to 10,240, the maximum of Lambda, in MB."
  }

  validation {
    condition     = var.relay_function.parallelization_factor >= 1 && var.relay_function.parallelization_factor <= 10 && floor(var.relay_function.parallelization_factor) == var.relay_function.parallelization_factor
    error_message = "relay_function.parallelization_factor is ${var.relay_function.parallelization_factor}: it must be a whole number from 1 to 10, the range that Lambda supports."
  }
}

variable "rta_user_name" {
  description = "Name of the RTA server's IAM user, or of its role with `authorization_mode` = `role`; null for `<name>-server`. Set it to follow your naming rules, or to keep the user of a Quick Start stack (docs/migrating-from-the-quick-start.md)."
  type        = string
  default     = null

  validation {
    condition     = var.rta_user_name == null ? true : can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.rta_user_name))
    error_message = "rta_user_name must be 1 to 64 letters, digits and _ + = , . @ -, which is what IAM accepts as the name of a user or role."
  }

  validation {
    condition     = var.authorization_mode != "role" || lower(coalesce(var.rta_user_name, "none")) != local.role_name
    error_message = "rta_user_name is ${local.role_name}, the name of the relay function's role (IAM ignores case): choose another name."
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

variable "source_aws_account_id" {
  description = "ID of the AWS account whose principals may assume the role; required with `authorization_mode` = `role`, otherwise null. It may be this account."
  type        = string
  default     = null

  validation {
    condition     = var.source_aws_account_id == null ? true : can(regex("^[0-9]{12}$", var.source_aws_account_id))
    error_message = "source_aws_account_id must be the 12 digits of an AWS account ID, in quotes to keep leading zeros."
  }

  validation {
    condition     = var.source_aws_account_id != null || var.authorization_mode != "role"
    error_message = "authorization_mode is role but source_aws_account_id is not set: set it to the AWS account whose principals assume the role."
  }

  validation {
    condition     = var.source_aws_account_id == null || var.authorization_mode != "user"
    error_message = "source_aws_account_id is set but authorization_mode is user, which creates no role: set authorization_mode to role, or remove source_aws_account_id."
  }
}

variable "starting_position" {
  description = "Where to start reading the stream: `TRIM_HORIZON`, at the oldest event, or `LATEST`, at new events. It applies when Terraform creates the event source mapping: at the first deployment, and when another stream or `enhanced_fan_out` replaces the mapping. A change alone has no effect on an existing mapping, which keeps its position."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is \"${var.starting_position}\": use TRIM_HORIZON or LATEST."
  }
}

variable "tags" {
  description = "Tags for every resource that supports them. IAM rejects keys that differ only in case, including a key that differs only in case from one in the provider's `default_tags`. The function also gets `aspect-wfm-version`, unless you set that key here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(distinct([for key in concat(keys(var.tags), local.default_tag_keys) : lower(key)])) == length(distinct(concat(keys(var.tags), local.default_tag_keys)))
    error_message = "tags (${join(", ", keys(var.tags))}) and default_tags of the AWS provider (${join(", ", local.default_tag_keys)}) have two keys that differ only in case, which IAM rejects: use the same case in both, or remove one."
  }
}
