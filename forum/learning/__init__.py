"""What people decided about heard texts, kept so that the ear of this installation can learn."""
