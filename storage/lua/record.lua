-- Writes a deed to the audit log.
-- KEYS: the house, the audit log
-- ARGV: the deed as JSON without its opening brace, most deeds kept
write_down(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
return 1
