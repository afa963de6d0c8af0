# The RTA server's identity: a user, or a role where users must not exist, with the same rights.
locals {
  rta_is_role = var.authorization_mode == "role"

  rta_key_uses = var.kms_key_arn == null ? {} : merge(
    { DecryptStatesAndEvents = { actions = ["kms:Decrypt"], via = [local.via.dynamodb, local.via.sqs] } },
    local.flag_in_table ? {} : {
      ChangeTheEncryptedEnvironment = { actions = ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"], via = [local.via.lambda] }
    },
  )
}

# Its access key is made by hand, so that no secret is in the state, and is deleted by hand before a
# destroy: Terraform does not delete a key that a server uses.
resource "aws_iam_user" "rta" {
  #checkov:skip=CKV_AWS_273:For a product that knows access keys only, which are made by hand; authorization_mode = role makes a role in its place.

  count = local.rta_is_role ? 0 : 1

  name                 = local.names.identity
  path                 = var.iam_path
  permissions_boundary = var.permissions_boundary_arn
  tags                 = var.tags
}

resource "aws_iam_user_policy" "rta" {
  #checkov:skip=CKV_AWS_40:These rights are one identity's, which no group would share; authorization_mode = role attaches them to a role.

  count = local.rta_is_role ? 0 : 1

  name   = "real-time-adherence"
  user   = aws_iam_user.rta[0].name
  policy = data.aws_iam_policy_document.rta.json

  lifecycle {
    precondition {
      # IAM does not count blanks.
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

# Which of its principals may assume the role is for the source account to say. The external id keeps
# out those whom that account also serves but who are not this deployment's.
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

  # The key of the tables and queues; with the flag in it, that of the environment too, for which
  # Lambda creates its grant again, in the name of the principal that changes it.
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
