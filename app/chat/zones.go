package chat

import (
	_ "embed"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a replica may run where there are no zones
)

// zoneNames are the names of the IANA time zone database, one a line, as Go's
// lib/time/zoneinfo.zip has them: what one replica takes the others know.
//
//go:embed zones.txt
var zoneNames string

// maxZone is longer than any name of a zone.
const maxZone = 40

// Location is the zone that was set; UTC where nothing or nonsense was.
func (s Settings) Location() *time.Location {
	if !isZone(s.Zone) {
		return time.UTC
	}
	at, err := time.LoadLocation(s.Zone)
	if err != nil {
		return time.UTC
	}
	return at
}

func isZone(name string) bool {
	return name != "" && strings.Contains("\n"+zoneNames, "\n"+name+"\n")
}

// parseZone gives a zone's name as IANA spells it, in whatever case it was
// typed, and for the city alone where one zone is called so. CodeInvalid tells
// what comes near.
func parseZone(s string) (string, error) {
	want := strings.ToLower(strings.Join(strings.Fields(s), "_"))
	if len(want) > maxZone {
		return "", noZone(s, nil)
	}
	var cities, near []string
	for line := range strings.Lines(zoneNames) {
		name := strings.TrimSpace(line)
		folded := strings.ToLower(name)
		city := folded[strings.LastIndexByte(folded, '/')+1:]
		switch {
		case folded == want:
			return name, nil
		case strings.HasPrefix(folded, "etc/"):
			// Etc/GMT+2 is what everybody else calls GMT-2.
		case city == want:
			cities = append(cities, name)
		case isNear(folded, city, want):
			near = append(near, name)
		}
	}
	if len(cities) == 1 {
		return cities[0], nil
	}
	return "", noZone(s, slices.Concat(cities, near))
}

// isNear tells whether the zone may be meant: what was typed is part of its
// name, or a slip or two away from it.
func isNear(folded, city, want string) bool {
	const slips = 2
	if len(want) < 3 {
		return false
	}
	return strings.Contains(folded, want) ||
		len(want) > 2*slips+1 && (distance(city, want) <= slips || distance(folded, want) <= slips)
}

func noZone(typed string, near []string) error {
	const told = 5
	if len(near) == 0 {
		return Errorf(CodeInvalid, "there is no time zone %q; give its IANA name, such as Europe/Berlin, Asia/Tokyo or UTC", cutText(typed))
	}
	return Errorf(CodeInvalid, "there is no time zone %q; is it %s?", cutText(typed), orList(near[:min(told, len(near))]))
}

// distance counts the letters to put in, take out or change to make b of a
// (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
