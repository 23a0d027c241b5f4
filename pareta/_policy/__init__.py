"""What a call does and when: requests, retries, deadlines, deployments. It decides and never waits."""
