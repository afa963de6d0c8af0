# The RTA server's identity: a user, or a role with the same permissions.
locals {
  rta_is_role = var.authorization_mode == "role"

  rta_key_uses = var.kms_key_arn == null ? {} : merge(
    { DecryptStatesAndEvents = { actions = ["kms:Decrypt"], via = [local.via.dynamodb, local.via.sqs] } },
    local.flag_in_table ? {} : {
      ChangeTheEncryptedEnvironment = { actions = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"], via = [local.via.lambda] }
    },
  )
}

# You create its access key, so that the state contains no secret, and delete it before a destroy:
# Terraform does not delete a key that a server uses.
resource "aws_iam_user" "rta" {
  #checkov:skip=CKV_AWS_273:For a product that supports only access keys, which you create; authorization_mode = role creates a role instead.

  count = local.rta_is_role ? 0 : 1

  name                 = local.names.identity
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_user_policy" "rta" {
  #checkov:skip=CKV_AWS_40:These permissions are for a single identity, so a group has no use; authorization_mode = role attaches them to a role.

  count = local.rta_is_role ? 0 : 1

  name   = "real-time-adherence"
  user   = aws_iam_user.rta[0].name
  policy = data.aws_iam_policy_document.rta.json

  lifecycle {
    precondition {
      # IAM does not count whitespace.
      condition     = length(replace(data.aws_iam_policy_document.rta.json, "/\\s/", "")) <= 2048
      error_message = "With ${length(local.names.queues)} queues, the names that begin with ${local.name} and kms_key_arn, the RTA user's inline policy is longer than the 2,048 characters that IAM allows for a user: use fewer queues, a shorter name, lambda_config_location = \"table\" or authorization_mode = \"role\"."
    }
  }
}

resource "aws_iam_role" "rta" {
  count = local.rta_is_role ? 1 : 0

  name                 = local.names.identity
  description          = "What the Real-Time Adherence server ${local.name} may do."
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  assume_role_policy   = data.aws_iam_policy_document.rta_trust[0].json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "rta" {
  count = local.rta_is_role ? 1 : 0

  name = "real-time-adherence"
  # The ID, not the name: it is unknown while another path replaces the role, so that the policy follows.
  role   = aws_iam_role.rta[0].id
  policy = data.aws_iam_policy_document.rta.json
}

# Policies in the source account decide which of its principals may assume the role. The external ID keeps
# out other customers that this account serves.
data "aws_iam_policy_document" "rta_trust" {
  count = local.rta_is_role ? 1 : 0

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

data "aws_iam_policy_document" "rta" {
  statement {
    sid       = "ReadTheAgentStates"
    actions   = ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Scan"]
    resources = [local.arns.agent_state_table]
  }

  statement {
    sid = "ReceiveAgentEvents"
    actions = [
      "sqs:DeleteMessage",
      "sqs:GetQueueUrl",
      "sqs:PurgeQueue",
      "sqs:ReceiveMessage",
    ]
    resources = local.arns.queues
  }

  dynamic "statement" {
    for_each = local.flag_in_table ? [local.arns.configuration_table] : []

    content {
      sid = "SetTheFlagInTheTable"
      actions = [
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ]
      resources = [statement.value]
    }
  }

  dynamic "statement" {
    for_each = local.flag_in_table ? [] : [local.arns.function]

    content {
      sid       = "SetTheFlagInTheFunctionsEnvironment"
      actions   = ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"]
      resources = [statement.value]
    }
  }

  # For the tables and queues. With the flag in the environment, also for the environment: Lambda creates
  # its grant again, on behalf of the principal that changes it.
  dynamic "statement" {
    for_each = local.rta_key_uses

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = [var.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = statement.value.via
      }
    }
  }
}
