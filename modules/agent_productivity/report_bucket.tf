# The report files, and the reference table at the root. Without force_destroy, Terraform refuses to
# destroy the bucket while it holds any.
resource "aws_s3_bucket" "reports" {
  bucket = local.names.report_bucket
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "reports" {
  bucket = aws_s3_bucket.reports.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "reports" {
  bucket = aws_s3_bucket.reports.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket_public_access_block.reports.bucket
  policy = data.aws_iam_policy_document.encrypted_transport["report_bucket"].json
}

resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  count = var.report_retention_days == null ? 0 : 1

  bucket = aws_s3_bucket.reports.bucket

  rule {
    id     = "report-retention"
    status = "Enabled"

    # The reports only: the reference table is not theirs to expire.
    filter {
      prefix = var.aspect_ap_data_s3_prefix
    }

    expiration {
      days = var.report_retention_days
    }
  }
}

data "aws_iam_policy_document" "encrypted_transport" {
  for_each = toset(["report_bucket", "failed_events_bucket"])

  statement {
    sid       = "RefuseWhatIsNotEncryptedInTransit"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns[each.key], "${local.arns[each.key]}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
