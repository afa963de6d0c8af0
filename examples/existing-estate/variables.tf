variable "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that is selected under Data streaming, Agent Events, in the Amazon Connect instance."
  type        = string
}

variable "agent_event_stream_retention_hours" {
  description = "Retention of the stream, in hours; see its Configuration tab in the Kinesis console."
  type        = number
  default     = 24
}

variable "agent_statuses" {
  description = "The reference table: `A`, `0` or `1` by the name of the agent status. Null leaves it to be uploaded by hand."
  type        = map(string)
  default     = null
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that are told of alarms."
  type        = list(string)
  default     = []
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
}

variable "connect_s3_prefix" {
  description = "Prefix of the reports that the WFM Adapter reads in the exported reports bucket, ending in `/`."
  type        = string
}

variable "deployment_role_arn" {
  description = "ARN of the role in the contact centre's account that Terraform assumes; null where its own credentials are for that account."
  type        = string
  default     = null
}

variable "iam_path" {
  description = "IAM path of every role; begins and ends with `/`."
  type        = string
  default     = "/integration/wfm/"
}

variable "kms_key_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream, the exported reports and everything that is made here."
  type        = string
}

variable "name_prefix" {
  description = "What every name begins with, by the estate's rule; at most 18 characters, so that the names made from it are ones that AWS takes."
  type        = string
  default     = "acme-prod-wfm"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,16}[a-z0-9])?$", var.name_prefix))
    error_message = "name_prefix is \"${var.name_prefix}\": use 1 to 18 lowercase letters, digits and hyphens, with no hyphen at the ends."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy that bounds the permissions of every role."
  type        = string
}

variable "region" {
  description = "Region of the Amazon Connect instance."
  type        = string
}

variable "rta_servers" {
  description = "The RTA servers by a short name of each (up to 8 characters): the hierarchy groups whose agents it monitors and the level that they are on, its external id, and the number of its queues."
  type = map(object({
    external_id      = string
    hierarchy_groups = list(string)
    hierarchy_level  = optional(number, 1)
    num_sqs_queues   = optional(number, 1)
  }))

  validation {
    condition     = alltrue([for name in keys(var.rta_servers) : can(regex("^[a-z0-9]{1,8}$", name))])
    error_message = "rta_servers has a name that is longer than 8 characters or has others than lowercase letters and digits: the names of queues, tables and roles are made from it."
  }
}

variable "runbook_url" {
  description = "The estate's runbook, to whose sections the descriptions of the alarms link; null for docs/alarms.md of this repository."
  type        = string
  default     = null
}

variable "tags" {
  description = "The estate's tags, on everything that takes tags but the reference table."
  type        = map(string)
  default     = {}
}

variable "wfm_adapter_external_id" {
  description = "External id that whoever assumes the WFM Adapter's role has to name."
  type        = string
}
