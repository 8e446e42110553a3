"""What the workflow needs besides the product: set-up steps, checks, small generators."""
