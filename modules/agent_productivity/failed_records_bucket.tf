# Complete records that could not be delivered: batches from Lambda (the event source mapping's on-failure
# destination, under aws/lambda/), and single records from the classifier (under undeliverable/). A
# separate bucket, because the WFM Adapter lists the report bucket.
resource "aws_s3_bucket" "failed_records" {
  #checkov:skip=CKV_AWS_18:Server access logs would need another bucket; CloudTrail data events can record reads and writes, as for your other buckets.
  #checkov:skip=CKV_AWS_21:An object is named by its record or batch, so a second write stores the same record; versions would keep agents' data after somebody deleted it.
  #checkov:skip=CKV_AWS_144:A replica would move agents' data out of the region of the Amazon Connect instance.
  #checkov:skip=CKV_AWS_145:With kms_key_arn, S3 uses that key; otherwise SSE-S3. No principal that this module creates may read the objects.
  #checkov:skip=CKV2_AWS_62:A bucket has one notification configuration, which is left to you.

  bucket = local.names.failed_records_bucket
  tags   = var.tags

  # In us-east-1, a second CreateBucket succeeds like the first, so Terraform would adopt the bucket of
  # another deployment with this name. IAM rejects the name of an existing role, so create the role first.
  depends_on = [aws_iam_role.firehose]
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

resource "aws_s3_bucket_policy" "failed_records" {
  bucket = aws_s3_bucket_public_access_block.failed_records.bucket
  policy = data.aws_iam_policy_document.encrypted_transport["failed_records_bucket"].json
}
