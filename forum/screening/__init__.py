"""Screening: text in, Verdict out. Knows no board, room, case or table."""
