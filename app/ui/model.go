package ui

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/muesli/termenv"

	"teahouse/app/chat"
	"teahouse/app/ui/composer"
	"teahouse/app/ui/dialog"
	"teahouse/app/ui/screen"
	"teahouse/app/ui/theme"
	"teahouse/app/ui/timeline"
	"teahouse/internal/faults"
)

// frameTime is how often a screen is drawn for news, while there is more and more;
// what comes after a pause is drawn at once, as keys are, and a flood more rarely
// (respite).
const frameTime = time.Second / 30

// commandTime is how long a command may take.
const commandTime = 15 * time.Second

// pageRest is the least time between two tries to read history.
const pageRest = time.Second

// model is the root: it owns the parts, gives them their keys and news, and
// draws them. It belongs to whoever holds mu: the program's event loop for what
// the person does, and the turn that draws what came without a way through the
// loop.
type model struct {
	mu   sync.Mutex
	over bool // the program has ended

	turn atomic.Int32
	loop func(tea.Msg) // leads to the event loop

	*Options
	ctx        context.Context
	th         *theme.Theme
	profile    termenv.Profile
	background chan bool // whether it is dark, when the terminal has said so
	screen     *screen.Screen
	size       Size
	drawn      atomic.Int64 // when, and what respite adds, in Unix ns
	echo
	kept parts

	rooms     []chat.RoomView
	room      chat.RoomID
	name      string // the room's title
	out       bool   // the person is not in the room any more
	timeline  *timeline.Timeline
	cursor    *chat.Cursor    // nil while the room's feed is not ours to follow
	unshown   []*chat.Message // new ones that no frame has brought yet
	passed    *chat.Step      // what the cursor passed and nobody has taken in yet
	begun     bool            // the cursor has given its first step
	resumed   bool            // the view is where the person stopped reading
	goal      goal            // what is to be brought into view, and has to be read for that
	asked     int             // numbers the pages that were asked for
	drafts    map[chat.RoomID]draft
	stored    map[chat.RoomID]string // drafts, as storage has them
	keeping   map[chat.RoomID]string // of these, what storage has not acknowledged yet
	resting   *time.Timer            // has what differs from stored kept; nil where nothing does
	composer  *composer.Composer
	aim       aim            // of what is in the composer
	sure      chat.MessageID // which to delete: asked once already
	reacting  *chat.Message  // what the finder finds an emoji for
	trail     []place        // where jumps came from
	finder    *dialog.Finder // nil unless open
	help      *dialog.Help   // nil unless open
	prefs     chat.Preferences
	zone      *time.Location
	dark      bool // the terminal's background
	attention attention
	seek      seek
	invited   map[chat.RoomID]bool // to which the person was told of
	quotes    quotes
	status    string // a word to the person, until the next key

	goodbye string
	failed  error
	greeted bool

	crew crew
}

// What the program's goroutines tell the model.
type (
	wokenMsg      struct{ cmd tea.Cmd } // news is drawn already, and cmd is what it asks for
	backgroundMsg struct{ dark bool }
	drainingMsg   struct{}
	panicMsg      struct{ err error }
	pageMsg       struct {
		turn  int // the value of asked when it was
		older bool
		show  chat.MessageID // to be brought into view
		page  chat.Page
		err   error
	}
)

func newModel(ctx context.Context, o *Options, scr *screen.Screen, size Size, profile termenv.Profile) *model {
	prefs := o.Session.Preferences()
	th := o.Shared.theme(prefs.Settings.Theme, profile, true)
	m := &model{
		Options: o, ctx: ctx, screen: scr, th: th, profile: profile, prefs: prefs, dark: true, background: make(chan bool, 1), size: size,
		drafts: map[chat.RoomID]draft{}, stored: map[chat.RoomID]string{}, keeping: map[chat.RoomID]string{}, composer: composer.New(th),
	}
	m.takeDrafts()
	m.open(m.firstRoom())
	return m
}

// greet says the first lines, below what was said before: who one is, and what
// there is to know.
func (m *model) greet() {
	if m.greeted {
		return
	}
	m.greeted = true
	if m.New {
		m.timeline.Info(welcomeKind, m.welcome())
	}
	if motd := m.Service.MOTD(m.House.MOTD); motd != "" {
		m.timeline.Info("", motd)
	}
	if m.House.Forgetful {
		m.timeline.Info("", "This server keeps everything in memory: history ends when it stops.")
	}
}

// welcomeKind is of the first lines of a newcomer, which go with their first
// message.
const welcomeKind = "welcome"

// welcome teaches three keys, in as little room as there is.
func (m *model) welcome() string {
	name := m.Session.User().Name
	switch {
	case m.size.Width < 40:
		return "You are " + name + ".\n^G help ^D leave"
	case m.size.Width < 60:
		return "You are " + name + "; /nick changes that.\n^K rooms   ^G help   ^D leaves"
	}
	return "Welcome! You are " + name + " here, by your SSH key; /nick NAME changes the name.\n" +
		"Type and press Enter. Ctrl+K finds a room, Ctrl+G helps, Ctrl+D leaves."
}

// Init implements tea.Model. The first frame is watch's, as the next ones are:
// a session is nudged when it begins.
func (m *model) Init() tea.Cmd { return nil }

// View implements tea.Model; what is seen is written by draw.
func (m *model) View() string { return "" }

// Update implements tea.Model.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fit()
	m.owed.Store(false)
	cmd := m.handle(msg)
	if m.failed != nil || m.goodbye != "" {
		return m, tea.Quit
	}
	if m.sent && m.resumed || m.moreKeys(msg) {
		m.drawLater()
	} else {
		m.draw()
	}
	m.sent = false
	m.restDrafts()
	return m, tea.Batch(cmd, m.fetch())
}

func (m *model) handle(msg tea.Msg) tea.Cmd {
	if faults.On {
		faults.At("update", m.Session.User().Name)
	}
	switch msg := msg.(type) {
	case wokenMsg:
		return msg.cmd
	case backgroundMsg:
		m.dark = msg.dark
		m.setTheme()
	case drainingMsg:
		m.failed = ErrRestarts
	case panicMsg:
		m.failed = msg.err
	case pageMsg:
		m.takePage(msg)
	case roomsMsg:
		m.takeRooms(msg)
	case ranMsg:
		return m.ran(msg)
	case changedMsg:
		m.changed(msg)
	case seekMsg:
		return m.sought(msg)
	case quotesMsg:
		m.takeQuotes(msg)
	case tea.KeyMsg:
		m.Session.Touch()
		m.pull() // what is pressed is about what has come, also where it is not drawn yet
		m.status = ""
		return m.key(msg)
	case tea.MouseMsg:
		m.mouse(msg)
	}
	return nil
}

// rest lets time pass, or the program end.
func (m *model) rest(pause time.Duration) {
	if pause <= 0 {
		return
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-m.ctx.Done():
	}
}

// do makes a command whose panic ends this session and no other: Bubble Tea
// runs it in a goroutine of its own.
func (m *model) do(run func() tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		if !m.crew.join() {
			return nil
		}
		defer m.crew.work.Done()
		defer m.Panics.Recover("a screen's command", func(cause error) { msg = panicMsg{chat.Broken(cause)} })
		if faults.On {
			faults.At("command", m.Session.User().Name)
		}
		return run()
	}
}

// crew is the commands that are running.
type crew struct {
	mu   sync.Mutex
	left bool
	work sync.WaitGroup
}

// join counts a command in; false: it comes too late.
func (c *crew) join() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.left {
		c.work.Add(1)
	}
	return !c.left
}

// leave returns when no command runs, and none will.
func (c *crew) leave() {
	c.mu.Lock()
	c.left = true
	c.mu.Unlock()
	c.work.Wait()
}
