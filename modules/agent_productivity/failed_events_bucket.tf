# What is given up on is kept here whole: batches by Lambda (the event source mapping's on-failure
# destination, under aws/lambda/), single records that Firehose cannot take by the classifier itself
# (under undeliverable/). Not in the report bucket, which the WFM Adapter lists.
resource "aws_s3_bucket" "failed_events" {
  bucket = local.names.failed_events_bucket
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "failed_events" {
  bucket = aws_s3_bucket.failed_events.bucket

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "failed_events" {
  bucket = aws_s3_bucket.failed_events.bucket

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_policy" "failed_events" {
  bucket = aws_s3_bucket_public_access_block.failed_events.bucket
  policy = data.aws_iam_policy_document.encrypted_transport["failed_events_bucket"].json
}
