variable "alarm_emails" {
  description = "Email addresses that the alarms notify, through an SNS topic that is created for them. Each address must confirm its subscription."
  type        = list(string)
  default     = null

  validation {
    condition     = alltrue([for address in coalesce(var.alarm_emails, []) : can(regex("^[^@\\s]+@[^@\\s]+$", address))])
    error_message = "alarm_emails has an entry that is not an email address: use addresses such as wfm-on-call@example.com."
  }

  validation {
    condition     = length(coalesce(var.alarm_emails, [])) == 0 || var.alarms != null
    error_message = "alarm_emails is set but alarms is null, which creates no alarms: remove alarms, or remove the addresses."
  }
}
