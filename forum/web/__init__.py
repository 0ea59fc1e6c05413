"""What all routes share: guarded routes, pages, forms, headers and errors."""
