# The WFM Adapter's identity: a user, or a role with the same permissions.
locals {
  wfm_adapter_is_role = var.authorization_mode == "role"
}

# You create its access key, so that the state contains no secret, and delete it before a destroy:
# Terraform does not delete a key that an adapter uses.
resource "aws_iam_user" "wfm_adapter" {
  #checkov:skip=CKV_AWS_273:For a product that supports only access keys, which you create; authorization_mode = role creates a role instead.

  count = local.wfm_adapter_is_role ? 0 : 1

  name                 = local.names.identity
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_user_policy" "wfm_adapter" {
  #checkov:skip=CKV_AWS_40:These permissions are for a single identity, so a group has no use; authorization_mode = role attaches them to a role.

  count = local.wfm_adapter_is_role ? 0 : 1

  name   = "read-reports"
  user   = aws_iam_user.wfm_adapter[0].name
  policy = data.aws_iam_policy_document.wfm_adapter.json

  lifecycle {
    precondition {
      # IAM does not count whitespace.
      condition     = length(replace(data.aws_iam_policy_document.wfm_adapter.json, "/\\s/", "")) <= 2048
      error_message = "With connect_s3_prefix and aspect_ap_data_s3_prefix, the WFM Adapter's inline policy is longer than the 2,048 characters that IAM allows for a user: use shorter prefixes or authorization_mode = \"role\"."
    }
  }
}

resource "aws_iam_role" "wfm_adapter" {
  count = local.wfm_adapter_is_role ? 1 : 0

  name                 = local.names.identity
  description          = "What the WFM Adapter of ${local.name} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.wfm_adapter_trust[0].json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "wfm_adapter" {
  count = local.wfm_adapter_is_role ? 1 : 0

  name = "read-reports"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.wfm_adapter[0].id
  policy = data.aws_iam_policy_document.wfm_adapter.json
}

# Policies in the source account decide which of its principals may assume the role. The external ID keeps
# out other customers that this account serves.
data "aws_iam_policy_document" "wfm_adapter_trust" {
  count = local.wfm_adapter_is_role ? 1 : 0

  statement {
    sid     = "TheSourceAccountAssumesThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${var.source_aws_account_id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }
  }
}

data "aws_iam_policy_document" "wfm_adapter" {
  # No condition on the prefix: the adapter may list from the root.
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

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]

    content {
      sid       = "DecryptReportsThroughS3Only"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = [local.via.s3]
      }
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]

    content {
      sid       = "LookAtTheKeyOfTheReports"
      actions   = ["kms:DescribeKey"]
      resources = [statement.value]
    }
  }
}
