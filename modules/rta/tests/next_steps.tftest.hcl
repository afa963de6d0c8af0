# What remains to be done by hand, for users and for roles. One process, one mocked provider: nothing is
# asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  agent_event_stream_arn = "arn:aws:kinesis:eu-central-1:111122223333:stream/agent-events"
}

override_resource {
  target = aws_sqs_queue.agent_events
  values = { url = "https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-1.fifo" }
}

run "names_what_a_user_needs" {
  assert {
    condition = output.next_steps == [
      "From the folder of this configuration, create an access key for the RTA server's IAM user aspect-wfm-rta-server: aspect-wfm keys create . --product rta",
      "In the RTA Server Configuration utility, add an Amazon Connect ACD instance with this access key, the region eu-central-1, the agent state table aspect-wfm-rta-agent-states, the Lambda function aspect-wfm-rta-relay and the queues, in this order: https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-1.fifo.",
    ]
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}

run "names_what_a_role_needs_and_the_retired_queues" {
  variables {
    authorization_mode     = "role"
    external_id            = "aspect-0815"
    lambda_config_location = "table"
    num_retired_sqs_queues = 1
    source_aws_account_id  = "444455556666"
  }

  assert {
    condition = output.next_steps == [
      "In AWS account 444455556666, allow the RTA server's principal to assume the role ${aws_iam_role.rta[0].arn} with the external ID aspect-0815.",
      "In the RTA Server Configuration utility, add an Amazon Connect ACD instance with this role and external ID, the region eu-central-1, the agent state table aspect-wfm-rta-agent-states, the configuration table aspect-wfm-rta-configuration and the queues, in this order: https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-1.fifo.",
      "Let the RTA server read the retired queue https://sqs.eu-central-1.amazonaws.com/111122223333/aspect-wfm-rta-events-1.fifo until it is empty, then set num_retired_sqs_queues to 0.",
    ]
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}
