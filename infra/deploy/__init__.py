"""Deploy a stage: the same steps in AWS and on the local engine."""
