# Region and credentials come from the environment, as in AWS_REGION and AWS_PROFILE, or are set here;
# so are default_tags.
provider "aws" {}
