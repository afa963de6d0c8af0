# Who switches the agent events of an Amazon Connect instance on, and how Amazon Connect gets at the
# key. One process, one mocked provider: nothing is asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "agent-events"
}

run "leaves_the_switching_on_to_the_console" {
  command = plan

  assert {
    condition     = length(aws_connect_instance_storage_config.agent_events) == 0 && output.connect_instance_id == null
    error_message = "Without connect_instance_id, agent events are switched on by hand."
  }

  assert {
    condition     = output.connect_key_policy == null
    error_message = "Without a customer-managed key, Amazon Connect needs nothing more."
  }
}

run "prefers_the_key_of_the_stream_and_prints_what_connect_needs" {
  command = plan

  variables {
    agent_event_stream_kms_arn = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
    kms_key_arn                = "arn:aws:kms:eu-central-1:111122223333:key/77aa"
  }

  assert {
    condition     = aws_kinesis_stream.agent_events.kms_key_id == var.agent_event_stream_kms_arn && output.agent_event_stream_kms_arn == var.agent_event_stream_kms_arn
    error_message = "The key that is for the stream encrypts it, and its readers get that key."
  }

  assert {
    condition     = output.connect_key_policy != null && length(aws_kms_grant.connect) == 0
    error_message = "Whose role has to encrypt is not known: what the key's policy needs is printed."
  }

  assert {
    condition     = one(data.aws_iam_policy_document.connect.statement).actions == toset(["kms:GenerateDataKey"])
    error_message = "Amazon Connect has to encrypt, and to do nothing else."
  }

  assert {
    condition = tomap({ for each in one(data.aws_iam_policy_document.connect.statement).condition : "${each.test} ${each.variable}" => one(each.values) }) == tomap({
      "ArnLike aws:PrincipalArn"                           = "arn:aws:iam::111122223333:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_*"
      "StringEquals kms:EncryptionContext:aws:kinesis:arn" = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
      "StringEquals kms:ViaService"                        = "kinesis.eu-central-1.amazonaws.com"
    })
    error_message = "Only the service-linked roles of Amazon Connect in this account may, through Kinesis, and for this stream."
  }
}

run "switches_an_instance_on_by_its_id" {
  command = plan

  variables {
    connect_instance_id = "12345678-90ab-cdef-1234-567890abcdef"
  }

  assert {
    condition     = aws_connect_instance_storage_config.agent_events[0].instance_id == var.connect_instance_id && length(data.aws_connect_instance.writer) == 0
    error_message = "The instance is not looked at where nothing has to be granted to it."
  }
}

run "switches_an_instance_on_by_its_arn_and_grants_it_the_key" {
  command = plan

  variables {
    connect_instance_id = "arn:aws:connect:eu-central-1:111122223333:instance/12345678-90ab-cdef-1234-567890abcdef"
    kms_key_arn         = "arn:aws:kms:eu-central-1:111122223333:key/77aa"
  }

  assert {
    condition     = output.connect_instance_id == "12345678-90ab-cdef-1234-567890abcdef"
    error_message = "The API takes the id."
  }

  assert {
    condition     = aws_kinesis_stream.agent_events.kms_key_id == var.kms_key_arn && output.agent_event_stream_kms_arn == var.kms_key_arn
    error_message = "The key for everything encrypts the stream, and its readers get it."
  }

  assert {
    condition     = aws_kms_grant.connect[0].key_id == var.kms_key_arn && aws_kms_grant.connect[0].grantee_principal == data.aws_connect_instance.writer[0].service_role && aws_kms_grant.connect[0].operations == toset(["GenerateDataKey"])
    error_message = "The instance's role is granted the key, to encrypt and for nothing else."
  }
}

run "leaves_the_key_to_its_policy" {
  command = plan

  variables {
    connect_instance_id   = "12345678-90ab-cdef-1234-567890abcdef"
    grant_connect_the_key = false
    kms_key_arn           = "arn:aws:kms:eu-central-1:111122223333:key/77aa"
  }

  assert {
    condition     = length(aws_kms_grant.connect) == 0 && length(data.aws_connect_instance.writer) == 0
    error_message = "The key's policy lets Amazon Connect use it."
  }
}

run "takes_a_key_and_an_instance_of_the_same_apply" {
  command = plan

  module {
    source = "./tests/made_together"
  }
}
