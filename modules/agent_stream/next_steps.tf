# Manual steps after an apply, in order, as sentences with the names of this stream.
locals {
  next_steps = concat(
    [
      for arn in local.customer_key_arn[*] :
      "Add the statement of output connect_key_policy to the policy of the KMS key ${arn}: Amazon Connect cannot write to the stream before."
      if var.connect_instance_id == null || var.grant_connect_the_key == false
    ],
    var.connect_instance_id != null ? [] : [
      "In the Amazon Connect console, open the instance, Data streaming, and select the Kinesis stream ${aws_kinesis_stream.agent_events.name} under Agent Events.",
    ],
  )
}
