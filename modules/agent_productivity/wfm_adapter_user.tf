# The WFM Adapter's identity. Its access key is made by hand, so that no secret is in the state, and
# is deleted by hand before a destroy: Terraform does not take away a key that an adapter works with.
resource "aws_iam_user" "wfm_adapter" {
  name = local.names.user
  tags = var.tags
}

resource "aws_iam_user_policy" "wfm_adapter" {
  name   = "read-reports"
  user   = aws_iam_user.wfm_adapter.name
  policy = data.aws_iam_policy_document.wfm_adapter.json
}

data "aws_iam_policy_document" "wfm_adapter" {
  # Without a condition on the prefix: the adapter may list from the root.
  statement {
    sid       = "ListReports"
    actions   = ["s3:ListBucket"]
    resources = [local.arns.report_bucket, local.arns.connect_bucket]
  }

  statement {
    sid     = "ReadReports"
    actions = ["s3:GetObject"]
    resources = [
      "${local.arns.report_bucket}/${var.aspect_ap_data_s3_prefix}*",
      "${local.arns.connect_bucket}/${var.connect_s3_prefix}*",
    ]
  }

  dynamic "statement" {
    for_each = var.connect_s3_kms_arn == null ? [] : [var.connect_s3_kms_arn]

    content {
      sid       = "DecryptExportedReports"
      actions   = ["kms:Decrypt", "kms:DescribeKey"]
      resources = [statement.value]
    }
  }
}
