# The functions' zips: part of this module, or from the user's own copy in S3.
locals {
  from_s3     = var.qss3_bucket_name != null
  _key_prefix = var.qss3_key_prefix == null ? "" : var.qss3_key_prefix

  zips = {
    for name in ["agent_classifier", "heartbeat"] : name => {
      filename  = local.from_s3 ? null : "${path.module}/lambda/${name}.zip"
      s3_bucket = var.qss3_bucket_name
      s3_key    = local.from_s3 ? "${local._key_prefix}${name}.zip" : null
      hash      = local.from_s3 ? data.aws_s3_object.zips[name].etag : filebase64sha256("${path.module}/lambda/${name}.zip")
    }
  }
}

# Read to notice a changed zip, and to say at plan when there is none.
data "aws_s3_object" "zips" {
  for_each = toset(local.from_s3 ? ["agent_classifier", "heartbeat"] : [])

  bucket = var.qss3_bucket_name
  key    = "${local._key_prefix}${each.key}.zip"
}
