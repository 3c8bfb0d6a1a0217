# Partial on purpose: bucket, key, region and lock differ per environment and come from -backend-config, so that
# two environments can never share one state by mistake. See README.md, "State".
terraform {
  backend "s3" {}
}
