vanity export out
