variable "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that Amazon Connect writes agent events to."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]+$", var.agent_event_stream_arn))
    error_message = "agent_event_stream_arn is \"${var.agent_event_stream_arn}\": it has to be the ARN of a Kinesis data stream (arn:aws:kinesis:<region>:<account>:stream/<name>). The Amazon Connect console shows it under Data streaming, Agent events."
  }

  validation {
    condition     = try(split(":", var.agent_event_stream_arn)[3], local.region) == local.region
    error_message = "agent_event_stream_arn is in another region than the AWS provider (${local.region}): deploy in the region of the Amazon Connect instance and its stream."
  }
}

variable "agent_event_stream_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the agent event stream, null when it has none."
  type        = string
  default     = null

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.agent_event_stream_kms_arn))
    error_message = "agent_event_stream_kms_arn has to be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.agent_event_stream_kms_arn == null ? true : try(split(":", var.agent_event_stream_kms_arn)[3], local.region) == local.region
    error_message = "agent_event_stream_kms_arn is in another region than the AWS provider (${local.region}): a stream is encrypted with a key of its own region."
  }
}

variable "agent_event_stream_retention_hours" {
  description = "Retention of the agent event stream, in hours. The relay gives a record up, and keeps it in the bucket for failed records, an hour before the stream drops it, and after seven days at the latest."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours has to be a whole number from 24 to 8760: set it to the retention of the stream."
  }
}

variable "ahg_filter_level" {
  description = "Agent hierarchy group level (1 to 5) on which agent events are filtered; 0 lets every agent through."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = contains([0, 1, 2, 3, 4, 5], var.ahg_filter_level)
    error_message = "ahg_filter_level is ${var.ahg_filter_level}: use 1 to 5 for the hierarchy level to filter on, or 0 for no filter."
  }
}

variable "ahg_filter_separator" {
  description = "The character between the filter values where they are stored; one that no value contains."
  type        = string
  default     = ","
  nullable    = false

  validation {
    condition     = length(var.ahg_filter_separator) == 1
    error_message = "ahg_filter_separator is \"${var.ahg_filter_separator}\": it has to be exactly one character."
  }
}

variable "ahg_filter_values" {
  description = "Names of the agent hierarchy groups, at `ahg_filter_level`, whose agents this RTA server monitors. Neither case nor the kind and number of blanks matters."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    # The pattern is every blank that agent_events.names counts as one.
    condition     = alltrue([for value in var.ahg_filter_values : try(trim(replace(value, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " ") != "", false)])
    error_message = "ahg_filter_values holds a value that is empty or blank, which would match no agent hierarchy group: write each name as it is in Amazon Connect."
  }

  validation {
    condition     = !anytrue([for value in var.ahg_filter_values : can(regex("\\p{Cf}", value))])
    error_message = "ahg_filter_values holds a name with an invisible character, such as a zero-width space (U+200B), which would match no agent hierarchy group: type the name again instead of pasting it."
  }

  validation {
    # As the relay splits them: a separator can also merge with a combining mark at the start of a value.
    condition     = length(var.ahg_filter_values) == 0 ? true : try(split(var.ahg_filter_separator, join(var.ahg_filter_separator, var.ahg_filter_values)) == var.ahg_filter_values, false)
    error_message = "ahg_filter_values cannot be told apart with \"${var.ahg_filter_separator}\" between them: set ahg_filter_separator to a character that no value contains."
  }

  validation {
    condition     = length(var.ahg_filter_values) == 0 || var.ahg_filter_level != 0
    error_message = "ahg_filter_values is set but ahg_filter_level is 0, so nothing would be filtered: set ahg_filter_level to the level of these groups (1 to 5), or remove the values."
  }

  validation {
    condition     = length(var.ahg_filter_values) > 0 || !contains([1, 2, 3, 4, 5], var.ahg_filter_level)
    error_message = "ahg_filter_level is ${var.ahg_filter_level} but ahg_filter_values is empty, so no agent would pass: name the groups in ahg_filter_values, or set ahg_filter_level to 0."
  }

  validation {
    # Lambda measures the environment as JSON. Terraform counts characters, of which Base64 without
    # its padding writes 2,050 bytes (2,048 and two quotation marks) as 2,734.
    condition     = length(replace(base64encode(jsonencode(join(var.ahg_filter_separator, [for value in var.ahg_filter_values : value == null ? "" : value]))), "=", "")) <= 2734
    error_message = "ahg_filter_values is too long: written as JSON, with its separators, it may take 2,048 bytes of the function's 4 KB of environment. Filter on a higher hierarchy level, or use one instance of this module for each part of the groups."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`), null for none; docs/alarms.md has each of them. They begin at `iterator_age_minutes` (how late the relay may read), `queue_age_minutes` (how long a message may wait while the RTA server has the flag on) and `skipped_percent` (records that are no agent events)."
  type = object({
    iterator_age_minutes = optional(number, 5)
    queue_age_minutes    = optional(number, 5)
    skipped_percent      = optional(number, 5)
    sns_topic_arns       = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : var.alarms.iterator_age_minutes >= 1
    error_message = "alarms.iterator_age_minutes is ${try(var.alarms.iterator_age_minutes, 0)}: it has to be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.queue_age_minutes >= 1
    error_message = "alarms.queue_age_minutes is ${try(var.alarms.queue_age_minutes, 0)}: it has to be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.skipped_percent >= 0 && var.alarms.skipped_percent < 100
    error_message = "alarms.skipped_percent is ${try(var.alarms.skipped_percent, 0)}: it has to be 0 to 99, a share of the records on the stream."
  }

  validation {
    condition     = var.alarms == null ? true : length(var.alarms.sns_topic_arns) <= 5 && alltrue([for arn in var.alarms.sns_topic_arns : can(regex("^arn:[^:]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "alarms.sns_topic_arns has to be at most five ARNs of SNS topics (arn:aws:sns:<region>:<account>:<name>): CloudWatch takes no more for an alarm, and no FIFO topics here."
  }

  validation {
    condition     = var.alarms == null ? true : alltrue([for arn in var.alarms.sns_topic_arns : try(split(":", arn)[3], local.region) == local.region])
    error_message = "alarms.sns_topic_arns has a topic in another region than the AWS provider (${local.region}): an alarm notifies topics of its own region."
  }
}

variable "authorization_mode" {
  description = "What the product works as: `user`, an IAM user whose access key is made by hand, or, where users must not exist, `role`, an IAM role that `source_aws_account_id` assumes with `external_id`. A change destroys the one and makes the other, see the README."
  type        = string
  default     = "user"
  nullable    = false

  validation {
    condition     = contains(["user", "role"], var.authorization_mode)
    error_message = "authorization_mode is \"${var.authorization_mode}\": use user or role."
  }
}

variable "dashboard" {
  description = "Whether there is a CloudWatch dashboard. It is named `<name>-adherence`."
  type        = bool
  default     = true
  nullable    = false
}

variable "enhanced_fan_out" {
  description = "Whether the stream is read as a registered consumer, with 2 MB a second of every shard to itself, at a further charge. A change replaces the event source mapping, which then reads all that is on the stream once more: see docs/changes.md before one."
  type        = bool
  default     = false
  nullable    = false
}

variable "external_id" {
  description = "External id that whoever assumes the role has to name; required with `authorization_mode` = `role`, and for that only. It is no secret, but has to be one that the source account uses for this estate only."
  type        = string
  default     = null

  validation {
    # In two parts: a regular expression here counts to 1,000 at most.
    condition     = var.external_id == null ? true : length(var.external_id) >= 2 && length(var.external_id) <= 1224 && can(regex("^[A-Za-z0-9_+=,.@:/-]*$", var.external_id))
    error_message = "external_id has to be 2 to 1,224 letters, digits and _ + = , . @ : / -, which is what STS takes."
  }

  validation {
    condition     = var.external_id != null || var.authorization_mode != "role"
    error_message = "authorization_mode is role but external_id is not set: ask whoever assumes the role which external id they use for you, and give it here."
  }

  validation {
    condition     = var.external_id == null || var.authorization_mode != "user"
    error_message = "external_id is set but authorization_mode is user, where nobody assumes a role: set authorization_mode to role, or remove external_id."
  }
}

variable "failed_records_bucket_name" {
  description = "Name of the bucket that keeps the records which could not be delivered; null for `<name>-failed-records-<account>`. A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.failed_records_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.failed_records_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.failed_records_bucket_name))
    error_message = "failed_records_bucket_name has to be a name that S3 takes: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and none of the beginnings and ends that S3 keeps for itself (such as xn-- and -s3alias)."
  }
}

variable "iam_path" {
  description = "IAM path of every role and user made here; begins and ends with `/`. A change makes the roles anew."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = length(var.iam_path) <= 512 && can(regex("^/([A-Za-z0-9_+=,.@-]+/)*$", var.iam_path))
    error_message = "iam_path is \"${var.iam_path}\": it has to begin and end with /, as in /wfm/, and may hold letters, digits and _ + = , . @ - between, 512 characters in all."
  }
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key that encrypts everything here that can have one; null for the keys of AWS. These are the tables, the queues, the bucket, the log and the function's environment. Its policy has to let CloudWatch Logs use it: see docs/security.md, and docs/changes.md before a change."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn has to be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.kms_key_arn == null ? true : try(split(":", var.kms_key_arn)[3], local.region) == local.region
    error_message = "kms_key_arn is in another region than the AWS provider (${local.region}): give a key of the region that you deploy in, or the replica there of a multi-region key."
  }
}

variable "lambda_config_location" {
  description = "Where the write-to-SQS flag lives: `env`, an environment variable of the relay function, or `table`, a DynamoDB table (fewer rights for the RTA user, one more read for each batch). Disconnect the RTA server before a change, see the README."
  type        = string
  default     = "env"
  nullable    = false

  validation {
    condition     = contains(["env", "table"], var.lambda_config_location)
    error_message = "lambda_config_location is \"${var.lambda_config_location}\": use env or table."
  }
}

variable "log_level" {
  description = "Least level of what is logged: `DEBUG` (a line for each record, by its sequence number), `INFO`, `WARNING` or `ERROR`. The line of a batch, which holds the metrics, is written at each."
  type        = string
  default     = "INFO"
  nullable    = false

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level is \"${var.log_level}\": use DEBUG, INFO, WARNING or ERROR."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, in days."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "message_groups" {
  description = "Message groups of the queues: `shared`, one for all agents, as the RTA server expects, or `agent`, one for each agent, which lifts the queues' throughput (high-throughput FIFO). Use `agent` only with an RTA server that takes messages of any group. Before a change see the README."
  type        = string
  default     = "shared"
  nullable    = false

  validation {
    condition     = contains(["shared", "agent"], var.message_groups)
    error_message = "message_groups is \"${var.message_groups}\": use shared or agent."
  }
}

variable "name" {
  description = "Name of the Real-Time Adherence deployment; the name of everything in it begins with it. One for each RTA server."
  type        = string
  default     = "aspect-wfm-rta"
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$", var.name))
    error_message = "name is \"${var.name}\": use 1 to 32 lowercase letters, digits and hyphens, with no hyphen at the ends, so that every name made from it is one that AWS takes."
  }

  validation {
    condition     = !can(regex("^(xn--|sthree-|amzn-s3-demo-)", var.name))
    error_message = "name begins with xn--, sthree- or amzn-s3-demo-, which S3 keeps for itself: use another."
  }
}

variable "name_suffix" {
  description = "Suffix of every name that is not given, behind a hyphen: it tells another Amazon Connect instance or region of the account apart. `name` and the suffix together have at most 32 characters."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.name_suffix)) && length("${var.name}-${var.name_suffix}") <= 32
    error_message = "name_suffix is \"${coalesce(var.name_suffix, "null")}\": use lowercase letters, digits and hyphens, with no hyphen at the ends, as in eu-west-1; ${var.name}-${coalesce(var.name_suffix, "null")} may have 32 characters."
  }
}

variable "num_retired_sqs_queues" {
  description = "After num_sqs_queues was lowered: how many of the queues behind it are kept, without new events, for the RTA server to read empty. 0 destroys all of them with what they hold. With any other value, and with null, the default, a plan that would destroy a queue is refused."
  type        = number
  default     = null

  validation {
    condition     = var.num_retired_sqs_queues == null ? true : contains(range(0, local.max_sqs_queues + 1 - min(local.max_sqs_queues, max(1, var.num_sqs_queues))), var.num_retired_sqs_queues)
    error_message = "num_retired_sqs_queues has to be a whole number from 0, and with num_sqs_queues at most ${local.max_sqs_queues}: give the number of queues that num_sqs_queues was lowered by, or 0 to destroy them."
  }
}

variable "num_sqs_queues" {
  description = "Number of SQS queues that carry events (1 to 10). More queues lower the latency of state changes. Before a change see the README."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = contains(range(1, local.max_sqs_queues + 1), var.num_sqs_queues)
    error_message = "num_sqs_queues is ${var.num_sqs_queues}: it has to be a whole number from 1 to ${local.max_sqs_queues}."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds the permissions of every role and user made here, null for no boundary."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn has to be the ARN of an IAM policy, yours (arn:aws:iam::<account>:policy/<name>) or one that AWS manages (arn:aws:iam::aws:policy/<name>), not of a role or user."
  }
}

variable "qss3_bucket_name" {
  description = "S3 bucket, in the same region, with your own copy of the zips (see `make publish`); null uses the zips of the module. Its name is known when planning."
  type        = string
  default     = null

  validation {
    condition     = var.qss3_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.qss3_bucket_name))
    error_message = "qss3_bucket_name has to be the name of an S3 bucket: 3 to 63 lowercase letters, digits, hyphens and periods."
  }
}

variable "qss3_key_prefix" {
  description = "Key prefix of your copy of the zips in `qss3_bucket_name`; ends in `/`. Null for the root of the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.qss3_key_prefix == null ? true : can(regex("^[A-Za-z0-9/-]*[A-Za-z0-9-]/$", var.qss3_key_prefix)) && !startswith(var.qss3_key_prefix, "/")
    error_message = "qss3_key_prefix may hold letters, digits, hyphens and slashes, does not begin with / and ends in /, as in connect-integration-aspect-wfm/."
  }

  validation {
    condition     = var.qss3_key_prefix == null ? true : length(var.qss3_key_prefix) <= 1000
    error_message = "qss3_key_prefix has more than 1,000 characters: a key in S3 has 1,024 bytes, and the zip's name comes behind the prefix."
  }

  validation {
    condition     = var.qss3_key_prefix == null || var.qss3_bucket_name != null
    error_message = "qss3_key_prefix is set but qss3_bucket_name is not: name the bucket that holds your copy of the zip, or remove the prefix."
  }
}

variable "relay_function" {
  description = "How Lambda runs the relay: `batch_size` (events a batch, 1 to 10,000; 6 MB end one earlier), `batch_window_seconds` (how long a batch may wait for more, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU comes with it) and `parallelization_factor` (batches of a shard side by side, 1 to 10; an agent's events stay in order). See the README."
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
    error_message = "relay_function.batch_size is ${var.relay_function.batch_size}: it has to be a whole number from 1 to 10,000, which is what Lambda takes from a Kinesis stream."
  }

  validation {
    condition     = var.relay_function.batch_window_seconds >= 0 && var.relay_function.batch_window_seconds <= 300 && floor(var.relay_function.batch_window_seconds) == var.relay_function.batch_window_seconds
    error_message = "relay_function.batch_window_seconds is ${var.relay_function.batch_window_seconds}: it has to be a whole number from 0 to 300, which is as long as Lambda waits for a batch to fill."
  }

  validation {
    condition     = var.relay_function.memory_size >= 256 && var.relay_function.memory_size <= 10240 && floor(var.relay_function.memory_size) == var.relay_function.memory_size
    error_message = "relay_function.memory_size is ${var.relay_function.memory_size}: it has to be a whole number from 256, which the function needs, to 10,240, which is what Lambda has, in MB."
  }

  validation {
    condition     = var.relay_function.parallelization_factor >= 1 && var.relay_function.parallelization_factor <= 10 && floor(var.relay_function.parallelization_factor) == var.relay_function.parallelization_factor
    error_message = "relay_function.parallelization_factor is ${var.relay_function.parallelization_factor}: it has to be a whole number from 1 to 10, which is how many batches of a shard Lambda runs side by side."
  }
}

variable "rta_user_name" {
  description = "Name of the RTA server's IAM user, or with `authorization_mode` = `role` of its role; null for `<name>-server`. Set it for names by the estate's rules, or to keep what a Quick Start stack made (docs/migrating-from-the-quick-start.md)."
  type        = string
  default     = null

  validation {
    condition     = var.rta_user_name == null ? true : can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.rta_user_name))
    error_message = "rta_user_name has to be 1 to 64 letters, digits and _ + = , . @ -, which is what IAM takes for a user or a role."
  }

  validation {
    condition     = var.authorization_mode != "role" || lower(coalesce(var.rta_user_name, "none")) != "${local.name}-relay"
    error_message = "rta_user_name names the RTA server's role ${local.name}-relay, as the relay function's role is called, and upper case makes no other name to IAM: choose another."
  }
}

variable "runbook_url" {
  description = "Where your runbook is. The description of each alarm ends with it and the anchor of the alarm's section, as in `docs/alarms.md#no-heartbeat`. By default, this repository's page."
  type        = string
  default     = "docs/alarms.md"
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s#]{1,400}$", var.runbook_url))
    error_message = "runbook_url has to be an address of 1 to 400 characters, without blanks and without #: each alarm adds its own anchor."
  }
}

variable "source_aws_account_id" {
  description = "AWS account whose principals may assume the role; required with `authorization_mode` = `role`, and for that only. It may be this account."
  type        = string
  default     = null

  validation {
    condition     = var.source_aws_account_id == null ? true : can(regex("^[0-9]{12}$", var.source_aws_account_id))
    error_message = "source_aws_account_id has to be the 12 digits of an AWS account, in quotes so that no leading zero is lost."
  }

  validation {
    condition     = var.source_aws_account_id != null || var.authorization_mode != "role"
    error_message = "authorization_mode is role but source_aws_account_id is not set: name the AWS account whose principals are to assume the role."
  }

  validation {
    condition     = var.source_aws_account_id == null || var.authorization_mode != "user"
    error_message = "source_aws_account_id is set but authorization_mode is user, where nobody assumes a role: set authorization_mode to role, or remove source_aws_account_id."
  }
}

variable "starting_position" {
  description = "Where on the stream reading begins: `TRIM_HORIZON`, the oldest event, or `LATEST`. It counts when the event source mapping is made: at the first deployment, and when another stream or `enhanced_fan_out` replaces it. By itself a change does nothing, since it would forget how far the function has read."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is \"${var.starting_position}\": use TRIM_HORIZON or LATEST."
  }
}

variable "tags" {
  description = "Tags for every resource that takes them. No key may differ only by case from another one, nor from a key of the provider's `default_tags`: IAM rejects both. The function also gets `aspect-wfm-version`, unless you set that key here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(distinct([for key in concat(keys(var.tags), local.default_tag_keys) : lower(key)])) == length(distinct(concat(keys(var.tags), local.default_tag_keys)))
    error_message = "tags (${join(", ", keys(var.tags))}) and default_tags of the AWS provider (${join(", ", local.default_tag_keys)}) have two keys that differ only by case: IAM takes them for one key and rejects both. Spell them alike, or remove one."
  }
}
