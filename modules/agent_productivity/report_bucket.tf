# The report files, and the reference table at the root. Without force_destroy, Terraform refuses to
# destroy the bucket while it holds any.
resource "aws_s3_bucket" "reports" {
  #checkov:skip=CKV_AWS_18:Server access logs would need another bucket; CloudTrail data events record who reads and writes here, with the estate's other buckets.
  #checkov:skip=CKV_AWS_21:Firehose writes each report file once, under a name of its own; versions would keep agents' data beyond report_retention_days.
  #checkov:skip=CKV_AWS_144:A copy would take agents' data out of the region of the Amazon Connect instance, and the WFM Adapter reads this bucket only.
  #checkov:skip=CKV_AWS_145:With kms_key_arn it is that key; without, S3 encrypts each object with a key of its own (SSE-S3), and of the principals here only the WFM Adapter may read reports, and only the classifier the table.
  #checkov:skip=CKV2_AWS_62:The WFM Adapter lists the bucket when it wants to; the one notification configuration that a bucket has is left to the estate.

  bucket = local.names.report_bucket
  tags   = var.tags

  # In us-east-1, S3 answers a second CreateBucket like the first: another deployment of this name
  # would be adopted. IAM rejects the name of a role that exists.
  depends_on = [aws_iam_role.firehose]
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
    bucket_key_enabled = var.kms_key_arn == null ? null : true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key_arn
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_policy" "reports" {
  bucket = aws_s3_bucket_public_access_block.reports.bucket
  policy = data.aws_iam_policy_document.encrypted_transport["report_bucket"].json
}

resource "aws_s3_bucket_lifecycle_configuration" "reports" {
  #checkov:skip=CKV_AWS_300:The second rule does it; of rules beside a dynamic one checkov sees none.

  bucket = aws_s3_bucket.reports.bucket

  dynamic "rule" {
    for_each = var.report_retention_days == null ? [] : [var.report_retention_days]

    content {
      id     = "report-retention"
      status = "Enabled"

      # The reports only: the reference table is not theirs to expire.
      filter {
        prefix = var.aspect_ap_data_s3_prefix
      }

      expiration {
        days = rule.value
      }
    }
  }

  # What a broken upload leaves is in no listing, but kept and paid for.
  rule {
    id     = "abort-unfinished-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_iam_policy_document" "encrypted_transport" {
  for_each = toset(["report_bucket", "failed_records_bucket"])

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
