output "agent_productivity" {
  description = "All outputs of the module agent_productivity."
  value       = module.agent_productivity
}

output "key_policy" {
  description = "The statements that the policy of the key needs (JSON). A plan shows them before anything is made."
  value       = data.aws_iam_policy_document.key.json
}

output "rta" {
  description = "All outputs of the module rta, by the name of the RTA server."
  value       = module.rta
}
