# The report files, and the reference table at the root. Without force_destroy, Terraform does not
# destroy the bucket while it contains objects.
resource "aws_s3_bucket" "reports" {
  #checkov:skip=CKV_AWS_18:Server access logs would need another bucket; CloudTrail data events can record reads and writes, as for your other buckets.
  #checkov:skip=CKV_AWS_21:Firehose writes each report file once, under a unique name; versions would keep agents' data beyond report_retention_days.
  #checkov:skip=CKV_AWS_144:A replica would move agents' data out of the region of the Amazon Connect instance, and the WFM Adapter reads only this bucket.
  #checkov:skip=CKV_AWS_145:With kms_key_arn, S3 uses that key; otherwise SSE-S3. Only the WFM Adapter may read reports, and only the classifier the table.
  #checkov:skip=CKV2_AWS_62:The WFM Adapter polls the bucket; a bucket has one notification configuration, which is left to you.

  bucket = local.names.report_bucket
  tags   = var.tags

  # In us-east-1, a second CreateBucket succeeds like the first, so Terraform would adopt the bucket of
  # another deployment with this name. IAM rejects the name of an existing role, so create the role first.
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
  #checkov:skip=CKV_AWS_300:The second rule does this; checkov ignores rules next to a dynamic one.

  bucket = aws_s3_bucket.reports.bucket

  dynamic "rule" {
    for_each = var.report_retention_days == null ? [] : [var.report_retention_days]

    content {
      id     = "report-retention"
      status = "Enabled"

      # Only the reports: the reference table must not expire.
      filter {
        prefix = var.aspect_ap_data_s3_prefix
      }

      expiration {
        days = rule.value
      }
    }
  }

  # Incomplete uploads are not listed, but S3 keeps and charges for them.
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
