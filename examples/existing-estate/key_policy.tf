# Statements to add to the key policy, next to existing ones such as the statement that allows Amazon
# Connect to encrypt what it writes to the stream.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:A key policy applies to its key only, which its account must be able to administer.
  #checkov:skip=CKV_AWS_111:A key policy applies to its key only, which its account must be able to administer.
  #checkov:skip=CKV_AWS_356:In a key policy, * is that key.

  # Makes the modules' IAM policies effective, which give the roles their permissions on the key.
  statement {
    sid       = "TheAccountsPoliciesDecideWhoUsesTheKey"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  # CloudWatch Logs uses the key as a service principal, not through a role.
  statement {
    sid = "CloudWatchLogsEncryptsTheLogs"
    actions = [
      "kms:Decrypt*",
      "kms:Encrypt*",
      "kms:GenerateDataKey*",
      "kms:ReEncrypt*",
    ]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = [data.aws_service_principal.logs.id]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        for service in ["kinesis-analytics", "kinesisfirehose", "lambda"] :
        "${local.log_group_arn}:/aws/${service}/${var.name_prefix}-*"
      ]
    }
  }

  # DynamoDB, Firehose and Lambda create their own grants on behalf of the principal that runs Terraform.
  dynamic "statement" {
    for_each = var.deployment_role_arn[*]

    content {
      sid = "WhoeverAppliesHasServicesUseTheKey"
      actions = [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
      ]
      resources = ["*"]

      principals {
        type        = "AWS"
        identifiers = [statement.value]
      }

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values = [
          for service in ["dynamodb", "firehose", "lambda", "s3"] :
          "${service}.${var.region}.${data.aws_partition.contact_centre.dns_suffix}"
        ]
      }
    }
  }
}

data "aws_service_principal" "logs" {
  provider = aws.contact_centre

  service_name = "logs"
}

locals {
  log_group_arn = "arn:${local.partition}:logs:${var.region}:${local.account_id}:log-group"
  partition     = data.aws_partition.contact_centre.partition
}
