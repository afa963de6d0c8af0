# One item for each signed-in agent; the RTA server reads it.
resource "aws_dynamodb_table" "agent_states" {
  #checkov:skip=CKV_AWS_119:With kms_key_arn, DynamoDB uses that key; otherwise the AWS-managed key aws/dynamodb, for principals that IAM allows to use the table.

  name         = local.names.agent_state_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "AgentARN"
  tags         = var.tags

  attribute {
    name = "AgentARN"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}

# When each agent last left, so that a late event does not show the agent again. Only the relay uses this
# table. An item expires when no stream can still have an older event.
resource "aws_dynamodb_table" "signed_out_agents" {
  #checkov:skip=CKV_AWS_119:With kms_key_arn, DynamoDB uses that key; otherwise the AWS-managed key aws/dynamodb, for principals that IAM allows to use the table.

  name         = local.names.signed_out_agents_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "AgentARN"
  tags         = var.tags

  attribute {
    name = "AgentARN"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  ttl {
    attribute_name = "ExpiresAt"
    enabled        = true
  }
}

# The write-to-SQS flag. The RTA server owns the item; Terraform never writes it.
resource "aws_dynamodb_table" "configuration" {
  #checkov:skip=CKV_AWS_119:With kms_key_arn, DynamoDB uses that key; otherwise the AWS-managed key aws/dynamodb, for principals that IAM allows to use the table.

  count = local.flag_in_table ? 1 : 0

  name         = local.names.configuration_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "Setting"
  tags         = var.tags

  attribute {
    name = "Setting"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
