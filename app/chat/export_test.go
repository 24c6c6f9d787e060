package chat

import "strings"

// Zones gives the names of all time zones.
func Zones() []string { return strings.Fields(zoneNames) }
