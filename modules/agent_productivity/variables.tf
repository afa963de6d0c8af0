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
  description = "Retention of the agent event stream, in hours. The classifier retries a record until one hour before the stream deletes it, and for seven days at most, and then saves it in the bucket for failed records."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours must be a whole number from 24 to 8760: set it to the retention of the stream."
  }
}

variable "agent_statuses" {
  description = "Reference table: maps the name of each agent status in Amazon Connect to `A` (available), `0` (signed out) or `1` (signed in). If null, upload the table yourself; changing a map to null deletes the table that Terraform uploaded."
  type        = map(string)
  default     = null

  validation {
    condition     = alltrue([for type in values(coalesce(var.agent_statuses, {})) : contains(["A", "0", "1"], coalesce(type, "none"))])
    error_message = "agent_statuses gives a status a type other than A (available), 0 (signed out) or 1 (signed in): use one of these three."
  }

  validation {
    # The pattern matches every character that agent_events.names treats as a space.
    condition     = alltrue([for name in keys(coalesce(var.agent_statuses, {})) : trim(replace(name, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " ") != "" && !can(regex("[\\r\\n]", name))])
    error_message = "agent_statuses has a name that is empty or contains a line break: enter each name as it is in Amazon Connect."
  }

  validation {
    condition     = !anytrue([for name in keys(coalesce(var.agent_statuses, {})) : can(regex("\\p{Cf}", name))])
    error_message = "agent_statuses has a name with an invisible character, such as a zero-width space (U+200B), which matches no agent status: type the name again instead of pasting it."
  }

  validation {
    condition     = length(distinct([for name in keys(coalesce(var.agent_statuses, {})) : lower(trim(replace(name, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " "))])) == length(coalesce(var.agent_statuses, {}))
    error_message = "agent_statuses names a status twice: names that differ only in case or in spaces are the same. Keep one of them."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`); null creates no alarms. Thresholds: `iterator_age_minutes` (how far behind the classifier may read), `report_age_minutes` (how old a line may be before Firehose writes it) and `skipped_percent` (share of records that are not agent events). See docs/alarms.md."
  type = object({
    iterator_age_minutes = optional(number, 5)
    report_age_minutes   = optional(number, 15)
    skipped_percent      = optional(number, 5)
    sns_topic_arns       = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : var.alarms.iterator_age_minutes >= 1
    error_message = "alarms.iterator_age_minutes is ${try(var.alarms.iterator_age_minutes, 0)}: it must be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.report_age_minutes >= 6
    error_message = "alarms.report_age_minutes is ${try(var.alarms.report_age_minutes, 0)}: it must be at least 6 minutes, because Firehose buffers lines for five."
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
    condition     = var.alarms == null ? true : length(var.alarms.sns_topic_arns) > 0 || (var.alarms.iterator_age_minutes == 5 && var.alarms.report_age_minutes == 15 && var.alarms.skipped_percent == 5)
    error_message = "alarms sets a threshold but no topic in sns_topic_arns, so the alarms notify no one: add a topic, or remove the threshold."
  }
}

variable "aspect_ap_data_s3_prefix" {
  description = "Prefix of the report files in the report bucket; ends in `/`. Set the WFM Adapter's parameter Firehose Report Root Path to the same value."
  type        = string
  default     = "OUTPUT/"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.=-][A-Za-z0-9_.=/-]*/$", var.aspect_ap_data_s3_prefix)) && !strcontains(var.aspect_ap_data_s3_prefix, "//")
    error_message = "aspect_ap_data_s3_prefix is \"${var.aspect_ap_data_s3_prefix}\": use letters, digits and _ . = - /, with no / at the beginning and a / at the end, as in OUTPUT/."
  }

  validation {
    condition     = length(var.aspect_ap_data_s3_prefix) <= 900
    error_message = "aspect_ap_data_s3_prefix has ${length(var.aspect_ap_data_s3_prefix)} characters, but at most 900 are allowed: an S3 key has at most 1,024 bytes, and Firehose adds the hour and the file name to the prefix."
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

variable "classifier_function" {
  description = "Lambda settings of the classifier: `batch_size` (events per batch, 1 to 10,000, or up to 6 MB), `batch_window_seconds` (how long Lambda waits to fill a batch, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU grows with it) and `parallelization_factor` (concurrent batches per shard, 1 to 10; each agent's events stay in order). See the README."
  type = object({
    batch_size             = optional(number, 1000)
    batch_window_seconds   = optional(number, 5)
    memory_size            = optional(number, 256)
    parallelization_factor = optional(number, 1)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.classifier_function.batch_size >= 1 && var.classifier_function.batch_size <= 10000 && floor(var.classifier_function.batch_size) == var.classifier_function.batch_size
    error_message = "classifier_function.batch_size is ${var.classifier_function.batch_size}: it must be a whole number from 1 to 10,000, the range that Lambda supports for Kinesis streams."
  }

  validation {
    condition     = var.classifier_function.batch_window_seconds >= 0 && var.classifier_function.batch_window_seconds <= 300 && floor(var.classifier_function.batch_window_seconds) == var.classifier_function.batch_window_seconds
    error_message = "classifier_function.batch_window_seconds is ${var.classifier_function.batch_window_seconds}: it must be a whole number from 0 to 300, the range that Lambda supports."
  }

  validation {
    condition     = var.classifier_function.memory_size >= 256 && var.classifier_function.memory_size <= 10240 && floor(var.classifier_function.memory_size) == var.classifier_function.memory_size
    error_message = "classifier_function.memory_size is ${var.classifier_function.memory_size}: it must be a whole number from 256, which the function needs, to 10,240, the maximum of Lambda, in MB."
  }

  validation {
    condition     = var.classifier_function.parallelization_factor >= 1 && var.classifier_function.parallelization_factor <= 10 && floor(var.classifier_function.parallelization_factor) == var.classifier_function.parallelization_factor
    error_message = "classifier_function.parallelization_factor is ${var.classifier_function.parallelization_factor}: it must be a whole number from 1 to 10, the range that Lambda supports."
  }
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.connect_s3_bucket))
    error_message = "connect_s3_bucket is \"${var.connect_s3_bucket}\": it must be the name of an S3 bucket (3 to 63 lowercase letters, digits, hyphens and periods), without s3:// and without a path. The Amazon Connect console shows it under Data storage, Exported reports."
  }
}

variable "connect_s3_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the exported reports; null without one."
  type        = string
  default     = null

  validation {
    condition     = var.connect_s3_kms_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.connect_s3_kms_arn))
    error_message = "connect_s3_kms_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.connect_s3_kms_arn == null ? true : try(split(":", var.connect_s3_kms_arn)[3], local.region) == local.region
    error_message = "connect_s3_kms_arn is in another region than the AWS provider (${local.region}): deploy in the region of the Amazon Connect instance and its buckets, and set the key that encrypts the exported reports there."
  }
}

variable "connect_s3_prefix" {
  description = "Prefix of the scheduled reports for WFM in the exported reports bucket; ends in `/`. The default is a placeholder: replace `directory` with the alias of the Amazon Connect instance."
  type        = string
  default     = "connect/directory/Reports/Aspect/"
  nullable    = false

  validation {
    condition     = var.connect_s3_prefix != "connect/directory/Reports/Aspect/"
    error_message = "connect_s3_prefix is still the placeholder connect/directory/Reports/Aspect/: replace directory with the alias of your Amazon Connect instance, and Aspect with the folder that you schedule the reports into. The Amazon Connect console shows the beginning under Data storage, Exported reports."
  }

  validation {
    condition     = endswith(var.connect_s3_prefix, "/") && !startswith(var.connect_s3_prefix, "/") && !can(regex("[*?]", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\": it must end in /, as in connect/<alias>/Reports/Aspect/, must not begin with / and must not contain * or ?."
  }

  validation {
    # Terraform counts characters. Base64 without its padding writes 1,024 bytes as 1,366.
    condition     = length(replace(base64encode(var.connect_s3_prefix), "=", "")) <= 1366
    error_message = "connect_s3_prefix is too long: an S3 key has at most 1,024 bytes, so no object can have this prefix."
  }

  validation {
    condition     = !can(regex("^connect/([^/]+/)?$", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\", which includes call recordings and chat transcripts: add the folder that you schedule the reports into, as in connect/<alias>/Reports/Aspect/."
  }

  validation {
    condition     = !can(regex("(?i)/(CallRecordings|ChatTranscripts|EmailMessages|ScreenRecordings)/", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\", where Amazon Connect stores recordings or transcripts: use the folder that you schedule the reports into, as in connect/<alias>/Reports/Aspect/."
  }
}

variable "dashboard" {
  description = "Whether to create a CloudWatch dashboard. Its name is `<kda_application_name>-productivity`."
  type        = bool
  default     = true
  nullable    = false
}

variable "engine" {
  description = "What runs the classifier: `lambda`, a Lambda function, or `flink`, a Managed Service for Apache Flink application (see `flink_application`). Before you change it on a live deployment, see docs/engines.md."
  type        = string
  default     = "lambda"
  nullable    = false

  validation {
    condition     = contains(["flink", "lambda"], var.engine)
    error_message = "engine is \"${var.engine}\": use lambda or flink."
  }

  validation {
    condition     = var.engine != "flink" || try(split(":", var.agent_event_stream_arn)[4], local.account_id) == local.account_id
    error_message = "engine is flink but agent_event_stream_arn is in another account than the AWS provider (${local.account_id}): the Flink connector finds a stream by name, in its own account only. Use engine = lambda."
  }
}

variable "enhanced_fan_out" {
  description = "Whether to read the stream with enhanced fan-out: a dedicated 2 MB per second from each shard, at an extra charge. A change replaces the event source mapping, which then reads everything on the stream again, or updates the Flink application, which continues from its snapshot. See docs/changes.md first."
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
  description = "Name of the S3 bucket for events that could not become report lines; null for `<kda_application_name>-failed-events-<account>` in lower case. A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.failed_records_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.failed_records_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.failed_records_bucket_name))
    error_message = "failed_records_bucket_name must be a valid S3 bucket name: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and no prefix or suffix that S3 reserves (such as xn-- and -s3alias)."
  }

  validation {
    condition     = var.failed_records_bucket_name == null || (var.failed_records_bucket_name != var.report_bucket_name && var.failed_records_bucket_name != var.connect_s3_bucket)
    error_message = "failed_records_bucket_name is the report bucket or the exported reports bucket: use a separate bucket, because the WFM Adapter lists those two."
  }

  validation {
    condition     = !contains([var.connect_s3_bucket, coalesce(var.report_bucket_name, local.default_bucket_names.reports)], coalesce(var.failed_records_bucket_name, local.default_bucket_names.failed_records))
    error_message = "connect_s3_bucket or report_bucket_name is ${coalesce(var.failed_records_bucket_name, local.default_bucket_names.failed_records)}, the bucket for failed records, which the WFM Adapter could then read: use another bucket."
  }
}

variable "flink_application" {
  description = "Settings of the Flink application with `engine` = `flink`. They are `code_bucket` and `code_key` (S3 object with the package from `make flink-package`; use a new key for new code), `code_version` (version of the object in a versioned bucket), `code_kms_key_arn` (customer-managed key that encrypts the object, null without one), `start_application` (whether Terraform starts the application when it creates it; a change starts or stops it), `parallelism` (parallel tasks, 1 to 256, and at most `parallelism_per_kpu` times your KPU quota, 64 by default), `parallelism_per_kpu` (tasks per KPU, 1 to 8), `auto_scaling` (whether AWS adjusts the parallelism to the load), `checkpoint_interval_seconds` (10 to 600; after a failure, up to this period is reported twice), `window_seconds` (1 to 10; how long the events of a shard are collected before they are classified together) and `window_records` (most events in a window, without `enhanced_fan_out`: at least 2,000 times `window_seconds`, twice what a shard accepts, and at most 20,000)."
  type = object({
    auto_scaling                = optional(bool, false)
    checkpoint_interval_seconds = optional(number, 60)
    code_bucket                 = optional(string)
    code_key                    = optional(string, "report-line-job.zip")
    code_kms_key_arn            = optional(string)
    code_version                = optional(string)
    parallelism                 = optional(number, 1)
    parallelism_per_kpu         = optional(number, 1)
    start_application           = optional(bool, false)
    window_records              = optional(number, 20000)
    window_seconds              = optional(number, 5)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.engine != "flink" || var.flink_application.code_bucket != null
    error_message = "engine is flink but flink_application.code_bucket is not set: upload the output of make flink-package to a bucket in this region, and set the bucket's name here."
  }

  validation {
    condition     = var.flink_application.code_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.flink_application.code_bucket))
    error_message = "flink_application.code_bucket must be the name of an S3 bucket: 3 to 63 lowercase letters, digits, hyphens and periods."
  }

  validation {
    condition     = length(var.flink_application.code_key) <= 1024 && can(regex("^[A-Za-z0-9!_.'()-][A-Za-z0-9!_.'()/-]*$", var.flink_application.code_key))
    error_message = "flink_application.code_key is \"${var.flink_application.code_key}\": it must be the key of one S3 object, without * or ?, without a leading / and with at most 1,024 characters."
  }

  validation {
    condition     = var.flink_application.code_kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.flink_application.code_kms_key_arn))
    error_message = "flink_application.code_kms_key_arn must be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.flink_application.code_kms_key_arn == null ? true : try(split(":", var.flink_application.code_kms_key_arn)[3], local.region) == local.region
    error_message = "flink_application.code_kms_key_arn is in another region than the AWS provider (${local.region}): the package's bucket must be in this region, and so must its key."
  }

  validation {
    condition     = var.flink_application.parallelism >= 1 && var.flink_application.parallelism <= 256 && floor(var.flink_application.parallelism) == var.flink_application.parallelism
    error_message = "flink_application.parallelism is ${var.flink_application.parallelism}: it must be a whole number from 1 to 256; a value above the number of shards has no effect."
  }

  validation {
    condition     = var.flink_application.parallelism_per_kpu >= 1 && var.flink_application.parallelism_per_kpu <= 8 && floor(var.flink_application.parallelism_per_kpu) == var.flink_application.parallelism_per_kpu
    error_message = "flink_application.parallelism_per_kpu is ${var.flink_application.parallelism_per_kpu}: it must be a whole number from 1 to 8, the range that the service supports."
  }

  validation {
    condition     = var.flink_application.checkpoint_interval_seconds >= 10 && var.flink_application.checkpoint_interval_seconds <= 600 && floor(var.flink_application.checkpoint_interval_seconds) == var.flink_application.checkpoint_interval_seconds
    error_message = "flink_application.checkpoint_interval_seconds is ${var.flink_application.checkpoint_interval_seconds}: it must be a whole number from 10 to 600."
  }

  validation {
    condition     = var.flink_application.window_seconds >= 1 && var.flink_application.window_seconds <= 10 && floor(var.flink_application.window_seconds) == var.flink_application.window_seconds
    error_message = "flink_application.window_seconds is ${var.flink_application.window_seconds}: it must be a whole number from 1 to 10. A shard delivers up to 2 MB per second, and a window must fit in memory."
  }

  validation {
    condition     = var.flink_application.window_records >= 2000 * var.flink_application.window_seconds && var.flink_application.window_records <= 20000 && floor(var.flink_application.window_records) == var.flink_application.window_records
    error_message = "flink_application.window_records is ${var.flink_application.window_records}: with window_seconds = ${var.flink_application.window_seconds} it must be a whole number from ${2000 * var.flink_application.window_seconds} to 20000. A smaller window never catches up with a full shard; a larger one does not fit in memory."
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

  validation {
    # The longest name of the Firehose role has 41 characters.
    condition     = length("arn:${local.partition}:iam::${local.account_id}:role${var.iam_path}") + 41 <= 512
    error_message = "iam_path has ${length(var.iam_path)} characters, but at most ${512 - 41 - length("arn:${local.partition}:iam::${local.account_id}:role")} are allowed, because Firehose limits the ARN of its role to 512. Shorten the path."
  }
}

variable "include_agent_status_type" {
  description = "Whether report lines have the 13th column, AgentStatusType, which newer WFM Adapters read."
  type        = bool
  default     = false
  nullable    = false
}

variable "kda_application_name" {
  description = "Name of the Agent Productivity deployment and base of the names of its resources. The WFM Adapter expects `aspect-wfm-ap`; for any other name, change its parameter Firehose Report Mapping. Use one name per Amazon Connect instance; AWS ignores case when it compares the names."
  type        = string
  default     = "aspect-wfm-ap"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.kda_application_name))
    error_message = "kda_application_name is \"${var.kda_application_name}\": use 1 to 32 letters, digits and hyphens, with no hyphen at the ends, so that every name derived from it is valid."
  }

  validation {
    condition     = !can(regex("^(?i:xn--|sthree-|amzn-s3-demo-)", var.kda_application_name))
    error_message = "kda_application_name begins with xn--, sthree- or amzn-s3-demo-, which S3 reserves: use another name."
  }
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key for every resource that supports one; null for AWS keys. It encrypts the buckets, the Firehose stream and its files, the logs and the functions' environment variables, but not the state of a Flink application. The key policy must allow CloudWatch Logs to use it: see docs/security.md, and docs/changes.md before a change."
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
  description = "How long CloudWatch Logs keeps logs, in days. Applies to the functions, the Flink application and the Firehose stream."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch Logs supports 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "name_suffix" {
  description = "Suffix for every default name, after a hyphen, to keep deployments for several Amazon Connect instances or regions in one account apart. `kda_application_name` with the suffix has at most 32 characters. Change the WFM Adapter's parameter Firehose Report Mapping to match."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.name_suffix)) && length("${var.kda_application_name}-${var.name_suffix}") <= 32
    error_message = "name_suffix is \"${coalesce(var.name_suffix, "null")}\": use lowercase letters, digits and hyphens, with no hyphen at the ends, as in eu-west-1; ${var.kda_application_name}-${coalesce(var.name_suffix, "null")} must have at most 32 characters."
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

variable "report_bucket_name" {
  description = "Name of the report bucket; null for `<kda_application_name>-reports-<account>` in lower case. Set it to follow your naming rules, or to keep the bucket of a Quick Start stack (docs/migrating-from-the-quick-start.md). A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.report_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.report_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.report_bucket_name))
    error_message = "report_bucket_name must be a valid S3 bucket name: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and no prefix or suffix that S3 reserves (such as xn-- and -s3alias)."
  }

  validation {
    condition     = var.report_bucket_name == null || var.report_bucket_name != var.connect_s3_bucket
    error_message = "report_bucket_name is connect_s3_bucket: use a separate report bucket, because Terraform manages its policy, encryption and lifecycle rules."
  }

  validation {
    condition     = coalesce(var.report_bucket_name, local.default_bucket_names.reports) != var.connect_s3_bucket
    error_message = "connect_s3_bucket is ${var.connect_s3_bucket}, the name of the report bucket: set the bucket with the instance's exported reports."
  }
}

variable "report_retention_days" {
  description = "Days after which S3 deletes report files; null keeps them. The WFM Adapter cannot ship reports again that are older."
  type        = number
  default     = null

  validation {
    condition     = var.report_retention_days == null ? true : var.report_retention_days >= 1 && floor(var.report_retention_days) == var.report_retention_days
    error_message = "report_retention_days must be a whole number of days, at least 1, or null to keep report files."
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
  description = "Where to start reading the stream: `TRIM_HORIZON`, at the oldest event, or `LATEST`, at new events. It applies when Terraform creates the event source mapping: at the first deployment, and when another stream or `enhanced_fan_out` replaces the mapping. A change alone has no effect on an existing mapping, which keeps its position. A Flink application uses it when it starts without a snapshot, and for shards from which it has not read an event yet; a change updates the application, which continues from its snapshot."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is \"${var.starting_position}\": use TRIM_HORIZON or LATEST."
  }
}

variable "starting_timestamp" {
  description = "Time to start reading the stream from, instead of `starting_position`, as in `2026-03-02T09:00:00Z`; null for `starting_position`. When you change `engine`, set it to a few minutes before the change: events since then are reported twice and none is missing. Like `starting_position`, it applies when Terraform creates a reader; a change updates a Flink application, which continues from its snapshot."
  type        = string
  default     = null

  validation {
    condition     = var.starting_timestamp == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$", var.starting_timestamp)) && can(formatdate("YYYY", var.starting_timestamp))
    error_message = "starting_timestamp must be a time with a time zone and without fractions of a second, as in 2026-03-02T09:00:00Z."
  }
}

variable "tags" {
  description = "Tags for every resource that supports them. IAM rejects keys that differ only in case, including a key that differs only in case from one in the provider's `default_tags`. The functions and the Flink application also get `aspect-wfm-version`, unless you set that key here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(distinct([for key in concat(keys(var.tags), local.default_tag_keys) : lower(key)])) == length(distinct(concat(keys(var.tags), local.default_tag_keys)))
    error_message = "tags (${join(", ", keys(var.tags))}) and default_tags of the AWS provider (${join(", ", local.default_tag_keys)}) have two keys that differ only in case, which IAM rejects: use the same case in both, or remove one."
  }
}

variable "wfm_adapter_user_name" {
  description = "Name of the WFM Adapter's IAM user, or of its role with `authorization_mode` = `role`; null for `WFMAdapter-<kda_application_name>`. Set it to follow your naming rules, or to keep the user of a Quick Start stack (docs/migrating-from-the-quick-start.md)."
  type        = string
  default     = null

  validation {
    condition     = var.wfm_adapter_user_name == null ? true : can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.wfm_adapter_user_name))
    error_message = "wfm_adapter_user_name must be 1 to 64 letters, digits and _ + = , . @ -, which is what IAM accepts as the name of a user or role."
  }

  validation {
    condition     = var.authorization_mode != "role" || !contains([for each in values(local.role_names) : lower(each)], lower(coalesce(var.wfm_adapter_user_name, "none")))
    error_message = "wfm_adapter_user_name is the name of another role in this deployment (${join(", ", values(local.role_names))}; IAM ignores case): choose another name."
  }
}
