"""Running a site: health, drill and the pages of site admins."""
