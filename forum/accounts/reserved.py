"""Names that nobody may take: they speak for the team, a profession, or for nobody.

What a person of the team is, a badge drawn by the server says, never a name.
"""

# Refused as any word of a name: "Ana Admin", "moderator_2".
TEAM_WORDS = (
    *("admin", "admins", "administrator", "administration", "sysadmin", "webmaster", "owner"),
    *("mod", "mods", "moderator", "moderators", "moderation", "staff", "official", "root"),
    *("support", "supporter", "care", "careteam", "helper", "helpline", "hotline", "lifeline"),
    *("crisisline", "handrail", "system", "sysop", "bot", "automod", "peer", "peers"),
    *("supervisor", "volunteer", "responder", "safeguarding"),
    *("therapist", "counsellor", "counselor", "doctor", "psychologist", "psychiatrist", "police"),
    *("samaritan", "samaritans"),
)
# Refused only when the name is nothing else.
WHOLE_NAMES = (
    *("help", "help now", "get help now", "team", "the team", "lead", "leader", "community"),
    *("crisis", "emergency", "ambulance", "me", "you", "anonymous", "nobody", "everyone"),
    *("everybody", "someone", "somebody", "member", "former member", "deleted", "erased", "guest"),
    *("unknown", "none", "null", "undefined", "here", "all", "settings", "forum", "site"),
)
# Refused even inside a longer word: they are too plain to stand there by chance.
GLUED = ("admin", "moderator", "helpline", "handrail", "therapist", "counsellor", "psychologist")
HARMLESS = ("badminton",)
# Beside a team word these make no name of their own: "the real support team 24".
FILLERS = (
    *("the", "real", "your", "our", "for", "on", "duty", "team", "community", "site", "forum"),
    *("desk", "line", "help", "crisis", "now", "new", "online", "live", "chat"),
)
