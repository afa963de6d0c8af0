# The reference table, if agent_statuses is set. Otherwise the operator uploads it, and without a
# resource, Terraform never changes it.
resource "aws_s3_object" "status_table" {
  count = var.agent_statuses == null ? 0 : 1

  bucket       = aws_s3_bucket.reports.bucket
  key          = local.status_table_key
  content      = local.status_table
  content_type = "text/csv"
  kms_key_id   = var.kms_key_arn
  # Detects a changed table: the ETag is an MD5 only with SSE-S3.
  etag        = var.kms_key_arn == null ? md5(local.status_table) : null
  source_hash = var.kms_key_arn == null ? null : md5(local.status_table)

  # An object supports ten tags, other resources fifty: it has no tags, so that yours cannot make it fail.
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
