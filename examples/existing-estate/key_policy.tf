# What the policy of the key has to hold for all of this, beside what it holds already: the statement
# by which Amazon Connect encrypts what it writes to the stream, for one.
data "aws_iam_policy_document" "key" {
  #checkov:skip=CKV_AWS_109:The policy of a key: it is about that key only, which its own account has to be able to administer.
  #checkov:skip=CKV_AWS_111:The policy of a key: it is about that key only, which its own account has to be able to administer.
  #checkov:skip=CKV_AWS_356:The policy of a key: * is that key.

  # The roles that the modules make have their rights on the key in their own policies, which count
  # because of this.
  statement {
    sid       = "TheAccountsPoliciesDecideWhoUsesTheKey"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.partition}:iam::${local.account_id}:root"]
    }
  }

  # No role can have this for it: CloudWatch Logs uses the key in its own name.
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

  # DynamoDB, Firehose and Lambda make grants for themselves, in the name of the principal that runs Terraform.
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
