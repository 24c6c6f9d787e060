package ui

import (
	"context"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"teahouse/app/chat"
	"teahouse/app/ui/dialog"
	"teahouse/app/ui/markup"
)

// A message can be chosen, and then letters act on it until another key
// unchooses it.

// chooseKeys begin to choose.
func chooseKeys() []binding {
	return []binding{
		{[]string{"alt+up"}, "Alt+↑ Alt+↓", "choose a message", still(func(m *model) { m.timeline.SelectUp() })},
		{[]string{"alt+down"}, "", "", still(func(m *model) { m.timeline.SelectDown() })},
	}
}

// pickKeys act on the chosen message.
func pickKeys() []binding {
	return []binding{
		{[]string{"up", "alt+up"}, "↑ ↓", "the one above, below", still(func(m *model) { m.timeline.SelectUp() })},
		{[]string{"down", "alt+down"}, "", "", still(func(m *model) { m.timeline.SelectDown() })},
		{[]string{"r"}, "r e d", "reply, edit, delete", picked((*model).reply)},
		{[]string{"e"}, "", "", picked((*model).editPicked)},
		{[]string{"d"}, "", "", (*model).deletePicked},
		{[]string{"+", "="}, "+ =", "react", picked((*model).openReactions)},
		{[]string{"enter", "o"}, "Enter o", "go where it points", picked((*model).toOriginal)},
		{[]string{"c"}, "c k l", "copy it, its code, a link", picked((*model).copyText)},
		{[]string{"k"}, "", "", picked((*model).copyCode)},
		{[]string{"l"}, "", "", picked((*model).copyLink)},
		{[]string{"p"}, "p", "pin, unpin", picked((*model).togglePin)},
		{[]string{"esc"}, "Esc", "choose none", picked(func(*model, *chat.Message) tea.Cmd { return nil })},
	}
}

// pickHint tells those that do something with the message.
func (m *model) pickHint(msg *chat.Message) string {
	hint := "r reply · + react · c copy"
	if msg.From == m.Session.User().ID {
		hint += " · e edit · d delete"
	} else if m.mayDelete(msg) {
		hint += " · d delete"
	}
	switch {
	case msg.ReplyTo != 0:
		hint += " · Enter original"
	case linkIn(msg.Body) != "":
		hint += " · Enter goes there"
	}
	return hint + " · p pin · Esc"
}

// picked is a run that unchooses the message and does something with it.
func picked(do func(m *model, msg *chat.Message) tea.Cmd) func(m *model) tea.Cmd {
	return func(m *model) tea.Cmd {
		msg, ok := m.timeline.Selected()
		m.timeline.Select(0)
		if !ok {
			return nil
		}
		return do(m, msg)
	}
}

// pickKey takes a key while a message is chosen; false for those that go on to
// mean what they always mean.
func (m *model) pickKey(msg tea.KeyMsg) (tea.Cmd, bool) {
	if _, ok := m.timeline.Selected(); !ok || msg.Paste {
		return nil, false
	}
	sure := m.sure
	m.sure = 0
	if msg.String() == "d" {
		m.sure = sure
	}
	return m.press(pickKeys(), msg.String())
}

func (m *model) reply(msg *chat.Message) tea.Cmd {
	m.dropAim()
	m.aim = aim{reply: msg}
	return nil
}

func (m *model) editPicked(msg *chat.Message) tea.Cmd {
	switch {
	case msg.From != m.Session.User().ID || msg.Deleted:
		m.status = "only a message of your own can be edited"
	case !m.composer.Empty():
		m.status = "there is a text being written; send it or clear it with Ctrl+C first"
	default:
		m.edit(msg)
	}
	return nil
}

// deletePicked asks once.
func (m *model) deletePicked() tea.Cmd {
	msg, _ := m.timeline.Selected()
	switch {
	case msg.Deleted || !m.mayDelete(msg):
		m.status = "only a message of your own can be deleted"
		return nil
	case m.sure != msg.ID:
		m.sure = msg.ID
		m.status = "d once more deletes the message"
		return nil
	}
	m.timeline.Select(0)
	return m.change("", func(ctx context.Context, room chat.Room) error {
		_, err := m.Service.Delete(ctx, m.Session.User(), room, msg.ID)
		return err
	})
}

// mayDelete tells whether the person wrote the message, or rules in the room.
func (m *model) mayDelete(msg *chat.Message) bool {
	user := m.Session.User()
	view, in := m.view()
	return msg.From == user.ID || user.Rules(m.room) || in && view.Role >= chat.RoleModerator
}

// openReactions lists what there is to react with: those under the message
// first, for joining in and taking back.
func (m *model) openReactions(msg *chat.Message) tea.Cmd {
	var items []dialog.Item
	for _, r := range msg.Reactions {
		detail := "join in"
		if slices.Contains(r.Users, m.Session.User().ID) {
			detail = "take yours back"
		}
		items = append(items, dialog.Item{ID: r.Emoji, Title: r.Emoji, Detail: detail})
	}
	for code, symbol := range chat.Emojis() {
		items = append(items, dialog.Item{ID: symbol, Title: symbol + " " + code})
	}
	m.reacting = msg
	m.finder = dialog.NewChooser(m.th, "react", "find an emoji", items)
	return nil
}

// react puts a reaction under the message, or takes it back.
func (m *model) react(msg *chat.Message, emoji string) tea.Cmd {
	me := m.Session.User().ID
	add := !slices.ContainsFunc(msg.Reactions, func(r chat.Reaction) bool {
		return r.Emoji == emoji && slices.Contains(r.Users, me)
	})
	return m.change("", func(ctx context.Context, room chat.Room) error {
		_, err := m.Service.React(ctx, m.Session.User(), room, msg.ID, emoji, add)
		return err
	})
}

// toOriginal goes to what a message replies to, or else to the first message
// that it links to.
func (m *model) toOriginal(msg *chat.Message) tea.Cmd {
	if msg.ReplyTo != 0 {
		return m.jump(m.room, msg.ReplyTo)
	}
	if link := linkIn(msg.Body); link != "" {
		return m.run("goto " + link)
	}
	m.status = "this message replies to none, and links to none"
	return nil
}

// linkIn is the first link to a message in a text; "" where there is none.
func linkIn(text string) string {
	for word := range strings.FieldsSeq(text) {
		word = strings.Trim(word, ".,;:!?()[]<>*_`\"'")
		if _, _, ok := chat.ParseLink(word); ok {
			return word
		}
	}
	return ""
}

func (m *model) copyText(msg *chat.Message) tea.Cmd { m.copy("the message", msg.Body); return nil }

func (m *model) copyCode(msg *chat.Message) tea.Cmd {
	blocks := m.markup().Code(msg.Body)
	if len(blocks) == 0 {
		m.status = "there is no block of code in this message"
		return nil
	}
	m.copy("the code", strings.Join(blocks, "\n"))
	return nil
}

// markup is the one that all screens share.
func (m *model) markup() *markup.Parser { return m.Shared.markup }

func (m *model) copyLink(msg *chat.Message) tea.Cmd {
	if view, in := m.view(); in {
		m.copy("the link", view.Link(msg.ID))
	}
	return nil
}

func (m *model) togglePin(msg *chat.Message) tea.Cmd {
	return m.change("", func(ctx context.Context, room chat.Room) error {
		user := m.Session.User()
		pins, err := m.Service.Pins(ctx, user, room)
		if err != nil {
			return err
		}
		pinned := slices.ContainsFunc(pins, func(p *chat.Message) bool { return p.ID == msg.ID })
		return m.Service.Pin(ctx, user, room, msg.ID, !pinned)
	})
}

// copy asks the terminal to keep a text. It gives no answer.
func (m *model) copy(what, text string) {
	if err := m.screen.Copy(chat.PrintableText(text)); err != nil {
		m.failed = gone(err)
		return
	}
	m.status = "sent " + what + " to your terminal's clipboard"
}
