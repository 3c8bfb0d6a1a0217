locals {
  alias_name = "alias/${var.name_prefix}"
}

resource "aws_kms_key" "lake" {
  description             = "Encrypts the data lake, its secret and its logs in ${var.name_prefix}"
  deletion_window_in_days = var.deletion_window_days
  enable_key_rotation     = true
  # Decoded and encoded again: a slip in the template fails at plan, and the spelling never causes a difference.
  policy = jsonencode(jsondecode(templatefile("${path.module}/policies/key_policy.json.tftpl", {
    account_id      = var.account_id
    alarm_topic_arn = var.alarm_topic_arn
    audit_trail_arn = var.audit_trail_arn == null ? "" : var.audit_trail_arn
    partition       = var.partition
    region          = var.region
  })))

  tags = {
    Name = "${var.name_prefix}-key"
  }
}

resource "aws_kms_alias" "lake" {
  name          = local.alias_name
  target_key_id = aws_kms_key.lake.key_id
}
