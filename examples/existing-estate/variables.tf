variable "agent_event_stream_arn" {
  description = "ARN of the Kinesis data stream that is selected in the Amazon Connect console under Data streaming, Agent Events."
  type        = string
}

variable "agent_event_stream_retention_hours" {
  description = "Retention of the stream, in hours, from its Configuration tab in the Kinesis console."
  type        = number
  default     = null
}

variable "agent_statuses" {
  description = "Reference table: maps the name of each agent status to `A`, `0` or `1`. If null, upload the table yourself."
  type        = map(string)
  default     = null
}

variable "alarm_topic_arns" {
  description = "ARNs of the SNS topics that the alarms notify."
  type        = list(string)
  default     = []
}

variable "connect_s3_bucket" {
  description = "Name of the exported reports bucket of the Amazon Connect instance."
  type        = string
}

variable "connect_s3_prefix" {
  description = "Prefix of the scheduled reports for WFM in the exported reports bucket; ends in `/`."
  type        = string
}

variable "deployment_role_arn" {
  description = "ARN of the role that Terraform assumes in the contact center's account; null if its own credentials are for that account."
  type        = string
  default     = null
}

variable "iam_path" {
  description = "IAM path of every role; begins and ends with `/`."
  type        = string
  default     = "/integration/wfm/"
}

variable "kms_key_arn" {
  description = "ARN of the customer-managed KMS key that encrypts the stream, the exported reports and the resources of this deployment."
  type        = string
}

variable "name_prefix" {
  description = "Prefix of every name, following your naming rules; at most 18 characters, so that the names derived from it are valid."
  type        = string
  default     = "acme-prod-wfm"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,16}[a-z0-9])?$", var.name_prefix))
    error_message = "name_prefix is \"${var.name_prefix}\": use 1 to 18 lowercase letters, digits and hyphens, with no hyphen at the ends."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the IAM policy to set as permissions boundary of every role."
  type        = string
}

variable "region" {
  description = "Region of the Amazon Connect instance."
  type        = string
}

variable "rta_servers" {
  description = "RTA servers by short name (up to 8 characters), each with the hierarchy groups whose agents it monitors, their level, its external ID and its number of queues."
  type = map(object({
    external_id      = string
    hierarchy_groups = list(string)
    hierarchy_level  = optional(number, 1)
    num_sqs_queues   = optional(number)
  }))

  validation {
    condition     = alltrue([for name in keys(var.rta_servers) : can(regex("^[a-z0-9]{1,8}$", name))])
    error_message = "rta_servers has an invalid name: use 1 to 8 lowercase letters and digits, because the names of queues, tables and roles are derived from it."
  }
}

variable "runbook_url" {
  description = "Address of your runbook, which the alarm descriptions link to; null for docs/alarms.md of this repository."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for every resource that supports them, except the reference table."
  type        = map(string)
  default     = {}
}

variable "wfm_adapter_external_id" {
  description = "External ID that the source account passes to assume the WFM Adapter's role."
  type        = string
}
