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
  description = "Retention of the agent event stream, in hours. The classifier gives a record up, and keeps it in the bucket for failed records, an hour before the stream drops it, and after seven days at the latest."
  type        = number
  default     = 24
  nullable    = false

  validation {
    condition     = var.agent_event_stream_retention_hours >= 24 && var.agent_event_stream_retention_hours <= 8760 && floor(var.agent_event_stream_retention_hours) == var.agent_event_stream_retention_hours
    error_message = "agent_event_stream_retention_hours has to be a whole number from 24 to 8760: set it to the retention of the stream."
  }
}

variable "agent_statuses" {
  description = "The reference table: `A` (available), `0` (signed out) or `1` (signed in) by the name of the agent status in Amazon Connect; null leaves the table to be uploaded by hand, and takes away one that this variable made."
  type        = map(string)
  default     = null

  validation {
    condition     = alltrue([for type in values(coalesce(var.agent_statuses, {})) : contains(["A", "0", "1"], coalesce(type, "none"))])
    error_message = "agent_statuses gives a status a type other than A (available), 0 (signed out) or 1 (signed in): use one of these three for each."
  }

  validation {
    # The pattern is every blank that agent_events.names counts as one.
    condition     = alltrue([for name in keys(coalesce(var.agent_statuses, {})) : trim(replace(name, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " ") != "" && !can(regex("[\\r\\n]", name))])
    error_message = "agent_statuses has a name that is empty or holds a line break: write each name as it is in Amazon Connect."
  }

  validation {
    condition     = !anytrue([for name in keys(coalesce(var.agent_statuses, {})) : can(regex("\\p{Cf}", name))])
    error_message = "agent_statuses has a name with an invisible character, such as a zero-width space (U+200B), which would match no agent status: type the name again instead of pasting it."
  }

  validation {
    condition     = length(distinct([for name in keys(coalesce(var.agent_statuses, {})) : lower(trim(replace(name, "/[\\p{Z}\\x09-\\x0d\\x1c-\\x1f\\x85]+/", " "), " "))])) == length(coalesce(var.agent_statuses, {}))
    error_message = "agent_statuses names a status twice: neither case nor the kind and number of blanks tells names apart. Keep one of them."
  }
}

variable "alarms" {
  description = "CloudWatch alarms and the SNS topics that they notify (`sns_topic_arns`), null for none; docs/alarms.md has each of them. They begin at `iterator_age_minutes` (how late the classifier may read), `report_age_minutes` (how old a line may be that Firehose has not written) and `skipped_percent` (records that are no agent events)."
  type = object({
    iterator_age_minutes = optional(number, 5)
    report_age_minutes   = optional(number, 15)
    skipped_percent      = optional(number, 5)
    sns_topic_arns       = optional(list(string), [])
  })
  default = {}

  validation {
    condition     = var.alarms == null ? true : var.alarms.iterator_age_minutes >= 1
    error_message = "alarms.iterator_age_minutes is ${try(var.alarms.iterator_age_minutes, 0)}: it has to be at least 1 minute."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.report_age_minutes >= 6
    error_message = "alarms.report_age_minutes is ${try(var.alarms.report_age_minutes, 0)}: it has to be at least 6 minutes, since Firehose gathers lines for five."
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

variable "aspect_ap_data_s3_prefix" {
  description = "Prefix of the report files in the report bucket; ends in `/`. The WFM Adapter's parameter Firehose Report Root Path has to be the same."
  type        = string
  default     = "OUTPUT/"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_.=-][A-Za-z0-9_.=/-]*/$", var.aspect_ap_data_s3_prefix)) && !strcontains(var.aspect_ap_data_s3_prefix, "//")
    error_message = "aspect_ap_data_s3_prefix is \"${var.aspect_ap_data_s3_prefix}\": it may hold letters, digits and _ . = - /, does not begin with / and ends in /, as in OUTPUT/."
  }

  validation {
    condition     = length(var.aspect_ap_data_s3_prefix) <= 900
    error_message = "aspect_ap_data_s3_prefix has ${length(var.aspect_ap_data_s3_prefix)} characters: it may have 900. A key in S3 has 1,024 bytes, and Firehose adds the hour and the name of the file to the prefix."
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

variable "classifier_function" {
  description = "How Lambda runs the classifier: `batch_size` (events a batch, 1 to 10,000; 6 MB end one earlier), `batch_window_seconds` (how long a batch may wait for more, 0 to 300), `memory_size` (MB, 256 to 10,240; CPU comes with it) and `parallelization_factor` (batches of a shard side by side, 1 to 10; an agent's events stay in order). See the README."
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
    error_message = "classifier_function.batch_size is ${var.classifier_function.batch_size}: it has to be a whole number from 1 to 10,000, which is what Lambda takes from a Kinesis stream."
  }

  validation {
    condition     = var.classifier_function.batch_window_seconds >= 0 && var.classifier_function.batch_window_seconds <= 300 && floor(var.classifier_function.batch_window_seconds) == var.classifier_function.batch_window_seconds
    error_message = "classifier_function.batch_window_seconds is ${var.classifier_function.batch_window_seconds}: it has to be a whole number from 0 to 300, which is as long as Lambda waits for a batch to fill."
  }

  validation {
    condition     = var.classifier_function.memory_size >= 256 && var.classifier_function.memory_size <= 10240 && floor(var.classifier_function.memory_size) == var.classifier_function.memory_size
    error_message = "classifier_function.memory_size is ${var.classifier_function.memory_size}: it has to be a whole number from 256, which the function needs, to 10,240, which is what Lambda has, in MB."
  }

  validation {
    condition     = var.classifier_function.parallelization_factor >= 1 && var.classifier_function.parallelization_factor <= 10 && floor(var.classifier_function.parallelization_factor) == var.classifier_function.parallelization_factor
    error_message = "classifier_function.parallelization_factor is ${var.classifier_function.parallelization_factor}: it has to be a whole number from 1 to 10, which is how many batches of a shard Lambda runs side by side."
  }
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.connect_s3_bucket))
    error_message = "connect_s3_bucket is \"${var.connect_s3_bucket}\": it has to be the name of an S3 bucket (3 to 63 lowercase letters, digits, hyphens and periods), without s3:// and without a path. The Amazon Connect console shows it under Data storage, Exported reports."
  }
}

variable "connect_s3_kms_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the exported reports, null when there is none."
  type        = string
  default     = null

  validation {
    condition     = var.connect_s3_kms_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.connect_s3_kms_arn))
    error_message = "connect_s3_kms_arn has to be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.connect_s3_kms_arn == null ? true : try(split(":", var.connect_s3_kms_arn)[3], local.region) == local.region
    error_message = "connect_s3_kms_arn is in another region than the AWS provider (${local.region}): deploy in the region of the Amazon Connect instance and its buckets, and give the key that encrypts the exported reports there."
  }
}

variable "connect_s3_prefix" {
  description = "Prefix of the reports that the WFM Adapter reads in the exported reports bucket; ends in `/`. The default is a placeholder: put the alias of the Amazon Connect instance in the place of `directory`."
  type        = string
  default     = "connect/directory/Reports/Aspect/"
  nullable    = false

  validation {
    condition     = var.connect_s3_prefix != "connect/directory/Reports/Aspect/"
    error_message = "connect_s3_prefix is still the placeholder connect/directory/Reports/Aspect/: put the alias of your Amazon Connect instance in the place of directory, and the folder that you schedule the reports into in the place of Aspect. The Amazon Connect console shows the beginning under Data storage, Exported reports."
  }

  validation {
    condition     = endswith(var.connect_s3_prefix, "/") && !startswith(var.connect_s3_prefix, "/") && !can(regex("[*?]", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\": it has to end in /, as in connect/<alias>/Reports/Aspect/, must not begin with /, and holds no * or ?."
  }

  validation {
    # Terraform counts characters. Base64 without its padding writes 1,024 bytes as 1,366.
    condition     = length(replace(base64encode(var.connect_s3_prefix), "=", "")) <= 1366
    error_message = "connect_s3_prefix is too long: a key in S3 has 1,024 bytes at most, so nothing can be under this prefix."
  }

  validation {
    condition     = !can(regex("^connect/([^/]+/)?$", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\", which includes call recordings and chat transcripts: add the folder that you schedule the reports into, as in connect/<alias>/Reports/Aspect/."
  }

  validation {
    condition     = !can(regex("(?i)/(CallRecordings|ChatTranscripts|EmailMessages|ScreenRecordings)/", var.connect_s3_prefix))
    error_message = "connect_s3_prefix is \"${var.connect_s3_prefix}\", where Amazon Connect keeps recordings or transcripts: give the folder that you schedule the reports into, as in connect/<alias>/Reports/Aspect/."
  }
}

variable "dashboard" {
  description = "Whether there is a CloudWatch dashboard. It is named `<kda_application_name>-productivity`."
  type        = bool
  default     = true
  nullable    = false
}

variable "engine" {
  description = "What the classifier runs on: `lambda`, a function, or `flink`, an application of Amazon Managed Service for Apache Flink, which `flink_application` describes. Before a change on a live deployment see docs/engines.md."
  type        = string
  default     = "lambda"
  nullable    = false

  validation {
    condition     = contains(["flink", "lambda"], var.engine)
    error_message = "engine is \"${var.engine}\": use lambda or flink."
  }

  validation {
    condition     = var.engine != "flink" || try(split(":", var.agent_event_stream_arn)[4], local.account_id) == local.account_id
    error_message = "engine is flink but agent_event_stream_arn is in another account than the AWS provider (${local.account_id}): Flink's connector finds a stream by its name in its own account. Use engine = lambda."
  }
}

variable "enhanced_fan_out" {
  description = "Whether the stream is read as a registered consumer, with 2 MB a second of every shard to itself, at a further charge. A change replaces the event source mapping, which then reads all that is on the stream once more, or updates the Flink application, which goes on from its snapshot: see docs/changes.md before one."
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
  description = "Name of the bucket that keeps the events which could not become report lines; null for `<kda_application_name>-failed-events-<account>`, in lower case. A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.failed_records_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.failed_records_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.failed_records_bucket_name))
    error_message = "failed_records_bucket_name has to be a name that S3 takes: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and none of the beginnings and ends that S3 keeps for itself (such as xn-- and -s3alias)."
  }

  validation {
    condition     = var.failed_records_bucket_name == null || (var.failed_records_bucket_name != var.report_bucket_name && var.failed_records_bucket_name != var.connect_s3_bucket)
    error_message = "failed_records_bucket_name is the report bucket or the exported reports bucket: it has to be a bucket of its own, since the WFM Adapter lists those two."
  }

  validation {
    condition     = !contains([var.connect_s3_bucket, coalesce(var.report_bucket_name, "${lower(local.name)}-reports-${local.account_id}")], coalesce(var.failed_records_bucket_name, "${lower(local.name)}-failed-events-${local.account_id}"))
    error_message = "connect_s3_bucket or report_bucket_name is ${coalesce(var.failed_records_bucket_name, "${lower(local.name)}-failed-events-${local.account_id}")}, the bucket for failed records: the WFM Adapter could read what is kept there. Give the name of another bucket."
  }
}

variable "flink_application" {
  description = "The Flink application, with `engine` = `flink`: `code_bucket` and `code_key` (the S3 object that `make flink-package` made; another object for other code) and `code_version` (its version in a bucket that keeps them), `code_kms_key_arn` (the customer-managed key that encrypts this object, null where there is none), `start_application` (whether it is started when it is made; a change starts or stops it), `parallelism` (tasks side by side, 1 to 256, and at most `parallelism_per_kpu` times the quota of KPUs, which is 64 unless it was raised), `parallelism_per_kpu` (of them in one KPU, 1 to 8), `auto_scaling` (AWS changes the parallelism with the load), `checkpoint_interval_seconds` (10 to 600: as much can be in the report twice after a failure), `window_seconds` (1 to 10: how long the events of a shard wait for more, to be classified together) and `window_records` (how many of them may come in that time: at least 2,000 times `window_seconds`, which is twice what a shard takes, and at most 20,000)."
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
    error_message = "engine is flink but flink_application.code_bucket is not set: upload what make flink-package makes to a bucket in this region, and name it here."
  }

  validation {
    condition     = var.flink_application.code_bucket == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.flink_application.code_bucket))
    error_message = "flink_application.code_bucket has to be the name of an S3 bucket: 3 to 63 lowercase letters, digits, hyphens and periods."
  }

  validation {
    condition     = length(var.flink_application.code_key) <= 1024 && can(regex("^[A-Za-z0-9!_.'()-][A-Za-z0-9!_.'()/-]*$", var.flink_application.code_key))
    error_message = "flink_application.code_key is \"${var.flink_application.code_key}\": it has to be the key of one S3 object, without * or ?, does not begin with / and has at most 1,024 characters."
  }

  validation {
    condition     = var.flink_application.code_kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.flink_application.code_kms_key_arn))
    error_message = "flink_application.code_kms_key_arn has to be the ARN of a KMS key (arn:aws:kms:<region>:<account>:key/<id>), not an alias or another resource."
  }

  validation {
    condition     = var.flink_application.code_kms_key_arn == null ? true : try(split(":", var.flink_application.code_kms_key_arn)[3], local.region) == local.region
    error_message = "flink_application.code_kms_key_arn is in another region than the AWS provider (${local.region}): the bucket of the package has to be in this region, and so does its key."
  }

  validation {
    condition     = var.flink_application.parallelism >= 1 && var.flink_application.parallelism <= 256 && floor(var.flink_application.parallelism) == var.flink_application.parallelism
    error_message = "flink_application.parallelism is ${var.flink_application.parallelism}: it has to be a whole number from 1 to 256; more than the stream has shards does nothing."
  }

  validation {
    condition     = var.flink_application.parallelism_per_kpu >= 1 && var.flink_application.parallelism_per_kpu <= 8 && floor(var.flink_application.parallelism_per_kpu) == var.flink_application.parallelism_per_kpu
    error_message = "flink_application.parallelism_per_kpu is ${var.flink_application.parallelism_per_kpu}: it has to be a whole number from 1 to 8, which is what the service takes."
  }

  validation {
    condition     = var.flink_application.checkpoint_interval_seconds >= 10 && var.flink_application.checkpoint_interval_seconds <= 600 && floor(var.flink_application.checkpoint_interval_seconds) == var.flink_application.checkpoint_interval_seconds
    error_message = "flink_application.checkpoint_interval_seconds is ${var.flink_application.checkpoint_interval_seconds}: it has to be a whole number from 10 to 600."
  }

  validation {
    condition     = var.flink_application.window_seconds >= 1 && var.flink_application.window_seconds <= 10 && floor(var.flink_application.window_seconds) == var.flink_application.window_seconds
    error_message = "flink_application.window_seconds is ${var.flink_application.window_seconds}: it has to be a whole number from 1 to 10. A shard is read at up to 2 MB a second, and a window has to fit in memory."
  }

  validation {
    condition     = var.flink_application.window_records >= 2000 * var.flink_application.window_seconds && var.flink_application.window_records <= 20000 && floor(var.flink_application.window_records) == var.flink_application.window_records
    error_message = "flink_application.window_records is ${var.flink_application.window_records}: with window_seconds = ${var.flink_application.window_seconds} it has to be a whole number from ${2000 * var.flink_application.window_seconds} to 20000. With less, the application would never catch up with a full shard; more does not fit in memory."
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

  validation {
    # The longest name of the role of the Firehose stream has 41 characters.
    condition     = length("arn:${local.partition}:iam::${local.account_id}:role${var.iam_path}") + 41 <= 512
    error_message = "iam_path has ${length(var.iam_path)} characters, of which it may have ${512 - 41 - length("arn:${local.partition}:iam::${local.account_id}:role")}: Firehose takes 512 for the ARN of its role. Shorten the path."
  }
}

variable "include_agent_status_type" {
  description = "Whether report lines have the thirteenth column AgentStatusType, which newer WFM Adapters read."
  type        = bool
  default     = false
  nullable    = false
}

variable "kda_application_name" {
  description = "Name of the Agent Productivity deployment; every name in it is made from it. The WFM Adapter expects `aspect-wfm-ap`: with another, change its parameter Firehose Report Mapping. One for each Amazon Connect instance; names that differ in case only are the same to AWS."
  type        = string
  default     = "aspect-wfm-ap"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$", var.kda_application_name))
    error_message = "kda_application_name is \"${var.kda_application_name}\": use 1 to 32 letters, digits and hyphens, with no hyphen at the ends, so that every name made from it is one that AWS takes."
  }

  validation {
    condition     = !can(regex("^(?i:xn--|sthree-|amzn-s3-demo-)", var.kda_application_name))
    error_message = "kda_application_name begins with xn--, sthree- or amzn-s3-demo-, which S3 keeps for itself: use another."
  }
}

variable "kms_key_arn" {
  description = "ARN of an existing customer-managed KMS key that encrypts everything here that can have one; null for the keys of AWS. These are the buckets, the Firehose stream and its files, the logs and the functions' environments; not the state of a Flink application. Its policy has to let CloudWatch Logs use it: see docs/security.md, and docs/changes.md before a change."
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
  description = "How long logs are kept, in days. They are those of the functions, the Flink application and the Firehose stream."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}: CloudWatch Logs keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "name_suffix" {
  description = "Suffix of every name that is not given, behind a hyphen: it tells another Amazon Connect instance or region of the account apart. `kda_application_name` and the suffix together have at most 32 characters. The WFM Adapter's parameter Firehose Report Mapping has to follow."
  type        = string
  default     = null

  validation {
    condition     = var.name_suffix == null ? true : can(regex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", var.name_suffix)) && length("${var.kda_application_name}-${var.name_suffix}") <= 32
    error_message = "name_suffix is \"${coalesce(var.name_suffix, "null")}\": use lowercase letters, digits and hyphens, with no hyphen at the ends, as in eu-west-1; ${var.kda_application_name}-${coalesce(var.name_suffix, "null")} may have 32 characters."
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
    error_message = "qss3_key_prefix is set but qss3_bucket_name is not: name the bucket that holds your copy of the zips, or remove the prefix."
  }
}

variable "report_bucket_name" {
  description = "Name of the report bucket; null for `<kda_application_name>-reports-<account>`, in lower case. Set it for names by the estate's rules, or to keep what a Quick Start stack made (docs/migrating-from-the-quick-start.md). A change replaces the bucket."
  type        = string
  default     = null

  validation {
    condition     = var.report_bucket_name == null ? true : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.report_bucket_name)) && !can(regex("\\.\\.|^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3|\\.mrap)$", var.report_bucket_name))
    error_message = "report_bucket_name has to be a name that S3 takes: 3 to 63 lowercase letters, digits, hyphens and periods, a letter or digit at both ends, no two periods in a row, and none of the beginnings and ends that S3 keeps for itself (such as xn-- and -s3alias)."
  }

  validation {
    condition     = var.report_bucket_name == null || var.report_bucket_name != var.connect_s3_bucket
    error_message = "report_bucket_name is connect_s3_bucket: the report bucket has to be one of its own, since its policy, encryption and lifecycle rules become Terraform's."
  }

  validation {
    condition     = coalesce(var.report_bucket_name, "${lower(local.name)}-reports-${local.account_id}") != var.connect_s3_bucket
    error_message = "connect_s3_bucket is ${var.connect_s3_bucket}, the name of the report bucket: give the bucket with the instance's exported reports."
  }
}

variable "report_retention_days" {
  description = "After how many days report files are deleted; null keeps them. It bounds how far back the WFM Adapter can ship reports again."
  type        = number
  default     = null

  validation {
    condition     = var.report_retention_days == null ? true : var.report_retention_days >= 1 && floor(var.report_retention_days) == var.report_retention_days
    error_message = "report_retention_days has to be a whole number of days, at least 1, or null to keep report files."
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
  description = "Where on the stream reading begins: `TRIM_HORIZON`, the oldest event, or `LATEST`. It counts when the event source mapping is made: at the first deployment, and when another stream or `enhanced_fan_out` replaces it. By itself a change does nothing to a mapping, since it would forget how far the function has read. For a Flink application it counts when that starts without a snapshot; a change updates it, and it goes on from its snapshot."
  type        = string
  default     = "TRIM_HORIZON"
  nullable    = false

  validation {
    condition     = contains(["TRIM_HORIZON", "LATEST"], var.starting_position)
    error_message = "starting_position is \"${var.starting_position}\": use TRIM_HORIZON or LATEST."
  }
}

variable "starting_timestamp" {
  description = "Time at which reading begins, in place of `starting_position`, as in `2026-03-02T09:00:00Z`; null for `starting_position`. Set it when `engine` changes, some minutes before the change: what came since is then in the report twice, and nothing is missing. Like that one, it counts when a reader is made; a change updates a Flink application, which goes on from its snapshot."
  type        = string
  default     = null

  validation {
    condition     = var.starting_timestamp == null ? true : can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})$", var.starting_timestamp)) && can(formatdate("YYYY", var.starting_timestamp))
    error_message = "starting_timestamp has to be a time with its zone and without fractions of a second, as in 2026-03-02T09:00:00Z."
  }
}

variable "tags" {
  description = "Tags for every resource that takes them. No key may differ only by case from another one, nor from a key of the provider's `default_tags`: IAM rejects both. The functions and the Flink application also get `aspect-wfm-version`, unless you set that key here."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(distinct([for key in concat(keys(var.tags), local.default_tag_keys) : lower(key)])) == length(distinct(concat(keys(var.tags), local.default_tag_keys)))
    error_message = "tags (${join(", ", keys(var.tags))}) and default_tags of the AWS provider (${join(", ", local.default_tag_keys)}) have two keys that differ only by case: IAM takes them for one key and rejects both. Spell them alike, or remove one."
  }
}

variable "wfm_adapter_user_name" {
  description = "Name of the WFM Adapter's IAM user, or with `authorization_mode` = `role` of its role; null for `WFMAdapter-<kda_application_name>`. Set it for names by the estate's rules, or to keep what a Quick Start stack made (docs/migrating-from-the-quick-start.md)."
  type        = string
  default     = null

  validation {
    condition     = var.wfm_adapter_user_name == null ? true : can(regex("^[A-Za-z0-9_+=,.@-]{1,64}$", var.wfm_adapter_user_name))
    error_message = "wfm_adapter_user_name has to be 1 to 64 letters, digits and _ + = , . @ -, which is what IAM takes for a user or a role."
  }

  validation {
    condition     = var.authorization_mode != "role" || !contains([for each in ["application", "classifier", "firehose", "heartbeat"] : lower("${local.name}-${each}")], lower(coalesce(var.wfm_adapter_user_name, "none")))
    error_message = "wfm_adapter_user_name names the WFM Adapter's role as another role here is called (${local.name}-application, -classifier, -firehose or -heartbeat), and upper case makes no other name to IAM: choose another."
  }
}
