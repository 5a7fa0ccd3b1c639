"""What checkov finds in the template that CloudFormation sees, each with the reason why it stays."""
