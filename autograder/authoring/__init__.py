"""From an author's text to the notebooks: read (`source`), carry the kit (`inline`), release, build, and verify."""
