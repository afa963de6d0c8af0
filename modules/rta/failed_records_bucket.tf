# What is given up on is kept here whole: batches by Lambda (the event source mapping's on-failure
# destination, under aws/lambda/), single records that no queue or table can take by the relay itself
# (under undeliverable/). Without force_destroy, Terraform refuses to destroy it while it holds any.
resource "aws_s3_bucket" "failed_records" {
  bucket = local.names.failed_records_bucket
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "failed_records" {
  bucket = aws_s3_bucket.failed_records.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "failed_records" {
  bucket = aws_s3_bucket.failed_records.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "failed_records" {
  bucket = aws_s3_bucket_public_access_block.failed_records.bucket
  policy = data.aws_iam_policy_document.failed_records_bucket.json
}

data "aws_iam_policy_document" "failed_records_bucket" {
  statement {
    sid       = "RefuseWhatIsNotEncryptedInTransit"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [local.arns.failed_records_bucket, "${local.arns.failed_records_bucket}/*"]

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
