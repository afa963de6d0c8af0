output "agent_productivity" {
  description = "All outputs of module agent_productivity."
  value       = module.agent_productivity
}

output "key_policy" {
  description = "Statements (JSON) that the key policy needs. The plan shows them before the apply."
  value       = data.aws_iam_policy_document.key.json
}

output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}

output "rta" {
  description = "All outputs of module rta, by the name of the RTA server."
  value       = module.rta
}
