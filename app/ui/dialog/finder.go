package dialog

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/sahilm/fuzzy"
	"golang.org/x/text/unicode/norm"

	"teahouse/app/chat"
	"teahouse/app/ui/composer"
	"teahouse/app/ui/theme"
)

// Item is something that the finder can open.
type Item struct {
	ID     string // the caller's own
	Title  string // what is searched, with its sign: "#ops", "@bob"
	Detail string
	Unread int
}

// Result is what a key led to. The zero value is nothing: the finder stays.
type Result struct {
	Action Action
	ID     string // of the item to open
	Index  int    // of the hit to open
	Name   string // of the room to make, without #; or what to search for
}

// Action is what the caller of a dialog has to do.
type Action byte

// The actions.
const (
	None Action = iota
	Open
	Create
	Start
	Stop
	Close
)

// Finder finds something by a few letters of its name: a room or a person, or
// what else there is to choose from. It belongs to one goroutine.
type Finder struct {
	th    *theme.Theme
	title string
	ask   string // stands where there is no query
	makes bool   // offers to make the room of a name that is not there
	items items
	query *composer.Composer
	found []entry
	menu  menu // of found
}

// entry is a row of the list: an item, or the offer to make a room.
type entry struct {
	Item
	hits []int  // the places in the title that were searched for
	make string // the name of the room to make
}

// items are searched by their titles.
type items []Item

func (is items) String(i int) string { return is[i].Title }
func (is items) Len() int            { return len(is) }

// NewFinder makes a finder of rooms with an empty query.
func NewFinder(th *theme.Theme, items []Item) *Finder {
	f := NewChooser(th, "rooms", "find a room or a person", items)
	f.makes = true
	f.search()
	return f
}

// NewChooser makes a finder of anything, with its title and what it asks for.
func NewChooser(th *theme.Theme, title, ask string, items []Item) *Finder {
	f := &Finder{th: th, title: title, ask: ask, query: composer.New(th), menu: menu{page: 1}}
	f.SetItems(items)
	return f
}

// SetItems exchanges the items; query and choice stay. The caller's order is
// the order of items that match equally well, those with something unread first.
func (f *Finder) SetItems(all []Item) {
	chosen := ""
	if f.menu.at < len(f.found) {
		chosen = f.found[f.menu.at].ID
	}
	f.items = slices.Clone(all)
	for i := range f.items {
		f.items[i].Title = chat.Printable(f.items[i].Title)
		f.items[i].Detail = chat.Printable(f.items[i].Detail)
	}
	slices.SortStableFunc(f.items, func(a, b Item) int { return min(b.Unread, 1) - min(a.Unread, 1) })
	f.search()
	if i := slices.IndexFunc(f.found, func(e entry) bool { return e.ID == chosen }); chosen != "" && i >= 0 {
		f.menu.at = i
	}
}

// Key takes a key.
func (f *Finder) Key(msg tea.KeyMsg) Result {
	name := keyName(msg)
	if f.menu.key(name, len(f.found)) {
		return Result{}
	}
	switch name {
	case "esc", "ctrl+k", "ctrl+g", "ctrl+c":
		return Result{Action: Close}
	case "enter":
		return f.choose()
	case "ctrl+j", "alt+enter":
		// A query has one line.
	default:
		f.edit(msg)
	}
	return Result{}
}

func (f *Finder) choose() Result {
	if f.menu.at >= len(f.found) {
		return Result{}
	}
	e := f.found[f.menu.at]
	if e.make != "" {
		return Result{Action: Create, Name: e.make}
	}
	return Result{Action: Open, ID: e.ID}
}

// maxQuery is in bytes, and more than any name has.
const maxQuery = 256

// edit changes the query.
func (f *Finder) edit(msg tea.KeyMsg) {
	if editLine(f.query, msg) {
		f.search()
		f.menu.at, f.menu.top = 0, 0
	}
}

// editLine gives a key to a text of one line, and tells whether that changed
// it. A paste of many lines becomes one.
func editLine(line *composer.Composer, msg tea.KeyMsg) bool {
	before := line.Value()
	if len(before)+len(string(msg.Runes)) > maxQuery {
		return false
	}
	for i, r := range msg.Runes {
		if r == '\n' || r == '\r' || r == '\t' {
			msg.Runes = slices.Clone(msg.Runes)
			msg.Runes[i] = ' '
		}
	}
	line.Key(msg)
	return line.Value() != before
}

// search lists what matches the query, all items where there is none. Spaces
// are nothing that a name has.
func (f *Finder) search() {
	query := norm.NFC.String(strings.Join(strings.Fields(f.query.Value()), ""))
	f.found = nil
	if query == "" {
		for _, item := range f.items {
			f.found = append(f.found, entry{Item: item})
		}
	}
	for _, m := range fuzzy.FindFrom(query, f.items) {
		f.found = append(f.found, entry{Item: f.items[m.Index], hits: m.MatchedIndexes})
	}
	if name, err := chat.ParseRoomName(query); f.makes && err == nil && !f.has("#"+name.String()) {
		f.found = append(f.found, entry{make: name.String()})
	}
	f.menu.move(0, len(f.found))
}

func (f *Finder) has(title string) bool {
	return slices.ContainsFunc(f.items, func(i Item) bool { return strings.EqualFold(i.Title, title) })
}
