"""`make acceptance`: prove a deployment in a real AWS account, and remove it again.

Needs ambient credentials, Terraform and .venv. docs/acceptance.md describes it.
"""
