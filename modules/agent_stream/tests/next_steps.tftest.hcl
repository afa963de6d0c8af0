# What remains to be done by hand, for users and for roles. One process, one mocked provider: nothing is
# asked of AWS.

mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  name = "agent-events"
}

run "has_the_stream_selected_by_hand" {
  assert {
    condition     = output.next_steps == ["In the Amazon Connect console, open the instance, Data streaming, and select the Kinesis stream agent-events under Agent Events."]
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}

run "has_the_keys_policy_changed_first" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/9d4c"
  }

  assert {
    condition     = length(output.next_steps) == 2 && startswith(output.next_steps[0], "Add the statement of output connect_key_policy to the policy of the KMS key ${var.kms_key_arn}:")
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}

run "has_nothing_to_do_for_an_instance_that_is_switched_on" {
  variables {
    connect_instance_id = "12345678-90ab-cdef-1234-567890abcdef"
  }

  assert {
    condition     = output.next_steps == []
    error_message = "The steps are ${jsonencode(output.next_steps)}."
  }
}
