# The functions' zips, from this module or from your copy in S3.
locals {
  functions  = ["agent_classifier", "heartbeat"]
  key_prefix = var.qss3_key_prefix == null ? "" : var.qss3_key_prefix

  zips = {
    for name in local.functions : name => {
      path      = "${path.module}/lambda/${name}.zip"
      s3_bucket = var.qss3_bucket_name
      s3_key    = var.qss3_bucket_name == null ? null : "${local.key_prefix}${name}.zip"
      hash      = var.qss3_bucket_name == null ? filebase64sha256("${path.module}/lambda/${name}.zip") : data.aws_s3_object.zips[name].etag
    }
  }
}

# Read to detect a changed zip, and to fail at plan time without one.
data "aws_s3_object" "zips" {
  for_each = toset(var.qss3_bucket_name == null ? [] : local.functions)

  bucket = var.qss3_bucket_name
  key    = "${local.key_prefix}${each.key}.zip"
}
