"""What identity providers really send, turned into what the RFC says: quirk rules, by profile."""
