"""`python -m forum` is `handrail`."""

from forum.cli import main

main()
