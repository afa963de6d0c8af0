# What is given up on is kept here whole: batches by Lambda (the event source mapping's on-failure
# destination, under aws/lambda/), single records that no queue or table can take by the relay itself
# (under undeliverable/). Without force_destroy, Terraform refuses to destroy it while it holds any.
resource "aws_s3_bucket" "failed_records" {
  #checkov:skip=CKV_AWS_18:Server access logs would need another bucket; CloudTrail data events record who reads and writes here, with the estate's other buckets.
  #checkov:skip=CKV_AWS_21:An object is named by its record or batch, so a second write stores the same record; versions would keep agents' data after somebody deleted it.
  #checkov:skip=CKV_AWS_144:A copy would take agents' data out of the region of the Amazon Connect instance.
  #checkov:skip=CKV_AWS_145:With kms_key_arn it is that key; without, S3 encrypts each object with a key of its own (SSE-S3), and no principal that this module makes may read one.
  #checkov:skip=CKV2_AWS_62:A bucket has one notification configuration, which is left to the estate, for alarms of its own.

  bucket = local.names.failed_records_bucket
  tags   = var.tags

  # In us-east-1, S3 answers a second CreateBucket like the first: another deployment of this name
  # would be adopted. IAM rejects the name of a role that exists.
  depends_on = [aws_iam_role.relay]
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
    bucket_key_enabled = var.kms_key_arn == null ? null : true

    apply_server_side_encryption_by_default {
      kms_master_key_id = var.kms_key_arn
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "failed_records" {
  bucket = aws_s3_bucket.failed_records.bucket

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

resource "aws_s3_bucket_policy" "failed_records" {
  bucket = aws_s3_bucket_public_access_block.failed_records.bucket
  policy = data.aws_iam_policy_document.encrypted_transport["failed_records_bucket"].json
}

data "aws_iam_policy_document" "encrypted_transport" {
  for_each = toset(["failed_records_bucket"])

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
