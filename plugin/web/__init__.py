"""What every request passes: guards, one transaction, error pages, security headers, the embedded shell, health and logs."""
