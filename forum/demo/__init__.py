"""The demo community: invented people, so that a newcomer can look around."""
