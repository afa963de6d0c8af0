# The reference table, when agent_statuses gives it. Otherwise it is the operator's: there is no
# resource, so nothing that they upload is ever taken back.
resource "aws_s3_object" "status_table" {
  count = var.agent_statuses == null ? 0 : 1

  bucket       = aws_s3_bucket.reports.bucket
  key          = local.status_table_key
  content      = local.status_table
  content_type = "text/csv"
  kms_key_id   = var.kms_key_arn
  # By which a changed table is noticed: S3 has the MD5 of what it encrypts with its own keys only.
  etag        = var.kms_key_arn == null ? md5(local.status_table) : null
  source_hash = var.kms_key_arn == null ? null : md5(local.status_table)

  # An object takes ten tags, all else here fifty: no tag of the estate's may make it fail.
  override_provider {
    default_tags {
      tags = {}
    }
  }
}

locals {
  status_table = join("", concat(
    ["StateName,StateType\n"],
    [for name, type in coalesce(var.agent_statuses, {}) : "${local.status_csv[name]},${type}\n"],
  ))
  status_csv = {
    for name in keys(coalesce(var.agent_statuses, {})) :
    name => can(regex("[,\"]", name)) ? format("\"%s\"", replace(name, "\"", "\"\"")) : name
  }
}
